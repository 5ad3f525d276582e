"""`contradictions`: where people and systems tell different things, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from mlops_maturity.cli import contradictions_text as told
from mlops_maturity.cli.grid import print_grid
from mlops_maturity.cli.result_format import Format
from mlops_maturity.cli.tables import printable, result_console
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    AsOfOption,
    AuthorNeeded,
    ConfigOption,
    GroupOption,
    PracticeNeeded,
    TeamNeeded,
    TeamOption,
    Workplace,
    open_workplace,
    parse_day,
)
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.assess import gather, gather_all
from mlops_maturity.evidence.contradictions import Case, ended_cases, standing_cases
from mlops_maturity.evidence.store.contradictions import Statement, append_statement, read_statements
from mlops_maturity.evidence.wording import A_YEAR, name_fault, reason_fault
from mlops_maturity.scoring.score import score

app = typer.Typer(name="contradictions", help="Where people and systems tell different things, as work to do.")


class StateChoice(StrEnum):
    """What became of it."""

    OPEN = "open"
    EXPLAINED = "explained"
    RESOLVED = "resolved"
    LAPSED = "lapsed"


@app.callback(invoke_without_command=True)
def contradictions(
    ctx: typer.Context,
    config: ConfigOption = DEFAULT_CONFIG,
    team: TeamOption = None,
    group: GroupOption = None,
    as_of: AsOfOption = None,
    state: Annotated[
        StateChoice | None, typer.Option("--state", help="Only those; open and explained ones if left out.")
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """Show where answers and telemetry are a rung or more apart: both sides, since when, who said it, what shows it.

    Resolved: a new answer or new readings ended it within a year. Lapsed: its evidence faded, so nobody can tell.
    """
    if ctx.invoked_subcommand is not None:
        return
    place = open_workplace(config, writes=False)
    wanted = {"open", "explained"} if state is None else {state.value}
    cases = [case for case in _cases(place, team, group, as_of, wanted) if case.state in wanted]
    if format is Format.JSON:
        rows = [told.as_json(case, place.catalogue) for case in cases]
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False))
    elif format is Format.CSV:
        typer.echo(told.as_csv(cases, place.catalogue), nl=False)
    elif format is Format.MARKDOWN:
        typer.echo(told.as_markdown(cases, place.catalogue))
    elif cases:
        console = result_console()
        print_grid(told.as_table(cases, place.catalogue), console)
        for line in told.links(cases):
            console.print(printable(line), markup=False, highlight=False, soft_wrap=True)
    else:
        typer.echo("There is none.")


@app.command()
def explain(
    team: TeamNeeded,
    practice: PracticeNeeded,
    reason: Annotated[str, typer.Option("--reason", help="Why both sides are right, or when it will be mended.")],
    until: Annotated[
        str,
        typer.Option("--until", metavar="DATE", help="The last day it holds, a year ahead at most; then it is open."),
    ],
    author: AuthorNeeded,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Explain a contradiction until a day. It changes no number; said again it changes nothing."""
    place = open_workplace(config)
    problems = _naming(place, team, practice) + _worded(author, reason)
    day = _end(place, until, problems)
    if problems:
        raise InputRefused(problems)
    case = _standing(place, team, practice)
    statement = Statement(
        team=team,
        practice=practice,
        kind=case.episode.kind,
        state="explained",
        reason=reason.strip(),
        until=day,
        author=author.strip(),
        recorded_at=place.now,
    )
    changed = append_statement(place.store, statement).changed
    typer.echo(f"Explained until {day}." if changed else "Nothing to do: that is recorded already.")


@app.command()
def reopen(
    team: TeamNeeded,
    practice: PracticeNeeded,
    author: AuthorNeeded,
    reason: Annotated[str, typer.Option("--reason", help="Why, if there is something to say.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take an explanation back before its end. It stays in the history."""
    place = open_workplace(config)
    problems = _naming(place, team, practice) + _worded(author, reason or "opened again")
    if problems:
        raise InputRefused(problems)
    case = _standing(place, team, practice)
    if case.state == "open":
        typer.echo("Nothing to do: it is open already.")
        return
    statement = Statement(
        team=team,
        practice=practice,
        kind=case.episode.kind,
        state="open",
        reason=reason.strip(),
        until=None,
        author=author.strip(),
        recorded_at=place.now,
    )
    append_statement(place.store, statement)
    typer.echo("Open again.")


def _cases(
    place: Workplace, team: str | None, group: str | None, as_of: str | None, wanted: set[str]
) -> Iterator[Case]:
    day = place.day(as_of)
    for dossier in gather_all(place.store, place.settings, place.catalogue, place.teams(team, group), day):
        assessment = score(place.catalogue, dossier.evidence, day)
        if wanted & {"open", "explained"}:
            statements = read_statements(place.store, dossier.team.id)
            yield from standing_cases(dossier, assessment, place.catalogue, statements, place.settings.zone)
        if wanted & {"resolved", "lapsed"}:
            yield from ended_cases(dossier, assessment, place.catalogue)


def _standing(place: Workplace, team: str, practice: str) -> Case:
    """The contradiction of a practice today. Raises `InputRefused` where there is none."""
    (entry,) = place.teams(team)
    dossier = gather(place.store, place.settings, place.catalogue, entry, place.today)
    assessment = score(place.catalogue, dossier.evidence, place.today)
    statements = read_statements(place.store, team)
    for case in standing_cases(dossier, assessment, place.catalogue, statements, place.settings.zone):
        if case.practice == practice:
            return case
    reason = f"{practice!r} of team {team!r} does not contradict itself today; `contradictions` lists what does"
    raise InputRefused([Problem("--practice", "", reason)])


def _naming(place: Workplace, team: str, practice: str) -> list[Problem]:
    given = (
        ("--team", team, [entry.id for entry in place.settings.teams]),
        ("--practice", practice, list(place.catalogue.by_id)),
    )
    return [
        Problem(option, "", f"{name!r} is not known{did_you_mean(name, known)}")
        for option, name, known in given
        if name not in known
    ]


def _end(place: Workplace, until: str, problems: list[Problem]) -> date:
    """The last day of an explanation; what is wrong with it is noted among the problems."""
    try:
        day = parse_day(until, "--until")
    except InputRefused as refused:
        problems += refused.problems
        return place.today
    last = place.today + A_YEAR
    if not place.today <= day <= last:
        problems.append(Problem("--until", "", f"{day} should lie between today, {place.today}, and {last}"))
    return day


def _worded(author: str, reason: str) -> list[Problem]:
    faults = (("--author", name_fault(author)), ("--reason", reason_fault(reason)))
    return [Problem(option, "", fault) for option, fault in faults if fault is not None]
