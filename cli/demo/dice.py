"""Chance that can be repeated: the same seed and topic always give the same throws.

Each topic has its own stream, so that a change to one system's history leaves the others as they were.
"""

from __future__ import annotations

import hashlib
import math
from random import Random


class Dice(Random):
    """One stream of chance."""

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self._owed: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def evenly(self, name: str, share: float) -> bool:
        """Yes in that share of the cases of one `name`.

        Cases make up for each other, so that the share shows in a dozen of them already: many things that a team
        does happen a few times a quarter, and pure chance would blur the difference between two teams.
        """
        if share >= 1.0:
            return True
        self._owed[name] = self._owed.get(name, self.random() - 0.5) + share
        yes = self._owed[name] >= self._due.setdefault(name, self.uniform(0.5, 1.0))
        if yes:
            self._owed[name] -= 1.0
            self._due[name] = self.uniform(0.0, 1.0)
        return yes


def dice(seed: int, *topic: str) -> Dice:
    """A stream of its own for a topic."""
    return Dice("/".join((str(seed), *topic)))


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
