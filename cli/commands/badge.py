"""`badge`: a small picture of a team's level, to put into a README or a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.cli.badge_svg import badge_svg
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, AsOfOption, ConfigOption, open_workplace, writing
from mlops_maturity.evidence.assess import gather
from mlops_maturity.scoring.score import score


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(badge)


def badge(
    team: Annotated[str, typer.Option("--team", help="The team (its id).")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="An .svg file; - is standard output.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
) -> None:
    """Draw the level of a team, with its confidence, as an SVG badge that fetches nothing."""
    place = open_workplace(config, writes=False)
    day = place.day(as_of)
    place.tell_if_to_come(day)
    (entry,) = place.teams(team)
    evidence = gather(place.store, place.settings, place.catalogue, entry, day).evidence
    drawn = badge_svg(entry.title, score(place.catalogue, evidence, day), place.catalogue)
    with writing(output) as out:
        out.write(drawn)
