"""Linear programmes with unknowns from 0 to 1, in whole numbers or not, as HiGHS solves them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
PATIENCE_S = 60.0
"""Seconds for one solution; plans on catalogues of ordinary size take milliseconds."""
SOLVED, INFEASIBLE = 0, 2
"""What the solver calls them."""
BLUR = 1e-4
"""By how much, of a bound, the solver's own tolerances may be off at the most: they are 1e-7 on every row."""


class Unsolved(RuntimeError):
    """The solver gave up before it had an answer."""


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
        from scipy.optimize import LinearConstraint  # takes a second to import: only where a plan is made

        entries = matrix(self._entries, (len(self._low), self.width))
        return LinearConstraint(entries, np.array(self._low), np.array(self._high))


def solve(goal: Vector, rules: Sequence[Any], most: Vector) -> Vector | None:
    """The whole numbers 0 to `most` that keep the rules at the least `goal`; None where no numbers do.

    Raises Unsolved when that takes too long.
    """
    found = _milp(goal, rules, most, whole=True)
    if found is None:
        return None
    chosen: Vector = np.round(found.x)
    return chosen


def bound(goal: Vector, rules: Sequence[Any], most: Vector) -> float:
    """What no solution is below: the optimum over fractions too, a little lowered; infinite where there is none.

    It takes a fifth of the time of `solve`. Raises Unsolved as `solve` does.
    """
    found = _milp(goal, rules, most, whole=False)
    return float("inf") if found is None else float(found.fun) - BLUR * max(1.0, abs(float(found.fun)))


def _milp(goal: Vector, rules: Sequence[Any], most: Vector, *, whole: bool) -> Any:
    from scipy.optimize import Bounds, milp

    found = milp(
        goal,
        constraints=rules,
        bounds=Bounds(np.zeros(len(goal)), most),
        integrality=np.full(len(goal), int(whole)),
        options={"mip_rel_gap": 0, "time_limit": PATIENCE_S},
    )
    if found.status == INFEASIBLE:
        return None
    if found.status != SOLVED:
        raise Unsolved(str(found.message))
    return found


def matrix(entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> Any:
    """A sparse matrix from (row, column, value); what is named twice counts with the sum."""
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    from scipy.sparse import csr_array

    return csr_array((np.array(values, float), (np.array(rows, int), np.array(columns, int))), shape=shape)
