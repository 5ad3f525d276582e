"""`waivers`: practices declared not applicable for a team, with reason, owner and end date."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from mlops_maturity.cli.grid import Field, Grid, print_grid
from mlops_maturity.cli.refreshing import tell_import
from mlops_maturity.cli.result_format import ListFormat
from mlops_maturity.cli.tables import csv_text
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    ConfigOption,
    GroupOption,
    PracticeNeeded,
    TeamNeeded,
    TeamOption,
    Workplace,
    all_right,
    name_of,
    open_workplace,
)
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.assess import assess_teams
from mlops_maturity.evidence.history import restate
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.waivers import (
    StoredWaiver,
    declare_waivers,
    end_waiver,
    read_waivers,
    standing_waivers,
)
from mlops_maturity.evidence.waivers import SOON, Draft, Known, waiver_of
from mlops_maturity.evidence.waivers_file import import_waivers
from mlops_maturity.evidence.wording import name_fault
from mlops_maturity.scoring.silence import silence

app = typer.Typer(
    name="waivers",
    help="Practices declared not applicable for a team, with reason, owner and end date.",
    no_args_is_help=True,
)
COLUMNS = ("team", "practice", "from", "until", "state", "reason", "owner", "author", "recorded_at")
FIELDS = (
    Field(name="team", exact=True),
    Field(name="practice", exact=True),
    Field(name="from", exact=True, rank=2),
    Field(name="until", exact=True),
    Field(name="state"),
    Field(name="reason", least=16, rank=1),
    Field(name="owner", rank=3),
)


@app.command()
def add(
    team: TeamNeeded,
    practice: PracticeNeeded,
    reason: Annotated[str, typer.Option("--reason", help="Why it does not apply: shown wherever it is left out.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day; a year ahead at most.")],
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it: a role or a team, no mail address.")],
    start: Annotated[
        str,
        typer.Option("--from", metavar="DATE", help="The first day; today if left out. An earlier one is corrected."),
    ] = "",
    author: Annotated[
        str | None, typer.Option("--author", help="Who enters it: a role or a team; the owner if left out.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Declare a practice not applicable for a team. Said again it changes nothing; the same first day corrects it."""
    place = open_workplace(config)
    draft = Draft(team=team, practice=practice, start=start, until=until, reason=reason, owner=owner)
    known = Known(teams=[entry.id for entry in place.settings.teams], practices=list(place.catalogue.by_id))
    said_by = owner if author is None else author
    waiver, faults = waiver_of(draft, known, author=said_by, now=place.now, today=place.today)
    author_fault = name_fault(said_by) if author is not None else None
    problems = [Problem(f"--{column}", "", fault) for column, fault in faults]
    problems += [Problem("--author", "", author_fault)] if author_fault else []
    if problems:
        raise InputRefused(problems)
    before = _standing(place, team)
    changes = declare_waivers(place.store, [waiver])
    _tell(place, team, changes, before, f"{practice} is waived for {team} from {waiver.start} until {waiver.until}")


@app.command("import")
def import_(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(help="CSV, as `waivers list --format csv` writes it; - is standard input.")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Keep the valid rows of a file that has broken ones.")
    ] = False,
) -> None:
    """Declare many waivers at once; the same file twice changes nothing.

    Columns: `team,practice,from,until,reason,owner,author`. `from` may be empty for today, `author` for the owner. A
    row with the first day of a waiver corrects it.
    """
    place = open_workplace(config)
    known = Known(teams=[entry.id for entry in place.settings.teams], practices=list(place.catalogue.by_id))
    report = import_waivers(
        place.store, file, name_of(file), known=known, now=place.now, today=place.today, keep_going=keep_going
    )
    tell_import(place, report)


@app.command()
def end(
    team: TeamNeeded,
    practice: PracticeNeeded,
    author: Annotated[str, typer.Option("--author", help="Who ends it: a role or a team, no mail address.")],
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="The first day on which it counts again; today if left out."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """End a waiver before its time. It stays in the history."""
    place = open_workplace(config)
    all_right(lambda: place.teams(team), lambda: place.day(on, "--on"), lambda: _is_a_name(author))
    day, before = place.day(on, "--on"), _standing(place, team)
    changes = end_waiver(place.store, team, practice, on=day, author=author.strip(), now=place.now)
    _tell(place, team, changes, before, f"{practice} counts for {team} from {day} on")


@app.command("list")
def list_(
    config: ConfigOption = DEFAULT_CONFIG,
    team: TeamOption = None,
    group: GroupOption = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every row ever recorded: ended, corrected and taken back.")
    ] = False,
    format: Annotated[ListFormat, typer.Option("--format", help="How to print.")] = ListFormat.TABLE,
) -> None:
    """Show the waivers that hold or are to come, and those that end within 30 days."""
    place = open_workplace(config, writes=False)
    teams = {entry.id for entry in place.teams(team, group)}
    recorded = [row for row in read_waivers(place.store) if row.team in teams]
    standing = [row for row in standing_waivers(recorded) if row.until >= place.today]
    rows = [_row(row, place) for row in (recorded if all_ else standing)]
    if format is ListFormat.JSON:
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    elif format is ListFormat.CSV:
        typer.echo(csv_text(COLUMNS, [row.values() for row in rows]), nl=False)
    elif rows:
        cells = [[str(row[entry.name]) for entry in FIELDS] for row in rows]
        print_grid(Grid(fields=FIELDS, rows=cells, instead="--format csv"))
    else:
        typer.echo("There is none.")


def _is_a_name(author: str) -> None:
    fault = name_fault(author)
    if fault is not None:
        raise InputRefused([Problem("--author", "", fault)])


def _standing(place: Workplace, team: str) -> str:
    """Level and index of a team today, as one reads them."""
    (entry,) = place.teams(team)
    assessment = assess_teams(place.store, place.settings, place.catalogue, [entry], place.today)[team]
    overall = assessment.overall
    if overall.level is None or overall.index is None:
        return "not judged"
    if silence(assessment):
        return "no evidence"
    return f"level {overall.level}, index {overall.index:.1f}"


def _tell(place: Workplace, team: str, changes: Changes, before: str, done: str) -> None:
    """Say what was recorded, re-score the team's past, and say what that did to its figures."""
    if not changes.changed:
        typer.echo("Nothing to do: that is recorded already.")
        return
    (entry,) = place.teams(team)
    restate(place.store, place.settings, place.catalogue, now=place.now, teams=[entry])
    typer.echo(f"{done}. Today: {before} before, {_standing(place, team)} now.")


def _row(waiver: StoredWaiver, place: Workplace) -> dict[str, Any]:
    fields = asdict(waiver)
    return {
        "team": waiver.team,
        "practice": waiver.practice,
        "from": waiver.start.isoformat(),
        "until": waiver.until.isoformat(),
        "state": _state(waiver, place),
        **{name: fields[name] for name in ("reason", "owner", "author")},
        "recorded_at": waiver.recorded_at.isoformat(),
    }


def _state(waiver: StoredWaiver, place: Workplace) -> str:
    if waiver.practice not in place.catalogue.by_id:
        return "no such practice" + did_you_mean(waiver.practice, place.catalogue.by_id, listed=0)
    if waiver.until < waiver.start:
        return "taken back"
    if waiver.start > place.today:
        return "to come"
    left = (waiver.until - place.today).days
    if left < 0:
        return "ended"
    return f"ends {_in_days(left)}" if left <= SOON.days else "holds"


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
