"""How wrong input is told: every problem at once, each with its place, what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = {"where": 1_000, "path": 200, "reason": 2_000}
"""Characters of each part of a problem; what is longer is cut."""
_LONGEST_WORD = 300
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD},}}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input."""

    where: str
    """`file:line` of a file, or a name such as `answers[3]`."""
    path: str
    """Dotted path to the value, for example `teams.0.target.level`; empty for the whole input."""
    reason: str
    """What is wrong and, where it helps, what to write instead."""

    def __post_init__(self) -> None:
        # What a file holds is repeated in its problems, and may be megabytes or steer the terminal they are printed on.
        for name, longest in _LONGEST.items():
            object.__setattr__(self, name, _plain(getattr(self, name), longest))

    def __str__(self) -> str:
        return f"{self.where}: {self.path}: {self.reason}" if self.path else f"{self.where}: {self.reason}"


class InputRefused(ValueError):
    """Input that can't be taken; carries every problem found, and prints one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _plain(text: str, longest: int) -> str:
    """The text on one line, and cut where it is longer than anybody reads; long words first, so that hints stay."""
    if len(text) > _LONGEST_WORD:
        text = _LONG_WORD.sub(lambda word: f"{word[0][:80]}…", text)
    if len(text) > longest:
        text = f"{text[: longest - 1]}…"
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
