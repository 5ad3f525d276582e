"""The settings of an organisation: what to look at. One field, one docstring; the reference is made from them.

`settings_file` reads them from YAML. The settings of a source beyond the common ones belong to its collector.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, SerializeAsAny, field_validator

ModelKind = Literal["classical", "genai", "agent"]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=64)]
Glob = Annotated[str, Field(min_length=1)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Target(_Settings):
    """The level a team wants to reach, and by when."""

    level: int = Field(ge=1, le=3)
    """The level wanted, 1 to 3."""
    by: date
    """The day it should be reached."""


class Team(_Settings):
    """A team, and which records are its own. A record belongs to every team that selects it."""

    id: Identifier
    """Short name, used in links, files and commands."""
    name: str = ""
    """What pages call it; the id where it is left out."""
    group: str = ""
    """Path in the organisation, for example `payments/risk`; groups roll up."""
    kinds: tuple[ModelKind, ...] = ("classical",)
    """Kinds of model it runs; practices for other kinds are left out of its score."""
    criticality: Literal["low", "normal", "high"] = "normal"
    """How much depends on its models."""
    target: Target | None = None
    """The level it wants to reach."""
    models: tuple[Glob, ...] = ()
    """Globs on model names."""
    experiments: tuple[Glob, ...] = ()
    """Globs on experiment names."""
    repositories: tuple[Glob, ...] = ()
    """Globs on repositories, `owner/name`."""
    prometheus: dict[str, str] = Field(default_factory=dict)
    """Label matchers that pick the team's series."""

    @property
    def title(self) -> str:
        """The name to show."""
        return self.name or self.id


class SourceSettings(_Settings):
    """One source: a server to read. Secrets are named by `*_env` or `*_file`, never written down."""

    id: Identifier
    """Short name, used in records and on the Sources page."""
    type: str
    """The kind of source."""
    url: str
    """Where it answers; http or https. Without user name and password."""
    token_env: str | None = None
    """Environment variable that holds the access token."""
    token_file: Path | None = None
    """File that holds the access token."""
    verify: bool = True
    """Whether TLS certificates are checked."""
    ca_bundle: Path | None = None
    """File of certificates to trust beyond the system's."""
    timeout_s: float = Field(default=30.0, gt=0, le=600)
    """Seconds one request may take."""
    deadline_s: float = Field(default=300.0, gt=0)
    """Seconds one run of this source may take; what is left goes on in the next."""

    def secret(self, name: str = "token") -> SecretStr | None:
        """The secret `name` from `<name>_env` or `<name>_file`; None where neither is set.

        Raises `LookupError` naming the variable or file that is set but can't be read or is empty.
        """
        from mlops_maturity.config.secrets import read_secret

        return read_secret(self.id, name, getattr(self, f"{name}_env", None), getattr(self, f"{name}_file", None))


class Settings(_Settings):
    """Everything in `maturity.yaml`."""

    organisation: str = Field(min_length=1)
    """What the organisation is called."""
    timezone: str = "UTC"
    """IANA name; days and weeks are cut in it. Instants are stored in UTC."""
    store: str = "sqlite:///maturity.db"
    """SQLAlchemy URL; a relative SQLite path is relative to the settings file."""
    catalogue: str = "mlops"
    """`mlops` for the built-in one, or a path to a file or folder, relative to the settings file."""
    teams: tuple[Team, ...] = Field(min_length=1)
    """The teams that are assessed."""
    sources: tuple[SerializeAsAny[SourceSettings], ...] = ()
    """The servers that are read."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError) as error:
            raise ValueError(f"no time zone is called {name!r}; write an IANA name such as Europe/Vienna") from error
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days and weeks are cut."""
        return ZoneInfo(self.timezone)

    def team(self, team_id: str) -> Team | None:
        """The team of that id, if there is one."""
        return next((team for team in self.teams if team.id == team_id), None)
