"""Words about other frameworks' views of a team. Tables are Markdown by cell, so names in them are made safe."""

from __future__ import annotations

from collections.abc import Sequence

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.framework import Framework
from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.facts.frameworks import left_out
from mlops_maturity.dashboard.facts.links import web_address
from mlops_maturity.dashboard.text import join, percent, safe, unbroken
from mlops_maturity.scoring.framework_result import Figures, FrameworkResult, Lacking, PartResult
from mlops_maturity.scoring.sureness import lacking_confidence

NOTE = "From what is proven to what is possible; confidence: the share of the evidence that there could be"
PARTS_TITLE = "Its parts"
DECIDING_TITLE = "What would move it"
ABOUT_TITLE = "About this framework"
NOTHING_DECIDES = "Nothing: there is no higher result."

Table = dict[str, list[str]]


def team_table(rows: Sequence[tuple[str, FrameworkResult]], framework: Framework) -> Table:
    """A row a team: its title and what the framework says of it. Two teams may have the same title."""
    views = [view for _, view in rows]
    return {
        "Team": [safe(title, 80) for title, _ in rows],
        "Result": [_result(view, framework) for view in views],
        # One column: a phone has no room for three more.
        "Rests on": [_rests_on(view, framework) for view in views],
    }


def part_table(view: FrameworkResult, framework: Framework) -> Table:
    """A row for each column or section of the framework."""
    names = {part.id: part.name for part in framework.parts}
    return {
        "Part": [safe(names[part.id], 80) for part in view.parts],
        "Result": [_part_result(part, framework) for part in view.parts],
        "May lie": [_range(part.figures, framework, part.confidence) for part in view.parts],
        "Confidence": [percent(part.confidence) for part in view.parts],
    }


def remarks(view: FrameworkResult, framework: Framework, catalogue: Catalogue) -> list[str]:
    """What would move the result, what is not known, and what can't be judged, a line each."""
    items = {item.id: item.says.rstrip(".") for item in framework.items}
    lines = [f"*{safe(items[each.item])}*: {_lacks(each, catalogue)}" for each in view.deciding]
    if view.unknown:
        titles = [f"*{safe(catalogue.by_id[name].title)}*" for name in view.unknown]
        lines.append(f"Nothing is known of {join(titles)}")
    lines += [
        f"Not judged: *{safe(items[item.id])}*, {safe(item.reason)}"
        for item in view.items
        if item.standing in ("not judged", "left out")
    ]
    return lines or [NOTHING_DECIDES]


def about(framework: Framework) -> Sequence[str]:
    """How the original is read, and where it is published."""
    note = [safe(framework.note, 2000)] if framework.note else []
    return [*note, *(_source(each.title, each.year, each.url) for each in framework.sources)]


def _source(title: str, year: int, url: str) -> str:
    address = web_address(url)
    named = f"[{safe(title)}](<{address}>)" if address else safe(title)
    return named if str(year) in title else f"{named}, {year}"


def _result(view: FrameworkResult, framework: Framework) -> str:
    value = view.figures.value
    if left_out(view):
        return "*waived*"
    if value is None:
        return "not judged"
    if not view.has_evidence:
        return "*no evidence*"
    held = " · **?** held there by missing evidence" if view.held_by_missing_evidence else ""
    name = safe(framework.name_of(value), 80)
    return f"**{_number(value, framework)}**{f' {name}' if name else ''}{held}"


def _rests_on(view: FrameworkResult, framework: Framework) -> str:
    if left_out(view):
        return ""
    may_lie = _range(view.figures, framework, view.confidence)
    known = [f"may lie {may_lie}", f"confidence {percent(view.confidence)}"] if view.has_evidence else []
    return " · ".join([*known, _judged(view)])


def _part_result(part: PartResult, framework: Framework) -> str:
    value, same = part.figures.value, part.same_from
    if value is None:
        return "not judged"
    if not part.confidence:
        return "*no evidence*"
    if same not in (None, value):
        return f"{same:g} to {value:g}, which ask for the same"
    return _number(value, framework)


def _range(figures: Figures, framework: Framework, confidence: float | None) -> str:
    if figures.lo is None or figures.hi is None or not confidence:
        return "–"
    return f"{_number(figures.lo, framework)} to {_number(figures.hi, framework)}"


def _judged(view: FrameworkResult) -> str:
    judged = sum(item.standing == "judged" for item in view.items)
    return f"{judged} of {counted(len(view.items), 'item')} judged"


def _number(value: float, framework: Framework) -> str:
    return f"{value:g}" if framework.rule == "staged" else f"{value:.1f}"


def _lacks(lacking: Lacking, catalogue: Catalogue) -> str:
    title = f"**{safe(catalogue.by_id[lacking.practice].title)}**"
    if not lacking.known:
        return f"nothing is known of {title}; it takes rung {lacking.rung}"
    reasons = [f"is at {lacking.value:.2f}, needs {lacking.needs:.2f}"] if lacking.value < lacking.needs else []
    if not lacking.confidence_ok:
        there, takes = lacking_confidence(lacking.confidence, lacking.needs_confidence)
        reasons.append(f"is known with confidence {there}, and rung {lacking.rung} needs {takes}")
    return f"{title} {unbroken(join(reasons))}"
