"""What Prometheus shows of served models and their alerts."""

from datetime import date

import pytest

from mlops_maturity.config.settings import Team

TARGET, METRIC = "prom.target_coverage", "prom.drift_metric_share"
RULE, LABEL = "prom.drift_rule_share", "prom.version_label_share"
ACTION, IGNORED = "prom.drift_action_hours", "prom.ignored_alert_share"
STATES = [
    (TARGET, "target_up"), (METRIC, "drift_metric"), (RULE, "drift_rule"), (LABEL, "version_label"),
    ("prom.slo_rule_share", "slo_rule"), ("prom.quality_metric_share", "quality_metric"),
    ("prom.cost_metric_share", "cost_metric"),
]  # fmt: skip


@pytest.mark.parametrize(("signal", "name"), STATES)
class TestShareOfServedModels:
    def test_models_that_have_it_of_those_seen_serving(self, make, measure, signal, name):
        models = ("a", "b", "c", "d")
        serving = [make.observation("serving", "2026-11-20", model) for model in models]
        states = zip(models, ("yes", "yes", "yes", "no"), strict=True)
        reading = measure(signal, serving + [make.observation(name, "2026-11-20", m, s) for m, s in states])
        assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (75, 4, 4, 4)

    @pytest.mark.parametrize("state", ["unknown", "forbidden", "unsupported"])
    def test_what_could_not_be_told_is_not_a_no(self, make, measure, signal, name, state):
        records = [make.observation("serving", "2026-11-20", model) for model in ("a", "b", "c")]
        records += [make.observation(name, "2026-11-20", "a"), make.observation(name, "2026-11-20", "b", state)]
        reading = measure(signal, records)
        assert (reading.value, reading.seen, reading.scope) == (100, 1, 3)

    @pytest.mark.parametrize(
        ("state", "reason"),
        [("unknown", "not_configured"), ("forbidden", "forbidden"), ("unsupported", "unsupported")],
    )
    @pytest.mark.parametrize("subject", ["a", "*"])
    def test_where_nothing_is_known_the_source_says_why(self, make, measure, signal, name, state, reason, subject):
        records = [make.observation("serving", "2026-11-20", "a"), make.observation(name, "2026-11-20", subject, state)]
        assert measure(signal, records).reason == reason

    def test_what_a_source_said_before_the_window_or_of_something_else_explains_nothing(
        self, make, measure, signal, name
    ):
        records = [
            make.observation("serving", "2026-11-20", "a"),
            make.observation(name, "2026-09-20", "*", "forbidden"),
            make.observation("something_else", "2026-11-20", "*", "forbidden"),
        ]
        assert measure(signal, records).reason == "insufficient_data"

    def test_not_observed_at_all_is_too_little(self, make, measure, signal, name):
        assert measure(signal, [make.observation("serving", "2026-11-20", "a")]).reason == "insufficient_data"

    def test_the_newest_known_state_counts(self, make, measure, signal, name):
        records = [make.observation("serving", "2026-11-20", "a")]
        records += [
            make.observation(name, day, "a", state)
            for day, state in (("2026-11-17", "no"), ("2026-11-18", "yes"), ("2026-11-19", "unknown"))
        ]
        assert measure(signal, records).value == 100

    def test_nothing_serving_and_not_read_are_told_apart(self, make, measure, cover, signal, name):
        assert measure(signal, [make.model()]).reason == "no_records"
        assert measure(signal, [make.model()], coverage=cover(kinds=["model"])).reason == "not_configured"
        assert measure(signal, [make.model()], coverage=cover(end="2026-01-01")).reason == "not_covered"

    def test_what_was_seen_before_the_window_does_not_count(self, make, measure, signal, name):
        old = [make.observation("serving", "2026-10-20", "a"), make.observation(name, "2026-10-20", "a")]
        assert measure(signal, old).reason == "no_records"


def test_what_the_source_said_of_it_is_told(make, measure):
    said = {"attributes": {"reason": "not configured: no alert rule is named like Drft; did you mean 'Drift'?"}}
    records = [make.observation("serving", "2026-11-20", "a")]
    missing = measure(RULE, [*records, make.observation("drift_rule", "2026-11-20", "*", "unknown", **said)])
    assert missing.reason == "not_configured"
    assert "did you mean 'Drift'?" in missing.detail


def test_a_target_that_is_down_belongs_to_a_deployed_model_too(make, measure):
    records = [make.observation("serving", "2026-11-20", "a"), make.observation("target_up", "2026-11-20", "a")]
    down = make.observation("target_up", "2026-11-20", "b", "no")
    assert measure(TARGET, [*records, down]).value == 50


def test_of_several_copies_of_a_model_every_one_has_to_have_it(make, measure):
    records = [make.observation("serving", "2026-11-20", "a"), make.observation("version_label", "2026-11-20", "a")]
    other = make.observation("version_label", "2026-11-20", "a", "no", id="the other copy")
    older = make.observation("version_label", "2026-11-19", "a", "no")
    assert measure(LABEL, [*records, older]).value == 100
    assert measure(LABEL, [*records, other]).value == 0


@pytest.mark.parametrize(
    ("exported", "value"),
    [
        ((1, 2, 3, 4, 5, 6, 7), 0),  # daily, and silent for more than a day
        ((1, 8, 15), 100),  # weekly, and five days back
        ((1, 5, 9), 0),  # every four days, and eleven days back
        ((15,), 0),  # once: no rhythm to be in
    ],
)
def test_a_drift_metric_is_alive_within_its_own_interval(make, measure, exported, value):
    records = [make.observation("serving", "2026-11-20", "a")]
    records += [
        make.observation("drift_metric", f"2026-11-{day:02}", "a", "yes" if day in exported else "no")
        for day in range(1, 21)
    ]
    assert measure(METRIC, records).value == value


def drift(make, detected, resolved=None, subject="fraud-x", **fields):
    return make.incident(detected, resolved, subject=subject, **{"category": "drift", "origin": "alert", **fields})


def test_hours_from_an_alert_to_the_next_training(make, measure):
    run = make.tracked("2026-10-02 08:00", started_at="2026-10-02 05:00")
    reading = measure(ACTION, [drift(make, "2026-10-02 00:00"), run])
    assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (5, 1, 1, 1)
    assert {row[1] for row in reading.proof.sample} == {"incident", "training_run"}


def test_without_alerts_a_misnamed_pattern_is_told(make, measure):
    said = {"attributes": {"reason": "not configured: no alert rule is named like Drft; did you mean 'Drift'?"}}
    run = make.tracked("2026-10-02 08:00")
    misnamed = make.observation("drift_rule", "2026-11-20", "*", "unknown", **said)
    missing = measure(ACTION, [run, misnamed])
    assert missing.reason == "not_configured"
    assert "did you mean 'Drift'?" in missing.detail
    watched = make.observation("drift_rule", "2026-11-20", "fraud-x", "yes")
    assert measure(ACTION, [run, misnamed, watched]).reason == "no_records"
    assert measure(ACTION, [run]).reason == "no_records"
    elsewhere = make.observation("drift_rule", "2026-11-20", "*", "unknown", source="another", **said)
    assert measure(ACTION, [run, elsewhere]).reason == "no_records"
    assert measure(ACTION, [run, misnamed, drift(make, "2026-10-02 00:00")]).value is not None


def test_the_first_of_run_pipeline_roll_back_and_ticket_counts(make, measure):
    alert = drift(make, "2026-10-02 00:00")
    run = make.tracked("2026-10-02 08:00", started_at="2026-10-02 07:00")
    pipeline = make.run("2026-10-02 06:30", started_at="2026-10-02 06:00")
    back = make.deployment("2026-10-02 05:00", rollback_of="x", model="fraud-x")
    ticket = make.incident("2026-10-02 04:00", subject="fraud-x", origin="tracker")
    assert measure(ACTION, [alert, run]).value == 7
    assert measure(ACTION, [alert, run, pipeline]).value == 6
    assert measure(ACTION, [alert, run, pipeline, back]).value == 5
    assert measure(ACTION, [alert, run, pipeline, back, ticket]).value == 4


@pytest.mark.parametrize(
    "fields", [{"outcome": "failure"}, {"started_at": "2026-10-01 23:59", "finished_at": "2026-10-02 03:00"}]
)
def test_a_failed_training_or_one_under_way_before_is_no_answer(make, measure, fields):
    late = make.tracked("2026-10-03 01:00", started_at="2026-10-03 00:00")
    other = make.tracked("2026-10-02 03:00", **{"started_at": "2026-10-02 02:00", **fields})
    assert measure(ACTION, [drift(make, "2026-10-02 00:00"), other, late]).value == 24


def test_what_is_known_to_train_other_models_is_no_answer(make, measure):
    earlier = make.tracked("2026-09-01", experiment="other")
    records = [earlier, make.version("2026-09-01", model="other-model", run=earlier.id)]
    run = make.tracked("2026-10-02 02:00", started_at="2026-10-02 01:00", experiment="other")
    late = make.tracked("2026-10-03 01:00", started_at="2026-10-03 00:00", experiment="whatever")
    assert measure(ACTION, [*records, drift(make, "2026-10-02 00:00"), run, late]).value == 24


def test_an_alert_about_a_repository_is_answered_by_what_trains_its_models(make, measure):
    deployed = make.deployment("2026-09-01", repository="acme/fraud", model="fraud-x")
    tracked = make.tracked("2026-09-01", experiment="e")
    version = make.version("2026-09-01", model="fraud-x", run=tracked.id)
    run = make.tracked("2026-10-02 02:00", started_at="2026-10-02 01:00", experiment="e")
    assert (
        measure(ACTION, [deployed, tracked, version, run, drift(make, "2026-10-02", subject="acme/fraud")]).value == 1
    )
    assert measure(ACTION, [deployed, tracked, version, run, drift(make, "2026-10-02", subject="acme/x")]).value == 720


def foreign_run(make):
    """A run of an experiment that the team selects, by which another team's model was made."""
    run = make.tracked("2026-10-02 02:00", started_at="2026-10-02 01:00", experiment="shared/all")
    return [run, make.version("2026-10-02 03:00", model="other-model", run=run.id)]


@pytest.mark.parametrize("subject", ["fraud-x", None])
def test_a_run_that_made_another_team_s_model_is_no_answer(make, measure, subject):
    team = Team(id="fraud", models=("fraud-*",), experiments=("shared/*",), prometheus={"team": "fraud"})
    alert = drift(make, "2026-10-02 00:00", subject=subject, attributes={"labels": {"team": "fraud"}})
    own = make.tracked("2026-10-02 10:00", started_at="2026-10-02 09:00", experiment="shared/all")
    made = make.version("2026-10-02 11:00", model="fraud-x", run=own.id)
    assert measure(ACTION, [alert, *foreign_run(make), own, made], team=team).value == 9
    assert measure(ACTION, [alert, *foreign_run(make)], team=team).value == 720


def test_runs_of_one_id_on_two_servers_make_different_models(make, measure):
    theirs = make.tracked("2026-09-01", id="r1", experiment="e", source="elsewhere")
    version = make.version("2026-09-01", model="other-model", run="r1", source="elsewhere")
    run = make.tracked("2026-10-02 02:00", started_at="2026-10-02 01:00", id="r1", experiment="e")
    reading = measure(ACTION, [drift(make, "2026-10-02"), theirs, version, run, make.model()])
    assert reading.value == 1


class TestTicketOfARepository:
    def test_is_about_the_models_deployed_from_it(self, make, measure):
        deployed = make.deployment("2026-09-01", repository="acme/fraud", model="fraud-x")
        ticket = make.incident("2026-10-02 03:00", subject="acme/fraud", origin="tracker")
        assert measure(ACTION, [deployed, ticket, drift(make, "2026-10-02")]).value == 3
        assert measure(ACTION, [deployed, ticket, drift(make, "2026-10-02", subject="fraud-y")]).value == 720

    def test_may_be_about_any_model_where_none_is_known_to_be_deployed_from_it(self, make, measure):
        run = make.run("2026-09-01", "ci", repository="acme/fraud")
        ticket = make.incident("2026-10-02 03:00", subject="acme/fraud", origin="tracker")
        assert measure(ACTION, [run, ticket, drift(make, "2026-10-02")]).value == 3

    def test_so_may_one_that_names_the_team(self, make, measure):
        ticket = make.incident("2026-10-02 03:00", subject="only", origin="tracker")
        assert measure(ACTION, [make.model(), ticket, drift(make, "2026-10-02")]).value == 3


def test_an_alert_that_two_sources_tell_of_counts_once(make, measure):
    labels = {"alertname": "ModelDrift", "model": "fraud-x"}
    attributes = {"attributes": {"labels": labels}}
    told = drift(make, "2026-10-02 00:00", "2026-10-03", **attributes)
    noticed = drift(make, "2026-10-02 00:15", "2026-10-03 00:05", source="alerts", **attributes)
    run = make.tracked("2026-10-02 08:00", started_at="2026-10-02 05:00")
    reading = measure(ACTION, [told, noticed, run])
    assert (reading.value, reading.opportunities) == (5, 1)
    assert {row[0] for row in reading.proof.sample} == {"src", "alerts"}


@pytest.mark.parametrize("fields", [{"purpose": "ci"}, {"outcome": "failure"}, {"started_at": None}])
def test_only_training_pipelines_that_succeed_answer(make, measure, fields):
    run = make.run("2026-10-02 02:00", **{"started_at": "2026-10-02 01:00", **fields})
    assert measure(ACTION, [drift(make, "2026-10-02"), run]).value == 720


def test_what_happens_as_the_day_ends_is_of_the_next_day(make, measure):
    alert = drift(make, "2026-11-01", "2026-11-23 00:00")
    run = make.tracked("2026-11-23 01:00", started_at="2026-11-23 00:00")
    assert measure(ACTION, [alert, run]).reason == "insufficient_data"
    young = drift(make, "2026-11-20", "2026-11-23 00:00")
    assert measure(IGNORED, [young]).reason == "insufficient_data"


def test_quality_alerts_count_and_others_do_not(make, measure):
    run = make.tracked("2026-10-02 08:00", started_at="2026-10-02 05:00")
    assert measure(ACTION, [drift(make, "2026-10-02", category="quality"), run]).value == 5
    assert measure(ACTION, [drift(make, "2026-10-02", category="service"), run]).reason == "no_records"


def test_unanswered_alerts_are_counted_apart_and_lower_what_was_seen(make, measure):
    run = make.tracked("2026-10-02 08:00", started_at="2026-10-02 05:00")
    records = [drift(make, "2026-10-02 00:00"), run, drift(make, "2026-10-03"), drift(make, "2026-11-20")]
    reading = measure(ACTION, records)
    assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (5, 1, 2, 2)
    assert "1 unanswered for 30 days; 1 waiting for an action" in reading.note


def test_where_no_alert_was_answered_at_least_thirty_days_went_by(make, measure):
    reading = measure(ACTION, [drift(make, "2026-10-03"), make.tracked("2026-01-01")])
    assert (reading.value, reading.seen, reading.scope) == (720, 1, 1)
    assert reading.note.startswith("at least")


def test_an_action_after_thirty_days_is_no_answer(make, measure):
    late = make.tracked("2026-11-05", started_at="2026-11-02 00:01")
    assert measure(ACTION, [drift(make, "2026-10-03 00:00"), late]).value == 720


def test_only_waiting_alerts_can_not_be_judged(make, measure):
    assert measure(ACTION, [drift(make, "2026-11-20"), make.tracked("2026-01-01")]).reason == "insufficient_data"


def test_alerts_that_end_by_themselves_within_an_hour_call_for_nothing(make, measure):
    run = make.tracked("2026-10-02 08:00", started_at="2026-10-02 05:00")
    blip = drift(make, "2026-10-01 00:00", "2026-10-01 01:00")
    reading = measure(ACTION, [drift(make, "2026-10-02 00:00"), run, blip])
    assert (reading.value, reading.scope) == (5, 1)
    assert "1 ended by themselves within an hour" in reading.note


def test_an_action_of_later_is_not_known_then(make, measure):
    run = make.tracked("2026-10-12 08:00", started_at="2026-10-12")
    records = [drift(make, "2026-10-02 00:00"), run]
    assert measure(ACTION, records, on=date(2026, 10, 11)).reason == "insufficient_data"
    assert measure(ACTION, records).value == 240


def test_without_anything_that_could_show_an_action_there_is_no_time(make, measure, cover):
    known = cover(kinds=["incident"])
    assert measure(ACTION, [drift(make, "2026-10-02")], coverage=known).reason == "not_configured"


@pytest.mark.parametrize("signal", [ACTION, IGNORED])
def test_no_alert_and_not_read_are_told_apart(make, measure, cover, signal):
    run = make.tracked("2026-10-01")
    assert measure(signal, [run]).reason == "no_records"
    assert measure(signal, [run], coverage=cover(kinds=["training_run"])).reason == "not_configured"
    assert measure(signal, [run], coverage=cover(end="2025-11-22")).reason == "not_covered"


def test_alerts_that_fired_for_more_than_a_week(make, measure):
    alerts = [
        drift(make, "2026-11-01 00:00", "2026-11-08 00:00"),  # exactly a week
        drift(make, "2026-11-01 00:00", "2026-11-08 00:01"),
        drift(make, "2026-10-01"),  # still firing
        drift(make, "2026-11-02", "2026-11-03", category="service"),
    ]
    reading = measure(IGNORED, alerts)
    assert (reading.value, reading.opportunities) == (50, 4)


def test_an_alert_counts_as_long_as_it_fires(make, measure):
    assert measure(IGNORED, [drift(make, "2026-01-01")]).value == 100
    assert measure(IGNORED, [drift(make, "2026-01-01", "2026-10-23 23:59")]).reason == "no_records"


def test_young_alerts_that_still_fire_are_not_judged(make, measure):
    young = drift(make, "2026-11-20")
    assert measure(IGNORED, [young]).reason == "insufficient_data"
    reading = measure(IGNORED, [young, drift(make, "2026-11-01", "2026-11-02")])
    assert (reading.value, reading.scope) == (0, 1)
    assert "1 still firing, for less than seven days" in reading.note


def test_an_end_that_came_later_is_not_known_then(make, measure):
    alert = drift(make, "2026-11-01", "2026-11-05")
    assert measure(IGNORED, [alert], on=date(2026, 11, 3)).reason == "insufficient_data"
    assert measure(IGNORED, [alert], on=date(2026, 11, 8)).value == 0


def test_tickets_are_no_alerts(make, measure):
    assert measure(IGNORED, [make.incident("2026-11-01", "2026-11-02", origin="tracker")]).reason == "no_records"
