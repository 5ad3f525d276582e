"""Small figures that several signals share: medians that occurred, intervals, shares, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import sqrt

from mlops_maturity.evidence.alert_merging import parts_of
from mlops_maturity.evidence.records import Incident, Record
from mlops_maturity.evidence.signals.interface import Measured, Proof

SAMPLE = 20
"""How many records a proof names at most."""
_Z95 = 1.959963984540054
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def lower_median(values: Iterable[float]) -> float:
    """The middle value, of an even number the smaller of the two: a value that occurred. Raises IndexError for none."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a rate, in percent. Source: E. B. Wilson, JASA 22 (1927) 209-212."""
    rate, weight = hits / trials, _Z95**2 / trials
    centre = (rate + weight / 2) / (1 + weight)
    spread = _Z95 * sqrt(rate * (1 - rate) / trials + weight / (4 * trials)) / (1 + weight)
    return 100 * max(0.0, centre - spread), 100 * min(1.0, centre + spread)


def rate_note(hits: int, trials: int) -> str:
    """A rate in words: its counts and its interval."""
    low, high = wilson(hits, trials)
    return f"{hits} of {trials}, 95 % interval {low:.0f} to {high:.0f} %"


def hours(start: datetime, end: datetime) -> float:
    """Hours that passed from one instant to the other."""
    return (end - start) / _HOUR


def days(start: datetime, end: datetime) -> float:
    """Days of 24 hours that passed from one instant to the other."""
    return (end - start) / _DAY


def proof(records: Sequence[Record]) -> Proof:
    """How many records, and the newest few of them (the records are in order of time); of a merged one all parts."""
    more = sum(len(parts_of(record)) - 1 for record in records if isinstance(record, Incident))
    named = [(source, r.kind, identity, url) for r in records[-SAMPLE:] for source, identity, url in parts_of(r)]
    return Proof(count=len(records) + more, sample=tuple(named[-SAMPLE:]))


def notes(*parts: str) -> str:
    """Remarks in one line; empty ones are left out."""
    return "; ".join(part for part in parts if part)


def counted(number: int, what: str) -> str:
    """`3 left out`, or nothing where there are none."""
    return f"{number} {what}" if number else ""


def share(judged: Sequence[tuple[bool | None, Record]], *, remarks: Sequence[str] = ()) -> Measured:
    """The percentage of yes among what could be judged; None is unknown and only lowers `seen`.

    Raises ZeroDivisionError where nothing could be judged: say why there is no value instead.
    """
    verdicts = [verdict for verdict, _ in judged if verdict is not None]
    yes, known = sum(verdicts), len(verdicts)
    return Measured(
        value=100 * yes / known,
        seen=known,
        scope=len(judged),
        opportunities=known,
        proof=proof([record for verdict, record in judged if verdict is not None]),
        note=notes(rate_note(yes, known), counted(len(judged) - known, "unknown"), *remarks),
    )
