"""The mixed-integer programme behind a plan: how each practice will stand, and which signals get connected.

Unknowns, all 0 or 1: one for each option of each practice, and one for each signal that several practices read and
that can be connected. The rules are those of the gate: options that fail (b) or (c) are barred, (a) is a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_maturity.config.catalogue import TOP_LEVEL, Practice
from mlops_maturity.scoring.plan_situation import Situation
from mlops_maturity.scoring.plan_work import LEVELS, Option, Work, effort_of, options_of
from mlops_maturity.scoring.thresholds import SLIP

Vector = NDArray[np.float64]
THRIFT = 1e-2
"""What a whole budget counts against benefit: of two plans of equal benefit the cheaper one is taken."""


PATIENCE_S = 60.0
"""Seconds for one solution; plans on catalogues of ordinary size take milliseconds."""
SOLVED, INFEASIBLE = 0, 2
"""What the solver calls them."""


class Unsolved(RuntimeError):
    """The solver gave up before it had an answer."""


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


class Rows:
    """Linear rules, gathered: low <= row * unknowns <= high."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._entries: list[tuple[int, int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []

    def add(self, row: Iterable[tuple[int, float]], low: float, high: float = np.inf) -> None:
        """One rule; an unknown named twice counts with the sum."""
        place = len(self._low)
        self._entries += [(place, column, factor) for column, factor in row]
        self._low.append(low)
        self._high.append(high)

    def constraint(self) -> Any:
        """All rules for the solver."""
        places, columns, factors = zip(*self._entries, strict=True) if self._entries else ((), (), ())
        shape = (len(self._low), self.width)
        from scipy.optimize import LinearConstraint  # takes a second to import: only where a plan is made
        from scipy.sparse import csr_array

        matrix = csr_array(
            (np.array(factors, dtype=float), (np.array(places, int), np.array(columns, int))), shape=shape
        )
        return LinearConstraint(matrix, np.array(self._low), np.array(self._high))


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
        return _matrix(entries, (len(self.works), self.width))

    @cached_property
    def gaining(self) -> Any:
        """Matrix (works, unknowns): the rungs gained that are then shown."""
        place = {work: index for index, work in enumerate(self.works)}
        entries = [
            (place[Work("improve", option.practice.id, rung)], column, 1.0)
            for column, option in enumerate(self.options)
            for rung in option.rungs
        ]
        return _matrix(entries, (len(self.works), self.width))

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
        chosen = self._solve(cost, [self._rules(level)], level)
        return None if chosen is None else self._read(chosen, level)

    def best(self, budget: float, efforts: Vector | None = None, benefits: Vector | None = None) -> Solution | None:
        """The highest level within `budget` expected person-days, and with it the most benefit."""
        cost = self._costs(efforts)
        gain = self.gaining.T @ (self.benefits if benefits is None else benefits)
        level = self._highest(cost, budget)
        within = Rows(self.width)
        within.add(((column, days) for column, days in enumerate(cost) if days), -np.inf, budget + SLIP)
        goal = THRIFT * cost / budget - gain
        chosen = self._solve(goal, [self._rules(level), within.constraint()], level)
        return None if chosen is None else self._read(chosen, level)

    def _costs(self, efforts: Vector | None) -> Vector:
        costs: Vector = self.doing.T @ (self.efforts if efforts is None else efforts)
        return costs

    def _highest(self, cost: Vector, budget: float) -> int:
        """The highest level that the budget pays for; what holds today costs nothing."""
        level = self.case.assessment.overall.level or 0
        while level < TOP_LEVEL:
            chosen = self._solve(cost, [self._rules(level + 1)], level + 1)
            if chosen is None or cost @ chosen > budget + SLIP:
                break
            level += 1
        return level

    def _solve(self, goal: Vector, rules: Sequence[Any], level: int) -> Vector | None:
        from scipy.optimize import Bounds, milp

        found = milp(
            goal,
            constraints=rules,
            bounds=Bounds(np.zeros(self.width), self._open(level)),
            integrality=np.ones(self.width),
            options={"mip_rel_gap": 0, "time_limit": PATIENCE_S},
        )
        if found.status == INFEASIBLE:
            return None
        if found.status != SOLVED:
            raise Unsolved(str(found.message))
        chosen: Vector = np.round(found.x)
        return chosen

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


def _matrix(entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> Any:
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    from scipy.sparse import csr_array

    return csr_array((np.array(values, float), (np.array(rows, int), np.array(columns, int))), shape=shape)
