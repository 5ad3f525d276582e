"""Counts of one are singular, and what rounds to nothing has no minus sign."""

from __future__ import annotations

from datetime import date

import pytest

from mlops_maturity.cli.result_format import Format
from mlops_maturity.cli.sheets import Sheet, show
from mlops_maturity.scoring import trend_words as words
from mlops_maturity.scoring.trend import Measured, Trend


def trend(weeks: int, slope: float | None = None, start: float | None = None) -> Trend:
    measured = Measured(
        since=date(2026, 11, 1), until=date(2026, 11, 8), weeks=weeks, short_of="too_short", slope=slope, start=start
    )
    return Trend(verdict="no_change_shown", reason="too_short", measured=measured, p_adjusted=None)


def test_one_week_is_one_week() -> None:
    assert words.reason(trend(1)).startswith("1 week is known")
    assert words.reason(trend(3)).startswith("3 weeks are known")


def test_what_rounds_to_nothing_has_no_sign(capsys: pytest.CaptureFixture[str]) -> None:
    show(Format.MARKDOWN, "x", [Sheet(title="", head=("effect",), rows=[(-0.001,), (-12.04,)])], [], {})
    shown = capsys.readouterr().out
    assert "| 0.00 |" in shown
    assert "-0.0" not in shown
    assert "-12.0" in shown
