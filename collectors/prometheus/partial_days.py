"""Days that a server answered only in part, and said so: read again until it answers wholly, or has forgotten them.

Warnings are a matter of the server (a store behind it is down), not of single days; so there is one pause for all of
them, which doubles up to a day. The last days are read again anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from mlops_maturity.collectors.interface import Failing, NoAnswer, Page
from mlops_maturity.collectors.mapping import instant, written
from mlops_maturity.collectors.prometheus.client import QueryRefused
from mlops_maturity.collectors.prometheus.days import DAY, Span

DAYS_AT_ONCE = 30
"""Days that are asked for at once."""
SPANS_AT_ONCE = 4
"""Spans of as many days that are read again in one run."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(hours=1), timedelta(days=1)
"""Thresholds: own judgement."""


@dataclass(slots=True)
class PartialDays:
    """Spans of days, those first whose turn it is."""

    now: datetime
    _spans: list[Span] = field(default_factory=list)
    _tries: int = 0
    _due: datetime | None = None

    @classmethod
    def opened(cls, cursor: Mapping[str, Any], now: datetime) -> PartialDays:
        """From a cursor that holds what `as_json` gave."""
        stored = cursor.get("partial", {})
        spans = [Span(date.fromisoformat(first), date.fromisoformat(last)) for first, last in stored.get("spans", ())]
        return cls(now, spans, stored.get("tries", 0), instant(stored.get("due")))

    def as_json(self) -> dict[str, Any]:
        """For the cursor: one entry of it, or none where all is whole."""
        if not self._spans:
            return {}
        spans = [[span.first.isoformat(), span.last.isoformat()] for span in self._spans]
        due = {"due": written(self._due)} if self._due else {}
        return {"partial": {"spans": spans, "tries": self._tries, **due}}

    def take(self, span: Span, warnings: Sequence[str]) -> None:
        """A span was read just now: in part where the server warned, else wholly."""
        self._spans = [left for known in self._spans for left in _without(known, span)]
        if not warnings:
            return
        last = self._spans[-1] if self._spans else None
        if last is not None and last.last + DAY == span.first:
            self._spans[-1] = Span(last.first, span.last)
        else:
            self._spans.append(span)

    def pages(self, before: date, read: Callable[[Span], Page]) -> Iterator[Page]:
        """What `read` makes of the days before that one that are to be read now; it takes them in itself.

        Days that the server fails at, or refuses, stay partial, and leave the rest of the stream alone.
        """
        for part in self.again(before):
            try:
                page = read(part)
            except (QueryRefused, Failing, NoAnswer) as error:
                self.take(part, [str(error)])
                continue
            yield page

    def again(self, before: date) -> Iterator[Span]:
        """Spans of days before that one to be read now, to the first that is answered in part once more.

        Between two of them the caller reads the span and calls `take`.
        """
        if self._due is not None and self._due > self.now:
            return
        for _ in range(SPANS_AT_ONCE):
            span = next((known for known in self._spans if known.first < before), None)
            if span is None:
                return
            part = next(Span(span.first, min(span.last, before - DAY)).chunks(DAYS_AT_ONCE))
            yield part
            if any(known.first <= part.first <= known.last for known in self._spans):
                self._due = self.now + min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(self._tries, 10)))
                self._tries += 1
                return
            self._tries, self._due = 0, None


def _without(span: Span, other: Span) -> Iterator[Span]:
    """What is left of a span without the days of another."""
    if other.last < span.first or span.last < other.first:
        yield span
        return
    if span.first < other.first:
        yield Span(span.first, other.first - DAY)
    if other.last < span.last:
        yield Span(other.last + DAY, span.last)
