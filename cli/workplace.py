"""What every command works with: settings, catalogue and store, opened once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO

import typer

from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_file import missing_catalogue, resolve_catalogue
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.config.yaml_positions import read_yaml
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.store.engine import Store, open_store

ConfigOption = Annotated[
    Path,
    typer.Option("-c", "--config", envvar="MLOPS_MATURITY_CONFIG", help="The settings file.", show_default=True),
]
DEFAULT_CONFIG = Path("maturity.yaml")
TeamOption = Annotated[str | None, typer.Option("--team", help="Only this team (its id).")]
GroupOption = Annotated[
    str | None, typer.Option("--group", help="Only teams of this group, for example payments/risk.")
]
TeamNeeded = Annotated[str, typer.Option("--team", help="The team (its id).")]
PracticeNeeded = Annotated[str, typer.Option("--practice", help="The practice (its id).")]
AuthorNeeded = Annotated[str, typer.Option("--author", help="Who says so: a role or a team, no mail address.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Any day, YYYY-MM-DD; today if left out.")
]


@dataclass(frozen=True, slots=True)
class Workplace:
    """Settings, catalogue and store of one command."""

    settings: Settings
    catalogue: Catalogue
    store: Store
    now: datetime

    @property
    def today(self) -> date:
        """The local day of `now`."""
        return self.now.astimezone(self.settings.zone).date()

    def day(self, text: str | None, option: str = "--as-of") -> date:
        """A day given on the command line; today where none was."""
        return self.today if text is None else parse_day(text, option)

    @property
    def signals(self) -> frozenset[str]:
        """Every signal there is: computed, asked for by the catalogue, or of the user's own in the settings."""
        own = {signal.id for source in self.settings.sources for signal in getattr(source, "signals", ())}
        return frozenset(signals().keys() | self.catalogue.signal_ids | own)

    def tell_if_to_come(self, day: date) -> None:
        """Say on standard error what a day to come shows: nobody can know it yet."""
        if day > self.today:
            typer.echo(f"{day} is a day to come: this is the evidence known today, aged until then.", err=True)

    def teams(self, team: str | None = None, group: str | None = None) -> tuple[Team, ...]:
        """The teams asked for. Raises `InputRefused` for a team or group that is not there."""
        if team is not None:
            found = self.settings.team(team)
            if found is None:
                known = [entry.id for entry in self.settings.teams]
                raise _unknown("--team", team, known)
            return (found,)
        if group is not None:
            teams = tuple(entry for entry in self.settings.teams if _within(entry.group, group))
            if not teams:
                raise _unknown("--group", group, list(self.settings.groups))
            return teams
        return self.settings.teams


def read_settings(config: Path) -> tuple[Settings, Catalogue]:
    """Settings and catalogue, with every problem of both at once."""
    if not config.exists():
        raise InputRefused(
            [
                Problem(
                    str(config),
                    "",
                    "there is no such file; write one with `mlops-maturity init` or name it with -c",
                )
            ]
        )
    base = config.resolve().parent
    try:
        settings = load_settings(config, source_types())
    except InputRefused as refused:
        raise InputRefused([*refused.problems, *_of_catalogue(config, base)]) from None
    return settings, resolve_catalogue(settings.catalogue, base)


def _of_catalogue(config: Path, base: Path) -> tuple[Problem, ...]:
    """What is wrong with the catalogue that refused settings name, as far as they can be read."""
    try:
        data = read_yaml(config).data
    except InputRefused:
        return ()
    name = data.get("catalogue") if isinstance(data, Mapping) else None
    if not isinstance(name, str) or not name or missing_catalogue(name, base) is not None:
        return ()
    try:
        resolve_catalogue(name, base)
    except InputRefused as refused:
        return refused.problems
    return ()


def open_workplace(config: Path, *, writes: bool = True) -> Workplace:
    """Settings, catalogue and store. Raises `InputRefused`, for a store that can't be written only where `writes`."""
    settings, catalogue = read_settings(config)
    base = config.resolve().parent
    store = open_store(settings.store, base, password=store_password(settings, base), writes=writes)
    return Workplace(settings, catalogue, store, datetime.now(UTC))


def store_password(settings: Settings, base: Path) -> str | None:
    """The password of the database, if one is named. Raises `InputRefused`; `base` is the folder of the settings."""
    try:
        secret = settings.store_password(base)
    except LookupError as error:
        raise InputRefused([Problem("store", "", str(error.args[0]))]) from None
    return secret.get_secret_value() if secret else None


def name_of(file: BinaryIO) -> str:
    """What messages call an input: its path, or `standard input`."""
    name = getattr(file, "name", "-")
    return "standard input" if name in ("-", "<stdin>") else str(name)


@contextmanager
def writing_bytes(path: Path | None, kind: str) -> Iterator[BinaryIO]:
    """A file to write to, or standard output for None and `-` where it is no terminal. Raises `InputRefused`."""
    if path is None or str(path) == "-":
        if sys.stdout.isatty():
            reason = f"{kind} is nothing to read on a screen; name a file with -o FILE, or send the output into one"
            raise InputRefused([Problem("--format", "", reason)])
        yield sys.stdout.buffer
        return
    try:
        out = path.open("wb")
    except OSError as error:
        raise InputRefused([Problem(str(path), "", f"can't be written: {error.strerror}")]) from error
    with out:
        yield out


@contextmanager
def writing(path: Path | None) -> Iterator[TextIO]:
    """A file to write text to as it is, or standard output for None and `-`. Raises `InputRefused`."""
    if path is None or str(path) == "-":
        yield sys.stdout
        return
    try:
        out = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputRefused([Problem(str(path), "", f"can't be written: {error.strerror}")]) from error
    with out:
        yield out


def all_right(*checks: Callable[[], object]) -> None:
    """Run checks of options that know nothing of each other. Raises `InputRefused` with the problems of all."""
    problems: list[Problem] = []
    for check in checks:
        try:
            check()
        except InputRefused as refused:
            problems += refused.problems
    if problems:
        raise InputRefused(problems)


def parse_day(text: str, option: str) -> date:
    """A date as people type it on the command line. Raises `InputRefused`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputRefused([Problem(option, "", f"{text!r} is not a date; write it like 2026-11-23")]) from None


def _within(group: str, wanted: str) -> bool:
    return group == wanted or group.startswith(wanted.rstrip("/") + "/")


def _unknown(option: str, value: str, known: list[str]) -> InputRefused:
    return InputRefused([Problem(option, "", f"{value!r} is not in the settings{did_you_mean(value, known)}")])
