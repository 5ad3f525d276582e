"""The stream of pipelines of one project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from mlops_maturity.collectors.gitlab.api import Row
from mlops_maturity.collectors.gitlab.facts import CHILD, begun, ended, name_of, pipeline_run
from mlops_maturity.collectors.gitlab.stream import UpdatedStream
from mlops_maturity.collectors.http import Parameters
from mlops_maturity.collectors.mapping import mapped
from mlops_maturity.evidence.records import PipelineRun, RecordKind

_JOB_PAGES = 5
_Wanted = tuple[Row, Row | None, Sequence[Row]]


class RunStream(UpdatedStream):
    """A pipeline's last change moves with each of its states and with every retry of a job, so none is missed.

    Pipelines that others started as a part of themselves are in a list of their own (from GitLab 17.0 on). One without
    a name says nothing that the pipeline around it does not say, and is left out unless rules look at jobs.
    """

    name: ClassVar[str] = "runs"
    kind: ClassVar[RecordKind] = "pipeline_run"
    path: ClassVar[str] = "pipelines"
    part: ClassVar[str] = "builds"
    batch: ClassVar[int] = 20
    lists: ClassVar[Mapping[str, Parameters]] = {"": {}, "children": {"source": CHILD}}

    def _records(self, rows: Sequence[Any]) -> tuple[list[PipelineRun], list[str]]:
        wanted = [(row, self._details(row), self._jobs(row)) for row in rows if self._speaks_for_itself(row)]
        return mapped(wanted, self._record, lambda one: one[0]["id"], "pipeline")

    def _record(self, wanted: _Wanted) -> PipelineRun:
        row, details, jobs = wanted
        return pipeline_run(self._api.source, self._project, row, details, jobs, self._mapper)

    def _speaks_for_itself(self, row: Any) -> bool:
        is_part = isinstance(row, dict) and row.get("source") == CHILD and not row.get("name")
        return not is_part or self._mapper.needs_jobs

    def _details(self, row: Any) -> Row | None:
        """The times of a pipeline that has begun, one request each; None where they can't be had."""
        if not isinstance(row, dict) or "id" not in row or not (begun(row.get("status")) or ended(row.get("status"))):
            return None
        path = f"{self._project.at}/pipelines/{row['id']}"
        return self._unread.ask(str(row["id"]), partial(self._api.one, path))

    def _jobs(self, row: Any) -> Sequence[Row]:
        """Names and outcomes of the jobs, retried ones too; asked only where a rule or the settings want them."""
        if not isinstance(row, dict) or "id" not in row:
            return ()
        if not self._mapper.needs_jobs_of(name_of(row, self._project)):
            return ()
        jobs = self._unread.ask(str(row["id"]), partial(self._listed_jobs, row["id"]))
        return sorted(jobs or (), key=lambda job: int(job["id"]))

    def _listed_jobs(self, identity: Any) -> list[Row]:
        path = f"{self._project.at}/pipelines/{identity}/jobs"
        pages = self._api.pages(path, {"include_retried": "true"}, most=_JOB_PAGES)
        return [job for page in pages for job in page.rows]
