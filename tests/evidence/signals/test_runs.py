"""Training and CI runs: once each, by their last attempt, and cancelled is never a failure."""

from datetime import date

import pytest

SUCCESS, AUTO = "ci.training_success_percent", "ci.auto_trigger_share"
BRANCH, DURATION = "ci.default_branch_success", "ci.duration_minutes"


def runs(make, outcomes, **fields):
    return [make.run(f"2026-10-{day:02}", outcome=outcome, **fields) for day, outcome in enumerate(outcomes, start=1)]


def test_success_rate_of_training(make, measure):
    reading = measure(SUCCESS, runs(make, ["success"] * 8 + ["failure"] * 2))
    assert (reading.value, reading.opportunities) == (80, 10)


def test_cancelled_skipped_and_running_are_neither(make, measure):
    reading = measure(SUCCESS, runs(make, ["success"] * 4 + ["failure", "cancelled", "skipped", "running"]))
    assert (reading.value, reading.seen, reading.scope) == (80, 5, 5)


def test_failed_tests_in_a_run_that_went_on_are_a_failure(make, measure):
    assert measure(SUCCESS, runs(make, ["success"] * 4 + ["unstable"])).value == 80


def test_an_unknown_end_lowers_what_was_seen(make, measure):
    reading = measure(SUCCESS, runs(make, ["success"] * 5 + ["unknown"]))
    assert (reading.value, reading.seen, reading.scope) == (100, 5, 6)


def test_four_runs_are_too_few(make, measure):
    assert measure(SUCCESS, runs(make, ["success"] * 4)).reason == "insufficient_data"
    assert measure(SUCCESS, runs(make, ["success"] * 5)).value == 100


def test_a_run_counts_once_by_its_last_attempt(make, measure):
    again = [
        make.run("2026-10-20", outcome="failure", id="r", attempt=1),
        make.run("2026-10-21", outcome="success", id="r", attempt=2),
    ]
    reading = measure(SUCCESS, runs(make, ["success"] * 4) + again)
    assert (reading.value, reading.opportunities) == (100, 5)


def test_an_attempt_made_later_does_not_change_the_past(make, measure):
    again = [
        make.run("2026-10-20", outcome="failure", id="r", attempt=1),
        make.run("2026-11-15", outcome="success", id="r", attempt=2),
    ]
    records = runs(make, ["success"] * 4) + again
    assert measure(SUCCESS, records, on=date(2026, 11, 14)).value == 80
    assert measure(SUCCESS, records, on=date(2026, 11, 15)).value == 100


def test_runs_of_one_id_in_two_sources_are_two_runs(make, measure, cover):
    records = [*runs(make, ["success"] * 4, id="7"), make.run("2026-10-20", id="7", source="b", outcome="failure")]
    # The same id and attempt four times over is one record in a store; here the last of them counts.
    assert measure(SUCCESS, records, coverage=cover() + cover(source="b")).reason == "insufficient_data"
    more = [make.run(f"2026-10-1{n}", source="b") for n in range(3)]
    reading = measure(SUCCESS, records + more, coverage=cover() + cover(source="b"))
    assert (reading.value, reading.opportunities) == (80, 5)


def test_scheduled_and_manual_runs_are_shown_apart(make, measure):
    records = runs(make, ["success"] * 5, trigger="schedule") + runs(make, ["failure"], trigger="manual")
    assert "manual 0 of 1, schedule 5 of 5" in measure(SUCCESS, records).note


def test_only_training_counts(make, measure):
    assert measure(SUCCESS, runs(make, ["success"] * 9, purpose="ci")).reason == "no_records"


@pytest.mark.parametrize(
    ("trigger", "value"),
    [("schedule", 100), ("event", 100), ("manual", 50), ("push", 50), ("pull_request", 50)],
)
def test_what_starts_training_by_itself(make, measure, trigger, value):
    records = [make.run("2026-10-01", trigger="schedule"), make.run("2026-10-02", trigger=trigger)]
    assert measure(AUTO, records).value == value


def test_an_unknown_trigger_is_not_by_hand(make, measure):
    reading = measure(AUTO, [make.run("2026-10-01", trigger="event"), make.run("2026-10-02")])
    assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)
    assert measure(AUTO, [make.run("2026-10-02")]).reason == "unsupported"


def test_running_again_by_hand_does_not_change_what_started_it(make, measure):
    records = [
        make.run("2026-10-01", id="r", attempt=1, trigger="schedule", outcome="failure"),
        make.run("2026-10-02", id="r", attempt=2, trigger="manual"),
    ]
    reading = measure(AUTO, records)
    assert (reading.value, reading.opportunities) == (100, 1)


def test_skipped_runs_were_not_started_and_cancelled_ones_were(make, measure):
    records = [
        make.run("2026-10-01", trigger="schedule", outcome="skipped"),
        make.run("2026-10-02", trigger="manual", outcome="cancelled"),
    ]
    assert measure(AUTO, records).value == 0


@pytest.mark.parametrize("ref", ["main", "master", "refs/heads/main"])
def test_ci_on_the_default_branch(make, measure, ref):
    records = runs(make, ["success", "success", "failure", "cancelled"], purpose="ci", ref=ref, trigger="push")
    assert measure(BRANCH, records).value == pytest.approx(200 / 3)


def test_a_source_may_name_the_default_branch(make, measure):
    records = [
        make.run("2026-10-01", "ci", ref="develop", attributes={"default_branch": "develop"}),
        make.run("2026-10-02", "ci", "failure", ref="main", attributes={"default_branch": "develop"}),
    ]
    reading = measure(BRANCH, records)
    assert (reading.value, reading.scope) == (100, 1)


def test_a_pull_request_is_not_on_the_default_branch_even_from_a_fork_of_that_name(make, measure):
    assert (
        measure(BRANCH, runs(make, ["failure"], purpose="ci", ref="main", trigger="pull_request")).reason
        == "no_records"
    )


def test_a_run_that_names_no_branch_is_unknown(make, measure):
    reading = measure(BRANCH, [make.run("2026-10-01", "ci", ref="main"), make.run("2026-10-02", "ci", "failure")])
    assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)
    assert measure(BRANCH, [make.run("2026-10-02", "ci")]).reason == "insufficient_data"


def test_duration_is_the_lower_median_over_runs_for_pull_requests(make, measure):
    lengths = [("2026-10-01 00:05", 5), ("2026-10-02 00:10", 10), ("2026-10-03 00:20", 20), ("2026-10-04 00:40", 40)]
    records = [
        make.run(end, "ci", trigger="pull_request", started_at=f"{end[:10]} 00:00") for end, _ in lengths
    ] + runs(make, ["success"] * 9, purpose="ci", trigger="push")
    reading = measure(DURATION, records)
    assert (reading.value, reading.opportunities) == (10, 4)


def test_what_a_source_says_of_the_working_time_counts_more_than_the_times(make, measure):
    """A job retried two days later: the pipeline ends then, and worked for nine minutes."""
    retried = make.run("2026-10-03", "ci", trigger="push", started_at="2026-10-01", attributes={"active_seconds": 540})
    assert measure(DURATION, [retried]).value == 9
    untimed = make.run("2026-10-03", "ci", trigger="push", started_at=None, attributes={"active_seconds": 0})
    assert measure(DURATION, [untimed]).value == 0


@pytest.mark.parametrize("told", [-1, True, "540", None, float("nan"), float("inf")])
def test_what_is_no_working_time_is_left_out_of_account(make, measure, told):
    run = make.run("2026-10-01", "ci", trigger="push", attributes={"active_seconds": told})
    assert measure(DURATION, [run]).value == 10


def test_without_pull_requests_runs_for_pushes_count(make, measure):
    assert measure(DURATION, runs(make, ["success"], purpose="ci", trigger="push")).value == 10


def test_runs_by_schedule_hold_nobody_up(make, measure):
    assert measure(DURATION, runs(make, ["success"], purpose="ci", trigger="schedule")).reason == "no_records"


def test_a_run_lasts_as_long_as_all_its_attempts_were_active(make, measure):
    records = [
        make.run("2026-10-01 00:10", "ci", "failure", trigger="push", id="r", attempt=1, started_at="2026-10-01 00:00"),
        make.run("2026-10-02 00:05", "ci", trigger="push", id="r", attempt=2, started_at="2026-10-02 00:00"),
    ]
    assert measure(DURATION, records).value == 15


def test_a_run_of_which_an_attempt_is_not_known_has_an_unknown_length(make, measure):
    short = make.run("2026-10-01 00:05", "ci", trigger="push", started_at="2026-10-01 00:00")
    later = make.run("2026-10-02 00:50", "ci", trigger="push", attempt=2, started_at="2026-10-02 00:00")
    reading = measure(DURATION, [short, later])
    assert (reading.value, reading.seen, reading.scope) == (5, 1, 2)


@pytest.mark.parametrize(("start", "known"), [("2026-10-01 00:00", True), ("2026-10-01 00:01", False)])
def test_a_run_may_take_no_time_and_not_less(make, measure, start, known):
    run = make.run("2026-10-01 00:00", "ci", trigger="push", started_at=start)
    assert (getattr(measure(DURATION, [run]), "value", None) == 0) is known


def test_a_run_without_start_has_an_unknown_length(make, measure):
    assert (
        measure(DURATION, [make.run("2026-10-01", "ci", trigger="push", started_at=None)]).reason == "insufficient_data"
    )


@pytest.mark.parametrize("outcome", ["cancelled", "skipped"])
def test_runs_cut_short_are_no_measure(make, measure, outcome):
    assert measure(DURATION, runs(make, [outcome], purpose="ci", trigger="push")).reason == "no_records"


@pytest.mark.parametrize("signal", [SUCCESS, AUTO, BRANCH, DURATION])
@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [("2024-01-01", "2026-11-22", "no_records"), ("2024-01-01", "2026-01-01", "not_covered")],
)
def test_no_runs_and_not_read_are_told_apart(make, measure, cover, signal, start, end, reason):
    assert measure(signal, [make.tracked("2025-11-01")], coverage=cover(start, end)).reason == reason


@pytest.mark.parametrize(("end", "counted"), [("2026-08-25 00:00", 6), ("2026-08-24 23:59", 5)])
def test_the_window_begins_at_midnight_of_its_first_day(make, measure, end, counted):
    assert measure(SUCCESS, [*runs(make, ["success"] * 5), make.run(end)]).opportunities == counted


def test_runs_outside_of_what_is_known_completely_are_left_out(make, measure, cover):
    records = runs(make, ["success"] * 10)
    assert measure(SUCCESS, records, coverage=cover("2026-10-05")).opportunities == 6
