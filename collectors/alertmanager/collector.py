"""The collector of one Alertmanager: asked again and again, it knows what came and went from the first asking on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mlops_maturity.collectors.alertmanager.alerts import Alert
from mlops_maturity.collectors.alertmanager.settings import AlertmanagerSettings
from mlops_maturity.collectors.alerts import TENANT_HEADER
from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import (
    BadAnswer,
    Forbidden,
    Page,
    Probe,
    ReadRequest,
    SourceError,
    Stream,
    Unsupported,
)
from mlops_maturity.collectors.mapping import instant, lenient, mapped, written
from mlops_maturity.collectors.probe_lines import not_reached, step_for_part
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Incident

INCIDENTS = Stream(name="incidents", kinds=("incident",))
LONGEST_GAP = timedelta(days=1)
"""Between two askings: what came and went in a longer one is too much to leave out of account."""
_API = "api/v2"
_SHOWN = 5


class AlertmanagerCollector:
    """Reads one Alertmanager."""

    def __init__(self, source: AlertmanagerSettings, http: Http | None = None) -> None:
        self._source = source
        self._http = http or Http(source, headers={TENANT_HEADER: source.tenant} if source.tenant else None)
        self._drift = re.compile(source.drift_alerts or "")

    def streams(self) -> Sequence[Stream]:
        """One, if the settings say which alerts are about drift."""
        return [INCIDENTS] if self._source.drift_alerts is not None else []

    def read(self, stream: Stream, request: ReadRequest) -> Iterator[Page]:
        """One page: what is active, and what is no longer. Raises SourceError."""
        polled_at = instant(request.cursor.get("polled_at"))
        known = {alert.id: alert for alert in map(Alert.loaded, request.cursor.get("known", ()))}
        active, refused = self._active()
        found = self._acknowledged(active, known, request.now)
        missing = {key: alert for key, alert in known.items() if key not in found}
        reached, gone = request.now, missing
        if self._just_started(request.now):  # what is missing may still be told to it, so nothing is known of now
            reached, gone, found = polled_at or request.now, {}, {**missing, **found}
        yield Page(
            records=[
                *(self._incident(alert) for key, alert in found.items() if key in active),
                *(self._incident(alert, request.now, polled_at) for alert in gone.values()),
            ],
            refused=refused,
            cursor={"polled_at": written(reached), "known": [alert.as_json() for _, alert in sorted(found.items())]},
            coverage=self._coverage(polled_at, reached),
            progress=f"{len(active)} drift alerts",
            done=1.0,
        )

    def probe(self) -> Sequence[Probe]:
        """Reachable, version, and whether alerts and silences can be read."""
        try:
            status = self._object("status")
            active, _ = self._active()
        except SourceError as error:
            return [not_reached(error, "Alertmanager's address, without /api/v2")]
        version = str((status.get("versionInfo") or {}).get("version", "without a version"))[:40]
        return [
            Probe(name="reachable", state="ok", detail=f"Alertmanager {version}"),
            self._probe_alerts(active),
            self._probe_silences(),
        ]

    def close(self) -> None:
        """Ends connections."""
        self._http.close()

    def _active(self) -> tuple[dict[str, Alert], list[str]]:
        """Drift alerts that fire now, muted ones too, by their ids; and what is no alert."""
        rows = self._list("alerts", {"active": "true", "silenced": "true", "inhibited": "true", "unprocessed": "true"})
        alerts, refused = mapped(rows, Alert.of, lambda row: row["fingerprint"], "alert")
        if self._source.drift_alerts is None:
            return {}, refused
        drift = (alert for alert in alerts if self._drift.fullmatch(alert.labels.get("alertname", "")))
        return {alert.id: alert for alert in drift}, refused

    def _acknowledged(self, active: Mapping[str, Alert], known: Mapping[str, Alert], now: datetime) -> dict[str, Alert]:
        began = self._silences() if any(alert.silences for alert in active.values()) else {}
        return {key: alert.acknowledged(known.get(key), began, now) for key, alert in active.items()}

    def _incident(self, alert: Alert, gone_at: datetime | None = None, seen_at: datetime | None = None) -> Incident:
        return alert.incident(self._source.id, self._source.model_label, gone_at=gone_at, seen_at=seen_at)

    def _silences(self) -> Mapping[str, datetime]:
        """When each silence began, as far as that can be read. Who made it, and why, is not looked at."""
        try:
            rows = self._list("silences", {})
        except (Forbidden, Unsupported):
            return {}
        began = {str(row.get("id")): lenient(row.get("startsAt")) for row in rows if isinstance(row, dict)}
        return {identity: start for identity, start in began.items() if start is not None}

    def _just_started(self, now: datetime) -> bool:
        """Whether it may not have been told of all alerts yet: it forgets them when it stops."""
        try:
            started = lenient(self._object("status").get("uptime"))
        except (Forbidden, Unsupported):
            return False
        return started is not None and started > self._http.settled(now)

    def _coverage(self, start: datetime | None, end: datetime) -> tuple[Coverage, ...]:
        if start is None or start >= end:
            return ()
        whole = end - start <= LONGEST_GAP
        reason = "" if whole else "not asked for more than a day: what came and went meanwhile is not known"
        span = Coverage(
            source=self._source.id, stream="incident", scope="*", start=start, end=end, complete=whole, reason=reason
        )
        return (span,)

    def _probe_alerts(self, active: Mapping[str, Alert]) -> Probe:
        if self._source.drift_alerts is None:
            fix = "set `drift_alerts` to a regular expression on the names of your drift alerts"
            return Probe(name="drift_alerts", state="warning", detail="not configured: nothing is read", fix=fix)
        names = sorted({alert.labels["alertname"] for alert in active.values()})
        shown = f": {', '.join(names[:_SHOWN])}" if names else ""
        return Probe(name="drift_alerts", state="ok", detail=f"{len(active)} fire now{shown}")

    def _probe_silences(self) -> Probe:
        try:
            count = len(self._list("silences", {}))
        except SourceError as error:
            step = step_for_part(
                error, absent="ask an Alertmanager that keeps silences", right="read access to silences"
            )
            fix = f"{step}; without silences an alert counts as acknowledged when it is first seen muted"
            return Probe(name="silences", state="warning", detail=str(error), fix=fix)
        return Probe(name="silences", state="ok", detail=f"{count} to see")

    def _list(self, what: str, params: Mapping[str, str]) -> list[Any]:
        data = self._http.get(f"{_API}/{what}", params).data
        if not isinstance(data, list):
            raise BadAnswer(
                f"{self._source.id}: {what} answered something else than a list. Is `url` an Alertmanager's?"
            )
        return data

    def _object(self, what: str) -> Mapping[str, Any]:
        data = self._http.get(f"{_API}/{what}").data
        if not isinstance(data, dict):
            raise BadAnswer(f"{self._source.id}: {what} answered no object. Is `url` an Alertmanager's?")
        return data
