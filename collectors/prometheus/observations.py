"""The stream of observations: per model and UTC day, whether it served, exported drift and version, and was up.

Everything is counted per model that served: a drift check of a model that is not deployed covers nothing. Where a
metric is not exported at all, that is said once (subject `*`, state unknown) and never as "no".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from mlops_maturity.collectors.interface import Page, ReadRequest
from mlops_maturity.collectors.prometheus.client import PrometheusSource, Samples
from mlops_maturity.collectors.prometheus.days import DAY, Span, day_of, last_second, midnight, to_read
from mlops_maturity.collectors.prometheus.known_days import coverage_of, known_days
from mlops_maturity.collectors.prometheus.observed import Group, Sighting, numbered, remark
from mlops_maturity.collectors.prometheus.promql import Grouping, availability, present, with_matcher
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Observation

UP_FOR = 0.5
"""A target that was up for more than this share of the day was up that day."""
_AT_ONCE = 30
_Groups = dict[date, dict[Group, float]]


@dataclass
class _Seen:
    """What the queries found, by name, day and group."""

    found: dict[str, _Groups] = field(default_factory=dict)

    def add(self, name: str, groups: _Groups) -> None:
        self.found[name] = groups

    def groups(self, name: str, day: date) -> dict[Group, float]:
        """Group to value; empty where the query found nothing that day."""
        return self.found.get(name, {}).get(day, {})


class ObservationReader:
    """Reads the observations of one source for one request."""

    def __init__(self, source: PrometheusSource, grouping: Grouping, request: ReadRequest) -> None:
        self._source = source
        self._settings = source.settings
        self._grouping = grouping
        self._request = request
        self._queries = dict(self._all_queries())

    def pages(self) -> Iterator[Page]:
        """Pages of observations, a month at a time, then today. Raises SourceError."""
        request = self._request
        span = to_read(request.since, request.cursor.get("through"), request.now, again=request.backfill)
        known = known_days(self._source, span)
        for part in span.chunks(_AT_ONCE):
            seen = self._ask_over(part) if any(day in known for day in part) else _Seen()
            records = [record for day in part for record in self._of_day(seen, day, last_second(day))]
            yield Page(
                records=records,
                cursor={"through": part.last.isoformat()},
                coverage=coverage_of(self._settings.id, "observation", part, known, self._source.warnings()),
                progress=f"{part.first} … {part.last}",
                done=((part.last - span.first) / DAY) / ((span.last - span.first) / DAY + 2),
            )
        yield self._today(span.last)

    def _all_queries(self) -> Iterator[tuple[str, str]]:
        settings, grouping = self._settings, self._grouping
        if settings.serving_metric is None:
            return
        versioned = settings.version_metric or settings.serving_metric
        yield "serving", present(settings.serving_metric, grouping)
        yield "version_label", present(with_matcher(versioned, f'{settings.version_label}!=""'), grouping)
        yield "target_up", availability(settings.serving_metric, grouping)
        if settings.drift_metric is not None:
            yield "drift_metric", present(settings.drift_metric, grouping)

    def _ask_over(self, span: Span) -> _Seen:
        seen = _Seen()
        for name, query in self._queries.items():
            answer = self._source.over(query, last_second(span.first), last_second(span.last), DAY)
            seen.add(name, self._by_day(answer))
        return seen

    def _today(self, through: date) -> Page:
        """The last 24 hours as today: a check that runs at night has not run yet in the morning.

        Filed under the beginning of the day and without numbers until the day is over, so that looking again at what
        stays writes nothing new.
        """
        now = self._request.now
        today = through + DAY
        seen = _Seen()
        for name, query in self._queries.items():
            seen.add(name, {today: self._groups(self._source.at(query, now))})
        warned = self._source.warnings()
        begun = midnight(today)
        return Page(
            records=[*self._of_day(seen, today, begun), *self._remarks(seen, today)],
            cursor={"through": through.isoformat()},
            coverage=self._covered_today(begun, now, warned) if seen.groups("serving", today) else (),
            progress="today",
            done=1.0,
        )

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

    def _of_day(self, seen: _Seen, day: date, moment: datetime) -> Iterator[Observation]:
        """Every model that served on a day, or whose target was there."""
        drift, versions, up = (seen.groups(name, day) for name in ("drift_metric", "version_label", "target_up"))
        serving = seen.groups("serving", day)
        for group, copy in numbered([*serving, *up]):
            of = Sighting(self._settings, group, day, moment, copy)
            if group in up:
                whole = moment == last_second(day)
                yield of.state("target_up", up[group] > UP_FOR, round(up[group], 6) if whole else None)
            if group not in serving:
                continue
            yield of.state("serving", True)
            yield of.state("version_label", group.among(versions))
            if drift:
                yield of.state("drift_metric", group.among(drift))
            if up and group not in up:
                yield of.state("target_up", None)

    def _remarks(self, seen: _Seen, today: date) -> Iterator[Observation]:
        """What can't be told today, once for the whole source."""
        for name, reason in self._untold(seen, today):
            yield remark(self._settings, name, reason, today)

    def _untold(self, seen: _Seen, today: date) -> Iterator[tuple[str, str]]:
        settings = self._settings
        serving = settings.serving_metric
        if serving is None:
            for name in ("serving", "version_label", "target_up", "drift_metric"):
                yield name, "not configured: set serving_metric, or a preset"
            return
        if not seen.groups("serving", today):
            for name in ("serving", "version_label", "target_up"):
                yield name, f"not exported: no series {serving} with a label {settings.model_label} in the last day"
        elif not seen.groups("target_up", today):
            yield "target_up", "not exported: no target of the serving models has an `up` series"
        if settings.drift_metric is None:
            yield "drift_metric", "not configured: set drift_metric"
        elif not seen.groups("drift_metric", today):
            label = settings.model_label
            yield (
                "drift_metric",
                f"not exported: no series {settings.drift_metric} with a label {label} in the last day",
            )

    def _by_day(self, answer: Sequence[Samples]) -> _Groups:
        days: defaultdict[date, dict[Group, float]] = defaultdict(dict)
        for series in answer:
            group = self._group(series.labels)
            for moment, value in series.points if group.model else ():
                days[day_of(moment)][group] = value
        return dict(days)

    def _groups(self, answer: Sequence[Samples]) -> dict[Group, float]:
        found = ((self._group(series.labels), series.points) for series in answer)
        return {group: points[-1][1] for group, points in found if group.model and points}

    def _group(self, labels: Mapping[str, str]) -> Group:
        return Group.of(labels, self._grouping)


def model_groups(source: PrometheusSource, grouping: Grouping, moment: datetime) -> list[Group]:
    """The models that served in the day before a moment."""
    serving = source.settings.serving_metric
    if serving is None:
        return []
    answer = source.at(present(serving, grouping), moment)
    return [group for series in answer if (group := Group.of(series.labels, grouping)).model]
