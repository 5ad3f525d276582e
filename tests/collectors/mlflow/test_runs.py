"""The stream of runs: paging, late finishers, imports, wrong clocks, deletion, restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number: float) -> datetime:
    """So many days before now."""
    return NOW - number * DAY


def test_reads_every_run_beyond_one_page(fake, read, make_run):
    fake.runs = [make_run(f"r{number:03}", day(90 - number * 0.4)) for number in range(200)]
    kept = read(page_size=7)
    assert kept.ids() == {f"r{number:03}" for number in range(200)}


def test_keeps_counts_and_never_values(fake, read, make_run):
    fake.runs = [make_run("r1", day(2), params=3, metrics=2, digests=("abc", "abc", "def"))]
    kept = read()
    assert (kept["r1"].params, kept["r1"].metrics, kept["r1"].datasets) == (3, 2, ("abc", "def"))
    assert "secret-value" not in kept["r1"].model_dump_json()


def test_runs_added_while_paging_are_all_read_and_none_twice_in_a_page(fake, read, make_run):
    fake.runs = [make_run(f"old{number:02}", day(3) + timedelta(minutes=number)) for number in range(40)]
    added = iter(range(20))

    def meanwhile():
        number = next(added, None)
        if number is not None:
            fake.runs.append(make_run(f"new{number:02}", day(1) + timedelta(minutes=number)))

    fake.before_runs = meanwhile
    kept = read(page_size=5)
    assert {f"old{number:02}" for number in range(40)} <= kept.ids()
    fake.before_runs = lambda: None
    read(kept, page_size=5)
    assert kept.ids() == {entry["info"]["run_id"] for entry in fake.runs}


def test_runs_removed_while_paging_hide_no_others(fake, read, make_run):
    fake.runs = [make_run(f"r{number:02}", day(3) + timedelta(minutes=number)) for number in range(40)]
    doomed = iter([f"r{number:02}" for number in range(10)])

    def meanwhile():
        gone = next(doomed, None)
        fake.runs = [entry for entry in fake.runs if entry["info"]["run_id"] != gone]

    fake.before_runs = meanwhile
    kept = read(page_size=5)
    assert {entry["info"]["run_id"] for entry in fake.runs} <= kept.ids()


def test_more_runs_of_one_millisecond_than_a_page_holds_are_all_read(fake, read, make_run):
    fake.runs = [make_run(f"same{number:02}", day(2)) for number in range(23)]
    fake.runs += [make_run("before", day(3)), make_run("after", day(1))]
    kept = read(page_size=4)
    assert len(kept.ids()) == 25


def test_reading_again_changes_nothing(fake, read, make_run):
    fake.runs = [make_run(f"r{number}", day(number)) for number in range(1, 60)]
    kept = read(page_size=10)
    assert read(kept, page_size=10).changed == 0
    assert read(kept, page_size=10, backfill=True).changed == 0


@pytest.mark.parametrize("stop_after", [1, 2, 3, 5, 8, 13])
def test_cut_off_and_gone_on_ends_as_if_undisturbed(fake, read, make_run, stop_after):
    fake.runs = [make_run(f"r{number:03}", day(60 - number * 0.5)) for number in range(115)]
    fake.runs.append(make_run("open", day(20), status="RUNNING"))
    undisturbed = read(page_size=6)
    disturbed = read(page_size=6, stop_after=stop_after)
    limit = stop_after
    while disturbed.pages == limit:
        limit += 1  # at last it comes to an end
        read(disturbed, page_size=6, stop_after=limit)
    assert disturbed.records == undisturbed.records
    assert disturbed.cursor["open"] == undisturbed.cursor["open"]


def test_a_run_that_ends_long_after_its_start_is_read_as_ended(fake, read, make_run):
    fake.runs = [make_run("long", day(20), status="RUNNING")]
    kept = read()
    assert kept["long"].outcome == "running"
    fake.runs = [make_run("long", day(20), NOW + DAY)]
    read(kept, now=NOW + 2 * DAY)
    assert kept["long"].outcome == "success"
    assert "long" not in kept.cursor["open"]


def test_an_end_dated_back_before_the_last_reading_is_found_by_id(fake, read, make_run):
    fake.runs = [make_run("long", day(20), status="RUNNING")]
    kept = read()
    fake.runs = [make_run("long", day(20), day(19), status="FAILED")]
    read(kept, now=NOW + DAY)
    assert (kept["long"].outcome, kept["long"].finished_at) == ("failure", day(19))


def test_a_run_open_for_over_a_month_is_no_longer_asked_for(fake, read, scripted_server, make_run):
    fake.runs = [make_run("lost", day(40), status="RUNNING")]
    kept = read()
    kept = read(kept, now=NOW + DAY)
    assert kept.cursor["open"] == {}
    assert not any(b"run_id IN" in asked.body for asked in scripted_server.asked)


def test_tags_that_come_later_are_read_within_a_week(fake, read, make_run):
    fake.runs = [make_run("r", day(3))]
    kept = read()
    fake.runs = [make_run("r", day(3), tags={"mlflow.source.git.commit": "c0ffee"})]
    read(kept, now=NOW + DAY)
    assert kept["r"].commit == "c0ffee"


def test_deleted_runs_are_marked_young_ones_at_once_old_ones_within_a_day(fake, read, make_run):
    fake.runs = [make_run("young", day(2)), make_run("old", day(50))]
    kept = read()
    fake.runs = [make_run("young", day(2), deleted=True), make_run("old", day(50), deleted=True)]
    read(kept, now=NOW + timedelta(hours=1))
    assert kept["young"].attributes == {"deleted": True}
    assert kept["old"].attributes == {}
    read(kept, now=NOW + 1.1 * DAY)
    assert kept["old"].attributes == {"deleted": True}


def test_old_runs_imported_into_a_new_experiment_are_read(fake, read, make_run):
    fake.runs = [make_run("r", day(2))]
    kept = read()
    created = int((NOW + timedelta(hours=1)).timestamp() * 1000)
    fake.experiments.append({"experiment_id": "9", "name": "moved/here", "creation_time": created})
    fake.runs.append(make_run("imported", day(80), experiment="9"))
    read(kept, now=NOW + DAY)
    assert kept["imported"].experiment == "moved/here"


def test_a_clock_ahead_moves_neither_the_cursor_nor_the_record_from_reading_to_reading(fake, read, make_run):
    fake.runs = [make_run("fine", day(1)), make_run("ahead", NOW + 30 * DAY)]
    kept = read()
    assert kept["ahead"].started_at == NOW
    assert kept["ahead"].attributes == {"clamped": True}
    assert kept.cursor["high_water"] <= int(NOW.timestamp() * 1000) - 5 * 60_000
    fake.runs.append(make_run("next", NOW + timedelta(hours=1)))
    read(kept, now=NOW + DAY)
    assert kept["ahead"].started_at == NOW
    assert kept["next"].started_at == NOW + timedelta(hours=1)


def test_times_beyond_any_calendar_are_no_crash(fake, read, make_run):
    fake.runs = [make_run("micro", int(NOW.timestamp() * 1_000_000)), make_run("fine", day(1))]
    kept = read()
    assert kept["micro"].started_at == NOW
    assert kept["fine"].started_at == day(1)


def test_an_end_before_the_start_is_moved_to_the_start(fake, read, make_run):
    fake.runs = [make_run("backwards", day(2), day(3))]
    assert read()["backwards"].finished_at == day(2)


def test_coverage_reaches_from_the_first_day_asked_for_to_shortly_before_now(fake, read, make_run):
    fake.runs = [make_run("r", day(2))]
    spans = sorted(read(since=day(30)).coverage, key=lambda span: span.start)
    assert {(span.stream, span.scope, span.complete) for span in spans} == {("training_run", "*", True)}
    assert (spans[0].start, max(span.end for span in spans)) == (day(30), NOW - timedelta(minutes=5))
    reached = spans[0].start
    for span in spans:
        assert span.start <= reached
        reached = max(reached, span.end)


def test_coverage_of_a_cut_off_reading_ends_where_it_was_cut(fake, read, make_run):
    fake.runs = [make_run(f"r{number:02}", day(60 - number)) for number in range(50)]
    kept = read(since=day(60), page_size=3, stop_after=2)
    newest = max(record.started_at for record in kept.records.values())
    assert max(span.end for span in kept.coverage) <= newest


def test_an_empty_server_is_covered_and_holds_nothing(fake, read):
    fake.experiments.clear()
    kept = read()
    assert kept.records == {}
    assert all(span.complete for span in kept.coverage)


def test_a_backfill_further_back_reads_what_was_not_asked_for_before(fake, read, make_run):
    fake.runs = [make_run("ancient", day(300)), make_run("recent", day(5))]
    kept = read(since=day(30))
    assert kept.ids() == {"recent"}
    read(kept, since=day(400), backfill=True)
    assert kept.ids() == {"ancient", "recent"}


@pytest.mark.parametrize(
    ("tags", "trigger"),
    [
        ({"mlflow.source.type": "JOB"}, "automation"),
        ({"mlflow.source.type": "PROJECT"}, "automation"),
        ({"mlflow.source.type": "LOCAL", "mlflow.user": "ann"}, "person"),
        ({"mlflow.source.type": "NOTEBOOK"}, "person"),
        ({"mlflow.source.type": "LOCAL", "mlflow.user": "jenkins-7"}, "automation"),
        ({"mlflow.user": "ann"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_tells_automation_from_people_and_from_unknown(fake, read, make_run, tags, trigger):
    fake.runs = [make_run("r", day(1), tags=tags)]
    assert read()["r"].trigger == trigger


def test_a_user_is_kept_as_a_hash_only(fake, read, make_run):
    fake.runs = [
        make_run(f"r{number}", day(1), tags={"mlflow.user": user}) for number, user in enumerate(("ann", "Ann", "bob"))
    ]
    kept = read()
    assert kept["r0"].author == kept["r1"].author != kept["r2"].author
    assert "ann" not in kept["r0"].model_dump_json().lower()


def test_takes_commit_dirty_parent_and_link(fake, read, make_run, scripted_server):
    tags = {"mlflow.databricks.gitRepoCommit": "abc", "mlflow.source.git.dirty": "true", "mlflow.parentRunId": "p"}
    fake.runs = [make_run("r", day(1), tags=tags)]
    record = read()["r"]
    assert (record.commit, record.dirty, record.parent) == ("abc", True, "p")
    assert record.url == f"{scripted_server.url}/#/experiments/1/runs/r"
