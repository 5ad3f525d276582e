"""`targets`: the level that a team, or each team of a group, wants to reach, and by when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from mlops_maturity.cli import targets_text as told
from mlops_maturity.cli.grid import Field, Grid, print_grid
from mlops_maturity.cli.result_format import ListFormat
from mlops_maturity.cli.tables import csv_text
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    AuthorNeeded,
    ConfigOption,
    GroupOption,
    TeamOption,
    Workplace,
    open_workplace,
    parse_day,
)
from mlops_maturity.config.catalogue import TOP_LEVEL
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.assess import gather_all
from mlops_maturity.evidence.store.targets import (
    StoredTarget,
    SubjectKind,
    drop_target,
    read_targets,
    set_target,
    standing_targets,
)
from mlops_maturity.evidence.targets import pursued, targets_of
from mlops_maturity.evidence.wording import name_fault
from mlops_maturity.scoring.score import score

app = typer.Typer(
    name="targets", help="The level that a team, or each team of a group, wants to reach, and by when.",
    no_args_is_help=True,
)  # fmt: skip
FARTHEST = timedelta(days=3653)
"""Ten years: a day beyond is a typing mistake far more often than meant."""
COLUMNS = ("team", "aspect", "level", "by", "level_now", "verdict", "first", "last", "origin", "subject", "author")
FIELDS = (
    Field(name="team", exact=True),
    Field(name="of", rank=1),
    Field(name="target", exact=True),
    Field(name="by", exact=True),
    Field(name="now", exact=True),
    Field(name="standing", least=16),
    Field(name="set by", rank=2),
)

Team = Annotated[str | None, typer.Option("--team", help="The team (its id).")]
Group = Annotated[str | None, typer.Option("--group", help="Each team of this group that has no target of its own.")]
Aspect = Annotated[str, typer.Option("--aspect", help="Of this aspect (its id); of the level overall if left out.")]


@app.command("set")
def set_(
    level: Annotated[int, typer.Option(min=1, max=TOP_LEVEL, help="The level wanted.")],
    by: Annotated[str, typer.Option("--by", metavar="DATE", help="The day it should be reached.")],
    author: AuthorNeeded,
    team: Team = None,
    group: Group = None,
    aspect: Aspect = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Set a target for a team or a group; it takes the place of the one before. It changes no number."""
    place = open_workplace(config)
    problems = _problems(place, team, group, aspect, author)
    day = _day(place, by, problems)
    if problems:
        raise InputRefused(problems)
    kind, subject = _subject(team, group)
    changes = set_target(
        place.store,
        StoredTarget(
            kind=kind, subject=subject, aspect=aspect, level=level, by=day, author=author.strip(), recorded_at=place.now
        ),
    )
    wanted = f"{subject} wants level {level} by {day}."
    typer.echo(wanted if changes.changed else "Nothing to do: that is recorded already.")


@app.command()
def drop(
    author: AuthorNeeded,
    team: Team = None,
    group: Group = None,
    aspect: Aspect = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take a target back. It stays in the history; one of the settings, or of a group, holds again."""
    place = open_workplace(config)
    if problems := _problems(place, team, group, aspect, author):
        raise InputRefused(problems)
    kind, subject = _subject(team, group)
    dropped = drop_target(place.store, kind, subject, aspect, author=author.strip(), now=place.now)
    if dropped is None:
        raise InputRefused([Problem(f"--{kind}", "", _nothing_to_drop(place, team, subject, aspect))])
    typer.echo(f"{subject} no longer wants level {dropped.level} by {dropped.by}.")


@app.command("list")
def list_(
    config: ConfigOption = DEFAULT_CONFIG,
    team: TeamOption = None,
    group: GroupOption = None,
    format: Annotated[ListFormat, typer.Option("--format", help="How to print.")] = ListFormat.TABLE,
) -> None:
    """Show the targets of teams, and whether they are on course by the forecast of the practice that binds."""
    place = open_workplace(config, writes=False)
    rows = list(_rows(place, team, group))
    if format is ListFormat.JSON:
        typer.echo(json.dumps([row for row, _ in rows], indent=1, ensure_ascii=False))
    elif format is ListFormat.CSV:
        typer.echo(csv_text(COLUMNS, (_flat(row) for row, _ in rows)), nl=False)
    elif rows:
        print_grid(Grid(fields=FIELDS, rows=[cells for _, cells in rows], instead="--format csv"))
    else:
        typer.echo("There is none.")


def _rows(place: Workplace, team: str | None, group: str | None) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """Each target of each team, as JSON and as cells of a table."""
    standing, day = standing_targets(read_targets(place.store)), place.today
    aimed = [entry for entry in place.teams(team, group) if targets_of(entry, standing)]
    for dossier in gather_all(place.store, place.settings, place.catalogue, aimed, day):
        assessment = score(place.catalogue, dossier.evidence, day)
        targets = targets_of(dossier.team, standing)
        for each in pursued(targets, assessment, place.catalogue, dossier.evidence):
            aspect, goal = each.target.aspect, each.target.goal
            cells = (
                dossier.team.id,
                told.aspect_name(aspect, place.catalogue) if aspect else "overall",
                f"level {goal.level}",
                goal.by.isoformat(),
                "—" if each.level is None else f"level {each.level}",
                told.standing(each),
                told.origin(each.target),
            )
            yield {"team": dossier.team.id, **told.as_json(each)}, cells


def _flat(row: dict[str, Any]) -> list[Any]:
    expected = row["expected"] or {"first": None, "last": None}
    return [{**row, **expected, "level": row["level"]}[column] for column in COLUMNS]


def _subject(team: str | None, group: str | None) -> tuple[SubjectKind, str]:
    return ("team", team) if team is not None else ("group", str(group).rstrip("/"))


def _problems(place: Workplace, team: str | None, group: str | None, aspect: str, author: str) -> list[Problem]:
    problems = []
    if (team is None) == (group is None):
        both = "both are given" if team is not None else "neither is given"
        problems.append(Problem("--team, --group", "", f"{both}; give one of the two"))
    else:
        try:
            place.teams(team, group)
        except InputRefused as refused:
            problems += refused.problems
    known = [entry.id for entry in place.catalogue.aspects]
    if aspect and aspect not in known:
        problems.append(Problem("--aspect", "", f"{aspect!r} is not known{did_you_mean(aspect, known)}"))
    fault = name_fault(author)
    return problems + ([Problem("--author", "", fault)] if fault else [])


def _day(place: Workplace, by: str, problems: list[Problem]) -> date:
    """The day; what is wrong with it is noted among the problems."""
    try:
        day = parse_day(by, "--by")
    except InputRefused as refused:
        problems += refused.problems
        return place.today
    if not place.today <= day <= place.today + FARTHEST:
        last = place.today + FARTHEST
        problems.append(Problem("--by", "", f"{day} should lie between today, {place.today}, and {last}"))
    return day


def _nothing_to_drop(place: Workplace, team: str | None, subject: str, aspect: str) -> str:
    entry = place.settings.team(team) if team is not None else None
    if entry is not None and entry.target is not None and not aspect:
        return f"the target of {subject!r} stands in the settings; take it out there"
    return (
        f"{subject!r} has no target{f' in {aspect!r}' if aspect else ''} to drop; `targets list` shows those there are"
    )
