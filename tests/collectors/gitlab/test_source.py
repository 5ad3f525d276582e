"""A GitLab source as a whole: streams, faults, quota, rights, doctor; through the runner and a real socket."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_gitlab import sha
from faulty import LASTING, PASSING, answer
from gitlab_reading import NOW, PATH, SINCE, STREAMS, FakeGitlab, Project, collector, read, settings
from pydantic import ValidationError

from mlops_maturity.collectors.gitlab import KIND
from mlops_maturity.collectors.gitlab.collector import GitlabCollector, open_http
from mlops_maturity.collectors.interface import Forbidden
from mlops_maturity.collectors.registry import build, source_types
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import count_records, read_records

DAY = timedelta(days=1)
WHOLE = {"pipeline_run": 9, "deployment": 3, "change": 4, "incident": 2, "observation": 3}


def filled(path=PATH, identity=7, **more):
    project = Project(path, identity, **more)
    for number in range(1, 9):
        project.add_pipeline(
            NOW - number * DAY, name="train" if number % 2 else "deploy-api", id=100 * identity + number
        )
    project.add_pipeline(NOW - DAY, name="child", source="parent_pipeline", id=100 * identity + 50)
    for number in range(1, 4):
        project.add_merge(number, NOW - 20 * DAY, NOW - (10 - number) * DAY)
        project.approve(number, NOW - 15 * DAY)
        project.add_deployment(NOW - (9 - number) * DAY, sha(number), id=100 * identity + number, brings=[number])
    project.add_merge(4, NOW - 5 * DAY)
    project.add_issue(1, NOW - 4 * DAY, NOW - 3 * DAY)
    project.add_issue(2, NOW - DAY)
    return project


@pytest.fixture
def project():
    return filled()


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite:///test.db", tmp_path)
    yield store
    store.close()


def organisation(source):
    return Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))


def run(store, fake, *, now=NOW, **more):
    source = settings(**more)
    (outcome,) = collect(
        store, organisation(source), now=now, since=SINCE, build=lambda source, _: collector(fake, **more)
    )
    return outcome


def counts(store):
    return {row.kind: row.records for row in count_records(store)}


def states(outcome):
    return {stream.stream: stream.state for stream in outcome.streams}


def test_the_kind_is_found_by_its_word():
    assert source_types()["gitlab"] is KIND.settings
    source = settings()
    made = build(source, organisation(source))
    assert isinstance(made, GitlabCollector)
    made.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"projects": []},
        {"projects": ["pricing"]},
        {"projects": ["/ml/pricing"]},
        {"projects": ["ml/../x?y"]},
        {"groups": ["ml/"]},
        {"groups": ["m l"]},
        {"budget": 0},
        {"url": "gitlab.example"},
    ],
)
def test_settings_that_can_t_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_streams_go_over_the_named_projects_and_those_of_groups_but_archived_ones():
    fake = FakeGitlab(Project(PATH, 1), Project("ml/old", 2, archived=True), Project("ml/sub/churn", 3))
    streams = collector(fake, projects=["ML/Pricing", "other/tool"], groups=["ml"]).streams()
    assert [stream.name for stream in streams] == [
        f"{kind}:{name}"
        for kind in ("repository", "deployments", "incidents", "runs", "changes")
        for name in ("ML/Pricing", "other/tool", "ml/sub/churn")
    ]
    assert [stream.kinds for stream in streams[::3]] == [("observation",), *((kind.kind,) for kind in STREAMS)]


def test_a_group_with_more_than_a_page_of_projects_is_listed_whole():
    fake = FakeGitlab(*(Project(f"ml/p{number:03}", number + 1) for number in range(205)), totals_to=10)
    assert len(collector(fake, projects=[], groups=["ml"]).streams()) == 5 * 205
    assert len(fake.requests) == 3


def test_everything_is_collected_and_a_replay_changes_no_row(store, project):
    outcome = run(store, FakeGitlab(project))
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == WHOLE
    again = run(store, FakeGitlab(project))
    assert (again.state, again.rows_changed) == ("ok", 0)
    stored = "".join(record.model_dump_json() for record in read_records(store))
    assert not [name for name in ("ann", "bob", "Doe", "example.org", "Ann broke") if f'"{name}' in stored]


def test_all_of_a_group_is_collected(store):
    fake = FakeGitlab(filled("ml/a", 1), filled("ml/b", 2), filled("ml/gone", 3, archived=True))
    outcome = run(store, fake, projects=[], groups=["ml"])
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == {kind: 2 * count for kind, count in WHOLE.items()}
    assert {record.repository for record in read_records(store, kinds=["change"])} == {"ml/a", "ml/b"}


def test_a_group_that_can_t_be_read_is_told_and_leaves_the_named_projects_alone(store, project):
    outcome = run(store, FakeGitlab(project), groups=["secret"])
    assert outcome.state == "partial"
    assert states(outcome)["group:secret"] == "forbidden"
    assert "group secret: HTTP 404" in outcome.error
    assert counts(store) == WHOLE
    gaps = {(span.stream, span.scope) for span in read_coverage(store) if not span.complete}
    assert gaps == {(kind, "secret/*") for kind in WHOLE}


def test_a_forbidden_part_is_unknown_and_leaves_the_others_alone(store, project):
    project.forbidden.add("deployments")
    outcome = run(store, FakeGitlab(project))
    assert states(outcome) == {
        f"repository:{PATH}": "ok",
        f"deployments:{PATH}": "forbidden",
        f"incidents:{PATH}": "ok",
        f"runs:{PATH}": "ok",
        f"changes:{PATH}": "ok",
    }
    (gap,) = (span for span in read_coverage(store) if not span.complete)
    assert (gap.stream, gap.scope, gap.start, gap.end) == ("deployment", PATH, SINCE, NOW)
    assert "permission" in gap.reason


def test_a_part_that_is_switched_off_is_unsupported_not_empty(store):
    fake = FakeGitlab(filled(issues_access_level="disabled"))
    outcome = run(store, fake)
    assert outcome.state == "ok"
    assert states(outcome)[f"incidents:{PATH}"] == "unsupported"
    (gap,) = (span for span in read_coverage(store) if not span.complete)
    assert gap.reason == "unsupported: ml/pricing: issues are switched off in this project"
    assert fake.asked("/issues") == 0


def test_a_project_or_list_that_is_not_there_is_forbidden_not_unsupported(store, project):
    project.absent.add("pipelines")
    outcome = run(store, FakeGitlab(project), projects=[PATH, "ml/typo"])
    assert {name for name, state in states(outcome).items() if state == "forbidden"} == {
        f"runs:{PATH}",
        "repository:ml/typo",
        *(f"{kind.name}:ml/typo" for kind in STREAMS),
    }
    texts = {stream.stream: stream.reason for stream in outcome.streams}
    assert "ml/typo: HTTP 404" in texts["runs:ml/typo"]
    assert "the role Reporter" in texts[f"runs:{PATH}"]


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_on_every_third_request_loses_nothing(store, project, fault):
    fake = FakeGitlab(project)
    fake.faults.append(lambda request, number: fault() if number % 3 == 2 else None)
    outcome = run(store, fake)
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == WHOLE


@pytest.mark.parametrize(("fault", "error"), [*LASTING.values(), (answer(404), Forbidden)], ids=[*LASTING, "404"])
def test_a_fault_that_stays_is_told_for_what_it_is(project, fault, error):
    fake = FakeGitlab(project)
    fake.faults.append(lambda request, number: fault if request.url.path.endswith("/pipelines") else None)
    with pytest.raises(error):
        read(fake, "runs")
    assert {request.url.host for request in fake.requests} == {"gitlab.acme.example"}


def test_links_to_other_hosts_are_not_followed_and_stop_nothing(store):
    project = Project(PATH)
    for number in range(230):
        project.add_pipeline(NOW - DAY - timedelta(minutes=number), id=number + 1)
    fake = FakeGitlab(project)
    assert run(store, fake).state == "ok"
    assert counts(store) == {"pipeline_run": 230, "observation": 3}
    assert {request.url.host for request in fake.requests} == {"gitlab.acme.example"}


def test_rows_that_come_twice_are_stored_once(store, project):
    fake = FakeGitlab(project)
    inner = fake.handle

    def doubled(request):
        said = inner(request)
        rows = said.json()
        return answer(200, json=rows + rows, headers=said.headers) if isinstance(rows, list) else said

    fake.handle = doubled
    assert run(store, fake).state == "ok"
    assert counts(store) == WHOLE


@pytest.mark.parametrize("kill", range(28))
def test_killed_at_any_request_and_collected_again_ends_like_an_undisturbed_run(tmp_path, project, kill):
    whole, halves = open_store("sqlite:///whole.db", tmp_path), open_store("sqlite:///halves.db", tmp_path)
    run(whole, FakeGitlab(project))
    dying = FakeGitlab(project)
    dying.faults.append(lambda request, number: ZeroDivisionError("killed") if number >= kill else None)
    assert run(halves, dying).state in ("error", "partial")
    assert run(halves, FakeGitlab(project)).state == "ok"
    assert list(read_records(halves)) == list(read_records(whole))
    assert read_coverage(halves) == read_coverage(whole)
    whole.close()
    halves.close()


def test_it_rests_until_the_minute_s_quota_is_full_again_and_leaves_a_tenth(project):
    fake, rests = FakeGitlab(project, date="Mon, 02 Mar 2026 10:00:00 GMT"), []
    fake.limit = (300, 31, int(NOW.timestamp()) + 40)
    read(fake, "incidents", rests=rests)
    assert rests == []
    fake.limit = (300, 30, int(NOW.timestamp()) + 40)
    asked = len(fake.requests)
    read(fake, "incidents", rests=rests)
    assert rests == [40.0] * (len(fake.requests) - asked - 1)


def test_a_quota_that_is_spent_for_longer_ends_the_run_as_partial(store, project):
    fake = FakeGitlab(project, date="Mon, 02 Mar 2026 10:00:00 GMT")
    fake.limit = (300, 9, int(NOW.timestamp()) + 1800)
    outcome = run(store, fake)
    assert outcome.state == "partial"
    assert "9 of 300 requests left, kept for others (budget), resumes 2026-03-02 10:30 UTC" in outcome.error
    assert len(fake.requests) == 1


def served_by(scripted_server, fake, told):
    """Lets a server on a real socket answer as the fake does, but its headers for length and links."""

    def answer_of(asked):
        query = httpx.QueryParams([(name, value) for name, values in asked.query.items() for value in values])
        url = httpx.URL(scripted_server.url + asked.path).copy_with(query=str(query).encode())
        said = fake.handle(httpx.Request("GET", url, headers=asked.headers))
        headers = {name: value for name, value in said.headers.items() if name.startswith("x-")}
        return told(said.content, said.status_code, headers)

    scripted_server.answer = answer_of
    return scripted_server.url


def impatient(source, _):
    """A collector that asks over the network, and does not wait between its tries."""
    return GitlabCollector(source, "Acme", open_http(source, sleep=lambda seconds: None))


def test_over_a_real_socket_below_a_path_with_a_token_and_faults(store, project, scripted_server, told, monkeypatch):
    for number in range(120):
        project.add_pipeline(NOW - DAY - timedelta(minutes=number), id=1000 + number)
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-secret")
    url = served_by(scripted_server, FakeGitlab(project, base="/gitlab"), told)
    source = settings(url=f"{url}/gitlab/", token_env="GITLAB_TOKEN")
    scripted_server.faults.extend([told(fault="reset"), told(b"{}", fault="short"), told(status=502)])
    (outcome,) = collect(store, organisation(source), now=NOW, since=SINCE, build=impatient)
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == {**WHOLE, "pipeline_run": 129}
    assert {asked.headers["private-token"] for asked in scripted_server.asked} == {"glpat-secret"}
    assert not any("authorization" in asked.headers for asked in scripted_server.asked)


def test_a_server_that_stalls_is_unreachable_and_the_next_run_goes_on(store, project, scripted_server, told):
    url = served_by(scripted_server, FakeGitlab(project), told)
    inner, stalls = scripted_server.answer, [True]

    def stalling(asked):
        return told(fault="stall") if stalls and "/merge_requests/" in asked.path else inner(asked)

    scripted_server.answer = stalling
    source = settings(url=f"{url}/api/v4", timeout_s=0.1)
    (outcome,) = collect(store, organisation(source), now=NOW, since=SINCE, build=impatient)
    assert states(outcome)[f"changes:{PATH}"] == "unreachable"
    stalls.clear()
    source = settings(url=f"{url}/api/v4")
    assert collect(store, organisation(source), now=NOW, since=SINCE, build=impatient)[0].state == "ok"
    assert counts(store) == WHOLE


def probes(fake, **more):
    return {probe.name: probe for probe in collector(fake, **more).probe()}


def test_doctor_says_that_all_is_well(project):
    found = probes(FakeGitlab(project))
    assert {name: probe.state for name, probe in found.items()} == dict.fromkeys(
        ("reachable", "projects", "deployments", "incidents", "runs", "changes", "pipelines", "environments"), "ok"
    )
    assert found["reachable"].detail == "GitLab 17.4.0-ee"
    assert found["pipelines"].detail == "the newest 8 pipelines: 4 deployment, 4 training"


def test_doctor_names_what_no_rule_matches_and_pipelines_without_a_name(project):
    rules = {"purpose": [{"pipeline": "train", "is": "training"}], "tier": []}
    project.environments["blue"] = {"id": 99, "name": "blue", "tier": "other"}
    found = probes(FakeGitlab(project), rules=rules)
    assert found["pipelines"].detail == "4 of the newest 8 pipelines match no rule: deploy-api (4)"
    assert found["environments"].detail == "1 of the newest 2 environments match no rule: blue (1)"
    project.add_pipeline(NOW - DAY)
    found = probes(FakeGitlab(project))
    assert found["pipelines"].state == "warning"
    assert "1 of the newest 9 pipelines have no name" in found["pipelines"].detail
    assert "workflow:name" in found["pipelines"].fix


def test_doctor_names_missing_rights_projects_and_groups(project):
    project.forbidden.add("merge_requests")
    found = probes(FakeGitlab(project), projects=[PATH, "ml/typo"], groups=["secret"])
    assert "not readable in 2 of 2 projects" in found["changes"].detail
    assert "read_api" in found["changes"].fix
    assert "not readable in 1 of 2 projects: ml/typo" in found["runs"].detail
    assert found["group secret"].state == "error"


@pytest.mark.parametrize(
    ("status", "reason", "step"),
    [
        (403, "HTTP 403", "give the token the scope"),
        (404, "though the project itself can be read", "switch it on there, or update the server"),
        (502, "HTTP 502", "look at the server's log"),
    ],
)
def test_doctor_tells_what_a_list_needs_by_the_status_of_its_answer(project, status, reason, step):
    fake = FakeGitlab(project)
    fake.faults.append(lambda request, number: answer(status) if request.url.path.endswith("/merge_requests") else None)
    told = probes(fake)["changes"]
    assert (told.state, reason in told.detail) == ("error", True), told.detail
    assert told.fix.startswith(step)


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), answer(401), answer(404), answer(200, text="<html>")])
def test_doctor_tells_a_source_that_can_t_be_asked_without_raising(project, fault, monkeypatch):
    monkeypatch.setenv("GITLAB_TOKEN", "x")
    fake = FakeGitlab(project)
    fake.faults.append(lambda request, number: fault)
    (probe,) = collector(fake, token_env="GITLAB_TOKEN").probe()
    assert (probe.name, probe.state) == ("reachable", "error")
    assert probe.detail.startswith("gitlab: ")
    assert probe.fix


def test_doctor_warns_of_a_source_without_a_token(project):
    fake = FakeGitlab(project)
    fake.faults.append(lambda request, number: answer(401) if request.url.path.endswith("/version") else None)
    found = probes(fake)
    assert (found["reachable"].state, found["runs"].state) == ("warning", "ok")
