"""`answers`: the questionnaire in and out, as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.cli.refreshing import tell_import
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, name_of, open_workplace, writing
from mlops_maturity.evidence.answers_file import export_answers, import_answers

app = typer.Typer(name="answers", help="Questionnaire answers, as CSV.", no_args_is_help=True)


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
