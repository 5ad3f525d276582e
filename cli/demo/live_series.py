"""The demo teams' metrics as series of a year, so that a real Prometheus tells what the generated records tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from mlops_maturity.cli.demo.prometheus_history import LOOKED_AT
from mlops_maturity.cli.demo.servers.openmetrics import Series
from mlops_maturity.evidence.records import Incident, Observation, Record

_EVERY = timedelta(hours=2)
_EVALUATED_EVERY_S = 300
_PENDING_FOR_S = 900
_WEEK = 7
_REQUESTS_PER_HOUR = 90
_UP, _DOWN = 1.0, 0.0

_Days = dict[str, set[date]]
"""Model to the days on which something was so."""


def demo_series(records: Iterable[Record], until: datetime) -> Iterator[Series]:
    """Requests, versions, drift scores, targets and alerts, from observations (a look a week each) and incidents.

    Alerts without an end fire up to `until`.
    """
    watched: dict[str, _Days] = defaultdict(lambda: defaultdict(set))
    labels: dict[str, Mapping[str, str]] = {}
    incidents: list[Incident] = []
    for record in records:
        if isinstance(record, Incident):
            if record.origin == "alert":
                incidents.append(record)
        elif isinstance(record, Observation) and record.name in ("serving", *LOOKED_AT):
            labels[record.subject] = record.attributes["labels"]
            looked = record.observed_at.date()
            days = {looked - timedelta(days=number) for number in range(_WEEK)}
            watched[record.name if record.state == "yes" else "not " + record.name][record.subject] |= days
    for model in sorted(labels):
        yield from _served(model, labels[model], watched)
    yield from _alerts(incidents, until)


def watched_by_rules(records: Iterable[Record]) -> list[str]:
    """The models of which a drift rule was last seen."""
    newest: dict[str, Observation] = {}
    for record in records:
        if isinstance(record, Observation) and record.name == "drift_rule":
            before = newest.get(record.subject)
            if before is None or before.observed_at < record.observed_at:
                newest[record.subject] = record
    return sorted(model for model, observation in newest.items() if observation.state == "yes")


def _served(model: str, labels: Mapping[str, str], watched: Mapping[str, _Days]) -> Iterator[Series]:
    target = {"job": "serving", "instance": f"{model}:8000"}
    served = sorted(watched["serving"][model])
    versioned = watched["version_label"][model]
    count = _REQUESTS_PER_HOUR * _EVERY / timedelta(hours=1)
    for version, days in (("", [day for day in served if day not in versioned]), ("1", sorted(versioned))):
        named = {**labels, **target, "code": "200", **({"version": version} if version else {})}
        points = [(moment, number * count) for number, moment in enumerate(_moments(days))]
        if points:
            yield Series("model_requests_total", named, points)
    drift = [(moment, 0.1) for moment in _moments(sorted(watched["drift_metric"][model]))]
    if drift:
        yield Series("model_drift_score", {**labels, **target}, drift)
    down = watched["not target_up"][model]
    yield Series(
        "up",
        target,
        [(moment, _DOWN if day in down and moment % 86_400 > 20_000 else _UP) for day, moment in _by_day(served)],
    )


def _alerts(incidents: Sequence[Incident], until: datetime) -> Iterator[Series]:
    """ALERTS and ALERTS_FOR_STATE as Prometheus writes them itself, one series each for an alert of a model."""
    by_alert: defaultdict[tuple[tuple[str, str], ...], list[Incident]] = defaultdict(list)
    for incident in incidents:
        labels = {**incident.attributes["labels"], "severity": incident.severity or "warning"}
        by_alert[tuple(sorted(labels.items()))].append(incident)
    for key, episodes in sorted(by_alert.items()):
        state: dict[int, float] = {}
        alerts: dict[str, dict[int, float]] = {"pending": {}, "firing": {}}
        for incident in sorted(episodes, key=lambda episode: episode.detected_at):
            start = int(incident.detected_at.timestamp())
            for moment in _evaluations(incident, until):
                state[moment] = float(start)
                alerts["pending" if moment < start + _PENDING_FOR_S else "firing"][moment] = 1.0
        yield Series("ALERTS_FOR_STATE", dict(key), sorted(state.items()))
        for name, points in alerts.items():
            if points:
                yield Series("ALERTS", {**dict(key), "alertstate": name}, sorted(points.items()))


def _evaluations(incident: Incident, until: datetime) -> range:
    start = int(incident.detected_at.timestamp())
    end = incident.resolved_at or until
    first = start // _EVALUATED_EVERY_S * _EVALUATED_EVERY_S + _EVALUATED_EVERY_S
    return range(first, int(end.timestamp()), _EVALUATED_EVERY_S)


def _moments(days: Sequence[date]) -> list[int]:
    return [moment for _, moment in _by_day(days)]


def _by_day(days: Sequence[date]) -> list[tuple[date, int]]:
    steps = int(timedelta(days=1) / _EVERY)
    return [
        (day, int((datetime.combine(day, time(), UTC) + number * _EVERY).timestamp()))
        for day in days
        for number in range(steps)
    ]
