"""On course or not: the day of a goal against the interval of a forecast."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.scoring.assessment import Blocking
from mlops_maturity.scoring.forecast import Forecast
from mlops_maturity.scoring.outlook import Expected, Outlook
from mlops_maturity.scoring.targets import Arrival, Goal, arrival_of, on_course

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
FIRST, LAST = date(2027, 2, 1), date(2027, 5, 1)
SOON = Arrival(level=2, first=FIRST, last=LAST)


@pytest.mark.parametrize(
    ("by", "arrival", "verdict"),
    [
        (LAST, SOON, "on course"),
        (LAST - DAY, SOON, "possible"),
        (FIRST, SOON, "possible"),
        (FIRST - DAY, SOON, "not at this pace"),
        (LAST, Arrival(level=2, first=FIRST, last=None), "possible"),
        (LAST, Arrival(level=2, first=None, last=None), "not at this pace"),
        (LAST, None, "unknown"),
        (TODAY, Arrival(level=2, first=TODAY, last=TODAY), "on course"),
        (TODAY - DAY, SOON, "missed"),
    ],
)
def test_the_interval_judges(by: date, arrival: Arrival | None, verdict: str) -> None:
    assert on_course(Goal(level=2, by=by), arrival, 1, TODAY) == verdict


@pytest.mark.parametrize("by", [TODAY - DAY, TODAY, LAST])
@pytest.mark.parametrize("level", [2, 3])
def test_a_level_that_is_there_is_met_whatever_the_day(by: date, level: int) -> None:
    assert on_course(Goal(level=2, by=by), None, level, TODAY) == "met"


def test_of_a_team_of_which_nothing_is_known_nothing_is_said() -> None:
    assert on_course(Goal(level=1, by=LAST), SOON, None, TODAY) == "unknown"


@pytest.mark.parametrize(("by", "verdict"), [(FIRST - DAY, "not at this pace"), (LAST, "unknown")])
def test_a_forecast_of_a_lower_level_can_only_rule_out(by: date, verdict: str) -> None:
    assert on_course(Goal(level=3, by=by), SOON, 1, TODAY) == verdict


_DAYS = st.integers(0, 900).map(lambda days: TODAY + timedelta(days=days))
_RANK = ("not at this pace", "possible", "on course")


@given(first=st.none() | _DAYS, wait=st.none() | st.integers(0, 300), by=_DAYS, later=st.integers(0, 300))
def test_more_time_never_makes_it_worse(first: date | None, wait: int | None, by: date, later: int) -> None:
    last = None if first is None or wait is None else first + timedelta(days=wait)
    arrival = Arrival(level=2, first=first, last=last)
    sooner, after = (on_course(Goal(level=2, by=day), arrival, 1, TODAY) for day in (by, by + timedelta(days=later)))
    assert _RANK.index(after) >= _RANK.index(sooner)


def _expected(outcome: str, first: date | None = None, last: date | None = None) -> Expected:
    block = Blocking(practice="p", rung=2, value=1.0, needs=1.85, confidence_ok=True, must=True)
    found = Forecast(outcome=outcome, needs=1.85, value=1.0, pace=0.1, weeks=52, first=first, last=last)  # type: ignore[arg-type]
    return Expected(aspect="a", level=2, blocking=block, forecast=found)


def test_the_practice_that_binds_tells_the_interval() -> None:
    binding = _expected("between", FIRST, LAST)
    assert arrival_of(Outlook(level=2, expected=(binding,), binding=binding)) == SOON


def test_a_practice_of_which_too_little_is_known_leaves_the_end_open() -> None:
    binding = _expected("between", FIRST, LAST)
    found = arrival_of(Outlook(level=2, expected=(binding, _expected("too_short")), binding=binding))
    assert found == Arrival(level=2, first=FIRST, last=None, untold=1)


@pytest.mark.parametrize("binding", [None, _expected("reached")])
def test_where_only_evidence_is_missing_no_pace_tells_when(binding: Expected | None) -> None:
    expected = () if binding is None else (binding,)
    assert arrival_of(Outlook(level=2, expected=expected, binding=binding)) is None
    assert arrival_of(None) is None
