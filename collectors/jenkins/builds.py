"""The stream of builds of one project, job by job, oldest first; builds that were still running are read again.

Each job has its own rules for throwing builds away. So what is known begins with the oldest build that was kept, and a
number that is left out further on is a build that is gone: the time between its neighbours is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from mlops_maturity.collectors.build_servers import deployment
from mlops_maturity.collectors.interface import Failing, Forbidden, Page, ReadRequest, SourceError, Unsupported
from mlops_maturity.collectors.jenkins.api import Api, Row
from mlops_maturity.collectors.jenkins.build_list import BuildList, begun_of, number_and_job, number_of, unread_id
from mlops_maturity.collectors.jenkins.cursor import JobState, ProjectState
from mlops_maturity.collectors.jenkins.facts import Build, environment_of, pipeline_run
from mlops_maturity.collectors.jenkins.jobs import Job, Project
from mlops_maturity.collectors.jenkins.settings import JenkinsSettings
from mlops_maturity.collectors.mapping import Mapper, mapped, written
from mlops_maturity.collectors.unread import Unread
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
        self._unread = Unread.opened(request.cursor.get("unread", {}), request.now, alive=api.version)
        self._late = False
        """Whether what is read just now comes after builds that followed it."""
        self._failed: dict[str, SourceError] = {}
        """By name, jobs of which the builds can't be listed, and why."""

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
            except (Forbidden, Failing) as error:
                self._api.version()  # raises where it is not the job that fails, but the server
                self._failed[job.name] = error
        yield from self._again()
        for name in self._failed.keys() & self._project.lasting:
            raise self._failed[name]
        yield self._end()

    def _again(self) -> Iterator[Page]:
        """Builds of which something was refused in earlier readings, one a page."""
        jobs = {job.name: job for job in self._project.jobs}

        def fetch(identity: str) -> Row | None:
            number, name = number_and_job(identity)
            return self._api.build(jobs[name].parts, number) if name in jobs else None

        self._late = True
        for identity, row in self._unread.again(fetch):
            _, name = number_and_job(identity)
            if row is not None:
                yield self._page(jobs[name], self._state.jobs[name], [row])

    def _job(self, job: Job, state: JobState) -> Iterator[Page]:
        """First what was still running, then what is new."""
        if state.open:
            yield self._page(job, state, self._asked_again(job, state))
        if state.after >= job.next_number - 1:
            return
        builds = BuildList(self._api, job, state.after, self._state.since, self._unread)
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
        """Those that were running, as they are now; those that are gone are forgotten, refused ones wait elsewhere."""
        found = [
            (number, self._unread.ask(unread_id(job, number), partial(self._api.build, job.parts, number)))
            for number in state.open
        ]
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
        self._unread.check_server()
        return Page(
            records=[record for pair in made for record in pair],
            refused=refused,
            cursor=self._cursor(),
            progress=f"{job.name} to {state.at[:10]}" if state.at else job.name,
        )

    def _stages(self, job: Job, row: Row) -> Sequence[Row]:
        """The stages of a pipeline's build that has ended."""
        number = number_of(row)
        identity = unread_id(job, number)
        if not (self._source.stages and job.pipeline) or row.get("building") or self._unread.is_refused(identity):
            return ()
        return self._unread.ask(identity, partial(self._api.stages, job.parts, number)) or ()

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
        return run, deployment(run, environment, self._mapper, self._state.live, build.job.name, late=self._late)

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
        return Page(
            records=(),
            cursor=self._cursor(),
            coverage=coverage,
            warnings=[
                *(f"{name}: its builds are not read: {error}" for name, error in self._failed.items()),
                *self._unread.remarks(f"{self._project.name}: builds or stages"),
            ],
            progress="up to date",
            done=1.0,
        )

    def _cursor(self) -> dict[str, Any]:
        return {**self._state.as_json(), "unread": self._unread.as_json()}
