"""Which jobs there are: through folders, with the branches of a multibranch project under one name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import unquote

from mlops_maturity.collectors.interface import Forbidden, Unsupported
from mlops_maturity.collectors.jenkins.api import Api, Row
from mlops_maturity.evidence.signals.ci.runs import DEFAULT_BRANCHES

_MULTIBRANCH = "MultiBranchProject"
_PIPELINE = "WorkflowJob"
_DEEPEST = 20
"""Levels of folders that are gone into."""
Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that has builds."""

    parts: Parts
    """Its name and those of the folders around it, outermost first, as Jenkins writes them in addresses."""
    next_number: int
    """The number that the next build gets."""
    pipeline: bool
    """Whether its builds have stages."""
    branch: str | None = None
    """The branch or proposal that it builds; None where it is no job of a multibranch project."""

    @property
    def name(self) -> str:
        """The full name, as people write it."""
        return "/".join(self.parts if self.branch is None else (*self.parts[:-1], self.branch))


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A job, or the jobs of the branches of a multibranch project: what people call a pipeline."""

    name: str
    """The full name."""
    jobs: tuple[Job, ...]
    """Those of main branches first."""

    @property
    def lasting(self) -> frozenset[str]:
        """The jobs whose builds say what is known: of a multibranch project those of its main branches, if there are.

        Other branches come and go with their builds, so that gaps in them say nothing of the project.
        """
        main = {job.name for job in self.jobs if job.branch is None or job.branch in DEFAULT_BRANCHES}
        return frozenset(main or (job.name for job in self.jobs))


def projects(api: Api, globs: Sequence[str]) -> list[Project]:
    """The projects that a glob names, in order of their names. Raises SourceError, also where there are none."""
    found: dict[str, list[Job]] = {}
    seen = 0
    for project, job in _walk(api, (), api.items(())):
        seen += 1
        if any(fnmatchcase(name, glob) for name in _names(job) for glob in globs):
            found.setdefault(project, []).append(job)
    if not seen:
        raise Forbidden(f"{api.source}: Jenkins shows this user no job. Give the user Job/Read, or set user and token")
    if not found:
        raise Unsupported(f"{api.source}: of {seen} jobs none is named like {', '.join(globs)}. Correct `jobs`")
    return [Project(name=name, jobs=tuple(sorted(found[name], key=_main_first))) for name in sorted(found)]


def _walk(api: Api, parts: Parts, rows: Sequence[Row], *, multibranch: str = "") -> Iterator[tuple[str, Job]]:
    """Jobs below a folder, each with the name of its project."""
    for row in rows:
        here = (*parts, str(row.get("name")))
        kind = str(row.get("_class", ""))
        if "jobs" in row:
            if len(here) < _DEEPEST:
                project = "/".join(here) if _MULTIBRANCH in kind else ""
                yield from _walk(api, here, _children(api, here, row), multibranch=project)
        elif isinstance(row.get("nextBuildNumber"), int):
            branch = unquote(here[-1]) if multibranch else None
            job = Job(parts=here, next_number=row["nextBuildNumber"], pipeline=_PIPELINE in kind, branch=branch)
            yield multibranch or "/".join(here), job


def _children(api: Api, parts: Parts, row: Row) -> Sequence[Row]:
    """What is in a folder; asked for where it lay too deep to be told whole."""
    rows: Sequence[Row] = [child for child in row["jobs"] or () if isinstance(child, dict)]
    told = all("jobs" in child or "nextBuildNumber" in child for child in rows)
    return rows if told else api.items(parts)


def _main_first(job: Job) -> tuple[bool, str]:
    return job.branch not in DEFAULT_BRANCHES, job.name


def _names(job: Job) -> Iterator[str]:
    """The full name of a job, and those of what it is in."""
    yield job.name
    for end in range(1, len(job.parts)):
        yield "/".join(job.parts[:end])
