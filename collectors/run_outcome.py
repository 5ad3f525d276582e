"""What a run of the collectors tells: its steps while it goes on, and how each stream and source ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal[
    "ok",            # read to its end
    "partial",       # stopped before its end (deadline, budget, rate limit), or something in it could not be taken
    "forbidden",     # the credentials don't reach it
    "unsupported",   # this version of the source does not have it
    "unauthorized",  # the source wants (other) credentials
    "unreachable",   # refused, timed out, unknown host
    "error",         # failed to the end of the retries, a bad answer, or a fault of ours
    "busy",          # another process is reading the source just now
    "interrupted",   # stopped by the user
]  # fmt: skip

_WHOLE = ("unreachable", "unauthorized")
EXAMPLES = 5
"""How many refused objects are named; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """One step of a run, for the progress line."""

    source: str
    stream: str
    rows: int
    """Records of the stream so far."""
    what: str
    """Where it is, for example the time span."""
    done: float | None = None
    """Share of the stream read, 0 to 1, where it can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOutcome:
    """How one stream ended."""

    stream: str
    state: State
    reason: str = ""
    """Why it is not ok, or what is odd about it; with the next step."""
    rows_seen: int = 0
    rows_changed: int = 0
    clamped: int = 0
    """Times in the future, set to the start of the run."""
    mended: int = 0
    """Records that can't have been as the source tells them, kept without what is wrong."""
    mended_examples: tuple[str, ...] = ()
    refused: int = 0
    """Objects of the source that make no valid record."""
    refused_examples: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For the store: JSON types only."""
        examples = {name: list(getattr(self, name)) for name in ("mended_examples", "refused_examples")}
        return {**asdict(self), **examples}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """How one source ended."""

    source: str
    state: State
    error: str = ""
    """The first thing that went wrong, in one line."""
    streams: tuple[StreamOutcome, ...] = ()

    def remarks(self) -> tuple[str, ...]:
        """What people should know of it, a line each that begins with the source."""
        told = [] if self.state in _WHOLE else [stream for stream in self.streams if stream.reason]
        lines = [f"{stream.stream}: {stream.reason}" for stream in told] or [self.error]
        return tuple(self._named(line) for line in lines if line)

    def _named(self, line: str) -> str:
        return line if line.startswith(f"{self.source}: ") else f"{self.source}: {line}"

    @property
    def rows_seen(self) -> int:
        """Records read."""
        return sum(stream.rows_seen for stream in self.streams)

    @property
    def rows_changed(self) -> int:
        """Rows of the store that are other than before."""
        return sum(stream.rows_changed for stream in self.streams)

    def as_json(self) -> dict[str, Any]:
        """JSON types only."""
        return {
            "source": self.source,
            "state": self.state,
            "error": self.error,
            "rows_seen": self.rows_seen,
            "rows_changed": self.rows_changed,
            "streams": [stream.as_json() for stream in self.streams],
        }


def outcome_of_source(source: str, streams: Sequence[StreamOutcome]) -> SourceOutcome:
    """What the streams come to. An endpoint that this version lacks is no failure beside streams that were read."""
    failed = [stream for stream in streams if stream.state not in ("ok", "unsupported")]
    states = {stream.state for stream in streams}
    if not failed:
        state: State = "unsupported" if states == {"unsupported"} else "ok"
        failed = [stream for stream in streams if state == "unsupported"]
    else:
        state = failed[0].state if len(states) == 1 else "partial"
    # What keeps out of the whole source is told once: each stream met the same.
    error = failed[0].reason if state in _WHOLE and failed else _first(failed)
    return SourceOutcome(source=source, state=state, error=error, streams=tuple(streams))


def _first(failed: Sequence[StreamOutcome]) -> str:
    if not failed:
        return ""
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f"{failed[0].stream}: {failed[0].reason}{more}"
