"""What people declared, in words and as JSON: beside an assessment, never in its numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from mlops_maturity.cli import contradictions_text, respondents_text, targets_text
from mlops_maturity.config.catalogue import Aspect, Catalogue
from mlops_maturity.evidence.declared import Declared
from mlops_maturity.evidence.waivers import Waived

ONE_BY_ONE = 4
"""Waivers of an aspect that are told one by one."""


def waiver_lines(declared: Declared, aspect: Aspect) -> list[str]:
    """A line for each practice that is left out of the figures of an aspect; where they are many, one a reason."""
    waived = list(declared.of_aspect(aspect.id))
    if len(waived) <= ONE_BY_ONE:
        return [f"{aspect.name}, waived: {_waiver(each)}" for each in waived]
    groups: defaultdict[tuple[str, str], list[Waived]] = defaultdict(list)
    for each in waived:
        groups[each.waiver.reason, each.waiver.owner].append(each)
    return [f"{aspect.name}, waived: {_waivers(rows)}" for rows in groups.values()]


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


def _waivers(rows: Sequence[Waived]) -> str:
    """Waivers of one reason and owner."""
    if len(rows) == 1:
        return _waiver(rows[0])
    first, last = min(each.waiver.until for each in rows), max(each.waiver.until for each in rows)
    until = str(last) if first == last else f"{first} to {last}"
    return f"{len(rows)} practices until {until}: {rows[0].waiver.reason} ({rows[0].waiver.owner})"


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
