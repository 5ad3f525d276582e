"""One run of the collectors, told while it goes on, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import typer
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from mlops_maturity.cli.early import Early
from mlops_maturity.cli.grid import Grid, exact, print_grid
from mlops_maturity.cli.refreshing import console, refresh, refresh_silently
from mlops_maturity.cli.workplace import Workplace
from mlops_maturity.collectors.run import Progressed, SourceOutcome, collect
from mlops_maturity.config.plural import counted

DEFAULT_BACKFILL = timedelta(days=548)
"""How far back the first run goes: eighteen months make a year's trend with half a year of run-up."""


def collect_once(place: Workplace, source: str | None = None, since: datetime | None = None) -> bool:
    """Read the sources (or one), then bring readings and scores up to date; whether anything failed.

    `since` reads all streams back to there again; without, a first run goes back `DEFAULT_BACKFILL`.
    """
    with Early(lambda: refresh_silently(place)) as early:
        outcomes = _collect(place, source, since, early.note)
    _tell(outcomes)
    refresh(place)
    return any(outcome.state != "ok" for outcome in outcomes)


def _collect(
    place: Workplace, source: str | None, since: datetime | None, finished: Callable[[SourceOutcome], None]
) -> Sequence[SourceOutcome]:
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[what]}", markup=False),
        TimeElapsedColumn(), console=console,
    ) as bar:  # fmt: skip
        tasks = {
            entry.id: bar.add_task(escape(entry.id), what="waiting", total=None)
            for entry in place.settings.sources
            if source in (None, entry.id)
        }

        def show(step: Progressed) -> None:
            bar.update(tasks[step.source], what=f"{step.stream} {step.rows} rows {step.what}")

        return collect(
            place.store,
            place.settings,
            now=place.now,
            since=since or place.now - DEFAULT_BACKFILL,
            backfill=since is not None,
            only=None if source is None else [source],
            progress=show,
            finished=finished,
        )


def _tell(outcomes: Sequence[SourceOutcome]) -> None:
    rows = [(each.source, each.state, f"{each.rows_seen:,}", f"{each.rows_changed:,}") for each in outcomes]
    print_grid(Grid(fields=(*exact("source", "state"), *exact("rows", "changed", right=True)), rows=rows), console)
    for outcome in outcomes:
        for line in outcome.remarks():
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    changed = sum(outcome.rows_changed for outcome in outcomes)
    typer.echo(f"{counted(changed, 'changed row')} from {counted(len(outcomes), 'source')}.")
