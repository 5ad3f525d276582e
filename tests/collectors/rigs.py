"""A server of each kind with a little of everything on it, on pages of five, for tests that go for all collectors.

Each rig answers neutral requests by neutral answers, whichever HTTP client its collector uses, and can be told to put
something else in place of an answer.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(HERE / kind) for kind in ("github", "gitlab", "jenkins", "buildbot", "alertmanager"))]

from fake_alertmanager import FakeAlertmanager  # noqa: E402
from fake_buildbot import FakeBuildbot  # noqa: E402
from fake_github import FakeGithub, Repo  # noqa: E402
from fake_gitlab import FakeGitlab, Project  # noqa: E402
from fake_jenkins import FakeJenkins  # noqa: E402

SPRING = datetime(2026, 3, 2, 10, tzinfo=UTC)
AUTUMN = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ROWS, PAGE = 12, 5


@dataclass
class Rig:
    """One kind of source. `now` is the time on its server."""

    kind: str
    now: datetime
    settings: dict[str, Any]
    serve: Callable[[httpx.Request], httpx.Response] | None = None
    """Answers a collector that uses httpx; the others ask the scripted server, which `script` sets up."""
    script: Callable[[Any], Any] | None = None
    create: Callable[[], object] | None = None
    """Something new comes; None where a collector asks for all in one request."""
    delete: Callable[[], object] | None = None
    """Something old goes."""
    pages: bool = True
    """Whether its lists come in pages."""
    rows: int = ROWS
    """How many there are of each, about."""
    small: dict[str, int] = field(default_factory=dict)
    """Constants of modules to set, so that twelve rows fill pages."""


@cache
def conftest_of(kind: str) -> ModuleType:
    """The conftest of another folder, in which its fake lives, under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"rig_of_{kind}", HERE / kind / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def github(_: Any, rows: int) -> Rig:
    repo = Repo("acme/fraud")
    repo.history.append("base")
    for number in range(1, rows + 1):
        repo.add_run(SPRING - number * DAY, id=number)
        merged = repo.add_pull(number, SPRING - number * DAY - HOUR, SPRING - number * DAY)
        repo.add_deployment(SPRING - number * DAY + HOUR, merged, "success", id=number)
    repo.add_review(3, SPRING - 3 * DAY - HOUR / 2)
    repo.files = {"CODEOWNERS": "* @acme/ml"}
    return Rig(
        kind="github",
        rows=rows,
        now=SPRING,
        settings={"repositories": ["acme/fraud"]},
        serve=FakeGithub(repo).handle,
        create=lambda: repo.add_run(SPRING - HOUR, id=500),
        delete=lambda: repo.runs.pop(rows),
        small=dict.fromkeys(("github.api.PER_PAGE", "github.pulls.PER_PAGE", "github.deployment_list.PER_PAGE",
                             "github.runs.PER_PAGE"), PAGE),
    )  # fmt: skip


def gitlab(_: Any, rows: int) -> Rig:
    project = Project("ml/pricing")
    for number in range(1, rows + 1):
        project.add_pipeline(SPRING - number * DAY, id=number)
        merged = project.add_merge(number, SPRING - number * DAY - HOUR, SPRING - number * DAY)
        project.add_deployment(SPRING - number * DAY + HOUR, merged, id=number, brings=[number])
    project.add_issue(1, SPRING - 3 * DAY, SPRING - 2 * DAY)
    return Rig(
        kind="gitlab",
        rows=rows,
        now=SPRING,
        settings={"projects": ["ml/pricing"]},
        serve=FakeGitlab(project).handle,
        create=lambda: project.add_pipeline(SPRING - HOUR, id=500),
        delete=lambda: project.pipelines.pop(rows),
        small={"gitlab.api.PER_PAGE": PAGE},
    )


def jenkins(_: Any, rows: int) -> Rig:
    fake = FakeJenkins()
    job = fake.job("train")
    for number in range(rows):
        job.add(SPRING - (rows - number) * DAY)
    return Rig(
        kind="jenkins",
        rows=rows,
        now=SPRING,
        settings={"user_env": "RIG_USER"},
        serve=fake.handle,
        create=lambda: job.add(SPRING - HOUR),
        delete=lambda: job.delete(2),
        small={"jenkins.build_list.LISTED": PAGE + 3, "jenkins.build_list.BATCH": PAGE, "jenkins.build_list.SLACK": 2},
    )


def buildbot(_: Any, rows: int) -> Rig:
    fake = FakeBuildbot("train", "deploy")
    for number in range(rows):
        fake.add(("train", "deploy")[number % 2], SPRING - (rows - number) * DAY)
    return Rig(
        kind="buildbot",
        rows=rows,
        now=SPRING,
        settings={},
        serve=fake.handle,
        create=lambda: fake.add("train", SPRING - HOUR),
        delete=lambda: fake.builds.pop(2),
        small={"buildbot.api.BATCH": PAGE, "buildbot.builds.BATCH": PAGE},
    )


def alertmanager(_: Any, rows: int = 2) -> Rig:
    fake = FakeAlertmanager()
    fake.silence(fake.fire(SPRING - 3 * HOUR), SPRING - 2 * HOUR)
    fake.fire(SPRING - HOUR, model="fraud")
    return Rig(
        kind="alertmanager",
        now=SPRING,
        settings={"drift_alerts": "ModelDrift.*"},
        serve=fake.handle,
        pages=False,
    )


def mlflow(told: Any, rows: int) -> Rig:
    made = conftest_of("mlflow")
    fake = made.FakeMlflow(told)
    fake.experiments.append({"experiment_id": "1", "name": "train", "creation_time": 1, "lifecycle_stage": "active"})
    fake.runs = [made.run(f"r{number}", AUTUMN - number * DAY) for number in range(1, rows + 1)]
    fake.models = [{"name": "fraud", "creation_timestamp": 1, "aliases": [{"alias": "champion", "version": "1"}]}]
    fake.versions = [{"name": "fraud", "version": "1", "creation_timestamp": 1, "run_id": "r1", "status": "READY"}]
    return Rig(
        kind="mlflow",
        rows=rows,
        now=AUTUMN,
        settings={"page_size": PAGE},
        script=fake.answer,
        create=lambda: fake.runs.append(made.run("r500", AUTUMN - HOUR)),
        delete=lambda: fake.runs.pop(),
    )


def prometheus(told: Any, rows: int) -> Rig:
    made = conftest_of("prometheus")
    fake = made.FakePrometheus(told)
    days = [AUTUMN.replace(hour=23, minute=59, second=59) - number * DAY for number in range(1, 31)]
    points = {moment.timestamp(): 1.0 for moment in (*days, AUTUMN, AUTUMN + HOUR)}
    fake.series = {
        "count(last_over_time(up[": [({}, points)],
        "(last_over_time(model_requests_total[": [({"model": "fraud"}, points), ({"model": "churn"}, points)],
        "(last_over_time(model_drift_score[": [({"model": "fraud"}, points)],
    }
    rule = {"name": "ModelDriftHigh", "type": "alerting", "query": 'model_drift_score{model="fraud"}', "labels": {}}
    fake.rules = [{"name": "drift", "rules": [rule]}]
    return Rig(kind="prometheus", now=AUTUMN, settings=made.NAMES, script=fake.answer, pages=False)


RIGS = {make.__name__: make for make in (github, gitlab, jenkins, buildbot, alertmanager, mlflow, prometheus)}


def rows_of(body: bytes) -> tuple[Any, list[Any]] | None:
    """A body that holds a list of rows, and that list itself, to be changed in place; None for any other body."""
    try:
        data = json.loads(body)
    except ValueError:
        return None
    lists = [data] if isinstance(data, list) else [one for one in data.values() if isinstance(one, list)]
    found = [one for one in lists if one and all(isinstance(row, dict) for row in one)]
    return (data, found[0]) if found else None
