"""Verdicts in words: what can't be judged is counted apart, and every verdict says over which weeks."""

from __future__ import annotations

from datetime import date

from mlops_maturity.dashboard.facts.trends import Panel
from mlops_maturity.dashboard.words.trends import verdicts
from mlops_maturity.evidence.trends import TeamTrend
from mlops_maturity.scoring.trend import Measured, Reason, Trend, Verdict

TITLES = {name: name.upper() for name in "abcdef"}


def trend(reason: Reason | None, verdict: Verdict = "no_change_shown") -> TeamTrend:
    measured = Measured(
        since=date(2025, 12, 7), until=date(2026, 11, 22), weeks=40, short_of=None, start=10.0, end=22.0
    )
    return TeamTrend(trend=Trend(verdict=verdict, reason=reason, measured=measured, p_adjusted=0.01), confirmed=1)


def told(*trends: TeamTrend) -> str:
    found = dict(zip(TITLES, trends, strict=False))
    return verdicts(
        Panel(scope="overall", title="", level=1, index=20.0, change=None, line=(), trends=found), TITLES
    )  # fmt: skip


def test_teams_too_little_known_are_not_among_those_that_show_no_change() -> None:
    words = told(trend(None, "rising"), trend("small"), trend("chance"), trend("too_short"), trend("not_current"))
    assert "**Rising:** A" in words
    assert "**No change shown:** 2 teams" in words
    assert "**Not judged:** 1 team, known for fewer than 26 weeks" in words
    assert "**Not judged:** 1 team, too little known of the last four weeks" in words


def test_where_none_can_be_judged_no_change_is_not_claimed() -> None:
    assert "o change shown" not in told(trend("too_short"), trend("too_short"))
    assert told(trend("too_short")).startswith("**Not judged**: 40 weeks are known")


def test_every_verdict_says_over_which_weeks() -> None:
    for words in (told(trend("small")), told(trend(None, "falling")), told(trend("small"), trend("small"))):
        assert "over the last 52 weeks" in words
    assert verdicts(Panel(scope="", title="", level=None, index=None, change=None, line=()), {}) == ""
