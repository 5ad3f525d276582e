from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.config.settings import Settings, SourceSettings, Team
from mlops_maturity.dashboard.facts.sources import IMPORTED, NEVER, by_name, first_day, sources
from mlops_maturity.dashboard.words import sources as words
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.selection import _NAMING, Unselected
from mlops_maturity.evidence.store.records import RecordCount
from mlops_maturity.evidence.store.runs import StoredRun

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = Settings(
    organisation="Acme",
    timezone="Europe/Vienna",
    teams=(Team(id="fraud"),),
    sources=(SourceSettings(id="tracking", type="mlflow", url="https://mlflow.acme.example:5000/x"),),
)


def _run(run: int, state: str, **streams: str) -> StoredRun:
    outcomes = tuple({"stream": name, "state": state, "reason": "<b>no</b>"} for name, state in streams.items())
    return StoredRun(
        run=run, source="tracking", started_at=NOW - timedelta(hours=1), finished_at=NOW, state=state,
        rows_seen=5, rows_changed=1, streams=outcomes, error="",
    )  # fmt: skip


def _span(days_from: int, days_to: int, complete: bool = True) -> Coverage:
    start, end = NOW - timedelta(days=days_from), NOW - timedelta(days=days_to)
    return Coverage(source="tracking", stream="training_run", scope="*", start=start, end=end, complete=complete)


def test_a_configured_source_that_was_never_read_is_listed_as_such() -> None:
    found = sources(SETTINGS, [], [], [], NOW)
    assert [(source.id, source.state, source.lag) for source in found] == [("tracking", NEVER, None)]
    assert words.state_badge(found[0].state)[0] == "never read"


def test_the_newest_run_tells_the_state() -> None:
    found = sources(SETTINGS, [_run(2, "partial", runs="forbidden"), _run(1, "ok")], [], [], NOW)[0]
    assert found.state == "partial"
    assert [trouble.state for trouble in found.troubles] == ["forbidden"]
    assert r"\<b\>" in words.trouble(found.troubles[0])


def test_what_is_not_complete_does_not_count_as_known() -> None:
    found = sources(SETTINGS, [], [_span(30, 16), _span(16, 0, complete=False)], [], NOW)[0]
    assert found.lag == timedelta(days=16)
    assert found.stale
    assert ":orange" in words.state_lines(found, NOW)[-1]


def test_a_clock_ahead_of_ours_makes_no_negative_age() -> None:
    assert sources(SETTINGS, [], [_span(5, -1)], [], NOW)[0].lag == timedelta(0)


def test_records_of_a_source_outside_the_settings_are_listed_too() -> None:
    counts = [RecordCount("old <b>", "change", 3, NOW, None)]
    imported = sources(SETTINGS, [], [], counts, NOW)[1]
    assert (imported.id, imported.state) == ("old <b>", IMPORTED)
    assert words.counts_table(imported.counts)["Last"] == ["undated"]


def test_only_the_host_of_an_address_is_shown() -> None:
    assert sources(SETTINGS, [], [], [], NOW)[0].host == "mlflow.acme.example"


def test_days_of_spans_are_local_and_end_with_their_last_moment() -> None:
    midnight = datetime(2026, 11, 22, 23, tzinfo=UTC)  # 00:00 of the 23rd in Vienna
    span = Coverage(source="tracking", stream="model", scope="a/b", start=midnight - timedelta(days=1), end=midnight)
    found = sources(SETTINGS, [], [span], [], NOW)[0].spans[0]
    assert (found.start, found.end, found.row) == (date(2026, 11, 22), date(2026, 11, 22), "model · a/b")


def test_the_time_axis_begins_two_years_back_at_most_and_a_month_at_least() -> None:
    today = NOW.date()
    assert first_day(sources(SETTINGS, [], [_span(2000, 0)], [], NOW), today) == today - timedelta(days=730)
    assert first_day(sources(SETTINGS, [], [_span(2, 0)], [], NOW), today) == today - timedelta(days=30)
    assert first_day((), today) == today - timedelta(days=90)


def test_never_read_is_neither_well_nor_something_that_went_wrong() -> None:
    assert words.subtitle(sources(SETTINGS, [], [], [], NOW)).startswith("1 source · 1 never read ·")
    assert "all well" in words.subtitle(sources(SETTINGS, [_run(1, "ok")], [], [], NOW))
    assert "1 to look at" in words.subtitle(sources(SETTINGS, [_run(1, "ok")], [_span(30, 16)], [], NOW))


def test_what_has_to_be_looked_at_comes_first_then_what_was_never_read() -> None:
    three = tuple(SETTINGS.sources[0].model_copy(update={"id": name}) for name in ("well", "new", "ill"))
    settings = SETTINGS.model_copy(update={"sources": three})
    runs = [replace(_run(1, "ok"), source="well"), replace(_run(2, "unreachable"), source="ill")]
    assert [source.id for source in sources(settings, runs, [], [], NOW)] == ["ill", "new", "well"]


def test_an_old_source_is_told_how_newer_facts_come() -> None:
    counts, old = [RecordCount("tracking", "change", 3, NOW, None)], [_span(30, 16)]
    assert words.state_lines(sources(SETTINGS, [], old, counts, NOW)[0], NOW)[-1] == words.NEWER_IMPORTED
    assert words.state_lines(sources(SETTINGS, [_run(1, "ok")], old, [], NOW)[0], NOW)[-1] == words.NEWER_READ
    assert words.NEWER_READ not in words.state_lines(sources(SETTINGS, [_run(1, "forbidden")], old, [], NOW)[0], NOW)


def test_what_no_team_selects_is_told_by_name_with_the_selector_that_would_take_it_in() -> None:
    found = by_name([
        Unselected(source="git", kind="pipeline_run", name="acme/x", count=9, examples=("1",)),
        Unselected(source="git", kind="training_run", name="", count=8, examples=("r1", "r2")),
        Unselected(source="git", kind="deployment", name="acme/x", count=4, examples=()),
        Unselected(source="mlflow", kind="model_alias", name="fraud", count=20, examples=()),
    ])  # fmt: skip
    assert [(each.name, each.count, each.selectors) for each in found] == [
        ("fraud", 20, ("models",)), ("acme/x", 13, ("repositories",)), ("", 8, ()),
    ]  # fmt: skip
    assert [words.unselected_line(each) for each in found] == [
        ":gray[:small[20 model aliases of mlflow · taken in by **models**]]",
        ":gray[:small[9 pipeline runs of git · 4 deployments of git · taken in by **repositories**]]",
        ":gray[:small[8 training runs of git · for example r1\\, r2]]",
    ]


@given(st.lists(st.builds(
    Unselected, source=st.sampled_from("ab"), kind=st.sampled_from(sorted(_NAMING)),
    name=st.sampled_from(["", "x", "y"]), count=st.integers(1, 9), examples=st.just(()),
)))  # fmt: skip
def test_no_unselected_record_is_lost_in_the_list_by_name(groups: list[Unselected]) -> None:
    found = by_name(groups)
    assert Counter(group for each in found for group in each.groups) == Counter(groups)
    assert [each.count for each in found] == sorted((each.count for each in found), reverse=True)
    assert all(bool(each.selectors) == bool(each.name) for each in found)


def test_why_no_span_is_drawn_depends_on_how_the_last_run_went() -> None:
    def told(*runs: StoredRun) -> str:
        return words.no_spans(sources(SETTINGS, runs, [], [], NOW)[0])

    assert told() == words.NO_SPANS
    counts = [RecordCount("tracking", "change", 3, NOW, None)]
    assert words.no_spans(sources(SETTINGS, [], [], counts, NOW)[0]) == words.NO_SPANS_IMPORTED
    assert told(_run(1, "unreachable")) == words.NO_SPANS_FAILED
    assert told(_run(1, "running")) == words.NO_SPANS_MEANWHILE
    assert told(_run(1, "ok")) == words.NO_SPANS_EMPTY
