"""What a file format is: how a file of it becomes records, and how records become such a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, TextIO

from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.evidence.import_report import ProblemList
from mlops_maturity.evidence.records import Record, RecordKind

Known = Callable[[str, RecordKind, Collection[str]], Iterable[Record]]
"""Source, kind and ids to the records of these that are stored already."""


def nothing_known(source: str, kind: RecordKind, ids: Collection[str]) -> Iterable[Record]:
    """For a file that is read without a store."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader needs beside the file itself."""

    problems: ProblemList
    """Where it notes what is wrong; nothing of the file is kept then, unless the user asks for it."""
    now: datetime
    """Aware; what lies after it is refused."""
    mapper: Mapper
    """The user's rules: names to purposes, tiers and bots."""
    known: Known = nothing_known
    """What is stored already, for formats in which one record comes in several entries."""
    signals: Collection[str] | None = None
    """The signals there are; None = any is taken. The user's own need not be among them."""
    source: str = ""
    """The source to file records under; empty for the format's own choice."""
    left_out: dict[str, int] = field(default_factory=dict)
    """What the reader left aside on purpose, and how often: filled by it, told to the user."""

    def leave_out(self, what: str) -> None:
        """Note something that is valid and that we have no use for."""
        self.left_out[what] = self.left_out.get(what, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """One format of files."""

    name: str
    """As users write it after `--as`."""
    title: str
    read: Callable[[BinaryIO | TextIO, Reading], Iterator[Record]]
    """Yields records; notes problems instead of raising."""
    write: Callable[[Iterable[Record], TextIO], int] | None = None
    """Writes records, says how many; None where the format can't hold ours."""
