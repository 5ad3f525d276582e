"""Whether a team is where it has to be: a level and a confidence asked for, and every practice that keeps it below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Blocking, Overall
from mlops_maturity.scoring.gate import Entry, blocking, entries_of
from mlops_maturity.scoring.thresholds import reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """What keeps one aspect from one level."""

    aspect: str
    level: int
    blocking: tuple[Blocking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """A practice that is known less well than was asked for."""

    practice: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """A team, or one aspect of it, before what was asked for."""

    standing: Overall | AspectResult
    min_level: int
    min_confidence: float | None
    level_met: bool
    confidence_met: bool
    barriers: tuple[Barrier, ...]
    """For each aspect below `min_level`, each level from its next one up to that."""
    unsure: tuple[Unsure, ...]
    """Where too little is known, the practices below `min_confidence`, the least known first."""

    @property
    def met(self) -> bool:
        """Whether the level and the confidence are both there."""
        return self.level_met and self.confidence_met


def check_gate(
    catalogue: Catalogue,
    assessment: Assessment,
    kinds: frozenset[str] | None,
    min_level: int,
    min_confidence: float | None = None,
    aspect: str | None = None,
) -> GateCheck:
    """Ask a team for a level, overall or in one aspect; `assessment` is made with `catalogue`.

    What is not judged at all, every practice being waived, meets no level. `kinds` as in the team's evidence.
    """
    standing = assessment.overall if aspect is None else assessment.aspects[aspect]
    entries = {
        entry.id: entries_of(catalogue, assessment, entry.id, kinds)
        for entry in catalogue.aspects
        if aspect is None or entry.id == aspect
    }
    confidence_met = min_confidence is None or reaches(standing.confidence or 0.0, min_confidence)
    return GateCheck(
        standing=standing,
        min_level=min_level,
        min_confidence=min_confidence,
        level_met=standing.level is not None and standing.level >= min_level,
        confidence_met=confidence_met,
        barriers=tuple(
            Barrier(aspect=name, level=level, blocking=blocking(entries[name], level - 1, catalogue.parameters))
            for name in entries
            for level in _levels_to_go(assessment.aspects[name], min_level)
        ),
        unsure=() if confidence_met or min_confidence is None else _unsure(entries.values(), min_confidence),
    )


def _levels_to_go(aspect: AspectResult, min_level: int) -> range:
    return range(aspect.level + 1, min_level + 1) if aspect.level is not None else range(0)


def _unsure(aspects: Iterable[Sequence[Entry]], min_confidence: float) -> tuple[Unsure, ...]:
    found = [
        Unsure(practice=entry.practice.id, confidence=entry.result.confidence)
        for entries in aspects
        for entry in entries
        if not reaches(entry.result.confidence, min_confidence)
    ]
    return tuple(sorted(found, key=lambda unsure: unsure.confidence))
