"""A group of teams as plain JSON data. Numbers unrounded; what is not known is None."""

from __future__ import annotations

from typing import Any

from mlops_maturity.scoring.rollup import Distribution, Rollup
from mlops_maturity.scoring.rollup_change import Change, Cohort
from mlops_maturity.scoring.rollup_funnel import INNER, OUTER, Funnel, Member


def rollup_json(rollup: Rollup) -> dict[str, Any]:
    """Distributions overall and by aspect."""
    return {
        "overall": _distribution(rollup.overall),
        "aspects": {aspect: _distribution(each) for aspect, each in rollup.aspects.items()},
        "worst_aspects": list(rollup.worst),
    }


def change_json(change: Change | None) -> dict[str, Any] | None:
    """A change of the index; `within` and `mix` add up to it."""
    if change is None:
        return None
    return {
        "before": change.before,
        "after": change.after,
        "change": change.total,
        "within": change.within,
        "mix": change.mix,
        "joined": list(change.joined),
        "left": list(change.left),
        "teams": {team: {"within": part.within, "mix": part.mix} for team, part in change.parts.items()},
    }


def cohort_json(cohort: Cohort) -> dict[str, Any]:
    """The teams known throughout, and their line."""
    return {
        "teams": list(cohort.teams),
        "line": [{"on": on.isoformat(), "index": index} for on, index in cohort.line],
    }


def funnel_json(funnel: Funnel | None) -> dict[str, Any] | None:
    """Each team with the limits for what is known of it; None with too few teams."""
    if funnel is None:
        return None
    return {
        "centre": funnel.centre,
        "spread": funnel.spread,
        "between": funnel.between,
        "teams": {member.team: _member(funnel, member) for member in funnel.members},
    }


def _distribution(found: Distribution) -> dict[str, Any]:
    levels = range(len(found.counts))
    return {
        "teams_at": {str(level): found.counts[level] for level in levels},
        "no_evidence": found.unknown,
        "too_little_evidence": found.slight,
        "share_at_or_above": {str(level): found.at_or_above(level) for level in levels if level > 0},
        "median_level": found.median,
        "index": found.index,
    }


def _member(funnel: Funnel, member: Member) -> dict[str, Any]:
    return {
        "index": member.index,
        "known_mass": member.mass,
        "limits_95": list(funnel.limits(member.mass, INNER)),
        "limits_99_8": list(funnel.limits(member.mass, OUTER)),
        "side": member.side,
    }
