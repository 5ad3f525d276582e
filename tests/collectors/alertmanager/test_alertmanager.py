"""Alertmanager: what is active, what somebody took notice of, what is gone; restarts, gaps, faults, doctor."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_alertmanager import NOW, FakeAlertmanager
from faulty import LASTING, PASSING, answer
from pydantic import ValidationError

from mlops_maturity.collectors.alertmanager import KIND
from mlops_maturity.collectors.alertmanager.collector import INCIDENTS, AlertmanagerCollector
from mlops_maturity.collectors.alertmanager.settings import AlertmanagerSettings
from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import BadAnswer, ReadRequest, Unsupported
from mlops_maturity.collectors.prometheus.episodes import Episode
from mlops_maturity.collectors.registry import build, source_types
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import read_records

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
START = NOW - 3 * HOUR
URL = "http://alertmanager.acme.example:9093"


def settings(**more):
    given = {"id": "alerts", "type": "alertmanager", "url": URL, "drift_alerts": "ModelDrift.*"}
    return AlertmanagerSettings.model_validate({**given, **more})


def collector(fake, **more):
    source = settings(**more)
    http = Http(source, sleep=lambda seconds: None, transport=httpx.MockTransport(fake.handle))
    return AlertmanagerCollector(source, http)


def read(fake, cursor=None, *, now=NOW, **more):
    request = ReadRequest(now=now, since=NOW - 90 * 24 * HOUR, cursor=cursor or {})
    (page,) = collector(fake, **more).read(INCIDENTS, request)
    return page


def only(page):
    (record,) = page.records
    return record


@pytest.fixture
def fake():
    return FakeAlertmanager()


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite:///test.db", tmp_path)
    yield store
    store.close()


def run(store, fake, *, now=NOW):
    source = settings()
    organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
    (outcome,) = collect(store, organisation, now=now, since=NOW - 24 * HOUR, build=lambda *_: collector(fake))
    return outcome


def test_the_kind_is_found_by_its_word():
    assert source_types()["alertmanager"] is KIND.settings
    source = settings()
    made = build(source, Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,)))
    assert isinstance(made, AlertmanagerCollector)
    made.close()


@pytest.mark.parametrize(
    "wrong", [{"drift_alerts": "("}, {"labels": {"version": "v"}}, {"labels": {"model": "a b"}}, {"url": "x"}]
)
def test_settings_that_can_t_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_an_active_alert_becomes_an_open_incident_without_any_address(fake):
    fake.fire(START, contact="ann@example.org", empty="")
    record = only(read(fake))
    labels = {"alertname": "ModelDriftHigh", "model": "churn", "severity": "warning"}
    assert record.model_dump(exclude={"id"}) == {
        "kind": "incident",
        "source": "alerts",
        "url": None,
        "subject": "churn",
        "category": "drift",
        "detected_at": START,
        "acknowledged_at": None,
        "resolved_at": None,
        "severity": "warning",
        "origin": "alert",
        "caused_by": None,
        "attributes": {"labels": labels},
    }


def test_the_same_labels_and_start_have_the_id_that_prometheus_gives_them(fake):
    fake.fire(START + timedelta(milliseconds=400))
    labels = {"alertname": "ModelDriftHigh", "model": "churn", "severity": "warning"}
    start = START.timestamp()
    episode = Episode(labels=labels, start=start, first=start, last=start + 60, interval=60)
    assert only(read(fake)).id == episode.id


def test_only_alerts_whose_whole_name_matches_are_read_and_the_label_of_the_model_can_be_set(fake):
    fake.fire(START, name="ModelDrift")
    fake.fire(START, name="NoModelDrift")
    fake.fire(START, name="ModelDriftLow", model=None, model_name="fraud")
    records = {record.attributes["labels"]["alertname"]: record for record in read(fake).records}
    assert {name: record.subject for name, record in records.items()} == {"ModelDrift": "churn", "ModelDriftLow": None}
    found = read(fake, labels={"model": "model_name"}).records
    assert {record.subject for record in found} == {None, "fraud"}


def test_many_alerts_are_read_at_once(fake):
    for number in range(3000):
        fake.fire(START, model=f"m{number}")
    page = read(fake)
    assert len({record.id for record in page.records}) == 3000
    fake.alerts.clear()
    later = read(fake, page.cursor, now=NOW + HOUR)
    assert {record.resolved_at for record in later.records} == {NOW + HOUR}
    assert {record.id for record in later.records} == {record.id for record in page.records}


def test_an_alert_that_is_gone_is_resolved_when_that_was_seen_and_then_forgotten(fake):
    key = fake.fire(START)
    first = read(fake)
    del fake.alerts[key]
    second = read(fake, first.cursor, now=NOW + HOUR)
    record = only(second)
    assert (record.id, record.resolved_at) == (only(first).id, NOW + HOUR)
    assert record.attributes["last_seen_at"] == "2026-03-02T10:00:00Z"
    assert read(fake, second.cursor, now=NOW + 2 * HOUR).records == []


def test_an_alert_that_fires_anew_is_another_incident(fake):
    key = fake.fire(START)
    first = read(fake)
    del fake.alerts[key]
    fake.fire(NOW + MINUTE)
    second = read(fake, first.cursor, now=NOW + HOUR)
    states = {record.detected_at: record.resolved_at for record in second.records}
    assert states == {START: NOW + HOUR, NOW + MINUTE: None}


def test_a_silence_made_after_the_alert_acknowledges_it_by_its_start_for_good(fake):
    key = fake.fire(START)
    first = read(fake)
    fake.silence(key, NOW + 10 * MINUTE)
    second = read(fake, first.cursor, now=NOW + HOUR)
    assert only(second).acknowledged_at == NOW + 10 * MINUTE
    fake.end_silences(key)
    fake.silence(key, NOW + 2 * HOUR)
    third = read(fake, second.cursor, now=NOW + 3 * HOUR)
    assert only(third).acknowledged_at == NOW + 10 * MINUTE
    fake.alerts.clear()
    last = only(read(fake, third.cursor, now=NOW + 4 * HOUR))
    assert (last.acknowledged_at, last.resolved_at) == (NOW + 10 * MINUTE, NOW + 4 * HOUR)


def test_the_first_of_several_silences_counts_and_one_that_was_there_before_does_not(fake):
    key = fake.fire(START)
    fake.silence(key, START - HOUR)
    assert only(read(fake)).acknowledged_at is None
    fake.silence(key, START + 2 * HOUR)
    fake.silence(key, START + HOUR)
    assert only(read(fake)).acknowledged_at == START + HOUR


@pytest.mark.parametrize("lost", ["forbidden", "absent"])
def test_where_silences_can_t_be_read_an_alert_is_acknowledged_when_first_seen_muted(fake, lost):
    key = fake.fire(START)
    first = read(fake)
    fake.silence(key, NOW + 10 * MINUTE)
    getattr(fake, lost).add("silences")
    second = read(fake, first.cursor, now=NOW + HOUR)
    assert only(second).acknowledged_at == NOW + HOUR
    assert only(read(fake, second.cursor, now=NOW + 2 * HOUR)).acknowledged_at == NOW + HOUR


def test_silences_are_asked_for_only_where_an_alert_is_muted(fake):
    key = fake.fire(START)
    read(fake)
    assert not any(request.url.path.endswith("/silences") for request in fake.requests)
    fake.silence(key, NOW)
    read(fake)
    assert sum(request.url.path.endswith("/silences") for request in fake.requests) == 1


def test_a_restart_that_forgets_the_alerts_resolves_none_of_them(fake):
    key = fake.fire(START)
    fake.silence(key, START + HOUR)
    first = read(fake)
    forgotten = fake.restart(NOW + 57 * MINUTE)
    second = read(fake, first.cursor, now=NOW + HOUR)
    assert (second.records, second.coverage) == ([], ())
    fake.alerts = forgotten
    third = read(fake, second.cursor, now=NOW + 2 * HOUR)
    assert only(third) == only(first)
    assert [(span.start, span.end) for span in third.coverage] == [(NOW, NOW + 2 * HOUR)]
    fake.alerts = {}
    fourth = read(fake, third.cursor, now=NOW + 3 * HOUR)
    assert only(fourth).resolved_at == NOW + 3 * HOUR


def test_a_server_that_tells_no_status_is_taken_at_its_word(fake):
    fake.absent.add("status")
    key = fake.fire(START)
    first = read(fake)
    del fake.alerts[key]
    assert only(read(fake, first.cursor, now=NOW + HOUR)).resolved_at == NOW + HOUR


def test_what_is_known_begins_with_the_first_asking_and_a_long_pause_is_a_gap(fake):
    first = read(fake)
    assert first.coverage == ()
    second = read(fake, first.cursor, now=NOW + HOUR)
    assert [(span.start, span.end, span.complete) for span in second.coverage] == [(NOW, NOW + HOUR, True)]
    third = read(fake, second.cursor, now=NOW + 50 * HOUR)
    (gap,) = third.coverage
    assert (gap.start, gap.end, gap.complete) == (NOW + HOUR, NOW + 50 * HOUR, False)
    assert gap.reason == "not asked for more than a day: what came and went meanwhile is not known"
    assert all(span.complete for span in read(fake, third.cursor, now=NOW + 51 * HOUR).coverage)


def test_what_is_no_alert_is_named_and_left_out(fake):
    fake.fire(START)
    fake.alerts |= {
        "a": None,
        "b": {"fingerprint": "b", "labels": {"alertname": "ModelDrift"}},
        "c": {"fingerprint": "c", "labels": 7, "startsAt": "2026-03-02T09:00:00Z"},
        "d": {"fingerprint": "d", "labels": {}, "startsAt": "soon"},
    }
    page = read(fake)
    assert only(page).subject == "churn"
    assert [line.partition(":")[0] for line in page.refused] == [
        "alert (without id)",
        "alert b",
        "alert c",
        "alert d",
    ]


def test_an_alert_that_comes_twice_is_one_incident(fake):
    fake.fire(START)
    fake.fire(START)
    only(read(fake))


def test_a_replay_changes_no_row_and_coverage_grows(store, fake):
    key = fake.fire(START)
    fake.silence(key, START + HOUR)
    assert run(store, fake).rows_changed == 1
    assert run(store, fake).rows_changed == 0
    outcome = run(store, fake, now=NOW + HOUR)
    assert (outcome.state, outcome.error, outcome.rows_changed) == ("ok", "", 0)
    run(store, fake, now=NOW + 2 * HOUR)
    (span,) = read_coverage(store)
    assert (span.stream, span.scope, span.start, span.end) == ("incident", "*", NOW, NOW + 2 * HOUR)
    stored = "".join(record.model_dump_json() for record in read_records(store))
    assert not [name for name in ("ann", "bob") if f'"{name}' in stored or f" {name}" in stored]


@pytest.mark.parametrize("kill", range(3))
def test_killed_at_any_request_it_stores_nothing_and_goes_on_next_time(store, fake, kill):
    run(store, fake, now=NOW - HOUR)
    key = fake.fire(START)
    fake.silence(key, START + HOUR)
    asked = len(fake.requests)
    fake.faults.append(lambda request, number: ZeroDivisionError("killed") if number >= asked + kill else None)
    assert run(store, fake).state == "error"
    assert list(read_records(store)) == []
    fake.faults.clear()
    assert run(store, fake).state == "ok"
    (record,) = read_records(store)
    assert record.acknowledged_at == START + HOUR
    (span,) = read_coverage(store)
    assert (span.start, span.end) == (NOW - HOUR, NOW)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_on_every_second_request_loses_nothing(store, fake, fault):
    key = fake.fire(START)
    fake.silence(key, START + HOUR)
    fake.faults.append(lambda request, number: fault() if number % 2 == 0 else None)
    outcome = run(store, fake)
    assert (outcome.state, outcome.error) == ("ok", "")
    (record,) = read_records(store)
    assert record.acknowledged_at == START + HOUR


@pytest.mark.parametrize(("fault", "error"), [*LASTING.values(), (answer(404), Unsupported)], ids=[*LASTING, "404"])
def test_a_fault_that_stays_is_told_for_what_it_is_and_resolves_nothing(fake, fault, error):
    fake.fire(START)
    cursor = read(fake).cursor
    fake.faults.append(lambda request, number: fault if request.url.path.endswith("/alerts") else None)
    with pytest.raises(error):
        read(fake, cursor, now=NOW + HOUR)
    assert {request.url.host for request in fake.requests} == {"alertmanager.acme.example"}


def test_garbage_instead_of_silences_or_status_stops_the_reading(fake):
    fake.silence(fake.fire(START), NOW)
    for what in ("silences", "status"):
        fake.faults[:] = [lambda request, _, what=what: answer(200, text="7") if what in request.url.path else None]
        with pytest.raises(BadAnswer):
            read(fake)


def test_a_forbidden_source_is_unknown_not_empty(store, fake):
    fake.forbidden.add("alerts")
    outcome = run(store, fake)
    assert outcome.state == "forbidden"
    (gap,) = read_coverage(store)
    assert (gap.complete, gap.stream) == (False, "incident")
    assert "permission" in gap.reason


def test_over_a_real_socket_below_a_path_with_faults(store, scripted_server, told):
    fake = FakeAlertmanager(base="/am")
    fake.fire(START)

    def answer_of(asked):
        query = httpx.QueryParams([(name, value) for name, values in asked.query.items() for value in values])
        url = httpx.URL(f"{URL}{asked.path}").copy_with(query=str(query).encode())
        said = fake.handle(httpx.Request("GET", url))
        return told(said.content, said.status_code)

    scripted_server.answer = answer_of
    scripted_server.faults.extend([told(fault="reset"), told(b"[]", fault="short"), told(status=502)])
    source = settings(url=f"{scripted_server.url}/am")
    organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
    patient = AlertmanagerCollector(source, Http(source, sleep=lambda seconds: None))
    (outcome,) = collect(store, organisation, now=NOW, since=START, build=lambda *_: patient)
    assert (outcome.state, outcome.error, outcome.rows_seen) == ("ok", "", 1)


def probes(fake, **more):
    return {probe.name: probe for probe in collector(fake, **more).probe()}


def test_doctor_says_that_all_is_well(fake):
    fake.fire(START)
    fake.silence(fake.fire(START, model="fraud"), NOW)
    found = probes(fake)
    assert {name: (probe.state, probe.detail) for name, probe in found.items()} == {
        "reachable": ("ok", "Alertmanager 0.25.0"),
        "drift_alerts": ("ok", "2 fire now: ModelDriftHigh"),
        "silences": ("ok", "1 to see"),
    }


def test_without_drift_alerts_nothing_is_read_and_doctor_says_so(fake):
    assert collector(fake, drift_alerts=None).streams() == []
    assert collector(fake).streams() == [INCIDENTS]
    found = probes(fake, drift_alerts=None)["drift_alerts"]
    assert (found.state, found.detail) == ("warning", "not configured: nothing is read")
    assert found.fix


def test_doctor_names_silences_that_must_not_be_seen(fake):
    fake.forbidden.add("silences")
    told = probes(fake)["silences"]
    assert told.state == "warning"
    assert told.fix.startswith("give the token read access to silences; without")


def test_doctor_blames_no_token_where_there_are_no_silences(fake):
    fake.absent.add("silences")
    told = probes(fake)["silences"]
    assert (told.state, "HTTP 404" in told.detail, "token" in told.fix) == ("warning", True, False)


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), answer(401), answer(404), answer(200, text="<html>")])
def test_doctor_tells_a_source_that_can_t_be_asked_without_raising(fake, fault):
    fake.faults.append(lambda request, number: fault)
    (probe,) = collector(fake).probe()
    assert (probe.name, probe.state) == ("reachable", "error")
    assert probe.detail.startswith("alerts: ")
    assert probe.fix


def test_names_the_tenant_with_every_question(fake, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "mlops_maturity.collectors.http.open_client",
        lambda source, headers, _: seen.append(headers) or httpx.Client(transport=httpx.MockTransport(fake.handle)),
    )
    made = AlertmanagerCollector(settings(tenant="ml"))
    list(made.read(INCIDENTS, ReadRequest(now=NOW, since=NOW - HOUR)))
    assert seen[0]["X-Scope-OrgID"] == "ml"
