"""Records at a glance: what they name, and of pipeline runs when they were and what ties them to other records.

Runs are most of what a store holds, and most of them are old ones that no reading of these days looks at. Whether that
is so has to be told of each of them, and so does whose a record is: both stand in narrow rows of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from mlops_maturity.evidence.records import RECORD
from mlops_maturity.evidence.signals.weeks import local_day
from mlops_maturity.evidence.store.columns import from_micros, to_micros
from mlops_maturity.evidence.store.rows import RecordRow

_FIELDS = ("repository", "experiment", "model", "name", "subject", "run")
_ATTRIBUTES = ("labels", "experiment", "shared_workflows")
_HOUR = timedelta(hours=1)
_MOMENT = timedelta(microseconds=1)
_MICROS_OF_HOUR = 3_600_000_000
_NOTHING = msgspec.Raw(b"")
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Names(NamedTuple):
    """What a record names: all that has to be known to tell whose it is."""

    source: str
    kind: str
    own: str | None
    """The id of a run that a version names."""
    repository: str | None
    experiment: str | None
    model: str | None
    name: str | None
    subject: str | None
    run: str | None
    """The run that a version names."""
    labels: str
    """The attribute, as JSON; empty where it is not there."""
    tracked: str
    """The attribute `experiment`, as JSON."""

    @property
    def text(self) -> str:
        """As it is stored; the same for the same names."""
        return msgspec.json.encode(self).decode()


class Sketch(NamedTuple):
    """A record at a glance, as it is stored: the columns of `tables.sketch`. Instants in microseconds since 1970."""

    outline: int
    """What it names, by number."""
    number: int
    """The row that holds it."""
    content: int
    """Another number where the content is another one."""
    at: int | None
    """The instant it is filed under."""
    first_at: int | None = None
    """Of a pipeline run, its first instant."""
    last_at: int | None = None
    id: str | None = None
    """Of a pipeline run."""
    attempt: int = 0
    ref: str | None = None
    sha: str | None = None
    shared_workflows: int | None = None
    """What a pipeline run says of the workflows of other repositories: 1 = it used some, 0 = none, None = nothing."""


class _Attributes(msgspec.Struct, gc=False):
    labels: msgspec.Raw = _NOTHING
    experiment: msgspec.Raw = _NOTHING
    shared_workflows: Any = None


class _Told(msgspec.Struct, gc=False):
    repository: str | None = None
    experiment: str | None = None
    model: str | None = None
    name: str | None = None
    subject: str | None = None
    run: str | None = None
    queued_at: _Moment | None = None
    started_at: _Moment | None = None
    finished_at: _Moment | None = None
    ref: str | None = None
    sha: str | None = None
    attributes: _Attributes | None = None


_DECODER = msgspec.json.Decoder(_Told)


def sketch_of(row: RecordRow) -> tuple[Names, Sketch]:
    """What a stored record names, and what is told of it; without the number of its outline, and as if no version
    named it."""
    told = _told(row.payload)
    attributes = told.attributes
    names = Names(
        row.source, row.kind, None, told.repository, told.experiment, told.model, told.name, told.subject, told.run,
        bytes(attributes.labels).decode() if attributes else "",
        bytes(attributes.experiment).decode() if attributes else "",
    )  # fmt: skip
    if row.kind != "pipeline_run":
        return names, Sketch(0, row.number, row.content, row.at)
    moments = [moment for moment in (told.queued_at, told.started_at, told.finished_at) if moment is not None]
    shared = attributes.shared_workflows if attributes else None
    return names, Sketch(
        0, row.number, row.content, row.at,
        to_micros(min(moments)) if moments else None, to_micros(max(moments)) if moments else None,
        row.id, row.attempt, told.ref, told.sha, int(bool(shared)) if isinstance(shared, list) else None,
    )  # fmt: skip


def _told(payload: str) -> _Told:
    try:
        return _DECODER.decode(payload)
    except msgspec.MsgspecError:  # a text of another hand than ours
        content = RECORD.validate_json(payload).model_dump()
    attributes = content["attributes"]
    raw = {name: msgspec.Raw(msgspec.json.encode(attributes.get(name))) for name in ("labels", "experiment")}
    told = {name: content[name] for name in _Told.__struct_fields__ if name != "attributes" and name in content}
    return _Told(**told, attributes=_Attributes(**raw, shared_workflows=attributes.get("shared_workflows")))


def read_names(text: str) -> Names:
    """Names from their stored text."""
    return Names(*msgspec.json.decode(text))


def hash_of(text: str) -> str:
    """What names are found by."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def run_key(source: str, identity: str) -> int:
    """What a training run is found by that a version names; two that share it are only kept apart needlessly."""
    told = blake2b(f"{len(source)} {source}{identity}".encode(), digest_size=8).digest()
    return int.from_bytes(told, signed=True)


class RunSketch(msgspec.Struct, gc=False):
    """A pipeline run at a glance, with local days."""

    source: str
    repository: str | None
    number: int
    content: int
    at: int | None
    first: int
    """The local day of its first instant, as an ordinal; 0 = it has none."""
    last: int
    id: str
    attempt: int
    ref: str | None
    sha: str | None
    shared_workflows: int | None
    """See `Sketch`."""


@cache
def ordinals(zone: ZoneInfo) -> Callable[[int | None], int]:
    """From an instant in microseconds to the ordinal of its local day, 0 of none; remembers hours."""
    known: dict[int, int | None] = {}

    def ordinal(micros: int | None) -> int:
        if micros is None:
            return 0
        hour = micros // _MICROS_OF_HOUR
        found = known.get(hour, 0)
        if found == 0:
            found = known[hour] = _day_of_hour(hour, zone)
        return found or local_day(from_micros(micros), zone).toordinal()

    return ordinal


def _day_of_hour(hour: int, zone: ZoneInfo) -> int | None:
    """The local day of a whole hour; None where it has two, or clocks are set within."""
    start = from_micros(hour * _MICROS_OF_HOUR)
    try:
        ends = [moment.astimezone(zone) for moment in (start, start + _HOUR - _MOMENT)]
    except OverflowError:
        return None
    same = ends[0].utcoffset() == ends[1].utcoffset() and ends[0].date() == ends[1].date()
    return ends[0].toordinal() if same else None
