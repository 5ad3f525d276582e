"""What is said of trends and forecasts: never a date for what falls."""

from __future__ import annotations

import re
from datetime import date

import pytest

from mlops_maturity.scoring.forecast import Forecast
from mlops_maturity.scoring.targets import Arrival
from mlops_maturity.scoring.trend_words import coming, when

FIRST, LAST = date(2027, 3, 7), date(2027, 6, 6)
DATED = re.compile(r"20\d\d")


def told(outcome: str, pace: float | None = None, first: date | None = None, last: date | None = None) -> str:
    return when(Forecast(outcome=outcome, needs=1.85, value=1.0, pace=pace, weeks=52, first=first, last=last))


def test_what_falls_is_moving_away_and_has_no_date() -> None:
    assert told("moving_away", -0.01) == "moving away from it, by 0.52 a year"
    assert "moving away" in coming(Arrival(level=2, first=None, last=None, falling=True))


@pytest.mark.parametrize(("pace", "why"), [(0.0, "does not rise"), (-0.01, "does not rise"), (0.001, "too slowly")])
def test_what_is_flat_does_not_come_at_this_pace(pace: float, why: str) -> None:
    assert told("not_at_this_pace", pace).startswith("not at this pace")
    assert why in told("not_at_this_pace", pace)
    assert not DATED.search(coming(Arrival(level=2, first=None, last=None)))


def test_a_wide_interval_has_an_earliest_day_and_the_reason_why_it_has_no_latest() -> None:
    assert told("open", 0.02, FIRST).startswith("not before 2027-03-07")
    for words in (told("open", 0.02, FIRST), coming(Arrival(level=2, first=FIRST, last=None))):
        assert "the latest can't be told, as the weeks vary too much" in words
    untold = coming(Arrival(level=2, first=FIRST, last=None, untold=3))
    assert "not before 2027-03-07" in untold
    assert "as it waits for 3 practices known for fewer than 26 weeks" in untold


def test_an_interval_is_told_with_both_ends() -> None:
    assert coming(Arrival(level=2, first=FIRST, last=LAST)) == (
        "level 2 comes between 2027-03-07 and 2027-06-06 at this pace"
    )
