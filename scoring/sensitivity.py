"""How much a level hangs on what is judgement: each parameter and each weight moved by a quarter, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from math import nextafter
from typing import Literal

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.thresholds import SLIP
from mlops_maturity.scoring.weighting import Weighting
from mlops_maturity.scoring.what_if import Edits, edited

CHANGE = 0.25
"""Judgement; the usual size of such tables."""
HIGHEST = {
    "survey_max": 1.0,
    "floor": 1.0,
    "tolerance": nextafter(1.0, 0.0),
    "share": 1.0,
    "slack": float(TOP_LEVEL),
    "min_confidence": 1.0,
    "contradiction_gap": float(TOP_LEVEL),
    "contradiction_mass": 1.0,
}
"""What a catalogue allows of a parameter at most (`config.catalogue_format`); the others have no upper bound."""

Kind = Literal["parameter", "practice weight", "aspect weight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The team under one changed setting."""

    setting: float
    level: int | None
    index: float | None
    aspects: tuple[str, ...]
    """Aspects whose level is another than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """One parameter or weight, a quarter lower and a quarter higher, within its bounds."""

    kind: Kind
    name: str
    """Of `min_confidence` with its level: `min_confidence.2`."""
    base: float
    down: Outcome
    up: Outcome
    level_moved: int
    """By how many levels at most."""
    index_moved: float
    """By how many points of the index at most."""

    @property
    def moves(self) -> bool:
        """Whether anything changes."""
        return bool(self.level_moved or self.index_moved > SLIP or self.down.aspects or self.up.aspects)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dial:
    kind: Kind
    name: str
    base: float
    highest: float | None = None

    def edits(self, setting: float) -> Edits:
        if self.kind == "aspect weight":
            return Edits(weights=Weighting(aspects={self.name: setting}))
        if self.kind == "practice weight":
            return Edits(weights=Weighting(practices={self.name: setting}))
        name, _, level = self.name.partition(".")
        return Edits(parameters={name: {int(level): setting} if level else setting})


def sensitivity(
    catalogue: Catalogue, evidence: Evidence, as_of: date, change: float = CHANGE
) -> tuple[Sensitivity, ...]:
    """Every parameter and weight that counts for the team, the largest effect first.

    By levels moved, then by aspects whose level moves, then by points of the index. Empty where nothing is judged.
    """
    before = score(catalogue, evidence, as_of)
    if before.overall.level is None:
        return ()
    found = []
    for dial in _dials(catalogue, before, evidence):
        settings = (dial.base * (1 - change), min(dial.base * (1 + change), dial.highest or float("inf")))
        down, up = (_outcome(catalogue, evidence, before, dial, setting) for setting in settings)
        found.append(_weighed(dial, before, down, up))
    return tuple(sorted(found, key=_rank))


def _dials(catalogue: Catalogue, before: Assessment, evidence: Evidence) -> Iterator[_Dial]:
    for field in fields(catalogue.parameters):
        value = getattr(catalogue.parameters, field.name)
        highest = HIGHEST.get(field.name)
        if field.name == "min_confidence":
            for level, floor in sorted(value.items()):
                yield _Dial(kind="parameter", name=f"min_confidence.{level}", base=floor, highest=highest)
        else:
            yield _Dial(kind="parameter", name=field.name, base=value, highest=highest)
    for aspect in catalogue.aspects:
        result = before.aspects[aspect.id]
        if result.level is None:
            continue
        yield _Dial(kind="aspect weight", name=aspect.id, base=aspect.weight)
        for practice in catalogue.of_aspect(aspect.id):
            if practice.id not in result.waived and practice.concerns(evidence.kinds):
                yield _Dial(kind="practice weight", name=practice.id, base=practice.weight)


def _outcome(catalogue: Catalogue, evidence: Evidence, before: Assessment, dial: _Dial, setting: float) -> Outcome:
    other, known = edited(catalogue, evidence, before.as_of, dial.edits(setting))
    after = score(other, known, before.as_of)
    moved = (name for name, result in after.aspects.items() if result.level != before.aspects[name].level)
    return Outcome(setting=setting, level=after.overall.level, index=after.overall.index, aspects=tuple(moved))


def _weighed(dial: _Dial, before: Assessment, down: Outcome, up: Outcome) -> Sensitivity:
    level, index = before.overall.level or 0, before.overall.index or 0.0
    return Sensitivity(
        kind=dial.kind,
        name=dial.name,
        base=dial.base,
        down=down,
        up=up,
        level_moved=max(abs((outcome.level or 0) - level) for outcome in (down, up)),
        index_moved=max(abs((outcome.index or 0.0) - index) for outcome in (down, up)),
    )


def _rank(found: Sensitivity) -> tuple[int, int, float, str, str]:
    aspects = max(len(found.down.aspects), len(found.up.aspects))
    return -found.level_moved, -aspects, -found.index_moved, found.kind, found.name
