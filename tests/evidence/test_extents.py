"""From when to when records have a say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from mlops_maturity.evidence.extents import extents_of
from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.signals.view import Surroundings, TeamView


def made(kind: str, identity: str, **more: Any) -> Record:
    return RECORD.validate_python({"kind": kind, "source": "src", "id": identity, **more})


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def extents(*records: Record) -> dict[str, tuple[date | None, date | None]]:
    view = TeamView.of("fraud", records, Surroundings())
    return {f"{record.id}/{getattr(record, 'attempt', 1)}": (first, last) for record, first, last in extents_of(view)}


def days(first: int, last: int) -> tuple[date, date]:
    return date(2026, 11, first), date(2026, 11, last)


def test_a_record_reaches_from_its_first_instant_to_its_last() -> None:
    change = made("change", "c", first_commit_at=at(3), created_at=at(4), merged_at=at(9))
    assert extents(change) == {"c/1": days(3, 9)}


def test_clocks_that_disagree_do_not_turn_it_round() -> None:
    assert extents(made("pipeline_run", "r", started_at=at(9), finished_at=at(4))) == {"r/1": days(4, 9)}


def test_attempts_of_a_run_belong_together() -> None:
    first = made("pipeline_run", "r", attempt=1, started_at=at(1), finished_at=at(2))
    second = made("pipeline_run", "r", attempt=2, started_at=at(20), finished_at=at(21))
    assert extents(first, second) == {"r/1": days(1, 21), "r/2": days(1, 21)}


def test_what_is_named_began_when_that_did_which_names_it() -> None:
    deployment = made(
        "deployment", "d", started_at=at(2), finished_at=at(2), model="m", model_version="1", sha="s", changes=["c"]
    )
    version = made("model_version", "v", model="m", version="1", created_at=at(5), run="r")
    run = made("training_run", "r", started_at=at(8), finished_at=at(8))
    child = made("training_run", "k", started_at=at(9), finished_at=at(9), parent="r")
    build = made("pipeline_run", "b", sha="s", started_at=at(7), finished_at=at(7))
    change = made("change", "c", created_at=at(6), merged_at=at(6))
    assert extents(deployment, version, run, child, build, change) == {
        "d/1": days(2, 2), "v/1": days(2, 5), "r/1": days(2, 8), "k/1": days(2, 9), "b/1": days(2, 7), "c/1": days(2, 6)
    }  # fmt: skip


def test_an_incident_names_the_deployment_that_caused_it() -> None:
    incident = made("incident", "i", detected_at=at(3), caused_by="d")
    deployment = made("deployment", "d", started_at=at(5), finished_at=at(5))
    assert extents(incident, deployment)["d/1"] == days(3, 5)


def test_without_an_instant_there_is_no_extent() -> None:
    assert extents(made("model", "m", name="m")) == {"m/1": (None, None)}


def test_what_has_no_instant_counts_at_all_times_even_where_a_later_record_names_it() -> None:
    seen = made("observation", "o", name="serving", subject="fraud-a", state="yes", observed_at=at(9))
    assert extents(seen, made("model", "m", name="fraud-a"))["m/1"] == (None, None)
