"""Jenkins' builds as records. Pure: what is not in the arguments is not in the record.

Times are epoch milliseconds. Causes are read by their class alone, and of the parameters only the environment, for
both hold names of people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from mlops_maturity.collectors.build_servers import moment, name_of
from mlops_maturity.collectors.jenkins.api import Row, path_of
from mlops_maturity.collectors.jenkins.jobs import Job, Project
from mlops_maturity.collectors.jenkins.settings import JenkinsSettings
from mlops_maturity.collectors.mapping import Mapper, branch_of, outcome_of
from mlops_maturity.config.rules import Rules
from mlops_maturity.evidence.records import Job as Stage
from mlops_maturity.evidence.records import Outcome, PipelineRun, Trigger

_CAUSES: Mapping[str, Trigger] = {
    # By hand first: a rebuild or a replay keeps the causes of the build that it repeats.
    "UserIdCause": "manual",
    "UserCause": "manual",
    "RebuildCause": "manual",
    "ReplayCause": "manual",
    "GhprbCause": "pull_request",
    "TimerTriggerCause": "schedule",
    "ParameterizedTimerTriggerCause": "schedule",
    "SCMTriggerCause": "push",
    "GitHubPushCause": "push",
    "GitLabWebHookCause": "push",
    "BitBucketPushCause": "push",
    "BranchEventCause": "push",
    "BranchIndexingCause": "push",
    "UpstreamCause": "event",
    "BuildUpstreamCause": "event",
    "RemoteCause": "event",
    "GenericCause": "event",
}
"""Simple names of the classes of causes, of Jenkins itself and of common plug-ins, the ones that count most first."""
_PROPOSAL = re.compile(r"(PR|MR)-\d+(-(head|merge))?")
"""How the jobs of pull and merge requests are called in a multibranch project."""
_REMOTE = re.compile(r"^(refs/)?remotes/[^/]+/|^origin/")
_STAGES: Mapping[str, Outcome] = {"not_executed": "skipped", "paused_pending_input": "running"}
"""Words for stages beyond those every system has."""


UNREAD = "unread"
"""Our own mark on a build that Jenkins fails to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What a build checked out."""

    repository: str
    sha: str | None
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build with what belongs to it."""

    raw: Row
    project: Project
    job: Job
    stages: Sequence[Row]

    @property
    def number(self) -> int:
        """Its number within the job."""
        return int(self.raw["number"])

    @property
    def begun(self) -> datetime:
        """When it was begun. Raises TypeError, KeyError or ValueError where that can't be read."""
        begun = moment(self.raw["timestamp"] / 1000)
        if begun is None:
            raise ValueError("it has no time")
        return begun

    @property
    def id(self) -> str:
        """The job, the number, and the second of its beginning: a job that is made anew counts from 1 again."""
        return f"{self.job.name}#{self.number}-{int(self.begun.timestamp())}"

    @property
    def running(self) -> bool:
        """Whether it is still under way."""
        return bool(self.raw["building"])

    @property
    def finished(self) -> datetime | None:
        """When it ended; while it runs, Jenkins gives a length of 0. None also where the build can't be read."""
        return None if self.running or self.unread else self.begun + timedelta(milliseconds=self.raw["duration"])

    @property
    def unread(self) -> bool:
        """Whether nothing is known of it but that it was begun."""
        return bool(self.raw.get(UNREAD))

    @property
    def trigger(self) -> Trigger:
        """What started it, by the classes of its causes."""
        causes = {
            re.split(r"[.$]", str(cause.get("_class")))[-1]
            for action in self._actions()
            for cause in action.get("causes") or ()
        }
        trigger: Trigger = next((_CAUSES[name] for name in _CAUSES if name in causes), "unknown")
        return "pull_request" if trigger == "push" and _PROPOSAL.fullmatch(self.job.branch or "") else trigger

    def parameter(self, names: Sequence[str]) -> str | None:
        """The value of the first of these parameters that is there and says something."""
        values = {
            str(parameter.get("name")).casefold(): parameter.get("value")
            for action in self._actions()
            for parameter in action.get("parameters") or ()
        }
        found = (values.get(name.casefold()) for name in names)
        return next((value.strip() for value in found if isinstance(value, str) and value.strip()), None)

    def checkout(self, libraries: Sequence[str]) -> Checkout | None:
        """What it is of: the checkout of the job's branch, else the first one; shared libraries are none."""
        found = [one for one in self._checkouts() if not any(fnmatchcase(one.repository, glob) for glob in libraries)]
        return next((one for one in found if self.job.branch in one.branches), found[0] if found else None)

    def _checkouts(self) -> Iterator[Checkout]:
        for action in self._actions():
            revision, addresses = action.get("lastBuiltRevision"), action.get("remoteUrls")
            if isinstance(revision, dict) and addresses:
                names = [str(branch.get("name")) for branch in revision.get("branch") or ()]
                yield Checkout(
                    repository=name_of(str(addresses[0])),
                    sha=revision.get("SHA1"),
                    branches=tuple(branch_of(_REMOTE.sub("", name)) or "" for name in names if name != "detached"),
                )

    def _actions(self) -> Sequence[Row]:
        return [action for action in self.raw.get("actions") or () if isinstance(action, dict)]


def pipeline_run(source: JenkinsSettings, build: Build, mapper: Mapper, *, repository: str) -> PipelineRun:
    """One build. A rebuild is a build of its own, so the attempt is always 1.

    `repository` is what it is of, which a build that has checked out nothing (yet) does not tell.
    """
    stages = [Stage(name=str(stage.get("name")), outcome=_stage(stage)) for stage in build.stages]
    checkout = build.checkout(source.libraries)
    ref = build.job.branch or (checkout.branches[0] if checkout and checkout.branches else None)
    paused = sum(time for stage in build.stages if isinstance(time := stage.get("pauseDurationMillis"), int))
    attributes: dict[str, Any] = {"number": build.number, "job": build.job.name}
    if build.unread:
        attributes["build_known"] = False
    if paused:
        attributes["paused_s"] = paused / 1000
    return PipelineRun(
        source=source.id,
        id=build.id,
        url=f"{source.url.rstrip('/')}/{path_of(build.job.parts)}{build.number}/",
        repository=repository,
        pipeline=build.project.name,
        purpose=mapper.purpose(
            build.project.name, jobs=[stage.name for stage in stages], branch=ref, trigger=build.trigger
        ),
        trigger=build.trigger,
        ref=ref,
        sha=checkout.sha if checkout else None,
        started_at=build.begun,
        finished_at=build.finished,
        outcome="running" if build.running else outcome_of(build.raw["result"]),
        raw_status=None if build.unread else "building" if build.running else build.raw["result"] or "no result",
        jobs=tuple(stages),
        attributes=attributes,
    )


def environment_of(source: JenkinsSettings, build: Build) -> str | None:
    """Where a deploying build deploys to: by parameter, else by the rules for jobs, else by a word of the name."""
    named = build.parameter(source.environment_parameters)
    if named is not None:
        return named
    for rule in source.environments:
        if fnmatchcase(build.job.name.casefold(), rule.job.casefold()):
            return rule.environment
    words = [word for word in re.split(r"[^A-Za-z0-9]+", build.project.name) if word]
    return next((word for word in reversed(words) if _is_environment(word, source.rules)), None)


def rules_of(source: JenkinsSettings) -> Rules:
    """The rules, where each pattern for a pipeline is tried on the end of its name after a slash as well."""
    purposes = [
        part
        for rule in source.rules.purpose
        for part in (rule, rule.model_copy(update={"pipeline": f"*/{rule.pipeline}"}))
        if part is rule or rule.pipeline is not None
    ]
    return source.rules.model_copy(update={"purpose": tuple(purposes)})


def _is_environment(word: str, rules: Rules) -> bool:
    """Whether a rule for tiers speaks of it; one that matches everything says nothing of a word."""
    patterns = [rule.environment.casefold() for rule in rules.tier if rule.tier != "other"]
    return any(fnmatchcase(word.casefold(), pattern) for pattern in patterns if pattern.strip("*?"))


def _stage(stage: Row) -> Outcome:
    word = str(stage.get("status"))
    return _STAGES.get(word.casefold()) or outcome_of(word)
