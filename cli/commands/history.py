"""`history`: the past, re-scored, or as it was published."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from typing import Annotated, Any

import typer

from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    ConfigOption,
    GroupOption,
    TeamOption,
    Workplace,
    open_workplace,
    parse_day,
)
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.assess import Dossier, gather_all
from mlops_maturity.evidence.history import Step, days_of, first_day, rows_of, score_days
from mlops_maturity.evidence.store.assessments import read_published
from mlops_maturity.evidence.store.history import HistoryRow

MAX_DAYS = 20 * 366
"""Longer spans are a typing mistake in a date far more often than meant."""


class Format(StrEnum):
    """How to print."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class StepChoice(StrEnum):
    """How far apart the days lie."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(history)


def history(
    config: ConfigOption = DEFAULT_CONFIG,
    team: TeamOption = None,
    group: GroupOption = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day; the oldest evidence if left out.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day; today if left out.")] = None,
    step: Annotated[StepChoice, typer.Option(help="How far apart the days lie.")] = StepChoice.WEEK,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.CSV,
    as_published: Annotated[bool, typer.Option("--as-published", help="What was shown then, not re-scored.")] = False,
) -> None:
    """Re-score the past under the catalogue in force: one row a team, day and aspect.

    Of a day on which nothing is known of a team or an aspect there is no row: 0 would be a finding.
    """
    place = open_workplace(config, writes=False)
    first = None if since is None else parse_day(since, "--since")
    last = place.day(until, "--until")
    if first is not None and first > last:
        raise InputRefused([Problem("--since", "", f"{first} lies after the last day, {last}")])
    teams = place.teams(team, group)
    if as_published:
        parts = [_published(place, entry, first, last) for entry in teams]
    else:
        dossiers = gather_all(place.store, place.settings, place.catalogue, teams, last)
        parts = [_restated(place, dossier, first, last, step.value) for dossier in dossiers]
    rows = chain.from_iterable(parts)
    _write(list(rows), format)


def _restated(
    place: Workplace, dossier: Dossier, first: date | None, last: date, step: Step
) -> Iterator[dict[str, Any]]:
    start = first or first_day(dossier) or last
    days = days_of(max(min(start, last), last - timedelta(days=MAX_DAYS)), last, step)
    for assessment in score_days(dossier, place.catalogue, days):
        yield from (asdict(row) for row in rows_of(dossier.team.id, assessment) if row.confidence != 0)


def _published(place: Workplace, team: Team, first: date | None, last: date) -> Iterator[dict[str, Any]]:
    for row in read_published(place.store, team=team.id, since=first, until=last):
        scopes = {"overall": row.payload["overall"], **row.payload["aspects"]}
        for scope, part in scopes.items():
            if part.get("confidence") == 0:
                continue
            numbers = {field.name: part.get(field.name) for field in fields(HistoryRow) if field.name in part}
            yield {
                "team": team.id, "on": row.as_of, "scope": scope, **numbers, "catalogue_hash": row.catalogue_hash,
                "published_at": row.published_at,
            }  # fmt: skip


def _write(rows: list[dict[str, Any]], format: Format) -> None:
    import pandas as pd  # takes a second: not for every command

    columns = [field.name for field in fields(HistoryRow)]
    frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else columns)
    if format is Format.JSON:
        typer.echo(json.dumps([{**row, "on": row["on"].isoformat()} for row in rows], default=str, allow_nan=False))
    elif format is Format.CSV:
        typer.echo(
            frame.astype({name: "Int64" for name in columns if name.startswith("level")}).to_csv(index=False),
            nl=False,
        )
    else:
        out = io.BytesIO()
        frame.astype({name: "Int64" for name in columns if name.startswith("level")}).to_parquet(out, index=False)
        sys.stdout.buffer.write(out.getvalue())
