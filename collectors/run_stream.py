"""One run of one stream: its pages committed one by one, and how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mlops_maturity.collectors.interface import (
    Collector,
    Cursor,
    Forbidden,
    Page,
    ReadRequest,
    SourceError,
    Stream,
    Unauthorized,
    Unsupported,
)
from mlops_maturity.collectors.run_outcome import EXAMPLES, Progressed, State, StreamOutcome
from mlops_maturity.collectors.run_texts import told
from mlops_maturity.collectors.sanity import Judged, judged, storable
from mlops_maturity.config.plural import counted
from mlops_maturity.config.settings import Settings, SourceSettings
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.coverage import merged
from mlops_maturity.evidence.store.cursors import CursorUpdate, read_cursor
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.lease import Lease, LeaseLost
from mlops_maturity.evidence.store.records import write_page

STOPPED = "stopped; the next collect goes on from here"
_LASTING = ("retention", "unsupported", "not configured", "no data before", "no data on")
"""How reasons begin that no later run would change: told, and no failure of this one."""
_MAY_BE_CUT = ("unreachable", "error", "partial")
"""What it looks like when a request is cut off at the deadline."""
_BACKFILL = "unfinished_backfill"
"""Key beside a stream's own in its cursor: since when a backfill reads that has not come to its end."""
Build = Callable[[SourceSettings, Settings], Collector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a whole run is asked for, the same for each source."""

    store: Store
    settings: Settings
    now: datetime
    since: datetime
    backfill: bool
    build: Build
    progress: Callable[[Progressed], None]
    clock: Callable[[], float]
    begun: float
    """What `clock` said at `now`."""
    stop: threading.Event
    pause: Callable[[float], object]

    def time(self) -> datetime:
        """`now` and what has passed since."""
        return self.now + timedelta(seconds=self.clock() - self.begun)


@dataclass(slots=True)
class _Tally:
    seen: int = 0
    changed: int = 0
    clamped: int = 0
    mended: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    spans: dict[tuple[str, str], list[Coverage]] = field(default_factory=dict)
    """By record kind and scope, what the collector says it could and could not read."""

    def cover(self, given: Sequence[Coverage]) -> None:
        """Take in what a page says; what a later page reads is no gap any more."""
        for span in given:
            key = span.stream, span.scope
            self.spans[key] = merged([*self.spans.get(key, ()), span])

    def judge(self, found: Judged) -> None:
        """Count what was done to a record."""
        self.clamped += found.clamped
        if found.remark:
            (self.refused if found.record is None else self.mended).append(found.remark)

    @property
    def gaps(self) -> list[Coverage]:
        """What is left unread."""
        return [span for spans in self.spans.values() for span in spans if not span.complete]

    def outcome(self, stream: str, state: State, reason: str) -> StreamOutcome:
        remarks = [*([reason] if reason else []), *dict.fromkeys(self.warnings)]
        gaps = self.gaps
        if gaps:
            remarks.append(_gap(gaps[0]))
        if self.refused:
            remarks.append(f"{len(self.refused)} objects make no valid record, first {self.refused[0]}")
        if self.mended:
            told = f"{counted(len(self.mended), 'record')} can't have been as the source tells"
            remarks.append(f"{told}; what is wrong was left out, first {self.mended[0]}")
        if self.clamped:
            remarks.append(f"{self.clamped} times in the future were set to now; look at the clocks")
        if state == "ok" and (self.refused or any(not gap.reason.startswith(_LASTING) for gap in gaps)):
            state = "partial"
        return StreamOutcome(
            stream=stream,
            state=state,
            reason="; ".join(remarks),
            rows_seen=self.seen,
            rows_changed=self.changed,
            clamped=self.clamped,
            mended=len(self.mended),
            mended_examples=tuple(self.mended[:EXAMPLES]),
            refused=len(self.refused),
            refused_examples=tuple(self.refused[:EXAMPLES]),
        )


class StreamRun:
    """Reads one stream of a source once, until its end or the deadline."""

    def __init__(
        self,
        task: Task,
        source: SourceSettings,
        stream: Stream,
        lease: Lease,
        deadline: float,
        run: int | None = None,
    ) -> None:
        """`deadline` is in the time of the task's clock; `run` is the row that counts what is stored."""
        self._task, self._source, self._stream = task, source, stream
        self._lease, self._deadline = lease, deadline
        self._run = run
        self._tally = _Tally()
        self._mark: str | None = None
        self._cursor: Cursor | None = None

    def go(self, collector: Collector) -> StreamOutcome:
        """Everything, to the last page. Raises LeaseLost; whatever else goes wrong is in the outcome."""
        reason = self._why_stop()
        if reason:
            return self._outcome("partial", reason)
        try:
            reason = self._pages(collector)
        except LeaseLost:
            raise
        except SourceError as error:
            self._note_unknown(error)
            return self._outcome(state_of(error), str(error))
        except Exception as error:  # noqa: BLE001 - the boundary: one stream's fault leaves the others alone
            return self._outcome("error", told(error, self._source))
        return self._outcome("partial" if reason else "ok", reason)

    def _outcome(self, state: State, reason: str) -> StreamOutcome:
        if self._task.stop.is_set() and state != "ok":
            state, reason = "partial", STOPPED  # what failed then failed because connections were ended
        elif state in _MAY_BE_CUT and self._task.clock() >= self._deadline:
            state, reason = "partial", deadline_text(self._source)
        return self._tally.outcome(self._stream.name, state, reason)

    def _pages(self, collector: Collector) -> str:
        """Commits page by page; why it stopped before the end, or nothing."""
        self._tell("asking")
        pages = collector.read(self._stream, self._request())
        try:
            for page in pages:
                self._commit(page)
                self._tell(page.progress, page.done)
                reason = "" if page.done is not None and page.done >= 1 else self._why_stop()
                if reason:
                    return reason
        finally:
            _close(pages)
        if self._mark is not None and self._cursor is not None:
            self._mark = None
            self._write(Page(records=(), cursor=self._cursor), [])
        return ""

    def _request(self) -> ReadRequest:
        """What to ask for. A backfill that was cut short goes on at its cursor when the same one is asked for again."""
        stored = read_cursor(self._task.store, self._source.id, self._stream.name)
        unfinished, wanted = stored.pop(_BACKFILL, None), self._task.since.isoformat()
        self._mark = wanted if self._task.backfill else unfinished
        return ReadRequest(
            now=self._task.now,
            since=self._task.since,
            cursor=stored,
            backfill=self._task.backfill and unfinished != wanted,
        )

    def _commit(self, page: Page) -> None:
        self._tally.refused += page.refused
        records = []
        for given in page.records:
            found = judged(given, self._task.now)
            self._tally.judge(found)
            if found.record is not None:
                records.append(found.record)
        self._tally.warnings += page.warnings
        self._tally.cover(page.coverage)
        try:
            changes = self._write(page, records)
        except ValueError:
            kept, refused = storable(records)
            if not refused:
                raise
            self._tally.refused += refused
            changes = self._write(page, kept)
        self._tally.seen += changes.seen
        self._tally.changed += changes.changed

    def _write(self, page: Page, records: Sequence[Record]) -> Changes:
        self._cursor = page.cursor
        cursor = page.cursor if self._mark is None else {**page.cursor, _BACKFILL: self._mark}
        return write_page(
            self._task.store,
            records,
            cursor=CursorUpdate(source=self._source.id, stream=self._stream.name, cursor=cursor),
            coverage=page.coverage,
            seen_at=self._task.time(),
            lease=self._lease,
            run=self._run,
            present=(self._source.id, page.present) if page.present else None,
        )

    def _note_unknown(self, error: SourceError) -> None:
        """Says in the store that, and why, the span is not known; what was known before stays known."""
        reason = _lasting_reason(error)
        if reason is None:
            return
        spans = [
            Coverage(
                source=self._source.id,
                stream=kind,
                scope=self._stream.scope,
                start=self._task.since,
                end=self._task.now,
                complete=False,
                reason=reason,
            )
            for kind in self._stream.kinds
        ]
        write_page(self._task.store, [], coverage=spans, seen_at=self._task.time(), lease=self._lease)

    def _why_stop(self) -> str:
        if self._task.stop.is_set():
            return STOPPED
        if self._task.clock() >= self._deadline:
            return deadline_text(self._source)
        return ""

    def _tell(self, what: str, done: float | None = None) -> None:
        self._task.progress(
            Progressed(source=self._source.id, stream=self._stream.name, rows=self._tally.seen, what=what, done=done)
        )


def deadline_text(source: SourceSettings) -> str:
    """Why a source is not read any further, for now."""
    return f"the deadline of {source.deadline_s:g} s is over; the next collect goes on from here"


def state_of(error: SourceError) -> State:
    """The state of what ended by this error."""
    state: State = error.state  # type: ignore[assignment]
    return state


def _lasting_reason(error: SourceError) -> str | None:
    """What stands in the coverage; None for what the next run may well read."""
    if isinstance(error, Forbidden | Unauthorized):
        return f"permission: {error}"
    return f"unsupported: {error}" if isinstance(error, Unsupported) else None


def _gap(span: Coverage) -> str:
    return f"{span.scope}: not known from {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC: {span.reason}"


def _close(pages: Iterator[Page]) -> None:
    close = getattr(pages, "close", None)
    if close is not None:
        close()
