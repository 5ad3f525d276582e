"""The mixed-integer programme behind a plan: how each practice will stand, and which signals get connected.

Unknowns, all 0 or 1: one for each option of each practice, and one for each signal that several practices read and
that can be connected. The rules are those of the gate: options that fail (b) or (c) are barred, (a) is a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mlops_maturity.config.catalogue import TOP_LEVEL, Practice
from mlops_maturity.scoring.plan_situation import Situation
from mlops_maturity.scoring.plan_solver import Rows, Vector, bound, matrix, solve
from mlops_maturity.scoring.plan_work import LEVELS, Option, Work, effort_of, options_of
from mlops_maturity.scoring.thresholds import SLIP

THRIFT = 1e-2
"""What a whole budget counts against benefit: of two plans of equal benefit the cheaper one is taken."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What the programme chose."""

    options: tuple[Option, ...]
    """One for each practice that counts."""
    connected: frozenset[str]
    """Signals connected that several practices read."""
    level: int
    """The level that all aspects then hold."""

    @property
    def works(self) -> dict[Work, int]:
        """Every piece of work in it, and how often it is done."""
        own = {work: count for option in self.options for work, count in option.work.items()}
        return own | {Work("connect", signal): 1 for signal in sorted(self.connected)}


@dataclass(frozen=True)
class Programme:
    """Everything of one team that doesn't depend on the question asked."""

    case: Situation
    options: tuple[Option, ...]
    shared: tuple[str, ...]
    """Signals that can be connected and that several practices read."""

    @cached_property
    def works(self) -> tuple[Work, ...]:
        """Every piece of work some plan may hold."""
        own = dict.fromkeys(work for option in self.options for work in option.work)
        return (*own, *(Work("connect", signal) for signal in self.shared))

    @cached_property
    def efforts(self) -> Vector:
        """Expected person-days of each piece of work, done once."""
        return np.array([effort_of(work, self.case.catalogue.by_id).expected for work in self.works])

    @cached_property
    def benefits(self) -> Vector:
        """Of each piece of work: the weight of a practice for a rung; evidence work has none of its own."""
        weights = self.case.catalogue.by_id
        return np.array([weights[work.subject].weight if work.kind == "improve" else 0.0 for work in self.works])

    @cached_property
    def width(self) -> int:
        """How many unknowns there are: options, then shared signals."""
        return len(self.options) + len(self.shared)

    @cached_property
    def doing(self) -> Any:
        """Matrix (works, unknowns): how often each unknown does each piece of work."""
        place = {work: index for index, work in enumerate(self.works)}
        entries = [
            (place[work], column, float(times))
            for column, option in enumerate(self.options)
            for work, times in option.work.items()
        ]
        entries += [
            (place[Work("connect", signal)], len(self.options) + index, 1.0) for index, signal in enumerate(self.shared)
        ]
        return matrix(entries, (len(self.works), self.width))

    @cached_property
    def gaining(self) -> Any:
        """Matrix (works, unknowns): the rungs gained that are then shown."""
        place = {work: index for index, work in enumerate(self.works)}
        entries = [
            (place[Work("improve", option.practice.id, rung)], column, 1.0)
            for column, option in enumerate(self.options)
            for rung in option.rungs
        ]
        return matrix(entries, (len(self.works), self.width))

    @cached_property
    def by_practice(self) -> Mapping[str, Sequence[tuple[int, Option]]]:
        """Practice to its options with their columns."""
        found: dict[str, list[tuple[int, Option]]] = {practice.id: [] for practice in self.case.practices}
        for column, option in enumerate(self.options):
            found[option.practice.id].append((column, option))
        return found

    def cheapest(self, level: int, efforts: Vector | None = None) -> Solution | None:
        """The least expected effort with which levels 1 to `level` hold in every aspect; None if nothing does.

        `efforts` and `benefits` take the place of those in `efforts` and `benefits`, work by work.
        """
        cost = self._costs(efforts)
        chosen = solve(cost, [self._rules(level)], self._open(level))
        return None if chosen is None else self._read(chosen, level)

    def best(self, budget: float, efforts: Vector | None = None, benefits: Vector | None = None) -> Solution | None:
        """The highest level within `budget` expected person-days, and with it the most benefit."""
        cost = self._costs(efforts)
        gain = self.gaining.T @ (self.benefits if benefits is None else benefits)
        level = self._highest(cost, budget)
        within = Rows(self.width)
        within.add(((column, days) for column, days in enumerate(cost) if days), -np.inf, budget + SLIP)
        goal = THRIFT * cost / budget - gain
        chosen = solve(goal, [self._rules(level), within.constraint()], self._open(level))
        return None if chosen is None else self._read(chosen, level)

    def _costs(self, efforts: Vector | None) -> Vector:
        costs: Vector = self.doing.T @ (self.efforts if efforts is None else efforts)
        return costs

    def _highest(self, cost: Vector, budget: float) -> int:
        """The highest level that the budget pays for; what holds today costs nothing."""
        lowest = self.case.assessment.overall.level or 0
        return next((level for level in range(TOP_LEVEL, lowest, -1) if self._pays(budget, cost, level)), lowest)

    def _pays(self, budget: float, cost: Vector, level: int) -> bool:
        """Whether the budget pays for the level: by a way seen before if there is one, else by the cheapest."""
        seen = self._ways_to[level]
        if any(cost @ way <= budget + SLIP for way in seen):
            return True
        if bound(cost, [self._rules(level)], self._open(level)) > budget:
            return False
        cheapest = solve(cost, [self._rules(level)], self._open(level))
        if cheapest is None or cost @ cheapest > budget + SLIP:
            return False
        seen.append(cheapest)
        return True

    @cached_property
    def _ways_to(self) -> dict[int, list[Vector]]:
        """Solutions with which a level holds, whatever work costs: draws of the costs share them."""
        return {level: [] for level in LEVELS}

    def _read(self, chosen: Vector, level: int) -> Solution:
        first = len(self.options)
        return Solution(
            options=tuple(option for column, option in enumerate(self.options) if chosen[column]),
            connected=frozenset(signal for index, signal in enumerate(self.shared) if chosen[first + index]),
            level=level,
        )

    def _rules(self, level: int) -> Any:
        """Everything that is a row, with levels 1 to `level` to hold."""
        if level not in self._rows:
            rows = Rows(self.width)
            self._one_way_each(rows)
            self._shared_signals(rows)
            self._prerequisites(rows)
            for lower in LEVELS[:level]:
                for aspect in self.case.catalogue.aspects:
                    self._enough_weight(rows, self.required(aspect.id, lower), lower)
            self._rows[level] = rows.constraint()
        return self._rows[level]

    @cached_property
    def _rows(self) -> dict[int, Any]:
        return {}

    def required(self, aspect: str, level: int) -> list[Practice]:
        """The practices of an aspect that count and of which the level requires something."""
        return [
            practice for practice in self.case.practices if practice.aspect == aspect and practice.required[level - 1]
        ]

    def _open(self, level: int) -> Vector:
        """1 for every unknown that may be chosen; 0 for options with which a level up to `level` can't hold."""
        free = np.ones(self.width)
        for column, option in enumerate(self.options):
            free[column] = all(option.stands(lower) for lower in LEVELS[:level])
        return free

    def _one_way_each(self, rows: Rows) -> None:
        for options in self.by_practice.values():
            rows.add([(column, 1.0) for column, _ in options], 1.0, 1.0)

    def _shared_signals(self, rows: Rows) -> None:
        """A signal is connected for all practices that read it, or for none."""
        for index, signal in enumerate(self.shared):
            for options in self.by_practice.values():
                if any(use.id == signal for use in options[0][1].practice.signals):
                    connecting = [(column, 1.0) for column, option in options if signal in option.shared]
                    rows.add([*connecting, (len(self.options) + index, -1.0)], 0.0, 0.0)

    def _prerequisites(self, rows: Rows) -> None:
        """To move to rung n, the prerequisites stand at rung max(1, n - 1) at least; those left out don't count."""
        for practice in self.case.practices:
            for needed in practice.prerequisites:
                for rung in LEVELS if needed in self.by_practice else ():
                    moved = [
                        (column, -1.0)
                        for column, option in self.by_practice[practice.id]
                        if option.change.improved and option.change.rung >= rung
                    ]
                    if moved:
                        at_least = prerequisite_rung(rung)
                        held = [
                            (column, 1.0)
                            for column, option in self.by_practice[needed]
                            if option.change.rung >= at_least
                        ]
                        rows.add([*held, *moved], 0.0)

    def _enough_weight(self, rows: Rows, required: Sequence[Practice], level: int) -> None:
        """Rule (a) for one aspect."""
        if not required:
            return
        largest = max(practice.weight for practice in required)
        total = sum(practice.weight / largest for practice in required)
        met = [
            (column, practice.weight / largest)
            for practice in required
            for column, option in self.by_practice[practice.id]
            if option.met[level - 1]
        ]
        rows.add(met, (self.case.catalogue.parameters.share - SLIP) * total)


def programme(case: Situation) -> Programme:
    """Price every option of every practice that counts."""
    options = tuple(option for practice in case.practices for option in options_of(case, practice))
    shared = sorted(signal for signal in case.gaps if case.shared(signal))
    return Programme(case=case, options=options, shared=tuple(shared))


def prerequisite_rung(rung: int) -> int:
    """The rung that prerequisites must stand at before a practice moves to `rung`."""
    return max(1, rung - 1)
