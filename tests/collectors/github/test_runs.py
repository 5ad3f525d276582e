"""Workflow runs: caps, pages, re-runs, gaps, and going on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from reading import NOW, SINCE, FakeGithub, Repo, covered, iterate, read, records

from mlops_maturity.collectors.interface import BadAnswer, RateLimited

REPO = "acme/fraud"
SETTLED = NOW - timedelta(minutes=5)


@pytest.fixture
def repo():
    return Repo(REPO)


@pytest.fixture
def small(monkeypatch):
    """Pages of 5 and a cap of 20 on both sides, so that few runs go beyond them."""
    monkeypatch.setattr("mlops_maturity.collectors.github.runs.CAP", 20)
    monkeypatch.setattr("mlops_maturity.collectors.github.runs.PER_PAGE", 5)
    return {"cap": 20}


def fill(repo, count, *, days=190.0):
    for number in range(count):
        repo.add_run(NOW - timedelta(days=days * (count - number) / count, seconds=number % 7))


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


def with_jobs(repo):
    for identity, name in ((1, "nightly tests"), (2, "deploy"), (3, "ci")):
        repo.add_run(NOW - timedelta(days=20), id=identity, name=name)
        repo.jobs[identity, 1] = [{"name": "unit", "status": "completed", "conclusion": "success"}]
    return FakeGithub(repo)


def test_jobs_of_the_named_workflows_are_read_once_and_no_others(repo):
    fake = with_jobs(repo)
    first = read(fake, "runs", jobs_of=["*test*", "CI"])
    assert {key[0]: len(record.jobs) for key, record in records(first).items()} == {"1": 1, "2": 0, "3": 1}
    assert {record.purpose for record in records(first).values()} == {"ci", "deployment"}
    asked = len(fake.requests)
    repo.add_run(NOW - timedelta(minutes=1), id=4, name="ci")
    read(fake, "runs", jobs_of=["*test*", "CI"], cursor=first[-1].cursor, now=NOW + timedelta(hours=1))
    assert [path for path in fake.paths()[asked:] if path.endswith("/jobs")] == [
        "/repos/acme/fraud/actions/runs/4/attempts/1/jobs"
    ]


def test_without_the_setting_no_jobs_are_read(repo):
    fake = with_jobs(repo)
    read(fake, "runs")
    assert not [path for path in fake.paths() if path.endswith("/jobs")]


def test_forbidden_jobs_are_unknown_and_keep_the_run(repo):
    fake = with_jobs(repo)
    repo.hidden.add("jobs")
    assert [record.jobs for record in records(read(fake, "runs", jobs_of=["*"])).values()] == [(), (), ()]


def refusing(path, status, times=10**9):
    """A fault that answers requests for that end of a path."""
    left = [times]

    def fault(request, number):
        if not request.url.path.endswith(path) or not left[0]:
            return None
        left[0] -= 1
        return httpx.Response(status, json={"message": "Resource not accessible"})

    return fault


@pytest.mark.parametrize(("status", "tries"), [(403, 1), (500, 6)])
def test_jobs_that_were_refused_are_asked_for_at_the_next_reading_until_they_answer(repo, status, tries):
    fake = with_jobs(repo)
    fake.faults = [refusing("/runs/1/attempts/1/jobs", status, times=2 * tries)]
    first = read(fake, "runs", jobs_of=["*"])
    assert {key[0]: len(one.jobs) for key, one in records(first).items()} == {"1": 0, "2": 1, "3": 1}
    assert first[-1].done == 1.0
    assert "jobs or attempts of 1 could not be read and are asked for again" in first[-1].warnings[0]
    assert str(status) in first[-1].warnings[0]
    second = read(fake, "runs", jobs_of=["*"], cursor=first[-1].cursor, now=NOW + HOUR)
    assert [len(one.jobs) for one in records(second).values()] == [0]
    third = read(fake, "runs", jobs_of=["*"], cursor=second[-1].cursor, now=NOW + 3 * HOUR)
    assert [(one.id, len(one.jobs)) for one in records(third).values()] == [("1", 1)]
    assert third[-1].warnings == []
    asked = len(fake.requests)
    read(fake, "runs", jobs_of=["*"], cursor=third[-1].cursor, now=NOW + 9 * HOUR)
    assert not [path for path in fake.paths()[asked:] if path.endswith(("/jobs", "/runs/1"))]


def test_an_attempt_that_was_refused_is_asked_for_again(repo):
    run = repo.add_run(NOW - timedelta(days=2), id=1, conclusion="failure")
    repo.run_again(run, NOW - timedelta(days=1))
    fake = FakeGithub(repo)
    fake.faults = [refusing("/runs/1/attempts/1", 403, times=1)]
    first = read(fake, "runs")
    assert set(records(first)) == {("1", 2)}
    second = read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR)
    assert set(records(second)) == {("1", 1), ("1", 2)}


def test_a_right_that_is_missing_costs_one_request_a_reading_and_each_run_has_its_turn(repo):
    fake = with_jobs(repo)
    repo.hidden.add("jobs")
    cursor, turns = read(fake, "runs", jobs_of=["*"])[-1].cursor, []
    for hour in range(1, 4):
        asked = len(fake.requests)
        cursor = read(fake, "runs", jobs_of=["*"], cursor=cursor, now=NOW + hour * HOUR)[-1].cursor
        turns += [path for path in fake.paths()[asked:] if path.endswith("/jobs")]
    assert sorted(path.split("/")[-4] for path in turns) == ["1", "2", "3"]
    repo.hidden.clear()
    found = records(read(fake, "runs", jobs_of=["*"], cursor=cursor, now=NOW + 5 * HOUR))
    assert {key[0]: len(one.jobs) for key, one in found.items()} == {"1": 1, "2": 1, "3": 1}


def test_jobs_that_were_refused_for_a_month_stay_unknown(repo):
    fake = with_jobs(repo)
    repo.hidden.add("jobs")
    cursor = read(fake, "runs", jobs_of=["*"])[-1].cursor
    repo.hidden.clear()
    later = read(fake, "runs", jobs_of=["*"], cursor=cursor, now=NOW + timedelta(days=31))
    assert records(later) == {}
    assert later[-1].cursor["unread"] == {}


def test_a_stop_among_what_is_asked_again_loses_none_of_it(repo):
    fake = with_jobs(repo)
    repo.hidden.add("jobs")
    cursor = read(fake, "runs", jobs_of=["*"])[-1].cursor
    repo.hidden.clear()
    reading = iterate(fake, "runs", jobs_of=["*"], cursor=cursor, now=NOW + HOUR)
    stopped = next(page for page in reading if page.records)
    rest = records(read(fake, "runs", jobs_of=["*"], cursor=stopped.cursor, now=NOW + HOUR))
    assert {key[0] for key in {**records([stopped]), **rest}} == {"1", "2", "3"}
    assert len(rest) == 2


def test_one_failing_detail_after_the_other_is_a_failing_server(repo):
    fill(repo, 10)
    fake = FakeGithub(repo)
    fake.faults = [refusing("/jobs", 500)]
    with pytest.raises(BadAnswer, match="HTTP 500"):
        read(fake, "runs", jobs_of=["*"])
    assert len([path for path in fake.paths() if path.endswith("/jobs")]) == 9 * 6


def test_a_budget_that_ends_among_jobs_keeps_what_was_read_and_goes_on(repo, monkeypatch):
    monkeypatch.setattr("mlops_maturity.collectors.github.runs.CAP_WITH_JOBS", 5)
    fill(repo, 40)
    whole = records(read(FakeGithub(repo), "runs", jobs_of=["*"]))
    found, cursor, fake, stops = {}, None, FakeGithub(repo, limit=50), []
    for _ in range(9):
        fake.used, pages = 0, []
        try:
            pages.extend(iterate(fake, "runs", jobs_of=["*"], cursor=cursor))
        except RateLimited as error:
            stops.append(str(error))
        found |= records(pages)
        cursor = pages[-1].cursor
        if pages[-1].done == 1.0:
            break
    assert found == whole
    assert pages[-1].done == 1.0
    assert stops
    assert all("kept for others (budget), resumes 2026-03-02 10:30 UTC" in text for text in stops)


HOUR = timedelta(hours=1)


def busy(repo):
    """Three runs a day for 60 days, with ids from 1 on."""
    for number in range(180):
        repo.add_run(NOW - timedelta(days=60) + number * 8 * HOUR, id=number + 1)
    repo.run_again(178, NOW - timedelta(hours=5))
    return FakeGithub(repo)


def test_what_is_read_again_costs_no_quota_where_nothing_changed(repo):
    fake = busy(repo)
    first = read(fake, "runs")
    used = fake.used
    again = read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR)
    assert fake.used == used
    assert fake.unchanged == 7, "six weeks, and the repository itself"
    assert records(again) == {}
    assert covered(again) == ([(NOW.replace(month=1, day=26, hour=0), SETTLED + HOUR)], [])
    assert again[-1].cursor["attempts"] == {"178": 1}
    third = read(fake, "runs", cursor=again[-1].cursor, now=NOW + 2 * HOUR)
    assert (fake.used, records(third)) == (used, {})


def test_a_week_in_which_something_changed_is_read_again_and_no_other(repo):
    fake = busy(repo)
    first = read(fake, "runs")
    used = fake.used
    repo.run_again(150, NOW)
    repo.add_run(NOW, id=900)
    again = records(read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR))
    assert {key for key in again if key[0] in ("150", "900")} == {("150", 1), ("150", 2), ("900", 1)}
    assert len(again) < 50
    assert fake.used == used + 2 * 2 + 1, "two weeks asked for twice, and an earlier attempt"


def test_weeks_beyond_a_page_and_the_cap_are_remembered_as_they_were_halved(repo, small):
    for number in range(90):
        repo.add_run(NOW - timedelta(days=20, minutes=number * 9), id=number)
    fake = FakeGithub(repo, **small)
    first = read(fake, "runs")
    used, asked = fake.used, len(fake.requests)
    again = read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR)
    assert (records(again), fake.used) == ({}, used)
    assert len(fake.requests) - asked > 18, "each page is asked for"
    repo.run_again(44, NOW)
    third = read(fake, "runs", cursor=again[-1].cursor, now=NOW + 2 * HOUR)
    assert records(third)["44", 2].outcome == "success"
    assert len(records(third)) <= 21
    assert covered(third)[1] == []


def test_another_default_branch_is_noticed(repo):
    fake = busy(repo)
    cursor = read(fake, "runs")[-1].cursor
    assert cursor["default_branch"] == "main"
    repo.default_branch = "trunk"
    repo.add_run(NOW, id=900)
    again = read(fake, "runs", cursor=cursor, now=NOW + HOUR)
    assert records(again)["900", 1].attributes["default_branch"] == "trunk"
    assert again[-1].cursor["default_branch"] == "trunk"


def test_runs_are_mapped_again_when_the_rules_change(repo):
    fake = busy(repo)
    cursor = read(fake, "runs")[-1].cursor
    rules = {"purpose": [{"pipeline": "ci", "is": "training"}]}
    again = records(read(fake, "runs", cursor=cursor, rules=rules))
    assert len(again) > 80
    assert {record.purpose for record in again.values()} == {"training"}


def test_a_server_without_etags_is_read_again_in_full(repo):
    fake = busy(repo)
    plain = fake._conditional
    fake._conditional = lambda request, answer: answer
    first = read(fake, "runs")
    assert first[-1].cursor["weeks"]["spans"] == {}
    again = read(fake, "runs", cursor=first[-1].cursor, now=NOW + HOUR)
    assert len(records(again)) > 80
    fake._conditional = plain


def test_a_new_week_begins_without_a_hole(repo):
    fake = busy(repo)
    cursor = read(fake, "runs")[-1].cursor
    later = NOW + timedelta(days=9)
    repo.add_run(later - HOUR, id=901)
    pages = read(fake, "runs", cursor=cursor, now=later)
    assert ("901", 1) in records(pages)
    ((start, end),), gaps = covered(pages)
    assert (start <= SETTLED, end, gaps) == (True, later - timedelta(minutes=5), [])
    assert min(pages[-1].cursor["weeks"]["spans"]) == "2026-02-09T00:00:00Z..2026-02-15T23:59:59Z"
