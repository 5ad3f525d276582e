"""The stream of drift incidents: episodes of the alerts that the settings call drift alerts.

Read a day at a time from raw samples, as far back as the server keeps them; what is still open, or may be joined with
what comes, is carried in the cursor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mlops_maturity.collectors.alerts import kept
from mlops_maturity.collectors.interface import Page, ReadRequest
from mlops_maturity.collectors.prometheus.client import PrometheusSource, Samples
from mlops_maturity.collectors.prometheus.days import DAY, Span, day_of, last_second, midnight, to_read
from mlops_maturity.collectors.prometheus.episodes import Episode, episodes_of, joined, key_of, marked
from mlops_maturity.collectors.prometheus.known_days import coverage_of, known_days
from mlops_maturity.collectors.prometheus.partial_days import DAYS_AT_ONCE, PartialDays
from mlops_maturity.collectors.prometheus.promql import DAY as WINDOW
from mlops_maturity.collectors.prometheus.promql import quoted
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Incident

_CHAINED = 5
"""Restarts that are followed back to the beginning of an episode."""
_STATE = "alertstate"


def incident_pages(source: PrometheusSource, pattern: str, request: ReadRequest) -> Iterator[Page]:
    """Pages of incidents whose alertname matches `pattern` as a whole. Raises SourceError."""
    span = to_read(request.since, request.cursor.get("through"), request.now, again=request.backfill)
    alert = f"{{alertname=~{quoted(pattern)}}}"
    partial = PartialDays.opened(request.cursor, request.now)
    known, doubts = known_days(source, span)
    active = _active(source, alert, span)
    doubts += source.warnings()
    carried = [Episode(**entry) for entry in request.cursor.get("open", ())]
    for part in span.chunks(DAYS_AT_ONCE):
        carried = _with(carried, [_read(source, alert, day) for day in part if day in active])
        limit = midnight(part.last + DAY).timestamp()
        over = [episode for episode in carried if episode.over_by(limit)]
        warned = [*doubts, *source.warnings()]
        partial.take(part, warned)
        yield Page(
            records=_incidents(source, over, limit),
            cursor=_cursor(part.last, carried, partial),
            coverage=coverage_of(source.settings.id, "incident", part, known, warned),
            progress=f"{part.first} … {part.last}",
            done=((part.last - span.first) / DAY) / ((span.last - span.first) / DAY + 2),
        )
        carried = _still_needed(carried, part.last)
    begun = _cursor(span.last, carried, partial)
    yield from partial.pages(span.first, lambda part: _again(source, alert, part, partial, begun))
    yield _until_now(source, alert, carried, span.last, request.now, partial)


def _again(source: PrometheusSource, alert: str, part: Span, partial: PartialDays, cursor: dict[str, Any]) -> Page:
    """Days that were answered in part, with the episodes that were over by their end; later days tell the others."""
    known, doubts = known_days(source, part)
    episodes = _reaching_into(source, alert, part)
    warned = [*doubts, *source.warnings()]
    partial.take(part, warned)
    limit = midnight(part.last + DAY).timestamp()
    over = [one for one in episodes if one.over_by(limit) and one.last >= midnight(part.first).timestamp()]
    return Page(
        records=_incidents(source, over, limit),
        cursor={**{key: cursor[key] for key in ("through", "open")}, **partial.as_json()},
        coverage=coverage_of(source.settings.id, "incident", part, known, warned) if known else (),
        progress=f"{part.first} … {part.last}",
    )


def _reaching_into(source: PrometheusSource, alert: str, part: Span) -> list[Episode]:
    """The episodes with a sample in these days, whole: read from before the first of them on.

    A restart of the server makes a second start of one episode, so what came before such a start decides its id.
    """
    first = part.first - DAY
    for _ in range(_CHAINED):
        span = Span(first, part.last)
        active = _active(source, alert, span)
        episodes = _with((), [_read(source, alert, day) for day in span if day in active])
        begun = [one.start for one in episodes if one.last >= midnight(part.first).timestamp()]
        earliest = day_of(min(begun, default=midnight(part.first).timestamp())) - DAY
        if earliest >= first:
            break
        first = earliest
    return episodes


def _until_now(
    source: PrometheusSource, alert: str, carried: Sequence[Episode], through: date, now: datetime, partial: PartialDays
) -> Page:
    """The day that is not over yet, and with it all that is still open."""
    begun = midnight(through + DAY)
    window = timedelta(seconds=max(1, int((now - begun).total_seconds())))
    whole = _with(carried, [_raw(source, alert, now, f"{int(window.total_seconds())}s")])
    warned = source.warnings()
    spans = (
        Coverage(
            source=source.settings.id,
            stream="incident",
            scope="*",
            start=begun,
            end=now,
            complete=not warned,
            reason=f"partial answer: {warned[0]}" if warned else "",
        ),
    )
    return Page(
        records=_incidents(source, whole, now.timestamp()),
        cursor=_cursor(through, whole, partial),
        coverage=spans if begun < now else (),
        progress="until now",
        done=1.0,
    )


_Read = tuple[Sequence[Episode], Mapping[str, Sequence[tuple[float, bool]]]]


def _with(carried: Sequence[Episode], read: Sequence[_Read]) -> list[Episode]:
    """What was carried and what was read, as whole episodes."""
    whole = joined([*carried, *(episode for episodes, _ in read for episode in episodes)])
    states: dict[str, list[tuple[float, bool]]] = {}
    for _, part in read:
        for key, seen in part.items():
            states.setdefault(key, []).extend(seen)
    return marked(whole, states)


def _active(source: PrometheusSource, alert: str, span: Span) -> frozenset[date]:
    """The days with a sample of such an alert; the others need not be read."""
    if span.last < span.first:
        return frozenset()
    query = f"count(last_over_time(ALERTS_FOR_STATE{alert}[{WINDOW}]))"
    answer = source.over(query, last_second(span.first), last_second(span.last), DAY)
    return frozenset(day_of(moment) for series in answer for moment, _ in series.points)


def _read(source: PrometheusSource, alert: str, day: date) -> _Read:
    return _raw(source, alert, last_second(day), WINDOW)


def _raw(source: PrometheusSource, alert: str, end: datetime, window: str) -> _Read:
    """Raw samples, because functions over them differ between servers (`changes()` counts first samples or not)."""
    episodes = [
        episode
        for series in source.at(f"ALERTS_FOR_STATE{alert}[{window}]", end)
        for episode in episodes_of(_labels(series), series.points)
    ]
    states: dict[str, list[tuple[float, bool]]] = {}
    for series in source.at(f"ALERTS{alert}[{window}]", end) if episodes else ():
        fired = series.labels.get(_STATE) == "firing"
        states.setdefault(key_of(_labels(series)), []).extend((moment, fired) for moment, _ in series.points)
    return episodes, states


def _labels(series: Samples) -> dict[str, str]:
    return {name: value for name, value in kept(series.labels).items() if name != _STATE}


def _incidents(source: PrometheusSource, episodes: Sequence[Episode], limit: float) -> list[Incident]:
    """Those that fired, as far as the server tells; `limit` is up to when samples were read."""
    return [_incident(source, episode, limit) for episode in episodes if episode.fired is not False]


def _incident(source: PrometheusSource, episode: Episode, limit: float) -> Incident:
    over = episode.over_by(limit)
    return Incident(
        source=source.settings.id,
        id=episode.id,
        subject=episode.labels.get(source.settings.model_label),
        category="drift",
        detected_at=datetime.fromtimestamp(episode.start, UTC),
        resolved_at=datetime.fromtimestamp(episode.end, UTC) if over else None,
        severity=episode.labels.get("severity"),
        origin="alert",
        attributes={"labels": dict(episode.labels)},
    )


def _still_needed(episodes: Sequence[Episode], through: date) -> list[Episode]:
    """Those that what is read next may lengthen: the last two days are read again."""
    reread = midnight(through - DAY).timestamp()
    return [episode for episode in episodes if not episode.over_by(reread)]


def _cursor(through: date, episodes: Sequence[Episode], partial: PartialDays) -> dict[str, Any]:
    return {
        "through": through.isoformat(),
        "open": [episode.dumped() for episode in _still_needed(episodes, through)],
        **partial.as_json(),
    }
