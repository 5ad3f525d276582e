"""What a signal is: a pure function from the records of a team in a window to a reading, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from mlops_maturity.evidence.records import RecordKind
from mlops_maturity.evidence.signals.streams import Stream
from mlops_maturity.evidence.signals.view import TeamView

MissingReason = Literal[
    "no_records",         # the sources are read, and hold nothing of this kind for the team
    "not_covered",        # the span was never read, or not completely
    "not_configured",     # a setting that this signal needs is not there
    "unsupported",        # the source can't tell
    "forbidden",          # the source refused to tell
    "insufficient_data",  # too little to judge by: too few weeks, runs, deployments
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proof:
    """The records a reading rests on: how many, and a bounded sample of `(source, kind, id)` and link."""

    count: int
    sample: tuple[tuple[str, str, str, str | None], ...] = ()

    # Equal by what it says, also to one that the store has not taken apart yet.
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Proof):
            return NotImplemented
        return (self.count, self.sample) == (other.count, other.sample)

    def __hash__(self) -> int:
        return hash((self.count, self.sample))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A signal's value over a window. All numbers finite; see `scoring.evidence.Reading` for the meaning."""

    value: float
    seen: float
    scope: float
    opportunities: float
    proof: Proof
    note: str = ""
    """What a reader should know beside the number: `3 open, oldest 12 d`, an interval, a caveat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Why there is no value."""

    reason: MissingReason
    detail: str
    """One sentence that names what is missing and the next step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Local days `first` to `last`, both included, cut in the organisation's time zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        """How many calendar days it spans."""
        return (self.last - self.first) // timedelta(days=1) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A registered signal."""

    id: str
    """`system.name`, for example `ci.lead_time_hours`."""
    title: str
    unit: str
    window_days: int
    better: Literal["higher", "lower"]
    needs: tuple[Stream, ...]
    """What it can't do without: where none of them is covered, it is missing."""
    source: str
    """Where the formula comes from."""
    measure: Callable[[TeamView, Window], Measured | Missing]
    snapshot_only: bool = False
    """Only a snapshot shows it: its history starts when we first looked."""
    reads: tuple[RecordKind, ...] = ()
    """All kinds of record that a reading hangs on, beside on which days these and what the signal needs are known. A
    reading that no change reaches stays. Empty: on anything a team has."""
    reaches: Literal["window", "past"] = "window"
    """Of those records: only on such of whose instants one lies in the window, or on what began before its end. What is
    named by another record counts as begun when that one did. Set with care: a test tries each signal that says so."""
    hangs_on: Callable[[TeamView], Iterable[tuple[date | None, str]]] | None = None
    """What else a reading hangs on, of whatever time or of other teams, in words: from which day on it does (None =
    on all days). Where such a word comes or goes, the readings from its week on are computed again."""
