"""What `doctor` shows of a Prometheus source."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlops_maturity.collectors.interface import Probe, SourceError
from mlops_maturity.collectors.prometheus.client import PrometheusSource
from mlops_maturity.collectors.prometheus.rules import drift_rules

_WINDOW = "1d"


def probes(source: PrometheusSource) -> tuple[Probe, ...]:
    """Reachable, version, and for each name of the settings whether it is there."""
    reached = _probed("reachable", lambda: _reachable(source))
    if reached.state == "error":
        return (reached,)
    return (reached, *(_probed(name, look) for name, look in _looks(source)))


def _looks(source: PrometheusSource) -> Iterator[tuple[str, Callable[[], Probe]]]:
    settings = source.settings
    for key, wanted, label in (
        ("serving_metric", settings.serving_metric, settings.model_label),
        ("drift_metric", settings.drift_metric, settings.model_label),
        ("version_metric", settings.version_metric, settings.version_label),
        ("latency_histogram", _buckets(settings.latency_histogram), settings.model_label),
    ):
        if wanted is not None:
            yield key, lambda key=key, wanted=wanted, label=label: _series(source, key, wanted, label)  # type: ignore[misc]
        elif key in ("serving_metric", "drift_metric"):
            yield key, lambda key=key: _not_set(key)  # type: ignore[misc]
    if settings.drift_alerts is None:
        yield "drift_alerts", lambda: _not_set("drift_alerts")
    else:
        yield "drift_alerts", lambda: _rules(source, settings.drift_alerts or "")


def _probed(name: str, look: Callable[[], Probe]) -> Probe:
    try:
        return look()
    except SourceError as error:
        return Probe(name=name, state="error", detail=str(error), fix="see the text; then run doctor again")


def _reachable(source: PrometheusSource) -> Probe:
    source.at("1", None)
    try:
        built = source.get("/api/v1/status/buildinfo")
    except SourceError:
        built = {}
    version = str(built.get("version", "")) or "a server that tells no version"
    return Probe(name="reachable", state="ok", detail=f"answers queries; {version[:40]}")


def _series(source: PrometheusSource, key: str, series: str, label: str) -> Probe:
    """Whether a metric is there, and carries the label."""
    answer = source.at(f"count by ({label}) (last_over_time({series}[{_WINDOW}]))", None)
    named = [found for found in answer if found.labels.get(label)]
    if not answer:
        fix = f"set `{key}` to a metric that is there"
        return Probe(name=key, state="warning", detail=f"no series named {series} in the last day", fix=fix)
    if not named:
        word = "version" if label == source.settings.version_label else "model"
        fix = f"set `labels.{word}` to the label that names it"
        return Probe(name=key, state="warning", detail=f"{series} has no label {label}", fix=fix)
    return Probe(name=key, state="ok", detail=f"{series}: {len(named)} values of {label}")


def _rules(source: PrometheusSource, pattern: str) -> Probe:
    rules = drift_rules(source.get("/api/v1/rules", {"type": "alert"}), pattern)
    if rules:
        names = ", ".join(sorted({rule.name for rule in rules})[:5])
        return Probe(name="drift_alerts", state="ok", detail=f"{len(rules)} alert rules: {names}")
    fix = "set `drift_alerts` to the names of your drift alerts, or ask the server that evaluates the rules"
    return Probe(name="drift_alerts", state="warning", detail=f"no alert rule is named like {pattern}", fix=fix)


def _not_set(key: str) -> Probe:
    return Probe(name=key, state="warning", detail="not configured", fix=f"set `{key}`, or a `preset`")


def _buckets(histogram: str | None) -> str | None:
    if histogram is None:
        return None
    name, brace, rest = histogram.partition("{")
    return f"{name}_bucket{brace}{rest}"
