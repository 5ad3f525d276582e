"""What is done to every record before it is stored: no time from the future, nothing that no store can hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mlops_maturity.evidence.records import Record


def clamp(record: Record, now: datetime) -> tuple[Record, int]:
    """The record with each instant later than `now` set to `now`, and how many those were.

    Clocks of clients run ahead; a fact from tomorrow would stay the newest one until then.
    """
    late = {name: now for name in type(record).model_fields if _is_late(getattr(record, name), now)}
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
            refused.append(f"{record.kind} {ascii(record.id)[1:-1][:80]}: {reason}")
    return kept, refused


def _is_late(value: Any, now: datetime) -> bool:
    return isinstance(value, datetime) and value > now


def _unstorable(record: Record) -> str | None:
    try:
        text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeError:
        return "its text holds half of a surrogate pair"
    except (ValueError, TypeError) as error:
        return f"it can't be written as JSON: {error}"
    return "its id holds a NUL" if "\0" in record.id else None
