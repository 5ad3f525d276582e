"""From first commit to production: weighted by change, and nothing invented where a time is not known."""

import pytest

SIGNAL = "ci.lead_time_hours"


@pytest.fixture
def opening(make):
    """The first known deployment, of which nobody can say since when it collected changes."""
    return make.deployment("2026-09-01 12:00", sha="s0")


def test_lead_time_runs_from_the_first_commit_to_the_deployment_that_lists_the_change(make, measure, opening):
    change = make.change("2026-10-01 08:00", first_commit_at="2026-09-30 10:00", id="acme/fraud#1")
    shipped = make.deployment("2026-10-01 12:00", changes=("acme/fraud#1",))
    reading = measure(SIGNAL, [opening, change, shipped])
    assert reading.value == 26
    assert (reading.seen, reading.scope, reading.opportunities) == (1, 1, 1)


def test_a_merge_commit_that_is_deployed_arrived_with_it(make, measure, opening):
    change = make.change("2026-10-01 08:00", first_commit_at="2026-10-01 00:00", merge_sha="abc")
    assert measure(SIGNAL, [opening, change, make.deployment("2026-10-01 12:00", sha="abc")]).value == 12


def test_the_lower_median_over_changes_not_over_deployments(make, measure, opening):
    changes = [
        make.change("2026-10-01 08:00", first_commit_at=f"2026-10-01 0{hour}:00", id=f"acme/fraud#{hour}")
        for hour in (2, 4, 6, 8)
    ]
    one = make.deployment("2026-10-01 10:00", changes=[c.id for c in changes[:3]])
    other = make.deployment("2026-10-02 10:00", changes=[changes[3].id])
    assert measure(SIGNAL, [opening, *changes, one, other]).value == 6  # of 4, 6, 8 and 26


def test_the_first_deployment_that_holds_a_change_counts(make, measure, opening):
    change = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#1")
    first = make.deployment("2026-10-01 05:00", changes=("acme/fraud#1",))
    again = make.deployment("2026-10-09 05:00", changes=("acme/fraud#1",))
    assert measure(SIGNAL, [opening, change, again, first]).value == 5


def test_a_failed_or_staging_deployment_brings_nothing_to_production(make, measure, opening):
    change = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#1")
    failed = make.deployment("2026-10-01 01:00", changes=(change.id,), outcome="failure")
    staged = make.deployment("2026-10-01 02:00", changes=(change.id,), tier="staging")
    live = make.deployment("2026-10-01 03:00", changes=(change.id,))
    assert measure(SIGNAL, [opening, change, failed, staged, live]).value == 3


def test_what_came_with_the_first_deployment_ever_is_left_out(make, measure):
    change = make.change("2026-10-01", first_commit_at="2026-01-01", id="acme/fraud#1")
    first = make.deployment("2026-10-02", changes=(change.id,))
    reading = measure(SIGNAL, [change, first])
    assert reading.reason == "insufficient_data"
    assert "1 in the first known deployment" in reading.detail


def test_the_first_deployment_is_told_for_each_repository(make, measure, opening):
    change = make.change("2026-10-01", first_commit_at="2026-10-01", repository="acme/other", id="acme/other#1")
    first = make.deployment("2026-10-02", repository="acme/other", changes=(change.id,))
    assert measure(SIGNAL, [opening, change, first]).reason == "insufficient_data"


def test_models_deployed_without_a_repository_have_a_first_deployment_each(make, measure):
    change = make.change("2026-10-01", first_commit_at="2026-10-01", merge_sha="abc")
    other = make.deployment("2026-09-01", repository=None, model="m1", sha="s0")
    first = make.deployment("2026-10-02", repository=None, model="m2", sha="abc")
    assert measure(SIGNAL, [change, other, first]).reason == "insufficient_data"
    before = make.deployment("2026-09-01", repository=None, model="m2", sha="s1")
    assert measure(SIGNAL, [change, other, before, first]).value == 24


def test_of_two_sources_that_know_a_change_the_deployment_s_own_is_taken(make, measure, cover):
    opening = make.deployment("2026-09-01", source="b")
    far = make.change("2026-10-01", first_commit_at="2026-09-01", id="acme/fraud#1")
    near = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#1", source="b")
    shipped = make.deployment("2026-10-02", changes=("acme/fraud#1",), source="b")
    assert measure(SIGNAL, [opening, far, near, shipped], coverage=cover() + cover(source="b")).value == 24


def test_negative_times_are_left_out_and_counted(make, measure, opening):
    skewed = make.change("2026-10-01", first_commit_at="2026-10-05", id="acme/fraud#1")
    sound = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#2")
    shipped = make.deployment("2026-10-02", changes=(skewed.id, sound.id))
    reading = measure(SIGNAL, [opening, skewed, sound, shipped])
    assert reading.value == 24
    assert (reading.seen, reading.scope) == (1, 2)
    assert "1 negative" in reading.note


def test_a_change_without_first_commit_is_unknown_and_not_fast(make, measure, opening):
    unknown = make.change("2026-10-01", id="acme/fraud#1")
    sound = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#2")
    reading = measure(SIGNAL, [opening, unknown, sound, make.deployment("2026-10-02", changes=(unknown.id, sound.id))])
    assert (reading.value, reading.seen, reading.scope) == (24, 1, 2)
    assert "1 without first commit" in reading.note


def test_merged_changes_not_deployed_yet_are_counted_with_the_age_of_the_oldest(make, measure, opening):
    arrived = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#1")
    shipped = make.deployment("2026-10-02", changes=(arrived.id,))
    waiting = [make.change(day, first_commit_at="2026-10-01") for day in ("2026-11-13", "2026-11-20")]
    reading = measure(SIGNAL, [opening, arrived, shipped, *waiting])
    assert reading.value == 24
    assert "2 merged and not deployed yet, the oldest for 10 days" in reading.note
    assert reading.scope == 1


def test_a_change_that_no_deployment_names_though_one_followed_is_unknown(make, measure, opening):
    arrived = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#1")
    lost = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#2")
    reading = measure(SIGNAL, [opening, arrived, lost, make.deployment("2026-10-02", changes=(arrived.id,))])
    assert (reading.seen, reading.scope) == (1, 2)


def test_a_reading_of_the_past_does_not_know_a_later_deployment(make, measure, opening):
    from datetime import date

    early = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#1")
    late = make.change("2026-10-01", first_commit_at="2026-10-01", id="acme/fraud#2")
    records = [
        opening,
        early,
        late,
        make.deployment("2026-10-02", changes=(early.id,)),
        make.deployment("2026-10-20", changes=(late.id,)),
    ]
    then = measure(SIGNAL, records, on=date(2026, 10, 11))
    assert (then.value, then.opportunities) == (24, 1)
    assert measure(SIGNAL, records).opportunities == 2


@pytest.mark.parametrize(("day", "counts"), [("2026-08-25 00:00", True), ("2026-08-24 23:59", False)])
def test_the_window_begins_at_midnight_of_its_first_day(make, measure, day, counts):
    older = make.deployment("2026-08-01", sha="s0")
    change = make.change("2026-08-20", first_commit_at="2026-08-20", id="acme/fraud#1")
    reading = measure(SIGNAL, [older, change, make.deployment(day, changes=(change.id,))])
    assert (getattr(reading, "opportunities", 0) == 1) is counts


def test_no_change_and_no_source_are_told_apart(make, measure, cover, opening):
    assert measure(SIGNAL, [opening]).reason == "no_records"
    assert measure(SIGNAL, [opening], coverage=cover(kinds=["deployment"])).reason == "not_configured"
    assert measure(SIGNAL, [opening], coverage=cover(end="2026-01-01")).reason == "not_covered"
