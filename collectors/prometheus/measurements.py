"""The stream of the user's own signals: one number for each team and day, from an expression of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from mlops_maturity.collectors.interface import Page, ReadRequest
from mlops_maturity.collectors.prometheus.client import PrometheusSource, QueryRefused, Samples
from mlops_maturity.collectors.prometheus.days import DAY, Span, day_of, last_second, midnight, to_read
from mlops_maturity.collectors.prometheus.known_days import coverage_of, known_days
from mlops_maturity.collectors.prometheus.partial_days import DAYS_AT_ONCE, PartialDays
from mlops_maturity.collectors.prometheus.promql import for_team
from mlops_maturity.collectors.prometheus.settings import UserSignal
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Measurement


@dataclass(frozen=True, slots=True)
class _Asked:
    """One expression for one team."""

    signal: UserSignal
    team: str
    query: str


class MeasurementReader:
    """Reads the user's signals of one source for one request."""

    def __init__(
        self, source: PrometheusSource, signals: Sequence[UserSignal], teams: Sequence[Team], request: ReadRequest
    ) -> None:
        self._source = source
        self._request = request
        self._partial = PartialDays.opened(request.cursor, request.now)
        self._asked = tuple(_expressions(signals, teams))
        self._faults: dict[str, str] = {}

    def pages(self) -> Iterator[Page]:
        """Pages of measurements, a month at a time, then today. Raises SourceError.

        A wrong expression leaves the others alone: its reason stands in the coverage.
        """
        request = self._request
        span = to_read(request.since, request.cursor.get("through"), request.now, again=request.backfill)
        known, doubts = known_days(self._source, span)
        for part in span.chunks(DAYS_AT_ONCE):
            done = ((part.last - span.first) / DAY) / ((span.last - span.first) / DAY + 2)
            yield replace(self._page(part, known, doubts, part.last), done=done)
        yield from self._partial.pages(span.first, lambda part: self._again(part, span.last))
        yield self._today(span.last)

    def _again(self, part: Span, through: date) -> Page:
        """Days that were answered in part."""
        known, doubts = known_days(self._source, part)
        page = self._page(part, known, doubts, through)
        return page if known else replace(page, coverage=())  # forgotten meanwhile: they stay what they are

    def _page(self, part: Span, known: frozenset[date], doubts: Sequence[str], through: date) -> Page:
        """Some days, read now; `through` is the last of all that were read."""
        records = list(self._over(part)) if any(day in known for day in part) else []
        warned = [*doubts, *self._source.warnings()]
        self._partial.take(part, warned)
        told = [*self._faults.values(), *warned]
        return Page(
            records=records,
            cursor=self._cursor(through),
            coverage=coverage_of(self._source.settings.id, "measurement", part, known, told),
            progress=f"{part.first} … {part.last}",
        )

    def _cursor(self, through: date) -> dict[str, Any]:
        return {"through": through.isoformat(), **self._partial.as_json()}

    def _over(self, span: Span) -> Iterator[Measurement]:
        for asked in self._asked:
            answer = self._ask(asked, last_second(span.first), last_second(span.last))
            for moment, value in self._one(asked, answer):
                yield self._measurement(asked, day_of(moment), value)

    def _today(self, through: date) -> Page:
        now, today = self._request.now, through + DAY
        records = [
            self._measurement(asked, today, value)
            for asked in self._asked
            for _, value in self._one(asked, self._ask(asked, now, now))
        ]
        told = [*self._faults.values(), *self._source.warnings()]
        reason = f"partial answer: {told[0]}" if told else ""
        spans = (
            Coverage(
                source=self._source.settings.id,
                stream="measurement",
                scope="*",
                start=midnight(today),
                end=now,
                complete=not told,
                reason=reason,
            ),
        )
        return Page(
            records=records,
            cursor=self._cursor(through),
            coverage=spans if midnight(today) < now else (),
            progress="today",
            done=1.0,
        )

    def _ask(self, asked: _Asked, start: datetime, end: datetime) -> Sequence[Samples]:
        if asked.signal.id in self._faults:
            return ()
        try:
            return self._source.over(asked.query, start, end, DAY)
        except QueryRefused as error:
            self._faults[asked.signal.id] = f"{asked.signal.id}: {error}"
            return ()

    def _one(self, asked: _Asked, answer: Sequence[Samples]) -> Sequence[tuple[float, float]]:
        """The samples of the only series; several are no number for a team."""
        if len(answer) > 1:
            self._faults[asked.signal.id] = (
                f"{asked.signal.id}: gives {len(answer)} series for team {asked.team}; "
                "make one number of them, for example by avg(…)"
            )
        return answer[0].points if len(answer) == 1 else ()

    def _measurement(self, asked: _Asked, day: date, value: float) -> Measurement:
        return Measurement(
            source=self._source.settings.id,
            id=f"{asked.signal.id}/{asked.team}/{day.isoformat()}",
            signal=asked.signal.id,
            subject=asked.team,
            on=day,
            value=value,
            attributes={"unit": asked.signal.unit} if asked.signal.unit else {},
        )


def _expressions(signals: Sequence[UserSignal], teams: Sequence[Team]) -> Iterator[_Asked]:
    """A team without label matchers has no part in an expression that asks for them, unless it is the only team."""
    for signal in signals:
        for team in teams:
            if "$team" not in signal.promql or team.prometheus or len(teams) == 1:
                yield _Asked(signal, team.id, for_team(signal.promql, team.prometheus, signal.window_days))
