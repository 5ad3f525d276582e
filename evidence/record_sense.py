"""What no record can be, whoever wrote it: over before it began, from before there were systems, of no known signal.

Asked of what people hand in, and of what collectors read: an import refuses it, a collector leaves out what is wrong
(`collectors.sanity`), as nobody could correct the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, get_args

from pydantic import BaseModel

from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.evidence.json_problems import HALF_A_PAIR, TOLERANCE, future_reason, path_of
from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.web_address import address_fault

LONGEST_ID = 500
"""Characters an id or the name of a source or signal may have: PostgreSQL indexes no key that is much longer."""
LONGEST_TEXT = 4_000
"""Characters any other text of a record may have; what is longer is no name."""
LARGEST_WHOLE = 2**31 - 1
EARLIEST = date(1970, 1, 1)
"""No system of ours kept records before."""
OWN_SIGNAL = "user."
"""What the ids of signals begin with that users define by pushing them."""

Fault = tuple[str, str]
"""Dotted path and reason."""

TYPES: Mapping[str, type[BaseModel]] = {model.model_fields["kind"].default: model for model in get_args(Record)}
TIMES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(name for name in model.model_fields if name.endswith("_at") or name == "on")
    for kind, model in TYPES.items()
}
ORDER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "pipeline_run": (("queued_at", "finished_at"), ("started_at", "finished_at")),
    "deployment": (("started_at", "finished_at"),),
    "change": (("created_at", "first_review_at"), ("created_at", "merged_at")),
    "incident": (("detected_at", "acknowledged_at"), ("detected_at", "resolved_at")),
    "training_run": (("started_at", "finished_at"),),
    "model_alias": (("first_seen_at", "last_seen_at"),),
}
"""Kind to pairs of instants of which the first is never the later one; commits have the clocks of their authors."""
_KEYS = ("source", "id", "signal")
PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9./_#-]*")
"""What is a web address at first sight."""
_WHOLES: Mapping[str, tuple[str, ...]] = {
    "pipeline_run": ("attempt",),
    "change": ("number", "approvals"),
    "training_run": ("params", "metrics"),
}


def faults_of(
    record: Record, now: datetime, *, signals: Collection[str] | None = None, closely: bool = True
) -> Iterator[Fault]:
    """What is wrong with a record that is right field by field; `now` is aware.

    `signals` are those there are; None = any is taken. Without `closely`, texts are not looked at for their length
    and for characters that no store holds: for whoever knows already that there can be none.
    """
    kind, fields = record.kind, record.__dict__  # asked of every line, and quicker than attribute by attribute
    yield from _times(kind, fields, now)
    for name in _WHOLES.get(kind, ()):
        yield from _whole(name, fields[name])
    yield from _names(fields)
    if closely:
        yield from _unstorable(fields)
    if fields["attributes"] and not _is_finite(fields["attributes"]):
        for path in _not_finite(fields["attributes"]):
            yield path_of(("attributes", *path)), "is NaN or infinite; leave it out where it is not known"
    if kind == "measurement":
        yield from _of_measurement(fields, signals, "scope" in record.model_fields_set)


def signal_fault(signal: str, known: Collection[str]) -> str | None:
    """Why there is no such signal; None where there is, or it is the user's own."""
    if signal in known or (signal.startswith(OWN_SIGNAL) and len(signal) > len(OWN_SIGNAL)):
        return None
    return (
        f"{signal[:80]!r} is no known signal{did_you_mean(signal, known, listed=0)}; docs/signals.md lists them, "
        f"and one of your own begins with {OWN_SIGNAL}"
    )


def early_reason(moment: object) -> str:
    """Why a date before there were systems is refused."""
    return f"{moment} lies before {EARLIEST}; leave it out where it is not known"


def too_early(moment: date) -> bool:
    """Whether a day lies before there was anything to record."""
    return moment < EARLIEST


def _times(kind: str, fields: Mapping[str, Any], now: datetime) -> Iterator[Fault]:
    latest = now + TOLERANCE
    for name in TIMES[kind]:
        moment: datetime | date | None = fields[name]
        if moment is None:
            continue
        instant = moment if isinstance(moment, datetime) else datetime(*moment.timetuple()[:3], tzinfo=UTC)
        if instant > latest:
            yield name, future_reason(moment, now)
        elif moment.year < EARLIEST.year:
            yield name, early_reason(moment)
    for first, then in ORDER.get(kind, ()):
        begun, ended = fields[first], fields[then]
        if begun is not None and ended is not None and ended < begun:
            yield then, f"{ended} lies before {first} ({begun}); swap them, or leave out what is not known"


def _whole(name: str, number: int | None) -> Iterator[Fault]:
    if number is not None and not 0 <= number <= LARGEST_WHOLE:
        yield name, f"should be 0 to {LARGEST_WHOLE:,}; leave it out where it is not known"


def _names(fields: Mapping[str, Any]) -> Iterator[Fault]:
    for name in _KEYS:
        text = fields.get(name)
        if text is not None and len(text) > LONGEST_ID:
            yield name, f"has {len(text):,} characters; at most {LONGEST_ID} can be stored"
    url = fields["url"]
    fault = "" if url is None or PLAIN_ADDRESS.fullmatch(url) else address_fault(url)
    if fault:
        yield "url", fault


def _unstorable(fields: Mapping[str, Any]) -> Iterator[Fault]:
    for path, text in _texts(fields):
        if "\0" in text:
            yield path_of(path), "holds a NUL character, which can't be stored"
        elif len(text) > LONGEST_TEXT and path[0] not in (*_KEYS, "attributes", "tags"):
            yield path_of(path), f"has {len(text):,} characters; at most {LONGEST_TEXT:,} are taken as a name"
        elif not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
            yield path_of(path), HALF_A_PAIR


def _texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in it and its place; the keys of free-form parts as well."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, BaseModel):
        yield from _texts(value.__dict__, path)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from ((path, key),) if path else ()
            yield from _texts(part, (*path, _short(key)))
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _texts(part, (*path, index))


def _short(key: str) -> str:
    text = key[:60]
    return text if text.isprintable() else ascii(text)


def _of_measurement(
    fields: Mapping[str, Any], signals: Collection[str] | None, scope_is_written: bool
) -> Iterator[Fault]:
    signal, subject, seen, scope = (fields[name] for name in ("signal", "subject", "seen", "scope"))
    fault = None if signal is None or signals is None else signal_fault(signal, signals)
    if fault is not None:
        yield "signal", fault
    if subject is not None and not subject.strip():
        yield "subject", "should not be empty; name the team, model or repository that was measured"
    if scope_is_written and seen is not None and scope is not None and seen > scope:
        yield "seen", seen_reason(seen, scope)


def seen_reason(seen: float, scope: float) -> str:
    """Why more seen than there is to see is refused."""
    return f"{seen:g} seen of {scope:g} (scope) can't be; scope counts everything there is to see"


def _is_finite(value: Any) -> bool:
    """Whether no number in it is NaN or infinite; quick, because every line is asked."""
    if isinstance(value, dict):
        return all(isinstance(part, str) or _is_finite(part) for part in value.values())
    if isinstance(value, list):
        return all(isinstance(part, str) or _is_finite(part) for part in value)
    return not isinstance(value, float) or math.isfinite(value)


def _not_finite(value: Any) -> Iterator[Sequence[str | int]]:
    if isinstance(value, float) and not math.isfinite(value):
        yield ()
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from ((_short(key), *path) for path in _not_finite(part))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from ((index, *path) for path in _not_finite(part))
