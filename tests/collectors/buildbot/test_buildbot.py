"""Buildbot: builds as runs and deployments, pages, open builds, pruning, kills, faults, doctor."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_buildbot import NOW, FakeBuildbot

from mlops_maturity.collectors.buildbot import KIND
from mlops_maturity.collectors.buildbot.collector import BuildbotCollector
from mlops_maturity.collectors.buildbot.facts import name_of
from mlops_maturity.collectors.buildbot.settings import BuildbotSettings
from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import BadAnswer, Forbidden, ReadRequest, Stream, Unreachable, Unsupported
from mlops_maturity.collectors.registry import source_types
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import read_records

DAY = timedelta(days=1)
SINCE = NOW - 100 * DAY
SETTLED = NOW - timedelta(minutes=5)


def settings(**more):
    return BuildbotSettings.model_validate(
        {"id": "bb", "type": "buildbot", "url": "http://buildbot.example:8010", **more}
    )


def collector(fake, **more):
    source = settings(**more)
    return BuildbotCollector(source, Http(source, sleep=lambda _: None, transport=httpx.MockTransport(fake.handle)))


def read(fake, *, cursor=None, now=NOW, since=SINCE, backfill=False, pages=None, **more):
    found = []
    request = ReadRequest(now=now, since=since, cursor=cursor or {}, backfill=backfill)
    reading = collector(fake, **more).read(Stream(name="builds", kinds=()), request)
    for page in reading:
        found.append(page)
        if pages is not None and len(found) >= pages:
            break
    return found


def runs(pages):
    return {record.id: record for page in pages for record in page.records if record.kind == "pipeline_run"}


def deployments(pages):
    return {record.id: record for page in pages for record in page.records if record.kind == "deployment"}


def covered(pages):
    """The joined span of each kind that is known, and the spans that are not."""
    spans = [span for page in pages for span in page.coverage]
    known = {
        kind: (min(span.start for span in part), max(span.end for span in part))
        for kind in ("pipeline_run", "deployment")
        if (part := [span for span in spans if span.stream == kind and span.complete])
    }
    return known, [span for span in spans if not span.complete]


@pytest.fixture
def fake():
    return FakeBuildbot("train-model", "deploy-prod", "ci")


def test_a_build_becomes_a_run_with_its_steps_and_without_any_name(fake):
    started = NOW - 2 * DAY
    fake.add(
        "train-model",
        started,
        results=4,
        revision="abc",
        steps=[("worker_preparation", 0), ("fit", 4)],
        properties={"got_revision": "def"},
    )
    (record,) = runs(read(fake)).values()
    assert record.model_dump() == {
        "kind": "pipeline_run",
        "source": "bb",
        "id": "1",
        "url": "http://buildbot.example:8010/#/builders/1/builds/1",
        "attempt": 1,
        "repository": "acme/fraud",
        "pipeline": "train-model",
        "purpose": "training",
        "trigger": "schedule",
        "ref": "main",
        "sha": "def",
        "queued_at": started - timedelta(seconds=5),
        "started_at": started,
        "finished_at": started + timedelta(seconds=60),
        "outcome": "failure",
        "raw_status": "exception",
        "jobs": ({"name": "worker_preparation", "outcome": "success"}, {"name": "fit", "outcome": "failure"}),
        "attributes": {"number": 1, "builder": 1},
    }
    assert "ann" not in record.model_dump_json().lower().replace("branch", "")


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        (0, "success"),
        (1, "unstable"),
        (2, "failure"),
        (3, "skipped"),
        (4, "failure"),
        (5, "cancelled"),
        (6, "cancelled"),
        (9, "unknown"),
        (None, "running"),
    ],
)
def test_results_map_to_outcomes(fake, results, outcome):
    fake.add("ci", NOW - DAY, results=results)
    (record,) = runs(read(fake)).values()
    assert record.outcome == outcome


@pytest.mark.parametrize(
    ("reason", "branch", "trigger"),
    [
        ("The Nightly scheduler named 'n' triggered this build", "main", "schedule"),
        ("The SingleBranchScheduler scheduler named 'n' triggered this build", "main", "push"),
        ("The AnyBranchScheduler scheduler named 'n' triggered this build", "refs/pull/7/merge", "pull_request"),
        ("A build was forced by 'Ann <ann@example.org>': test", "main", "manual"),
        ("The Triggerable scheduler named 'n' triggered this build", "main", "event"),
        ("rebuild", "main", "manual"),
        ("downstream", "main", "event"),
        ("because", "main", "unknown"),
    ],
)
def test_the_trigger_is_told_by_the_scheduler_s_words(fake, reason, branch, trigger):
    fake.add("ci", NOW - DAY, reason=reason, branch=branch)
    (record,) = runs(read(fake)).values()
    assert record.trigger == trigger


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://git.example/acme/fraud.git", "acme/fraud"),
        ("https://me:pw@git.example:8443/acme/fraud", "acme/fraud"),
        ("git@git.example:acme/fraud.git", "acme/fraud"),
        ("ssh://git@git.example/acme/fraud.git", "acme/fraud"),
        ("acme/fraud", "acme/fraud"),
        ("/srv/git/fraud.git", "srv/git/fraud"),
    ],
)
def test_a_repository_is_named_like_elsewhere(address, name):
    assert name_of(address) == name


@pytest.mark.parametrize(
    ("stamps", "properties", "repository"),
    [
        ([{"repository": "", "codebase": "lib"}, {"repository": "https://x/acme/a"}], {}, "acme/a"),
        ([{"repository": "", "codebase": "lib", "project": "app"}], {}, "lib"),
        ([{"repository": "", "codebase": "", "project": "app"}], {}, "app"),
        ([], {"repository": "https://x/acme/b", "project": "app"}, "acme/b"),
        ([], {}, ""),
    ],
)
def test_the_repository_comes_from_source_stamp_codebase_or_project(fake, stamps, properties, repository):
    fake.add("ci", NOW - DAY, stamps=stamps, properties=properties)
    (record,) = runs(read(fake)).values()
    assert record.repository == repository


def test_a_rebuild_is_a_run_of_its_own(fake):
    fake.add("ci", NOW - DAY, results=2)
    fake.add("ci", NOW - DAY / 2, results=0, reason="rebuild", rebuilt=1)
    again = runs(read(fake))["2"]
    assert again.attempt == 1
    assert again.attributes["rebuilt"] is True
    assert again.attributes["rebuilt_build"] == 1


def deploy(fake, days, revision, results=0, environment="production", branch="main"):
    return fake.add(
        "deploy-prod",
        NOW - days * DAY,
        results=results,
        revision=revision,
        branch=branch,
        properties={"environment": environment},
    )


def test_a_deploying_build_is_a_deployment_to_the_environment_of_its_property(fake):
    deploy(fake, 3, "abc")
    deploy(fake, 2, "abc", environment="staging-eu")
    deploy(fake, 1, "abc", environment="", branch="hotfix/leak")
    fake.add("ci", NOW - DAY)
    pages = read(fake)
    assert len(runs(pages)) == 4
    found = deployments(pages)
    assert [(one.environment, one.tier, one.unplanned) for one in found.values()] == [
        ("production", "production", False),
        ("staging-eu", "staging", False),
        (None, "other", True),
    ]
    assert all(one.pipeline_run == key for key, one in found.items())
    assert found["1"].finished_at == NOW - 3 * DAY + timedelta(seconds=60)
    assert found["1"].changes == ()


def test_bringing_back_an_older_revision_is_a_rollback(fake):
    for number, (revision, results) in enumerate([("a", 0), ("b", 2), ("b", 0), ("a", 0), ("a", 0)]):
        deploy(fake, 9 - number, revision, results)
    assert [one.rollback_of for one in deployments(read(fake)).values()] == [None, None, None, "3", None]


def test_the_environment_property_can_be_another_one(fake):
    fake.add("deploy-prod", NOW - DAY, properties={"stage": "prod"})
    (one,) = deployments(read(fake, environment_property="stage")).values()
    assert one.tier == "production"


def test_only_chosen_builders_are_read(fake):
    fake.add("ci", NOW - DAY)
    fake.add("train-model", NOW - DAY)
    assert set(runs(read(fake, builders=["train*", "deploy*"]))) == {"2"}


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 131])
def test_every_build_is_read_beyond_a_page(fake, count):
    for number in range(count):
        fake.add("ci", NOW - 90 * DAY + number * timedelta(hours=3))
    pages = read(fake)
    assert len(runs(pages)) == count
    assert covered(pages) == ({"pipeline_run": (SINCE, SETTLED), "deployment": (SINCE, SETTLED)}, [])


def test_builds_from_before_since_stay_unread_now_and_later(fake):
    fake.add("ci", NOW - 200 * DAY)
    pages = read(fake)
    assert runs(pages) == {}
    assert runs(read(fake, cursor=pages[-1].cursor)) == {}
    assert set(runs(read(fake, cursor=pages[-1].cursor, since=NOW - 300 * DAY, backfill=True))) == {"1"}


def test_a_build_that_was_running_is_read_again_until_it_ends(fake):
    running = deploy(fake, 1, "a", results=None)
    for _ in range(60):
        fake.add("ci", NOW - DAY / 2)
    first = read(fake)
    assert deployments(first)["1"].outcome == "running"
    assert first[-1].cursor["open"] == [1]
    fake.finish(running, NOW + timedelta(minutes=20), 0)
    second = read(fake, cursor=first[-1].cursor, now=NOW + timedelta(hours=1))
    assert {key: one.outcome for key, one in deployments(second).items()} == {"1": "success"}
    assert len(runs(second)) == 1
    assert second[-1].cursor["open"] == []


def test_a_build_that_is_gone_or_never_ends_is_not_asked_for_for_ever(fake):
    fake.add("ci", NOW - DAY, results=None)
    fake.add("ci", NOW - DAY, results=None)
    cursor = read(fake)[-1].cursor
    del fake.builds[1]
    cursor = read(fake, cursor=cursor)[-1].cursor
    assert cursor["open"] == [2]
    cursor = read(fake, cursor=cursor, now=NOW + 30 * DAY)[-1].cursor
    assert cursor["open"] == []


def test_builds_of_the_last_minutes_are_read_again(fake):
    fake.add("ci", NOW - DAY)
    fake.add("ci", NOW - timedelta(minutes=2))
    first = read(fake)
    assert first[-1].cursor["after"] == 1
    assert set(runs(read(fake, cursor=first[-1].cursor, now=NOW + timedelta(hours=1)))) == {"2"}


def test_what_the_master_threw_away_is_said_to_be_unknown(fake):
    fake.add("ci", NOW - 20 * DAY, buildid=700)
    known, unknown = covered(read(fake))
    assert known["deployment"] == (NOW - 20 * DAY, SETTLED)
    assert [(span.stream, span.start, span.end) for span in unknown] == [
        ("pipeline_run", SINCE, NOW - 20 * DAY),
        ("deployment", SINCE, NOW - 20 * DAY),
    ]
    assert unknown[0].reason.startswith("retention")


def test_what_belongs_to_a_build_may_be_pruned(fake):
    fake.add("ci", NOW - DAY)
    fake.sets.clear()
    fake.steps.clear()
    (record,) = runs(read(fake)).values()
    assert (record.trigger, record.jobs, record.repository) == ("unknown", (), "")
    fake.requests_.clear()
    (record,) = runs(read(fake)).values()
    assert record.queued_at is None


def test_an_object_that_is_no_build_is_named_and_the_others_are_kept(fake):
    fake.add("ci", NOW - 2 * DAY)
    fake.add("ci", NOW - DAY, results="odd")
    fake.builds[2]["complete_at"] = "yesterday"
    pages = read(fake)
    assert set(runs(pages)) == {"1"}
    assert [line.split(":")[0] for page in pages for line in page.refused] == ["build 2"]


@pytest.mark.parametrize("kill", range(1, 5))
def test_stopped_after_any_page_it_goes_on_to_the_same_end(fake, kill):
    for number in range(140):
        deploy(fake, 90 - number / 2, f"r{number % 9}", results=None if number == 130 else 0)
    whole = read(fake)
    before = read(fake, pages=kill)
    after = read(fake, cursor=before[-1].cursor)
    both = [*before, *after]
    assert runs(both) == runs(whole)
    assert deployments(both) == deployments(whole)
    assert after[-1].cursor == whole[-1].cursor
    assert covered(both) == covered(whole)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (httpx.Response(403), Forbidden),
        (httpx.Response(404), Unsupported),
        (httpx.Response(500), BadAnswer),
        (httpx.Response(200, text="<html>"), BadAnswer),
        (httpx.Response(200, json={"builds": 3}), BadAnswer),
        (httpx.Response(200, json=[]), BadAnswer),
        (httpx.Response(302, headers={"location": "http://other.example/"}), BadAnswer),
        (httpx.ConnectError("refused"), Unreachable),
    ],
)
def test_a_fault_that_stays_is_told_for_what_it_is(fake, fault, error):
    fake.faults.append(lambda request, number: fault if request.url.path.endswith("/builds") else None)
    with pytest.raises(error):
        read(fake)


def test_a_server_that_ignores_the_order_is_no_endless_loop(fake):
    for number in range(60):
        fake.add("ci", NOW - DAY + timedelta(seconds=number))
    rows = list(fake.builds.values())[:50]
    fake.faults.append(
        lambda request, number: (
            httpx.Response(200, json={"builds": rows}) if "buildid__gt" in request.url.params else None
        )
    )
    with pytest.raises(BadAnswer, match="no order"):
        read(fake)


def test_collected_into_a_store_with_faults_and_again_without_a_change(fake, tmp_path):
    for number in range(60):
        deploy(fake, 90 - number, f"r{number}")
    fake.faults.append(lambda request, number: httpx.Response(502) if number % 4 == 3 else None)
    store = open_store("sqlite:///test.db", tmp_path)
    organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(settings(),))
    for changed in (120, 0):
        (outcome,) = collect(
            store, organisation, now=NOW, since=SINCE, backfill=True, build=lambda source, _: collector(fake)
        )
        assert (outcome.state, outcome.rows_seen, outcome.rows_changed) == ("ok", 120, changed)
    assert len(list(read_records(store, kinds=["deployment"]))) == 60
    assert [(span.stream, span.start, span.end) for span in read_coverage(store)] == [
        ("deployment", SINCE, SETTLED),
        ("pipeline_run", SINCE, SETTLED),
    ]
    store.close()


def test_a_master_that_throws_builds_away_is_no_failed_run(fake, tmp_path):
    fake.add("ci", NOW - 20 * DAY, buildid=700)
    store = open_store("sqlite:///test.db", tmp_path)
    organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(settings(),))
    (outcome,) = collect(store, organisation, now=NOW, since=SINCE, build=lambda source, _: collector(fake))
    assert outcome.state == "ok"
    assert "retention" in outcome.streams[0].reason
    store.close()


def test_doctor_says_what_the_builds_are_taken_for(fake):
    deploy(fake, 2, "a")
    deploy(fake, 1, "b", environment="")
    fake.add("ci", NOW - DAY)
    told = {probe.name: probe for probe in collector(fake).probe()}
    assert told["reachable"].detail == "Buildbot REST API v2, 1 of 1 masters active (TwistedWeb/26)"
    assert told["builders"].detail == "3 to read"
    assert told["pipelines"].detail == "the newest 3 builds: 2 deployment, 1 ci"
    assert told["environments"].state == "warning"
    assert "1 of the newest 2 deployments match no rule: (no name) (1)" in told["environments"].detail
    assert "'environment'" in told["environments"].fix


def test_doctor_tells_what_is_wrong_without_raising(fake):
    told = {probe.name: probe for probe in collector(fake, builders=["nothing*"]).probe()}
    assert told["builders"].state == "error"
    fake.faults.append(lambda request, number: httpx.ConnectError("refused"))
    (probe,) = collector(fake).probe()
    assert probe.state == "error"


def test_the_kind_is_found_by_its_word():
    assert source_types()["buildbot"] is KIND.settings


def test_builders_of_another_shape_are_a_bad_answer(fake):
    fake.faults.append(lambda request, number: httpx.Response(200, json={"builders": [{"name": "x"}]}))
    with pytest.raises(BadAnswer, match="list of builders"):
        read(fake)


@pytest.mark.parametrize("status", [403, 500])
def test_steps_of_one_build_that_stay_refused_hold_nothing_up_and_are_asked_again(fake, status):
    for number in range(6):
        fake.add("ci", NOW - DAY + timedelta(minutes=number), steps=[("unit", 0)])
    fake.faults = [lambda asked, _: httpx.Response(status) if asked.url.path.endswith("/builds/2/steps") else None]
    first = read(fake)
    assert {key for key, run in runs(first).items() if not run.jobs} == {"2"}
    assert f"HTTP {status}" in first[-1].warnings[0]
    assert "steps of builds of 1 could not be read and are asked for again" in first[-1].warnings[0]
    assert covered(first) == covered(read(fake))
    fake.faults = []
    soon = read(fake, cursor=first[-1].cursor, now=NOW + timedelta(minutes=30))
    assert runs(soon) == {}
    again = read(fake, cursor=soon[-1].cursor, now=NOW + timedelta(hours=1))
    assert {key: len(run.jobs) for key, run in runs(again).items()} == {"2": 1}
    assert again[-1].cursor["unread"] == {}


def test_where_all_steps_fail_it_is_the_master_that_fails(fake):
    for number in range(20):
        fake.add("ci", NOW - DAY + timedelta(minutes=number), steps=[("unit", 0)])
    fake.faults = [lambda asked, _: httpx.Response(500) if asked.url.path.endswith("/steps") else None]
    with pytest.raises(BadAnswer, match="HTTP 500"):
        read(fake)
