"""The stream of drift rules: which serving models an alert rule watches, as the rules stand today.

An empty list of rules has three meanings. Prometheus itself has none; a server that only stores (VictoriaMetrics, a
Thanos without its rule interface) keeps them elsewhere; or the interface is not there at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from mlops_maturity.collectors.interface import Forbidden, Page, ReadRequest, Unauthorized, Unsupported
from mlops_maturity.collectors.prometheus.client import PrometheusSource
from mlops_maturity.collectors.prometheus.days import midnight
from mlops_maturity.collectors.prometheus.observations import model_groups
from mlops_maturity.collectors.prometheus.observed import Group, Sighting, numbered, remark
from mlops_maturity.collectors.prometheus.promql import Grouping, present, quoted
from mlops_maturity.evidence.records import Observation, State

NAME = "drift_rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert rule whose name says that it is about drift."""

    name: str
    query: str
    labels: Mapping[str, str]


def rule_pages(source: PrometheusSource, pattern: str, grouping: Grouping, request: ReadRequest) -> Iterator[Page]:
    """One page: an observation for each serving model, or one remark where it can't be told. Raises SourceError."""
    records = list(_observations(source, pattern, grouping, request))
    yield Page(records=records, cursor={"read_at": request.now.isoformat()}, progress="rules", done=1.0)


def drift_rules(answer: Mapping[str, Any], pattern: str) -> list[Rule]:
    """The alert rules among `/api/v1/rules` whose name matches the pattern as a whole."""
    wanted = re.compile(pattern)
    groups = answer.get("groups") or []
    return [
        Rule(str(rule.get("name", "")), str(rule.get("query", "")), rule.get("labels") or {})
        for group in groups
        for rule in group.get("rules") or []
        if rule.get("type", "alerting") == "alerting" and wanted.fullmatch(str(rule.get("name", "")))
    ]


def watches(rule: Rule, model: str, label: str, exports_drift: bool) -> bool:
    """Whether a rule is about a model: it names it, or names none and looks at what the model exports."""
    named = rule.labels.get(label)
    if named is not None and "{{" not in named:
        return named == model
    matchers = re.findall(rf'(?<![\w]){label}\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')', rule.query)
    if not matchers:
        return exports_drift
    return all(_fulfils(model, operator, _unquoted(literal)) for operator, literal in matchers)


def _observations(
    source: PrometheusSource, pattern: str, grouping: Grouping, request: ReadRequest
) -> Iterator[Observation]:
    settings, now = source.settings, request.now
    today = now.astimezone(UTC).date()
    try:
        answer = source.get("/api/v1/rules", {"type": "alert"})
        rules = drift_rules(answer, pattern)
        elsewhere = not answer.get("groups") and _kept_elsewhere(source, pattern, request)
    except (Forbidden, Unauthorized, Unsupported) as error:
        state: State = "unsupported" if isinstance(error, Unsupported) else "forbidden"
        yield remark(settings, NAME, f"{state}: {error}", today, state)
        return
    if elsewhere:
        text = "unsupported: this server keeps no rules; they live in another one, such as vmalert or a ruler"
        yield remark(settings, NAME, text, today, "unsupported")
        return
    exporting = _drift_groups(source, grouping, request)
    for group, copy in numbered(model_groups(source, grouping, now)):
        exports = exporting is None or group.among(exporting)
        is_watched = any(watches(rule, group.model, settings.model_label, exports) for rule in rules)
        yield Sighting(settings, group, today, midnight(today), copy).state(NAME, is_watched)


def _kept_elsewhere(source: PrometheusSource, pattern: str, request: ReadRequest) -> bool:
    """Whether an empty list of rules tells nothing: another kind of server, or alerts fire all the same."""
    try:
        built = source.get("/api/v1/status/buildinfo")
    except Unsupported:
        return True
    if "goVersion" not in built:  # VictoriaMetrics answers an empty object, or a version alone
        return True
    return bool(source.at(f"count(last_over_time(ALERTS{{alertname=~{quoted(pattern)}}}[1d]))", request.now))


def _drift_groups(source: PrometheusSource, grouping: Grouping, request: ReadRequest) -> list[Group] | None:
    """The models that export drift; None where the settings don't name the metric."""
    metric = source.settings.drift_metric
    if metric is None:
        return None
    return [Group.of(series.labels, grouping) for series in source.at(present(metric, grouping), request.now)]


def _fulfils(model: str, operator: str, value: str) -> bool:
    if operator in ("=", "!="):
        return (model == value) == (operator == "=")
    try:
        matches = re.fullmatch(value, model) is not None
    except re.error:
        return False
    return matches == (operator == "=~")


def _unquoted(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", literal[1:-1])
