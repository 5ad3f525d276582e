"""A GitHub source as a whole: streams, faults, budget, rights, doctor; through the runner and a real socket."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fake_github import served
from faulty import LASTING, PASSING, answer
from pydantic import ValidationError
from reading import NOW, REPO, SINCE, FakeGithub, Repo, collector, read, settings

from mlops_maturity.collectors.github import KIND
from mlops_maturity.collectors.github.collector import GithubCollector
from mlops_maturity.collectors.interface import BadAnswer, Forbidden
from mlops_maturity.collectors.registry import build, source_types
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.readings import readings_on
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import count_records, read_records

DAY = timedelta(days=1)
WHOLE = {"pipeline_run": 9, "deployment": 3, "change": 3, "observation": 8}


@pytest.fixture
def repo():
    repo = Repo(REPO)
    for number in range(1, 9):
        repo.add_run(NOW - number * DAY, name="train" if number % 2 else "deploy-api", id=number)
    for number in range(1, 4):
        merge = repo.add_pull(number, NOW - 20 * DAY, NOW - (10 - number) * DAY)
        repo.add_review(number, NOW - 15 * DAY)
        repo.add_deployment(NOW - (9 - number) * DAY, merge, "success")
    repo.run_again(3, NOW - DAY)
    repo.files = {"README.md": "Fraud", "uv.lock": "version = 1", ".github/CODEOWNERS": "* @acme/fraud"}
    repo.add_release("v1", NOW - 9 * DAY)
    repo.add_release("v2", NOW - 3 * DAY, "**Full Changelog**: https://github.example/compare/v1...v2")
    return repo


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite:///test.db", tmp_path)
    yield store
    store.close()


def run(store, fake, *, chosen=None, now=NOW, **more):
    source = chosen or settings(**more)
    organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
    (outcome,) = collect(store, organisation, now=now, since=SINCE, build=lambda source, _: collector(fake, **more))
    return outcome


def counts(store):
    return {row.kind: row.records for row in count_records(store)}


def test_the_kind_is_found_by_its_word():
    assert source_types()["github"] is KIND.settings
    source = settings()
    made = build(source, Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,)))
    assert isinstance(made, GithubCollector)
    made.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"repositories": []},
        {"repositories": ["fraud"]},
        {"repositories": ["a/b/c"]},
        {"organisation": "a/b"},
        {"budget": 0},
    ],
)
def test_settings_that_can_t_work_are_refused(wrong):
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_streams_go_over_the_named_repositories_and_the_organisation_s_but_archived_ones():
    fake = FakeGithub(Repo("acme/fraud"), Repo("acme/old", archived=True), Repo("acme/pricing"))
    streams = collector(fake, repositories=["Acme/Fraud", "other/tool"], organisation="acme").streams()
    assert [stream.name for stream in streams] == [
        f"{kind}:{name}"
        for kind in ("runs", "repository", "deployments", "changes")
        for name in ("Acme/Fraud", "other/tool", "acme/pricing")
    ]
    assert [stream.kinds for stream in streams[::3]] == [
        ("pipeline_run",),
        ("observation",),
        ("deployment",),
        ("change",),
    ]


def test_an_organisation_with_more_than_a_page_of_repositories_is_listed_whole():
    fake = FakeGithub(*(Repo(f"acme/r{number:03}") for number in range(205)))
    assert len(collector(fake, organisation="acme").repositories()) == 206


def test_everything_is_collected_and_a_replay_changes_no_row(store, repo):
    outcome = run(store, FakeGithub(repo))
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == WHOLE
    again = run(store, FakeGithub(repo))
    assert again.state == "ok"
    assert again.rows_changed == 0
    stored = "".join(record.model_dump_json() for record in read_records(store))
    assert not [name for name in ("ann", "bob", "example.org") if f'"{name}' in stored]


def test_over_a_real_socket_behind_an_enterprise_path(store, repo):
    fake = FakeGithub(repo)
    inner = fake.handle

    def under_a_path(request):
        assert request.url.path.startswith("/api/v3/")
        plain = request.url.copy_with(raw_path=request.url.raw_path.removeprefix(b"/api/v3"))
        answer = inner(httpx.Request("GET", plain, headers=request.headers))
        if "link" in answer.headers:
            host = f"{request.url.host}:{request.url.port}"
            answer.headers["link"] = answer.headers["link"].replace(host, f"{host}/api/v3")
        return answer

    fake.handle = under_a_path
    for number in range(120):
        repo.add_run(NOW - DAY - timedelta(minutes=number), id=100 + number)
    with served(fake) as url:
        source = settings(url=f"{url}/api/v3")
        organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
        (outcome,) = collect(store, organisation, now=NOW, since=SINCE)
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == {**WHOLE, "pipeline_run": 129}


def test_a_forbidden_part_is_unknown_and_leaves_the_others_alone(store, repo):
    repo.hidden.add("deployments")
    outcome = run(store, FakeGithub(repo))
    assert {stream.stream: stream.state for stream in outcome.streams} == {
        "runs:acme/fraud": "ok",
        "repository:acme/fraud": "ok",
        "deployments:acme/fraud": "forbidden",
        "changes:acme/fraud": "ok",
    }
    assert outcome.state == "partial"
    (gap,) = (span for span in read_coverage(store) if not span.complete)
    assert (gap.stream, gap.scope, gap.start, gap.end) == ("deployment", REPO, SINCE, NOW)
    assert "permission" in gap.reason
    assert counts(store) == {"pipeline_run": 9, "change": 3, "observation": 8}


def test_a_repository_that_is_not_there_is_forbidden_not_unsupported(store, repo):
    outcome = run(store, FakeGithub(repo), repositories=["acme/typo", REPO])
    states = {stream.stream: stream.state for stream in outcome.streams}
    assert states["runs:acme/typo"] == states["changes:acme/typo"] == "forbidden"
    assert states["runs:acme/fraud"] == "ok"
    assert "acme/typo: HTTP 404" in outcome.error
    assert "give the token read access to Actions" in outcome.error


LIMITS = {
    "403 2 s": lambda: answer(403, headers={"retry-after": "2"}),
    "secondary": lambda: answer(403, json={"message": "You have exceeded a secondary rate limit"}),
}


@pytest.mark.parametrize("fault", [*PASSING.values(), *LIMITS.values()], ids=[*PASSING, *LIMITS])
def test_a_fault_on_every_third_request_loses_nothing(store, repo, fault):
    fake = FakeGithub(repo)
    fake.faults.append(lambda request, number: fault() if number % 3 == 2 else None)
    outcome = run(store, fake)
    assert (outcome.state, outcome.error) == ("ok", "")
    assert counts(store) == WHOLE


LINK = {"link": '<https://evil.example/>; rel="next"'}
OWN = {
    "404": (answer(404), Forbidden),
    "link": (answer(200, json={"total_count": 0, "workflow_runs": []}, headers=LINK), BadAnswer),
}


@pytest.mark.parametrize(("fault", "error"), [*LASTING.values(), *OWN.values()], ids=[*LASTING, *OWN])
def test_a_fault_that_stays_is_told_for_what_it_is(repo, fault, error):
    fake = FakeGithub(repo)
    fake.faults.append(lambda request, number: fault if "/runs" in request.url.path else None)
    with pytest.raises(error):
        read(fake, "runs")
    assert "evil.example" not in {request.url.host for request in fake.requests}


@pytest.mark.parametrize("kill", range(22))
def test_killed_at_any_request_and_collected_again_ends_like_an_undisturbed_run(tmp_path, repo, kill):
    whole, halves = open_store("sqlite:///whole.db", tmp_path), open_store("sqlite:///halves.db", tmp_path)
    run(whole, FakeGithub(repo))
    dying = FakeGithub(repo)
    dying.faults.append(lambda request, number: ZeroDivisionError("killed") if number >= kill else None)
    assert run(halves, dying).state in ("error", "partial")
    assert run(halves, FakeGithub(repo)).state == "ok"
    assert list(read_records(halves)) == list(read_records(whole))
    assert read_coverage(halves) == read_coverage(whole)
    whole.close()
    halves.close()


def test_the_budget_leaves_a_tenth_and_the_next_run_goes_on(store, repo):
    fake = FakeGithub(repo, limit=10)
    outcome = run(store, fake)
    assert outcome.state == "partial"
    assert "1 of 10 requests left, kept for others (budget), resumes 2026-03-02 10:30 UTC" in outcome.error
    assert fake.used == 9
    fake.used, fake.limit = 0, 5000
    assert run(store, fake).state == "ok"
    assert counts(store) == WHOLE


def probes(fake, **more):
    return {probe.name: probe for probe in collector(fake, **more).probe()}


def test_doctor_says_that_all_is_well(repo):
    told = probes(FakeGithub(repo))
    assert {name: probe.state for name, probe in told.items()} == {
        "reachable": "ok",
        "repositories": "ok",
        "runs": "ok",
        "repository": "ok",
        "deployments": "ok",
        "changes": "ok",
        "pipelines": "ok",
        "environments": "ok",
    }
    assert told["reachable"].detail == "GitHub; 5000 of 5000 requests left this hour"
    assert told["pipelines"].detail == "the newest 8 runs: 4 training, 4 deployment"


def test_doctor_names_what_no_rule_matches(repo):
    rules = {"purpose": [{"pipeline": "train", "is": "training"}], "tier": []}
    repo.add_deployment(NOW, "c", "success", environment="blue", production=False)
    told = probes(FakeGithub(repo), rules=rules)
    assert told["pipelines"].state == "warning"
    assert told["pipelines"].detail == "4 of the newest 8 runs match no rule: deploy-api (4)"
    assert told["environments"].detail == "1 of the newest 4 deployments match no rule: blue (1)"
    assert told["environments"].fix == "say under rules.tier what they are"


def test_doctor_names_missing_rights_and_repositories(repo):
    repo.hidden.add("pulls")
    told = probes(FakeGithub(repo), repositories=[REPO, "acme/typo"])
    assert told["changes"].state == "error"
    assert "not readable in 2 of 2 repositories" in told["changes"].detail
    assert "Pull requests" in told["changes"].fix
    assert "not readable in 1 of 2 repositories: acme/typo" in told["runs"].detail


@pytest.mark.parametrize(
    ("status", "reason", "step"),
    [
        (403, "HTTP 403", "give the token read access to Deployments"),
        (404, "though the repository itself can be read", "switch it on there, or update the server"),
        (500, "HTTP 500", "look at the server's log"),
    ],
)
def test_doctor_tells_what_a_list_needs_by_the_status_of_its_answer(repo, status, reason, step):
    fake = FakeGithub(repo)
    fake.faults.append(lambda request, number: answer(status) if request.url.path.endswith("/deployments") else None)
    told = probes(fake)["deployments"]
    assert (told.state, reason in told.detail) == ("error", True), told.detail
    assert told.fix.startswith(step)


def test_doctor_checks_the_name_of_a_repository_that_is_not_there_before_the_token(repo):
    told = probes(FakeGithub(repo), repositories=["acme/typo"])["runs"]
    assert told.fix == "check the name; where it is right, give the token read access to Actions"


def test_doctor_tells_an_organisation_that_is_not_there_from_a_server_that_is_not(repo):
    told = probes(FakeGithub(repo), organisation="acmee")
    assert (told["reachable"].state, told["repositories"].state) == ("ok", "error")
    assert told["repositories"].fix.startswith("check its name")


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), answer(401), answer(200, text="<html>")])
def test_doctor_tells_a_source_that_can_t_be_asked_without_raising(repo, fault):
    fake = FakeGithub(repo)
    fake.faults.append(lambda request, number: fault)
    (probe,) = collector(fake).probe()
    assert (probe.name, probe.state) == ("reachable", "error")
    assert probe.detail.startswith("github: ")
    assert probe.fix


def test_doctor_warns_of_a_source_without_a_token(repo):
    assert probes(FakeGithub(repo, limit=60))["reachable"].state == "warning"


def test_doctor_knows_an_enterprise_server_without_limits(repo):
    fake = FakeGithub(repo)

    def enterprise(request, number):
        if request.url.path == "/rate_limit":
            return answer(404)
        return (
            answer(200, json={}, headers={"x-github-enterprise-version": "3.17.2"})
            if request.url.path == "/meta"
            else None
        )

    fake.faults.append(enterprise)
    assert probes(fake)["reachable"].detail == "GitHub Enterprise Server 3.17.2"


@pytest.mark.parametrize("rows", [[{"name": "x"}], ["odd"]])
def test_an_organisation_of_another_shape_is_a_bad_answer(rows):
    fake = FakeGithub()
    fake.faults.append(lambda request, number: answer(200, json=rows))
    with pytest.raises(BadAnswer, match=r"list of repositories|holds no objects"):
        collector(fake, organisation="acme").streams()


@pytest.mark.parametrize(("part", "kind"), [("deployments", "deployment"), ("pulls", "change")])
def test_a_list_without_any_object_is_garbage_and_never_none(store, repo, part, kind):
    fake = FakeGithub(repo)
    fake.faults.append(lambda request, number: answer(200, json=[1, 2, 3]) if request.url.path.endswith(part) else None)
    outcome = run(store, fake)
    assert outcome.state == "partial"
    assert any("holds no objects" in stream.reason for stream in outcome.streams)
    assert not [row for row in read_coverage(store) if row.stream == kind and row.complete]


def test_signals_of_repositories_and_changes_read_what_was_collected(store, repo):
    repo.rules = ["pull_request"]
    for name in (1, 3, 5, 7):
        repo.runs[name][-1]["referenced_workflows"] = [{"path": "acme/shared/.github/workflows/train.yml@v1"}]
    source = settings()
    organisation = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
    run(store, FakeGithub(repo))
    rows = readings_on(store, organisation, organisation.teams, NOW.date())
    wanted = [row for row in rows if row.signal.startswith(("scm.", "ci.template")) and row.signal.endswith("_share")]
    assert {row.signal: getattr(row.result, "value", row.result) for row in wanted} == {
        "ci.template_share": 100,
        "scm.multi_contributor_share": 0,
        "scm.lockfile_share": 100,
        "scm.model_card_share": 0,
        "scm.owner_file_share": 100,
        "scm.protected_share": 100,
        "scm.release_note_share": 50,
        "scm.review_share": 100,
    }
