"""One way to compare a computed number with a threshold, so that rounding never decides a level."""

from __future__ import annotations

SLIP = 1e-9
"""What floating-point sums may lose: far below anything evidence can tell apart."""


def reaches(value: float, threshold: float) -> bool:
    """Whether a value is at least the threshold, rounding aside; rising values never lose it."""
    return value >= threshold - SLIP
