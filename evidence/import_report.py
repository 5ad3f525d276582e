"""What came of reading a file: how much was taken, what it changed, and everything that was wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlops_maturity.config.plural import counted
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.selection import EXAMPLES, Unselected
from mlops_maturity.evidence.store.changes import Changes

LISTED_OF_A_KIND = 10
LISTED = 200
"""Problems kept word for word, of one kind and of all: a file of a million broken lines should neither fill the memory
nor roll what is wrong with it off the screen."""
_KINDS = 100
_OWN_WORDS = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
"""What differs between problems of one kind: what was found, and numbers."""


class ProblemList:
    """The problems of one file: the first ones of each kind word for word, the number of all.

    Of one kind is what stands in the same column, or at the same path, and differs in quoted words and numbers alone.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.found = 0
        self._listed: list[Problem] = []
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._of_other_kinds = 0

    def add(self, line: int, path: str, reason: str) -> None:
        """Note what is wrong at `path` in a line."""
        self.put(Problem(f"{self.name}:{line}", path, reason))

    def put(self, problem: Problem) -> None:
        """Note a problem."""
        self.found += 1
        kind = self._kind_of(problem)
        if kind is None:
            self._of_other_kinds += 1
            return
        kind.found += 1
        kind.last = problem
        if kind.found == 1 or (kind.found <= LISTED_OF_A_KIND and len(self._listed) < LISTED):
            kind.listed += 1
            self._listed.append(problem)

    @property
    def listed(self) -> tuple[Problem, ...]:
        """The problems word for word, at least one of a kind; then how many more of each there are, and to where."""
        more = [kind.rest(self.name) for kind in self._kinds.values() if kind.found > kind.listed]
        if self._of_other_kinds:
            more.append(Problem(self.name, "", f"{counted(self._of_other_kinds, 'more problem')} of other kinds"))
        return (*self._listed, *more)

    def refuse(self) -> None:
        """Raise InputRefused if there is any problem."""
        if self.found:
            raise InputRefused(self.listed)

    def _kind_of(self, problem: Problem) -> _Kind | None:
        """None for one more kind than anybody reads."""
        key = (_OWN_WORDS.sub("", problem.path), _OWN_WORDS.sub("", problem.reason))
        if key not in self._kinds and len(self._kinds) < _KINDS:
            self._kinds[key] = _Kind(first=problem, last=problem)
        return self._kinds.get(key)


@dataclass(slots=True)
class _Kind:
    first: Problem
    last: Problem
    found: int = 0
    listed: int = 0

    def rest(self, name: str) -> Problem:
        """What tells of those that are not listed."""
        unlisted = counted(self.found - self.listed, "more problem")
        return Problem(name, self.first.path, f"{unlisted} like {_line(self.first)}, the last in {_line(self.last)}")


def _line(problem: Problem) -> str:
    return f"line {problem.where.rpartition(':')[2]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did."""

    name: str
    """The file, as its problems call it."""
    what: str
    """What it holds: `records`, `answers`, `readings`."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Entries taken, by record kind, team (answers) or signal (readings)."""
    changes: Changes = field(default_factory=Changes)
    repeated: int = 0
    """Entries left aside because a later one of the same file says something else, or the same, of the same thing."""
    coverage: tuple[Coverage, ...] = ()
    """Spans now known, by what the file holds."""
    unselected: tuple[Unselected, ...] = ()
    """Records taken that no team selects: they count nowhere until one does."""
    problems: tuple[Problem, ...] = ()
    """What was left out, where the import was told to keep going."""
    problems_found: int = 0

    @property
    def taken(self) -> int:
        """How many entries of the file were taken."""
        return sum(self.counts.values())

    def summary(self) -> str:
        """What an import did, in a few lines for people."""
        told = [f"{self.name}: {counted(self.taken, self.what.removesuffix('s'))}: {_told(self.changes)}"]
        if self.counts:
            told.append("  " + ", ".join(f"{name} {count:,}" for name, count in self.counts.items()))
        elif not self.problems_found:
            told.append("  nothing was in it: it is empty, or holds blank lines only")
        if self.repeated:
            told.append(f"  {self.repeated:,} of them repeated further down in the file, where the last one counts")
        if self.unselected:
            told.append(_of_no_team(self.unselected))
        if self.problems_found:
            told.append(f"  {counted(self.problems_found, 'problem')}; the lines they are in were left out")
        return "\n".join(told)


def _of_no_team(groups: Sequence[Unselected]) -> str:
    count = sum(group.count for group in groups)
    shown = ", ".join(_named(group) for group in groups[:EXAMPLES])
    belong = "belongs" if count == 1 else "belong"
    return (
        f"  {counted(count, 'record')} {belong} to no team, e.g. {shown}; `mlops-maturity doctor` lists them all; "
        "they count once a team's selectors in the settings (models, experiments, repositories) take them in"
    )


def _named(group: Unselected) -> str:
    name = group.name[:60] if group.name.isprintable() else ascii(group.name[:60])
    what = f"{group.kind} of {name}" if name else f"{group.kind} that names nothing"
    return f"{what} ({group.source[:60]!r}, {group.count:,})"


def _told(changes: Changes) -> str:
    return f"{changes.inserted:,} new, {changes.updated:,} changed, {changes.unchanged:,} as before"
