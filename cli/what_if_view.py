"""`assess --what-if`, `--sensitivity` and `--compare-weights`: the pure function on other inputs. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mlops_maturity.cli.blocking_text import blocked
from mlops_maturity.cli.result_format import Format
from mlops_maturity.cli.sheets import Cell, Sheet, show
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.what_if_file import load_weightings, load_what_if
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Blocking, Overall
from mlops_maturity.scoring.assessment_json import to_json
from mlops_maturity.scoring.percent import percent
from mlops_maturity.scoring.sensitivity import CHANGE, Outcome, Sensitivity, sensitivity
from mlops_maturity.scoring.thresholds import SLIP
from mlops_maturity.scoring.weighting import Comparison, Weighting, compare
from mlops_maturity.scoring.what_if import newest, what_if

OWN = Weighting(name="the catalogue's weights")
FIGURES = ("level", "index", "confidence")
DIAL_HEAD = (
    "what", "kind", "is", "lower", "level if lower", "index if lower", "higher", "level if higher", "index if higher",
    "aspects that move",
)  # fmt: skip
DIAL_RANKS = {"lower": 1, "higher": 1, "aspects that move": 2, "is": 3, "kind": 4}
TOLD, DIALS = 12, 20
"""Rows of practices, and of parameters and weights, that are shown; JSON holds all."""
Pair = tuple[Assessment, Assessment]


def show_what_if(dossier: Dossier, catalogue: Catalogue, day: date, file: Path, format: Format) -> None:
    """Print the team as it is and as it would be. Raises `InputRefused` for a file that can't be taken."""
    known = dossier.evidence
    measured = {name for name in catalogue.signal_ids if newest(known.readings, name, day) is not None}
    found = what_if(catalogue, known, day, load_what_if(file, catalogue, measured))
    pair = found.before, found.after
    changed = [
        (catalogue.by_id[name].title, result.value, found.after.practices[name].value, result.confidence,
         found.after.practices[name].confidence)
        for name, result in found.before.practices.items()
        if _differs(result.value, found.after.practices[name].value)
        or _differs(result.confidence, found.after.practices[name].confidence)
    ]  # fmt: skip
    head = ("practice", "value", "value then", "confidence", "confidence then")
    sheets = [_figures(pair, ("", " then"), catalogue)]
    sheets += [Sheet(title="What changes", head=head, rows=changed)] if changed else []
    remarks = _blocks(pair, ("No longer blocks", "Blocks then"), catalogue) or ["The same practices block as before."]
    document = {"team": dossier.team.id, "before": to_json(found.before), "after": to_json(found.after)}
    show(format, f"{dossier.team.title}: what if", sheets, remarks, document)


def show_weights(dossier: Dossier, catalogue: Catalogue, day: date, file: Path, format: Format) -> None:
    """Print the team under two weightings side by side. Raises `InputRefused` for a file that can't be taken."""
    given = load_weightings(file, catalogue)
    one, other = given if len(given) > 1 else (OWN, given[0])
    found = compare(catalogue, dossier.evidence, day, one, other)
    pair = found.one, found.other
    rows: list[tuple[Cell, ...]] = [
        (catalogue.by_id[each.practice].title, each.value, 100 * each.share_one, 100 * each.share_other, each.effect)
        for each in found.differences[:TOLD]
        if _differs(each.share_one, each.share_other)
    ]
    head = ("practice", "value", f"% of the index, {one.name}", f"% of the index, {other.name}", "effect on the index")
    sheets = [
        _figures(pair, (f", {one.name}", f", {other.name}"), catalogue),
        Sheet(title="What makes the difference", head=head, rows=rows),
    ]
    remarks = _blocks(pair, (f"Blocks under {one.name} only", f"Blocks under {other.name} only"), catalogue)
    remarks = remarks or ["The same practices block under both."]
    show(format, f"{dossier.team.title}: two weightings", sheets, remarks, _weights_json(dossier, one, other, found))


def show_sensitivity(dossier: Dossier, catalogue: Catalogue, day: date, format: Format) -> None:
    """Print what a quarter more or less of each parameter and weight would make of the team."""
    found = sensitivity(catalogue, dossier.evidence, day)
    moving = [each for each in found if each.moves]
    told = found if format is Format.CSV else moving[:DIALS]
    sheet = Sheet(title="", head=DIAL_HEAD, rows=[_moved(each) for each in told], ranks=DIAL_RANKS)
    document = {
        "team": dossier.team.id,
        "as_of": day.isoformat(),
        "change": CHANGE,
        "sensitivity": [_sensitivity_json(each) for each in found],
    }
    title = f"{dossier.team.title}: what the result hangs on"
    show(format, title, [sheet], _sensitivity_remarks(found, moving), document)


def _sensitivity_remarks(found: Sequence[Sensitivity], moving: Sequence[Sensitivity]) -> Iterator[str]:
    if not found:
        yield "Nothing is judged: every practice is waived, or for other kinds of model than the team runs."
        return
    yield f"Each moved by {percent(CHANGE)} alone, within its bounds; the largest effect first."
    if len(moving) > DIALS:
        most = max(each.index_moved for each in moving[DIALS:])
        yield f"{len(moving) - DIALS} more move the index by {most:.2f} at most."
    if len(found) > len(moving):
        yield f"The other {len(found) - len(moving)} change neither level nor index."


def _figures(pair: Pair, suffixes: tuple[str, str], catalogue: Catalogue) -> Sheet:
    """Level, index and confidence of the whole and of each aspect, side by side."""
    head = ("scope", *(f"{figure}{suffix}" for figure in FIGURES for suffix in suffixes))
    parts: list[tuple[str, Overall | AspectResult, Overall | AspectResult]] = [
        ("overall", pair[0].overall, pair[1].overall),
        *((entry.name, pair[0].aspects[entry.id], pair[1].aspects[entry.id]) for entry in catalogue.aspects),
    ]
    rows = [
        (name, _level(one), _level(other), _index(one), _index(other), one.confidence, other.confidence)
        for name, one, other in parts
    ]
    return Sheet(title="", head=head, rows=rows, ranks={f"confidence{suffix}": 1 for suffix in suffixes})


def _level(part: Overall | AspectResult) -> Cell:
    """None where nothing is known: level 0 would be a finding."""
    return None if part.level is None or not part.confidence else str(part.level)


def _index(part: Overall | AspectResult) -> float | None:
    return part.index if part.confidence else None


def _blocks(pair: Pair, words: tuple[str, str], catalogue: Catalogue) -> list[str]:
    """The practices that block an aspect on the one side only, and then on the other."""
    one, other = (_blocking(assessment) for assessment in pair)
    names = {aspect.id: aspect.name for aspect in catalogue.aspects}
    return [
        f"{word}, {names[aspect]}: {blocked(block, (assessment.aspects[aspect].level or 0) + 1, assessment, catalogue)}"
        for word, mine, others, assessment in ((words[0], one, other, pair[0]), (words[1], other, one, pair[1]))
        for (aspect, practice), block in mine.items()
        if (aspect, practice) not in others
    ]


def _blocking(assessment: Assessment) -> Mapping[tuple[str, str], Blocking]:
    return {(aspect, block.practice): block for aspect, part in assessment.aspects.items() for block in part.blocking}


def _differs(one: float, other: float) -> bool:
    return abs(one - other) > SLIP


def _moved(each: Sensitivity) -> tuple[Cell, ...]:
    aspects = dict.fromkeys((*each.down.aspects, *each.up.aspects))
    return (
        each.name, each.kind, f"{each.base:.4g}", *_outcome(each.down), *_outcome(each.up), ", ".join(aspects),
    )  # fmt: skip


def _outcome(outcome: Outcome) -> tuple[Cell, ...]:
    return f"{outcome.setting:.4g}", str(outcome.level), outcome.index


def _sensitivity_json(each: Sensitivity) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "name": each.name,
        "base": each.base,
        "level_moved": each.level_moved,
        "index_moved": each.index_moved,
        **{
            name: {
                "setting": outcome.setting,
                "level": outcome.level,
                "index": outcome.index,
                "aspects_moved": list(outcome.aspects),
            }
            for name, outcome in (("down", each.down), ("up", each.up))
        },
    }


def _weights_json(dossier: Dossier, one: Weighting, other: Weighting, found: Comparison) -> dict[str, Any]:
    return {
        "team": dossier.team.id,
        "one": {"name": one.name, **to_json(found.one)},
        "other": {"name": other.name, **to_json(found.other)},
        "differences": [
            {
                "practice": each.practice,
                "value": each.value,
                "share_one": each.share_one,
                "share_other": each.share_other,
                "effect": each.effect,
            }
            for each in found.differences
        ],
    }
