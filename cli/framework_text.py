"""A framework's view of teams in words: tables for a terminal, CSV and Markdown for others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from mlops_maturity.cli.grid import Field, Grid, print_grid
from mlops_maturity.cli.tables import csv_text, markdown_text, result_console
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.framework import Framework
from mlops_maturity.scoring.framework_result import Figures, FrameworkResult, Lacking, PartResult
from mlops_maturity.scoring.percent import percent
from mlops_maturity.scoring.sureness import lacking_confidence

Views = Mapping[str, FrameworkResult]
"""Team id to what the framework says of it."""
COLUMNS = (
    "team",
    "as_of",
    "framework",
    "scope",
    "lo",
    "value",
    "hi",
    "confidence",
    "deciding",
    "unknown",
    "not_judged",
)
HEAD = ("team", "result", "range", "confidence", "judged", "decided by")
PART_HEAD = ("part", "result", "range", "confidence")
_FIGURES = (
    Field(name="result", least=16),
    Field(name="range", exact=True, rank=1),
    Field(name="confidence", exact=True, right=True),
)
FIELDS = (
    Field(name="team", least=16),
    *_FIGURES,
    Field(name="judged", exact=True, rank=2),
    Field(name="decided by", least=20, rank=3),
)
PART_FIELDS = (Field(name="part", least=16), *_FIGURES)
RANGE = (
    "Range: proven … possible. Confidence: share of the evidence there could be. Judged: what is asked for, and some"
    " evidence speaks of."
)


def as_tables(views: Views, titles: Mapping[str, str], framework: Framework, catalogue: Catalogue) -> None:
    """Print a table of the teams; for a single team also its parts, what would move it and what can't be judged."""
    console = result_console()
    console.print(framework.title, style="bold", markup=False, highlight=False)
    rows = [_row(titles[team], view, framework) for team, view in views.items()]
    print_grid(Grid(fields=FIELDS, rows=rows, instead="--format markdown"), console)
    if len(views) == 1:
        view = next(iter(views.values()))
        parts = [_part_row(part, framework) for part in view.parts]
        print_grid(Grid(fields=PART_FIELDS, rows=parts, instead="--format markdown"), console)
        for line in remarks(view, framework, catalogue):
            console.print(line, markup=False, highlight=False)
    for line in (RANGE, *about(framework)):
        console.print(line, style="dim", markup=False, highlight=False)


def as_markdown(views: Views, titles: Mapping[str, str], framework: Framework, catalogue: Catalogue) -> str:
    """A Markdown document: one table of the teams, then each team's parts and remarks."""
    lines = [
        f"# {markdown_text(framework.title)}",
        "",
        *_table(HEAD, [_row(titles[team], view, framework) for team, view in views.items()]),
    ]
    for team, view in views.items():
        rows = [_part_row(part, framework) for part in view.parts]
        lines += ["", f"## {markdown_text(titles[team])}", "", *_table(PART_HEAD, rows), ""]
        lines += [f"- {markdown_text(line)}" for line in remarks(view, framework, catalogue)]
    return "\n".join([*lines, "", RANGE, *(f"\n{markdown_text(line)}" for line in about(framework))])


def as_csv(views: Views, day: date, framework: Framework) -> str:
    """One row a team for the whole, and one for each part; an empty cell is not judged, or not known."""
    return csv_text(COLUMNS, (row for team, view in views.items() for row in _csv_rows(team, view, day, framework)))


def _csv_rows(team: str, view: FrameworkResult, day: date, framework: Framework) -> Iterator[tuple[object, ...]]:
    start = (team, day.isoformat(), framework.id)
    yield (
        *start, "overall", *_cells(view.figures, view.confidence), view.confidence, " ".join(_decided_by(view)),
        " ".join(view.unknown), " ".join(_unjudged(view)),
    )  # fmt: skip
    for part in view.parts:
        yield (*start, part.id, *_cells(part.figures, part.confidence), part.confidence, "", "", "")


def remarks(view: FrameworkResult, framework: Framework, catalogue: Catalogue) -> list[str]:
    """What would move the result, what is not known, and what can't be judged, a line each."""
    items = {item.id: item for item in framework.items}
    lines = [
        f"To move it, {lacking.item} ({items[lacking.item].says.rstrip('.')}): {lacks(lacking, catalogue)}"
        for lacking in view.deciding
    ]
    if view.unknown:
        lines.append(f"Nothing is known of: {', '.join(view.unknown)}.")
    lines += [
        f"Not judged, {result.id} ({items[result.id].says.rstrip('.')}): {result.reason}."
        for result in view.items
        if result.standing in ("not judged", "left out")
    ]
    return lines


def lacks(lacking: Lacking, catalogue: Catalogue) -> str:
    """Why a practice doesn't do what an item asks, as a sentence."""
    title = repr(catalogue.by_id[lacking.practice].title)
    if not lacking.known:
        return f"nothing is known of {title}; it takes rung {lacking.rung}."
    reasons = []
    if lacking.value < lacking.needs:
        reasons.append(f"is at {lacking.value:.2f}, needs {lacking.needs:.2f}")
    if not lacking.confidence_ok:
        there, takes = lacking_confidence(lacking.confidence, lacking.needs_confidence)
        reasons.append(f"is known with confidence {there}, and rung {lacking.rung} needs {takes}")
    return f"{title} {' and '.join(reasons)}."


def about(framework: Framework) -> Iterable[str]:
    """The note, and where the framework is published."""
    if framework.note:
        yield framework.note
    for source in framework.sources:
        yield f"Source: {source.title}, {source.year}, {source.url}"


def _row(title: str, view: FrameworkResult, framework: Framework) -> tuple[str, ...]:
    names = _decided_by(view)
    told = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    judged = f"{sum(item.standing == 'judged' for item in view.items)} of {len(view.items)}"
    span = _range(view.figures, framework)
    return (title, _result(view, framework), span, _percent(view.confidence), judged, told)


def _part_row(part: PartResult, framework: Framework) -> tuple[str, ...]:
    name = next(entry.name for entry in framework.parts if entry.id == part.id)
    return (name, _part_result(part, framework), _range(part.figures, framework), _percent(part.confidence))


def _result(view: FrameworkResult, framework: Framework) -> str:
    """The figure in words. The lowest one for want of any evidence is no finding, and is not shown as one."""
    value = view.figures.value
    if value is None:
        return "not judged"
    if not view.has_evidence:
        return "no evidence"
    name = framework.name_of(value)
    held = " (held by missing evidence)" if view.held_by_missing_evidence else ""
    return f"{_number(value, framework)}{f' {name}' if name else ''}{held}"


def _part_result(part: PartResult, framework: Framework) -> str:
    value = part.figures.value
    if value is None:
        return "not judged"
    if not part.confidence:
        return "no evidence"
    same = part.same_from
    return f"{same:g} to {value:g}, which ask for the same" if same not in (None, value) else _number(value, framework)


def _range(figures: Figures, framework: Framework) -> str:
    if figures.lo is None or figures.hi is None:
        return "—"
    return f"{_number(figures.lo, framework)} … {_number(figures.hi, framework)}"


def _number(value: float, framework: Framework) -> str:
    return f"{value:g}" if framework.rule == "staged" else f"{value:.1f}"


def _percent(value: float | None) -> str:
    return "—" if value is None else percent(value)


def _decided_by(view: FrameworkResult) -> list[str]:
    return list(dict.fromkeys(lacking.practice for lacking in view.deciding))


def _unjudged(view: FrameworkResult) -> list[str]:
    return [item.id for item in view.items if item.standing in ("not judged", "left out")]


def _cells(figures: Figures, confidence: float | None) -> tuple[float | None, ...]:
    """None where nothing at all is known: the lowest figure would be a finding."""
    return (figures.lo, figures.value, figures.hi) if confidence else (None, None, None)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = tuple(head)
    lines = [f"| {' | '.join(map(markdown_text, row))} |" for row in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:]]
