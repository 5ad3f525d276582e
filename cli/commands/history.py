"""`history`: the past, re-scored, or as it was published."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlops_maturity.cli.refreshing import progress_bar
from mlops_maturity.cli.workplace import (
    DEFAULT_CONFIG,
    ConfigOption,
    GroupOption,
    TeamOption,
    Workplace,
    open_workplace,
    parse_day,
    writing,
    writing_bytes,
)
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.organisation import KnownTeams, known_on
from mlops_maturity.evidence.past import Span, Step, past_of
from mlops_maturity.evidence.published import published_rows
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.store.assessments import read_published
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.evidence.survivors import shown, survivors, tell, together

if TYPE_CHECKING:
    import pandas as pd

AGED = "aged"
"""The basis of a day to come."""
READ_ON = "readings_on"
"""The column of the day whose readings were used; empty where there were none yet."""
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
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="A file; standard output if left out.")
    ] = None,
) -> None:
    """Re-score the past under the catalogue in force: one row a team, day and aspect.

    Readings are kept for the ends of weeks. `readings_on` is the day of the newest ones that a row rests on: between
    two ends of weeks that is the last Sunday, aged since then. `assess --as-of` reads the day itself, so there it can
    differ a little; where `on` and `readings_on` are the same day, the two agree.

    Of a day on which nothing is known of a team or an aspect there is no row: 0 would be a finding. `basis` is
    `restated`, `chained` where a change of the catalogue asks for too much that the past can't have, or `published`;
    `aged` is a day to come: the evidence known today, aged until then.
    `model_effect` is what a change of the catalogue since the row before brought by itself.
    """
    place = open_workplace(config, writes=False)
    first = None if since is None else parse_day(since, "--since")
    last = place.day(until, "--until")
    if first is not None and first > last:
        raise InputRefused([Problem("--since", "", f"{first} lies after the last day, {last}")])
    teams = place.teams(team, group)
    if not as_published:
        place.tell_if_to_come(last)
    if as_published:
        _write(list(_published(place, teams, first, last)), format, output)
        return
    known = known_on(place.store, place.settings, teams, last)
    _write(list(_restated(place, known, first, last, step.value)), format, output)
    for line in _biased(place, known, first, last):
        typer.echo(line, err=True)


def _restated(
    place: Workplace, known: KnownTeams, first: date | None, last: date, step: Step
) -> Iterator[dict[str, Any]]:
    read = {each.team.id: each.reading_days(place.catalogue) for each in known.columns}
    span = Span(since=first, until=last, step=step, longest=timedelta(days=MAX_DAYS))
    with progress_bar(on_screens_only=True) as bar:
        for _, rows in bar.track(
            past_of(place.store, place.catalogue, known, span), len(known.columns), description="history"
        ):
            yield from (_row(row, place.today, read[row.team]) for row in rows if row.confidence != 0)


def _biased(place: Workplace, known: KnownTeams, first: date | None, last: date) -> list[str]:
    """Before which day rows count survivors only, a line for each source."""
    found = survivors(place.store, place.settings, [each.team for each in known.columns])
    told = (
        shown(found[each.team.id], each.team, each.first_days(last), place.catalogue, first)
        for each in known.columns
        if found[each.team.id]
    )
    return [tell(each, signals()) for each in together(told)]


def _row(row: HistoryRow, today: date, read: Sequence[date]) -> dict[str, Any]:
    """A row, with the newest of the days of readings that it can rest on; of a day to come nothing can be restated."""
    before = bisect_right(read, row.on)
    newest = read[before - 1] if before else None
    return {**asdict(row), **({"basis": AGED} if row.on > today else {}), READ_ON: newest}


def _published(place: Workplace, teams: Sequence[Team], first: date | None, last: date) -> Iterator[dict[str, Any]]:
    for team in teams:
        for each in published_rows(read_published(place.store, team=team.id, since=first, until=last)):
            yield {**asdict(each.row), "published_at": each.published_at}


def _write(rows: list[dict[str, Any]], format: Format, output: Path | None) -> None:
    if format is Format.PARQUET:
        with writing_bytes(output, "parquet") as out:
            out.write(_frame(rows).to_parquet(index=False))
        return
    with writing(output) as text:
        if format is Format.JSON:
            told = [{**row, "on": row["on"].isoformat()} for row in rows]
            text.write(json.dumps(told, default=str, allow_nan=False) + "\n")
        else:
            text.write(_frame(rows).to_csv(index=False))


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The rows with their columns, which an empty history has as well."""
    import pandas as pd  # takes a second: not for every command

    columns = list(rows[0]) if rows else [*(field.name for field in fields(HistoryRow)), READ_ON]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({name: "Int64" for name in columns if name.startswith("level")})
