"""The stream of drift incidents: across days, restarts of ours and theirs, and what never fired."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors.prometheus.collector import INCIDENTS
from mlops_maturity.collectors.prometheus.days import last_second

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ANYTHING = "count(last_over_time(up["
ACTIVE = "count(last_over_time(ALERTS_FOR_STATE{"
STATE, ALERTS = "ALERTS_FOR_STATE{", "ALERTS{"
LABELS = {"alertname": "ModelDriftHigh", "model": "fraud", "severity": "warning", "team": "risk"}


def at(moment):
    return moment.timestamp()


class Alerts:
    """Writes into the fake what Prometheus would have recorded of alerts, evaluated every five minutes."""

    def __init__(self, fake, days=100):
        self.states, self.alerts = [], []
        self.active = {}
        ends = {at(last_second((NOW - number * DAY).date())): 1 for number in range(1, days + 1)}
        fake.series = {ANYTHING: [({}, ends)], ACTIVE: [({}, self.active)], STATE: self.states, ALERTS: self.alerts}

    def fire(self, start, end, *, since=None, state="firing", **labels):
        """Active from `start` to `end`, as of `since`; with `state` None, ALERTS has no series."""
        known = {**LABELS, **labels}
        moments = [at(start) + step for step in range(0, int((end - start).total_seconds()), 300)]
        self.states.append((known, dict.fromkeys(moments, at(since or start))))
        if state is not None:
            self.alerts.append(({**known, "alertstate": state}, dict.fromkeys(moments, 1)))
        day = start
        while day.date() <= end.date():
            self.active[at(last_second(day.date()))] = 1
            day += DAY


@pytest.fixture
def alerts(fake):
    return Alerts(fake)


def incidents(kept):
    found = sorted(kept.of("incident"), key=lambda incident: (incident.detected_at, incident.id))
    return [(incident.detected_at, incident.resolved_at) for incident in found]


def test_an_alert_becomes_an_incident_of_its_model(alerts, read):
    start = NOW - 3 * DAY
    alerts.fire(start, start + 2 * HOUR)
    (incident,) = read(stream=INCIDENTS).of("incident")
    assert (incident.detected_at, incident.resolved_at) == (start, start + 2 * HOUR)
    assert (incident.subject, incident.severity) == ("fraud", "warning")
    assert (incident.category, incident.origin, incident.acknowledged_at) == ("drift", "alert", None)
    assert incident.attributes == {"labels": LABELS}


def test_an_alert_across_midnights_and_pages_is_one_incident(alerts, read):
    start = NOW - 45 * DAY
    alerts.fire(start, start + 20 * DAY)
    kept = read(stream=INCIDENTS, since=NOW - 60 * DAY)
    assert incidents(kept) == [(start, start + 20 * DAY)]


def test_one_that_still_fires_is_open_and_ends_when_it_does(alerts, read):
    start = NOW - 5 * HOUR
    alerts.fire(start, NOW + 2 * HOUR)
    kept = read(stream=INCIDENTS)
    assert incidents(kept) == [(start, None)]
    read(kept, stream=INCIDENTS, now=NOW + DAY)
    assert incidents(kept) == [(start, NOW + 2 * HOUR)]
    assert len(kept.of("incident")) == 1


def test_a_restart_of_prometheus_makes_no_second_incident_even_between_two_readings(alerts, read):
    start = NOW - 5 * HOUR
    alerts.fire(start, NOW)
    kept = read(stream=INCIDENTS)
    alerts.fire(NOW + timedelta(minutes=10), NOW + 30 * HOUR)
    read(kept, stream=INCIDENTS, now=NOW + 2 * DAY)
    read(kept, stream=INCIDENTS, now=NOW + 4 * DAY)
    assert incidents(kept) == [(start, NOW + 30 * HOUR)]


def test_an_alert_that_never_fired_is_no_incident(alerts, read):
    alerts.fire(NOW - 3 * DAY, NOW - 3 * DAY + HOUR, state="pending")
    alerts.fire(NOW - 2 * DAY, NOW - 2 * DAY + HOUR, state=None, model="told-nothing-of")
    assert [incident.subject for incident in read(stream=INCIDENTS).of("incident")] == ["told-nothing-of"]


def test_pending_then_firing_counts_from_the_start(alerts, read):
    start = NOW - 3 * DAY
    alerts.fire(start, start + HOUR, state="pending")
    alerts.fire(start + HOUR, start + 3 * HOUR, since=start)
    assert incidents(read(stream=INCIDENTS)) == [(start, start + 3 * HOUR)]


def test_only_days_with_alerts_are_read_in_full(alerts, read, fake):
    alerts.fire(NOW - 5 * DAY, NOW - 5 * DAY + HOUR)
    read(stream=INCIDENTS, since=NOW - 90 * DAY)
    raw = [query for query in fake.queries if query.endswith("s]")]
    assert len(raw) <= 4  # that day and today, two series each


@pytest.mark.parametrize("stop_after", [1, 2, 3])
def test_cut_off_and_gone_on_ends_as_if_undisturbed(alerts, read, stop_after):
    since = NOW - 95 * DAY
    for number in range(30):
        start = NOW - timedelta(days=94 - 3 * number, hours=number)
        alerts.fire(start, start + timedelta(hours=5 * number % 60 + 1), model=f"m{number % 4}")
    undisturbed = read(stream=INCIDENTS, since=since)
    disturbed = read(stream=INCIDENTS, since=since, stop_after=stop_after)
    read(disturbed, stream=INCIDENTS, since=since)
    assert disturbed.records == undisturbed.records
    assert disturbed.cursor == undisturbed.cursor


def test_reading_again_changes_nothing(alerts, read):
    alerts.fire(NOW - 31 * DAY, NOW - 29 * DAY)
    alerts.fire(NOW - 5 * HOUR, NOW, model="open")
    kept = read(stream=INCIDENTS, since=NOW - 60 * DAY)
    assert len(kept.of("incident")) == 2
    assert read(kept, stream=INCIDENTS, since=NOW - 60 * DAY).changed == 0
    assert read(kept, stream=INCIDENTS, since=NOW - 60 * DAY, backfill=True).changed == 0


def test_days_without_alerts_are_covered_and_those_before_the_retention_are_not(alerts, read, fake):
    fake.series[ANYTHING] = [({}, {at(last_second((NOW - number * DAY).date())): 1 for number in range(1, 6)})]
    kept = read(stream=INCIDENTS, since=NOW - 10 * DAY)
    assert kept.of("incident") == []
    unknown = [span for span in kept.coverage if not span.complete]
    assert [(span.start.date().day, span.end.date().day) for span in unknown] == [(13, 18)]
    assert "no data before 2026-11-18" in unknown[0].reason
    assert max(span.end for span in kept.coverage if span.complete) == NOW


def test_the_pattern_is_a_literal_for_the_query(read, fake, alerts):
    read(stream=INCIDENTS, drift_alerts='Drift.*|"} or up{x="')
    assert all(
        'alertname=~"Drift.*|\\"} or up{x=\\""' in query
        for query in fake.queries
        if "ALERTS" in query and "up[" not in query
    )


@pytest.mark.parametrize("left_open", [False, True], ids=["Prometheus 2", "Prometheus 3"])
@pytest.mark.parametrize("first", [timedelta(0), -HOUR], ids=["begins at midnight", "goes over midnight"])
def test_a_sample_on_the_edge_of_a_day_counts_once_on_every_server(fake, alerts, read, left_open, first):
    fake.left_open = left_open
    midnight = (NOW - 3 * DAY).replace(hour=0)
    alerts.fire(midnight + first, midnight + HOUR)
    alerts.fire(midnight - 2 * DAY, midnight - 2 * DAY + timedelta(minutes=5), model="churn")
    found = {one.subject: one for one in read(stream=INCIDENTS).of("incident")}
    assert (found["fraud"].detected_at, found["fraud"].resolved_at) == (midnight + first, midnight + HOUR)
    assert found["churn"].detected_at == midnight - 2 * DAY
    assert len(found) == 2
