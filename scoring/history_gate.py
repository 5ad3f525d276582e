"""The gate and the indices of all teams at once: what `scoring.gate` and `scoring.score` do, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue, Parameters
from mlops_maturity.scoring.history_evidence import Flags, Floats, Ints
from mlops_maturity.scoring.thresholds import SLIP

FIGURES = ("level_lo", "level", "level_hi", "index_lo", "index", "index_hi", "confidence")
LEFT_OUT = -1
"""The level of an aspect of which every practice is waived; its index and confidence are NaN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeFigures:
    """Of every practice and team: rungs 0 to 3, and the confidence."""

    value_lo: Floats
    value: Floats
    value_hi: Floats
    confidence: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeFigures:
    """Of every scope and team: overall first, then the aspects in the catalogue's order."""

    level_lo: Ints
    level: Ints
    level_hi: Ints
    index_lo: Floats
    index: Floats
    index_hi: Floats
    confidence: Floats


class Gate:
    """The gates of all aspects, for the practices that count for each team."""

    def __init__(self, catalogue: Catalogue, counts: Flags) -> None:
        """`counts` tells of each practice and team whether it counts."""
        self._aspects = [_Aspect(catalogue, aspect.id, counts) for aspect in catalogue.aspects]
        told = np.array([aspect.told for aspect in self._aspects])
        self._mean = _Mean(np.array([aspect.weight for aspect in catalogue.aspects]), told)
        self._told: Flags = np.asarray(told.any(axis=0))

    def judge(self, practices: PracticeFigures) -> ScopeFigures:
        """Levels, indices and confidence of every scope."""
        aspects = [aspect.judge(practices) for aspect in self._aspects]
        told: dict[str, Any] = {
            name: self._with_overall(name, np.array([part[name] for part in aspects])) for name in FIGURES
        }
        return ScopeFigures(**told)

    def _with_overall(self, name: str, figures: Floats) -> Floats:
        if name.startswith("level"):
            known = np.where(figures == LEFT_OUT, TOP_LEVEL + 1, figures).min(axis=0)
            overall = np.where(self._told, known, LEFT_OUT)
        else:
            overall = np.where(self._told, self._mean.of(np.nan_to_num(figures)), np.nan)
        return np.concatenate([overall[None], figures])


class _Aspect:
    """One aspect: who counts in it, and what each of its levels requires."""

    def __init__(self, catalogue: Catalogue, aspect: str, counts: Flags) -> None:
        places = [place for place, practice in enumerate(catalogue.practices) if practice.aspect == aspect]
        practices = [catalogue.practices[place] for place in places]
        weights = np.array([practice.weight for practice in practices])
        self._places = places
        self._mean = _Mean(weights, counts[places])
        self.told: Flags = np.asarray(counts[places].any(axis=0))
        self._levels: Sequence[_Level] = []
        for level in range(1, TOP_LEVEL + 1):
            rows = [row for row, practice in enumerate(practices) if practice.required[level - 1] > 0]
            asked = [practices[row] for row in rows]
            self._levels.append(
                _Level(
                    rows=rows,
                    level=level,
                    required=np.array([practice.required[level - 1] for practice in asked], float),
                    key=np.array([practice.key_from is not None and level >= practice.key_from for practice in asked]),
                    idle=~counts[[places[row] for row in rows]],
                    weights=weights[rows],
                    parameters=catalogue.parameters,
                )
            )

    def judge(self, practices: PracticeFigures) -> dict[str, Floats | Ints]:
        """The figures of the aspect, of every team."""
        low, value, high, confidence = (
            figures[self._places]
            for figures in (practices.value_lo, practices.value, practices.value_hi, practices.confidence)
        )
        scale = 100.0 / TOP_LEVEL
        return {
            "level_lo": self._level(low, confidence),
            "level": self._level(value, confidence),
            "level_hi": self._level(high, None),
            "index_lo": self._told_mean(low * scale),
            "index": self._told_mean(value * scale),
            "index_hi": self._told_mean(high * scale),
            "confidence": self._told_mean(confidence),
        }

    def _level(self, values: Floats, confidence: Floats | None) -> Ints:
        holds = np.ones(values.shape[1], bool)
        reached = np.zeros(values.shape[1], np.int8)
        for level in self._levels:
            holds = holds & level.holds(values, confidence)
            reached += holds
        return np.where(self.told, reached, np.int8(LEFT_OUT))

    def _told_mean(self, figures: Floats) -> Floats:
        return np.where(self.told, self._mean.of(figures), np.nan)


class _Level:
    """The three rules of one level of one aspect."""

    def __init__(
        self,
        *,
        rows: Sequence[int],
        level: int,
        required: Floats,
        key: Flags,
        idle: Flags,
        weights: Floats,
        parameters: Parameters,
    ) -> None:
        self._rows = list(rows)
        self._idle = idle
        self._idle_or_no_key = idle | ~key.astype(bool)[:, None]
        self._shares = _shares(weights, ~idle)
        needs = required[:, None] - parameters.tolerance
        self._needs = needs - SLIP
        self._near = needs - parameters.slack - SLIP
        self._sure = parameters.min_confidence[level] - SLIP
        self._enough = np.where(idle.all(axis=0), 0.0, parameters.share - SLIP)

    def holds(self, values: Floats, confidence: Floats | None) -> Flags:
        """Whether the level holds for each team; without `confidence` none is asked for."""
        if not self._rows:
            return np.ones(values.shape[1], bool)
        value = values[self._rows]
        met = value >= self._needs
        if confidence is not None:
            met &= confidence[self._rows] >= self._sure
        enough: Flags = _sum(self._shares, met) >= self._enough
        enough &= (met | self._idle_or_no_key).all(axis=0)
        enough &= ((value >= self._near) | self._idle).all(axis=0)
        return enough


def _shares(weights: Floats, counts: Flags) -> Floats:
    """Each one's share of the weight that counts, for every team; 0 where none does.

    Taken relative to the largest that counts first, so that only ratios matter and no sum overflows.
    """
    weighed = np.where(counts, weights[:, None], 0.0)
    largest = weighed.max(axis=0, initial=0.0)
    relative = weighed / np.where(largest > 0, largest, 1.0)
    total = relative.sum(axis=0)
    return relative / np.where(total > 0, total, 1.0)


class _Mean:
    """Weighted mean over those that count, of every team; never outside of their figures."""

    def __init__(self, weights: Floats, counts: Flags) -> None:
        self._shares = _shares(weights, counts)
        self._idle = None if counts.all() else ~counts

    def of(self, figures: Floats) -> Floats:
        """The means of figures of 0 or more; 0 where nothing counts."""
        mean = _sum(self._shares, figures)
        if self._idle is None:
            least, most = figures.min(axis=0), figures.max(axis=0)
        else:
            least = np.where(self._idle, np.inf, figures).min(axis=0)
            most = np.where(self._idle, 0.0, figures).max(axis=0)
        held: Floats = np.minimum(np.maximum(mean, least), most)
        return held


def _sum(shares: Floats, figures: Floats | Flags) -> Floats:
    total: Floats = np.einsum("pt,pt->t", shares, figures)
    return total
