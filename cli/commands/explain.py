"""`explain`: why the level or the index of a team moved."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated

import typer

from mlops_maturity.cli.explain_json import explained_json
from mlops_maturity.cli.explain_text import as_markdown, as_table
from mlops_maturity.cli.result_format import TextFormat
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, open_workplace, parse_day
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.explain import explain_team

USUAL = timedelta(weeks=4)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    team: Annotated[str, typer.Option("--team", help="The team (its id).")],
    config: ConfigOption = DEFAULT_CONFIG,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day to compare with; four weeks before if left out.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The last day; today if left out.")] = None,
    format: Annotated[TextFormat, typer.Option("--format", help="How to print.")] = TextFormat.TABLE,
) -> None:
    """Tell why the level or the index of a team moved: ageing, new evidence, or the model.

    The three parts add up to the change, for the whole, each aspect and each practice. Evidence of the first day that
    nobody renewed *ages*; what was read or said since is *new evidence*; what a change of the catalogue brought is
    the *model*. Where a level moved: the practices that stand otherwise before its gate on the two days, what moved
    them, and the weeks in which it happened.
    """
    place = open_workplace(config, writes=False)
    last = place.day(until, "--until")
    first = last - USUAL if since is None else parse_day(since, "--since")
    if first > last:
        raise InputRefused([Problem("--since", "", f"{first} lies after the last day, {last}")])
    (chosen,) = place.teams(team)
    told = explain_team(place.store, place.settings, place.catalogue, chosen, first, last)
    if format is TextFormat.TABLE:
        as_table(told, place.catalogue)
    elif format is TextFormat.MARKDOWN:
        typer.echo(as_markdown(told, place.catalogue))
    else:
        typer.echo(json.dumps(explained_json(told), indent=1, ensure_ascii=False, allow_nan=False))
