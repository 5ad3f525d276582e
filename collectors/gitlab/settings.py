"""The settings of a GitLab source."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from mlops_maturity.config.rules import Pattern, Rules
from mlops_maturity.config.settings import SourceSettings

ProjectPath = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$")]
GroupPath = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$")]


class GitlabSettings(SourceSettings):
    """GitLab.com, or a self-managed one: `url` is its address as in the browser, with the path it lives under.

    The token needs the scope `read_api` and at least the role Reporter in what is read.
    """

    url: str = "https://gitlab.com"
    """Where GitLab answers; `/api/v4` is added."""
    projects: tuple[ProjectPath, ...] = ()
    """Projects to read, `group/project`."""
    groups: tuple[GroupPath, ...] = ()
    """Groups all of whose projects are read, those of subgroups too, but archived ones."""
    rules: Rules = Field(default_factory=Rules)
    """What the names of pipelines, jobs, branches and authors mean. An environment keeps the tier that it has in
    GitLab; rules count where that is `other`."""
    jobs_of: tuple[Pattern, ...] = ()
    """Globs on names of pipelines whose jobs are read, for signals that judge by jobs (tests, scans, gates). Costs one
    request for each run of theirs; what was stored before the setting gets its jobs by `collect --since`. Where
    `rules.purpose` names jobs, those of every run are read anyway."""
    budget: float = Field(default=0.9, gt=0, le=1)
    """Share of the requests that GitLab allows for a minute; the rest is left for others."""

    @model_validator(mode="after")
    def _names_something(self) -> GitlabSettings:
        if not self.projects and not self.groups:
            raise ValueError("names nothing to read; add `projects: [group/project]` or `groups: [group]`")
        return self
