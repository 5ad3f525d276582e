"""Words about contradictions. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.text import ago, day, safe
from mlops_maturity.evidence.contradictions import Case

NEWEST_TITLE = "Newest contradictions"
ALL_TITLE = "All contradictions"
NOTE = (
    "Where answers and systems are at least one rung apart. ▲\u00a0Overclaim: people say more than systems show; "
    "▼\u00a0underclaim: less"
)
NONE = "None found. It takes answers and systems that speak of the same practice to find one."


def line(case: Case, today: date) -> str:
    """What both sides say, since when, and whether somebody explained it."""
    sign = "▲" if case.episode.kind == "overclaim" else "▼"
    since = f"since {day(case.episode.first)} ({ago((today - case.episode.first).days)})"
    explained = " · explained" if case.state == "explained" else ""
    return f"{sign} people say {case.said:.1f}, systems show {case.shown:.1f} · {case.episode.kind} {since}{explained}"


def see_all(cases: Sequence[Case], titles: Sequence[str]) -> str:
    """The link to the whole list; `titles` are those of the teams that are in it, one each."""
    of = f"all of {safe(titles[0], 60)}" if len(titles) == 1 else f"of {counted(len(titles), 'team')}"
    return f"See all {counted(len(cases), 'contradiction')}, {of}"
