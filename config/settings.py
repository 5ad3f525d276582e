"""The settings of an organisation: what to look at. One field, one docstring; the reference is made from them.

`settings_file` reads them from YAML. The settings of a source beyond the common ones belong to its collector.
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, SerializeAsAny, field_validator

from mlops_maturity.config.addresses import address_reason
from mlops_maturity.config.file_model import FileModel, Identifier, Number, Switch, Text, Whole
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.secrets import read_secret

ModelKind = Literal["classical", "genai", "agent"]
Glob = Annotated[str, Field(min_length=1)]


def _day(value: object) -> object:
    """A date or its text; numbers would be read as seconds since 1970."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("should be a date like 2027-06-30")


def _variable(name: str) -> str:
    # The text is not repeated: it may be the secret itself.
    if re.match(r"gh[a-z]_|github_pat_|glpat-|eyJ", name) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("should be the name of an environment variable, such as MY_TOKEN, and never the value itself")
    return name


def _file(value: object) -> object:
    if value == "":
        raise ValueError("should be the path of a file")
    return value


def _holds_password(url: str) -> bool:
    """Whether a database URL has one, before the host or among the parameters; what can't be read has none."""
    _, _, rest = url.partition("://")
    place, _, parameters = rest.partition("?")
    user, marked, _ = place.rpartition("@")
    return (bool(marked) and ":" in user) or any(
        "pass" in parameter.partition("=")[0].lower() for parameter in parameters.split("&")
    )


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day."""
EnvName = Annotated[str, AfterValidator(_variable)]
"""The name of an environment variable that holds a secret."""
FileName = Annotated[Path, BeforeValidator(_file)]
"""A file, relative to the settings file."""


class Target(FileModel):
    """The level a team wants to reach, and by when."""

    level: Whole = Field(ge=1, le=3)
    """The level wanted, 1 to 3."""
    by: Day
    """The day it should be reached."""


class Team(FileModel):
    """A team, and which records are its own. A record belongs to every team that selects it."""

    id: Identifier
    """Short name, used in links, files and commands."""
    name: str = ""
    """What pages call it; the id where it is left out."""
    group: str = ""
    """Path in the organisation, for example `payments/risk`; groups roll up."""
    kinds: tuple[ModelKind, ...] = Field(default=("classical",), min_length=1)
    """Kinds of model it runs; practices for other kinds are left out of its score."""
    criticality: Literal["low", "normal", "high"] = "normal"
    """How much depends on its models."""
    target: Target | None = None
    """The level it wants to reach."""
    weight: Number = Field(default=1.0, gt=0)
    """How much it counts in the index of its group and of the organisation, for example its number of models; only
    ratios matter. Levels are counted, never weighed into a mean."""
    models: tuple[Glob, ...] = ()
    """Globs on model names."""
    experiments: tuple[Glob, ...] = ()
    """Globs on experiment names."""
    repositories: tuple[Glob, ...] = ()
    """Globs on repositories, `owner/name`."""
    prometheus: dict[str, str] = Field(default_factory=dict)
    """Label matchers that pick the team's series."""

    @field_validator("group")
    @classmethod
    def _is_path(cls, group: str) -> str:
        if group and not all(part.strip() for part in group.split("/")):
            raise ValueError("should be a path such as payments/risk: no slash at its ends, no empty part")
        return group

    @field_validator("prometheus")
    @classmethod
    def _are_labels(cls, matchers: dict[str, str]) -> dict[str, str]:
        wrong = [name for name in matchers if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} can't be the name of a label: letters, digits and _ only, no digit first")
        return matchers

    @property
    def selects(self) -> bool:
        """Whether it says which records are its own."""
        return bool(self.models or self.experiments or self.repositories or self.prometheus)

    @property
    def title(self) -> str:
        """The name to show."""
        return self.name or self.id


class SourceSettings(FileModel):
    """One source: a server to read. Secrets are named by `*_env` or `*_file`, never written down."""

    url_schemes: ClassVar[tuple[str, ...]] = ("http", "https")
    """What the address may start with; a kind of source that takes more says so."""

    id: Identifier
    """Short name, used in records and on the Sources page."""
    type: str
    """The kind of source."""
    url: str
    """Where it answers; http or https. Without user name and password."""
    token_env: EnvName | None = None
    """Environment variable that holds the access token."""
    token_file: FileName | None = None
    """File that holds the access token, relative to the settings file."""
    verify: Switch = True
    """Whether TLS certificates are checked."""
    ca_bundle: FileName | None = None
    """File of certificates (PEM) to trust beyond the system's, relative to the settings file."""
    timeout_s: Number = Field(default=30.0, gt=0, le=600)
    """Seconds one request may take."""
    deadline_s: Number = Field(default=300.0, gt=0)
    """Seconds one run of this source may take; what is left goes on in the next."""

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        reason = address_reason(url, cls.url_schemes)
        if reason is not None:
            raise ValueError(reason)
        return url

    def resolved(self, base: Path) -> Self:
        """The same, with relative paths taken from the folder `base`, those of SQLite URLs as well."""
        paths = {name: base / os.path.expanduser(value) for name, value in self if isinstance(value, Path)}
        scheme, _, path = self.url.partition(":///")
        local = {"url": f"{scheme}:///{base / path}"} if scheme == "sqlite" and path else {}
        return self.model_copy(update={**paths, **local})

    def secret(self, name: str = "token") -> SecretStr | None:
        """The secret `name` from `<name>_env` or `<name>_file`; None where neither is set.

        Raises `LookupError` naming the variable or file that is set but can't be read or is empty.
        """
        return read_secret(self.id, name, getattr(self, f"{name}_env", None), getattr(self, f"{name}_file", None))


class Settings(FileModel):
    """Everything in `maturity.yaml`."""

    organisation: Text
    """What the organisation is called."""
    timezone: str = "UTC"
    """IANA name; days and weeks are cut in it. Instants are stored in UTC."""
    store: str = Field(default="sqlite:///maturity.db", repr=False)
    """Where everything is kept: `sqlite:///FILE`, relative to the settings file, or
    `postgresql+psycopg://USER@HOST/DATABASE`, without the password."""
    store_password_env: EnvName | None = None
    """Environment variable that holds the password of the database. Without it and `store_password_file`, PostgreSQL's
    client looks for PGPASSWORD and ~/.pgpass itself."""
    store_password_file: FileName | None = None
    """File that holds the password of the database, relative to the settings file."""
    catalogue: str = "mlops"
    """`mlops` for the built-in one, or a path to a file or folder, relative to the settings file."""
    teams: tuple[Team, ...] = Field(min_length=1)
    """The teams that are assessed."""
    sources: tuple[SerializeAsAny[SourceSettings], ...] = ()
    """The servers that are read."""
    frameworks: tuple[FileName, ...] = ()
    """Files of further frameworks for `assess --framework`, or folders of them, relative to the settings file."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, LookupError):
            near = did_you_mean(name, available_timezones(), listed=0) or "; write an IANA name such as Europe/Vienna"
            raise ValueError(f"no time zone is called {name!r}{near}") from None
        return name

    @field_validator("store")
    @classmethod
    def _known_store(cls, url: str) -> str:
        # The text is not repeated: it may hold a password.
        scheme, marked, _ = url.partition("://")
        if not marked or scheme.partition("+")[0] not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("should be sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE")
        if _holds_password(url):
            raise ValueError(
                "holds a password; take it out, and name it with store_password_env or store_password_file"
            )
        return url

    def store_password(self, base: Path) -> SecretStr | None:
        """The password of the database; None where none is named. `base` is the folder of the settings file.

        Raises `LookupError` as `SourceSettings.secret` does.
        """
        file = self.store_password_file
        return read_secret("the settings", "store_password", self.store_password_env, file and base / file)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days and weeks are cut."""
        return ZoneInfo(self.timezone)

    @property
    def groups(self) -> tuple[str, ...]:
        """Every group and every group above it, sorted: `payments/risk` makes `payments` and `payments/risk`."""
        paths = {team.group for team in self.teams if team.group}
        parents = {path.rsplit("/", cut)[0] for path in paths for cut in range(path.count("/") + 1)}
        return tuple(sorted(paths | parents))

    def team(self, team_id: str) -> Team | None:
        """The team of that id, if there is one."""
        return next((team for team in self.teams if team.id == team_id), None)
