"""`answers`: the questionnaire in and out, as CSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.cli import respondents_text as told
from mlops_maturity.cli.refreshing import tell_import
from mlops_maturity.cli.result_format import ListFormat
from mlops_maturity.cli.tables import result_console
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    GroupOption,
    TeamOption,
    name_of,
    open_workplace,
    writing,
)
from mlops_maturity.evidence.answers_file import export_answers, import_answers
from mlops_maturity.evidence.assess import assemble
from mlops_maturity.evidence.store.answers import read_answers
from mlops_maturity.evidence.store.team_readings import TeamReadings
from mlops_maturity.evidence.store.waivers import read_waivers
from mlops_maturity.scoring.respondents import responses

app = typer.Typer(
    name="answers", help="Questionnaire answers: in and out as CSV, and who gave them.", no_args_is_help=True
)


@app.command("import")
def import_(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="CSV; - is standard input.")],
    config: ConfigOption = DEFAULT_CONFIG,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Keep the valid rows of a file that has broken ones.")
    ] = False,
) -> None:
    """Append answers to the store; the same file twice changes nothing."""
    place = open_workplace(config)
    report = import_answers(
        place.store,
        file,
        name_of(file),
        now=place.now,
        teams=frozenset(team.id for team in place.settings.teams),
        practices=frozenset(place.catalogue.by_id),
        keep_going=keep_going,
    )
    tell_import(place, report)


@app.command()
def export(
    config: ConfigOption = DEFAULT_CONFIG,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file; standard output if left out.")] = None,
) -> None:
    """Write every answer of the store in the order they were recorded."""
    place = open_workplace(config, writes=False)
    with writing(output) as out:
        export_answers(place.store, out)


@app.command()
def status(
    config: ConfigOption = DEFAULT_CONFIG,
    team: TeamOption = None,
    group: GroupOption = None,
    as_of: AsOfOption = None,
    format: Annotated[ListFormat, typer.Option("--format", help="How to print.")] = ListFormat.TABLE,
) -> None:
    """Show who answered and how long ago, how far they agree, and which practices rest on one of them."""
    place = open_workplace(config, writes=False)
    day, found = place.day(as_of), {}
    for entry in place.teams(team, group):
        answers, waivers = read_answers(place.store, entry.id), read_waivers(place.store, entry.id)
        evidence = assemble(place.catalogue, entry, answers, TeamReadings(entry.id), waivers).evidence
        found[entry.id] = responses(place.catalogue, evidence, day)
    if format is ListFormat.JSON:
        documents = {name: told.as_json(each) for name, each in found.items()}
        typer.echo(json.dumps(documents, indent=1, ensure_ascii=False, allow_nan=False))
    elif format is ListFormat.CSV:
        typer.echo(told.as_csv(found), nl=False)
    else:
        told.as_tables(found, place.catalogue, result_console())
