"""Krippendorff's alpha for ordinal answers: how far people agree beyond chance. Data quality, never a score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def alpha_ordinal(units: Iterable[Sequence[int | None]]) -> float | None:
    """Agreement beyond chance: 1 = perfect, 0 = as if by chance, below 0 = systematic disagreement.

    A unit holds the values that different people gave to one thing, None where somebody gave none; the order of units
    and of people plays no part, and units with fewer than two values say nothing. None where all values that can be
    paired are equal: without any difference nothing shows that people could tell one from another.

    Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), part C and the ordinal metric:
    alpha = 1 - (n - 1) * sum o_ck d_ck / sum n_c n_k d_ck, with o the coincidences of values c and k, n_c their
    marginals, and d_ck = (sum of n_g for g = c..k, less (n_c + n_k) / 2) squared.
    """
    paired = [values for unit in units if len(values := [value for value in unit if value is not None]) > 1]
    ranks = sorted({value for values in paired for value in values})
    if len(ranks) < 2:
        return None
    coincidences = _coincidences(paired, {value: place for place, value in enumerate(ranks)})
    marginals = coincidences.sum(axis=0)
    distances = _distances(marginals)
    observed = float((coincidences * distances).sum())
    expected = float((np.outer(marginals, marginals) * distances).sum())
    return 1.0 - (float(marginals.sum()) - 1.0) * observed / expected


def _coincidences(units: Iterable[Sequence[int]], place: dict[int, int]) -> Numbers:
    """Each ordered pair of values within a unit of m, counted as 1 / (m - 1)."""
    found = np.zeros((len(place), len(place)))
    for values in units:
        counts = np.bincount([place[value] for value in values], minlength=len(place)).astype(np.float64)
        found += (np.outer(counts, counts) - np.diag(counts)) / (len(values) - 1)
    return found


def _distances(marginals: Numbers) -> Numbers:
    """The ordinal metric: how many values lie between two ranks, half of the outer ones included; squared."""
    until = np.cumsum(marginals)
    middle = until - marginals / 2
    squared: Numbers = (middle[:, None] - middle[None, :]) ** 2
    return squared
