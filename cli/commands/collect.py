"""`collect`: reads the sources into the store, then brings readings and scores up to date."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.cli.collecting import collect_once
from mlops_maturity.cli.refreshing import refresh
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, Workplace, open_workplace, parse_day
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.store.answers import read_answers
from mlops_maturity.evidence.store.records import count_records

_PERIOD = re.compile(r"^(\d+)([smhd])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(collect)


def collect(
    config: ConfigOption = DEFAULT_CONFIG,
    source: Annotated[str | None, typer.Option("--source", help="Only this source (its id).")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Read back to this day; 18 months on the first run.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="One run; the default.")] = False,
    every: Annotated[str | None, typer.Option(metavar="15m", help="Go on: a run every 30s, 15m, 6h, 1d.")] = None,
) -> None:
    """Read every source into the store, compute readings and publish assessments.

    What one source can't give is told with its reason, and leaves the others alone: exit code 1. Without any source,
    what was imported is brought up to date.
    """
    if once and every:
        raise InputRefused([Problem("--every", "", "does not go with --once; leave one of the two out")])
    pause = None if every is None else _seconds(every)
    failed = _run(config, source, since)
    while pause is not None:
        time.sleep(pause)
        failed = _run(config, source, None)
    raise typer.Exit(1 if failed else 0)


def _run(config: Path, source: str | None, since: str | None) -> bool:
    place = open_workplace(config)
    try:
        if not place.settings.sources:
            _from_files_alone(place, source, since)
            return False
        return collect_once(place, source, None if since is None else _midnight(place, since))
    finally:
        place.store.close()


def _from_files_alone(place: Workplace, source: str | None, since: str | None) -> None:
    """Without a source there is nothing to read; what files brought ages all the same, and settings change.

    Raises InputRefused where something is asked of a source, or nothing is in the store either.
    """
    imported = count_records(place.store) or read_answers(place.store)
    if source or since or not imported:
        step = "add one, or hand facts and answers in by `records import` and `answers import`"
        raise InputRefused([Problem("sources", "", f"there are none in the settings; {step}")])
    typer.echo("No source is configured, so nothing was read; what was imported counts as of today:", err=True)
    refresh(place)


def _midnight(place: Workplace, text: str) -> datetime:
    day = parse_day(text, "--since")
    start = datetime(day.year, day.month, day.day, tzinfo=place.settings.zone).astimezone(UTC)
    if start >= place.now:
        raise InputRefused([Problem("--since", "", f"{text} lies in the future; name a past day")])
    return start


def _seconds(text: str) -> int:
    match = _PERIOD.match(text)
    if match is None or int(match[1]) == 0:
        raise InputRefused([Problem("--every", "", f"{text!r} is no period; write it like 15m, 6h or 1d")])
    return int(match[1]) * _SECONDS[match[2]]
