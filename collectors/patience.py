"""How long to wait before a request is tried again, and when to stop trying.

Waiting rules for 403 and 429 follow GitHub's "Rate limits for the REST API" page: `retry-after` first, else
`x-ratelimit-reset` when nothing remains, else at least a minute. Faults wait with full jitter (a uniform draw up
to a doubling ceiling), so that many collectors don't come back in step.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import stamina.instrumentation

from mlops_maturity.collectors.interface import RateLimited, SourceError

# By default stamina prints every retry to standard output, where results go. What matters of it is told in outcomes.
stamina.instrumentation.set_on_retry_hooks(())

FAULT_TRIES = 6
"""Tries of a request that meets 5xx, resets or time-outs."""
CONNECT_TRIES = 3
"""Tries of a request that finds no server: it is seldom back within seconds."""
TOTAL_S = 60.0
"""Seconds that all tries of one request may take before no further one begins."""
LONGEST_WAIT_S = 60.0
"""A server that asks for more than this ends the stream instead of holding the run."""
_FIRST_CEILING_S = 0.5
_LAST_CEILING_S = 10.0
_UNSAID_LIMIT_S = 60.0


class Setback(Exception):
    """One try failed in a way that the next may not. `error` is what to raise when no try is left."""

    def __init__(self, error: SourceError, *, tries: int = FAULT_TRIES, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.tries = tries
        self.wait = wait


class Patience:
    """Decides after each failed try of one request; stamina calls it as its back-off hook. One a request.

    It sleeps itself, through the `sleep` it is given, because stamina has no way to end a sleep early.
    """

    def __init__(
        self,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sleep, self._clock, self._draw = sleep, clock, draw
        self._begun = clock()
        self._tries = 0
        self._asked_to_wait = 0.0

    def __call__(self, error: Exception) -> float | bool:
        """0.0 after having slept: try again; False: give up."""
        if not isinstance(error, Setback):
            return False
        self._tries += 1
        if self._tries >= error.tries:
            return False
        wait = self._wait_for(error)
        if wait is None:
            return False
        self._sleep(wait)
        return 0.0

    def _wait_for(self, setback: Setback) -> float | None:
        if setback.wait is not None:
            self._asked_to_wait += setback.wait
            return setback.wait if self._asked_to_wait <= LONGEST_WAIT_S else None
        ceiling = min(_LAST_CEILING_S, _FIRST_CEILING_S * 2 ** (self._tries - 1))
        wait = self._draw(0.0, ceiling)
        return wait if self._clock() - self._begun + wait <= TOTAL_S else None


@dataclass(frozen=True, slots=True)
class Limit:
    """A server's request to come back later."""

    wait: float
    """Seconds from the answer on."""
    resumes_at: datetime | None
    """When that is, where the answer tells the time."""


def limit_of(status: int, headers: Mapping[str, str], body: str) -> Limit | None:
    """The wait that an answer asks for, or None where it is no rate limit.

    A 403 is one only if it says so: in a header, or (GitHub's secondary limit) in its text. A 503 only if it
    says when to come back. `headers` has lower-case names.
    """
    sent = instant_of(headers.get("date"))
    after = _retry_after(headers.get("retry-after"), sent)
    spent = headers.get("x-ratelimit-remaining", "").strip() == "0"
    if status == 403 and not (after is not None or spent or "rate limit" in body.lower()):
        return None
    if status == 503 and after is None:
        return None
    if status not in (403, 429, 503):
        return None
    if after is not None:
        return Limit(max(1.0, after), sent + timedelta(seconds=after) if sent else None)
    reset = epoch(headers.get("x-ratelimit-reset"))
    if spent and reset is not None:
        return Limit(_until(reset, sent), reset)
    return Limit(_UNSAID_LIMIT_S, sent + timedelta(seconds=_UNSAID_LIMIT_S) if sent else None)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests a server still allows."""

    remaining: int
    limit: int
    resumes_at: datetime | None
    """When all are allowed again."""
    wait: float
    """Seconds until then by the server's clock; without it, more than any run waits."""


def quota_of(headers: Mapping[str, str]) -> Quota | None:
    """The quota that an answer tells, as GitHub does (`x-ratelimit-…`) or GitLab (`ratelimit-…`); None where none is.

    `headers` has lower-case names.
    """
    prefix = "x-ratelimit" if "x-ratelimit-remaining" in headers else "ratelimit"
    try:
        remaining, limit = int(headers[f"{prefix}-remaining"]), int(headers[f"{prefix}-limit"])
    except (KeyError, ValueError):
        return None
    reset = epoch(headers.get(f"{prefix}-reset"))
    wait = _until(reset, instant_of(headers.get("date"))) if reset else LONGEST_WAIT_S + 1
    return Quota(remaining, limit, reset, wait)


def epoch(text: str | None) -> datetime | None:
    """The instant of a header in epoch seconds; None where it is not one."""
    try:
        return datetime.fromtimestamp(int(text or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def limited(place: str, limit: Limit) -> Setback:
    """The setback of an answer that asks to wait."""
    when = f" until {limit.resumes_at:%Y-%m-%d %H:%M:%S} UTC" if limit.resumes_at else ""
    text = (
        f"{place}: the server asks to wait {limit.wait:.0f} s{when} (rate limit). "
        "What is left goes on at the next collect; a token of its own gives a higher limit"
    )
    return Setback(RateLimited(text, limit.resumes_at), wait=limit.wait)


def _retry_after(text: str | None, sent: datetime | None) -> float | None:
    """Seconds of a Retry-After header, a number or a date (RFC 9110 §10.2.3); None where unreadable."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(min(int(text), 10**9))
    moment = instant_of(text)
    return None if moment is None else _until(moment, sent)


def _until(moment: datetime, sent: datetime | None) -> float:
    """Seconds by the server's own clock; without it, more than any run waits."""
    return max(1.0, (moment - sent).total_seconds()) if sent else LONGEST_WAIT_S + 1


def instant_of(text: str | None) -> datetime | None:
    """The instant of a header in HTTP's date format; None where it is not one."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
