"""Spans of creation time small enough for GitHub's cap on filtered lists.

A filtered list of runs ends at 1,000 results; what lies beyond comes back as empty pages, without an error. So a span
with more is halved until each part fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mlops_maturity.collectors.github.api import Rows
from mlops_maturity.collectors.interface import BadAnswer

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Runs created from `start` to `end`, both included, in whole seconds; and their first page."""

    start: datetime
    end: datetime
    first: Rows

    @property
    def total(self) -> int:
        """How many runs GitHub says there are in it."""
        return self.first.total or 0


def windows(ask: Callable[[datetime, datetime], Rows], start: datetime, end: datetime, cap: int) -> Iterator[Window]:
    """Windows from `start` to `end` in order of time, none with more than `cap` runs.

    Raises BadAnswer where a single second has more: they can't be listed, and are not left out silently.
    """
    waiting = [(start, end)] if start <= end else []
    while waiting:
        first, last = waiting.pop()
        window = Window(start=first, end=last, first=ask(first, last))
        if window.total <= cap:
            yield window
        elif first == last:
            raise BadAnswer(
                f"{window.total} runs were created in the second {first:%Y-%m-%d %H:%M:%S} UTC; GitHub lists {cap}"
            )
        else:
            middle = first + timedelta(seconds=int((last - first).total_seconds()) // 2)
            waiting += [(middle + SECOND, last), (first, middle)]
