"""Alerts as Alertmanager shows them, remembered from one asking to the next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mlops_maturity.collectors.alerts import alert_id, kept
from mlops_maturity.collectors.mapping import instant, written
from mlops_maturity.evidence.records import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert from its start on."""

    labels: Mapping[str, str]
    """Those that are stored."""
    start: datetime
    """When it began to fire, in whole seconds; `for` of its rule is over then."""
    acknowledged_at: datetime | None = None
    silences: tuple[str, ...] = ()
    """Ids of the silences that mute it now."""

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Alert:
        """Raises KeyError, TypeError, ValueError or AttributeError for what is no alert."""
        start = instant(raw["startsAt"])
        if start is None:
            raise ValueError("it has no start")
        labels = {str(name): str(value) for name, value in raw["labels"].items()}
        status = raw.get("status") or {}
        return cls(
            labels=kept(labels),
            start=start.replace(microsecond=0),
            silences=tuple(str(identity) for identity in status.get("silencedBy") or ()),
        )

    @classmethod
    def loaded(cls, stored: Mapping[str, Any]) -> Alert:
        """From what `as_json` gave."""
        start = instant(stored["start"])
        if start is None:
            raise ValueError("it has no start")
        return cls(labels=stored["labels"], start=start, acknowledged_at=instant(stored.get("acknowledged_at")))

    def as_json(self) -> dict[str, Any]:
        """For a cursor."""
        acknowledged = {"acknowledged_at": written(self.acknowledged_at)} if self.acknowledged_at else {}
        return {"labels": dict(self.labels), "start": written(self.start), **acknowledged}

    @property
    def id(self) -> str:
        """That of the same alert read from Prometheus, where both say the same labels and start."""
        return alert_id(self.labels, self.start.timestamp())

    def acknowledged(self, before: Alert | None, began: Mapping[str, datetime], now: datetime) -> Alert:
        """With the first sign that somebody took notice; `began` has the starts of silences by their ids.

        A silence that began before the alert expected it, and is no answer to it. One whose start can't be read has
        begun when it is first seen.
        """
        if before is not None and before.acknowledged_at is not None:
            return replace(self, acknowledged_at=before.acknowledged_at)
        starts = [began.get(identity, now).replace(microsecond=0) for identity in self.silences]
        answers = [start for start in starts if start >= self.start]
        return replace(self, acknowledged_at=min(answers, default=None))

    def incident(
        self, source: str, model_label: str, *, gone_at: datetime | None = None, seen_at: datetime | None = None
    ) -> Incident:
        """The record. Of one that is gone: when that was seen, and in its attributes when it was last there."""
        return Incident(
            source=source,
            id=self.id,
            subject=self.labels.get(model_label),
            category="drift",
            detected_at=self.start,
            acknowledged_at=self.acknowledged_at,
            resolved_at=gone_at,
            severity=self.labels.get("severity"),
            origin="alert",
            attributes={"labels": dict(self.labels), **({"last_seen_at": written(seen_at)} if seen_at else {})},
        )
