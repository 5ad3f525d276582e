"""Against a real Prometheus with backfilled history; every query passes its time, so nothing depends on the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from prometheus_history import DAY, EPISODES, FIRST, NOW, RULE, TEAMS, TODAY, history

from mlops_maturity.cli.demo.servers.openmetrics import write_history
from mlops_maturity.cli.demo.servers.prometheus import backfill, is_installed, prometheus_server
from mlops_maturity.collectors.prometheus.collector import INCIDENTS, RULES, SIGNALS
from mlops_maturity.collectors.prometheus.days import last_second
from mlops_maturity.config.settings import Team

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("prometheus-server"),  # one server for all of them
    pytest.mark.skipif(
        not is_installed(), reason="prometheus and promtool are not installed (apt-get install prometheus)"
    ),
]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("prometheus")
    write_history(home / "history.om", history())
    backfill(home / "history.om", home / "data")
    with prometheus_server(home / "data", home, rules=RULE) as url:
        yield url


def back(number: int) -> date:
    return TODAY - number * DAY


def test_tells_of_each_serving_model_on_each_day_what_is_so(server, read):
    kept = read(url=server, now=NOW, since=NOW - 11 * DAY, teams=TEAMS)
    for day in map(back, range(1, 11)):
        text = day.isoformat()
        others = dict.fromkeys(("steps", "jumps"), "yes")
        assert kept.states("serving", text) == {"fraud": "yes", "churn": "yes", "broken": "yes", **others}
        assert kept.states("version_label", text) == {"fraud": "yes", "churn": "no", "broken": "yes", **others}
        assert kept.states("target_up", text) == {"fraud": "yes", "churn": "yes", "broken": "no", **others}
        checked = "yes" if day >= (NOW - 3 * DAY).date() else "no"
        unchecked = dict.fromkeys(("broken", "steps", "jumps"), "no")
        assert kept.states("drift_metric", text) == {"fraud": "yes", "churn": checked, **unchecked}
    record = kept.records["observation", f"serving/fraud/{back(3)}"]
    assert record.attributes == {"labels": {"model": "fraud", "team": "risk"}}
    assert record.observed_at == last_second(back(3))
    assert "undeployed" not in {record.subject for record in kept.of("observation")}


def test_days_before_the_first_sample_are_not_known(server, read):
    kept = read(url=server, now=NOW, since=NOW - 40 * DAY, teams=TEAMS)
    gaps = [span for span in kept.coverage if not span.complete]
    assert {span.reason for span in gaps} == {f"no data before {FIRST.date().isoformat()} (retention)"}
    assert min(span.start for span in kept.coverage if span.complete).date() == FIRST.date()


def test_a_metric_that_is_not_exported_is_unknown(server, read):
    kept = read(url=server, now=NOW, since=NOW - 3 * DAY, drift_metric="no_such_metric")
    assert kept.states("drift_metric") == {"*": "unknown"}


def test_finds_exactly_the_episodes_that_fired(server, read):
    kept = read(url=server, stream=INCIDENTS, now=NOW, since=NOW - 11 * DAY)
    ordered = sorted(kept.of("incident"), key=lambda incident: incident.detected_at)
    for model, episodes in EPISODES.items():
        found = [(entry.detected_at, entry.resolved_at) for entry in ordered if entry.subject == model]
        assert [start for start, _ in found] == [start for start, _ in episodes]
        for (start, length), (_, resolved) in zip(episodes, found, strict=True):
            if start + length == NOW:
                assert resolved is None
            else:
                assert abs(resolved - (start + length)) <= timedelta(minutes=5)
    assert {incident.subject for incident in kept.of("incident")} == {"fraud", "churn"}


def test_reading_day_after_day_ends_as_reading_at_once(server, read):
    whole = read(url=server, stream=INCIDENTS, now=NOW, since=NOW - 11 * DAY)
    stepwise = read(url=server, stream=INCIDENTS, now=NOW - 9 * DAY, since=NOW - 11 * DAY)
    for number in (7, 6, 5.5, 4, 2, 1, 0):
        read(stepwise, url=server, stream=INCIDENTS, now=NOW - number * DAY, since=NOW - 11 * DAY)
    assert stepwise.records == whole.records
    assert read(stepwise, url=server, stream=INCIDENTS, now=NOW, since=NOW - 11 * DAY).changed == 0


def test_the_rule_watches_the_models_that_export_what_it_looks_at(server, read):
    kept = read(url=server, stream=RULES, now=NOW)
    unwatched = dict.fromkeys(("broken", "steps", "jumps"), "no")
    assert kept.states("drift_rule") == {"fraud": "yes", "churn": "yes", **unwatched}
    other = read(url=server, stream=RULES, now=NOW, drift_alerts="ModelDriftHihg")
    assert other.states("drift_rule") == {"*": "unknown"}
    (warning,) = other.warnings
    assert warning.endswith("; did you mean 'ModelDriftHigh'?")


PROMISES = {
    "quality_metric": "model_accuracy",
    "token_metric": "tokens_total",
    "latency_histogram": "model_latency_seconds",
    "slo_budget_metric": "slo_budget",
    "feature_updated_metric": "features_updated",
}


def test_tells_which_versions_served_beside_each_other(server, read):
    kept = read(url=server, now=NOW, since=NOW - 11 * DAY, teams=TEAMS)
    found = {
        (record.subject, identity.split("/")[2]): (record.state, record.attributes["versions"])
        for (_, identity), record in kept.records.items()
        if record.name == "version_overlap"
    }
    assert found["steps", str(back(7))] == ("no", ["1"])
    assert [found["steps", str(back(number))] for number in (5, 4)] == [("yes", ["1", "2"])] * 2
    assert found["steps", str(back(2))] == ("no", ["2"])
    assert found["jumps", str(back(6))] == ("no", ["8", "9"])
    assert found["jumps", str(back(5))] == ("no", ["9"])
    assert found["fraud", str(back(5))] == ("no", ["7"])
    assert ("churn", str(back(5))) not in found, "it names no version"


def test_tells_objectives_features_and_further_metrics(server, read):
    kept = read(url=server, now=NOW, since=NOW - 4 * DAY, teams=TEAMS, **PROMISES)
    for text in (str(back(3)), str(back(1))):
        assert kept.states("slo_met", text) == {"fraud": "yes", "churn": "no"}
        assert kept.states("feature_fresh", text) == {"orders": "yes", "clicks": "no"}
        others = dict.fromkeys(("churn", "broken", "steps", "jumps"), "no")
        assert kept.states("quality_metric", text) == {"fraud": "yes", **others}
        assert kept.states("genai_metric", text) == {"fraud": "yes", **others}
    age = kept.records["observation", f"feature_fresh/orders/{back(1)}"]
    assert (age.value, age.attributes["labels"]) == (22.999722, {"feature_table": "orders", "team": "risk"})
    assert kept.states("cost_metric") == {"*": "unknown"}


def test_a_user_s_signal_is_a_number_for_its_team(server, read):
    signal = {"id": "user.shadow_share", "promql": "avg(shadow{$team})"}
    kept = read(url=server, stream=SIGNALS, now=NOW, since=NOW - 5 * DAY, teams=TEAMS, signals=[signal])
    found = {(record.subject, record.on): record.value for record in kept.of("measurement")}
    assert found == {("risk", back(number)): 0.75 for number in range(6)}


def test_hostile_values_add_no_matchers(server, read):
    teams = (Team(id="risk", prometheus={"team": 'risk"} or vector(1) or shadow{team="risk'}),)
    signal = {"id": "user.shadow_share", "promql": "avg(shadow{$team})"}
    assert read(url=server, stream=SIGNALS, now=NOW, teams=teams, signals=[signal]).of("measurement") == []


def test_doctor_finds_the_server_and_the_rule(server, collector):
    found = {probe.name: probe for probe in collector(url=server).probe()}
    assert found["reachable"].state == "ok"
    assert found["drift_alerts"].detail == "1 alert rule: ModelDriftHigh"
