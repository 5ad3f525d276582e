"""A stateful stand-in for the part of Alertmanager's API (version 2) that the collector reads.

Answers are shaped as those of a real 0.25; `test_live` shows that. What has ended is gone at once, and a restart
forgets every alert but no silence.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from faulty import Faulty, answer

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def iso(moment):
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class FakeAlertmanager(Faulty):
    def __init__(self, *, base=""):
        super().__init__()
        self.base = base
        self.alerts, self.silences = {}, {}
        self.started = NOW - timedelta(days=40)
        self.absent, self.forbidden = set(), set()

    def fire(self, start, *, name="ModelDriftHigh", model="churn", **labels):
        given = {"alertname": name, "model": model, "severity": "warning", **labels}
        labels = {label: value for label, value in given.items() if value is not None}
        key = f"{len(self.alerts):016x}"
        self.alerts[key] = {
            "labels": labels,
            "annotations": {"summary": "ask ann@example.org"},
            "fingerprint": key,
            "startsAt": iso(start),
            "endsAt": iso(NOW + timedelta(minutes=5)),
            "updatedAt": iso(NOW),
            "generatorURL": "http://prometheus.example/graph?g0.expr=x",
            "receivers": [{"name": "ann"}],
            "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
        }
        return key

    def silence(self, key, start):
        identity = f"silence-{len(self.silences)}"
        self.silences[identity] = {
            "id": identity,
            "status": {"state": "active"},
            "startsAt": iso(start),
            "endsAt": iso(start + timedelta(hours=2)),
            "updatedAt": iso(start),
            "createdBy": "ann@example.org",
            "comment": "bob looks at it",
            "matchers": [{"name": "model", "value": "churn", "isRegex": False, "isEqual": True}],
        }
        self.alerts[key]["status"]["silencedBy"].append(identity)
        self.alerts[key]["status"]["state"] = "suppressed"
        return identity

    def end_silences(self, key):
        self.alerts[key]["status"] = {"state": "active", "silencedBy": [], "inhibitedBy": []}

    def restart(self, at):
        self.started = at
        forgotten, self.alerts = self.alerts, {}
        return forgotten

    def answer(self, request):
        path = request.url.path
        if not path.startswith(f"{self.base}/api/v2/"):
            return answer(404, text="404 page not found")
        what = path.rpartition("/")[2]
        if what in self.absent:
            return answer(404, text="404 page not found")
        if what in self.forbidden:
            return answer(403, text="RBAC: access denied")
        match what:
            case "alerts":
                assert request.url.params["silenced"] == "true"
                return answer(200, json=list(self.alerts.values()))
            case "silences":
                return answer(200, json=list(self.silences.values()))
            case "status":
                told = {"versionInfo": {"version": "0.25.0"}, "cluster": {"status": "disabled", "peers": []}}
                return answer(200, json={**told, "uptime": iso(self.started), "config": {"original": "secret: x"}})
        return answer(404)
