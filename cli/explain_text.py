"""Why a level or an index moved, in words, as tables, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import fsum
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from mlops_maturity.cli.tables import markdown_text, result_console
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.evidence.explain import NewAnswer, NewReading, Told
from mlops_maturity.evidence.import_report import counted
from mlops_maturity.scoring.explain import CAUSES, Flip, Parts, ScopeChange

SHOWN = 12
"""Practices in a table; JSON has all of them."""
STILL = 0.05
"""Index points that a reader would see as 0.0."""
HEAD = ("practice", "ageing", "new evidence", "model", "change", "what came")
UNKNOWN = "unknown"
_CAUSE = {"ageing": "ageing", "new_evidence": "new evidence", "model": "the model"}


def as_table(told: Told, catalogue: Catalogue) -> None:
    """Print it."""
    console = result_console()
    for line in lines(told, catalogue):
        console.print(line, markup=False, highlight=False)
    rows = list(_rows(told, catalogue))
    if rows:
        figures = [Column(name, justify="right", no_wrap=True) for name in HEAD[1:5]]
        table = Table(Column(HEAD[0]), *figures, HEAD[5])
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        console.print(table)
    for line in _links(told):
        console.print(line, markup=False, highlight=False)


def as_markdown(told: Told, catalogue: Catalogue) -> str:
    """It as a Markdown document."""
    out = [f"## {markdown_text(told.team)}", "", *(f"- {markdown_text(line)}" for line in lines(told, catalogue))]
    rows = list(_rows(told, catalogue))
    if rows:
        out += ["", _line(HEAD), "|---|" + "---:|" * 4 + "---|", *(_line(row) for row in rows)]
    links = list(_links(told))
    return "\n".join(out + (["", *(f"- {markdown_text(line)}" for line in links)] if links else []))


def as_json(told: Told) -> dict[str, Any]:
    """Everything, unrounded; what is not known is null."""
    change = told.explanation
    ends = {"before": change.before, "after": change.after}
    return {
        "team": told.team,
        "since": change.since.isoformat(),
        "until": change.until.isoformat(),
        "catalogues": {
            when: {"id": each.catalogue_id, "version": each.catalogue_version, "hash": each.catalogue_hash}
            for when, each in ends.items()
        },
        "unknown_model": told.unknown_model,
        "scopes": {scope.scope: _scope_json(scope) for scope in change.scopes},
        "flips": [asdict(flip) for flip in change.flips],
        "readings": [_dated(asdict(reading)) for reading in told.readings],
        "answers": [_dated(asdict(answer)) for answer in told.answers],
        "expired": [{"practice": practice, "signal": signal} for practice, signal in told.expired],
    }


def lines(told: Told, catalogue: Catalogue) -> Iterator[str]:
    """What happened, in sentences."""
    change = told.explanation
    overall = change.scopes[0]
    yield f"{told.team}, {change.since} to {change.until}: {_headline(overall)}"
    if told.unknown_model is not None:
        yield (
            "The catalogue of the first day is not kept, so both days are read under the one in force; "
            "what its change brought is not known."
        )
    elif change.before.catalogue_hash != change.after.catalogue_hash:
        versions = change.before.catalogue_version, change.after.catalogue_version
        yield f"The catalogue changed from version {versions[0]} to {versions[1]}."
    if change.before.overall.confidence == 0 and change.after.overall.confidence:
        yield f"Nothing was known on {change.since}: all there is came since."
    if change.before.overall.confidence and change.after.overall.confidence == 0:
        yield f"Nothing of it counts any more on {change.until}: it is too old, or was taken back."
    yield _came(told)
    names = {aspect.id: aspect.name for aspect in catalogue.aspects}
    for scope in change.scopes[1:]:
        if scope.level_before != scope.level_after:
            flips = [flip for flip in change.flips if flip.aspect == scope.scope]
            yield _moved(names.get(scope.scope, scope.scope), scope, flips, catalogue)


def _headline(scope: ScopeChange) -> str:
    known = scope.confidence_before != 0, scope.confidence_after != 0
    level = _level(scope)
    if scope.parts is None:
        return f"level {level}; no index on one of the days, so there is no change to split."
    if not any(known):
        return "nothing was known on either day."
    after = f"{scope.index_after:.1f}" if known[1] else UNKNOWN
    if all(abs(getattr(scope.parts, cause)) < STILL for cause in CAUSES):
        return f"level {level}, index {after}: nothing moved."
    before = f"{scope.index_before:.1f}" if known[0] else UNKNOWN
    parts = ", ".join(f"{_CAUSE[cause]} {_signed(getattr(scope.parts, cause))}" for cause in CAUSES)
    return f"level {level}, index {before} → {after} ({_signed(scope.parts.total)}): {parts}."


def _came(told: Told) -> str:
    readings, answers = sum(each.came for each in told.readings), len(told.answers)
    if not readings and not answers and not told.expired:
        return "No new evidence came, and none expired."
    dark = len({signal for _, signal in told.expired})
    expired = f"; {counted(dark, 'signal')} went dark" if dark else ""
    of = f" of {counted(len(told.readings), 'signal')}" if readings else ""
    return f"{counted(readings, 'new reading')}{of} and {counted(answers, 'new answer')} came{expired}."


def _moved(name: str, scope: ScopeChange, flips: Sequence[Flip], catalogue: Catalogue) -> str:
    level = _level(scope)
    if not flips:
        return f"{name}: level {level}, by what counts or what it weighs; no practice passed or failed a test anew."
    return f"{name}: level {level}. " + " ".join(_flip(flip, catalogue) for flip in flips)


def _flip(flip: Flip, catalogue: Catalogue) -> str:
    practice = catalogue.by_id.get(flip.practice)
    title = flip.practice if practice is None else practice.title
    by = f"Level {flip.level} {'gained' if flip.gained else 'lost'} by {_CAUSE[flip.cause]}: “{title}”"
    if flip.condition == "required":
        return f"{by} is {'no longer' if flip.gained else 'now'} asked for."
    what = {"value": "its value", "confidence": "its confidence", "lag": "its lag, as its value"}[flip.condition]
    return f"{by}, {what} went from {flip.before:.2f} to {flip.after:.2f} and needs {flip.needs:.2f}."


def _rows(told: Told, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    """The practices that moved the overall index, the strongest first, and the rest of them in one row."""
    split = told.explanation.scopes[0].practices
    moved = {
        name: parts for name, parts in split.items() if any(abs(getattr(parts, cause)) >= STILL for cause in CAUSES)
    }
    ordered = sorted(moved, key=lambda name: -max(abs(getattr(moved[name], cause)) for cause in CAUSES))
    for name in ordered[:SHOWN]:
        practice = catalogue.by_id.get(name)
        yield (name if practice is None else practice.title, *_figures(split[name]), _what_came(told, name))
    rest = [split[name] for name in split if name not in ordered[:SHOWN]]
    if ordered and rest:
        sums = Parts(*(fsum(getattr(parts, cause) for parts in rest) for cause in CAUSES))
        yield (f"{len(rest)} others", *_figures(sums), "")


def _figures(parts: Parts) -> tuple[str, ...]:
    return tuple(_signed(figure) for figure in (*(getattr(parts, cause) for cause in CAUSES), parts.total))


def _signed(points: float) -> str:
    return "0.0" if abs(points) < STILL else f"{points:+.1f}"


def _what_came(told: Told, practice: str) -> str:
    heard = told.practices.get(practice, ())
    said = [_answer(each) for each in told.answers if each.practice == practice]
    read = [_reading(each) for each in told.readings if each.signal in heard]
    gone = [f"{signal} went dark" for name, signal in told.expired if name == practice]
    return "; ".join([*read, *said, *gone])


def _reading(reading: NewReading) -> str:
    before = "nothing" if reading.before is None else f"{reading.before:.4g}"
    return f"{reading.signal} {_arrow(before, f'{reading.value:.4g}')}"


def _answer(answer: NewAnswer) -> str:
    before = "nothing" if answer.before_on is None else _rung(answer.before)
    attested = ", with an artefact" if answer.attested else ""
    return f"{answer.respondent} {_arrow(before, _rung(answer.value))}{attested}"


def _links(told: Told) -> Iterator[str]:
    """Where to look: a link of each new reading that has one, and of each new answer."""
    for reading in told.readings:
        link = next((url for *_, url in reading.sample if url), None)
        if link:
            yield f"{reading.signal} of {reading.on} rests on {counted(reading.records, 'record')}, for example {link}"
    for answer in told.answers:
        if answer.evidence_url:
            yield f"{answer.practice}: {answer.respondent} on {answer.on} points to {answer.evidence_url}"


def _scope_json(scope: ScopeChange) -> dict[str, Any]:
    return {
        "level_before": scope.level_before,
        "level_after": scope.level_after,
        "index_before": scope.index_before,
        "index_after": scope.index_after,
        "confidence_before": scope.confidence_before,
        "confidence_after": scope.confidence_after,
        **_parts_json(scope.parts),
        "practices": {name: _parts_json(parts) for name, parts in scope.practices.items()},
    }


def _parts_json(parts: Parts | None) -> dict[str, float | None]:
    if parts is None:
        return {"change": None, **dict.fromkeys(CAUSES)}
    return {"change": parts.total, **asdict(parts)}


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    dated = {name: None if row[name] is None else row[name].isoformat() for name in ("on", "before_on")}
    return {**row, **dated}


def _level(scope: ScopeChange) -> str:
    ends = ((scope.level_before, scope.confidence_before), (scope.level_after, scope.confidence_after))
    return _arrow(
        *("none" if level is None else UNKNOWN if confidence == 0 else str(level) for level, confidence in ends)
    )


def _rung(value: int | None) -> str:
    return "don't know" if value is None else str(value)


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(markdown_text(cell) for cell in cells) + " |"
