"""What is looked at beside the models themselves: versions, tables of features, objectives, further metrics."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mlops_maturity.collectors.prometheus.days import last_second
from mlops_maturity.config.settings import Team

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ANYTHING = "count(last_over_time(up["
SERVING = "(last_over_time(model_requests_total[86399500ms]) unless"
HOURS, TRAFFIC = "count_over_time((", "(max_over_time(model_requests_total"


def on(*days_back, value=1.0):
    moments = [NOW if back == 0 else last_second(TODAY - back * DAY) for back in days_back]
    return {moment.timestamp(): value for moment in moments}


def back(number):
    return (TODAY - number * DAY).isoformat()


@pytest.fixture
def server(fake):
    """Two models that serve for four days."""
    fake.series = {
        ANYTHING: [({}, on(*range(4)))],
        SERVING: [({"model": "fraud"}, on(*range(4))), ({"model": "churn"}, on(*range(4)))],
    }
    return fake


def exported(server, **series):
    """More metrics, each exported by these models for four days."""
    for metric, models in series.items():
        server.series[f"(last_over_time({metric}["] = [({"model": model}, on(*range(4))) for model in models]


def reason(kept, name):
    return kept.records["observation", f"{name}/*/{back(0)}"].attributes["reason"]


class TestRequests:
    def test_are_counted_for_days_that_are_over_at_the_day_s_beginning(self, server, read):
        server.series["(increase(chats_total["] = [({"model": "chat"}, on(*range(4), value=120.25))]
        kept = read(since=NOW - 3 * DAY, request_metric="chats_total")
        found = {
            identity: (record.subject, record.value, record.observed_at)
            for (_, identity), record in kept.records.items()
            if record.name == "request_count"
        }
        days = [TODAY - number * DAY for number in (3, 2, 1)]
        assert found == {
            f"request_count/chat/{day}": ("chat", 120.25, datetime.combine(day, datetime.min.time(), UTC))
            for day in days
        }

    def test_without_a_counter_it_is_said_why(self, server, read):
        assert reason(read(since=NOW - DAY), "request_count") == "not configured: set request_metric"
        kept = read(since=NOW - DAY, request_metric="chats_total")
        assert reason(kept, "request_count").startswith("not exported: no series chats_total with a label model")


class TestFurtherMetrics:
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("quality_metric", "quality_metric"),
            ("cost_metric", "cost_metric"),
            ("guardrail_metric", "guardrail_metric"),
        ],
    )
    def test_are_looked_for_on_each_model_that_serves(self, server, read, name, key):
        exported(server, mine=["fraud", "undeployed"])
        kept = read(since=NOW - 3 * DAY, **{key: "mine"})
        for number in range(4):
            assert kept.states(name, back(number)) == {"fraud": "yes", "churn": "no"}

    def test_what_nobody_exports_is_unknown_and_never_no(self, server, read):
        kept = read(since=NOW - 3 * DAY, quality_metric="accuracy")
        assert kept.states("quality_metric") == {"*": "unknown"}
        assert reason(kept, "quality_metric").startswith("not exported: no series accuracy with a label model")
        assert reason(kept, "cost_metric") == "not configured: set cost_metric"

    def test_a_generative_application_tells_both_its_tokens_and_its_latency(self, server, read):
        exported(server, tokens=["fraud", "churn"], took_bucket=["churn"])
        kept = read(since=NOW - 3 * DAY, token_metric="tokens", latency_histogram="took")
        assert kept.states("genai_metric", back(1)) == {"fraud": "no", "churn": "yes"}
        alone = read(since=NOW - 3 * DAY, token_metric="tokens")
        assert alone.states("genai_metric") == {"*": "unknown"}
        assert reason(alone, "genai_metric") == "not configured: set latency_histogram"


class TestVersions:
    def test_two_that_answer_for_two_hours_serve_beside_each_other(self, server, read):
        server.series = {
            HOURS: [({"model": "fraud"}, on(1, value=5)), ({"model": "churn"}, on(1, value=1))],
            TRAFFIC: [
                ({"model": "fraud", "version": "1"}, on(1, 2)),
                ({"model": "fraud", "version": "2"}, on(1)),
                ({"model": "churn", "version": "7"}, on(1)),
                ({"model": "churn", "version": "8"}, on(1)),
            ],
            **server.series,
        }
        kept = read(since=NOW - 3 * DAY)
        assert kept.states("version_overlap", back(2)) == {"fraud": "no"}
        assert kept.states("version_overlap", back(1)) == {"fraud": "yes", "churn": "no"}
        record = kept.records["observation", f"version_overlap/fraud/{back(1)}"]
        assert (record.value, record.attributes["versions"]) == (5, ["1", "2"])
        assert record.attributes["labels"] == {"model": "fraud"}

    def test_without_a_version_label_nothing_is_known(self, server, read):
        kept = read(since=NOW - 3 * DAY)
        assert kept.states("version_overlap") == {"*": "unknown"}
        assert "with a label version" in reason(kept, "version_overlap")

    def test_a_query_that_is_too_much_for_the_server_leaves_the_rest_alone(self, server, read, told, scripted_server):
        refused = told({"status": "error", "errorType": "execution", "error": "too many samples"}, status=422)

        def answer(asked):
            return refused if HOURS in asked.query.get("query", [""])[0] else server.answer(asked)

        server.series = {TRAFFIC: [({"model": "fraud", "version": "1"}, on(*range(4)))], **server.series}
        scripted_server.answer = answer
        kept = read(since=NOW - 3 * DAY)
        assert kept.states("version_overlap") == {"*": "unknown"}
        assert "too many samples" in reason(kept, "version_overlap")
        assert kept.states("serving", back(1)) == {"fraud": "yes", "churn": "yes"}


class TestFeatureTables:
    def test_are_fresh_up_to_the_age_that_is_allowed(self, server, read):
        ages = {"orders": 3600.0, "clicks": 24 * 3600.0, "visits": 24 * 3600.0 + 1}
        server.series = {"(age_s[": [({"feature_table": name}, on(1, value=age)) for name, age in ages.items()]} | (
            server.series
        )
        kept = read(since=NOW - 3 * DAY, feature_age_metric="age_s")
        assert kept.states("feature_fresh", back(1)) == {"orders": "yes", "clicks": "yes", "visits": "no"}
        assert kept.records["observation", f"feature_fresh/orders/{back(1)}"].value == 1
        kept = read(since=NOW - 3 * DAY, feature_age_metric="age_s", feature_max_age_hours=0.5)
        assert kept.states("feature_fresh", back(1))["orders"] == "no"

    def test_the_instant_of_the_update_does_as_well(self, server, read):
        server.series = {"(updated[": [({"feature_table": "orders"}, on(1, value=7200.0))], **server.series}
        kept = read(since=NOW - 3 * DAY, feature_updated_metric="updated")
        assert kept.states("feature_fresh", back(1)) == {"orders": "yes"}
        assert any(query.startswith("time() - min by (feature_table)") for query in server.queries)

    def test_they_belong_to_a_team_by_its_labels(self, server, read):
        teams = (Team(id="a", prometheus={"team": "a"}), Team(id="b", prometheus={"team": "b"}))
        server.series = {
            "(age_s[": [({"feature_table": "orders", "team": name}, on(1, value=1.0)) for name in "ab"],
            **server.series,
        }
        kept = read(since=NOW - 3 * DAY, feature_age_metric="age_s", teams=teams)
        found = [record for record in kept.of("observation") if record.subject == "orders"]
        assert [record.attributes["labels"]["team"] for record in found] == ["a", "b"]

    def test_a_server_of_nothing_but_features_is_known(self, fake, read):
        fake.series = {
            "count(last_over_time(age_s": [({}, on(1))],
            "(age_s[": [({"feature_table": "orders"}, on(0, 1, value=1.0))],
        }
        kept = read(since=NOW - DAY, feature_age_metric="age_s", serving_metric=None)
        assert kept.states("feature_fresh", back(1)) == {"orders": "yes"}
        assert {span.start.date() for span in kept.coverage if span.complete} == {TODAY - DAY, TODAY}


class TestObjectives:
    def test_what_is_left_of_the_budget_tells_whether_one_is_met(self, server, read):
        budgets = {"fraud-latency": 0.4, "fraud-errors": -0.01, "churn-errors": 0.0}
        server.series = {"(budget[": [({"objective": name}, on(1, value=left)) for name, left in budgets.items()]} | (
            server.series
        )
        kept = read(since=NOW - 3 * DAY, slo_budget_metric="budget")
        assert kept.states("slo_met", back(1)) == {"fraud-latency": "yes", "fraud-errors": "no", "churn-errors": "yes"}

    def test_or_what_was_reached_of_what_is_asked(self, server, read):
        attained = {"errors": 0.9995, "latency": 0.98, "unasked": 1.0}
        server.series = {
            "(reached[": [({"objective": n, "model": "fraud"}, on(1, value=share)) for n, share in attained.items()],
            "(asked[": [({"objective": n, "model": "fraud"}, on(1, value=0.999)) for n in ("errors", "latency")],
            **server.series,
        }
        kept = read(since=NOW - 3 * DAY, slo_attained_metric="reached", slo_objective_metric="asked")
        found = {
            record.attributes["objective"]: (record.subject, record.state, record.value)
            for record in kept.of("observation")
            if record.name == "slo_met" and record.subject != "*"
        }
        assert found == {"errors": ("fraud", "yes", 0.0005), "latency": ("fraud", "no", -0.019)}
