"""The settings of a Prometheus source: anything that speaks its API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from mlops_maturity.collectors.alerts import AlertPattern, Tenant, checked_labels
from mlops_maturity.collectors.prometheus.presets import CUSTOM, preset, preset_names
from mlops_maturity.config.file_model import FileModel, Identifier, Number, Text, Whole
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.settings import SourceSettings

METRIC = re.compile(r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})?|\{\s*"(?P<quoted>([^"\\]|\\.)+)"\s*(,.*)?\}', re.DOTALL)
"""A metric as PromQL writes it; Prometheus 3 puts names with other characters, in quotes, first among the matchers."""
_WORDS = {"model": "model", "version": "version", "feature_table": "feature_table", "objective": "objective"}

Series = Text
"""The name of a metric, with matchers in braces where wanted: `requests_total{env="prod"}`; of Prometheus 3 also
`{"requests.total", env="prod"}`."""


class UserSignal(FileModel):
    """One of the user's own signals: a PromQL expression that gives one number for a team on a day."""

    id: Identifier
    """Its name, for example `user.shadow_share`."""
    promql: Text
    """The expression. `$team` stands for the team's label matchers, `$window` for the window, such as `30d`."""
    unit: str = ""
    """What the number is counted in, for example `share` or `hours`."""
    window_days: Whole = Field(default=30, ge=1, le=366)
    """Days that one value looks at."""


class PrometheusSettings(SourceSettings):
    """One Prometheus, Thanos, Mimir or VictoriaMetrics."""

    preset: str = CUSTOM
    """A shipped set of names, `custom` for none; keys written here count more."""
    tenant: Tenant | None = None
    """The tenant to ask for, where the server has several (Mimir, Cortex, Thanos): sent as `X-Scope-OrgID`."""
    presets: tuple[str, ...] = ()
    """Further shipped sets, for what is exported beside the serving tool: `sloth`, `feast`, … The first one counts
    most, and `preset` more than all of them."""
    labels: dict[str, str] = Field(default_factory=lambda: dict(_WORDS))
    """Which label names the model, its version, a table of features, and an objective."""
    drift_alerts: AlertPattern | None = None
    """Regular expression on the whole alertname of drift alerts."""
    slo_alerts: AlertPattern | None = None
    """Regular expression on the whole alertname of alerts on latency, errors or availability."""
    drift_metric: Series | None = None
    """Metric that a drift check exports for a model."""
    quality_metric: Series | None = None
    """Metric of live prediction quality, or of an agreed proxy, with the label of the model."""
    cost_metric: Series | None = None
    """Metric of cost or of the use of accelerators, with the label of the model."""
    token_metric: Series | None = None
    """Metric of the tokens that a generative application uses, with the label of the model."""
    request_metric: Series | None = None
    """Counter of the requests to generative applications, with the label of the model: what `mlflow.trace_coverage`
    compares their traces with. Where one counter serves several kinds of model, choose by matchers in braces."""
    guardrail_metric: Series | None = None
    """Metric that counts what guardrails decided (passed, blocked, sent to a person), with the label of the model."""
    slo_budget_metric: Series | None = None
    """What is left of the error budget of an objective, as a share; below 0 the objective was missed."""
    slo_attained_metric: Series | None = None
    """What was reached of an objective, as a share; with `slo_objective_metric` in place of the budget."""
    slo_objective_metric: Series | None = None
    """What an objective asks for, as a share, with the same labels as what was reached."""
    feature_age_metric: Series | None = None
    """Seconds since a table of features was last brought up to date."""
    feature_updated_metric: Series | None = None
    """When a table of features was last brought up to date, in seconds since the epoch; in place of its age."""
    feature_max_age_hours: Number = Field(default=24.0, gt=0)
    """How old a table of features may be."""
    serving_metric: Series | None = None
    """Metric that a model exports when it serves, for example its count of requests."""
    version_metric: Series | None = None
    """Metric that carries the version label; the serving metric where it is left out."""
    error_matcher: str | None = None
    """Label matcher of failed requests in the serving metric."""
    latency_histogram: Series | None = None
    """Histogram of response times, without `_bucket`."""
    signals: tuple[UserSignal, ...] = ()
    """The user's own."""

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, given: Any) -> Any:
        """Fills in what the preset says and the user did not."""
        if not isinstance(given, Mapping):
            return given
        named = [given.get("preset", CUSTOM), *_listed(given.get("presets"))]
        said = [preset(name) for name in named if isinstance(name, str) and name in preset_names()]
        filled = {key: value for one in reversed(said) for key, value in one.items()}
        labels = [one.get("labels", {}) for one in reversed(said)]
        own = given.get("labels", {})
        if isinstance(own, Mapping):
            filled["labels"] = {name: value for one in (_WORDS, *labels) for name, value in one.items()} | dict(own)
            return {**filled, **given, "labels": filled["labels"]}
        return {**filled, **given}

    @field_validator("preset")
    @classmethod
    def _is_shipped(cls, name: str) -> str:
        if name not in preset_names():
            raise ValueError(f"no preset is called {name!r}{did_you_mean(name, preset_names())}")
        return name

    @field_validator("presets")
    @classmethod
    def _are_shipped(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(cls._is_shipped, names))

    @field_validator("labels")
    @classmethod
    def _known_words(cls, labels: dict[str, str]) -> dict[str, str]:
        return checked_labels(labels, _WORDS)

    @field_validator(
        "drift_metric", "serving_metric", "version_metric", "latency_histogram", "quality_metric", "cost_metric",
        "token_metric", "guardrail_metric", "slo_budget_metric", "slo_attained_metric", "slo_objective_metric",
        "feature_age_metric", "feature_updated_metric", "request_metric",
    )  # fmt: skip
    @classmethod
    def _is_series(cls, series: str | None) -> str | None:
        if series is not None and not METRIC.fullmatch(series.strip()):
            raise ValueError(f"{series!r} is no metric; write its name, if need be with matchers in braces")
        return series if series is None else series.strip()

    @field_validator("signals")
    @classmethod
    def _told_apart(cls, signals: tuple[UserSignal, ...]) -> tuple[UserSignal, ...]:
        ids = [signal.id for signal in signals]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"two signals are called {twice[0]!r}; give each its own id")
        return signals

    @model_validator(mode="after")
    def _has_both(self) -> Self:
        if (self.slo_attained_metric is None) != (self.slo_objective_metric is None):
            raise ValueError("slo_attained_metric and slo_objective_metric go together; set both, or slo_budget_metric")
        return self

    @property
    def model_label(self) -> str:
        """The label that names the model."""
        return self.labels["model"]

    @property
    def version_label(self) -> str:
        """The label that names the version."""
        return self.labels["version"]

    @property
    def latency_metric(self) -> str | None:
        """A series that every histogram of response times has."""
        return None if self.latency_histogram is None else suffixed(self.latency_histogram, "_bucket")


def suffixed(series: str, suffix: str) -> str:
    """A series whose name ends in `suffix`: `a{b="c"}` and `_bucket` make `a_bucket{b="c"}`."""
    found = METRIC.fullmatch(series)
    if found is not None and found["quoted"] is not None:
        end = found.end("quoted")
        return series[:end] + suffix + series[end:]
    name, brace, rest = series.partition("{")
    return f"{name}{suffix}{brace}{rest}"


def _listed(names: Any) -> list[Any]:
    return list(names) if isinstance(names, list | tuple) else []
