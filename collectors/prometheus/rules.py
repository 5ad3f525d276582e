"""The stream of rules: which serving models an alert rule watches, as the rules stand today.

An empty list of rules has three meanings. Prometheus itself has none; a server that only stores (VictoriaMetrics, a
Thanos without its rule interface) keeps them elsewhere; or the interface is not there at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from mlops_maturity.collectors.interface import Forbidden, Page, ReadRequest, Unauthorized, Unsupported
from mlops_maturity.collectors.prometheus.client import PrometheusSource
from mlops_maturity.collectors.prometheus.days import midnight
from mlops_maturity.collectors.prometheus.observations import model_groups
from mlops_maturity.collectors.prometheus.observed import Group, Sighting, numbered, remark
from mlops_maturity.collectors.prometheus.promql import Grouping, present, quoted
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.evidence.records import Observation, State

PATTERNS = {"drift_rule": "drift_alerts", "slo_rule": "slo_alerts"}
"""Observation to the setting that names the alerts."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert rule."""

    name: str
    query: str
    labels: Mapping[str, str]


def rule_pages(source: PrometheusSource, grouping: Grouping, request: ReadRequest) -> Iterator[Page]:
    """One page: an observation for each serving model and kind of rule, or one remark of a kind where it can't be told.

    Raises SourceError.
    """
    seen = _Seen(source, grouping, request)
    records = list(seen.observations())
    yield Page(
        records=records,
        cursor={"read_at": request.now.isoformat()},
        warnings=(*seen.misnamed.values(), *(f"partial answer: {text}" for text in source.warnings())),
        progress="rules",
        done=1.0,
    )


def alert_rules(answer: Mapping[str, Any]) -> list[Rule]:
    """The alert rules among `/api/v1/rules`."""
    return [
        Rule(str(rule.get("name", "")), str(rule.get("query", "")), rule.get("labels") or {})
        for group in answer.get("groups") or []
        for rule in group.get("rules") or []
        if rule.get("type", "alerting") == "alerting"
    ]


def named(rules: Iterable[Rule], pattern: str) -> list[Rule]:
    """Those whose name matches the pattern as a whole."""
    wanted = re.compile(pattern)
    return [rule for rule in rules if wanted.fullmatch(rule.name)]


def none_named(pattern: str, rules: Iterable[Rule]) -> str:
    """What to say where no rule is named by a pattern: with the nearest name, as it may be misspelt."""
    words = re.sub(r"\W+", "", pattern)
    return f"no alert rule is named like {pattern}{did_you_mean(words, sorted({rule.name for rule in rules}))}"


def watches(rule: Rule, model: str, label: str, exports_drift: bool) -> bool:
    """Whether a rule is about a model: it names it, or names none and looks at what the model exports."""
    named = rule.labels.get(label)
    if named is not None and "{{" not in named:
        return named == model
    matchers = re.findall(rf'(?<![\w]){label}\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')', rule.query)
    if not matchers:
        return exports_drift
    return all(_fulfils(model, operator, _unquoted(literal)) for operator, literal in matchers)


class _Seen:
    """The rules of a source as they stand."""

    def __init__(self, source: PrometheusSource, grouping: Grouping, request: ReadRequest) -> None:
        self._source, self._settings = source, source.settings
        self._grouping, self._now = grouping, request.now
        self._today = request.now.astimezone(UTC).date()
        self._patterns = {name: word for name, key in PATTERNS.items() if (word := getattr(source.settings, key))}
        self.misnamed: dict[str, str] = {}
        """What is warned of, by observation: the settings name no rule that is there."""

    def observations(self) -> Iterator[Observation]:
        """For each serving model and kind of rule, or a remark of the kind. Raises SourceError."""
        try:
            answer = self._source.get("/api/v1/rules", {"type": "alert"})
        except (Forbidden, Unauthorized, Unsupported) as error:
            state: State = "unsupported" if isinstance(error, Unsupported) else "forbidden"
            for name in self._patterns:
                yield remark(self._settings, name, f"{state}: {error}", self._today, state)
            return
        rules = alert_rules(answer)
        for name, pattern in self._patterns.items():
            if not answer.get("groups") and self._kept_elsewhere(pattern):
                text = "unsupported: this server keeps no rules; they live in another one, such as vmalert or a ruler"
                yield remark(self._settings, name, text, self._today, "unsupported")
            elif not named(rules, pattern):
                self.misnamed[name] = f"{PATTERNS[name]}: {none_named(pattern, rules)}"
                yield remark(self._settings, name, f"not configured: {none_named(pattern, rules)}", self._today)
            else:
                yield from self._watched(name, named(rules, pattern))

    def _watched(self, name: str, rules: Sequence[Rule]) -> Iterator[Observation]:
        settings = self._settings
        exporting = self._exporting(name)
        for group, copy in numbered(model_groups(self._source, self._grouping, self._now)):
            exports = exporting is None or group.among(exporting)
            is_watched = any(watches(rule, group.model, settings.model_label, exports) for rule in rules)
            sighting = Sighting(settings.id, settings.model_label, group, self._today, midnight(self._today), copy)
            yield sighting.state(name, is_watched)

    def _kept_elsewhere(self, pattern: str) -> bool:
        """Whether an empty list of rules tells nothing: another kind of server, or alerts fire all the same."""
        try:
            built = self._source.get("/api/v1/status/buildinfo")
        except Unsupported:
            return True
        if "goVersion" not in built:  # VictoriaMetrics answers an empty object, or a version alone
            return True
        return bool(self._source.at(f"count(last_over_time(ALERTS{{alertname=~{quoted(pattern)}}}[1d]))", self._now))

    def _exporting(self, name: str) -> list[Group] | None:
        """The models that export what a rule without a model's name looks at; None where all that serve do.

        Rules on latency, errors and availability look at the requests themselves.
        """
        metric = self._settings.drift_metric if name == "drift_rule" else None
        if metric is None:
            return None
        answer = self._source.at(present(metric, self._grouping), self._now)
        return [Group.of(series.labels, self._grouping) for series in answer]


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
