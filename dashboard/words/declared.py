"""Waivers, targets and what was said of contradictions, in Markdown that is safe whatever people wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.text import day, join, safe
from mlops_maturity.evidence.contradictions import Case
from mlops_maturity.evidence.declared import Declared
from mlops_maturity.evidence.targets import Pursued
from mlops_maturity.evidence.waivers import Waived
from mlops_maturity.scoring import trend_words

TITLE = "Declared by people"
NOTE = "Waivers leave practices out of level and index; targets and explanations change no number."
FOLD = 6
"""More lines of one kind than this are summed up."""


def lines(declared: Declared, catalogue: Catalogue, aspect: str | None) -> list[str]:
    """A line each, of one aspect or of all; targets overall are always told. Long lists are summed up: see `folds`."""
    waived, cases = _of(declared, aspect)
    targets = [each for each in declared.targets if aspect is None or each.target.aspect in ("", aspect)]
    told = [target(each, catalogue) for each in targets]
    told += waivers_in_all(waived) if len(waived) > FOLD else [waiver(each) for each in waived]
    return told + (contradictions_in_all(cases) if len(cases) > FOLD else [contradiction(case) for case in cases])


def folds(declared: Declared, aspect: str | None) -> list[tuple[str, list[str]]]:
    """What stands in one line each where it is asked for, as it is too long a list: its label and its lines."""
    waived, cases = _of(declared, aspect)
    found = [(f"The {counted(len(waived), 'waiver')}, one by one", [waiver(each) for each in waived])]
    found += [(f"The {counted(len(cases), 'contradiction')}, one by one", [contradiction(case) for case in cases])]
    return [(label, told) for label, told in found if len(told) > FOLD]


def waivers_in_all(waived: Sequence[Waived]) -> list[str]:
    """Many waivers, a line for each reason; the reasons themselves summed up where there are many."""
    groups: defaultdict[tuple[str, str], list[Waived]] = defaultdict(list)
    for each in waived:
        groups[each.waiver.reason, each.waiver.owner].append(each)
    if len(groups) > FOLD:
        return [f"Waived: **{counted(len(waived), 'practice')}** for {len(groups)} reasons, {_ends(waived)}"]
    return [
        f"Waived: **{_whom(rows)}** {_ends(rows)}: {safe(reason)} ({safe(owner)}){_warning(rows)}"
        for (reason, owner), rows in groups.items()
    ]


def contradictions_in_all(cases: Sequence[Case]) -> list[str]:
    """How many contradictions somebody spoke of, by what became of that."""
    explained = sum(case.state == "explained" for case in cases)
    parts = [f"{explained} explained"] if explained else []
    parts += [f"{len(cases) - explained} open again"] if explained < len(cases) else []
    return [f"**{counted(len(cases), 'contradiction')}** spoken of: {join(parts)}"]


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


def waiver(each: Waived) -> str:
    """What is left out, until when, why, and who answers for it."""
    row = each.waiver
    told = f"Waived: **{safe(each.title)}** until {day(row.until)}: {safe(row.reason)} ({safe(row.owner)})"
    return f"{told}{_warning([each])}"


def _of(declared: Declared, aspect: str | None) -> tuple[list[Waived], list[Case]]:
    waived = [each for each in declared.waived if aspect in (None, each.aspect)]
    return waived, [
        each for each in declared.contradictions if aspect in (None, each.aspect) and each.statement is not None
    ]


def _whom(waived: Sequence[Waived]) -> str:
    return safe(waived[0].title) if len(waived) == 1 else counted(len(waived), "practice")


def _ends(waived: Sequence[Waived]) -> str:
    ends = [each.waiver.until for each in waived]
    first, last = min(ends), max(ends)
    return f"until {day(first)}" if first == last else f"until {day(first)} to {day(last)}"


def _warning(waived: Sequence[Waived]) -> str:
    soon = [each.days_left for each in waived if each.ends_soon]
    if not soon:
        return ""
    which = (
        "Ends" if len(soon) == len(waived) else f"{counted(len(soon), 'waiver')} {'ends' if len(soon) == 1 else 'end'}"
    )
    return f". :orange[▲ {which} in {counted(min(soon), 'day')}{' or later' if max(soon) > min(soon) else ''}]"
