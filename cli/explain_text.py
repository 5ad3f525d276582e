"""Why a level or an index moved, in words, as tables and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import fsum

from mlops_maturity.cli.explain_levels import (
    CAUSE,
    UNKNOWN,
    answer_word,
    arrow,
    level_word,
    move_lines,
    overall_line,
    unknown_lines,
    week_lines,
)
from mlops_maturity.cli.grid import Field, Grid, print_grid
from mlops_maturity.cli.tables import markdown_text, result_console
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.evidence.explain import NewAnswer, NewReading, Told
from mlops_maturity.scoring.explain import Explanation
from mlops_maturity.scoring.parts import CAUSES, Parts

SHOWN = 12
"""Practices in a table; JSON has all of them."""
STILL = 0.05
"""Index points that a reader would see as 0.0."""
HEAD = ("practice", "ageing", "new evidence", "model", "change", "what came")
FIELDS = (
    Field(name=HEAD[0], least=18),
    *(Field(name=name, right=True) for name in HEAD[1:5]),
    Field(name=HEAD[5], least=20, rank=1),
)
WEEK = 7
"""Days of a span that is told as a whole."""


def as_table(told: Told, catalogue: Catalogue) -> None:
    """Print it."""
    console = result_console()
    for line in lines(told, catalogue):
        console.print(line, markup=False, highlight=False)
    rows = list(_rows(told, catalogue))
    if rows:
        kept = _kept(told)
        print_grid(
            Grid(
                fields=tuple(FIELDS[at] for at in kept),
                rows=[[row[at] for at in kept] for row in rows],
                instead="--format markdown",
            ),
            console,
        )
    for line in _links(told):
        console.print(line, markup=False, highlight=False, soft_wrap=True)  # a broken link can't be opened


def _kept(told: Told) -> list[int]:
    """The columns that say something: all, or all but the model's, where nothing but 0.0 can stand in it."""
    change = told.explanation
    same = change.before.catalogue_hash == change.after.catalogue_hash
    return [at for at, name in enumerate(HEAD) if not (same and name == "model")]


def as_markdown(told: Told, catalogue: Catalogue) -> str:
    """It as a Markdown document."""
    out = [f"## {markdown_text(told.title)}", "", *(_item(line) for line in lines(told, catalogue))]
    rows = list(_rows(told, catalogue))
    if rows:
        out += ["", _line(HEAD), "|---|" + "---:|" * 4 + "---|", *(_line(row) for row in rows)]
    links = list(_links(told))
    return "\n".join(out + (["", *(f"- {markdown_text(line)}" for line in links)] if links else []))


def _item(line: str) -> str:
    """A line of a list, as far in as it is."""
    return f"{' ' * (len(line) - len(line.lstrip()))}- {markdown_text(line)}"


def lines(told: Told, catalogue: Catalogue) -> Iterator[str]:
    """What happened, in sentences."""
    change = told.explanation
    yield f"{told.title}, {change.since} to {change.until}: {_headline(change)}"
    if told.unknown_model is not None:
        yield (
            "The catalogue of the first day is not kept, so both days are read under the one in force; "
            "what its change brought is not known."
        )
    elif change.before.catalogue_hash != change.after.catalogue_hash:
        versions = change.before.catalogue_version, change.after.catalogue_version
        same = f"The catalogue changed, and kept its version {versions[0]}."
        yield same if len(set(versions)) == 1 else f"The catalogue changed from version {versions[0]} to {versions[1]}."
    if change.before.overall.confidence == 0 and change.after.overall.confidence:
        yield f"Nothing was known on {change.since}: all there is came since."
    if change.before.overall.confidence and change.after.overall.confidence == 0:
        yield f"Nothing of it counts any more on {change.until}: it is too old, or was taken back."
    yield _came(told)
    overall = change.scopes[0]
    yield from _ageing_twice(change)
    if None not in (overall.level_before, overall.level_after) and overall.level_before != overall.level_after:
        yield overall_line(told, catalogue)
    names = {aspect.id: aspect.name for aspect in catalogue.aspects}
    for scope in change.scopes[1:]:
        if scope.level_before != scope.level_after:
            yield f"{names.get(scope.scope, scope.scope)}: level {_level(change, scope.scope)}."
            moves = [move for move in change.moves if move.aspect == scope.scope]
            known = 0 not in (scope.confidence_before, scope.confidence_after)
            yield from move_lines(moves, told, catalogue) if known else unknown_lines(moves, told)
    if told.weeks and (change.until - change.since).days > WEEK:
        yield "Weeks in which a level moved:" if change_told(change) else "Levels are as before, but moved meanwhile:"
        yield from week_lines(told, catalogue)


def _ageing_twice(change: Explanation) -> Iterator[str]:
    """Both meanings of ageing (docs/scoring.md, decision 13), where one of them is told."""
    parts = change.scopes[0].parts
    if parts is not None and abs(parts.ageing) >= STILL:
        yield (
            "Ageing of an index is what would have come without anything new; where a level moved, ageing of a practice"
            " is what nobody renewed."
        )


def change_told(change: Explanation) -> bool:
    """Whether any level is another than before."""
    return any(scope.level_before != scope.level_after for scope in change.scopes)


def _headline(change: Explanation) -> str:
    scope = change.scopes[0]
    known = scope.confidence_before != 0, scope.confidence_after != 0
    level = _level(change, scope.scope)
    if scope.parts is None:
        return f"level {level}; no index on one of the days, so there is no change to split."
    if not any(known):
        return "nothing was known on either day."
    after = f"{scope.index_after:z.1f}" if known[1] else UNKNOWN
    if all(abs(getattr(scope.parts, cause)) < STILL for cause in CAUSES):
        return f"level {level}, index {after}: nothing moved."
    before = f"{scope.index_before:z.1f}" if known[0] else UNKNOWN
    parts = ", ".join(f"{CAUSE[cause]} {_signed(getattr(scope.parts, cause))}" for cause in CAUSES)
    return f"level {level}, index {before} → {after} ({_signed(scope.parts.total)}): {parts}."


def _came(told: Told) -> str:
    readings, answers = sum(each.came for each in told.readings), len(told.answers)
    if not readings and not answers and not told.expired:
        return "No new evidence came, and none expired."
    dark = len({signal for _, signal in told.expired})
    expired = f"; {counted(dark, 'signal')} went dark" if dark else ""
    of = f" of {counted(len(told.readings), 'signal')}" if readings else ""
    return f"{counted(readings, 'new reading')}{of} and {counted(answers, 'new answer')} came{expired}."


def _rows(told: Told, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    """The practices that moved the overall index, the strongest first, and the rest of them in one row."""
    split = told.explanation.scopes[0].practices
    shown = _shown(told)
    for name in shown:
        practice = catalogue.by_id.get(name)
        yield (name if practice is None else practice.title, *_figures(split[name]), _what_came(told, name))
    rest = [split[name] for name in split if name not in shown]
    if shown and rest:
        sums = Parts(*(fsum(getattr(parts, cause) for parts in rest) for cause in CAUSES))
        yield (f"{len(rest)} others", *_figures(sums), "")


def _shown(told: Told) -> list[str]:
    """The practices of the table: those that a reader would see move the overall index, the strongest first."""
    split = told.explanation.scopes[0].practices
    strength = {name: max(abs(getattr(parts, cause)) for cause in CAUSES) for name, parts in split.items()}
    moved = [name for name in split if strength[name] >= STILL]
    return sorted(moved, key=lambda name: -strength[name])[:SHOWN]


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
    return f"{reading.signal} {arrow(before, f'{reading.value:.4g}')}"


def _answer(answer: NewAnswer) -> str:
    before = "nothing" if answer.before_on is None else answer_word(answer.before)
    attested = ", with an artefact" if answer.attested else ""
    return f"{answer.respondent} {arrow(before, answer_word(answer.value))}{attested}"


def _links(told: Told) -> Iterator[str]:
    """Where to look: a link of each new reading and answer behind the practices of the table; JSON has all."""
    shown = _shown(told)
    heard = {signal for name in shown for signal in told.practices.get(name, ())}
    for reading in told.readings:
        link = next((url for *_, url in reading.sample if url), None)
        if link and reading.signal in heard:
            yield f"{reading.signal} of {reading.on} rests on {counted(reading.records, 'record')}, for example {link}"
    for answer in told.answers:
        if answer.evidence_url and answer.practice in shown:
            yield f"{answer.practice}: {answer.respondent} on {answer.on} points to {answer.evidence_url}"


def _level(change: Explanation, scope: str) -> str:
    return arrow(level_word(change.before, scope), level_word(change.after, scope))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(markdown_text(cell) for cell in cells) + " |"
