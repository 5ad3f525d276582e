"""The settings of an Alertmanager source."""

from __future__ import annotations

from pydantic import Field, field_validator

from mlops_maturity.collectors.alerts import AlertPattern, Tenant, checked_labels
from mlops_maturity.config.settings import SourceSettings


class AlertmanagerSettings(SourceSettings):
    """One Alertmanager, or what speaks its API (version 2) below `url`.

    It shows what is active now and nothing else, so it should be asked often: what comes and goes between two askings
    is not seen.
    """

    drift_alerts: AlertPattern | None = None
    """Regular expression on the whole alertname of drift alerts."""
    tenant: Tenant | None = None
    """The tenant to ask for, where the server has several (Mimir, Cortex): sent as `X-Scope-OrgID`."""
    labels: dict[str, str] = Field(default_factory=lambda: {"model": "model"})
    """Which label names the model."""

    @field_validator("labels")
    @classmethod
    def _known_words(cls, labels: dict[str, str]) -> dict[str, str]:
        return checked_labels(labels, ("model",))

    @property
    def model_label(self) -> str:
        """The label that names the model."""
        return self.labels.get("model", "model")
