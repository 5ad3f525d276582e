"""An assessment in words: tables for a terminal, CSV and Markdown for others."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from mlops_maturity.cli.tables import result_console
from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.config.settings import Settings
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Blocking, Overall

Results = Mapping[str, Assessment]
"""Team id to assessment."""

_MARKS = re.compile(r"[\\`*_\[\]|~#]")
"""What means something to Markdown inside a line; `&` and `<` are written as HTML wants them."""

COLUMNS = (
    "team", "as_of", "scope", "level_lo", "level", "level_hi", "index_lo", "index", "index_hi", "confidence",
    "contradictions", "blocking",
)  # fmt: skip


def as_tables(results: Results, settings: Settings, catalogue: Catalogue) -> None:
    """Print a table of the teams; for a single team also its aspects, what blocks it and what contradicts itself."""
    console = result_console()
    table = Table(Column("team", no_wrap=True), "level", "range", "index", "confidence", "held back by")
    for name, result in results.items():
        overall = result.overall
        table.add_row(
            escape(_title(settings, name)), _named(overall, catalogue), _range(overall), _index(overall),
            _percent(overall.confidence), escape(_least(result, catalogue)),
        )  # fmt: skip
    console.print(table)
    if len(results) == 1:
        _tell_team(next(iter(results.values())), catalogue, console)
    console.print(
        "Range: proven … possible. Index: 0 to 100, for trends only. Confidence: share of the evidence there could be.",
        style="dim",
    )


def _tell_team(result: Assessment, catalogue: Catalogue, console: Console) -> None:
    table = Table("aspect", "level", "range", "index", "confidence")
    for aspect in catalogue.aspects:
        part = result.aspects[aspect.id]
        table.add_row(
            escape(aspect.name), _named(part, catalogue), _range(part), _index(part),
            _percent(part.confidence),
        )  # fmt: skip
    console.print(table)
    for line in _remarks(result, catalogue):
        console.print(line, markup=False, highlight=False)


def _least(result: Assessment, catalogue: Catalogue) -> str:
    """The aspects that hold the level down; nothing at the top."""
    level = result.overall.level
    if level is None or level == TOP_LEVEL:
        return ""
    least = [aspect.id for aspect in catalogue.aspects if result.aspects[aspect.id].level == level]
    judged = [aspect for aspect in result.aspects.values() if aspect.level is not None]
    return least[0] if len(least) == 1 else f"{len(least)} of {len(judged)} aspects"


def as_markdown(results: Results, settings: Settings, catalogue: Catalogue) -> str:
    """A Markdown document: one table of the teams, then each team's blocks and contradictions."""
    lines = ["| team | level | range | index | confidence |", "|---|---|---|---|---|"]
    for name, result in results.items():
        overall = result.overall
        cells = (_title(settings, name), _named(overall, catalogue), _range(overall), _index(overall),
                 _percent(overall.confidence))  # fmt: skip
        lines.append("| " + " | ".join(map(_plain, cells)) + " |")
    for name, result in results.items():
        lines += [
            "",
            f"## {_plain(_title(settings, name))}",
            "",
            *(f"- {_plain(line)}" for line in _remarks(result, catalogue)),
        ]
    return "\n".join(lines)


def as_csv(results: Results) -> str:
    """One row a team for the whole, and one for each aspect; an empty cell is unknown."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, result in results.items():
        scopes: Mapping[str, Overall | AspectResult] = {"overall": result.overall, **result.aspects}
        for scope, part in scopes.items():
            blocking = part.blocking if isinstance(part, AspectResult) else ()
            contradictions = _contradictions(result) if scope == "overall" else ()
            writer.writerow(
                (name, result.as_of.isoformat(), scope, *_figures(part), part.confidence, " ".join(contradictions),
                 " ".join(block.practice for block in blocking))
            )  # fmt: skip
    return out.getvalue()


def _figures(part: Overall | AspectResult) -> tuple[float | None, ...]:
    """Levels and indices; none where nothing at all is known: 0 would be a finding."""
    if part.confidence == 0:
        return (None,) * 6
    return part.level_lo, part.level, part.level_hi, part.index_lo, part.index, part.index_hi


def _remarks(result: Assessment, catalogue: Catalogue) -> list[str]:
    """What holds each aspect back and what contradicts itself, a line each."""
    lines = []
    for aspect in catalogue.aspects:
        part = result.aspects[aspect.id]
        if part.level is None:
            lines.append(f"{aspect.name}: says nothing, every practice is waived.")
        wanted = (part.level or 0) + 1
        lines += [f"{aspect.name}, to level {wanted}: {_blocked(block, result, catalogue)}" for block in part.blocking]
        if part.waived:
            lines.append(f"{aspect.name}, waived: {', '.join(part.waived)}")
    for practice_id in _contradictions(result):
        practice = result.practices[practice_id]
        assert practice.contradiction is not None
        lines.append(
            f"Contradiction ({practice.contradiction.kind}) in {catalogue.by_id[practice_id].title!r}: "
            f"answers say {practice.claimed:.1f}, telemetry shows {practice.shown:.1f}."
        )
    return lines


def _blocked(block: Blocking, result: Assessment, catalogue: Catalogue) -> str:
    title = catalogue.by_id[block.practice].title
    must = " (can't be outvoted)" if block.must else ""
    if result.practices[block.practice].confidence == 0:
        return f"nothing is known of {title!r}{must}."
    reasons = []
    if block.value < block.needs:
        reasons.append(f"is at {block.value:.2f}, needs {block.needs:.2f}")
    if not block.confidence_ok:
        reasons.append("has too little evidence")
    return f"{title!r} {' and '.join(reasons) or 'holds it back'}{must}."


def _contradictions(result: Assessment) -> tuple[str, ...]:
    return tuple(name for name, practice in result.practices.items() if practice.contradiction is not None)


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
    return "—" if value is None else f"{value:.0%}"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: names come from settings, and may hold tables, links or HTML."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;")
