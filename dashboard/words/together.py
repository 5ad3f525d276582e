"""Words about teams as one. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.charts.together import Dot
from mlops_maturity.dashboard.facts.together import Together
from mlops_maturity.dashboard.text import day, join, percent, plain, safe
from mlops_maturity.scoring.rollup_change import Change
from mlops_maturity.scoring.rollup_funnel import FEWEST, Funnel, Member

MEAN_TITLE = "What moved the mean"
COHORT = "Only teams known throughout"
FUNNEL_TITLE = "Who stands out"
FUNNEL_NOTE = (
    "Index against how many practices' worth of evidence there is. Shade: where a team lies by chance and the usual"
    " difference between these teams (95 % and 99.8 %); dashed: their mean; ●: inside, where order says nothing;"
    " ◆: outside"
)
_SIDES = {"below": "unusually far below", "within": "within the limits", "above": "unusually far above"}


def moved(found: Together, titles: Mapping[str, str], least: float) -> str:
    """What the mean did, and why. `least` is the confidence (0 to 1) that a team takes to count."""
    change = found.group.change
    if change is None or found.group.since is None:
        return f"Nothing to compare with: no team was known before with {percent(least)} of the evidence, as it takes"
    begins = ", where enough evidence begins" if found.group.begins else ""
    told = (
        f"Mean index {change.after:.0f}, {change.total:+.1f} since {day(found.group.since)}{begins}:"
        f" {change.within:+.1f} as teams changed, {change.mix:+.1f} by which teams are known, and their weights"
    )
    return told + _came_and_went(change, titles)


def cohort(found: Together) -> str:
    """How many teams the steady line is of."""
    teams = len(found.group.cohort.teams)
    if not teams:
        return "No team is known in every week of this span; a shorter one may have some"
    return f"Line: {counted(teams, 'team')} known in every week; dotted: all that are known"


def mean_alt(found: Together, steady: bool) -> str:
    """Plain text: the line in a sentence."""
    line = found.cohort if steady else found.mean
    whose = "the teams known throughout" if steady else "all known teams"
    if not line:
        return f"Mean index of {whose}: nothing known"
    return f"Mean index of {whose}: {line[0].index:.0f} in {line[0].on:%b %Y}, {line[-1].index:.0f} now"


def dots(funnel: Funnel, titles: Mapping[str, str]) -> list[Dot]:
    """The teams of the funnel, with their names (plain text)."""
    return [
        Dot(
            team=plain(titles[member.team], 40),
            mass=member.mass,
            index=member.index,
            says=_SIDES[member.side],
            outside=member.side != "within",
        )
        for member in funnel.members
    ]


def outside(funnel: Funnel, titles: Mapping[str, str]) -> str:
    """Who lies outside of the limits, in a sentence."""
    parts = [
        f"{_SIDES[side]}: {_names([member for member in funnel.members if member.side == side], titles)}"
        for side in ("below", "above")
        if any(member.side == side for member in funnel.members)
    ]
    told = "; ".join(parts)
    return f"{told[:1].upper()}{told[1:]}" if parts else "No team stands out from the others"


def left_out(found: Together, titles: Mapping[str, str], least: float) -> str:
    """Who is not in the funnel and why; empty where all are. `least` is the confidence (0 to 1) that it takes."""
    silent, slight = found.group.silent, found.group.slight
    parts = [f"{_titles(silent, titles)} (no evidence)"] if silent else []
    parts += [f"{_titles(slight, titles)} (under {percent(least)} of the evidence)"] if slight else []
    return f"{counted(len(silent) + len(slight), 'team')} left out: {'; '.join(parts)}" if parts else ""


def too_few(found: Together, least: float) -> str:
    """Why there is no funnel. `least` is the confidence (0 to 1) that a team takes to count."""
    known = found.group.rollup.overall.known
    was = "is" if known == 1 else "are"
    return f"It takes {FEWEST} teams known with {percent(least)} of the evidence; there {was} {known}"


def funnel_alt(funnel: Funnel) -> str:
    """Plain text: the chart in a sentence."""
    out = sum(member.side != "within" for member in funnel.members)
    teams = counted(len(funnel.members), "team")
    return f"{teams} of which enough is known around a mean index of {funnel.centre:.0f}; {out} outside of the limits"


def _came_and_went(change: Change, titles: Mapping[str, str]) -> str:
    came = f". Known since: {_titles(change.joined, titles)}" if change.joined else ""
    went = f". No longer known: {_titles(change.left, titles)}" if change.left else ""
    return came + went


def _titles(teams: Sequence[str], titles: Mapping[str, str], most: int = 6) -> str:
    more = [counted(len(teams) - most, "other team")] if len(teams) > most else []
    return join([safe(plain(titles[team], 40)) for team in teams[:most]] + more)


def _names(members: Sequence[Member], titles: Mapping[str, str]) -> str:
    return _titles([member.team for member in members], titles)
