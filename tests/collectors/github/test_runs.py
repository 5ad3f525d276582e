"""Workflow runs: caps, pages, re-runs, gaps, and going on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from reading import NOW, SINCE, FakeGithub, Repo, covered, fill, read, records

from mlops_maturity.collectors.interface import BadAnswer

REPO = "acme/fraud"
SETTLED = NOW - timedelta(minutes=5)


@pytest.fixture
def repo():
    return Repo(REPO)


def test_a_run_becomes_a_record(repo):
    created = NOW - timedelta(days=3)
    repo.add_run(created, name="train-fraud", conclusion="timed_out", event="schedule", id=42)
    (record,) = records(read(FakeGithub(repo), "runs")).values()
    assert record.model_dump(exclude={"url", "sha"}) == {
        "kind": "pipeline_run",
        "source": "github",
        "id": "42",
        "attempt": 1,
        "repository": REPO,
        "pipeline": "train-fraud",
        "purpose": "training",
        "trigger": "schedule",
        "ref": "main",
        "queued_at": created,
        "started_at": created + timedelta(seconds=5),
        "finished_at": created + timedelta(minutes=10),
        "outcome": "failure",
        "raw_status": "timed_out",
        "jobs": (),
        "attributes": {"event": "schedule", "workflow_id": 7, "number": 1, "default_branch": "main"},
    }
    assert "ann" not in record.model_dump_json()


def test_a_run_under_way_has_no_end(repo):
    repo.add_run(NOW - timedelta(hours=1), status="queued")
    (record,) = records(read(FakeGithub(repo), "runs")).values()
    assert (record.outcome, record.finished_at, record.raw_status) == ("running", None, "queued")


@pytest.mark.parametrize("count", [0, 1, 5, 6, 20, 21, 173])
def test_every_run_is_read_beyond_pages_and_cap(repo, small, count):
    fill(repo, count)
    pages = read(FakeGithub(repo, **small), "runs")
    assert len(records(pages)) == count
    assert covered(pages) == ([(SINCE, SETTLED)], [])


def test_the_cap_is_passed_with_few_requests_more_than_the_pages_need(repo):
    fill(repo, 2500)
    fake = FakeGithub(repo)
    assert len(records(read(fake, "runs"))) == 2500
    assert len(fake.requests) < 36, "25 pages and a handful of halvings"


def test_a_second_with_more_runs_than_the_cap_is_an_error_not_a_loss(repo, small):
    for _ in range(21):
        repo.add_run(NOW - timedelta(days=1))
    with pytest.raises(BadAnswer, match="21 runs were created in the second 2026-03-01 10:00:00 UTC; GitHub lists 20"):
        read(FakeGithub(repo, **small), "runs")


def test_the_first_reading_goes_back_to_since_only(repo):
    repo.add_run(NOW - timedelta(days=40), id=1)
    repo.add_run(NOW - timedelta(days=4), id=2)
    assert set(records(read(FakeGithub(repo), "runs", since=NOW - timedelta(days=7)))) == {("2", 1)}


def test_each_attempt_of_a_re_run_is_its_own_record(repo):
    run = repo.add_run(NOW - timedelta(days=2), conclusion="failure", id=1)
    fake = FakeGithub(repo)
    first = read(fake, "runs")
    repo.run_again(run, NOW - timedelta(days=1), "failure")
    repo.run_again(run, NOW - timedelta(hours=5), "success")
    second = read(fake, "runs", cursor=first[-1].cursor, now=NOW + timedelta(hours=1))
    found = records(second)
    assert {key: record.outcome for key, record in found.items()} == {
        ("1", 1): "failure",
        ("1", 2): "failure",
        ("1", 3): "success",
    }
    assert found["1", 1].queued_at == NOW - timedelta(days=2)
    assert found["1", 3].queued_at is None
    assert found["1", 3].started_at == NOW - timedelta(hours=5)


def test_earlier_attempts_are_asked_for_once(repo):
    run = repo.add_run(NOW - timedelta(days=2), id=1)
    repo.run_again(run, NOW - timedelta(days=1))
    fake = FakeGithub(repo)
    cursor = read(fake, "runs")[-1].cursor
    cursor = read(fake, "runs", cursor=cursor)[-1].cursor
    assert sum("/attempts/" in path for path in fake.paths()) == 1
    assert cursor["attempts"] == {"1": 1}
    later = read(fake, "runs", cursor=cursor, now=NOW + timedelta(days=40))
    assert later[-1].cursor["attempts"] == {}, "a run that can't be run again is forgotten"


def test_a_re_run_up_to_thirty_days_after_its_creation_is_seen(repo):
    run = repo.add_run(NOW - timedelta(days=29), conclusion="failure", id=1)
    fake = FakeGithub(repo)
    cursor = read(fake, "runs")[-1].cursor
    repo.run_again(run, NOW, "success")
    again = records(read(fake, "runs", cursor=cursor, now=NOW + timedelta(hours=2)))
    assert again["1", 2].outcome == "success"


def test_an_attempt_that_github_no_longer_has_is_left_out(repo):
    run = repo.add_run(NOW - timedelta(days=2), id=1)
    repo.run_again(run, NOW - timedelta(days=1))
    del repo.runs[run][0]
    assert set(records(read(FakeGithub(repo), "runs"))) == {("1", 2)}


def test_a_run_that_ends_later_is_read_to_its_end(repo):
    run = repo.add_run(NOW - timedelta(days=1), status="in_progress", id=1)
    fake = FakeGithub(repo)
    cursor = read(fake, "runs")[-1].cursor
    repo.finish_run(run, NOW + timedelta(minutes=1), "success")
    (record,) = records(read(fake, "runs", cursor=cursor, now=NOW + timedelta(hours=1))).values()
    assert (record.outcome, record.finished_at) == ("success", NOW + timedelta(minutes=1))


def test_reading_goes_on_after_a_long_pause_without_a_hole(repo):
    fake = FakeGithub(repo)
    cursor = read(fake, "runs", now=NOW)[-1].cursor
    fill(repo, 10, days=0)
    for day in range(100):
        repo.add_run(NOW + timedelta(days=day), id=day)
    pages = read(fake, "runs", cursor=cursor, now=NOW + timedelta(days=100))
    assert {key[0] for key in records(pages)} >= {str(day) for day in range(100)}
    ((start, end),), _ = covered(pages)
    assert start <= SETTLED
    assert end == NOW + timedelta(days=100, minutes=-5)


def test_runs_that_are_listed_late_are_found_by_the_next_reading(repo):
    fake = FakeGithub(repo)
    cursor = read(fake, "runs")[-1].cursor
    repo.add_run(NOW - timedelta(minutes=3), id=9)
    assert ("9", 1) in records(read(fake, "runs", cursor=cursor, now=NOW + timedelta(minutes=10)))


def test_a_clock_of_ours_that_runs_ahead_claims_nothing_the_server_has_not_lived_through(repo):
    fake = FakeGithub(repo, date="Mon, 02 Mar 2026 09:00:00 GMT")
    pages = read(fake, "runs")
    assert covered(pages) == ([(SINCE, NOW - timedelta(hours=1, minutes=5))], [])
    assert pages[-1].cursor["high_water"] == "2026-03-02T08:55:00Z"


@pytest.mark.parametrize("kill", range(1, 14))
def test_stopped_after_any_page_it_goes_on_to_the_same_end(repo, small, kill):
    fill(repo, 47)
    repo.run_again(1040, NOW - timedelta(days=1))
    fake = FakeGithub(repo, **small)
    whole = read(fake, "runs")
    before = read(fake, "runs", pages=kill)
    after = read(fake, "runs", cursor=before[-1].cursor)
    assert records([*before, *after]) == records(whole)
    assert after[-1].cursor == whole[-1].cursor
    assert covered([*before, *after]) == covered(whole)


def test_a_page_that_comes_back_empty_once_is_read_again(repo, small):
    fill(repo, 17)
    fake = FakeGithub(repo, **small)
    empty = httpx.Response(200, json={"total_count": 17, "workflow_runs": []})
    done = []

    def once(request, number):
        if request.url.params.get("page") == "2" and not done:
            done.append(number)
            return empty
        return None

    fake.faults.append(once)
    pages = read(fake, "runs")
    assert len(records(pages)) == 17
    assert covered(pages)[1] == []


def test_a_page_that_stays_empty_is_told_as_a_gap_and_closed_by_the_next_reading(repo, small):
    fill(repo, 17, days=100)
    fake = FakeGithub(repo, **small)
    fake.faults.append(
        lambda request, number: (
            httpx.Response(200, json={"total_count": 17, "workflow_runs": []})
            if request.url.params.get("page") == "2"
            else None
        )
    )
    pages = read(fake, "runs")
    whole, (gap,) = covered(pages)
    assert whole == [(gap.end, SETTLED)], "the last weeks are read apart"
    assert (gap.complete, gap.reason) == (False, "GitHub listed 5 of 11 runs")
    fake.faults.clear()
    again = read(fake, "runs", cursor=pages[-1].cursor, now=NOW + timedelta(days=40))
    assert len(records([*pages, *again])) == 17
    assert covered([*pages, *again])[0] == [(SINCE, NOW + timedelta(days=40, minutes=-5))]
    assert covered(again)[1] == []
    assert again[-1].cursor["gaps"] == []


def test_rows_listed_twice_are_one_record(repo, small):
    for number in range(12):
        repo.add_run(NOW - timedelta(days=90 - number))
    fake = FakeGithub(repo, **small)

    def doubled(request, number):
        if request.url.params.get("page") != "2":
            return None
        rows = sorted((attempts[-1] for attempts in repo.runs.values()), key=lambda run: run["created_at"])[::-1]
        link = f'<{request.url.copy_set_param("page", 3)}>; rel="next"'
        return httpx.Response(200, json={"total_count": 12, "workflow_runs": rows[3:10]}, headers={"link": link})

    fake.faults.append(doubled)
    pages = read(fake, "runs")
    assert len(records(pages)) == 12
    assert covered(pages)[1] == []


def test_an_object_that_is_no_run_is_named_and_the_others_are_kept(repo):
    repo.add_run(NOW - timedelta(days=2), id=1)
    repo.add_run(NOW - timedelta(days=1), id=2, created_at="yesterday")
    pages = read(FakeGithub(repo), "runs", since=NOW - timedelta(days=9))
    fake = FakeGithub(repo)
    fake.faults.append(
        lambda request, number: (
            httpx.Response(200, json={"total_count": 3, "workflow_runs": [repo.runs[1][0], repo.runs[2][0], "odd"]})
            if request.url.path.endswith("/runs")
            else None
        )
    )
    pages = read(fake, "runs", since=NOW - timedelta(days=9))
    assert set(records(pages)) == {("1", 1)}
    lines = [line for page in pages for line in page.refused]
    assert "workflow run 2: Invalid isoformat string: 'yesterday'" in lines


@pytest.mark.parametrize("body", [[], {}, {"workflow_runs": 3}, "text"])
def test_an_answer_of_another_shape_is_a_bad_answer(repo, body):
    fake = FakeGithub(repo)
    fake.faults.append(
        lambda request, number: httpx.Response(200, json=body) if request.url.path.endswith("/runs") else None
    )
    with pytest.raises(BadAnswer, match="Is `url`"):
        read(fake, "runs")


def test_rules_that_name_jobs_ask_for_them_and_only_for_what_changed(repo):
    rules = {"purpose": [{"job": "fit*", "is": "training"}, {"pipeline": "*", "is": "ci"}]}
    for identity, job in ((1, "fit model"), (2, "lint")):
        repo.add_run(NOW - timedelta(days=2), id=identity)
        repo.jobs[identity, 1] = [{"name": job, "status": "completed", "conclusion": "success"}]
    fake = FakeGithub(repo)
    first = read(fake, "runs", rules=rules)
    assert {key[0]: record.purpose for key, record in records(first).items()} == {"1": "training", "2": "ci"}
    assert records(first)["1", 1].jobs[0].name == "fit model"
    repo.run_again(2, NOW - timedelta(minutes=1))
    repo.jobs[2, 2] = [{"name": "fit again", "status": "completed", "conclusion": "failure"}]
    asked = len(fake.requests)
    second = records(read(fake, "runs", rules=rules, cursor=first[-1].cursor, now=NOW + timedelta(hours=1)))
    assert {key: record.purpose for key, record in second.items()} == {("2", 1): "ci", ("2", 2): "training"}
    assert sum(path.endswith("/jobs") for path in fake.paths()[asked:]) == 2


def test_backfill_reads_from_since_again_whatever_the_cursor_says(repo):
    repo.add_run(NOW - timedelta(days=150), id=1)
    fake = FakeGithub(repo)
    cursor = read(fake, "runs")[-1].cursor
    assert ("1", 1) not in records(read(fake, "runs", cursor=cursor))
    assert ("1", 1) in records(read(fake, "runs", cursor=cursor, backfill=True))


@pytest.mark.parametrize(
    ("used", "told"),
    [
        (None, None),
        ([], []),
        (["acme/fraud/.github/workflows/own.yml@main", "./.github/workflows/x.yml"], []),
        (["ACME/Fraud/.github/workflows/own.yml@main"], []),
        (["acme/shared/.github/workflows/b.yml@v1", "acme/shared/.github/workflows/a.yml@v1"], ["acme/shared"]),
        (["z/tools/.github/workflows/b.yml@v1", "acme/shared/.github/workflows/a.yml"], ["acme/shared", "z/tools"]),
    ],
)
def test_a_run_says_whose_workflows_it_used_where_the_server_does(repo, used, told):
    repo.add_run(NOW - timedelta(days=2), referenced_workflows=used and [{"path": path, "sha": "a"} for path in used])
    if used == []:
        next(iter(repo.runs.values()))[0]["referenced_workflows"] = []
    (record,) = records(read(FakeGithub(repo), "runs")).values()
    assert record.attributes.get("shared_workflows") == told


def test_used_workflows_of_another_shape_refuse_the_run(repo):
    repo.add_run(NOW - timedelta(days=2), id=1, referenced_workflows=["odd"])
    pages = read(FakeGithub(repo), "runs")
    assert records(pages) == {}
    assert [line.split(":")[0] for page in pages for line in page.refused] == ["workflow run 1"]
