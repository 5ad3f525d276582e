"""The stream of observations and the one of rules: days, models, and what can't be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mlops_maturity.collectors.prometheus.collector import INCIDENTS, RULES, SIGNALS
from mlops_maturity.collectors.prometheus.days import last_second
from mlops_maturity.config.settings import Team

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ANYTHING = "count(last_over_time(up["
SERVING = "(last_over_time(model_requests_total[86399500ms]) unless"
VERSIONS = 'model_requests_total{version!=""}'
UP = "group_left"
DRIFT = "(last_over_time(model_drift_score["


def on(*days_back, value=1, now=NOW):
    """Samples as of the end of those days; 0 is today, as of now."""
    moments = [now if back == 0 else last_second(TODAY - back * DAY) for back in days_back]
    return {moment.timestamp(): value for moment in moments}


def back(number):
    return (TODAY - number * DAY).isoformat()


@pytest.fixture
def server(fake):
    """Two models that serve for a week; one is checked for drift, the other names no version and is often down."""
    week = range(8)
    fake.series = {
        ANYTHING: [({}, on(*week))],
        UP: [({"model": "fraud"}, on(*week, value=0.99)), ({"model": "churn"}, on(*week, value=0.2))],
        VERSIONS: [({"model": "fraud"}, on(*week))],
        DRIFT: [({"model": "fraud"}, on(*week)), ({"model": "undeployed"}, on(*week))],
        SERVING: [({"model": "fraud"}, on(*week)), ({"model": "churn"}, on(*week))],
    }
    return fake


def test_tells_of_each_serving_model_on_each_day_what_is_so(server, read):
    kept = read(since=NOW - 7 * DAY)
    for day in map(back, range(8)):
        assert kept.states("serving", day) == {"fraud": "yes", "churn": "yes"}
        assert kept.states("drift_metric", day) == {"fraud": "yes", "churn": "no"}
        assert kept.states("version_label", day) == {"fraud": "yes", "churn": "no"}
        assert kept.states("target_up", day) == {"fraud": "yes", "churn": "no"}
    record = kept.records["observation", f"target_up/fraud/{back(2)}"]
    assert (record.value, record.observed_at) == (0.99, last_second(TODAY - 2 * DAY))
    assert record.attributes == {"labels": {"model": "fraud"}}


def test_a_model_that_is_down_all_day_has_a_target_that_is_down_and_serves_not(server, read):
    server.series[SERVING] = [({"model": "fraud"}, on(*range(8)))]
    kept = read(since=NOW - 3 * DAY)
    assert kept.states("target_up", back(1)) == {"fraud": "yes", "churn": "no"}
    assert kept.states("serving", back(1)) == {"fraud": "yes"}
    assert kept.states("drift_metric", back(1)) == {"fraud": "yes"}


def test_a_metric_that_is_not_there_is_unknown_once_and_never_no(server, read):
    server.series[DRIFT] = []
    kept = read(since=NOW - 3 * DAY)
    assert kept.states("drift_metric") == {"*": "unknown"}
    remark = kept.records["observation", f"drift_metric/*/{back(0)}"]
    assert remark.attributes["reason"].startswith("not exported: no series model_drift_score")


def test_a_metric_that_the_settings_don_t_name_is_not_configured(server, read):
    kept = read(since=NOW - 3 * DAY, drift_metric=None)
    assert kept.states("drift_metric") == {"*": "unknown"}
    assert kept.records["observation", f"drift_metric/*/{back(0)}"].attributes["reason"].startswith("not configured")
    assert kept.states("serving", back(1)) == {"fraud": "yes", "churn": "yes"}


def test_without_a_serving_metric_nothing_can_be_told(server, read):
    kept = read(since=NOW - 3 * DAY, serving_metric=None)
    assert {record.name: record.state for record in kept.of("observation")} == dict.fromkeys(
        (
            "serving", "version_label", "target_up", "drift_metric", "quality_metric", "cost_metric", "genai_metric",
            "guardrail_metric", "version_overlap", "request_count", "feature_fresh", "slo_met", "slo_rule",
        ),
        "unknown",
    )  # fmt: skip


def test_series_without_the_label_of_the_model_are_as_good_as_none(server, read):
    server.series[SERVING] = [({}, on(*range(8)))]
    server.series[UP] = []
    kept = read(since=NOW - 3 * DAY)
    assert kept.states("serving") == {"*": "unknown"}
    reason = kept.records["observation", f"serving/*/{back(0)}"].attributes["reason"]
    assert "with a label model" in reason


def test_models_whose_targets_are_not_scraped_are_unknown(server, read):
    server.series[UP] = [({"model": "fraud"}, on(*range(8), value=1))]
    assert read(since=NOW - 3 * DAY).states("target_up", back(1)) == {"fraud": "yes", "churn": "unknown"}
    server.series[UP] = []
    kept = read(since=NOW - 3 * DAY)
    assert kept.states("target_up") == {"*": "unknown"}


def test_nan_and_infinite_values_are_no_samples(server, read):
    server.series[SERVING] = [({"model": "fraud"}, on(*range(8), value="NaN")), ({"model": "x"}, on(1, value="+Inf"))]
    server.series[UP] = []
    assert read(since=NOW - 3 * DAY).states("serving") == {"*": "unknown"}


def test_days_before_the_first_sample_and_without_any_are_not_known(server, read):
    server.series[ANYTHING] = [({}, on(1, 2, 4, 5))]
    kept = read(since=NOW - 8 * DAY)
    found = {(span.start.date(), span.complete): (span.end.date(), span.reason) for span in kept.coverage}
    first, second, third = (date(2026, 11, number) for number in (18, 20, 21))
    assert found[date(2026, 11, 15), False] == (first, "no data before 2026-11-18 (retention)")
    assert found[first, True] == (second, "")
    assert found[second, False][0] == third
    assert found[third, True] == (TODAY, "")
    assert found[TODAY, True] == (TODAY, "")
    assert max(span.end for span in kept.coverage) == NOW


def test_a_warned_answer_is_not_taken_for_a_whole_one(server, read):
    server.warnings = ["PromQL warning: harmless", "store gateway 2 did not answer"]
    kept = read(since=NOW - 3 * DAY)
    assert not any(span.complete for span in kept.coverage)
    assert {span.reason for span in kept.coverage} == {"partial answer: store gateway 2 did not answer"}


@pytest.mark.parametrize("stream", [INCIDENTS, SIGNALS], ids=lambda stream: stream.name)
def test_nor_is_it_by_the_other_streams(server, read, stream):
    server.warnings = ["store gateway 2 did not answer"]
    kept = read(stream=stream, since=NOW - 3 * DAY, signals=[{"id": "user.x", "promql": "avg(x)"}])
    assert kept.coverage
    assert not any(span.complete for span in kept.coverage if span.end > NOW - 2 * DAY)


def test_rules_that_rest_on_a_partial_answer_are_warned_of(server, read):
    server.warnings = ["store gateway 2 did not answer"]
    server.rules = rules_of(rule("ModelDriftHigh"))
    assert read(stream=RULES).warnings == ["partial answer: store gateway 2 did not answer"]


def test_remarks_of_prometheus_3_on_a_query_leave_the_answer_whole(server, read):
    server.warnings = ["PromQL info: metric might not be a counter"]
    assert all(span.complete for span in read(since=NOW - 3 * DAY).coverage)


def test_a_second_reading_asks_for_the_last_two_days_only_and_changes_nothing(server, read):
    kept = read(since=NOW - 7 * DAY)
    server.queries.clear()
    read(kept, since=NOW - 7 * DAY)
    assert kept.changed == 0
    assert kept.cursor == {"through": back(1)}
    days = {span.start.date() for span in kept.coverage[-2:]}
    assert min(days) == TODAY - 2 * DAY


def test_a_day_that_was_not_over_is_read_again_when_it_is(server, read):
    kept = read(since=NOW - 7 * DAY)
    later = NOW + DAY
    moment = {last_second(TODAY).timestamp(): 1, later.timestamp(): 1}
    server.series[ANYTHING][0][1].update(moment)
    server.series[SERVING] = [({"model": "fraud"}, dict(moment))]
    server.series[DRIFT] = [({"model": "other"}, dict(moment))]
    read(kept, now=later, since=NOW - 7 * DAY)
    assert kept.records["observation", f"drift_metric/fraud/{back(0)}"].state == "no"
    assert kept.records["observation", f"drift_metric/fraud/{back(0)}"].observed_at == last_second(TODAY)


@pytest.mark.parametrize("stop_after", [1, 2])
def test_cut_off_and_gone_on_ends_as_if_undisturbed(server, read, stop_after):
    for entries in server.series.values():
        for _, points in entries:
            points.update(on(*range(8, 70), value=next(iter(points.values()))))
    since = NOW - 70 * DAY
    undisturbed = read(since=since)
    assert undisturbed.pages == 4
    disturbed = read(since=since, stop_after=stop_after)
    read(disturbed, since=since)
    assert disturbed.records == undisturbed.records


def test_labels_that_pick_a_team_are_kept_and_tell_deployments_of_one_model_apart(server, read):
    teams = (Team(id="a", prometheus={"env": "prod"}), Team(id="b", prometheus={"env": "test"}))
    server.series = {
        ANYTHING: [({}, on(0, 1))],
        DRIFT: [({"model": "fraud", "env": "test"}, on(0, 1))],
        VERSIONS: [({"model": "fraud"}, on(0, 1))],
        SERVING: [({"model": "fraud", "env": name}, on(0, 1)) for name in ("test", "prod")],
    }
    kept = read(since=NOW - DAY, teams=teams)
    found = {
        record.attributes["labels"]["env"]: (identity, record.state)
        for (_, identity), record in kept.records.items()
        if record.name == "drift_metric" and back(1) in identity
    }
    assert found["prod"] == (f"drift_metric/fraud/{back(1)}", "no")
    assert found["test"][0].startswith(f"drift_metric/fraud/{back(1)}/")
    assert found["test"][1] == "yes"
    assert all("by (model, env" in query for query in server.queries if "count by" in query)


def test_a_mail_address_in_a_label_stays_out(server, read):
    teams = (Team(id="a", prometheus={"owner": "ann@acme.example"}), Team(id="b"))
    server.series = {
        ANYTHING: [({}, on(0, 1))],
        SERVING: [({"model": "fraud", "owner": "ann@acme.example"}, on(0, 1))],
    }
    kept = read(since=NOW - DAY, teams=teams)
    assert kept.of("observation")
    assert not any("ann@" in record.model_dump_json() for record in kept.of("observation"))


def rule(name, query="model_drift_score > 0.3", **labels):
    return {"name": name, "query": query, "type": "alerting", "labels": labels}


def rules_of(*rules):
    return [{"name": "group", "rules": list(rules)}]


@pytest.mark.parametrize(
    ("rules", "states"),
    [
        (rules_of(rule("ModelDriftHigh")), {"fraud": "yes", "churn": "no"}),
        (rules_of(rule("ModelDriftHigh", 'model_drift_score{model="churn"} > 1')), {"fraud": "no", "churn": "yes"}),
        (rules_of(rule("ModelDriftHigh", 'x{model=~"fr.*|c"} > 1')), {"fraud": "yes", "churn": "no"}),
        (rules_of(rule("ModelDriftHigh", 'x{model!="fraud"} > 1')), {"fraud": "no", "churn": "yes"}),
        (rules_of(rule("ModelDriftHigh", "vector(1)", model="churn")), {"fraud": "no", "churn": "yes"}),
        (rules_of(rule("ModelDriftHigh", model="{{ $labels.model }}")), {"fraud": "yes", "churn": "no"}),
        (rules_of(rule("ModelDriftHigh", "x", model="other")), {"fraud": "no", "churn": "no"}),
    ],
    ids=str,
)
def test_tells_which_models_a_rule_watches(server, read, rules, states):
    server.rules = rules
    assert read(stream=RULES).states("drift_rule") == states


@pytest.mark.parametrize(
    ("rules", "hint"),
    [
        (rules_of(rule("ModelDrifted")), "; did you mean 'ModelDrifted'?"),
        (rules_of(rule("Latency"), rule("DiskFull")), "; known are DiskFull, Latency"),
        (rules_of({"name": "ModelDriftScore", "query": "x", "type": "recording"}), ""),
        ([], ""),
    ],
    ids=["misspelt", "others", "recording rule", "none"],
)
def test_where_no_rule_is_named_so_nothing_is_known_and_the_user_is_warned(server, read, rules, hint):
    server.rules = rules
    kept = read(stream=RULES, drift_alerts="ModelDriftH.+")
    assert kept.states("drift_rule") == {"*": "unknown"}
    said = f"no alert rule is named like ModelDriftH.+{hint}"
    assert kept.records["observation", f"drift_rule/*/{back(0)}"].attributes["reason"] == f"not configured: {said}"
    assert kept.warnings == [f"drift_alerts: {said}"]


def test_rules_on_latency_and_errors_watch_what_serves(server, read):
    server.rules = rules_of(
        rule("ModelDriftHigh"), rule("ModelSlow", "rate(model_latency_seconds_bucket[5m]) > 1"),
        rule("ModelErrors", 'rate(model_requests_total{model="fraud"}[5m]) > 1'),
    )  # fmt: skip
    both = {"fraud": "yes", "churn": "yes"}
    assert read(stream=RULES, slo_alerts="ModelSlow|ModelErrors").states("slo_rule") == both
    kept = read(stream=RULES, slo_alerts="ModelErrors")
    assert kept.states("slo_rule") == {"fraud": "yes", "churn": "no"}
    assert kept.states("drift_rule") == {"fraud": "yes", "churn": "no"}
    assert kept.warnings == []


@pytest.mark.parametrize("built", [{}, {"version": "2.24.0"}])
def test_an_empty_list_of_a_server_that_keeps_no_rules_is_not_no(server, read, built):
    server.built = built
    kept = read(stream=RULES)
    assert kept.states("drift_rule") == {"*": "unsupported"}


def test_an_empty_list_while_alerts_fire_is_not_no(server, read):
    server.series = {"last_over_time(ALERTS{": [({}, on(0))], **server.series}
    assert read(stream=RULES).states("drift_rule") == {"*": "unsupported"}


def test_a_server_without_the_interface_is_unsupported_and_one_that_refuses_forbidden(
    server, read, scripted_server, told
):
    server.missing = {"/api/v1/rules"}
    assert read(stream=RULES).states("drift_rule") == {"*": "unsupported"}
    scripted_server.answer = lambda asked: told(b"no", status=403)
    assert read(stream=RULES).states("drift_rule") == {"*": "forbidden"}


def test_looking_again_within_the_day_at_what_stays_changes_nothing(server, read):
    kept = read(since=NOW - 3 * DAY)
    later = NOW + timedelta(hours=2)
    for entries in server.series.values():
        for _, points in entries:
            points[later.timestamp()] = points[NOW.timestamp()] * 0.999 if 0 < points[NOW.timestamp()] < 1 else 1
    server.series[UP][1][1][later.timestamp()] = 0.21
    assert read(kept, now=later, since=NOW - 3 * DAY).changed == 0
    rules = read(stream=RULES)
    assert read(rules, stream=RULES, now=NOW + timedelta(minutes=5)).changed == 0
