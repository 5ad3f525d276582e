"""What is done to every record before it is stored: no time from the future, nothing that can't have been.

The rule is that of imports (`evidence.record_sense`), so that whatever is stored can be exported and taken in again. An
import refuses, because who wrote the file can correct it. Here nobody can: a wrong part is left out, as not known, and
the rest is kept; only what is wrong without it too is refused. Both are counted and named in the outcome.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mlops_maturity.evidence.record_sense import (
    EARLIEST,
    LARGEST_WHOLE,
    LONGEST_ID,
    ORDER,
    PLAIN_ADDRESS,
    TIMES,
    faults_of,
    too_early,
)
from mlops_maturity.evidence.records import Record

LEFT_OUT = "left_out"
"""Attribute of a record that names what was left out; of instants with what the source said."""
_EARLIEST = datetime(EARLIEST.year, EARLIEST.month, EARLIEST.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """A record as it can be stored, and what was done to it."""

    record: Record | None
    """None where it can't be stored."""
    clamped: int = 0
    """Instants in the future, set to now."""
    remark: str = ""
    """Which record, and what was wrong; empty where nothing was."""


def judged(given: Record, now: datetime) -> Judged:
    """The record without what can't have been."""
    if _is_plain(given, now):
        return Judged(given)
    record, late = clamp(given, now)
    faults = list(faults_of(record, now))
    if not faults:
        return Judged(record, late)
    remark = f"{_named(record)}: {faults[0][0]} {faults[0][1]}"
    mended = _without(record, {path for path, _ in faults})
    sound = not any(faults_of(mended, now))
    return Judged(mended if sound else None, late, remark)


def clamp(record: Record, now: datetime) -> tuple[Record, int]:
    """The record with each instant later than `now` set to `now`, and how many those were.

    Clocks of clients run ahead; a fact from tomorrow would stay the newest one until then.
    """
    fields = record.__dict__
    late = {name: now for name in TIMES[record.kind] if _is_late(fields[name], now)}
    return (record.model_copy(update=late), len(late)) if late else (record, 0)


def storable(records: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """The records that a store can hold, and one line for each that it can't: which, and why."""
    kept: list[Record] = []
    refused: list[str] = []
    for record in records:
        reason = _unstorable(record)
        if reason is None:
            kept.append(record)
        else:
            refused.append(f"{_named(record)}: {reason}")
    return kept, refused


def _is_late(value: Any, now: datetime) -> bool:
    return isinstance(value, datetime) and value > now


def _is_plain(record: Record, now: datetime) -> bool:
    """Whether a quick look shows that nothing is wrong; nearly always so, and six times as quick as a close one."""
    fields, kind = record.__dict__, record.kind
    if kind == "measurement":
        return False
    for name in TIMES[kind]:
        moment = fields[name]
        if moment is not None and not _EARLIEST <= moment <= now:
            return False
    for begin, end in ORDER.get(kind, ()):
        begun, ended = fields[begin], fields[end]
        if begun is not None and ended is not None and ended < begun:
            return False
    url = fields["url"]
    if url is not None and not PLAIN_ADDRESS.fullmatch(url):
        return False
    for name, value in fields.items():
        if value and name != "attributes" and not _is_plain_value(value):
            return False
    attributes = fields["attributes"]
    return all(type(part) is int or not part or _is_plain_value(part) for part in (*attributes, *attributes.values()))


def _is_plain_value(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return len(value) <= LONGEST_ID and bool(value.isprintable())
    if kind is int:
        return bool(0 <= value <= LARGEST_WHOLE)
    return kind is datetime or kind is bool


def _without(record: Record, wrong: set[str]) -> Record:
    """The record without those of its fields that can be left out: of two instants in the wrong order the first one.

    An end that is left out would say that it still goes on.
    """
    fields = record.__dict__
    out = {name for name in TIMES[record.kind] if fields[name] is not None and too_early(_day(fields[name]))}
    pairs = ORDER.get(record.kind, ())
    for begin, end in pairs:
        if begin not in out and end not in out and fields[begin] and fields[end] and fields[end] < fields[begin]:
            out.add(begin)
    out |= wrong - {end for _, end in pairs}
    optional = {
        name: fields[name]
        for name in sorted(out)
        if name in type(record).model_fields and type(record).model_fields[name].default is None
    }
    if not optional:
        return record
    said = {name: value.isoformat() if isinstance(value, datetime) else None for name, value in optional.items()}
    return record.model_copy(
        update={**dict.fromkeys(optional), "attributes": {**record.attributes, LEFT_OUT: said}},
    )


def _day(moment: Any) -> Any:
    return moment.date() if isinstance(moment, datetime) else moment


def _named(record: Record) -> str:
    return f"{record.kind} {ascii(record.id)[1:-1][:80]}"


def _unstorable(record: Record) -> str | None:
    try:
        text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeError:
        return "its text holds half of a surrogate pair"
    except (ValueError, TypeError) as error:
        return f"it can't be written as JSON: {error}"
    return "its id holds a NUL" if "\0" in record.id else None
