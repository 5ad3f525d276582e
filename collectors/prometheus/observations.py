"""The stream of observations: per UTC day, what each look sees; see `look_models` and the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from mlops_maturity.collectors.interface import Page, ReadRequest
from mlops_maturity.collectors.prometheus.client import PrometheusSource, QueryRefused, Samples
from mlops_maturity.collectors.prometheus.days import DAY, Span, day_of, last_second, midnight, to_read
from mlops_maturity.collectors.prometheus.known_days import coverage_of, known_days
from mlops_maturity.collectors.prometheus.look_features import FeatureLook
from mlops_maturity.collectors.prometheus.look_models import ModelLook
from mlops_maturity.collectors.prometheus.look_objectives import ObjectiveLook
from mlops_maturity.collectors.prometheus.look_requests import RequestLook
from mlops_maturity.collectors.prometheus.look_versions import VersionLook
from mlops_maturity.collectors.prometheus.looks import Day, Groups, Look, Seen
from mlops_maturity.collectors.prometheus.observed import Group, remark
from mlops_maturity.collectors.prometheus.partial_days import DAYS_AT_ONCE, PartialDays
from mlops_maturity.collectors.prometheus.promql import Grouping, present
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Observation


class ObservationReader:
    """Reads the observations of one source for one request."""

    def __init__(self, source: PrometheusSource, grouping: Grouping, request: ReadRequest) -> None:
        self._source = source
        self._settings = settings = source.settings
        self._request = request
        self._partial = PartialDays.opened(request.cursor, request.now)
        self._models = ModelLook(settings, grouping)
        self._looks: tuple[Look, ...] = (
            self._models,
            VersionLook(settings, grouping),
            RequestLook(settings, grouping),
            FeatureLook(settings, grouping),
            ObjectiveLook(settings, grouping),
        )

    def pages(self) -> Iterator[Page]:
        """Pages of observations, a month at a time, then today. Raises SourceError."""
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
        seen = self._ask_over(part) if any(day in known for day in part) else Seen()
        warned = [*doubts, *self._source.warnings()]
        self._partial.take(part, warned)
        return Page(
            records=[record for day in part for record in self._of_day(seen, Day(day, last_second(day)))],
            cursor=self._cursor(through),
            coverage=coverage_of(self._settings.id, "observation", part, known, warned),
            progress=f"{part.first} … {part.last}",
        )

    def _cursor(self, through: date) -> dict[str, Any]:
        return {"through": through.isoformat(), **self._partial.as_json()}

    def _ask_over(self, span: Span) -> Seen:
        seen = Seen()
        for look in self._looks:
            for name, query in look.queries().items():
                answer = self._ask(seen, look, name, query, span)
                seen.found[name] = _by_day(answer, look.grouping)
        return seen

    def _ask(self, seen: Seen, look: Look, name: str, query: str, span: Span) -> Sequence[Samples]:
        """The answer; nothing where the server refuses a query without which the others still tell something."""
        try:
            return self._source.over(query, last_second(span.first), last_second(span.last), DAY)
        except QueryRefused as error:
            if look is self._models:
                raise
            seen.refused[name] = f"unknown: {error}"
            return ()

    def _today(self, through: date) -> Page:
        """The last 24 hours as today: a check that runs at night has not run yet in the morning.

        Filed under the beginning of the day and without numbers until the day is over, so that looking again at what
        stays writes nothing new.
        """
        now = self._request.now
        today = through + DAY
        seen = self._ask_now(today, now)
        warned = self._source.warnings()
        begun = midnight(today)
        return Page(
            records=[*self._of_day(seen, Day(today, begun)), *self._remarks(seen, today)],
            cursor=self._cursor(through),
            coverage=self._covered_today(begun, now, warned)
            if any(seen.groups(name, today) for name in seen.found)
            else (),
            progress="today",
            done=1.0,
        )

    def _ask_now(self, today: date, now: datetime) -> Seen:
        seen = Seen()
        for look in self._looks:
            for name, query in look.queries().items():
                try:
                    answer = self._source.at(query, now)
                except QueryRefused as error:
                    if look is self._models:
                        raise
                    seen.refused[name] = f"unknown: {error}"
                    continue
                seen.found[name] = {today: _groups(answer, look.grouping)}
        return seen

    def _covered_today(self, begun: datetime, now: datetime, warned: Sequence[str]) -> tuple[Coverage, ...]:
        return (
            Coverage(
                source=self._settings.id,
                stream="observation",
                scope="*",
                start=begun,
                end=now,
                complete=not warned,
                reason=f"partial answer: {warned[0]}" if warned else "",
            ),
        )

    def _of_day(self, seen: Seen, day: Day) -> Iterator[Observation]:
        for look in self._looks:
            yield from look.of_day(seen, day)

    def _remarks(self, seen: Seen, today: date) -> Iterator[Observation]:
        """What can't be told today, once for the whole source."""
        for look in self._looks:
            for name, reason in look.untold(seen, today):
                yield remark(self._settings, name, reason, today)
        for name, key in (("drift_rule", "drift_alerts"), ("slo_rule", "slo_alerts")):
            if getattr(self._settings, key) is None:
                yield remark(self._settings, name, f"not configured: set {key}", today)


def model_groups(source: PrometheusSource, grouping: Grouping, moment: datetime) -> list[Group]:
    """The models that served in the day before a moment."""
    serving = source.settings.serving_metric
    if serving is None:
        return []
    return list(_groups(source.at(present(serving, grouping), moment), grouping))


def _by_day(answer: Sequence[Samples], grouping: Grouping) -> Mapping[date, Groups]:
    days: defaultdict[date, dict[Group, float]] = defaultdict(dict)
    for series in answer:
        group = Group.of(series.labels, grouping)
        for moment, value in series.points if group.model else ():
            days[day_of(moment)][group] = value
    return days


def _groups(answer: Sequence[Samples], grouping: Grouping) -> Groups:
    found = ((Group.of(series.labels, grouping), series.points) for series in answer)
    return {group: points[-1][1] for group, points in found if group.model and points}
