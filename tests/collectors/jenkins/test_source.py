"""A Jenkins source as a whole: settings, jobs, credentials, faults, kills, doctor; through the runner and a store."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fake_jenkins import FOLDER, FREESTYLE, NOW, FakeJenkins
from faulty import LASTING, PASSING, answer
from jenkins_reading import DAY, SINCE, collector, read, runs, settings
from pydantic import ValidationError
from ruamel.yaml import YAML

from mlops_maturity.collectors.interface import BadAnswer, Forbidden, Unauthorized, Unsupported
from mlops_maturity.collectors.jenkins import KIND
from mlops_maturity.collectors.jenkins.collector import JenkinsCollector
from mlops_maturity.collectors.registry import build, source_types
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import count_records, read_records

USER, TOKEN = "robot", "11a0b1c2d3e4f5"
BASIC = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
GOLDEN = Path(__file__).parents[2] / "golden" / "maturity.example.yaml"


@pytest.fixture
def fake():
    fake = FakeJenkins()
    for number in range(1, 9):
        fake.job("ml/train").add(NOW - (10 - number) * DAY, "FAILURE" if number % 3 == 0 else "SUCCESS")
        fake.branch("ml/deploy-prod", "main").add(NOW - (10 - number) * DAY + timedelta(hours=1))
    fake.branch("ml/deploy-prod", "feature/x").add(NOW - DAY, "building")
    fake.job("ml/train").delete(1)
    return fake


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite:///test.db", tmp_path)
    yield store
    store.close()


@pytest.fixture
def few(monkeypatch):
    """Pages of few builds."""
    monkeypatch.setattr("mlops_maturity.collectors.jenkins.build_list.BATCH", 3)


@pytest.fixture
def credentials(monkeypatch):
    monkeypatch.setenv("JENKINS_USER", USER)
    monkeypatch.setenv("JENKINS_TOKEN", TOKEN)
    return {"user_env": "JENKINS_USER", "token_env": "JENKINS_TOKEN"}


def run(store, fake, *, now=NOW, **more):
    source = settings(**more)
    organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
    (outcome,) = collect(store, organisation, now=now, since=SINCE, build=lambda source, _: collector(fake, **more))
    return outcome


def counts(store):
    return {row.kind: row.records for row in count_records(store)}


WHOLE = {"pipeline_run": 16, "deployment": 9}


def test_the_kind_is_found_by_its_word():
    assert source_types()["jenkins"] is KIND.settings
    source = settings()
    made = build(source, Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,)))
    assert isinstance(made, JenkinsCollector)
    made.close()


def test_the_example_s_source_is_read_as_it_is_meant():
    (raw,) = (one for one in YAML(typ="safe").load(GOLDEN)["sources"] if one["type"] == "jenkins")
    source = KIND.settings.model_validate(raw)
    assert (source.jobs, source.user_env, source.token_env) == (("ml/*",), "JENKINS_USER", "JENKINS_TOKEN")
    assert source.rules.purpose[0].purpose == "training"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"user_env": "A"}, "add token_env or token_file"),
        ({"token_file": "a.txt"}, "add user_env or user_file"),
        ({"jobs": []}, "at least 1 item"),
        ({"environments": [{"job": "x"}]}, "Field required"),
        ({"token": "hush"}, "Extra inputs are not permitted"),
    ],
)
def test_settings_that_can_t_work_are_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        settings(**wrong)


def test_jobs_are_found_in_folders_however_deep(fake):
    deep = "/".join("abcdefghij")
    fake.job(f"{deep}/train").add(NOW - DAY)
    fake.job("top", FREESTYLE).add(NOW - DAY)
    fake.folder("acme", "jenkins.branch.OrganizationFolder")
    fake.branch("acme/pricing", "main").add(NOW - DAY)
    fake.branch("acme/empty", "main")
    fake.folder("nothing")
    streams = {stream.name: stream for stream in collector(fake).streams()}
    names = ["acme/empty", "acme/pricing", f"{deep}/train", "ml/deploy-prod", "ml/train", "top"]
    assert sorted(streams) == sorted(f"builds:{name}" for name in names)
    stream = streams["builds:ml/deploy-prod"]
    assert (stream.scope, stream.kinds) == ("ml/deploy-prod", ("pipeline_run", "deployment"))
    assert len(fake.requests) < 6, "folders are seen several levels at once"
    assert set(runs(read(fake, stream=f"{deep}/train"))) == {f"{deep}/train#1"}


@pytest.mark.parametrize(
    ("globs", "found"),
    [
        (["*"], ["ml/deploy-prod", "ml/train", "other/lint"]),
        (["ml/*"], ["ml/deploy-prod", "ml/train"]),
        (["ml"], ["ml/deploy-prod", "ml/train"]),
        (["ml/train", "other/*"], ["ml/train", "other/lint"]),
        (["ml/deploy-prod"], ["ml/deploy-prod"]),
        (["*/feature/*"], ["ml/deploy-prod"]),
    ],
)
def test_globs_name_jobs_folders_and_branches(fake, globs, found):
    fake.job("other/lint").add(NOW - DAY)
    assert [stream.scope for stream in collector(fake, jobs=globs).streams()] == found


def test_a_glob_on_a_branch_reads_that_branch_only(fake):
    (stream,) = collector(fake, jobs=["ml/deploy-prod/main"]).streams()
    found = runs(read(fake, stream=stream.scope, jobs=["ml/deploy-prod/main"]))
    assert {record.ref for record in found.values()} == {"main"}


def test_names_with_odd_characters_are_asked_for_by_safe_addresses(fake):
    name = "ml/größe 50%? #1 & [x]"
    fake.job(name).add(NOW - DAY)
    (record,) = runs(read(fake, stream=name)).values()
    assert record.pipeline == name
    assert record.url.isascii()
    assert "?" not in record.url


def test_globs_that_name_nothing_are_told(fake):
    with pytest.raises(Unsupported, match=r"of 3 jobs none is named like mll/\*\. Correct `jobs`"):
        collector(fake, jobs=["mll/*"]).streams()


def test_a_user_who_sees_no_job_is_told():
    with pytest.raises(Forbidden, match=r"shows this user no job\. Give the user Job/Read"):
        collector(FakeJenkins()).streams()


def test_everything_is_collected_and_a_replay_changes_no_row(store, fake, few):
    outcome = run(store, fake)
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == WHOLE
    again = run(store, fake)
    assert (again.state, again.rows_changed) == ("ok", 0)
    whole_again = collect_again(store, fake)
    assert (whole_again.state, whole_again.rows_seen, whole_again.rows_changed) == ("ok", sum(WHOLE.values()), 0)
    stored = "".join(record.model_dump_json() for record in read_records(store))
    assert not [name for name in ("Ann", "example.org", "elsewhere") if name in stored]


def collect_again(store, fake):
    source = settings()
    organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
    (outcome,) = collect(
        store, organisation, now=NOW, since=SINCE, backfill=True, build=lambda source, _: collector(fake)
    )
    return outcome


def test_what_is_known_stands_in_the_store_by_project(store, fake):
    run(store, fake)
    spans = {(span.scope, span.complete, span.reason) for span in read_coverage(store) if span.stream == "pipeline_run"}
    assert spans == {
        ("ml/deploy-prod", True, ""),
        ("ml/train", True, ""),
        ("ml/train", False, "retention: build 1 is gone from ml/train"),
    }


def test_the_user_s_token_is_sent_as_basic_authentication(fake, credentials):
    fake.credential = f"Basic {BASIC}"
    assert runs(read(fake, stream="ml/train", **credentials))


def test_user_and_token_may_stand_in_files(fake, tmp_path):
    fake.credential = f"Basic {BASIC}"
    (tmp_path / "user").write_text(f"{USER}\n")
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    files = {"user_file": tmp_path / "user", "token_file": tmp_path / "token"}
    assert runs(read(fake, stream="ml/train", **files))


def test_without_a_user_nothing_is_sent(fake):
    collector(fake).streams()
    assert "authorization" not in fake.requests[0].headers


def test_wrong_credentials_are_told_without_showing_them(fake, credentials):
    fake.credential = "Basic other"
    with pytest.raises(Unauthorized) as caught:
        collector(fake, **credentials).streams()
    assert not [text for text in (USER, TOKEN, BASIC) if text in str(caught.value)]


@pytest.mark.parametrize("status", [200, 400, 403])
def test_no_text_holds_the_credentials_even_where_the_server_echoes_them(store, fake, credentials, status):
    fake.faults.append(lambda request, number: httpx.Response(status, text=f"token {TOKEN} of Basic {BASIC}"))
    outcome = run(store, fake, **credentials)
    assert "***" in outcome.error
    assert not [text for text in (TOKEN, BASIC) if text in repr(outcome)]


def test_a_secret_that_is_not_there_is_named(store, fake, credentials, monkeypatch):
    monkeypatch.delenv("JENKINS_USER")
    outcome = run(store, fake, **credentials)
    assert outcome.state == "unauthorized"
    assert "user_env of ci names JENKINS_USER, which is not set" in outcome.error


def test_a_user_with_a_colon_is_refused(store, fake, credentials, monkeypatch):
    monkeypatch.setenv("JENKINS_USER", f"{USER}:{TOKEN}")
    outcome = run(store, fake, **credentials)
    assert outcome.state == "unauthorized"
    assert TOKEN not in outcome.error


def test_a_forbidden_job_is_unknown_and_leaves_the_others_alone(store, fake):
    fake.faults.append(lambda request, number: answer(403) if "/job/train/" in request.url.path else None)
    outcome = run(store, fake)
    assert {stream.stream: stream.state for stream in outcome.streams} == {
        "builds:ml/deploy-prod": "ok",
        "builds:ml/train": "forbidden",
    }
    gaps = [span for span in read_coverage(store) if not span.complete]
    assert {(gap.stream, gap.scope, gap.start, gap.end) for gap in gaps} == {
        ("pipeline_run", "ml/train", SINCE, NOW),
        ("deployment", "ml/train", SINCE, NOW),
    }
    assert all(gap.reason.startswith("permission") for gap in gaps)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_on_every_third_request_loses_nothing(store, fake, few, fault):
    fake.faults.append(lambda request, number: fault() if number % 3 == 2 else None)
    outcome = run(store, fake)
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == WHOLE


STAYING = LASTING | {
    "404": (answer(404), Unsupported),
    "502": (answer(502, text="<html>Bad gateway"), BadAnswer),
    "list": (answer(200, json=[]), BadAnswer),
    "builds that are none": (answer(200, json={"allBuilds": [7]}), BadAnswer),
    "builds without numbers": (answer(200, json={"allBuilds": [{"_class": "x"}]}), BadAnswer),
    "empty list": (answer(200, json={"allBuilds": []}), BadAnswer),
}


@pytest.mark.parametrize(("fault", "error"), STAYING.values(), ids=STAYING)
def test_a_fault_that_stays_is_told_for_what_it_is(fake, credentials, fault, error):
    fake.faults.append(lambda request, number: fault if "allBuilds" in request.url.params.get("tree", "") else None)
    with pytest.raises(error):
        read(fake, stream="ml/train", **credentials)
    assert "evil.example" not in {request.url.host for request in fake.requests}


@pytest.mark.parametrize("body", [{}, {"jobs": None}, {"jobs": [3]}, "text", []])
def test_a_list_of_jobs_of_another_shape_is_a_bad_answer(fake, body):
    fake.faults.append(lambda request, number: answer(200, json=body))
    with pytest.raises(BadAnswer, match="Is `url` a Jenkins'"):
        collector(fake).streams()


@pytest.mark.parametrize("kill", range(0, 26, 2))
def test_killed_at_any_request_and_collected_again_ends_like_an_undisturbed_run(tmp_path, fake, few, kill):
    whole, halves = open_store("sqlite:///whole.db", tmp_path), open_store("sqlite:///halves.db", tmp_path)
    run(whole, fake)
    fake.faults.append(lambda request, number: ZeroDivisionError("killed") if number >= kill else None)
    fake.requests.clear()
    assert run(halves, fake).state in ("error", "partial")
    fake.faults.clear()
    assert run(halves, fake).state == "ok"
    assert list(read_records(halves)) == list(read_records(whole))
    assert read_coverage(halves) == read_coverage(whole)
    whole.close()
    halves.close()


def probes(fake, **more):
    return {probe.name: probe for probe in collector(fake, **more).probe()}


def test_doctor_says_that_all_is_well(fake, credentials):
    told = probes(fake, **credentials)
    assert {name: probe.state for name, probe in told.items()} == {
        "reachable": "ok",
        "jobs": "ok",
        "stages": "ok",
        "pipelines": "ok",
        "environments": "ok",
    }
    assert told["reachable"].detail == "Jenkins 2.504.1, with a token"
    assert told["jobs"].detail == "3 to read, of 2 projects"
    assert told["pipelines"].detail == "the newest 15 builds: 8 deployment, 7 training"
    assert told["environments"].detail == "the newest 8 deployments: 8 production"
    assert len(fake.requests) < 25


def test_doctor_names_what_no_rule_matches(fake):
    rules = {"purpose": [{"pipeline": "deploy*", "is": "deployment"}], "tier": []}
    told = probes(fake, rules=rules)
    assert told["reachable"].detail == "Jenkins 2.504.1, as anonymous"
    assert told["pipelines"].detail == "7 of the newest 15 builds match no rule: ml/train (7)"
    assert told["environments"].detail == "8 of the newest 8 deployments match no rule: (no name) (8)"
    assert "none of the parameters ENVIRONMENT, ENV" in told["environments"].fix


def test_doctor_tells_where_stages_can_t_be_read(fake):
    fake.wfapi = False
    told = probes(fake)["stages"]
    assert (told.state, told.detail) == ("warning", "0 of the newest 15 builds of pipelines tell their stages")
    assert "stages" not in probes(fake, stages=False)


def test_doctor_tells_jobs_that_are_not_there(fake):
    told = probes(fake, jobs=["mll/*"])
    assert told["reachable"].state == "ok"
    assert told["jobs"].state == "error"
    assert "of 3 jobs none is named like mll/*" in told["jobs"].detail
    assert told["jobs"].fix


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), answer(401), answer(404), answer(200, text="<html>")])
def test_doctor_tells_a_source_that_can_t_be_asked_without_raising(fake, fault):
    fake.faults.append(lambda request, number: fault)
    (probe,) = collector(fake).probe()
    assert (probe.name, probe.state) == ("reachable", "error")
    assert probe.detail.startswith("ci: ")
    assert probe.fix


def test_folders_are_gone_into_to_a_depth_only(fake):
    here = fake.root
    for _ in range(40):
        here = here.items.setdefault("f", type(here)("f", FOLDER))
    assert [stream.scope for stream in collector(fake).streams()] == ["ml/deploy-prod", "ml/train"]
