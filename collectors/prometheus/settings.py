"""The settings of a Prometheus source: anything that speaks its API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from mlops_maturity.collectors.prometheus.presets import CUSTOM, preset
from mlops_maturity.config.settings import SourceSettings

METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})?", re.DOTALL)
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_WORDS = {"model": "model", "version": "version"}

Series = Annotated[str, Field(min_length=1)]
"""The name of a metric, with matchers in braces where wanted: `requests_total{env="prod"}`."""


class UserSignal(BaseModel):
    """One of the user's own signals: a PromQL expression that gives one number for a team on a day."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=64)
    """Its name, for example `user.shadow_share`."""
    promql: str = Field(min_length=1)
    """The expression. `$team` stands for the team's label matchers, `$window` for the window, such as `30d`."""
    unit: str = ""
    """What the number is counted in, for example `share` or `hours`."""
    window_days: int = Field(default=30, ge=1, le=366)
    """Days that one value looks at."""


class PrometheusSettings(SourceSettings):
    """One Prometheus, Thanos, Mimir or VictoriaMetrics."""

    preset: str = CUSTOM
    """A shipped set of names, `custom` for none; keys written here count more."""
    labels: dict[str, str] = Field(default_factory=lambda: dict(_WORDS))
    """Which label names the model, and which its version."""
    drift_alerts: str | None = None
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
        if not isinstance(given, Mapping) or not isinstance(given.get("preset", CUSTOM), str):
            return given
        said = preset(given.get("preset", CUSTOM))
        labels = given.get("labels", {})
        if isinstance(labels, Mapping):
            return {**said, **given, "labels": {**_WORDS, **said.get("labels", {}), **labels}}
        return {**said, **given}

    @field_validator("url")
    @classmethod
    def _readable_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise ValueError(f"is no address ({error}); write it like http://prometheus:9090") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("has to start with http:// or https:// and name a host")
        if parts.username or parts.password:
            raise ValueError("holds a user or password; leave them out and set `token_env` or `token_file`")
        return url

    @field_validator("labels")
    @classmethod
    def _known_words(cls, labels: dict[str, str]) -> dict[str, str]:
        for word, label in labels.items():
            if word not in _WORDS:
                raise ValueError(f"{word!r} is not one of model, version")
            if not LABEL.fullmatch(label):
                raise ValueError(f"{label!r} is no name of a label; write letters, digits and _")
        return labels

    @field_validator("drift_metric", "serving_metric", "version_metric", "latency_histogram")
    @classmethod
    def _is_series(cls, series: str | None) -> str | None:
        if series is not None and not METRIC.fullmatch(series.strip()):
            raise ValueError(f"{series!r} is no metric; write its name, if need be with matchers in braces")
        return series if series is None else series.strip()

    @field_validator("drift_alerts")
    @classmethod
    def _is_pattern(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return pattern

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
