"""Chance that can be repeated: the same seed and topic always give the same throws.

Each topic has its own stream, so that a change to one system's history leaves the others as they were.
"""

from __future__ import annotations

import hashlib
import math
from random import Random


def dice(seed: int, *topic: str) -> Random:
    """A stream of its own for a topic."""
    return Random("/".join((str(seed), *topic)))  # noqa: S311 (invented data, no secret)


def poisson(throw: Random, mean: float) -> int:
    """How often something happened that happens `mean` times on average (Knuth's product of uniforms)."""
    limit, product, count = math.exp(-mean), throw.random(), 0
    while product > limit:
        product *= throw.random()
        count += 1
    return count


def around(throw: Random, median: float, spread: float = 0.5) -> float:
    """A positive number whose median is `median`; `spread` is the deviation of its logarithm."""
    return median * math.exp(throw.gauss(0.0, spread))


def token(*parts: str, length: int = 40) -> str:
    """A made-up hexadecimal digest."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:length]
