"""What stands before the next level, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.outlook import expectations, outlook
from mlops_maturity.scoring.score import score


def found(bench: Any, practices: list[Any], evidence: Evidence, aspect: str | None = None) -> Any:
    catalogue = bench.catalogue(*practices)
    assessment = score(catalogue, evidence, bench.today)
    return outlook(assessment, expectations(catalogue, evidence, assessment), aspect)


def pace(bench: Any, practice: str, start: float, end: float, weeks: int = 52) -> list[Any]:
    """A reading a week, along a straight line."""
    return [
        bench.read(end + (start - end) * back / (weeks - 1), f"{practice}.sig", days_ago=7 * back)
        for back in range(weeks)
    ]


def test_the_latest_of_the_practices_that_block_binds(bench: Any) -> None:
    readings = (*pace(bench, "p", 0.2, 1.5), *pace(bench, "q", 0.9, 1.3))
    told = found(bench, [bench.watched("p"), bench.watched("q")], Evidence(readings=readings))
    assert (told.level, [each.blocking.practice for each in told.expected]) == (2, ["p", "q"])
    assert told.binding.blocking.practice == "q"
    assert told.binding.forecast.first >= bench.today + timedelta(weeks=60)
    assert told.untold == ()


def test_what_cannot_be_outvoted_binds_before_what_can(bench: Any) -> None:
    readings = (*pace(bench, "p", 0.2, 1.5), *pace(bench, "q", 0.9, 1.3))
    told = found(bench, [bench.watched("p", key_from=1), bench.watched("q")], Evidence(readings=readings))
    assert told.binding.blocking.practice == "p"


def test_overall_waits_for_the_aspects_on_its_level(bench: Any) -> None:
    readings = (*pace(bench, "p", 0.2, 1.5), *pace(bench, "q", 1.9, 2.2))
    practices = [bench.watched("p"), bench.watched("q", aspect="b")]
    assert [each.aspect for each in found(bench, practices, Evidence(readings=readings)).expected] == ["a"]
    assert found(bench, practices, Evidence(readings=readings), "b").level == 3


def test_what_is_hardly_known_is_told_apart(bench: Any) -> None:
    readings = (*pace(bench, "p", 0.1, 0.7), bench.read(0.5, "q.sig", days_ago=50))
    told = found(bench, [bench.watched("p"), bench.watched("q"), bench.watched("r")], Evidence(readings=readings))
    assert {each.blocking.practice: each.forecast.outcome for each in told.untold} == {
        "q": "too_short", "r": "not_current",
    }  # fmt: skip
    assert told.binding.blocking.practice == "p"


def test_a_value_that_lacks_only_evidence_is_there_already(bench: Any) -> None:
    told = found(bench, [bench.practice()], Evidence(answers=(bench.said(3), bench.said(3, days_ago=300))))
    assert told.level == 3
    assert (told.binding.forecast.outcome, told.binding.blocking.confidence_ok) == ("reached", False)


@pytest.mark.parametrize("rung", [3, None])
def test_there_is_no_outlook_at_the_top_or_where_all_is_waived(bench: Any, rung: int | None) -> None:
    evidence = Evidence(waivers=(bench.waived(),)) if rung is None else Evidence(readings=(bench.read(rung, "p.sig"),))
    assert found(bench, [bench.watched("p")], evidence) is None


def test_what_falls_binds_before_what_only_stands_still(bench: Any) -> None:
    readings = (*pace(bench, "p", 1.6, 0.9), *pace(bench, "q", 1.2, 1.2))
    told = found(bench, [bench.watched("p"), bench.watched("q")], Evidence(readings=readings), "a")
    assert [each.forecast.outcome for each in told.expected][-1] == "not_at_this_pace"
    assert (told.binding.blocking.practice, told.binding.forecast.outcome) == ("p", "moving_away")
