"""Only what changed is computed again, and the result is that of computing everything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence import readings as module
from mlops_maturity.evidence import refresh as refreshing
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.extents import extents_of
from mlops_maturity.evidence.reading_marks import between
from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.refresh import MARKS, refresh_readings
from mlops_maturity.evidence.signals.assembly import views_of
from mlops_maturity.evidence.signals.interface import Measured, Signal
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.view import TeamView
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.readings import StoredReading, read_readings
from mlops_maturity.evidence.store.records import write_page

START = datetime(2026, 1, 5, tzinfo=UTC)
TODAY = date(2026, 11, 25)
SETTINGS = Settings(
    organisation="Acme",
    timezone="Europe/Vienna",
    teams=(
        Team(
            id="fraud",
            models=("fraud-*",),
            repositories=("acme/fraud",),
            experiments=("fraud/*",),
            kinds=("classical", "genai"),
        ),
        Team(id="pricing", repositories=("acme/pricing",), models=("pricing-*",)),
    ),
)
KINDS = (
    "pipeline_run", "deployment", "change", "incident", "training_run", "model_version", "model", "model_alias",
    "observation", "measurement",
)  # fmt: skip
STREAMS = (*KINDS, "repository")
OBSERVED = (
    "serving", "serving", "serving", "target_up", "drift_metric", "drift_rule", "version_label", "quality_metric",
    "cost_metric", "slo_met", "feature_fresh", "trace_day", "request_count", "version_overlap", "release_notes",
    "protected_branch", "prompt_registered", "genai_metric", "guardrail_metric", "slo_rule", "lockfile", "owner_file",
    "model_card", "template",
)  # fmt: skip


@pytest.fixture
def stores(store: Store, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """One of each kind that is brought up to date step by step, and one in which all is computed each time."""
    whole = open_store("sqlite:///whole.db", tmp_path)
    yield store, whole
    whole.close()


class Chance:
    """Random facts, the same for one seed."""

    def __init__(self, seed: int, ids: int = 12) -> None:
        self.dice = random.Random(seed)
        self.ids = ids

    def moment(self, after: datetime = START) -> datetime:
        return after + timedelta(minutes=self.dice.randrange(60 * 24 * 310))

    def record(self) -> Record:
        """A record of any kind; a small choice of ids, so that many replace an older one."""
        dice, kind = self.dice, self.dice.choice((*KINDS, "observation", "observation"))
        at = self.moment()
        end = at + timedelta(minutes=dice.randrange(1, 60 * 24 * 3))
        team = dice.choice(("fraud", "pricing"))
        ids = 3 * self.ids if kind == "observation" else self.ids
        given: dict[str, Any] = {"kind": kind, "source": "src", "id": f"{kind}{dice.randrange(ids)}"}
        return RECORD.validate_python({**given, **getattr(self, kind)(at, end, team)})

    def pipeline_run(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "attempt": self.dice.choice((1, 1, 2)), "repository": f"acme/{team}", "pipeline": "ci",
            "purpose": self.dice.choice(("ci", "ci", "training", "deployment", "evaluation")),
            "ref": self.dice.choice(("main", "b1", "b2")), "sha": self.commit(),
            "trigger": self.dice.choice(("push", "schedule", "pull_request")), "started_at": at,
            "finished_at": self.dice.choice((end, end, None)), "outcome": self.dice.choice(("success", "failure")),
            "jobs": [
                {"name": name, "outcome": self.dice.choice(("success", "failure"))}
                for name in self.dice.sample(("test", "gate", "sign", "rollback", "scan"), 2)
            ],
            "attributes": {"coverage": 80, "shared_workflows": self.dice.choice((None, [], ["acme/ci"]))},
        }  # fmt: skip

    def deployment(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "repository": f"acme/{team}", "tier": "production", "outcome": "success", "started_at": at,
            "finished_at": end, "sha": self.commit(), "model": f"{team}-a", "model_version": self.version(),
            "unplanned": self.dice.choice((True, False, None)), "changes": [self.other("change")],
            "pipeline_run": self.dice.choice((None, self.other("pipeline_run"))),
            "rollback_of": self.dice.choice((None, None, None, self.other("deployment"))),
        }  # fmt: skip

    def change(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "repository": f"acme/{team}", "author": f"h{self.dice.randrange(3)}", "author_kind": "human",
            "first_commit_at": at, "created_at": at, "merged_at": self.dice.choice((end, None)),
            "approvals": self.dice.choice((0, 1, None)), "first_review_at": self.dice.choice((end, None)),
            "merge_sha": self.commit(),
            "attributes": self.dice.choice(({}, {"head_sha": self.commit()}, {"branch": "b1"})),
        }  # fmt: skip

    def incident(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "subject": f"{team}-a", "category": "drift", "detected_at": at, "resolved_at": end, "origin": "alert",
            "caused_by": self.dice.choice((None, self.other("deployment"))),
        }  # fmt: skip

    def training_run(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "experiment": f"{team}/x", "started_at": at, "finished_at": end, "outcome": "success", "params": 2,
            "commit": self.dice.choice((None, self.commit())), "metrics": 3, "datasets": ["d"],
            "author": self.dice.choice((None, "h1", "h2")), "trigger": self.dice.choice(("automation", "person")),
            "attributes": self.dice.choice(({}, {"slices": 2, "fairness": 1}, {"evaluation": True})),
            "parent": self.dice.choice((None, None, self.other("training_run"))),
        }  # fmt: skip

    def model_version(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "model": f"{team}-a", "version": self.version(), "created_at": at, "described": True,
            "run": self.other("training_run"), "tags": {"max_age_days": "30"},
            "aliases": self.dice.choice(([], ["champion"])), "validated": self.dice.choice((True, False, None)),
            "attributes": self.dice.choice(({}, {"approver": "h1", "dependencies": True, "signature": True})),
        }  # fmt: skip

    def model(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "name": f"{team}-a", "created_at": at if self.ids > 12 else self.dice.choice((at, None)),
            "owner": self.dice.choice((None, "x")), "model_kind": self.dice.choice(("genai", "unknown")),
            "attributes": {"affects_people": True},
        }  # fmt: skip

    def model_alias(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "model": f"{team}-a", "alias": "champion", "version": self.version(), "first_seen_at": at,
            "last_seen_at": end,
        }  # fmt: skip

    def observation(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        return {
            "subject": self.dice.choice((f"{team}-a", f"acme/{team}", "*")), "observed_at": at,
            "name": self.dice.choice(OBSERVED), "value": self.dice.randrange(9),
            "state": self.dice.choice(("yes", "yes", "no", "unknown", "forbidden")),
            "attributes": {
                "assessed": self.dice.randrange(3), "prompt": "p", "versions": self.dice.sample("123", 2)
            },
        }  # fmt: skip

    def measurement(self, at: datetime, end: datetime, team: str) -> dict[str, Any]:
        signal = self.dice.choice(("ci.deployments_per_week", "scm.review_share", "user.own"))
        return {"signal": signal, "subject": team, "on": at.date(), "value": self.dice.randrange(9)}

    def other(self, kind: str) -> str:
        return f"{kind}{self.dice.randrange(self.ids)}"

    def commit(self) -> str:
        return f"s{self.dice.randrange(self.ids)}"

    def version(self) -> str:
        return str(self.dice.randrange(max(4, self.ids // 8)))

    def span(self) -> Coverage:
        start = self.moment()
        complete = self.dice.random() < 0.8
        return Coverage(
            source="src",
            stream=self.dice.choice(STREAMS),
            scope=self.dice.choice(("*", "acme/fraud")),
            start=start,
            end=start + timedelta(hours=self.dice.randrange(1, 24 * 90)),
            complete=complete,
            reason="" if complete else self.dice.choice(("permission: no", "not read")),
        )


def whole_span(kind: str) -> Coverage:
    return Coverage(
        source="src", stream=kind, scope="*", start=START, end=START + timedelta(days=280), complete=True, reason=""
    )


def forget(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(delete(tables.cursor).where(tables.cursor.c.source == MARKS))


def remove(store: Store, record: str) -> None:
    with store.begin() as connection:
        connection.execute(delete(tables.record).where(tables.record.c.id == record))


def everything(store: Store) -> tuple[StoredReading, ...]:
    return read_readings(store, origin="computed")


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 10])
def test_step_by_step_ends_where_computing_everything_does(stores: tuple[Store, Store], seed: int) -> None:
    chance, dice = Chance(seed), random.Random(seed)
    first = [chance.record() for _ in range(150)]
    steps: list[tuple[list[Record], list[Coverage], str | None]] = [
        (first, [whole_span(stream) for stream in STREAMS], None)
    ]
    for _ in range(6):
        records = [chance.record() for _ in range(dice.choice((0, 1, 1, 2)))]
        spans = [chance.span() for _ in range(dice.choice((0, 0, 1)))]
        steps.append((records, spans, dice.choice((None, None, first[0].id))))
    day = TODAY - timedelta(days=20)
    for number, (records, spans, gone) in enumerate(steps):
        day += timedelta(days=dice.choice((0, 0, 1, 4)))
        now = datetime(2026, 11, 25, tzinfo=UTC) + timedelta(minutes=number)
        for store in stores:
            write_page(store, records, coverage=spans, seen_at=now)
            if gone is not None:
                remove(store, gone)
        step, whole = stores
        forget(whole)
        for store in stores:
            refresh_readings(store, SETTINGS, today=day, computed_at=now)
        assert everything(step) == everything(whole), f"step {number}"


LOCAL = [signal for signal in signals().values() if signal.hangs_on is None]


@pytest.mark.parametrize("signal", LOCAL, ids=[signal.id for signal in LOCAL])
def test_a_signal_that_names_what_it_reads_reads_nothing_else(signal: Signal) -> None:
    """Without every other record, and without anything known around the team, each day reads the same."""
    measured = 0
    for view in map(_crowded, range(2)):
        for passed in (*range(14, 279, max(2, signal.window_days // 4)), 280):
            day = START.date() + timedelta(days=passed)
            whole = module._result(view, signal, day)
            assert module._result(_only_near(view, signal, day), signal, day) == whole
            measured += isinstance(whole, Measured)
    assert measured, "nothing was measured, so nothing was shown: let Chance make facts that this signal reads"


@cache
def _crowded(seed: int) -> TeamView:
    chance = Chance(seed, ids=500)
    made = [chance.record() for _ in range(4000)]
    made += [_on_one_day(name, number) for number in range(20) for name in ("trace_day", "request_count")]
    records = {(record.kind, record.id, getattr(record, "attempt", 0)): record for record in made}
    return views_of(SETTINGS, records.values(), [whole_span(stream) for stream in STREAMS])["fraud"]


def _on_one_day(name: str, number: int) -> Record:
    """Requests and traces of the same day, which chance seldom brings together."""
    at = START + timedelta(days=13 * number, hours=1)
    return RECORD.validate_python(
        {"kind": "observation", "source": "src", "id": f"{name} {number}", "subject": "fraud-a", "name": name,
         "state": "yes", "value": 3 + number, "observed_at": at}
    )  # fmt: skip


def _only_near(view: TeamView, signal: Signal, day: date) -> TeamView:
    """The view of a team that has nothing but what the signal says it reads."""
    first = day - timedelta(days=signal.window_days - 1)
    kept, remarks = [], []
    for record, begun, ended in _extents(view):
        near = begun is None or (begun <= day and (signal.reaches == "past" or (ended is not None and ended >= first)))
        if near and record.kind in signal.reads:
            (remarks if getattr(record, "subject", "") == "*" else kept).append(record)
    bare = replace(view.around, registered={}, makers={}, repositories=frozenset(), remarks=tuple(remarks))
    return TeamView.of(view.team, kept, bare, view.sights, view.behind_versions, view.kinds)


@cache
def _extents(view: TeamView) -> tuple[tuple[Record, date | None, date | None], ...]:
    return tuple(extents_of(view))


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, date]]:
    """Team, signal and day of every reading that is computed."""
    made: list[tuple[str, str, date]] = []
    result = module._result

    def noting(view: Any, signal: Any, day: date) -> Any:
        made.append((view.team, signal.id, day))
        return result(view, signal, day)

    monkeypatch.setattr(module, "_result", noting)
    return made


def ci_run(number: int, at: datetime, **more: Any) -> Record:
    return RECORD.validate_python(
        {"kind": "pipeline_run", "source": "src", "id": f"r{number}", "repository": "acme/fraud", "purpose": "ci",
         "trigger": "push", "ref": "main", "started_at": at, "finished_at": at + timedelta(minutes=9),
         "outcome": "success", **more}
    )  # fmt: skip


@pytest.fixture
def filled(stores: tuple[Store, Store], computed: list[tuple[str, str, date]]) -> Store:
    store = stores[0]
    runs = [ci_run(week, START + timedelta(weeks=week, hours=9)) for week in range(40)]
    write_page(store, runs, coverage=[whole_span("pipeline_run")], seen_at=START)
    refresh(store)
    computed.clear()
    return store


def refresh(store: Store, settings: Settings = SETTINGS) -> Any:
    return refresh_readings(store, settings, today=TODAY, computed_at=START)


def test_nothing_is_read_where_nothing_changed(
    filled: Store, computed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "stored_portions", lambda *_: pytest.fail("no record is needed"))
    assert refresh(filled).changed == 0
    assert computed == []


def test_a_late_record_moves_the_readings_near_it_and_no_others(filled: Store, computed: list[Any]) -> None:
    at = START + timedelta(weeks=10, hours=10)
    write_page(filled, [ci_run(99, at, outcome="failure")], seen_at=START)
    refresh(filled)
    days = sorted(day for _, signal, day in computed if signal == "ci.default_branch_success")
    window = timedelta(days=signals()["ci.default_branch_success"].window_days)
    assert days
    assert days[0] >= at.date() - timedelta(weeks=1)
    assert days[-1] <= at.date() + window + timedelta(weeks=1)


def test_a_team_of_which_nothing_changed_is_left_alone(filled: Store, computed: list[Any]) -> None:
    write_page(filled, [ci_run(99, START + timedelta(weeks=10))], seen_at=START)
    refresh(filled)
    assert {team for team, _, _ in computed} == {"fraud"}


def test_other_settings_have_all_computed_again(filled: Store, computed: list[Any]) -> None:
    refresh(filled, SETTINGS.model_copy(update={"timezone": "Asia/Tokyo"}))
    assert {signal for _, signal, _ in computed} == signals().keys()
    assert {team for team, _, _ in computed} == {"fraud", "pricing"}


def test_a_reading_that_somebody_took_out_comes_back(filled: Store) -> None:
    before = everything(filled)
    with filled.begin() as connection:
        connection.execute(delete(tables.reading).where(tables.reading.c.team == "fraud"))
    refresh(filled)
    assert everything(filled) == before


def test_without_a_mark_everything_counts_as_changed() -> None:
    stale = between(None, {})
    assert all(stale.touches(signal, TODAY) for signal in signals().values())


def test_a_run_that_was_killed_goes_on_where_it_was(
    stores: tuple[Store, Store], computed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever it was: the first run of all or a later one, on the same day or the day before."""
    chance = Chance(3)
    step, whole = stores
    records = [chance.record() for _ in range(80)]
    monkeypatch.setattr(refreshing, "_PAGE", 1)  # each team is a page of its own
    for number, (day, killed) in enumerate([(TODAY - timedelta(days=1), True), (TODAY, True), (TODAY, False)]):
        now = START + timedelta(minutes=number)
        more = [*records, ci_run(900 + number, START + timedelta(weeks=40 + number))]
        for store in stores:
            write_page(store, more, coverage=[whole_span(stream) for stream in STREAMS], seen_at=now)
        if killed:
            cut_short(step, day)
        computed.clear()
        refresh_readings(step, SETTINGS, today=day, computed_at=now)
        assert not killed or {team for team, _, _ in computed} == {"pricing"}
        forget(whole)
        refresh_readings(whole, SETTINGS, today=day, computed_at=now)
        assert everything(step) == everything(whole)


def test_a_killed_run_is_not_taken_for_finished_where_all_is_as_it_was_before_it(filled: Store) -> None:
    before = everything(filled)
    write_page(filled, [ci_run(99, START + timedelta(weeks=10))], seen_at=START)
    cut_short(filled, TODAY)
    assert everything(filled) != before
    remove(filled, "r99")
    refresh(filled)
    assert everything(filled) == before


def test_readings_that_somebody_took_out_of_a_killed_run_come_back(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(filled)
    write_page(filled, [ci_run(99, START + timedelta(weeks=10))], seen_at=START)
    monkeypatch.setattr(refreshing, "_PAGE", 1)
    cut_short(filled, TODAY)
    with filled.begin() as connection:
        connection.execute(delete(tables.reading).where(tables.reading.c.team == "fraud"))
    refresh(filled)
    assert {(row.team, row.signal, row.on) for row in everything(filled)} >= {
        (row.team, row.signal, row.on) for row in before
    }


class Killed(BaseException):
    pass


def kill(_done: int, _all: int) -> None:
    raise Killed


def cut_short(store: Store, day: date) -> None:
    """A run that ends after the first page is stored."""
    with pytest.raises(Killed):
        refresh_readings(store, SETTINGS, today=day, computed_at=START, progress=kill)


def test_several_processes_come_to_the_same(stores: tuple[Store, Store]) -> None:
    chance = Chance(7)
    records = [chance.record() for _ in range(60)]
    for store, processes in zip(stores, (2, 1), strict=True):
        write_page(store, records, coverage=[whole_span(stream) for stream in STREAMS], seen_at=START)
        refresh_readings(store, SETTINGS, today=TODAY, computed_at=START, processes=processes)
    assert everything(stores[0])
    assert everything(stores[0]) == everything(stores[1])
