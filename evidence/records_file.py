"""Records as JSON lines: read with every fault named, imported whole or not at all, exported."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO, TextIO

import numpy as np
from sqlalchemy import Connection

from mlops_maturity.config.plural import counted
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.import_report import ImportReport, ProblemList
from mlops_maturity.evidence.json_problems import TOLERANCE
from mlops_maturity.evidence.lines import arrived, numbered_lines
from mlops_maturity.evidence.record_lines import parse_record
from mlops_maturity.evidence.record_text import record_json
from mlops_maturity.evidence.records import Measurement, PipelineRun, Record, RecordKind, occurred_at
from mlops_maturity.evidence.selection import Leftovers
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.coverage import put_coverage
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.records import put_records, read_payloads, read_records, write_page
from mlops_maturity.evidence.store.version import move_version

PAGE = 5_000
"""Records held in memory and stored at once."""
_INSTANT = timedelta(microseconds=1)
Reader = Callable[[BinaryIO | TextIO, ProblemList], Iterator[Record]]
"""A stream to its records; what is wrong is noted in the list."""


def read_records_file(
    stream: BinaryIO | TextIO,
    name: str,
    *,
    now: datetime,
    problems: ProblemList | None = None,
    signals: Collection[str] | None = None,
) -> Iterator[Record]:
    """Yield the records of a JSONL file, one line in memory at a time; blank lines are skipped.

    Measurements are of the given `signals` or of the user's own; None = of any.
    With `problems` given, what is wrong is noted there and the line left out. Without, InputRefused is raised with
    every problem after the last line: keep nothing of a file before it is read to its end.
    """
    noted = ProblemList(name) if problems is None else problems
    for number, line in numbered_lines(stream, noted):
        if line.isspace() or not line:
            continue
        parsed = parse_record(line, now, signals)
        if isinstance(parsed, list):
            for path, reason in parsed:
                noted.add(number, path, reason)
        else:
            yield parsed
    if problems is None:
        noted.refuse()


def import_records(
    store: Store,
    lines: BinaryIO | TextIO,
    name: str,
    *,
    now: datetime,
    keep_going: bool = False,
    complete_until: datetime | None = None,
    read: Reader | None = None,
    teams: Sequence[Team] = (),
    signals: Collection[str] | None = None,
) -> ImportReport:
    """Store the records of a file, and that each source is known from its first to its last record in it.

    `read` makes records of the file and notes its problems; JSONL where it is left out.

    All of the file or, where it raises InputRefused, nothing of it; with `keep_going` everything but the broken
    lines, which the report names. What is known then is marked as incomplete, because nobody can tell what the
    broken lines held. `complete_until` (aware; `now` where it is later today) says that every source of the file is
    known completely up to there. The same file again changes nothing.
    """
    problems = ProblemList(name)
    read = read or (lambda stream, noted: read_records_file(stream, name, now=now, problems=noted, signals=signals))
    leftovers = Leftovers(teams)
    tally = _Tally(now, _not_later(now, complete_until, name))
    with arrived(lines) as stream:
        pages = _pages(leftovers.watch(tally.watch(read(stream, problems))))
        if keep_going:
            changes = _store_page_by_page(store, pages, now)
        else:
            changes = _store_whole(store, pages, tally, problems, now)
            for _ in pages:  # what was broken off is read to its end, so that every problem is told at once
                pass
            problems.refuse()
    spans = tally.coverage(broken=problems.found)
    if keep_going:
        write_page(store, (), coverage=spans, seen_at=now)
    return ImportReport(
        name=name,
        what="records",
        counts=dict(sorted(tally.kinds.items())),
        changes=changes,
        repeated=tally.repeated(),
        coverage=spans,
        unselected=leftovers.unselected(read_records(store, kinds=leftovers.asks) if leftovers.asks else ()),
        problems=problems.listed,
        problems_found=problems.found,
    )


def export_records(
    store: Store,
    out: TextIO,
    *,
    kinds: Collection[RecordKind] | None = None,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Write records as JSONL, in the order of `read_records`; how many. Importing them gives the same records."""
    count = 0
    for payload in read_payloads(store, kinds=kinds, source=source, since=since, until=until):
        out.write(payload + "\n")
        count += 1
    return count


def write_records(records: Iterable[Record], out: TextIO) -> int:
    """Write records as JSONL, in the order given; how many."""
    count = 0
    for record in records:
        out.write(record_json(record) + "\n")
        count += 1
    return count


def _not_later(now: datetime, until: datetime | None, name: str) -> datetime | None:
    """`until`, but never after `now`: the end of today is meant as everything up to now."""
    if until is not None and until > now + TOLERANCE:
        raise InputRefused([Problem(name, "", f"can't be complete until {until}: that is in the future")])
    return None if until is None else min(until, now)


class _Tally:
    """What a file holds: counts by kind, spans by source, and 8 bytes a record to find repetitions by."""

    def __init__(self, now: datetime, complete_until: datetime | None) -> None:
        self._now = now
        self._complete_until = complete_until
        self.kinds: Counter[str] = Counter()
        self._streams: dict[str, set[str]] = {}
        self._spans: dict[str, tuple[datetime, datetime]] = {}
        self._keys = array("q")

    def watch(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass records on and count them."""
        for record in records:
            self.kinds[record.kind] += 1
            self._streams.setdefault(record.source, set()).add(record.kind)
            attempt = record.attempt if isinstance(record, PipelineRun) else 0
            self._keys.append(hash((record.source, record.kind, record.id, attempt)))
            self._stretch(record)
            yield record

    def repeated(self) -> int:
        """How many records there are beyond the first of each key."""
        keys = np.frombuffer(self._keys, dtype=np.int64) if self._keys else np.empty(0, dtype=np.int64)
        return len(keys) - len(np.unique(keys))

    def coverage(self, broken: int) -> tuple[Coverage, ...]:
        """What the file makes known, by source and kind."""
        complete = broken == 0 or self._complete_until is not None
        reason = (
            "" if complete else f"{counted(broken, 'problem')} in the file: what the broken lines held is not known"
        )
        spans = []
        for source, (start, last) in sorted(self._spans.items()):
            end = self._complete_until or min(last, self._now)
            if start < end:
                spans += [
                    Coverage(
                        source=source, stream=kind, scope="*", start=start, end=end, complete=complete, reason=reason
                    )
                    for kind in sorted(self._streams[source])
                ]
        return tuple(spans)

    def _stretch(self, record: Record) -> None:
        start = occurred_at(record)
        if start is None:
            return
        # The end is excluded: just after an instant, and at the end of a measured day.
        end = start + (timedelta(days=1) if isinstance(record, Measurement) else _INSTANT)
        first, last = self._spans.get(record.source, (start, end))
        self._spans[record.source] = (min(first, start), max(last, end))


class _BrokenOff(Exception):
    """Rolls back what was stored of a file before its first problem."""


def _store_whole(
    store: Store,
    pages: Iterator[list[Record]],
    tally: _Tally,
    problems: ProblemList,
    now: datetime,
) -> Changes:
    changes = Changes()
    try:
        with store.begin() as connection:
            for page in pages:
                _break_off_at(problems)
                changes += put_records(connection, page, now)
            _break_off_at(problems)
            _finish(connection, changes, tally.coverage(broken=0))
    except _BrokenOff:
        # Left at once, not at the end of the file: nobody should wait for a transaction that comes to nothing.
        return Changes()
    return changes


def _break_off_at(problems: ProblemList) -> None:
    if problems.found:
        raise _BrokenOff


def _finish(connection: Connection, changes: Changes, spans: tuple[Coverage, ...]) -> None:
    covered = put_coverage(connection, spans)
    if changes.changed or covered:
        move_version(connection)


def _store_page_by_page(store: Store, pages: Iterator[list[Record]], now: datetime) -> Changes:
    changes = Changes()
    for page in pages:
        changes += write_page(store, page, seen_at=now)
    return changes


def _pages(records: Iterator[Record]) -> Iterator[list[Record]]:
    while page := list(islice(records, PAGE)):
        yield page
