"""What people declared, in words and as JSON: beside an assessment, never in its numbers."""

from __future__ import annotations

from typing import Any

from mlops_maturity.cli import contradictions_text, respondents_text, targets_text
from mlops_maturity.config.catalogue import Aspect, Catalogue
from mlops_maturity.evidence.declared import Declared
from mlops_maturity.evidence.waivers import Waived


def waiver_lines(declared: Declared, aspect: Aspect) -> list[str]:
    """A line for each practice that is left out of the figures of an aspect."""
    return [f"{aspect.name}, waived: {_waiver(each)}" for each in declared.of_aspect(aspect.id)]


def contradiction_lines(declared: Declared) -> list[str]:
    """A line for each contradiction that stands."""
    return [contradictions_text.in_a_line(case) for case in declared.contradictions]


def target_lines(declared: Declared, catalogue: Catalogue) -> list[str]:
    """A line for each target of the team."""
    return [targets_text.in_a_line(each, catalogue) for each in declared.targets]


def as_json(declared: Declared, catalogue: Catalogue) -> dict[str, Any]:
    """The lists that stand beside an assessment in `assess --format json`."""
    return {
        "contradictions": [contradictions_text.as_json(case, catalogue) for case in declared.contradictions],
        "waivers": [_waiver_json(each) for each in declared.waived],
        "targets": [targets_text.as_json(each) for each in declared.targets],
        "respondents": None if declared.responses is None else respondents_text.as_json(declared.responses),
    }


def _waiver(waived: Waived) -> str:
    row = waived.waiver
    told = f"{waived.title!r} until {row.until}: {row.reason} ({row.owner})"
    if not waived.ends_soon:
        return told
    when = {0: "today", 1: "tomorrow"}.get(waived.days_left, f"in {waived.days_left} days")
    return f"{told}. Ends {when}: renew it, or gather evidence."


def _waiver_json(waived: Waived) -> dict[str, Any]:
    row = waived.waiver
    return {
        "practice": row.practice,
        "aspect": waived.aspect,
        "from": row.start.isoformat(),
        "until": row.until.isoformat(),
        "days_left": waived.days_left,
        "reason": row.reason,
        "owner": row.owner,
        "author": row.author,
        "recorded_at": row.recorded_at.isoformat(),
    }
