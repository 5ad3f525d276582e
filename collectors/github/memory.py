"""What is remembered of spans whose runs were listed whole, so that asking for them again costs nothing.

GitHub answers a conditional request with 304 where a page is what its ETag names, and does not count it ("Best
practices for using the REST API", github/docs). That needs the same address each time, so what is read again and again
is cut at fixed borders: weeks, from Monday 00:00 UTC, the present one to its end in the future.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from mlops_maturity.collectors.mapping import written

SECOND = timedelta(seconds=1)
_WEEK = timedelta(days=7)
Span = tuple[datetime, datetime]
"""From the first second to the last one, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A span as it was listed."""

    etags: tuple[str, ...]
    """Of its pages, in order."""
    attempts: Mapping[str, int]
    """Run id to how many earlier attempts of it are stored."""


@dataclass(slots=True)
class Memory:
    """Spans that were listed whole. What was read by other rules is not remembered."""

    rules: str
    """What tells the rules, by which the runs were mapped, from others."""
    _spans: dict[str, Remembered] = field(default_factory=dict)

    @classmethod
    def opened(cls, stored: Mapping[str, Any], rules: str) -> Memory:
        """From what `as_json` gave."""
        if stored.get("rules") != rules:
            return cls(rules)
        spans = stored.get("spans", {})
        return cls(
            rules, {name: Remembered(etags=tuple(etags), attempts=tries) for name, (etags, tries) in spans.items()}
        )

    def as_json(self) -> dict[str, Any]:
        """For the cursor."""
        return {
            "rules": self.rules,
            "spans": {name: [list(span.etags), dict(span.attempts)] for name, span in self._spans.items()},
        }

    def of(self, span: Span) -> Remembered | None:
        """What is remembered of exactly that span."""
        return self._spans.get(_name(span))

    def put(self, span: Span, remembered: Remembered) -> None:
        """Remember a span."""
        self._spans[_name(span)] = remembered

    def drop(self, span: Span) -> None:
        """Forget a span, if it is known."""
        self._spans.pop(_name(span), None)

    def parts(self, span: Span) -> list[Span]:
        """The remembered spans that make up this one without a hole, else this one: it was halved when it was read."""
        found: list[Span] = []
        moment = span[0]
        for part in sorted(_span(name) for name in self._spans):
            if part[0] == moment and part[1] <= span[1]:
                found.append(part)
                moment = part[1] + SECOND
        return found if moment == span[1] + SECOND else [span]

    def keep_from(self, start: datetime) -> None:
        """Forget what ended before."""
        self._spans = {name: span for name, span in self._spans.items() if _span(name)[1] >= start}


def weeks(start: datetime, end: datetime) -> Iterator[Span]:
    """The weeks that hold these instants and what lies between them."""
    monday = monday_of(start)
    while monday <= end:
        yield monday, monday + _WEEK - SECOND
        monday += _WEEK


def monday_of(moment: datetime) -> datetime:
    """The beginning of its week, in UTC."""
    day = moment.astimezone(UTC).date()
    return datetime.combine(day - timedelta(days=day.weekday()), time.min, UTC)


def _name(span: Span) -> str:
    return f"{written(span[0])}..{written(span[1])}"


def _span(name: str) -> Span:
    first, _, last = name.partition("..")
    return datetime.fromisoformat(first), datetime.fromisoformat(last)
