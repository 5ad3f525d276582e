"""What today is compared with: one day, by one rule, wherever it is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mlops_maturity.evidence.baseline import a_year_before, baseline, standing_on
from mlops_maturity.evidence.store.history import HistoryRow

MONDAY = date(2026, 11, 23)
SUNDAY = date(2026, 11, 22)


def rows(*told: tuple[int, float | None], team: str = "a", confidence: float = 0.6) -> list[HistoryRow]:
    """Weeks before the Sunday, and the index that stood then."""
    return [
        HistoryRow(team=team, on=SUNDAY - timedelta(weeks=weeks), scope="overall", level_lo=0,
                   level=None if index is None else 1, level_hi=2, index_lo=0.0, index=index, index_hi=100.0,
                   confidence=None if index is None else confidence, catalogue_hash="h")
        for weeks, index in told
    ]  # fmt: skip


def test_a_year_ago_is_the_same_day_of_the_week() -> None:
    assert a_year_before(MONDAY) == date(2025, 11, 24)
    assert a_year_before(MONDAY).weekday() == MONDAY.weekday()


def test_what_stood_then_is_the_newest_week_known_by_that_day_and_never_a_later_one() -> None:
    found = baseline({"a": rows((53, 10.0), (52, 20.0), (51, 30.0))}, a_year_before(MONDAY), MONDAY)
    assert found is not None
    assert (found.on, found.short, found.rows["a"].index) == (date(2025, 11, 23), False, 20.0)


@pytest.mark.parametrize("past", [[], [(60, 10.0)], [(52, None)], [(51, 10.0)]])
def test_a_week_too_old_or_unknown_or_later_does_not_stand_for_it(past: list[tuple[int, float | None]]) -> None:
    assert standing_on(rows(*past), a_year_before(MONDAY)) is None


def test_one_missing_week_is_bridged() -> None:
    found = standing_on(rows((53, 10.0)), a_year_before(MONDAY))
    assert found is not None
    assert found.on == SUNDAY - timedelta(weeks=53)


def test_where_the_evidence_begins_later_that_is_said() -> None:
    found = baseline({"a": rows((8, 10.0), (1, 30.0))}, a_year_before(MONDAY), MONDAY)
    assert found is not None
    assert (found.on, found.short) == (SUNDAY - timedelta(weeks=8), True)
    assert baseline({"a": rows((-1, 10.0))}, a_year_before(MONDAY), SUNDAY) is None


def test_an_index_of_the_first_scraps_of_evidence_is_nothing_to_have_risen_from() -> None:
    past = [*rows((52, 1.0), confidence=0.01), *rows((20, 40.0))]
    found = baseline({"a": past}, a_year_before(MONDAY), MONDAY, least=0.15)
    assert found is not None
    assert (found.short, found.rows["a"].index) == (True, 40.0)


def test_one_team_known_then_is_enough_and_the_others_are_left_out() -> None:
    found = baseline({"a": rows((52, 20.0)), "b": rows((9, 50.0), team="b")}, a_year_before(MONDAY), MONDAY)
    assert found is not None
    assert (found.short, list(found.rows)) == (False, ["a"])
