"""Waivers, targets and what was said of contradictions, in Markdown that is safe whatever people wrote."""

from __future__ import annotations

from collections.abc import Iterable

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.dashboard.text import count, day, safe
from mlops_maturity.evidence.contradictions import Case
from mlops_maturity.evidence.declared import Declared
from mlops_maturity.evidence.targets import Pursued
from mlops_maturity.evidence.waivers import Waived
from mlops_maturity.scoring import trend_words

TITLE = "Declared by people"
NOTE = "Waivers leave practices out of level and index; targets and explanations change no number."


def lines(declared: Declared, catalogue: Catalogue, aspect: str | None) -> list[str]:
    """A line each, of one aspect or of all; targets overall are always told."""
    waived = [each for each in declared.waived if aspect in (None, each.aspect)]
    cases = [each for each in declared.contradictions if aspect in (None, each.aspect) and each.statement is not None]
    targets = [each for each in declared.targets if aspect is None or each.target.aspect in ("", aspect)]
    return [*(target(each, catalogue) for each in targets), *_waivers(waived), *map(contradiction, cases)]


def target(pursued: Pursued, catalogue: Catalogue) -> str:
    """What is wanted by when, and how it stands."""
    goal, found = pursued.target.goal, pursued.arrival
    names = {aspect.id: aspect.name for aspect in catalogue.aspects}
    of = f", {safe(names[pursued.target.aspect])}" if pursued.target.aspect in names else ""
    told = f"**Target level {goal.level}**{of} by {day(goal.by)}: **{pursued.verdict or 'unknown'}**"
    return f"{told}." if found is None else f"{told}; {trend_words.coming(found, day)}."


def contradiction(case: Case) -> str:
    """What was said of a contradiction last."""
    assert case.statement is not None
    said = f"{safe(case.statement.reason)} ({safe(case.statement.author)})"
    title = f"Contradiction in **{safe(case.title)}**"
    if case.state == "explained" and case.statement.until is not None:
        return f"{title}, explained until {day(case.statement.until)}: {said}"
    return f"{title}, open again: {said}"


def _waivers(waived: Iterable[Waived]) -> Iterable[str]:
    for each in waived:
        row = each.waiver
        told = f"Waived: **{safe(each.title)}** until {day(row.until)}: {safe(row.reason)} ({safe(row.owner)})"
        yield f"{told}. :orange[▲ Ends in {count(each.days_left, 'day')}]" if each.ends_soon else told
