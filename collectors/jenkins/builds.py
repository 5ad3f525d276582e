"""The stream of builds of one project, job by job, oldest first; builds that were still running are read again.

Each job has its own rules for throwing builds away. So what is known begins with the oldest build that was kept, and a
number that is left out further on is a build that is gone: the time between its neighbours is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mlops_maturity.collectors.build_servers import deployment
from mlops_maturity.collectors.interface import Page, ReadRequest, Unsupported
from mlops_maturity.collectors.jenkins.api import Api, Row
from mlops_maturity.collectors.jenkins.build_list import BuildList, begun_of, number_of
from mlops_maturity.collectors.jenkins.cursor import JobState, ProjectState
from mlops_maturity.collectors.jenkins.facts import Build, environment_of, pipeline_run
from mlops_maturity.collectors.jenkins.jobs import Job, Project
from mlops_maturity.collectors.jenkins.settings import JenkinsSettings
from mlops_maturity.collectors.mapping import Mapper, mapped, written
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Deployment, PipelineRun, RecordKind

KINDS: tuple[RecordKind, ...] = ("pipeline_run", "deployment")
OPEN_FOR = timedelta(days=30)
"""How long a build that does not end is asked for again."""


class BuildStream:
    """Reads the builds of one project once."""

    def __init__(
        self, api: Api, mapper: Mapper, source: JenkinsSettings, project: Project, request: ReadRequest
    ) -> None:
        self._api, self._mapper, self._source, self._project = api, mapper, source, project
        self._now = request.now
        self._state = ProjectState.of({} if request.backfill else request.cursor, request.since.replace(microsecond=0))

    def pages(self) -> Iterator[Page]:
        """The pages of each job, those of main branches first; what is known by them is told at the end."""
        jobs = self._project.jobs
        self._state.jobs = {job.name: self._state.job(job.name, job.next_number) for job in jobs}
        for index, job in enumerate(jobs):
            state = self._state.jobs[job.name]
            try:
                for page in self._job(job, state):
                    share = state.after / max(job.next_number - 1, state.after, 1)
                    yield replace(page, done=min(0.99, (index + share) / len(jobs)))
            except Unsupported:
                if job.branch is None:
                    raise
                # A branch may go at any time, and its job with it.
        yield self._end()

    def _job(self, job: Job, state: JobState) -> Iterator[Page]:
        """First what was still running, then what is new."""
        if state.open:
            yield self._page(job, state, self._asked_again(job, state))
        if state.after >= job.next_number - 1:
            return
        builds = BuildList(self._api, job, state.after, self._state.since)
        builds.look()
        state.after = max(state.after, builds.before or 0)
        for rows in builds.batches():
            for row in rows:
                self._move_over(job, state, row)
            yield self._page(job, state, rows)
        if state.after < job.next_number - 1:
            self._lost(job, job.next_number, self._settled)
            state.after = job.next_number - 1

    def _asked_again(self, job: Job, state: JobState) -> list[Row]:
        """Those that were running, as they are now; those that are gone are forgotten."""
        found = [(number, self._api.build(job.parts, number)) for number in state.open]
        state.open = [number for number, row in found if row is not None]
        return [row for _, row in found if row is not None]

    def _move_over(self, job: Job, state: JobState, row: Row) -> None:
        begun = begun_of(row)
        if number_of(row) > state.after + 1 and begun is not None:
            self._lost(job, number_of(row), begun)
        state.after = number_of(row)
        state.at = written(begun) if begun is not None else state.at

    def _lost(self, job: Job, number: int, until: datetime) -> None:
        told = job.name in self._project.lasting
        self._state.lose(job.name, number, until, self._settled, told=told)

    def _page(self, job: Job, state: JobState, rows: Sequence[Row]) -> Page:
        builds = [Build(raw=row, project=self._project, job=job, stages=self._stages(job, row)) for row in rows]
        made, refused = mapped(builds, self._records, lambda build: f"{job.name}#{build.number}", "build")
        return Page(
            records=[record for pair in made for record in pair],
            refused=refused,
            cursor=self._state.as_json(),
            progress=f"{job.name} to {state.at[:10]}" if state.at else job.name,
        )

    def _stages(self, job: Job, row: Row) -> Sequence[Row]:
        """The stages of a pipeline's build that has ended."""
        if not (self._source.stages and job.pipeline) or row.get("building"):
            return ()
        return self._api.stages(job.parts, number_of(row))

    def _records(self, build: Build) -> tuple[PipelineRun] | tuple[PipelineRun, Deployment]:
        checkout = build.checkout(self._source.libraries)
        if checkout is not None:
            self._state.repository = checkout.repository
        repository = self._state.repository or self._project.name
        run = pipeline_run(self._source, build, self._mapper, repository=repository)
        self._remember_open(build)
        if run.purpose != "deployment":
            return (run,)
        environment = environment_of(self._source, build)
        return run, deployment(run, environment, self._mapper, self._state.live, build.job.name)

    def _remember_open(self, build: Build) -> None:
        state = self._state.jobs[build.job.name]
        if build.running and build.begun > self._now - OPEN_FOR:
            state.follow([build.number])
        else:
            state.leave(build.number)

    @property
    def _settled(self) -> datetime:
        return self._api.http.settled(self._now)

    def _end(self) -> Page:
        coverage = [
            Coverage(
                source=self._source.id,
                stream=kind,
                scope=self._project.name,
                start=start,
                end=end,
                complete=not reason,
                reason=reason,
            )
            for start, end, reason in self._state.end(self._settled)
            for kind in KINDS
        ]
        return Page(records=(), cursor=self._state.as_json(), coverage=coverage, progress="up to date", done=1.0)
