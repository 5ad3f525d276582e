"""From which day on it is known what a registry deletes, and which weeks that leaves biased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mlops_maturity.collectors.mlflow.collector import MODELS, VERSIONS
from mlops_maturity.collectors.run_outcome import StreamOutcome
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.records import Model, ModelVersion, PipelineRun
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.records import write_page
from mlops_maturity.evidence.store.runs import finish_run, start_run
from mlops_maturity.evidence.survivors import (
    LISTED,
    Survivors,
    first_days,
    of_signals,
    shown,
    survivors,
    tell,
    together,
)

FRAUD, PRICING = Team(id="fraud", models=("fraud-*",)), Team(id="pricing", models=("pricing-*",))
SETTINGS = Settings(organisation="Acme", timezone="Europe/Vienna", teams=(FRAUD, PRICING))
LOOK = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
"""In Vienna the next day."""
DAY = date(2026, 3, 4)
COUNTING, OTHER = "mlflow.tracked_version_share", "mlflow.run_commit_share"
NOT_READING = "ci.deployments_per_week"
CATALOGUE = builtin_catalogue()


def hold(store: Store, source: str, *names: str) -> None:
    write_page(store, [Model(source=source, id=name, name=name) for name in names], seen_at=LOOK - timedelta(days=300))


def look(store: Store, source: str, at: datetime, streams: Sequence[Mapping[str, Any]] | None = None) -> None:
    run = start_run(store, source, at)
    whole = [StreamOutcome(stream=name, state="ok", rows_seen=1).as_json() for name in LISTED]
    ended = at + timedelta(minutes=1)
    finish_run(
        store, run, ended, state="ok", rows_seen=1, rows_changed=1, streams=whole if streams is None else streams
    )


def days_of(store: Store) -> dict[str, dict[str, date]]:
    found = survivors(store, SETTINGS, SETTINGS.teams)
    return {team: {each.source: each.known_from for each in of} for team, of in found.items()}


def test_the_streams_are_those_of_the_collector_that_marks_their_kinds_gone() -> None:
    named = {stream.name: stream.kinds for stream in (MODELS, VERSIONS)}
    assert all(kind in named[name] for name, kind in LISTED.items())


def test_without_a_registry_there_is_nothing_to_say(store: Store) -> None:
    write_page(store, [PipelineRun(source="ci", id="1", repository="acme/fraud")], seen_at=LOOK)
    look(store, "ci", LOOK, [{"stream": "runs", "state": "ok", "rows_seen": 1}])
    assert days_of(store) == {"fraud": {}, "pricing": {}}


def test_an_imported_registry_that_nobody_looks_at_is_taken_at_its_word(store: Store) -> None:
    hold(store, "tracking", "fraud-a")
    assert days_of(store)["fraud"] == {}


def test_the_first_look_counts_by_its_local_day_for_the_teams_whose_models_the_source_holds(store: Store) -> None:
    hold(store, "tracking", "fraud-a", "fraud-b")
    hold(store, "second", "fraud-c", "pricing-a")
    look(store, "tracking", LOOK)
    look(store, "tracking", LOOK + timedelta(days=1))
    look(store, "second", LOOK - timedelta(days=90))
    assert days_of(store) == {
        "fraud": {"tracking": DAY, "second": date(2025, 12, 4)},
        "pricing": {"second": date(2025, 12, 4)},
    }


def test_only_a_team_that_was_asked_for_is_told(store: Store) -> None:
    hold(store, "tracking", "fraud-a", "pricing-a")
    look(store, "tracking", LOOK)
    assert list(survivors(store, SETTINGS, [PRICING])) == ["pricing"]


def test_the_only_team_without_selectors_has_every_source(store: Store) -> None:
    alone = Settings(organisation="Acme", teams=(Team(id="all"),))
    hold(store, "tracking", "anything")
    look(store, "tracking", LOOK)
    assert [each.source for each in survivors(store, alone, alone.teams)["all"]] == ["tracking"]


@pytest.mark.parametrize(
    ("state", "rows", "counts"),
    [("ok", 0, True), ("partial", 7, True), ("partial", 0, False), ("forbidden", 0, False), ("unreachable", 0, False)],
)
def test_a_run_that_could_not_read_the_registry_is_no_look(store: Store, state: str, rows: int, counts: bool) -> None:
    hold(store, "tracking", "fraud-a")
    early = LOOK - timedelta(days=30)
    look(store, "tracking", early, [{"stream": name, "state": state, "rows_seen": rows} for name in LISTED])
    look(store, "tracking", LOOK)
    assert days_of(store)["fraud"]["tracking"] == (date(2026, 2, 2) if counts else DAY)


def test_a_run_that_was_killed_or_refused_altogether_is_no_look(store: Store) -> None:
    hold(store, "tracking", "fraud-a")
    start_run(store, "tracking", LOOK - timedelta(days=60))
    look(store, "tracking", LOOK - timedelta(days=30), [])
    assert days_of(store)["fraud"] == {}
    look(store, "tracking", LOOK)
    assert days_of(store)["fraud"] == {"tracking": DAY}


def test_models_and_versions_may_be_looked_at_first_on_different_days(store: Store) -> None:
    hold(store, "tracking", "fraud-a")
    for name, at in (("models", LOOK - timedelta(days=30)), ("versions", LOOK)):
        look(store, "tracking", at, [{"stream": name, "state": "ok", "rows_seen": 1}])
    assert days_of(store)["fraud"] == {"tracking": DAY}


def test_what_is_gone_by_now_leaves_the_first_look_where_it_was(store: Store) -> None:
    hold(store, "tracking", "fraud-a")
    version = ModelVersion(source="tracking", id="fraud-a/1", model="fraud-a", version="1")
    write_page(store, [version], seen_at=LOOK)
    look(store, "tracking", LOOK)
    present = {"model": ["another"], "model_version": ["another/1"]}
    write_page(store, [], seen_at=LOOK + timedelta(days=9), present=("tracking", present))
    assert days_of(store)["fraud"] == {"tracking": DAY}


def test_the_signals_are_those_that_read_what_may_be_deleted(store: Store) -> None:
    hold(store, "tracking", "fraud-a")
    look(store, "tracking", LOOK)
    (found,) = survivors(store, SETTINGS, [FRAUD])["fraud"]
    assert {COUNTING, OTHER} < set(found.signals)
    assert NOT_READING not in found.signals
    assert all({"model", "model_version"} & set(signals()[name].reads) for name in found.signals)


FOUND = Survivors(source="tracking", known_from=DAY, signals=(OTHER, COUNTING))
BEFORE = DAY - timedelta(days=1)


def test_weeks_before_the_first_look_are_told_with_the_signals_that_spoke_then() -> None:
    assert shown([FOUND], FRAUD, {COUNTING: BEFORE, OTHER: DAY}, CATALOGUE) == (
        Survivors(source="tracking", known_from=DAY, signals=(COUNTING,)),
    )


@pytest.mark.parametrize("firsts", [{}, {COUNTING: DAY}, {NOT_READING: date(2020, 1, 1)}])
def test_a_registry_looked_at_from_the_beginning_biases_nothing(firsts: dict[str, date]) -> None:
    assert shown([FOUND], FRAUD, firsts, CATALOGUE) == ()


def test_weeks_that_are_not_shown_are_not_told() -> None:
    firsts = {COUNTING: date(2020, 1, 1)}
    assert shown([FOUND], FRAUD, firsts, CATALOGUE, since=BEFORE)
    assert not shown([FOUND], FRAUD, firsts, CATALOGUE, since=DAY)


def test_a_signal_that_the_catalogue_does_not_ask_for_is_not_told() -> None:
    odd = Survivors(source="tracking", known_from=DAY, signals=("mlflow.nobody_asks",))
    assert shown([odd], FRAUD, {"mlflow.nobody_asks": BEFORE}, CATALOGUE) == ()


def test_of_many_teams_a_source_is_told_once_with_all_signals() -> None:
    other = Survivors(source="tracking", known_from=DAY, signals=(OTHER,))
    second = Survivors(source="second", known_from=BEFORE, signals=(COUNTING,))
    alone = Survivors(source="tracking", known_from=DAY, signals=(COUNTING,))
    whole = Survivors(source="tracking", known_from=DAY, signals=tuple(sorted((COUNTING, OTHER))))
    assert together([[other], [], [alone, second]]) == (second, whole)


def test_of_a_practice_only_its_signals_are_told() -> None:
    assert of_signals([FOUND], {COUNTING}) == (Survivors(source="tracking", known_from=DAY, signals=(COUNTING,)),)
    assert of_signals([FOUND], {NOT_READING}) == ()


def test_first_days_are_the_earliest_in_any_order() -> None:
    assert first_days([("a", DAY), ("a", BEFORE), ("b", DAY), ("a", DAY)]) == {"a": BEFORE, "b": DAY}


def test_the_words_name_day_source_and_signals() -> None:
    told = tell(FOUND, signals(), lambda day: f"{day:%d/%m}")
    assert told.startswith("Weeks before 04/03 count only models and versions that tracking still held then:")
    assert told.endswith(f"Concerns 2 signals: {signals()[OTHER].title} and {signals()[COUNTING].title}.")
    many = Survivors(source="tracking", known_from=DAY, signals=tuple("abcde"))
    assert tell(many, {}).endswith("Concerns 5 signals: a, b, c and 2 others.")
    assert tell(Survivors(source="t", known_from=DAY, signals=("a",)), {}).endswith("Concerns 1 signal: a.")
