"""`records`: facts in and out, as neutral JSON lines or in formats of others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO

import typer

from mlops_maturity.cli.refreshing import tell_import
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    ConfigOption,
    Workplace,
    name_of,
    open_workplace,
    parse_day,
    writing,
)
from mlops_maturity.collectors.files.interface import FileFormat, Reading
from mlops_maturity.collectors.files.registry import formats
from mlops_maturity.collectors.mapping import Mapper, author_key
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.rules import Rules
from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.import_report import ProblemList
from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.records_file import Reader, export_records, import_records
from mlops_maturity.evidence.store.records import count_records, read_by_id, read_records

app = typer.Typer(name="records", help="Facts from systems, as files.", no_args_is_help=True)

NEUTRAL = "jsonl"
"""The format of our own: neutral records as JSON lines."""
FormatOption = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="FORMAT",
        help=f"Format of the file: {NEUTRAL} (neutral records), {', '.join(formats())}.",
    ),
]


@app.command("import")
def import_(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="A file; - is standard input.")],
    config: ConfigOption = DEFAULT_CONFIG,
    form: FormatOption = NEUTRAL,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="ID",
            help="Source to file the facts of another format under; rules of a configured source of that id apply.",
        ),
    ] = None,
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
    left_out: dict[str, int] = {}
    report = import_records(
        place.store,
        file,
        name_of(file),
        now=place.now,
        keep_going=keep_going,
        complete_until=until,
        read=_reader(place, form, source, left_out),
        teams=place.settings.teams,
        signals=place.signals,
    )
    for what, count in sorted(left_out.items()):
        typer.echo(f"left out: {what} ({count:,})", err=True)
    tell_import(place, report)


@app.command()
def export(
    config: ConfigOption = DEFAULT_CONFIG,
    form: FormatOption = NEUTRAL,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file; standard output if left out.")] = None,
) -> None:
    """Write every record of the store, oldest first."""
    write = None if form == NEUTRAL else _format(form).write
    if form != NEUTRAL and write is None:
        able = [name for name, entry in formats().items() if entry.write is not None]
        raise InputRefused(
            [Problem("--as", "", f"{form!r} can only be read; written can be {NEUTRAL}, {', '.join(able)}")]
        )
    place = open_workplace(config, writes=False)
    with writing(output) as out:
        if write is None:
            export_records(place.store, out)
            return
        written = write(read_records(place.store), out)
    total = sum(entry.records for entry in count_records(place.store))
    if written < total:
        typer.echo(f"{total - written:,} of {total:,} records bear no date and can't be told as {form}.", err=True)


def _format(name: str) -> FileFormat:
    found = formats().get(name)
    if found is None:
        known = [NEUTRAL, *formats()]
        raise InputRefused([Problem("--as", "", f"{name!r} is no format{did_you_mean(name, known)}")])
    return found


def _reader(place: Workplace, form: str, source: str | None, left_out: dict[str, int]) -> Reader | None:
    """What reads the format; None for our own, in which every record names its source."""
    if form == NEUTRAL:
        if source is not None:
            raise InputRefused([Problem("--source", "", "neutral records name their source themselves; leave it out")])
        return None
    read = _format(form).read
    mapper = Mapper(_rules(place.settings, source), author_key(place.settings.organisation))

    def reader(stream: BinaryIO | TextIO, problems: ProblemList) -> Iterator[Record]:
        return read(
            stream,
            Reading(
                problems=problems,
                now=place.now,
                mapper=mapper,
                signals=place.signals,
                known=partial(read_by_id, place.store),
                source=source or "",
                left_out=left_out,
            ),
        )

    return reader


def _rules(settings: Settings, source: str | None) -> Rules:
    """The rules of the configured source of that id; the presets where there is none, or it has no rules."""
    configured = next((entry for entry in settings.sources if entry.id == source), None)
    rules = getattr(configured, "rules", None)
    return rules if isinstance(rules, Rules) else Rules()
