"""The settings of a Buildbot source."""

from __future__ import annotations

from pydantic import Field

from mlops_maturity.config.rules import Rules
from mlops_maturity.config.settings import Glob, SourceSettings


class BuildbotSettings(SourceSettings):
    """A Buildbot master, by its REST API (version 2)."""

    builders: tuple[Glob, ...] = Field(default=("*",), min_length=1)
    """Globs on the names of builders to read."""
    environment_property: str = Field(default="environment", min_length=1)
    """Build property that names the environment which a deploying build deploys to."""
    rules: Rules = Field(default_factory=Rules)
    """What the names of builders, environments and branches mean."""
