"""What a framework makes of an assessment: frozen data, and its JSON form.

Figures are levels of a staged framework, points of one with tests. `lo` is what is proven whatever the unknown turns
out to be, `value` what the evidence speaks for, `hi` what is possible; None = nothing of it can be judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mlops_maturity.config.framework import Framework
from mlops_maturity.scoring.thresholds import reaches

Standing = Literal["judged", "no evidence", "not judged", "left out"]
"""`no evidence`: nothing is known of its practices. `not judged`: no practice shows it, or the catalogue has not got
the one that does. `left out`: its practices are waived, or of another kind of model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A practice that keeps an item from its next points."""

    item: str
    practice: str
    rung: int
    """The rung the item asks for."""
    value: float
    needs: float
    """The value that would be enough: the rung less the tolerance."""
    confidence: float
    """What there is of it, 0 to 1."""
    needs_confidence: float
    """What the rung takes of it."""
    known: bool
    """Whether there is any evidence of it."""

    @property
    def confidence_ok(self) -> bool:
        """Whether enough of it is known."""
        return reaches(self.confidence, self.needs_confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """From what is proven to what is possible."""

    lo: float | None
    value: float | None
    hi: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """One item; its figures are points from 0 to 1, and None where it counts neither for nor against."""

    id: str
    standing: Standing
    reason: str
    """Why it isn't judged; else empty."""
    points: Figures
    lacking: tuple[Lacking, ...]
    """What its next points take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """One column or section."""

    id: str
    figures: Figures
    confidence: float | None
    """Mean confidence of the practices that judge it; None when none does."""
    same_from: float | None
    """Staged: the lowest level whose items are those of `figures.value`: levels between them don't differ here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkResult:
    """A framework's view of one team on one day."""

    framework: str
    figures: Figures
    confidence: float | None
    """Mean confidence of the practices that judge it; None when none does."""
    parts: tuple[PartResult, ...]
    items: tuple[ItemResult, ...]
    deciding: tuple[Lacking, ...]
    """What would move the whole: what holds its lowest parts where they are."""
    unknown: tuple[str, ...]
    """Practices that judge it and of which nothing is known: they widen the range."""

    @property
    def has_evidence(self) -> bool:
        """Whether anything is known of any practice that judges it."""
        return bool(self.confidence)

    @property
    def held_by_missing_evidence(self) -> bool:
        """Whether it stands no higher for want of evidence only, and not for anything that was found."""
        return bool(self.deciding) and not any(lacking.known for lacking in self.deciding)


def result_json(framework: Framework, result: FrameworkResult) -> dict[str, Any]:
    """Plain JSON data; numbers unrounded, what is not known is None."""
    figures = result.figures
    return {
        "framework": framework.id,
        "title": framework.title,
        "rule": framework.rule,
        "lo": figures.lo,
        "value": figures.value,
        "hi": figures.hi,
        "name": framework.name_of(figures.value) if figures.value is not None and result.has_evidence else None,
        "confidence": result.confidence,
        "held_by_missing_evidence": result.held_by_missing_evidence,
        "parts": {part.id: _part(part) for part in result.parts},
        "items": {item.id: _item(item) for item in result.items},
        "deciding": [_lacking(lacking) for lacking in result.deciding],
        "unknown": list(result.unknown),
        "not_judged": {
            item.id: item.reason for item in result.items if item.standing in ("not judged", "left out")
        },
        "sources": [{"title": source.title, "url": source.url, "year": source.year} for source in framework.sources],
    }  # fmt: skip


def _part(part: PartResult) -> Mapping[str, Any]:
    return {"lo": part.figures.lo, "value": part.figures.value, "hi": part.figures.hi, "confidence": part.confidence}


def _item(item: ItemResult) -> Mapping[str, Any]:
    points = item.points
    return {"standing": item.standing, "lo": points.lo, "value": points.value, "hi": points.hi}


def _lacking(lacking: Lacking) -> Mapping[str, Any]:
    return {
        "item": lacking.item,
        "practice": lacking.practice,
        "rung": lacking.rung,
        "value": lacking.value,
        "needs": lacking.needs,
        "confidence_ok": lacking.confidence_ok,
        "confidence": lacking.confidence,
        "needs_confidence": lacking.needs_confidence,
        "known": lacking.known,
    }
