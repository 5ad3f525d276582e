"""An assessment in words: tables for a terminal, CSV and Markdown for others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from rich.console import Console

from mlops_maturity.cli.blocking_text import blocked_lines
from mlops_maturity.cli.declared_text import contradiction_lines, target_lines, waiver_lines
from mlops_maturity.cli.grid import Field, Grid, print_grid
from mlops_maturity.cli.rollup_text import GROUP_COLUMNS
from mlops_maturity.cli.silence_text import silence_lines
from mlops_maturity.cli.tables import csv_text, markdown_text, result_console
from mlops_maturity.cli.trending import TREND_COLUMNS, Lately
from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.declared import NOTHING, Declared
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.percent import percent
from mlops_maturity.scoring.silence import silence

Results = Mapping[str, Assessment]
"""Team id to assessment."""
Beside = Mapping[str, Declared]
"""Team id to what people declared."""
NO_FIGURE = "—"
NONE: Beside = MappingProxyType({})

LEGEND = (
    "Confirmed: median level of five weeks. Range: proven … possible. Index: 0 to 100, for trends only."
    " Trend: of up to 52 weeks. Confidence: share of the evidence there could be."
)

FIELDS = (
    Field(name="level", least=11),
    Field(name="confirmed", exact=True, rank=3),
    Field(name="range", exact=True, rank=2),
    Field(name="index", exact=True, right=True),
    Field(name="trend", least=12, rank=1),
    Field(name="confidence", exact=True, right=True),
    Field(name="waived", exact=True, rank=4),
)
HELD_BACK = Field(name="held back by", least=12, rank=5)
COLUMNS = (
    "team", "as_of", "scope", "level_lo", "level", "level_hi", "index_lo", "index", "index_hi", "confidence",
    "contradictions", "blocking", "waived", *TREND_COLUMNS, *GROUP_COLUMNS,
)  # fmt: skip


def as_tables(
    results: Results, settings: Settings, catalogue: Catalogue, lately: Lately, beside: Beside = NONE
) -> None:
    """Print a table of the teams; for a single team also its aspects, what blocks it and what contradicts itself."""
    console = result_console()
    rows = [
        (
            _title(settings, name), _named(result.overall, catalogue), lately.confirmed(name), _range(result.overall),
            _index(result.overall), _verdict(lately, name, result), _percent(result.overall.confidence),
            _waived(_all_waived(result)), _least(result, catalogue),
        )
        for name, result in results.items()
    ]  # fmt: skip
    print_grid(_grid(Field(name="team", least=16), *FIELDS, HELD_BACK, rows=rows), console)
    if len(results) == 1:
        ((name, result),) = results.items()
        if silence(result) is None:
            _print_aspects(name, result, catalogue, lately, console)
        for line in _told(name, result, settings, catalogue, lately, beside):
            console.print(line, markup=False, highlight=False)
    for line in (*lately.waits(), *lately.biased()):
        console.print(line, markup=False, highlight=False)
    if any(silence(result) is None for result in results.values()):
        console.print(LEGEND, style="dim")


def _grid(*fields: Field, rows: Sequence[Sequence[str]]) -> Grid:
    """A table; a column that is empty in every row says nothing and takes no place."""
    used = [at for at in range(len(fields)) if any(row[at] for row in rows)]
    cells = [[row[at] for at in used] for row in rows]
    return Grid(fields=tuple(fields[at] for at in used), rows=cells, instead="--format csv")


def _told(
    name: str, result: Assessment, settings: Settings, catalogue: Catalogue, lately: Lately, beside: Beside
) -> list[str]:
    """What is to say of a team: the whole story, or for a team without a level why it has none."""
    declared, team = beside.get(name, NOTHING), settings.team(name)
    if team is not None and silence(result) is not None:
        return [*silence_lines(team, result, settings), *target_lines(declared, catalogue)]
    quiet = [aspect for aspect in result.aspects if silence(result, aspect) is not None]
    return [*_remarks(name, result, declared, catalogue), *lately.remarks(name, catalogue, quiet)]


def _print_aspects(name: str, result: Assessment, catalogue: Catalogue, lately: Lately, console: Console) -> None:
    parts = [(aspect, result.aspects[aspect.id]) for aspect in catalogue.aspects]
    rows = [
        (
            aspect.name, _named(part, catalogue), lately.confirmed(name, aspect.id), _range(part), _index(part),
            _verdict(lately, name, result, aspect.id), _percent(part.confidence), _waived(part.waived),
        )
        for aspect, part in parts
    ]  # fmt: skip
    print_grid(_grid(Field(name="aspect", least=15), *FIELDS, rows=rows), console)


def _least(result: Assessment, catalogue: Catalogue) -> str:
    """The aspects that hold the level down; nothing at the top."""
    level = result.overall.level
    if level in (None, TOP_LEVEL) or silence(result) is not None:
        return ""
    least = [aspect.id for aspect in catalogue.aspects if result.aspects[aspect.id].level == level]
    judged = [aspect for aspect in result.aspects.values() if aspect.level is not None]
    return least[0] if len(least) == 1 else f"{len(least)} of {len(judged)} aspects"


def as_markdown(
    results: Results, settings: Settings, catalogue: Catalogue, lately: Lately, beside: Beside = NONE
) -> str:
    """A Markdown document: one table of the teams, then each team's blocks, contradictions and trends."""
    lines = [
        "| team | level | confirmed | range | index | trend | confidence | waived |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, result in results.items():
        overall = result.overall
        cells = (_title(settings, name), _named(overall, catalogue), lately.confirmed(name), _range(overall),
                 _index(overall), _verdict(lately, name, result), _percent(overall.confidence),
                 _waived(_all_waived(result)))  # fmt: skip
        lines.append("| " + " | ".join(map(markdown_text, cells)) + " |")
    lines += [part for line in (*lately.waits(), *lately.biased()) for part in ("", markdown_text(line))]
    for name, result in results.items():
        told = _told(name, result, settings, catalogue, lately, beside)
        lines += ["", f"## {markdown_text(_title(settings, name))}", "", *(f"- {markdown_text(line)}" for line in told)]
    return "\n".join(lines)


def as_csv(results: Results, lately: Lately, more: Iterable[Mapping[str, object]] = ()) -> str:
    """One row a team for the whole, and one for each aspect; an empty cell is unknown.

    `more` are rows of teams together, by column: they have a group in the place of a team.
    """
    own = (row for name, result in results.items() for row in _csv_rows(name, result, lately))
    together = (tuple(row.get(column) for column in COLUMNS) for row in more)
    return csv_text(COLUMNS, chain(own, together))


def _csv_rows(name: str, result: Assessment, lately: Lately) -> Iterator[tuple[object, ...]]:
    scopes: Mapping[str, Overall | AspectResult] = {"overall": result.overall, **result.aspects}
    for scope, part in scopes.items():
        blocking = part.blocking if isinstance(part, AspectResult) else ()
        contradictions = _contradictions(result) if scope == "overall" else ()
        waived = part.waived if isinstance(part, AspectResult) else _all_waived(result)
        yield (
            name, result.as_of.isoformat(), scope, *_figures(part), part.confidence, " ".join(contradictions),
            " ".join(block.practice for block in blocking), " ".join(waived), *lately.cells(name, scope),
            *(None for _ in GROUP_COLUMNS),
        )  # fmt: skip


def _figures(part: Overall | AspectResult) -> tuple[float | None, ...]:
    """Levels and indices; none where nothing at all is known: 0 would be a finding."""
    if part.confidence == 0:
        return (None,) * 6
    return part.level_lo, part.level, part.level_hi, part.index_lo, part.index, part.index_hi


def _remarks(team: str, result: Assessment, declared: Declared, catalogue: Catalogue) -> list[str]:
    """What holds each aspect back, what is left out of it and what contradicts itself, a line each."""
    lines = []
    for aspect in catalogue.aspects:
        part = result.aspects[aspect.id]
        if part.level is None:
            lines.append(f"{aspect.name}: says nothing, every practice is waived or for other kinds of model.")
        wanted = (part.level or 0) + 1
        lines += [
            f"{aspect.name}, to level {wanted}: {told}"
            for told in (blocked_lines(part.blocking, wanted, result, catalogue) if part.blocking else ())
        ]
    level = result.overall.level
    if level not in (None, TOP_LEVEL):
        lines.append(f"Next: `mlops-maturity roadmap --team {team} --to-level {level + 1}` tells the cheapest path.")
    for aspect in catalogue.aspects:
        lines += waiver_lines(declared, aspect)
    lines += contradiction_lines(declared)
    lines += target_lines(declared, catalogue)
    return lines


def _all_waived(result: Assessment) -> tuple[str, ...]:
    """The practices that are left out of the figures of the whole."""
    return tuple(practice for aspect in result.aspects.values() for practice in aspect.waived)


def _contradictions(result: Assessment) -> tuple[str, ...]:
    waived = _all_waived(result)
    return tuple(
        name for name, practice in result.practices.items() if practice.contradiction is not None and name not in waived
    )


def _verdict(lately: Lately, team: str, result: Assessment, aspect: str | None = None) -> str:
    """The trend; none where there is no level that could have moved."""
    return NO_FIGURE if silence(result, aspect) is not None else lately.verdict(team, aspect or OVERALL)


def _waived(practices: tuple[str, ...]) -> str:
    return str(len(practices)) if practices else ""


def _title(settings: Settings, team: str) -> str:
    found = settings.team(team)
    return found.title if found else team


def _named(part: Overall | AspectResult, catalogue: Catalogue) -> str:
    """The level in words. Level 0 for want of any evidence is no finding, and is not shown as one."""
    if part.level is None:
        return "not judged"
    return "no evidence" if part.confidence == 0 else f"{part.level} {catalogue.levels[part.level].name}"


def _range(part: Overall | AspectResult) -> str:
    return "—" if part.level_lo is None else f"{part.level_lo} … {part.level_hi}"


def _index(part: Overall | AspectResult) -> str:
    return "—" if part.index is None or part.confidence == 0 else f"{part.index:.1f}"


def _percent(value: float | None) -> str:
    return "—" if value is None else percent(value)
