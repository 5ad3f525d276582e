"""Jenkins' builds as runs and deployments."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fake_jenkins import FREESTYLE, NOW, REPO, FakeJenkins
from jenkins_reading import DAY, deployments, read, runs

LIBRARY = "https://git.example/acme/jenkins-shared-library.git"


@pytest.fixture
def fake():
    return FakeJenkins()


def only(pages):
    (record,) = runs(pages).values()
    return record


def test_a_build_becomes_a_run_with_its_stages_and_without_any_name(fake):
    begun = NOW - 2 * DAY + timedelta(milliseconds=250)
    fake.job("ml/train-fraud").add(
        begun,
        "FAILURE",
        seconds=90.5,
        checkouts=[(REPO, 7, "refs/remotes/origin/main")],
        stages=[("Fit", "FAILED"), ("Approve", "PAUSED_PENDING_INPUT", 1500), ("Publish", "NOT_EXECUTED")],
        parameters={"REQUESTED_BY": "ann", "PASSWORD": "hush"},
    )
    record = only(read(fake))
    assert record.model_dump() == {
        "kind": "pipeline_run",
        "source": "ci",
        "id": f"ml/train-fraud#1-{int(begun.timestamp())}",
        "url": "http://jenkins.example:8080/jenkins/job/ml/job/train-fraud/1/",
        "attempt": 1,
        "repository": "acme/fraud",
        "pipeline": "ml/train-fraud",
        "purpose": "training",
        "trigger": "schedule",
        "ref": "main",
        "sha": f"{7:040x}",
        "queued_at": None,
        "started_at": begun,
        "finished_at": begun + timedelta(seconds=90.5),
        "outcome": "failure",
        "raw_status": "FAILURE",
        "jobs": (
            {"name": "Fit", "outcome": "failure"},
            {"name": "Approve", "outcome": "running"},
            {"name": "Publish", "outcome": "skipped"},
        ),
        "attributes": {"number": 1, "job": "ml/train-fraud", "paused_s": 1.5},
    }
    assert not [name for name in ("ann", "Ann", "hush") if name in record.model_dump_json()]


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("SUCCESS", "success"),
        ("UNSTABLE", "unstable"),
        ("FAILURE", "failure"),
        ("ABORTED", "cancelled"),
        ("NOT_BUILT", "skipped"),
        ("building", "running"),
        (None, "unknown"),
        ("SOMETHING_NEW", "unknown"),
    ],
)
def test_results_map_to_outcomes(fake, result, outcome):
    fake.job("ci").add(NOW - DAY, result)
    record = only(read(fake))
    assert (record.outcome, record.finished_at is None) == (outcome, result == "building")


@pytest.mark.parametrize(
    ("causes", "trigger"),
    [
        (["hudson.triggers.TimerTrigger$TimerTriggerCause"], "schedule"),
        (["org.jenkinsci.plugins.parameterizedscheduler.ParameterizedTimerTriggerCause"], "schedule"),
        (["hudson.triggers.SCMTrigger$SCMTriggerCause"], "push"),
        (["com.cloudbees.jenkins.GitHubPushCause"], "push"),
        (["jenkins.branch.BranchIndexingCause"], "push"),
        (["hudson.model.Cause$UserIdCause"], "manual"),
        (["hudson.model.Cause$UpstreamCause"], "event"),
        (["org.jenkinsci.plugins.workflow.support.steps.build.BuildUpstreamCause"], "event"),
        (["hudson.model.Cause$RemoteCause"], "event"),
        (
            ["hudson.triggers.TimerTrigger$TimerTriggerCause", "com.sonyericsson.rebuild.RebuildCause"],
            "manual",
        ),
        (["jenkins.branch.BranchEventCause", "org.jenkinsci.plugins.workflow.cps.replay.ReplayCause"], "manual"),
        (["com.example.OwnCause"], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_trigger_is_told_by_the_classes_of_the_causes(fake, causes, trigger):
    fake.job("ci").add(NOW - DAY, causes=causes)
    assert only(read(fake)).trigger == trigger


def test_a_pull_request_s_branch_job_is_one_of_a_pull_request(fake):
    fake.branch("ml/pricing", "PR-12").add(NOW - DAY, causes=["jenkins.branch.BranchEventCause"])
    record = only(read(fake))
    assert (record.trigger, record.ref, record.pipeline) == ("pull_request", "PR-12", "ml/pricing")


def test_a_branch_with_a_slash_keeps_its_name_and_gets_an_address_that_works(fake):
    fake.branch("ml/pricing", "feature/new login").add(NOW - DAY)
    record = only(read(fake))
    assert (record.ref, record.attributes["job"]) == ("feature/new login", "ml/pricing/feature/new login")
    assert record.url.endswith("/job/ml/job/pricing/job/feature%252Fnew%2520login/1/")


@pytest.mark.parametrize(
    ("branch", "ref"),
    [
        ("refs/remotes/origin/main", "main"),
        ("refs/remotes/upstream/release/1", "release/1"),
        ("origin/main", "main"),
        ("refs/heads/main", "main"),
        ("main", "main"),
        ("detached", None),
    ],
)
def test_the_branch_is_that_of_the_checkout(fake, branch, ref):
    fake.job("ci").add(NOW - DAY, checkouts=[(REPO, 1, branch)])
    assert only(read(fake)).ref == ref


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://git.example/acme/fraud.git", "acme/fraud"),
        ("git@git.example:acme/fraud.git", "acme/fraud"),
        ("ssh://git@git.example:7999/acme/fraud.git", "acme/fraud"),
        ("https://ann:hush@git.example/group/sub/fraud", "group/sub/fraud"),
    ],
)
def test_the_repository_is_the_path_of_its_address(fake, address, name):
    fake.job("ci").add(NOW - DAY, checkouts=[(address, 1, "main")])
    assert only(read(fake)).repository == name


def test_a_shared_library_is_not_what_a_build_is_of(fake):
    job = fake.job("ci")
    job.add(NOW - 2 * DAY, checkouts=[(LIBRARY, 1, "main"), (REPO, 2, "main")])
    job.add(NOW - DAY, checkouts=[(LIBRARY, 3, "main")])
    found = runs(read(fake))
    assert (found["ci#1"].repository, found["ci#1"].sha) == ("acme/fraud", f"{2:040x}")
    assert (found["ci#2"].repository, found["ci#2"].sha) == ("acme/fraud", None)


def test_of_several_checkouts_that_of_the_job_s_branch_counts(fake):
    tools = "https://git.example/acme/tools.git"
    fake.branch("ml/pricing", "develop").add(
        NOW - DAY, checkouts=[(tools, 1, "refs/remotes/origin/main"), (REPO, 2, "refs/remotes/origin/develop")]
    )
    assert only(read(fake)).repository == "acme/fraud"


def test_a_build_that_failed_before_its_checkout_counts_to_the_repository_of_the_others(fake):
    job = fake.job("ml/train")
    job.add(NOW - 3 * DAY, "FAILURE", checkouts=[])
    job.add(NOW - 2 * DAY)
    job.add(NOW - DAY, "FAILURE", checkouts=[])
    assert {name: run.repository for name, run in runs(read(fake)).items()} == {
        "ml/train#1": "ml/train",
        "ml/train#2": "acme/fraud",
        "ml/train#3": "acme/fraud",
    }


@pytest.mark.parametrize(
    ("job", "purpose"),
    [
        ("train-fraud", "training"),
        ("ml/fraud/train-nightly", "training"),
        ("Train/fraud", "training"),
        ("ml/deploy/fraud", "deployment"),
        ("ml/lint", "ci"),
    ],
)
def test_rules_for_pipelines_speak_of_the_job_with_or_without_its_folders(fake, job, purpose):
    rules = {
        "purpose": [
            {"pipeline": "train*", "is": "training"},
            {"pipeline": "deploy/*", "is": "deployment"},
            {"pipeline": "*", "is": "ci"},
        ]
    }
    fake.job(job).add(NOW - DAY)
    assert only(read(fake, rules=rules)).purpose == purpose


def test_rules_for_stages_and_triggers_are_left_as_they_are(fake):
    rules = {"purpose": [{"job": "fit*", "trigger": "schedule", "is": "training"}]}
    fake.job("nightly").add(NOW - DAY)
    assert only(read(fake, rules=rules)).purpose == "training"


def test_stages_are_asked_of_pipelines_that_have_ended_only(fake):
    fake.job("a", FREESTYLE).add(NOW - DAY)
    fake.job("b").add(NOW - DAY, "building")
    for name in ("a", "b"):
        assert only(read(fake, stream=name)).jobs == ()
    assert not [path for path in fake.paths() if "wfapi" in path]


def test_without_the_plug_in_stages_stay_empty_and_are_asked_for_once(fake):
    fake.wfapi = False
    for number in range(5):
        fake.job("ci").add(NOW - DAY * (5 - number))
    assert {run.jobs for run in runs(read(fake)).values()} == {()}
    assert sum("wfapi" in path for path in fake.paths()) == 2, "of the first build, and of the job"


def test_stages_of_a_build_that_is_gone_leave_the_others_theirs(fake):
    job = fake.job("ci")
    for number in range(3):
        job.add(NOW - DAY * (3 - number))

    def gone(request, number):
        if "/1/wfapi" in request.url.path:
            job.delete(1)

    fake.faults.append(gone)
    assert [bool(run.jobs) for run in runs(read(fake)).values()] == [False, True, True]


def test_stages_can_be_left_out(fake):
    fake.job("ci").add(NOW - DAY)
    assert only(read(fake, stages=False)).jobs == ()
    assert not [path for path in fake.paths() if "wfapi" in path]


def test_a_deploying_build_is_a_deployment_too(fake):
    fake.job("ml/deploy-fraud").add(NOW - DAY, parameters={"environment": " production "})
    pages = read(fake)
    run, (made,) = only(pages), deployments(pages).values()
    assert made.model_dump() == {
        "kind": "deployment",
        "source": "ci",
        "id": run.id,
        "url": run.url,
        "repository": "acme/fraud",
        "environment": "production",
        "tier": "production",
        "sha": run.sha,
        "model": None,
        "model_version": None,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "outcome": "success",
        "rollback_of": None,
        "unplanned": False,
        "pipeline_run": run.id,
        "changes": (),
        "attributes": {"raw_status": "SUCCESS"},
    }


@pytest.mark.parametrize(
    ("job", "parameters", "more", "environment", "tier"),
    [
        ("deploy-staging", {}, {}, "staging", "staging"),
        ("ml/prod/deploy", {}, {}, "prod", "production"),
        ("test/deploy_to_PROD", {}, {}, "PROD", "production"),
        ("deploy-staging", {"TARGET_ENV": "prod"}, {}, "prod", "production"),
        ("deploy-staging", {"ENVIRONMENT": ""}, {}, "staging", "staging"),
        ("deploy-staging", {"ENVIRONMENT": True}, {}, "staging", "staging"),
        ("deploy", {"WHERE": "uat"}, {"environment_parameters": ["where"]}, "uat", "staging"),
        ("ml/deploy", {}, {"environments": [{"job": "ML/*", "is": "live"}]}, "live", "production"),
        ("ml/deploy", {"ENV": "dev"}, {"environments": [{"job": "ml/*", "is": "live"}]}, "dev", "development"),
        ("deploy", {}, {}, None, "other"),
        ("deploy", {}, {"rules": {"tier": [{"environment": "*", "is": "testing"}]}}, None, "other"),
    ],
)
def test_the_environment_is_told_by_parameter_by_rule_or_by_the_job_s_name(
    fake, job, parameters, more, environment, tier
):
    fake.job(job).add(NOW - DAY, parameters=parameters)
    (made,) = deployments(read(fake, **more)).values()
    assert (made.environment, made.tier) == (environment, tier)


def test_bringing_back_an_earlier_commit_is_a_rollback(fake):
    job = fake.job("deploy-prod")
    for day, (commit, result) in enumerate([(1, "SUCCESS"), (2, "UNSTABLE"), (3, "FAILURE"), (1, "SUCCESS")]):
        job.add(NOW - (9 - day) * DAY, result, checkouts=[(REPO, commit, "main")])
    found = list(deployments(read(fake)).values())
    assert [made.outcome for made in found] == ["success", "unstable", "failure", "success"]
    assert [made.rollback_of for made in found] == [None, None, None, found[1].id]
    assert [made.unplanned for made in found] == [False, False, False, True]


def test_each_branch_has_its_own_row_of_deployments(fake):
    for branch, commits in (("main", (1, 3)), ("hotfix/x", (2, 1))):
        for commit in commits:
            fake.branch("deploy-prod", branch).add(
                NOW - (9 - commit) * DAY, checkouts=[(REPO, commit, f"refs/remotes/origin/{branch}")]
            )
    found = deployments(read(fake))
    assert {made.rollback_of for made in found.values()} == {None}
    assert {name: made.unplanned for name, made in found.items()} == {
        "deploy-prod/main#1": False,
        "deploy-prod/main#2": False,
        "deploy-prod/hotfix/x#1": True,
        "deploy-prod/hotfix/x#2": True,
    }


@pytest.mark.parametrize(
    "odd",
    [
        {"timestamp": "yesterday"},
        {"timestamp": 10**18},
        {"duration": None},
        {"actions": 3},
        {"building": False, "result": 7},
    ],
)
def test_a_build_that_is_none_is_named_and_the_others_are_kept(fake, odd):
    job = fake.job("ci")
    job.add(NOW - 2 * DAY)
    job.builds[job.add(NOW - DAY)] |= odd
    pages = read(fake)
    assert set(runs(pages)) == {"ci#1"}
    (line,) = [line for page in pages for line in page.refused]
    assert line.startswith("build ci#2: ")
