"""MLflow's times: milliseconds since the epoch, set by the clients that log, so sometimes impossible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 253_402_300_799_000
"""The end of the year 9999, the last that Python's calendar holds."""


def to_ms(instant: datetime) -> int:
    """Milliseconds since the epoch, rounded down."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int | None) -> datetime | None:
    """The instant; None where there is none, or one before the epoch. Beyond the calendar becomes its end."""
    if ms is None or ms <= 0:
        return None
    return _EPOCH + timedelta(milliseconds=min(int(ms), _LAST_MS))
