"""One line of JSON to one record, or every reason why not."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ValidationError, create_model
from pydantic_core import ErrorDetails

from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.evidence.json_entries import TWICE, decoded_line
from mlops_maturity.evidence.json_problems import fields_of, path_of, reason_of
from mlops_maturity.evidence.record_sense import LONGEST_TEXT, TIMES, TYPES, Fault, faults_of
from mlops_maturity.evidence.records import RECORD, Job, Record

# Text such as "1767225600" passes for a time with pydantic; whether it is seconds or milliseconds is a guess.
_NUMBER = re.compile(r"\s*[-+]?[\d.]+\s*")


def parse_record(line: str, now: datetime, signals: Collection[str] | None = None) -> Record | list[Fault]:
    """The record of a line, or everything that is wrong with it.

    Stricter than what the store takes from collectors: nothing is converted, no number passes for a time, no key is
    there twice, nothing lies more than a day after `now` (aware), and nothing is NaN, infinite or impossible, as
    `record_sense` has it. A measurement is of one of `signals`, or of the user's own; None = of any.
    """
    try:
        record = RECORD.validate_json(line, strict=True)
    except ValidationError as error:
        return _everything_wrong(line, error.errors(include_url=False), now, signals)
    except OverflowError:
        return [("", "holds an instant before year 1 or after year 9999 in UTC")]
    given, twice = decoded_line(line)
    faults = [(path_of(path), TWICE) for path in twice]
    faults += _guessed_times(given, record.kind)
    faults += faults_of(record, now, signals=signals, closely=len(line) > LONGEST_TEXT or "\\u0000" in line)
    return faults or record


def _everything_wrong(
    line: str, errors: list[ErrorDetails], now: datetime, signals: Collection[str] | None
) -> list[Fault]:
    """What is wrong field by field, and what is wrong with the fields that are right."""
    faults = [_fault(details) for details in errors]
    try:
        given, twice = decoded_line(line)
    except (ValueError, RecursionError):
        return faults
    faults += [(path_of(path), TWICE) for path in twice]
    kind = given.get("kind") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in TYPES:
        return faults
    broken = {str(details["loc"][1]) for details in errors if len(details["loc"]) > 1}
    faults += [fault for fault in _guessed_times(given, kind) if fault[0] not in broken]
    rest = {name: value for name, value in given.items() if name not in broken}
    try:
        right = _partial(kind).model_validate_json(json.dumps(rest), strict=True)
    except (ValidationError, OverflowError, ValueError):
        return faults
    record = cast(Record, right.model_copy(update=dict.fromkeys(broken & set(TYPES[kind].model_fields))))
    return faults + list(faults_of(record, now, signals=signals))


@cache
def _partial(kind: str) -> type[BaseModel]:
    """The model of a kind of which nothing is needed: it judges what is there."""
    model = TYPES[kind]
    needed: dict[str, Any] = {
        name: (field.annotation, None) for name, field in model.model_fields.items() if field.is_required()
    }
    return create_model(f"Partial{model.__name__}", __base__=model, **needed)


def _fault(details: ErrorDetails) -> Fault:
    if details["type"] == "union_tag_not_found":
        return "kind", f"is needed: one of {', '.join(TYPES)}"
    if details["type"] == "union_tag_invalid":
        given = str(details["ctx"]["tag"])
        return "kind", f"{given[:80]!r} is no kind of record{did_you_mean(given, TYPES)}"
    if not details["loc"]:
        return "", reason_of(details, ())
    # The first part is the kind by which the line was judged, not a place in it.
    kind, *place = details["loc"]
    model = Job if place[:1] == ["jobs"] and len(place) > 1 else TYPES[str(kind)]
    return path_of(place), reason_of(details, fields_of(model))


def _guessed_times(given: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    for name in TIMES[kind]:
        text = given.get(name)
        if isinstance(text, str) and _NUMBER.fullmatch(text):
            yield name, f"should be a date written out, such as 2026-01-31T12:00:00Z, not {text[:60]!r}"
