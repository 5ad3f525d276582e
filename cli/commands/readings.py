"""`readings`: what the signals say, and pushed readings in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from mlops_maturity.cli.refreshing import refresh
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    TeamOption,
    Workplace,
    open_workplace,
)
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.assess import gather
from mlops_maturity.evidence.readings_file import import_readings
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.store.readings import StoredReading

app = typer.Typer(name="readings", help="What the signals say of a team, with the records behind it.")


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
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> None:
    """Show the newest reading of every signal on a day, or why there is none."""
    if ctx.invoked_subcommand is not None:
        return
    place = open_workplace(config)
    day = place.day(as_of)
    _check_signal(signal, place)
    rows = [row for entry in place.teams(team) for row in newest(place, entry, day) if signal in (None, row.signal)]
    if format is Format.JSON:
        typer.echo(json.dumps([as_json(row) for row in rows], indent=1, ensure_ascii=False, allow_nan=False))
    else:
        Console().print(_table(rows))


@app.command("import")
def import_(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="JSON lines; - is standard input.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take readings that another system computed: `team, signal, value, seen, scope, opportunities, on`."""
    place = open_workplace(config)
    known = signals().keys() | place.catalogue.signal_ids
    report = import_readings(
        place.store,
        file,
        file.name,
        now=place.now,
        teams=frozenset(team.id for team in place.settings.teams),
        signals=frozenset(known),
    )
    typer.echo(report.summary())
    refresh(place)


def newest(place: Workplace, team: Team, day: date) -> Iterator[StoredReading]:
    """The newest row of each signal on or before a day: measured, or missing and why."""
    last: dict[str, StoredReading] = {}
    for row in gather(place.store, place.settings, place.catalogue, team, day).readings:
        if row.on <= day and (row.signal not in last or row.on >= last[row.signal].on):
            last[row.signal] = row
    for signal_id in sorted(last):
        yield last[signal_id]


def as_json(row: StoredReading) -> dict[str, Any]:
    """A reading with its provenance; `state` tells measured from the reasons why there is no value."""
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
        "records": {
            "count": result.proof.count,
            "sample": [
                {"source": source, "kind": kind, "id": record, "url": url}
                for source, kind, record, url in result.proof.sample
            ],
        },
    }


def _table(rows: list[StoredReading]) -> Table:
    table = Table("team", "signal", "on", "value", "unit", "seen/scope", "n", "records", "remark")
    for row in rows:
        known, result = signals().get(row.signal), row.result
        head = (row.team, row.signal, row.on.isoformat())
        unit = known.unit if known else ""
        if isinstance(result, Measured):
            table.add_row(
                *head, f"{result.value:.4g}", unit, f"{result.seen:g}/{result.scope:g}", f"{result.opportunities:g}",
                str(result.proof.count), result.note,
            )  # fmt: skip
        else:
            table.add_row(*head, "—", unit, "", "", "", f"{result.reason.replace('_', ' ')}: {result.detail}")
    return table


def _check_signal(signal: str | None, place: Workplace) -> None:
    known = signals().keys() | place.catalogue.signal_ids
    if signal is not None and signal not in known and not signal.startswith("user."):
        reason = f"no signal is called {signal!r}{did_you_mean(signal, sorted(known))}"
        raise InputRefused([Problem("--signal", "", reason)])
