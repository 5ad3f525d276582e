"""Telemetry of all teams from step to step: what `scoring.telemetry` says of each signal, as arrays.

A *use* is one signal as one practice hears it; a signal that three practices hear makes three uses. Between two
readings the mass of a use only ages, so it is multiplied by 2 ** (-days / half-life) and nothing is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import floor

import numpy as np

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.history_evidence import FOREVER, Floats, Ints, ReadingEvents, signals_of

LONG_AGO = -(2**31)


class Telemetry:
    """Mass, and mass times rung, of every use and team on the day it was last moved to."""

    def __init__(self, catalogue: Catalogue, teams: int) -> None:
        self._uses = _Uses(catalogue)
        self._sample_k = catalogue.parameters.sample_k
        self._of_practice = [place for place, practice in enumerate(catalogue.practices) if practice.signals]
        counts = [len(practice.signals) for practice in catalogue.practices if practice.signals]
        self._starts = np.cumsum([0, *counts[:-1]], dtype=np.intp)
        shape = (len(self._uses.share), teams)
        self._mass = np.zeros(shape)
        self._told = np.zeros(shape)
        self._last = np.full(shape, LONG_AGO, np.int32)
        self._shape = (len(catalogue.practices), teams)

    def move(self, day: int, days: int, readings: ReadingEvents) -> None:
        """Age everything by so many `days` to `day`, and take the readings of the time between in."""
        factor = np.exp2(-days / self._uses.half_life)[:, None]
        self._mass *= factor
        self._told *= factor
        if len(readings):
            self._take(day, readings)
        gone = self._last < day
        self._mass[gone] = 0.0
        self._told[gone] = 0.0

    def sums(self) -> tuple[Floats, Floats]:
        """Mass, and mass times rung, of each practice and team."""
        mass, told = np.zeros(self._shape), np.zeros(self._shape)
        if self._of_practice:
            mass[self._of_practice] = np.add.reduceat(self._mass, self._starts, axis=0)
            told[self._of_practice] = np.add.reduceat(self._told, self._starts, axis=0)
        return np.minimum(mass, 1.0), told

    def _take(self, day: int, readings: ReadingEvents) -> None:
        uses = self._uses
        use, event = uses.heard_by(readings.signal)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            coverage = np.where(readings.scope > 0, np.minimum(1.0, readings.seen / readings.scope), 0.0)
            times = readings.opportunities
            sample = np.where(times > 0, times / (times + self._sample_k), 0.0)
        weight = (coverage * sample)[event]
        rung = uses.rungs(use, readings.value[event])
        on = readings.on[event]
        slot = use * np.int64(self._shape[1]) + readings.team[event]
        standing = _newest_and_least(slot, on, rung, weight)
        if standing is not None:
            slot, use, on, rung, weight = slot[standing], use[standing], on[standing], rung[standing], weight[standing]
        mass = uses.share[use] * weight * np.exp2((on - day) / uses.half_life[use])
        self._mass.reshape(-1)[slot] = mass
        self._told.reshape(-1)[slot] = mass * rung
        self._last.reshape(-1)[slot] = on + uses.lifetime[use]


class _Uses:
    """Share, half-life, lifetime and anchors of every use, in the order of practices and of their signals."""

    def __init__(self, catalogue: Catalogue) -> None:
        uses = [use for practice in catalogue.practices for use in practice.signals]
        expiry = catalogue.parameters.expiry_half_lives
        self.share = np.array([use.share for use in uses])
        self.half_life = np.array([use.half_life_days for use in uses])
        # An age is a whole number of days: it is beyond a limit if it is beyond the whole part of the limit.
        self.lifetime = np.array([floor(min(expiry * use.half_life_days, FOREVER)) for use in uses], np.int64)
        self._raws, self._pieces = _lines([use.anchors for use in uses])
        by_signal = [[place for place, use in enumerate(uses) if use.id == signal] for signal in signals_of(catalogue)]
        self._listeners = np.array([place for places in by_signal for place in places], np.intp)
        self._count = np.array([len(places) for places in by_signal], np.intp)
        self._start = np.cumsum([0, *self._count[:-1]], dtype=np.intp)

    def heard_by(self, signal: Ints) -> tuple[Ints, Ints]:
        """Every pair of a use and of the place of an event that it hears."""
        count = self._count[signal]
        event = np.repeat(np.arange(len(signal)), count)
        within = np.arange(len(event)) - np.repeat(np.cumsum(count) - count, count)
        return self._listeners[self._start[signal[event]] + within], event

    def rungs(self, use: Ints, raw: Floats) -> Floats:
        """Raw values to rungs, each by the anchors of its use: linear between them, level outside."""
        # An anchor at a time: a row of anchors for each event would be the largest array of all.
        piece = use * (len(self._raws) + 1)
        for anchors in self._raws:
            piece += anchors.take(use) <= raw
        low, rise, begin, span = (column.take(piece) for column in self._pieces)
        rungs: Floats = low + rise * ((raw / 2 - begin) / span)
        return rungs


def _lines(uses: Sequence[Sequence[tuple[float, float]]]) -> tuple[Floats, Floats]:
    """The line through the anchors of each use: their raw values, a column a use; and its pieces, a column each.

    A use has a piece before each of as many anchors as any use has, and one behind them: first level, then rising or
    falling, then level. Its rows: the rung where it begins, by how much it rises, half the raw value where it begins,
    and half of what it spans (halves, so that no span overflows).
    """
    longest = max(map(len, uses), default=1)
    raws = np.full((longest, len(uses)), np.inf)
    pieces = np.zeros((4, len(uses), longest + 1))
    pieces[3] = 1.0
    for place, anchors in enumerate(uses):
        raws[: len(anchors), place] = [raw for raw, _ in anchors]
        pieces[0, place] = anchors[-1][1]
        pieces[0, place, 0] = anchors[0][1]
        for number, ((left, low), (right, high)) in enumerate(pairwise(anchors), start=1):
            span = right / 2 - left / 2
            pieces[:, place, number] = (low, high - low, left / 2, span) if span > 0 else (low, 0.0, 0.0, 1.0)
    return raws, pieces.reshape(4, -1)


def _newest_and_least(slot: Ints, on: Ints, rung: Floats, weight: Floats) -> Ints | None:
    """The places of the events that stand: the newest of each slot, of one day the one that claims least.

    None where every slot has one event at most, so that all of them stand.
    """
    if not len(slot) or np.bincount(slot).max() <= 1:
        return None
    order: Ints = np.lexsort((-weight, -rung, on, slot))
    standing: Ints = order[np.append(slot[order][1:] != slot[order][:-1], True)]
    return standing
