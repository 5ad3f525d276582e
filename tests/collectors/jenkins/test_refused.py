"""One build, one list of stages or one branch that Jenkins fails at holds up nothing else."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_jenkins import NOW, FakeJenkins, path_of
from jenkins_reading import DAY, SETTLED, SINCE, covered, deployments, read, runs

from mlops_maturity.collectors.interface import BadAnswer, Forbidden

HOUR = timedelta(hours=1)
PROD = {"ENVIRONMENT": "prod"}


@pytest.fixture
def fake():
    return FakeJenkins()


@pytest.fixture
def job(fake):
    job = fake.job("deploy")
    for number in range(8):
        job.add(NOW - DAY * (9 - number), parameters=PROD, checkouts=(("git@h:ml/x.git", number, "origin/main"),))
    return job


def corrupt(number):
    """A build that can't be loaded: neither itself nor a page that holds it."""

    def fault(request, _):
        asks_page = request.url.params.get("tree", "").startswith("allBuilds[number,result")
        return httpx.Response(500) if asks_page or f"/{number}/" in path_of(request) else None

    return fault


def stages_of(number, status):
    end = f"/{number}/wfapi/describe"
    return lambda request, _: httpx.Response(status) if path_of(request).endswith(end) else None


def test_a_build_that_can_t_be_shown_is_known_to_have_begun_and_the_others_are_read(fake, job):
    fake.faults = [corrupt(3)]
    first = read(fake)
    found = runs(first)
    assert list(found) == [f"deploy#{number}" for number in range(1, 9)]
    odd = found["deploy#3"]
    assert (odd.outcome, odd.started_at, odd.finished_at) == ("unknown", NOW - DAY * 7, None)
    assert (odd.raw_status, odd.attributes["build_known"], odd.jobs) == (None, False, ())
    assert {key for key, one in found.items() if one.outcome == "success"} == set(found) - {"deploy#3"}
    assert covered(first) == ([(SINCE, SETTLED)], [])
    assert "deploy: builds or stages of 1 could not be read and are asked for again" in first[-1].warnings[0]
    fake.faults = []
    again = read(fake, cursor=first[-1].cursor, now=NOW + HOUR)
    assert {key: one.outcome for key, one in runs(again).items()} == {"deploy#3": "success"}
    late = deployments(again)["deploy#3"]
    assert (late.environment, late.outcome, late.rollback_of) == ("prod", "success", None)
    assert again[-1].cursor["unread"] == {}
    job.add(NOW + HOUR, parameters=PROD, checkouts=(("git@h:ml/x.git", 9, "origin/main"),))
    after = deployments(read(fake, cursor=again[-1].cursor, now=NOW + 2 * HOUR))["deploy#9"]
    assert after.rollback_of is None


@pytest.mark.parametrize("status", [403, 500])
def test_stages_that_stay_refused_are_unknown_and_asked_again_with_growing_pauses(fake, job, status):
    fake.faults = [stages_of(3, status)]
    cursor = (first := read(fake))[-1].cursor
    assert {key for key, one in runs(first).items() if not one.jobs} == {"deploy#3"}
    assert f"HTTP {status}" in first[-1].warnings[0]
    asked = []
    for hour in range(1, 10):
        before = len(fake.requests)
        cursor = read(fake, cursor=cursor, now=NOW + hour * HOUR)[-1].cursor
        asked += [hour for request in fake.requests[before:] if path_of(request).endswith("/3/api/json")]
    assert sorted(set(asked)) == [1, 3, 7]
    fake.faults = []
    again = read(fake, cursor=cursor, now=NOW + 15 * HOUR)
    assert {key: bool(one.jobs) for key, one in runs(again).items()} == {"deploy#3": True}
    assert deployments(again)["deploy#3"].rollback_of is None


def test_a_running_build_that_fails_for_itself_does_not_end_the_stream(fake, job):
    running = job.add(NOW - HOUR, "building")
    cursor = read(fake)[-1].cursor
    job.add(NOW - HOUR / 2)
    fake.faults = [lambda request, _: httpx.Response(500) if f"/{running}/" in path_of(request) else None]
    second = read(fake, cursor=cursor, now=NOW + HOUR)
    assert set(runs(second)) == {"deploy#10"}
    job.finish(running, "FAILURE")
    fake.faults = []
    third = read(fake, cursor=second[-1].cursor, now=NOW + 2 * HOUR)
    assert {key: one.outcome for key, one in runs(third).items()} == {"deploy#9": "failure"}


@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (500, BadAnswer)])
def test_a_branch_that_can_t_be_listed_leaves_the_others_theirs(fake, status, error):
    for branch in ("main", "a", "b"):
        fake.branch("shop", branch).add(NOW - DAY)
    bad = "/job/a/api/json"
    fake.faults = [lambda request, _: httpx.Response(status) if path_of(request).endswith(bad) else None]
    pages = read(fake)
    assert set(runs(pages)) == {"shop/main#1", "shop/b#1"}
    assert f"shop/a: its builds are not read: ci: http://jenkins.example:8080/jenkins/job/shop{bad}" in str(
        pages[-1].warnings
    )
    fake.faults = [lambda request, _: httpx.Response(status) if "/job/main/" in path_of(request) else None]
    with pytest.raises(error):
        read(fake)
    fake.faults = []
    assert set(runs(read(fake, cursor=pages[-1].cursor, now=NOW + HOUR))) == {"shop/a#1"}


def test_where_the_main_branch_can_t_be_listed_the_others_are_read_before_it_is_told(fake):
    for branch in ("main", "a"):
        fake.branch("shop", branch).add(NOW - DAY)
    fake.faults = [lambda request, _: httpx.Response(500) if path_of(request).endswith("/main/api/json") else None]
    found = read(fake, pages=1)
    assert set(runs(found)) == {"shop/a#1"}


def test_an_outage_ends_the_stream_and_makes_nothing_unknown(fake, job):
    down = []

    def fails(request, _):
        down.extend([1] if path_of(request).endswith("/4/wfapi/describe") else [])
        return httpx.Response(503) if down else None

    fake.faults = [fails]
    with pytest.raises(BadAnswer, match="503"):
        read(fake)
