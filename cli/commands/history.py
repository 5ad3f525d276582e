"""`history`: the past, re-scored, or as it was published."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import date, timedelta
from enum import StrEnum
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
from mlops_maturity.evidence.organisation import known_on
from mlops_maturity.evidence.past import Span, Step, past_of
from mlops_maturity.evidence.published import published_rows
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

    Of a day on which nothing is known of a team or an aspect there is no row: 0 would be a finding. `basis` is
    `restated`, `chained` where a change of the catalogue asks for too much that the past can't have, or `published`;
    `model_effect` is what a change of the catalogue since the row before brought by itself.
    """
    place = open_workplace(config, writes=False)
    first = None if since is None else parse_day(since, "--since")
    last = place.day(until, "--until")
    if first is not None and first > last:
        raise InputRefused([Problem("--since", "", f"{first} lies after the last day, {last}")])
    teams = place.teams(team, group)
    rows = _published(place, teams, first, last) if as_published else _restated(place, teams, first, last, step.value)
    _write(list(rows), format)


def _restated(
    place: Workplace, teams: Sequence[Team], first: date | None, last: date, step: Step
) -> Iterator[dict[str, Any]]:
    known = known_on(place.store, place.settings, teams, last)
    span = Span(since=first, until=last, step=step, longest=timedelta(days=MAX_DAYS))
    for _, rows in past_of(place.store, place.catalogue, known, span):
        yield from (asdict(row) for row in rows if row.confidence != 0)


def _published(place: Workplace, teams: Sequence[Team], first: date | None, last: date) -> Iterator[dict[str, Any]]:
    for team in teams:
        for each in published_rows(read_published(place.store, team=team.id, since=first, until=last)):
            yield {**asdict(each.row), "published_at": each.published_at}


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
