"""`records`: neutral facts in and out, as JSON lines."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.cli.refreshing import tell_import
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, name_of, open_workplace, parse_day, writing
from mlops_maturity.evidence.records_file import export_records, import_records

app = typer.Typer(name="records", help="Neutral facts from systems, as JSON lines.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="JSON lines; - is standard input.")],
    config: ConfigOption = DEFAULT_CONFIG,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Keep the valid lines of a file that has broken ones.")
    ] = False,
    complete_until: Annotated[
        str | None,
        typer.Option(
            "--complete-until",
            metavar="DATE",
            help="The file holds everything until the end of that day; its latest record if left out.",
        ),
    ] = None,
) -> None:
    """Take records into the store; the same file twice changes nothing."""
    place = open_workplace(config)
    until = None
    if complete_until is not None:
        day = parse_day(complete_until, "--complete-until")
        until = datetime.combine(day + timedelta(days=1), time(), tzinfo=place.settings.zone)
    report = import_records(
        place.store, file, name_of(file), now=place.now, keep_going=keep_going, complete_until=until
    )
    tell_import(place, report)


@app.command()
def export(
    config: ConfigOption = DEFAULT_CONFIG,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file; standard output if left out.")] = None,
) -> None:
    """Write every record of the store, oldest first."""
    place = open_workplace(config, writes=False)
    with writing(output) as out:
        export_records(place.store, out)
