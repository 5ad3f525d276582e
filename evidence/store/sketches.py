"""Pipeline runs at a glance: when they were, and what ties them to other records, without the rest of them.

Runs are most of what a store holds, and most of them are old ones that no reading of these days looks at. Whether that
is so has to be told of each of them; reading it for that takes a tenth of the time of reading all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec

from mlops_maturity.evidence.signals.weeks import local_day
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.rows import RecordRow, rows_of

_HOUR = timedelta(hours=1)
_MOMENT = timedelta(microseconds=1)
_UP_TO_THE_HOUR = len("2026-11-22T13")


class _Attributes(msgspec.Struct, gc=False):
    shared_workflows: Any = None


class RunSketch(msgspec.Struct):
    """What is told of a pipeline run beside its outcome, its jobs and its attributes."""

    source: str
    id: str
    attempt: int = 1
    repository: str | None = None
    ref: str | None = None
    sha: str | None = None
    queued_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    attributes: _Attributes | None = None
    row: Any = None
    """What is stored of it, as a `RecordRow`."""
    first: int = 0
    """The local day of its first instant, as an ordinal; 0 = it has none."""
    last: int = 0

    @property
    def at(self) -> int | None:
        """The instant that it is filed under, in microseconds."""
        return cast(RecordRow, self.row).at

    @property
    def shared_workflows(self) -> Any:
        """What it says of the workflows of other repositories that it used; None where nothing."""
        return None if self.attributes is None else self.attributes.shared_workflows


_DECODER = msgspec.json.Decoder(RunSketch)


def read_sketches(store: Store, numbers: Sequence[int], zone: ZoneInfo) -> list[RunSketch]:
    """The pipeline runs in these rows, in no order; rows that are not there any more are passed over."""
    return list(_sketches(store, numbers, _ordinals(zone)))


def _sketches(store: Store, numbers: Sequence[int], ordinal: Callable[[str], int]) -> Iterator[RunSketch]:
    decode = _DECODER.decode
    for row in rows_of(store, numbers):
        sketch = decode(row.payload)
        sketch.row = row
        moments = [moment for moment in (sketch.queued_at, sketch.started_at, sketch.finished_at) if moment is not None]
        if moments:
            # In this form, the order of texts is that of instants, but within a second.
            first, last = min(moments), max(moments)
            sketch.first = ordinal(first)
            sketch.last = ordinal(last)
        yield sketch


@cache
def _ordinals(zone: ZoneInfo) -> Callable[[str], int]:
    """From an instant as it is written to the ordinal of its local day; remembers hours."""
    known: dict[str, int | None] = {}

    def ordinal(moment: str) -> int:
        hour = moment[:_UP_TO_THE_HOUR]
        found = known.get(hour, 0) if moment[-1:] == "Z" else None
        if found == 0:
            found = known[hour] = _day_of_hour(hour, zone)
        return found or local_day(datetime.fromisoformat(moment), zone).toordinal()

    return ordinal


def _day_of_hour(hour: str, zone: ZoneInfo) -> int | None:
    """The local day of a whole hour; None where it has two, or clocks are set within."""
    start = datetime.fromisoformat(f"{hour}:00:00+00:00")
    try:
        ends = [moment.astimezone(zone) for moment in (start, start + _HOUR - _MOMENT)]
    except OverflowError:
        return None
    same = ends[0].utcoffset() == ends[1].utcoffset() and ends[0].date() == ends[1].date()
    return ends[0].toordinal() if same else None
