"""Twelve days of five models' metrics and alerts, for real servers to tell of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from mlops_maturity.cli.demo.servers.openmetrics import Series
from mlops_maturity.config.settings import Team

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST = NOW - 12 * DAY
TEAMS = (Team(id="risk", prometheus={"team": "risk"}), Team(id="growth", prometheus={"team": "growth"}))
ALERT = {"alertname": "ModelDriftHigh", "severity": "warning", "team": "risk"}
EPISODES = {
    "fraud": [(NOW - 9 * DAY, 3 * HOUR), (NOW - 6 * DAY, 40 * HOUR), (NOW - 2 * DAY, 5 * HOUR)],
    "churn": [(NOW - 4 * DAY, 2 * HOUR), (NOW - 3 * HOUR, 3 * HOUR)],
}
"""Model to (start, how long); the last one still fires."""
RULE = """
groups:
  - name: drift
    rules:
      - alert: ModelDriftHigh
        expr: model_drift_score > 0.3
        for: 15m
"""


def epochs(start: datetime, end: datetime, step: int) -> range:
    return range(int(start.timestamp()) // step * step, int(end.timestamp()) + 1, step)


def level(value: float, start: datetime = FIRST, end: datetime = NOW, step: int = 1800) -> list[tuple[int, float]]:
    return [(moment, value) for moment in epochs(start, end, step)]


def serving(model: str, team: str, **further: str) -> Iterator[Series]:
    target = {"job": "serving", "instance": f"{model}:8000"}
    labels = {"model": model, "team": team, **further, **target}
    counts = [(moment, float(number)) for number, moment in enumerate(epochs(FIRST, NOW, 1800))]
    yield Series("model_requests_total", {**labels, "code": "200"}, counts)
    yield Series("model_requests_total", {**labels, "code": "500"}, counts[::2])
    yield Series(
        "up", target, [(moment, 0.0 if model == "broken" and moment % 86400 < 60_000 else 1.0) for moment, _ in counts]
    )


def alerts() -> Iterator[Series]:
    for model, episodes in EPISODES.items():
        labels = {**ALERT, "model": model}
        active, pending, firing = [], [], []
        for start, length in episodes:
            for moment in epochs(start, start + length, 300):
                active.append((moment, float(int(start.timestamp()))))
                (pending if moment < start.timestamp() + 900 else firing).append((moment, 1.0))
        yield Series("ALERTS_FOR_STATE", labels, active)
        yield Series("ALERTS", {**labels, "alertstate": "pending"}, pending)
        yield Series("ALERTS", {**labels, "alertstate": "firing"}, firing)
    waited = {**ALERT, "model": "waited"}
    moments = list(epochs(NOW - 5 * DAY, NOW - 5 * DAY + timedelta(minutes=10), 300))
    yield Series("ALERTS_FOR_STATE", waited, [(moment, float(moments[0])) for moment in moments])
    yield Series("ALERTS", {**waited, "alertstate": "pending"}, [(moment, 1.0) for moment in moments])


def history() -> Iterator[Series]:
    yield from serving("fraud", "risk", version="7")
    yield from serving("churn", "risk")
    yield from serving("broken", "growth", version="1")
    yield Series("model_drift_score", {"model": "fraud", "team": "risk"}, level(0.1))
    yield Series("model_drift_score", {"model": "churn", "team": "risk"}, level(0.1, start=NOW - 3 * DAY))
    yield Series("model_drift_score", {"model": "undeployed", "team": "risk"}, level(0.1))
    yield Series("shadow", {"model": "fraud", "team": "risk"}, level(0.5, step=240))
    yield Series("shadow", {"model": "churn", "team": "risk"}, level(1.0, step=240))
    yield from alerts()
    yield from promises()
    yield from dead_jobs()


def promises() -> Iterator[Series]:
    """A canary of three days, a version that took over at once, an objective of each kind, and tables of features."""
    step = timedelta(days=6), timedelta(days=3)
    for version, start, end in (("1", FIRST, NOW - step[1]), ("2", NOW - step[0], NOW), ("8", FIRST, NOW - step[0])):
        model = "steps" if version != "8" else "jumps"
        yield rising(model, version, start, end)
    yield rising("jumps", "9", NOW - step[0] + timedelta(minutes=30), NOW)
    for model in ("steps", "jumps"):
        target = {"job": "serving", "instance": f"{model}:8000"}
        yield Series("up", target, level(1.0))
    yield Series("model_accuracy", {"model": "fraud", "team": "risk"}, level(0.9))
    yield Series("tokens_total", {"model": "fraud", "team": "risk"}, level(5.0))
    yield Series("model_latency_seconds_bucket", {"model": "fraud", "team": "risk", "le": "+Inf"}, level(7.0))
    yield Series("slo_budget", {"objective": "fraud-latency", "model": "fraud", "team": "risk"}, level(0.2))
    yield Series("slo_budget", {"objective": "churn-errors", "model": "churn", "team": "risk"}, level(-0.1))
    updated = [(moment, float(moment // 86400 * 86400 + 3600)) for moment, _ in level(0)]
    yield Series("features_updated", {"feature_table": "orders", "team": "risk"}, updated)
    yield Series("features_updated", {"feature_table": "clicks", "team": "risk"}, level(FIRST.timestamp()))


def dead_jobs() -> Iterator[Series]:
    """Drift checks that died after their first push: one pushed per model, one for all; the gateway tells them on."""
    last_push = level(FIRST.timestamp())
    for model, job, group in (("broken", "drift", {"model": "broken"}), ("steps", "nightly-drift", {})):
        yield Series("model_drift_score", {"model": model, "team": "growth", "job": job}, level(0.1))
        yield Series("push_time_seconds", {"job": job, **group}, last_push)
    yield Series("push_time_seconds", {"job": "drift", "model": "fraud"}, [(moment, moment) for moment, _ in last_push])


def rising(model: str, version: str, start: datetime, end: datetime) -> Series:
    labels = {"model": model, "team": "growth", "version": version, "code": "200", "job": "serving"}
    moments = epochs(start, end, 1800)
    points = [(moment, float(number)) for number, moment in enumerate(moments, start=1)]
    return Series("model_requests_total", {**labels, "instance": f"{model}:8000"}, points)
