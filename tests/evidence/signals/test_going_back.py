"""How long ago something was rolled back, and what was signed."""

import pytest

AGE, SIGNED = "ci.rollback_age_days", "ci.signed_share"


def test_the_last_roll_back_or_rehearsal_counts(make, measure):
    records = [
        make.deployment("2026-06-01", id="a"),
        make.deployment("2026-10-24", rollback_of="a"),
        make.run("2026-11-13", "other", jobs=[{"name": "Rollback drill", "outcome": "success"}]),
        make.run("2026-11-20", "other", "failure", pipeline="rollback"),
    ]
    assert measure(AGE, records[:2]).value == pytest.approx(30)
    reading = measure(AGE, records)
    assert (reading.value, reading.note) == (pytest.approx(10), "2 in 365 days")


def test_none_is_at_least_as_long_ago_as_we_know(make, measure, cover):
    reading = measure(AGE, [make.deployment("2026-11-01")])
    assert (reading.value, reading.opportunities) == (365, 52)
    short = measure(AGE, [make.deployment("2026-11-01")], coverage=cover(start="2026-10-24"))
    assert (short.value, short.seen, short.scope) == (30, 30, 365)


def test_where_nothing_is_deployed_there_is_nothing_to_go_back_from(measure):
    assert measure(AGE, []).reason == "no_records"


def test_signed_by_its_own_run_by_its_commit_or_by_its_source(make, measure):
    sign = [{"name": "cosign sign", "outcome": "success"}]
    records = [
        make.run("2026-11-01", "deployment", id="r1", jobs=sign),
        make.run("2026-11-01", "deployment", id="r2", jobs=[{"name": "deploy", "outcome": "success"}]),
        make.run("2026-11-01", "ci", id="r3", sha="c", jobs=sign),
        make.deployment("2026-11-02", pipeline_run="r1"),
        make.deployment("2026-11-03", pipeline_run="r2", sha="d"),
        make.deployment("2026-11-04", pipeline_run="r2", sha="c"),
        make.deployment("2026-11-05", attributes={"signed": False}),
        make.deployment("2026-11-06"),
    ]
    reading = measure(SIGNED, records)
    assert (reading.value, reading.seen, reading.scope) == (50, 4, 5)


def test_a_job_that_designs_or_assigns_signs_nothing(make, measure):
    run = make.run("2026-11-01", "deployment", id="r", jobs=[{"name": "assign reviewers", "outcome": "success"}])
    assert measure(SIGNED, [run, make.deployment("2026-11-02", pipeline_run="r")]).value == 0


def test_of_no_known_jobs_nothing_is_known(make, measure):
    assert measure(SIGNED, [make.deployment("2026-11-02")]).reason == "not_configured"
    assert measure(SIGNED, []).reason == "no_records"
