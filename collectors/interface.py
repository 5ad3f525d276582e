"""What a collector is: something that yields pages of records, each with the cursor to go on from.

The runner (`collectors.run`) commits every page with its cursor and coverage in one transaction, so a stop at any
moment loses nothing and repeats nothing.

    SourceError                  the source can't be read, with the next step in its text
    ├── Unreachable              refused, timed out, unknown host
    │   └── NoAnswer             reached, but the answer took too long or broke off
    ├── Unauthorized             401, or credentials not configured
    ├── Forbidden                403 on a scope: its stream is unknown, not zero
    │   └── Hidden               404 of a host that answers so for what the token must not see as well
    ├── Unsupported              404 or 501 on an endpoint that this version of the source does not have
    ├── RateLimited              asked to wait longer than a run may; carries `resumes_at`
    └── BadAnswer                not what the interface promises
        └── Failing              5xx to the end of the retries, or another status that says what is wrong
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol

from mlops_maturity.config.settings import Settings, SourceSettings
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Record, RecordKind

Cursor = Mapping[str, Any]
"""JSON-able; only the stream that wrote it reads it. Empty on the first run."""


class SourceError(Exception):
    """The source can't be read; the text names cause and next step, and never holds a credential."""

    state: ClassVar[str] = "error"


class Unreachable(SourceError):
    """Refused, timed out, or unknown host."""

    state = "unreachable"


class NoAnswer(Unreachable):
    """The source was reached, and gave no whole answer to the end of the retries: too slow, or it broke off."""


class Unauthorized(SourceError):
    """The source wants (other) credentials."""

    state = "unauthorized"


class Forbidden(SourceError):
    """The credentials don't reach this scope."""

    state = "forbidden"


class Hidden(Forbidden):
    """Not there, or not for this token: the host gives one answer for both."""


class Unsupported(SourceError):
    """This version of the source does not have the endpoint."""

    state = "unsupported"


class BadAnswer(SourceError):
    """The source failed to the end of the retries, or answered something else than its interface promises."""

    state = "error"


class Failing(BadAnswer):
    """The source says by a status that it failed at this (5xx to the end of the retries), or does not take it (4xx)."""


class RateLimited(SourceError):
    """The source asks for a longer wait than one run may take."""

    state = "partial"

    def __init__(self, text: str, resumes_at: datetime | None) -> None:
        super().__init__(text)
        self.resumes_at = resumes_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One committed step: records, where to go on, and what is known now."""

    records: Sequence[Record]
    cursor: Cursor
    coverage: Sequence[Coverage] = ()
    present: Mapping[RecordKind, Collection[str]] = field(default_factory=dict)
    """Where a complete listing ended: every id of these kinds that the source holds now. The rest is marked gone."""
    refused: Sequence[str] = ()
    """Objects of the source that make no valid record, one line each: which one, and why. They are left out."""
    warnings: Sequence[str] = ()
    """What the user should look at, such as a name in the settings that the source does not know; nothing failed."""
    progress: str = ""
    """Where we are, for the progress line: `2026-03-02 … 2026-03-09`."""
    done: float | None = None
    """Share of the stream read, 0 to 1, when it can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One independent flow of a source. The failure of one leaves the others alone."""

    name: str
    """Unique within the source, for example `runs:acme/fraud-model`."""
    kinds: tuple[RecordKind, ...]
    """Record kinds it yields."""
    scope: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One line of `doctor`: a thing looked at, and what to fix."""

    name: str
    state: Literal["ok", "warning", "error"]
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """What one run of a stream is asked for."""

    now: datetime
    """Aware, UTC: the start of the run; nothing later is claimed as known."""
    since: datetime
    """Aware, UTC: how far back to go where the stream has no cursor, or where the user asks to."""
    cursor: Cursor = field(default_factory=dict)
    backfill: bool = False
    """The user asks to read from `since` on again, whatever the cursor says."""


class Collector(Protocol):
    """Reads one configured source. Built by `Kind.build`; opens no connection before it is asked to."""

    def streams(self) -> Sequence[Stream]:
        """The streams to read, cheap and valuable ones first. May ask the source (raises SourceError)."""

    def read(self, stream: Stream, request: ReadRequest) -> Iterator[Page]:
        """Pages of one stream to its end. Raises SourceError; what was yielded before stays."""

    def probe(self) -> Sequence[Probe]:
        """What `doctor` shows: reachable, version, rights, streams. Never raises SourceError."""

    def close(self) -> None:
        """Ends connections."""


SettingsClass = type[SourceSettings]
"""Named here because `Kind.type` hides the built-in `type`, in implementations too."""


class Kind(Protocol):
    """A kind of source: every module in `collectors` that reads one has a `KIND` of this shape."""

    type: str
    """The word in `type:` of the settings."""
    settings: SettingsClass
    """Its settings: the common keys and its own."""

    def build(self, source: SourceSettings, settings: Settings) -> Collector:
        """A collector for one configured source."""
