"""Counts of one are singular, and what rounds to nothing has no minus sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from mlops_maturity.cli.result_format import Format
from mlops_maturity.cli.sheets import Sheet, show
from mlops_maturity.scoring import trend_words as words
from mlops_maturity.scoring.trend import Measured, Trend

Run = Callable[..., Result]


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


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("gate", "--team", "fraud", "--min-level", "9"), "should be at most 3"),
        (("gate", "--team", "fraud", "--min-level", "0"), "should be at least 1"),
        (("serve", "--port", "x"), "should be a whole number"),
        (("roadmap", "--team", "fraud", "--budget-days", "x"), "should be a number"),
        (("history", "--step", "x"), "is not one of 'day', 'week'"),
    ],
)
def test_wrong_options_are_told_in_our_words(run: Run, given: tuple[str, ...], told: str) -> None:
    done = run(*given)
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
    assert not any(raw in done.output for raw in ("Input should", "Value error", "unable to parse"))


def test_a_demo_that_cannot_be_written_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = run("demo", "--home", str(tmp_path / "file" / "demo"), "--no-serve", config=False)
    assert (done.exit_code, "name another folder" in done.output) == (2, True), done.output
