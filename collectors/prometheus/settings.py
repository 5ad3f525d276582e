"""The settings of a Prometheus source: anything that speaks its API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from mlops_maturity.collectors.alerts import AlertPattern, checked_labels
from mlops_maturity.collectors.prometheus.presets import CUSTOM, preset, preset_names
from mlops_maturity.config.file_model import FileModel, Identifier, Text, Whole
from mlops_maturity.config.settings import SourceSettings

METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})?", re.DOTALL)
_WORDS = {"model": "model", "version": "version"}

Series = Text
"""The name of a metric, with matchers in braces where wanted: `requests_total{env="prod"}`."""


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
    labels: dict[str, str] = Field(default_factory=lambda: dict(_WORDS))
    """Which label names the model, and which its version."""
    drift_alerts: AlertPattern | None = None
    """Regular expression on the whole alertname of drift alerts."""
    drift_metric: Series | None = None
    """Metric that a drift check exports for a model."""
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
        if not isinstance(given, Mapping) or given.get("preset", CUSTOM) not in preset_names():
            return given
        said = preset(given.get("preset", CUSTOM))
        labels = given.get("labels", {})
        if isinstance(labels, Mapping):
            return {**said, **given, "labels": {**_WORDS, **said.get("labels", {}), **labels}}
        return {**said, **given}

    @field_validator("preset")
    @classmethod
    def _is_shipped(cls, name: str) -> str:
        if name not in preset_names():
            raise ValueError(f"no preset is called {name!r}; there are {', '.join(preset_names())}")
        return name

    @field_validator("labels")
    @classmethod
    def _known_words(cls, labels: dict[str, str]) -> dict[str, str]:
        return checked_labels(labels, _WORDS)

    @field_validator("drift_metric", "serving_metric", "version_metric", "latency_histogram")
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

    @property
    def model_label(self) -> str:
        """The label that names the model."""
        return self.labels["model"]

    @property
    def version_label(self) -> str:
        """The label that names the version."""
        return self.labels["version"]
