"""Failed deployments, their repair, and unplanned work."""

from datetime import date

import pytest

FAIL, RECOVERY, REWORK = "ci.change_fail_percent", "ci.recovery_hours", "ci.rework_percent"


@pytest.fixture
def plain(make):
    """Ten planned deployments, three days apart, all older than a week."""
    return [
        make.deployment(f"2026-10-{day:02}", id=f"d{day}", sha=f"s{day}", unplanned=False) for day in range(2, 30, 3)
    ]


def test_nothing_went_wrong(measure, plain):
    reading = measure(FAIL, plain)
    assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (0, 10, 10, 10)
    assert "0 of 10, 95 % interval 0 to 28 %" in reading.note


def test_an_incident_that_names_its_cause_is_a_failure(make, measure, plain):
    reading = measure(FAIL, [*plain, make.incident("2026-10-06", caused_by="d5")])
    assert reading.value == 10
    assert [row[2] for row in reading.proof.sample] == ["d5"]


def test_two_incidents_of_one_deployment_are_one_failure(make, measure, plain):
    incidents = [make.incident("2026-10-06", caused_by="d5"), make.incident("2026-10-07", caused_by="d5")]
    assert measure(FAIL, [*plain, *incidents]).value == 10


def test_an_incident_without_cause_is_no_failure_of_a_deployment(make, measure, plain):
    assert measure(FAIL, [*plain, make.incident("2026-10-06", category="drift")]).value == 0


def test_a_hotfix_within_a_week_tells_on_the_deployment_before(make, measure, plain):
    hotfix = make.deployment("2026-10-29 12:00", unplanned=True, sha="fix")
    reading = measure(FAIL, [*plain, hotfix])
    assert reading.value == pytest.approx(100 / 11)
    assert [row[2] for row in reading.proof.sample] == ["d29"]


def test_a_hotfix_of_another_service_tells_nothing(make, measure, plain):
    hotfix = make.deployment("2026-10-29 12:00", unplanned=True, sha="fix", repository="acme/other")
    assert measure(FAIL, [*plain, hotfix]).value == 0


def test_a_hotfix_after_more_than_a_week_tells_nothing(make, measure, plain):
    hotfix = make.deployment("2026-11-05 00:00:01", unplanned=True, sha="fix")
    assert measure(FAIL, [*plain, hotfix]).value == 0


def test_a_roll_back_tells_on_what_it_names(make, measure, plain):
    back = make.deployment("2026-10-30", rollback_of="d26", sha="other", unplanned=False)
    reading = measure(FAIL, [*plain, back])
    assert [row[2] for row in reading.proof.sample] == ["d26"]


def test_a_roll_back_that_names_what_it_went_back_to_tells_on_what_it_replaced(make, measure, plain):
    back = make.deployment("2026-10-30", rollback_of="d26", sha="s26", unplanned=False)
    reading = measure(FAIL, [*plain, back])
    assert [row[2] for row in reading.proof.sample] == ["d29"]


def test_a_roll_back_of_something_unknown_tells_on_what_it_replaced(make, measure, plain):
    back = make.deployment("2026-10-30", rollback_of="never seen", unplanned=False)
    assert [row[2] for row in measure(FAIL, [*plain, back]).proof.sample] == ["d29"]


def test_a_roll_back_of_a_failed_job_leaves_the_sound_deployment_alone(make, measure, plain):
    broken = make.deployment("2026-10-29 10:00", id="broken", outcome="failure")
    back = make.deployment("2026-10-29 11:00", rollback_of="broken", sha="s29", unplanned=False)
    assert measure(FAIL, [*plain, broken, back]).value == 0


def test_an_older_commit_put_back_within_a_week_is_a_roll_back(make, measure, plain):
    back = make.deployment("2026-10-30", sha="s26", unplanned=None)
    records = [*plain, back]
    assert [row[2] for row in measure(FAIL, records).proof.sample] == ["d29"]
    assert measure(REWORK, records).value == pytest.approx(100 / 11)


def test_the_same_commit_deployed_again_is_no_roll_back(make, measure, plain):
    again = make.deployment("2026-10-30", sha="s29", unplanned=False)
    assert measure(FAIL, [*plain, again]).value == 0
    assert measure(REWORK, [*plain, again]).value == 0


def test_a_deployment_job_that_failed_is_no_failed_change(make, measure, plain):
    assert measure(FAIL, [*plain, make.deployment("2026-10-15 12:00", outcome="failure")]).opportunities == 10


@pytest.mark.parametrize(("finished", "counted"), [("2026-11-16 00:00", 11), ("2026-11-16 00:01", 10)])
def test_the_newest_week_is_left_out_as_its_failures_may_not_have_shown(make, measure, plain, finished, counted):
    # 2026-11-22 ends at midnight; seven days before is the midnight before the 16th.
    assert measure(FAIL, [*plain, make.deployment(finished, unplanned=False)]).opportunities == counted


def test_only_young_deployments_make_no_rate(make, measure):
    assert measure(FAIL, [make.deployment("2026-11-20")]).reason == "no_records"


def test_a_failure_that_shows_later_is_not_known_then(make, measure, plain):
    records = [*plain, make.incident("2026-11-10", caused_by="d5")]
    assert measure(FAIL, records, on=date(2026, 11, 8)).value == 0
    assert measure(FAIL, records, on=date(2026, 11, 10)).value == 10


def test_where_no_follower_says_whether_it_was_planned_failures_would_not_show(make, measure):
    silent = [make.deployment(f"2026-10-{day:02}", sha=f"s{day}") for day in range(2, 30, 3)]
    reading = measure(FAIL, silent)
    assert (reading.value, reading.seen, reading.scope) == (0, 1, 10)  # only the last one has no follower


def test_incidents_that_name_causes_make_failures_show(make, measure):
    silent = [make.deployment(f"2026-10-{day:02}", id=f"d{day}", sha=f"s{day}") for day in range(2, 30, 3)]
    reading = measure(FAIL, [*silent, make.incident("2026-10-06", caused_by="d5")])
    assert (reading.value, reading.seen, reading.scope) == (10, 10, 10)


def test_recovery_is_the_lower_median_from_the_failed_deployment(make, measure, plain):
    incidents = [
        make.incident("2026-10-05 01:00", "2026-10-05 02:00", caused_by="d5"),
        make.incident("2026-10-08 01:00", "2026-10-08 05:00", caused_by="d8"),
        make.incident("2026-10-11 01:00", "2026-10-12 00:00", caused_by="d11"),
        make.incident("2026-10-14 01:00", "2026-10-16 00:00", caused_by="d14"),
    ]
    reading = measure(RECOVERY, [*plain, *incidents])
    assert (reading.value, reading.opportunities) == (5, 4)  # of 2, 5, 24 and 48


def test_the_first_remedy_counts(make, measure, plain):
    incident = make.incident("2026-10-29 01:00", "2026-10-31", caused_by="d29")
    hotfix = make.deployment("2026-10-29 06:00", unplanned=True, sha="fix")
    assert measure(RECOVERY, [*plain, incident, hotfix]).value == 6


def test_open_failures_are_censored_with_their_age(make, measure, plain):
    mended = make.incident("2026-10-05 01:00", "2026-10-05 02:00", caused_by="d5")
    open_ = make.incident("2026-10-29 01:00", caused_by="d29")
    reading = measure(RECOVERY, [*plain, mended, open_])
    assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (2, 1, 2, 1)
    assert "1 not put right yet, the oldest for 25 days" in reading.note


def test_a_repair_that_ends_with_the_day_is_of_the_next_day(make, measure, plain):
    incident = make.incident("2026-10-29 01:00", "2026-11-23 00:00", caused_by="d29")
    assert measure(RECOVERY, [*plain, incident]).reason == "insufficient_data"


def test_of_two_deployments_of_one_id_the_incident_s_own_source_or_the_last_before_it_is_meant(make, measure, cover):
    coverage = cover() + cover(source="b")
    twins = [
        make.deployment("2026-10-01", id="7", repository="acme/a", unplanned=False),
        make.deployment("2026-10-03", id="7", repository="acme/b", source="b", unplanned=False),
    ]

    def blamed(**fields):
        return measure(FAIL, [*twins, make.incident(caused_by="7", **fields)], coverage=coverage).proof.sample[0][0]

    assert blamed(detected="2026-10-04") == "src"
    assert blamed(detected="2026-10-04", source="b") == "b"
    assert blamed(detected="2026-10-02", source="tracker") == "src"
    assert blamed(detected="2026-10-04", source="tracker") == "b"


def test_only_open_failures_make_no_recovery_time(make, measure, plain):
    reading = measure(RECOVERY, [*plain, make.incident("2026-10-29 01:00", caused_by="d29")])
    assert reading.reason == "insufficient_data"
    assert "25 days" in reading.detail


def test_a_resolution_after_the_day_is_not_known_then(make, measure, plain):
    incident = make.incident("2026-10-29 01:00", "2026-11-10", caused_by="d29")
    assert measure(RECOVERY, [*plain, incident], on=date(2026, 11, 1)).reason == "insufficient_data"
    assert measure(RECOVERY, [*plain, incident]).value == 12 * 24


def test_put_right_at_once_takes_no_time(make, measure, plain):
    assert measure(RECOVERY, [*plain, make.incident("2026-10-05", "2026-10-05", caused_by="d5")]).value == 0


def test_negative_recovery_is_left_out_and_counted(make, measure, plain):
    skewed = make.incident("2026-10-04", "2026-10-04", caused_by="d5")
    sound = make.incident("2026-10-08 01:00", "2026-10-08 02:00", caused_by="d8")
    reading = measure(RECOVERY, [*plain, skewed, sound])
    assert (reading.value, reading.seen, reading.scope) == (2, 1, 2)
    assert "1 negative" in reading.note


def test_nothing_to_recover_from_is_not_a_time_of_zero(measure, plain):
    assert measure(RECOVERY, plain).reason == "insufficient_data"


def test_rework_counts_unplanned_deployments(make, measure, plain):
    reading = measure(REWORK, [*plain, make.deployment("2026-11-20", unplanned=True)])
    assert reading.value == pytest.approx(100 / 11)
    assert reading.opportunities == 11


def test_a_roll_back_is_rework_whatever_the_rules_for_hotfixes_say(make, measure, plain):
    assert measure(REWORK, [*plain, make.deployment("2026-11-20", rollback_of="d29", unplanned=False)]).value > 0


def test_whether_it_was_planned_may_be_unknown(make, measure, plain):
    reading = measure(REWORK, [*plain, make.deployment("2026-11-20")])
    assert (reading.value, reading.seen, reading.scope) == (0, 10, 11)


def test_where_nothing_says_whether_it_was_planned_there_is_no_rate(make, measure):
    assert measure(REWORK, [make.deployment("2026-11-20")]).reason == "unsupported"


@pytest.mark.parametrize("signal", [FAIL, RECOVERY, REWORK])
def test_no_deployments_and_no_source_are_told_apart(make, measure, cover, signal):
    run = make.run("2026-11-01")
    assert measure(signal, [run]).reason == "no_records"
    assert measure(signal, [run], coverage=cover(kinds=["pipeline_run"])).reason == "not_configured"
    assert measure(signal, [run], coverage=cover(end="2025-11-01")).reason == "not_covered"
