"""How wrong input is told: every problem at once, each with its place, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input."""

    where: str
    """`file:line` of a file, or a name such as `answers[3]`."""
    path: str
    """Dotted path to the value, for example `teams.0.target.level`; empty for the whole input."""
    reason: str
    """What is wrong and, where it helps, what to write instead."""

    def __str__(self) -> str:
        return f"{self.where}: {self.path}: {self.reason}" if self.path else f"{self.where}: {self.reason}"


class InputRefused(ValueError):
    """Input that can't be taken; carries every problem found, and prints one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
