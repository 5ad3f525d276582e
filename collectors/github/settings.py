"""The settings of a GitHub source."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from mlops_maturity.collectors.github.files import RepositoryFiles
from mlops_maturity.config.rules import Pattern, Rules
from mlops_maturity.config.settings import SourceSettings

Repository = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]


class GithubSettings(SourceSettings):
    """GitHub, or GitHub Enterprise Server with `url: https://HOST/api/v3`.

    The token needs read access to Actions, Deployments, Contents, Pull requests and Metadata.
    """

    url: str = "https://api.github.com"
    """Where the API answers."""
    repositories: tuple[Repository, ...] = ()
    """Repositories to read, `owner/name`."""
    organisation: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]+$")
    """An organisation all of whose repositories are read, but archived ones."""
    rules: Rules = Field(default_factory=Rules)
    """What the names of workflows, environments, branches and authors mean."""
    jobs_of: tuple[Pattern, ...] = ()
    """Globs on names of workflows whose jobs are read, for signals that judge by jobs (tests, scans, gates). Costs one
    request for each run of theirs; what was stored before the setting gets its jobs by `collect --since`. Where
    `rules.purpose` names jobs, those of every run are read anyway."""
    files: RepositoryFiles = Field(default_factory=RepositoryFiles)
    """Which files tell that a repository pins its dependencies, names owners, has a model card, came of a template."""
    budget: float = Field(default=0.9, gt=0, le=1)
    """Share of the token's hourly requests that may be used; the rest is left for others."""

    @model_validator(mode="after")
    def _names_something(self) -> GithubSettings:
        if not self.repositories and self.organisation is None:
            raise ValueError("names nothing to read; add `repositories: [owner/name]` or `organisation: name`")
        return self
