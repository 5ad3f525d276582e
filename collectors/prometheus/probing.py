"""What `doctor` shows of a Prometheus source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mlops_maturity.collectors.interface import Probe, SourceError
from mlops_maturity.collectors.probe_lines import not_reached, part_not_read
from mlops_maturity.collectors.prometheus.client import PrometheusSource
from mlops_maturity.collectors.prometheus.rules import alert_rules, named, none_named
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.config.plural import counted

_WINDOW = "1d"
_URL = "Prometheus' own address, without /api/v1"
_RULES_ELSEWHERE = "name the server that evaluates the rules as a source of its own"
_USUAL = frozenset({"serving_metric", "drift_metric", "drift_alerts"})
"""What every source should name; the rest is told only where it is named."""


def probes(source: PrometheusSource) -> tuple[Probe, ...]:
    """Reachable, version, and for each name of the settings whether it is there."""
    try:
        reached = _reachable(source)
    except SourceError as error:
        return (not_reached(error, _URL),)
    return (reached, *(_probed(name, look) for name, look in _looks(source)))


def _looks(source: PrometheusSource) -> Iterator[tuple[str, Callable[[], Probe]]]:
    settings = source.settings
    for key, label in _labelled(settings).items():
        wanted = settings.latency_metric if key == "latency_histogram" else getattr(settings, key)
        if wanted is not None:
            yield key, lambda key=key, wanted=wanted, label=label: _series(source, key, wanted, label)  # type: ignore[misc]
        elif key in _USUAL:
            yield key, lambda key=key: _not_set(key)  # type: ignore[misc]
    for key in ("drift_alerts", "slo_alerts"):
        pattern = getattr(settings, key)
        if pattern is not None:
            yield key, lambda key=key, pattern=pattern: _rules(source, key, pattern)  # type: ignore[misc]
        elif key in _USUAL:
            yield key, lambda key=key: _not_set(key)  # type: ignore[misc]


def _labelled(settings: PrometheusSettings) -> Mapping[str, str]:
    """Settings that name a metric, each with the label that it has to have."""
    of_models = ("serving_metric", "drift_metric", "quality_metric", "cost_metric", "token_metric", "guardrail_metric",
                 "request_metric", "latency_histogram")  # fmt: skip
    of_objectives = ("slo_budget_metric", "slo_attained_metric", "slo_objective_metric")
    of_tables = ("feature_age_metric", "feature_updated_metric")
    return {
        **dict.fromkeys(of_models, settings.model_label),
        "version_metric": settings.version_label,
        **dict.fromkeys(of_objectives, settings.labels["objective"]),
        **dict.fromkeys(of_tables, settings.labels["feature_table"]),
    }


def _probed(name: str, look: Callable[[], Probe]) -> Probe:
    try:
        return look()
    except SourceError as error:
        return part_not_read(name, error, absent=_RULES_ELSEWHERE)


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
        word = next(word for word, name in source.settings.labels.items() if name == label)
        fix = f"set `labels.{word}` to the label that names it"
        return Probe(name=key, state="warning", detail=f"{series} has no label {label}", fix=fix)
    return Probe(name=key, state="ok", detail=f"{series}: {counted(len(named), 'value')} of {label}")


def _rules(source: PrometheusSource, key: str, pattern: str) -> Probe:
    rules = alert_rules(source.get("/api/v1/rules", {"type": "alert"}))
    found = named(rules, pattern)
    if found:
        names = ", ".join(sorted({rule.name for rule in found})[:5])
        return Probe(name=key, state="ok", detail=f"{counted(len(found), 'alert rule')}: {names}")
    fix = f"set `{key}` to the names of your alerts, or {_RULES_ELSEWHERE}"
    return Probe(name=key, state="warning", detail=none_named(pattern, rules), fix=fix)


def _not_set(key: str) -> Probe:
    return Probe(name=key, state="warning", detail="not configured", fix=f"set `{key}`, or a `preset`")
