"""One line of JSON to one record, or every reason why not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.evidence.json_problems import TOLERANCE, fields_of, future_reason, path_of, reason_of
from mlops_maturity.evidence.records import RECORD, Job, Record

LONGEST_ID = 500
"""Characters an id or the name of a source may have: PostgreSQL indexes no key that is much longer."""

Fault = tuple[str, str]
"""Dotted path and reason."""

_TYPES: Mapping[str, type[BaseModel]] = {model.model_fields["kind"].default: model for model in get_args(Record)}
_TIMES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(name for name in model.model_fields if name.endswith("_at") or name == "on")
    for kind, model in _TYPES.items()
}
# Text such as "1767225600" passes for a time with pydantic; whether it is seconds or milliseconds is a guess.
_NUMBER = re.compile(r"\s*[-+]?[\d.]+\s*")
# Two patterns that begin with fixed text: for those a line is searched several times faster than for either-or.
_SUSPICIOUS = (re.compile(r'_at"\s*:\s*"\s*[-+]?[\d.]+\s*"'), re.compile(r'"on"\s*:\s*"\s*[-+]?[\d.]+\s*"'))


def parse_record(line: str, now: datetime) -> Record | list[Fault]:
    """The record of a line, or what is wrong with it.

    Stricter than what the store takes from collectors: nothing is converted, no number passes for a time, nothing
    lies more than a day after `now` (aware), and nothing is NaN or infinite.
    """
    try:
        record = RECORD.validate_json(line, strict=True)
    except ValidationError as error:
        return [_fault(details) for details in error.errors(include_url=False)]
    except OverflowError:
        return [("", "holds an instant before year 1 or after year 9999 in UTC")]
    faults = [*_guessed_times(line, record), *_future(record, now), *_unstorable(record)]
    return faults or record


def _fault(details: ErrorDetails) -> Fault:
    if details["type"] == "union_tag_not_found":
        return "kind", f"is needed: one of {', '.join(_TYPES)}"
    if details["type"] == "union_tag_invalid":
        given = str(details["ctx"]["tag"])
        return "kind", f"{given!r} is no kind of record{did_you_mean(given, _TYPES)}"
    if not details["loc"]:
        return "", reason_of(details, ())
    # The first part is the kind by which the line was judged, not a place in it.
    kind, *place = details["loc"]
    model = Job if place[:1] == ["jobs"] and len(place) > 1 else _TYPES[str(kind)]
    return path_of(place), reason_of(details, fields_of(model))


def _guessed_times(line: str, record: Record) -> Iterator[Fault]:
    if not any(pattern.search(line) for pattern in _SUSPICIOUS):
        return
    given = json.loads(line)
    for name in _TIMES[record.kind]:
        if isinstance(given.get(name), str) and _NUMBER.fullmatch(given[name]):
            yield name, f"should be a date written out, such as 2026-01-31T12:00:00Z, not {given[name]!r}"


def _future(record: Record, now: datetime) -> Iterator[Fault]:
    latest = now + TOLERANCE
    for name in _TIMES[record.kind]:
        moment: datetime | date | None = getattr(record, name)
        if moment is None:
            continue
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
        if moment > latest:
            yield name, future_reason(getattr(record, name), now)


def _unstorable(record: Record) -> Iterator[Fault]:
    for name, text in (("source", record.source), ("id", record.id)):
        if len(text) > LONGEST_ID:
            yield name, f"has {len(text)} characters; at most {LONGEST_ID} can be stored"
        if "\0" in text:
            yield name, "holds a NUL character, which can't be stored"
    if not _is_finite(record.attributes):
        for path in _not_finite(record.attributes):
            yield path_of(("attributes", *path)), "is NaN or infinite; leave it out where it is not known"


def _is_finite(value: Any) -> bool:
    """Whether no number in it is NaN or infinite; quick, because every line is asked."""
    if isinstance(value, dict):
        return all(isinstance(part, str) or _is_finite(part) for part in value.values())
    if isinstance(value, list):
        return all(isinstance(part, str) or _is_finite(part) for part in value)
    return not isinstance(value, float) or math.isfinite(value)


def _not_finite(value: Any) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, float) and not math.isfinite(value):
        yield ()
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from ((key, *path) for path in _not_finite(part))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from ((index, *path) for path in _not_finite(part))
