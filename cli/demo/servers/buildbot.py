"""A real Buildbot on loopback: a master, a worker, and four builders that train, deploy, check and watch.

Needs Buildbot with its worker (extra `test`).
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from mlops_maturity.cli.demo.servers.program import HOST, DidNotStart, free_port, running

READY_WITHIN_S = 120.0
_BUILT_WITHIN_S = 180.0
_TRIES = 10
_LOOK_EVERY_S = 0.2
_WORKER, _PASSWORD = "worker", "loopback"
_CONFIGURATION = """\
from buildbot.plugins import schedulers, steps, util, worker

def step(name, script):
    return steps.ShellCommand(name=name, command=["sh", "-c", util.Interpolate(script)], haltOnFailure=True)

def builder(name, *names):
    work = [step(part, "true") for part in names[:-1]]
    last = step(names[-1], "test %(prop:result)s = success")
    return util.BuilderConfig(name=name, workernames=["{worker}"], factory=util.BuildFactory([*work, last]))

builders = [
    builder("train", "load-data", "fit", "register"),
    builder("deploy", "rollout", "smoke-test"),
    builder("ci", "lint", "unit-tests"),
    builder("drift", "compare"),
]
force = schedulers.ForceScheduler(
    name="force",
    builderNames=[each.name for each in builders],
    codebases=[util.CodebaseParameter(
        "",
        branch=util.StringParameter("branch", default="main"),
        revision=util.StringParameter("revision", default=""),
        repository=util.StringParameter("repository", default=""),
        project=util.FixedParameter("project", default=""),
    )],
    properties=[
        util.StringParameter("environment", default=""),
        util.ChoiceStringParameter("result", choices=["success", "failure"], default="success"),
    ],
)
BuildmasterConfig = {{
    "workers": [worker.Worker("{worker}", "{password}", max_builds=2)],
    "protocols": {{"pb": {{"port": "tcp:{talk}:interface={host}"}}}},
    "builders": builders,
    "schedulers": [force],
    "title": "Demo",
    "titleURL": "{url}/",
    "buildbotURL": "{url}/",
    "buildbotNetUsageData": None,
    "www": {{"port": "tcp:{web}:interface={host}"}},
    "db": {{"db_url": "sqlite:///state.sqlite"}},
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One build to make."""

    builder: str
    repository: str = "https://git.example/northwind/churn"
    revision: str = ""
    branch: str = "main"
    environment: str = ""
    succeeds: bool = True


ORDERS: tuple[Order, ...] = (
    Order(builder="ci", revision="a" * 40),
    Order(builder="train", revision="a" * 40),
    Order(builder="deploy", revision="a" * 40, environment="staging"),
    Order(builder="deploy", revision="a" * 40, environment="production"),
    Order(builder="drift", revision="a" * 40),
    Order(builder="train", revision="b" * 40, succeeds=False),
    Order(builder="train", revision="b" * 40),
    Order(builder="ci", revision="b" * 40, branch="hotfix/leak"),
    Order(builder="deploy", revision="b" * 40, environment="production"),
    Order(builder="deploy", revision="a" * 40, environment="production"),
)
"""A short history: training that fails once, two deployments, and the second one taken back."""
FEW_ORDERS = (ORDERS[0], ORDERS[1], ORDERS[3])
"""Checked, trained, and deployed to production."""


def is_installed() -> bool:
    """Whether master and worker are there."""
    return all(importlib.util.find_spec(name) is not None for name in ("buildbot", "buildbot_worker", "buildbot_www"))


@contextmanager
def buildbot_server(home: Path) -> Iterator[str]:
    """The URL of a master with its worker connected; both live in `home` and end with the block.

    Raises DidNotStart.
    """
    if not is_installed():
        raise DidNotStart("Buildbot is not installed; install mlops-maturity[test]")
    home.mkdir(parents=True, exist_ok=True)
    master, worker = home / "master", home / "worker"
    web, talk = free_port(), free_port()
    url = f"http://{HOST}:{web}"
    _create("buildbot", "create-master", "--quiet", str(master))
    (master / "master.cfg").write_text(
        _CONFIGURATION.format(worker=_WORKER, password=_PASSWORD, host=HOST, web=web, talk=talk, url=url),
        encoding="utf-8",
    )
    _create("buildbot-worker", "create-worker", "--quiet", str(worker), f"{HOST}:{talk}", _WORKER, _PASSWORD)
    with (
        running(
            [_program("buildbot"), "start", "--nodaemon", str(master)],
            log=home / "master.log",
            is_ready=lambda: _asked(url, "masters") is not None,
            ready_within_s=READY_WITHIN_S,
        ),
        running(
            [_program("buildbot-worker"), "start", "--nodaemon", str(worker)],
            log=home / "worker.log",
            is_ready=lambda: _worker_is_there(url),
            ready_within_s=READY_WITHIN_S,
        ),
    ):
        yield url


def run_builds(url: str, orders: Sequence[Order] = ORDERS) -> None:
    """Make these builds one after the other, so that their order is the one given. Raises DidNotStart."""
    ids = {row["name"]: row["builderid"] for row in _rows(url, "builders")}
    for order in orders:
        finished = len(_rows(url, "builds?complete=true"))
        _force(url, ids[order.builder], order)
        _wait_for_builds(url, finished + 1)


def _wait_for_builds(url: str, count: int) -> None:
    give_up = time.monotonic() + _BUILT_WITHIN_S
    while len(_rows(url, "builds?complete=true")) < count:
        if time.monotonic() > give_up:
            raise DidNotStart(f"a build at {url} did not end within {_BUILT_WITHIN_S:g} s")
        time.sleep(_LOOK_EVERY_S)


def _force(url: str, builder: int, order: Order) -> None:
    values = {
        "builderid": builder,
        "username": "Demo <demo@example.org>",
        "reason": "demo",
        "repository": order.repository,
        "revision": order.revision,
        "branch": order.branch,
        "environment": order.environment,
        "result": "success" if order.succeeds else "failure",
    }
    call = {"jsonrpc": "2.0", "method": "force", "id": 1, "params": values}
    request = Request(  # noqa: S310 - our own loopback address
        f"{url}/api/v2/forceschedulers/force", json.dumps(call).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            answer.read()
    except HTTPError as error:  # Buildbot says in the body what it minds
        raise DidNotStart(
            f"{url} refused a build: {error.code} {error.read()[:500].decode('utf-8', 'replace')}"
        ) from None


def _rows(url: str, what: str) -> list[dict[str, Any]]:
    """The rows of an endpoint. A connection that breaks while the master is busy building is no failure yet."""
    answer = None
    for _ in range(_TRIES):
        answer = _asked(url, what)
        if answer is not None:
            break
        time.sleep(_LOOK_EVERY_S)
    if answer is None:
        raise DidNotStart(f"{url} does not answer any more")
    rows: list[dict[str, Any]] = answer[what.partition("?")[0]]
    return rows


def _asked(url: str, what: str) -> Mapping[str, Any] | None:
    try:
        with urlopen(f"{url}/api/v2/{what}", timeout=10) as answer:  # noqa: S310 - our own loopback address
            parsed: Mapping[str, Any] = json.load(answer)
            return parsed
    except (URLError, OSError, ValueError, HTTPException):
        return None


def _worker_is_there(url: str) -> bool:
    answer = _asked(url, "workers")
    return answer is not None and any(row["connected_to"] for row in answer["workers"])


def _create(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [_program(program), *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise DidNotStart(f"{program} {arguments[0]} failed: {(done.stderr or done.stdout)[-2000:]}")


def _program(name: str) -> str:
    """The command of that name beside this Python."""
    return str(Path(sys.executable).parent / name)
