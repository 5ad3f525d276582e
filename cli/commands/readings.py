"""`readings`: what the signals say, and pushed readings in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Any

import typer

from mlops_maturity.cli.dora_text import edition_of, tell_dora
from mlops_maturity.cli.grid import Field, Grid, print_grid
from mlops_maturity.cli.refreshing import tell_import
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    TeamOption,
    Workplace,
    all_right,
    name_of,
    open_workplace,
)
from mlops_maturity.config.dora_editions import editions
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.assess import Dossier, gather_all
from mlops_maturity.evidence.readings_file import import_readings
from mlops_maturity.evidence.record_sense import signal_fault
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.store.readings import StoredReading

app = typer.Typer(name="readings", help="What the signals say of a team, with the records behind it.")
FIELDS = (
    Field(name="signal", exact=True),
    Field(name="on", exact=True, rank=1),
    Field(name="value", exact=True, right=True),
    Field(name="unit"),
    Field(name="seen/scope", exact=True, right=True, rank=2),
    Field(name="n", exact=True, right=True, rank=3),
    Field(name="records", exact=True, right=True, rank=4),
    Field(name="remark", least=16),
)


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"


@app.callback(invoke_without_command=True)
def readings(
    ctx: typer.Context,
    config: ConfigOption = DEFAULT_CONFIG,
    team: TeamOption = None,
    as_of: AsOfOption = None,
    signal: Annotated[str | None, typer.Option("--signal", help="Only this signal (its id).")] = None,
    dora: Annotated[
        str | None,
        typer.Option(
            "--dora", metavar="EDITION", help=f"Beside DORA's figures of an edition: {', '.join(editions())}."
        ),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """Show the newest reading of every signal on a day, or why there is none."""
    if ctx.invoked_subcommand is not None:
        return
    place = open_workplace(config, writes=False)
    all_right(lambda: place.teams(team), lambda: place.day(as_of), lambda: _check_signal(signal, place))
    day = place.day(as_of)
    dossiers = gather_all(place.store, place.settings, place.catalogue, place.teams(team), day)
    if dora is not None:
        tell_dora(edition_of(dora), {d.team.id: values_of(newest(d, day)) for d in dossiers}, format is Format.JSON)
        return
    rows = [latest for dossier in dossiers for latest in newest(dossier, day) if signal in (None, latest.row.signal)]
    if format is Format.JSON:
        typer.echo(json.dumps([as_json(latest) for latest in rows], indent=1, ensure_ascii=False, allow_nan=False))
    else:
        _print(rows)


@app.command("import")
def import_(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="JSON lines; - is standard input.")],
    config: ConfigOption = DEFAULT_CONFIG,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Keep the valid lines of a file that has broken ones.")
    ] = False,
) -> None:
    """Take readings that another system computed: `team, signal, value, seen, scope, opportunities, on`."""
    place = open_workplace(config)
    report = import_readings(
        place.store,
        file,
        name_of(file),
        now=place.now,
        keep_going=keep_going,
        teams=frozenset(team.id for team in place.settings.teams),
        signals=place.signals,
    )
    tell_import(place, report)


@dataclass(frozen=True, slots=True)
class Latest:
    """What counts of a signal on a day, and why there is nothing newer."""

    row: StoredReading
    """The newest value; where there never was one, the reason."""
    since: StoredReading | None = None
    """A newer row that says why there is no value any more."""


def newest(dossier: Dossier, day: date) -> Iterator[Latest]:
    """The newest value of each signal on or before a day, or why there is none."""
    rows = [row for row in dossier.readings if row.on <= day]
    measured: dict[str, StoredReading] = {}
    last: dict[str, StoredReading] = {}
    for row in sorted(rows, key=lambda row: row.on):
        last[row.signal] = row
        if isinstance(row.result, Measured):
            measured[row.signal] = row
    for signal_id in sorted(last):
        row = measured.get(signal_id, last[signal_id])
        yield Latest(row, None if row is last[signal_id] else last[signal_id])


def values_of(found: Iterable[Latest]) -> dict[str, float]:
    """Signal to value, of those that have one and are not missing since."""
    return {
        latest.row.signal: latest.row.result.value
        for latest in found
        if isinstance(latest.row.result, Measured) and latest.since is None
    }


def as_json(latest: Latest) -> dict[str, Any]:
    """A reading with its provenance; `state` tells measured from the reasons why there is no value."""
    row = latest.row
    known = signals().get(row.signal)
    head = {
        "team": row.team,
        "signal": row.signal,
        "on": row.on.isoformat(),
        "unit": known.unit if known else None,
    }
    result = row.result
    if not isinstance(result, Measured):
        return {**head, "state": result.reason, "value": None, "detail": result.detail}
    return {
        **head,
        "state": "measured",
        "value": result.value,
        "seen": result.seen,
        "scope": result.scope,
        "opportunities": result.opportunities,
        "note": result.note,
        "missing_since": None if latest.since is None else _reason(latest.since),
        "records": {
            "count": result.proof.count,
            "sample": [
                {"source": source, "kind": kind, "id": record, "url": url}
                for source, kind, record, url in result.proof.sample
            ],
        },
    }


def _reason(row: StoredReading) -> str:
    result = row.result
    if isinstance(result, Measured):
        return ""
    return f"{row.on}: {result.reason.replace('_', ' ')}, {result.detail}"


def _print(rows: list[Latest]) -> None:
    """A table a team."""
    if not rows:
        typer.echo("There is none.")
    for team, found in groupby(rows, key=lambda latest: latest.row.team):
        print_grid(Grid(fields=FIELDS, rows=[_cells(each) for each in found], title=team, instead="--format json"))


def _cells(latest: Latest) -> tuple[str, ...]:
    row = latest.row
    known, result = signals().get(row.signal), row.result
    head = (row.signal, row.on.isoformat())
    unit = known.unit if known else ""
    if not isinstance(result, Measured):
        return *head, "—", unit, "", "", "", _reason(row)
    return (
        *head, f"{result.value:.4g}", unit, f"{result.seen:g}/{result.scope:g}", f"{result.opportunities:g}",
        str(result.proof.count), " ".join([result.note, *map(_reason, filter(None, [latest.since]))]),
    )  # fmt: skip


def _check_signal(signal: str | None, place: Workplace) -> None:
    fault = None if signal is None else signal_fault(signal, place.signals)
    if fault is not None:
        raise InputRefused([Problem("--signal", "", fault)])
