"""Jobs and earlier attempts of workflow runs: asked for once, and again where they were refused."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from reading import NOW, FakeGithub, Repo, fill, iterate, read, records

from mlops_maturity.collectors.interface import BadAnswer, RateLimited

HOUR = timedelta(hours=1)
REPO = "acme/fraud"


@pytest.fixture
def repo():
    return Repo(REPO)


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
