"""Review and contributors."""

from datetime import date

import pytest

REVIEW, FIRST, MANY = "scm.review_share", "scm.first_review_hours", "scm.multi_contributor_share"
HAND = "ci.pipeline_deploy_share"


def test_share_of_merged_changes_that_were_approved(make, measure):
    changes = [make.change("2026-10-01", approvals=n) for n in (2, 1, 1, 0)]
    reading = measure(REVIEW, changes)
    assert (reading.value, reading.opportunities) == (75, 4)


def test_unknown_approvals_are_not_a_lack_of_review(make, measure):
    reading = measure(REVIEW, [make.change("2026-10-01", approvals=1), make.change("2026-10-02")])
    assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)
    assert measure(REVIEW, [make.change("2026-10-02")]).reason == "unsupported"


def test_changes_by_bots_are_left_out_and_counted(make, measure):
    bots = [make.change("2026-10-01", approvals=0, author_kind="bot")]
    reading = measure(REVIEW, [make.change("2026-10-01", approvals=1, author_kind="human"), *bots])
    assert reading.value == 100
    assert "1 by bots left out" in reading.note
    assert measure(REVIEW, bots).reason == "no_records"


def test_changes_that_were_not_merged_are_no_matter_of_review(make, measure):
    assert measure(REVIEW, [make.change(None, created_at="2026-10-01", approvals=0)]).reason == "no_records"


def test_a_change_counts_on_the_day_of_its_merge(make, measure):
    changes = [make.change("2026-08-24 23:59", approvals=0), make.change("2026-08-25 00:00", approvals=1)]
    assert measure(REVIEW, changes).value == 100
    assert measure(REVIEW, changes, on=date(2026, 8, 24)).value == 0


def test_the_wait_for_the_first_review_is_the_lower_median(make, measure):
    changes = [
        make.change("2026-10-09", created_at="2026-10-01 00:00", first_review_at=f"2026-10-01 {hour:02}:00")
        for hour in (1, 3, 9, 20)
    ]
    reading = measure(FIRST, changes)
    assert (reading.value, reading.opportunities) == (3, 4)


def test_negative_waits_are_left_out_and_counted(make, measure):
    skewed = make.change("2026-10-09", created_at="2026-10-05", first_review_at="2026-10-04")
    sound = make.change("2026-10-09", created_at="2026-10-05", first_review_at="2026-10-06")
    reading = measure(FIRST, [skewed, sound])
    assert (reading.value, reading.seen, reading.scope) == (24, 1, 2)


def test_changes_still_waiting_are_counted_with_their_age(make, measure):
    reviewed = make.change("2026-10-09", created_at="2026-10-05", first_review_at="2026-10-06")
    waiting = make.change(None, created_at="2026-11-13")
    assert "1 waiting, the oldest for 10 days" in measure(FIRST, [reviewed, waiting]).note
    assert measure(FIRST, [waiting]).reason == "insufficient_data"


def test_merged_with_unknown_review_is_unknown_and_without_review_is_another_matter(make, measure):
    reviewed = make.change("2026-10-09", created_at="2026-10-05", first_review_at="2026-10-06", approvals=1)
    unknown = make.change("2026-10-09", created_at="2026-10-05")
    without = make.change("2026-10-09", created_at="2026-10-05", approvals=0)
    reading = measure(FIRST, [reviewed, unknown, without])
    assert (reading.value, reading.seen, reading.scope) == (24, 1, 2)


def test_bots_do_not_wait(make, measure):
    bot = make.change("2026-10-09", created_at="2026-10-05", first_review_at="2026-10-06", author_kind="bot")
    assert measure(FIRST, [bot]).reason == "no_records"


def test_repositories_with_two_people(make, measure):
    changes = [
        make.change("2026-10-01", repository="a/one", author="x"),
        make.change("2026-10-01", repository="a/one", author="y"),
        make.change("2026-10-01", repository="a/two", author="x"),
        make.change("2026-10-02", repository="a/two", author="x"),
        make.change("2026-10-02", repository="a/two", author="renovate", author_kind="bot"),
    ]
    reading = measure(MANY, changes)
    assert (reading.value, reading.opportunities) == (50, 2)


def test_unknown_authors_may_be_the_second_person(make, measure):
    changes = [
        make.change("2026-10-01", repository="a/one", author="x"),
        make.change("2026-10-01", repository="a/one"),
        make.change("2026-10-01", repository="a/two", author="x"),
    ]
    reading = measure(MANY, changes)
    assert (reading.value, reading.seen, reading.scope) == (0, 1, 2)
    assert measure(MANY, changes[:2]).reason == "unsupported"


def test_only_repositories_that_reach_production_count_where_that_is_known(make, measure):
    changes = [
        make.change("2026-10-01", repository=r, author=a) for r, a in (("a/one", "x"), ("a/one", "y"), ("a/two", "x"))
    ]
    assert measure(MANY, changes).value == 50
    assert measure(MANY, [*changes, make.deployment("2026-10-02", repository="a/one")]).value == 100
    assert measure(MANY, [*changes, make.deployment("2026-10-02", repository="a/gitops")]).value == 50


def test_contributors_are_looked_at_over_half_a_year(make, measure):
    changes = [make.change("2026-05-27", author="x"), make.change("2026-11-01", author="y")]
    assert measure(MANY, changes).value == 100
    assert measure(MANY, [make.change("2026-05-26", author="x"), changes[1]]).value == 0


@pytest.mark.parametrize("signal", [REVIEW, FIRST, MANY, HAND])
def test_nothing_there_not_read_and_no_source_are_told_apart(make, measure, cover, signal):
    run = make.run("2026-11-01")
    assert measure(signal, [run]).reason == "no_records"
    assert measure(signal, [run], coverage=cover(end="2025-11-01")).reason == "not_covered"
    assert measure(signal, [run], coverage=cover(kinds=["pipeline_run"])).reason == "not_configured"


def test_deployments_by_a_pipeline(make, measure):
    deployments = [make.deployment("2026-10-01", pipeline_run=run) for run in ("1", "2", "3", None)]
    reading = measure(HAND, deployments)
    assert (reading.value, reading.seen, reading.scope) == (75, 4, 4)


def test_a_source_that_never_names_a_run_tells_nothing(make, measure, cover):
    silent = [make.deployment("2026-10-01")]
    assert measure(HAND, silent).reason == "unsupported"
    telling = make.deployment("2026-10-01", pipeline_run="1", source="b")
    reading = measure(HAND, [*silent, telling], coverage=cover() + cover(source="b"))
    assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)
