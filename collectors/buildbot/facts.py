"""Buildbot's objects as records. Pure: what is not in the arguments is not in the record.

Times are epoch seconds. `reason` and `owner` of a build hold names and addresses of people and stay out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlops_maturity.collectors.build_servers import moment, name_of
from mlops_maturity.collectors.buildbot.api import Row
from mlops_maturity.collectors.mapping import Mapper, branch_of
from mlops_maturity.evidence.records import Job, Outcome, PipelineRun, Trigger

_RESULTS: Mapping[int, tuple[str, Outcome]] = {
    0: ("success", "success"),
    1: ("warnings", "unstable"),
    2: ("failure", "failure"),
    3: ("skipped", "skipped"),
    4: ("exception", "failure"),
    5: ("retry", "cancelled"),  # the worker was lost; the request is built again as a new build
    6: ("cancelled", "cancelled"),
}
_SCHEDULED = re.compile(r"The (\w+) scheduler named ")
_SCHEDULERS: Mapping[str, Trigger] = {
    "Nightly": "schedule",
    "Periodic": "schedule",
    "NightlyTriggerable": "schedule",
    "SingleBranchScheduler": "push",
    "AnyBranchScheduler": "push",
    "Scheduler": "push",
    "Triggerable": "event",
}
_REASONS: tuple[tuple[str, Trigger], ...] = (
    ("A build was forced by ", "manual"),
    ("rebuild", "manual"),
    ("'try' job", "manual"),
    ("downstream", "event"),
)
"""How the reasons begin that Buildbot 4.3 gives builds (its schedulers' source); users may word their own."""
_PROPOSAL = re.compile(r"^refs/(pull|merge-requests|changes)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build with what belongs to it."""

    raw: Row
    builder: str
    request: Row | None
    """The build request; None where it was pruned."""
    buildset: Row | None
    steps: Sequence[Row]

    @property
    def id(self) -> str:
        """The number of the build in the whole master."""
        return str(self.raw["buildid"])

    @property
    def complete(self) -> bool:
        """Whether it has ended."""
        return bool(self.raw["complete"])

    def value(self, name: str) -> Any:
        """The value of a build property; None where it is not there or empty."""
        pair = (self.raw.get("properties") or {}).get(name)
        value = pair[0] if isinstance(pair, list) and pair else None
        return None if value == "" else value

    @property
    def stamp(self) -> Row:
        """The source stamp that names a repository, else the first one, else an empty one."""
        stamps: Sequence[Row] = (self.buildset or {}).get("sourcestamps") or ()
        return next((stamp for stamp in stamps if stamp.get("repository")), stamps[0] if stamps else {})

    @property
    def repository(self) -> str:
        """`owner/name` of the repository's address, else codebase or project, else empty."""
        address = self.stamp.get("repository") or self.value("repository")
        named = self.stamp.get("codebase") or self.stamp.get("project") or self.value("project")
        return name_of(str(address)) if address else str(named or "")

    @property
    def branch(self) -> str | None:
        """The branch it was made from."""
        branch = self.stamp.get("branch") or self.value("branch")
        return branch_of(str(branch)) if branch else None

    @property
    def sha(self) -> str | None:
        """The revision that was checked out, else the one that was asked for."""
        got = self.value("got_revision")
        if isinstance(got, dict):
            got = got.get(self.stamp.get("codebase", ""), next(iter(got.values()), None))
        revision = got or self.stamp.get("revision") or self.value("revision")
        return str(revision) if revision else None

    @property
    def trigger(self) -> Trigger:
        """What started it, by the words of the scheduler."""
        reason = str((self.buildset or {}).get("reason") or "")
        scheduled = _SCHEDULED.match(reason)
        trigger = _SCHEDULERS.get(scheduled[1], "unknown") if scheduled else "unknown"
        for beginning, said in _REASONS:
            if reason.startswith(beginning):
                trigger = said
        return "pull_request" if trigger == "push" and _PROPOSAL.match(self.branch or "") else trigger

    @property
    def raw_status(self) -> str:
        """Buildbot's word for the result."""
        return _word(self.raw)[0]

    @property
    def outcome(self) -> Outcome:
        """The result."""
        return _word(self.raw)[1]


def pipeline_run(source: str, build: Build, mapper: Mapper, page: str) -> PipelineRun:
    """One build. A rebuild is a build of its own, so the attempt is always 1. `page` is the address of its page."""
    jobs = [Job(name=str(step["name"]), outcome=_word(step)[1]) for step in build.steps if not step.get("hidden")]
    rebuilt = (build.buildset or {}).get("rebuilt_buildid")
    attributes: dict[str, Any] = {"number": build.raw.get("number"), "builder": build.raw.get("builderid")}
    if rebuilt is not None:
        attributes |= {"rebuilt": True, "rebuilt_build": rebuilt}
    return PipelineRun(
        source=source,
        id=build.id,
        url=page,
        repository=build.repository,
        pipeline=build.builder,
        purpose=mapper.purpose(
            build.builder, jobs=[job.name for job in jobs], branch=build.branch, trigger=build.trigger
        ),
        trigger=build.trigger,
        ref=build.branch,
        sha=build.sha,
        queued_at=moment((build.request or {}).get("submitted_at")),
        started_at=moment(build.raw["started_at"]),
        finished_at=moment(build.raw.get("complete_at")),
        outcome=build.outcome,
        raw_status=build.raw_status,
        jobs=tuple(jobs),
        attributes=attributes,
    )


def _word(row: Row) -> tuple[str, Outcome]:
    results = row.get("results")
    if results is None:
        return ("finished without a result", "unknown") if row.get("complete") else ("running", "running")
    return _RESULTS.get(results, (f"result {results}", "unknown"))
