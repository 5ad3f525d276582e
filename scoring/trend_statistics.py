"""The statistics behind trends: a robust line, autocorrelation, and tests of whether a series rises or falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import erfc

from mlops_maturity.scoring.trend_series import DECIMALS, Numbers


@dataclass(frozen=True, slots=True)
class Line:
    """y = level + slope * x."""

    slope: float
    level: float

    def at(self, x: float) -> float:
        """The height of the line at x."""
        return self.level + self.slope * x


@dataclass(frozen=True, slots=True)
class MannKendall:
    """The test's parts: S, its variance without a trend, the normal score and the two-sided p."""

    s: int
    variance: float
    z: float
    p: float


def theil_sen(x: Numbers, y: Numbers) -> Line:
    """Median of the slopes of all pairs, through the median residual (Sen 1968; Conover 1980 for the level).

    `x` strictly rising. Up to 29 % of wild values don't move it far. One point or none has slope 0.
    """
    if len(x) < 2:
        return Line(0.0, float(y[0]) if len(y) else 0.0)
    early, late = np.triu_indices(len(x), 1)
    slope = float(np.median((y[late] - y[early]) / (x[late] - x[early])))
    return Line(slope, float(np.median(y - slope * x)))


def least_squares(x: Numbers, y: Numbers) -> Line:
    """The line with the least squared residuals; at least two different x."""
    away = x - x.mean()
    slope = float(away @ (y - y.mean()) / (away @ away))
    return Line(slope, float(y.mean() - slope * x.mean()))


def residuals(line: Line, x: Numbers, y: Numbers) -> Numbers:
    """What the line leaves; what is smaller than rounding is 0."""
    left: Numbers = np.round(y - (line.level + line.slope * x), DECIMALS)
    return left


def autocorrelation(values: Numbers) -> float:
    """Lag-1 autocorrelation of a series; 0 for a constant one.

    Neighbours are neighbouring known values: a gap counts as one step.
    """
    away = values - values.mean()
    spread = float(away @ away)
    return float(away[1:] @ away[:-1]) / spread if spread > 0 else 0.0


def mann_kendall(values: Numbers) -> MannKendall:
    """Whether later values tend to be larger (Mann 1945, Kendall 1975).

    Variance corrected for ties, score for continuity, p by the normal approximation: good from about ten values
    on. A constant series has p = 1.
    """
    n = len(values)
    early, late = np.triu_indices(n, 1)
    s = int(np.sign(values[late] - values[early]).sum())
    _, ties = np.unique(values, return_counts=True)
    variance = float(_disorder(np.array([n])) - _disorder(ties)) / 18
    z = 0.0 if variance <= 0 else float(np.sign(s) * max(abs(s) - 1, 0) / np.sqrt(variance))
    return MannKendall(s, variance, z, float(erfc(abs(z) / np.sqrt(2))))


def _disorder(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    return int((counts * (counts - 1) * (2 * counts + 5)).sum())


def pre_whitened(values: Numbers, phi: float) -> Numbers:
    """The series less the part of each value that the one before foretells; one value shorter."""
    whitened: Numbers = np.round(values[1:] - phi * values[:-1], DECIMALS)
    return whitened


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """p adjusted for their number (Benjamini & Hochberg 1995), in the given order.

    Calling those at most q shown keeps the expected share of false ones among them at most q.
    """
    if not p:
        return []
    given = np.asarray(p, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    scaled = given[order] * len(given) / np.arange(1, len(given) + 1)
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return [min(1.0, float(number)) for number in adjusted]
