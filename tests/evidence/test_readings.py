"""Readings for today and for the past, from what the store holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.readings import readings_on
from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.refresh import refresh_readings
from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.readings import StoredReading, read_readings, write_readings
from mlops_maturity.evidence.store.records import write_page

SUNDAY, NOW = date(2026, 11, 22), datetime(2026, 11, 25, 9, tzinfo=UTC)
TEAM = Team(id="fraud", models=("fraud-*",), repositories=("acme/fraud",), experiments=("fraud/*",))
OTHER = Team(id="pricing", repositories=("acme/pricing",))
DEPLOYMENTS = "ci.deployments_per_week"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///store.db", tmp_path)


@pytest.fixture
def organisation() -> Settings:
    return Settings(organisation="Acme", timezone="Europe/Vienna", teams=(TEAM, OTHER))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def covered(kind: str, start: str, end: str, source: str = "src", reason: str = "") -> Coverage:
    return Coverage(
        source=source,
        stream=kind,
        scope="*",
        start=instant(start),
        end=instant(end),
        complete=not reason,
        reason=reason,
    )


def deployments(count: int = 40, first: str = "2026-03-04", **fields: Any) -> list[Record]:
    """One a week, on Wednesdays."""
    begun = instant(first)
    return [
        RECORD.validate_python(
            {"kind": "deployment", "source": "src", "id": f"d{n}", "repository": "acme/fraud", "tier": "production",
             "outcome": "success", "finished_at": begun + timedelta(weeks=n), **fields}
        )
        for n in range(count)
    ]  # fmt: skip


def measurement(signal: str, on: str, value: float, subject: str = "fraud", **fields: Any) -> Record:
    given = {"kind": "measurement", "source": "src", "id": f"{signal}/{subject}/{on}"}
    return RECORD.validate_python({**given, "signal": signal, "subject": subject, "on": on, "value": value, **fields})


@pytest.fixture
def keep(store: Store) -> Callable[..., None]:
    def write(records: Sequence[Record], *spans: Coverage) -> None:
        write_page(store, records, coverage=spans, seen_at=NOW)

    return write


@pytest.fixture
def refresh(store: Store, organisation: Settings) -> Callable[..., Any]:
    def run(today: date = date(2026, 11, 25), **how: Any) -> Any:
        return refresh_readings(store, how.pop("settings", organisation), today=today, computed_at=NOW, **how)

    return run


@pytest.fixture
def history(store: Store) -> Callable[..., dict[date, Any]]:
    def read(signal: str = DEPLOYMENTS, team: str = "fraud") -> dict[date, Any]:
        return {row.on: row.result for row in read_readings(store, team=team, signal=signal)}

    return read


def test_the_past_is_filled_at_every_week_s_end_and_on_the_newest_day(keep, refresh, history):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-24 10:00"))
    refresh()
    days = sorted(history())
    assert days[0] == date(2026, 3, 8)
    assert days[-1] == date(2026, 11, 24)
    assert all(day.isoweekday() == 7 for day in days[:-1])
    assert len(days) == 39
    values = [result.value for result in history().values() if isinstance(result, Measured)]
    assert values == [1.0] * 35  # the first four weeks hold too little


def test_history_begins_where_records_do_though_more_is_known(keep, refresh, history):
    keep(deployments(), covered("deployment", "2020-01-01", "2026-11-24"))
    refresh()
    assert min(history()) == date(2026, 3, 8)


def test_history_begins_with_the_first_of_the_kinds_a_signal_needs(keep, refresh, history):
    keep(
        deployments(), covered("deployment", "2026-03-04", "2026-11-24"), covered("change", "2026-09-01", "2026-11-24")
    )
    refresh()
    assert min(history("ci.lead_time_hours")) == date(2026, 3, 8)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
def test_records_at_the_ends_of_the_calendar_harm_nothing(store, keep, refresh, history, zone):
    ends = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]
    odd = [r.model_copy(update={"id": f"odd{n}", "finished_at": ends[n]}) for n, r in enumerate(deployments(2))]
    spans = [Coverage(source="src", stream="deployment", scope="*", start=ends[0], end=ends[1])]
    keep([*deployments(), *odd], *spans)
    teams = Settings(organisation="Acme", timezone=zone, teams=(TEAM, OTHER))
    refresh(settings=teams)
    assert history()[SUNDAY].value == 1
    assert readings_on(store, teams, [TEAM], date(1, 1, 1)) == []
    assert readings_on(store, teams, [TEAM], date(9999, 12, 31))


def test_a_team_that_never_deploys_has_a_history_of_it_since_its_first_record(keep, refresh, history):
    run = {"kind": "pipeline_run", "source": "src", "id": "1", "repository": "acme/fraud",
           "finished_at": instant("2026-06-03")}  # fmt: skip
    spans = [covered(kind, "2026-03-04", "2026-11-24") for kind in ("deployment", "pipeline_run")]
    keep([RECORD.validate_python(run)], *spans)
    refresh()
    assert min(history()) == date(2026, 6, 7)
    assert history()[SUNDAY].value == 0


def test_history_is_no_longer_than_five_years(keep, refresh, history):
    old = RECORD.validate_python(
        {
            "kind": "deployment",
            "source": "src",
            "id": "old",
            "repository": "acme/fraud",
            "finished_at": instant("2001-01-01"),
        }
    )
    keep([old, *deployments()], covered("deployment", "2000-01-01", "2026-11-24"))
    refresh()
    assert date(2021, 11, 20) < min(history()) < date(2021, 12, 1)


def test_a_reading_is_never_later_than_what_is_read(keep, refresh, history):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-10-14 12:00"))
    refresh()
    assert max(history()) == date(2026, 10, 14)


def test_days_are_local(keep, refresh, history):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-24 23:30"))
    refresh()
    assert max(history()) == date(2026, 11, 25)  # past midnight in Vienna


def test_nothing_is_computed_beyond_today(keep, refresh, history):
    keep(deployments(), covered("deployment", "2026-03-04", "2027-06-01"))
    refresh(today=date(2026, 11, 18))
    assert max(history()) == date(2026, 11, 18)


def test_the_source_that_lags_holds_a_signal_back(keep, refresh, history):
    records = [*deployments(20), *deployments(20, first="2026-07-22", source="b")]
    keep(
        records,
        covered("deployment", "2026-03-04", "2026-11-24"),
        covered("deployment", "2026-03-04", "2026-11-10", "b"),
    )
    refresh()
    assert max(history()) == date(2026, 11, 10)


def test_a_retired_source_does_not(keep, refresh, history):
    records = [*deployments(20), *deployments(20, first="2026-07-22", source="b")]
    keep(
        records,
        covered("deployment", "2026-03-04", "2026-07-20"),
        covered("deployment", "2026-07-20", "2026-11-24", "b"),
    )
    refresh()
    assert max(history()) == date(2026, 11, 24)
    assert history()[SUNDAY].value == 1


def test_every_signal_of_every_team_has_a_reading_or_a_reason(store, refresh):
    refresh()
    rows = read_readings(store)
    assert {(row.team, row.signal) for row in rows} == {
        (team, signal) for team in ("fraud", "pricing") for signal in signals()
    }
    assert {row.result.reason for row in rows if isinstance(row.result, Missing)} == {"not_configured"}


def test_the_same_records_again_change_nothing(keep, refresh):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-24"))
    first = refresh()
    assert first.changed > 0
    assert refresh().changed == 0


def test_progress_is_told_to_the_end(keep, refresh):
    told: list[tuple[int, int]] = []
    refresh(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (2 * len(signals()), 2 * len(signals()))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_was_missing_before_anything_was_read_is_taken_away_later(store, keep, refresh, history):
    refresh()
    assert list(history()) == [date(2026, 11, 25)]
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-20"))
    refresh()
    newest = max(history())
    assert newest == date(2026, 11, 20)
    assert history()[newest].value == 1


def test_readings_that_other_selectors_made_are_taken_away(keep, refresh, history, organisation):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-24"))
    refresh()
    narrowed = organisation.model_copy(update={"teams": (Team(id="fraud", repositories=("acme/none",)), OTHER)})
    refresh(settings=narrowed)
    assert [result.reason for result in history().values()] == ["no_records"]


def test_readings_of_the_last_days_are_computed_again_and_older_ones_make_room_for_weeks(keep, refresh, history):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-09-09 12:00"))
    refresh(today=date(2026, 9, 10))
    assert date(2026, 9, 9) in history()
    keep([], covered("deployment", "2026-03-04", "2026-09-17"))
    refresh(today=date(2026, 9, 17))
    assert date(2026, 9, 9) in history()
    keep([], covered("deployment", "2026-03-04", "2026-11-24"))
    refresh()
    assert date(2026, 9, 9) not in history()
    assert date(2026, 9, 13) in history()


def test_late_records_correct_the_past(keep, refresh, history):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-24"))
    refresh()
    more = deployments(first="2026-03-06")
    keep([record.model_copy(update={"id": f"late-{record.id}"}) for record in more])
    refresh()
    assert history()[date(2026, 6, 28)].value == 2


def test_what_only_a_snapshot_shows_stays_as_it_was_stored_then(store, keep, refresh, history):
    model = {"kind": "model", "source": "src", "id": "fraud-x", "name": "fraud-x", "owner": "o",
             "created_at": instant("2026-10-01")}  # fmt: skip
    version = {"kind": "model_version", "source": "src", "id": "fraud-x/1", "model": "fraud-x", "version": "1",
               "created_at": instant("2026-10-01"), "aliases": ("champion",), "described": False}  # fmt: skip
    spans = [covered(kind, "2026-10-01", "2026-11-22") for kind in ("model", "model_version")]
    keep([RECORD.validate_python(model), RECORD.validate_python(version)], *spans)
    refresh(today=date(2026, 11, 22))
    shown = history("mlflow.version_doc_share")
    assert {day: result.value for day, result in shown.items()} == {date(2026, 11, 22): 0}
    later = [covered(kind, "2026-11-22", "2026-12-02") for kind in ("model", "model_version")]
    keep([RECORD.validate_python({**version, "described": True})], *later)
    refresh(today=date(2026, 12, 2))
    shown = history("mlflow.version_doc_share")
    assert {day: result.value for day, result in shown.items()} == {date(2026, 11, 22): 0, date(2026, 12, 2): 100}


def test_imported_readings_are_kept(store, keep, refresh):
    row = StoredReading(
        team="fraud",
        signal=DEPLOYMENTS,
        on=date(2026, 11, 19),
        origin="imported",
        result=Measured(value=7, seen=1, scope=1, opportunities=1, proof=Proof(count=0)),
    )
    write_readings(store, [row], NOW)
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-24"))
    refresh()
    assert row in read_readings(store)


def test_pushed_measurements_become_readings(keep, refresh, history):
    keep([measurement("user.shadow", "2026-11-20", 40), measurement("user.shadow", "2026-11-27", 90)])
    refresh()
    shown = history("user.shadow")
    assert list(shown) == [date(2026, 11, 20)]  # the other one lies in the future
    assert shown[date(2026, 11, 20)].value == 40
    assert shown[date(2026, 11, 20)].proof.sample == (("src", "measurement", "user.shadow/fraud/2026-11-20", None),)
    refresh(today=date(2026, 11, 27))
    assert len(history("user.shadow")) == 2


def test_several_subjects_of_a_day_are_weighted_by_what_was_seen(keep, refresh, history):
    keep(
        [
            measurement("user.x", "2026-11-20", 100, "fraud-a", seen=3, scope=4, opportunities=5),
            measurement("user.x", "2026-11-20", 0, "fraud-b", seen=1, scope=4, opportunities=2),
            measurement("user.x", "2026-11-20", 7, "acme/pricing", seen=0, scope=4, opportunities=0),
        ]
    )
    refresh()
    reading = history("user.x")[date(2026, 11, 20)]
    assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (75, 4, 8, 7)
    unseen = history("user.x", "pricing")[date(2026, 11, 20)]
    assert (unseen.value, unseen.seen) == (7, 0)


def test_a_measurement_stands_in_for_a_computed_signal_only_where_that_is_missing(keep, refresh, history):
    pushed = [measurement(DEPLOYMENTS, day, 9) for day in ("2026-03-08", "2026-11-18", "2026-11-25")]
    keep([*deployments(), *pushed], covered("deployment", "2026-03-04", "2026-11-24"))
    refresh()
    shown = history()
    assert shown[date(2026, 3, 8)].value == 9  # too few weeks to compute
    assert shown[date(2026, 11, 18)].value == 1
    assert shown[date(2026, 11, 25)].value == 9  # nothing read of that day


def test_readings_on_a_day_of_the_past_see_nothing_of_later(store, keep, organisation):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-24"))
    rows = readings_on(store, organisation, [TEAM], date(2026, 5, 6))
    assert {row.team for row in rows} == {"fraud"}
    reading = next(row for row in rows if row.signal == DEPLOYMENTS)
    assert reading.on == date(2026, 5, 6)
    assert reading.result.proof.count == 10
    assert read_readings(store) == ()


def test_a_window_is_as_long_as_the_signal_says(store, keep, organisation):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-25"))
    for day, wednesdays in ((date(2026, 11, 23), 13), (date(2026, 11, 24), 12)):  # 90 days from 08-26, and from 08-27
        rows = readings_on(store, organisation, [TEAM], day)
        assert next(row.result.proof.count for row in rows if row.signal == DEPLOYMENTS) == wednesdays


def test_readings_on_a_day_after_the_last_read_bear_the_last_read_day(store, keep, organisation):
    keep(
        [*deployments(), measurement("user.x", "2026-11-01", 1), measurement("user.x", "2026-11-02", 2)],
        covered("deployment", "2026-03-04", "2026-10-14 12:00"),
    )
    rows = {row.signal: row for row in readings_on(store, organisation, [TEAM], date(2026, 11, 25))}
    assert rows[DEPLOYMENTS].on == date(2026, 10, 14)
    assert rows["user.x"].on == date(2026, 11, 2)
    assert rows["scm.review_share"].result.reason == "not_configured"


@pytest.mark.parametrize(("day", "value"), [(date(2026, 3, 8), 9), (date(2026, 3, 9), None)])
def test_a_measurement_of_that_very_day_stands_in_for_what_can_not_be_computed(store, keep, organisation, day, value):
    keep([*deployments(), measurement(DEPLOYMENTS, "2026-03-08", 9)], covered("deployment", "2026-03-04", "2026-11-24"))
    rows = [row for row in readings_on(store, organisation, [TEAM], day) if row.signal == DEPLOYMENTS]
    assert [getattr(row.result, "value", None) for row in rows] == [value]


def test_one_reading_on_a_day_agrees_with_the_stored_history(store, keep, refresh, history, organisation):
    keep(deployments(), covered("deployment", "2026-03-04", "2026-11-24"))
    refresh()
    for day in (date(2026, 6, 28), date(2026, 11, 24)):
        rows = readings_on(store, organisation, [TEAM], day)
        assert next(row.result for row in rows if row.signal == DEPLOYMENTS) == history()[day]


def test_an_incomplete_source_says_why(keep, refresh, history):
    keep([], covered("deployment", "2026-03-04", "2026-11-24", reason="permission: 403"))
    refresh(settings=Settings(organisation="Acme", teams=(Team(id="fraud"),)))
    assert [result.reason for result in history().values()] == ["forbidden"]
