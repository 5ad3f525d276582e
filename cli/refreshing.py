"""After new facts: bring readings, history and published assessments up to date, and say so."""

from __future__ import annotations

import os

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mlops_maturity.cli.workplace import Workplace
from mlops_maturity.config.plural import counted
from mlops_maturity.evidence.history import Restated, restate
from mlops_maturity.evidence.import_report import ImportReport
from mlops_maturity.evidence.processes import WORTH
from mlops_maturity.evidence.refresh import refresh_readings

console = Console(stderr=True)
"""Progress and remarks; results go to standard output."""


def progress_bar(*, on_screens_only: bool = False) -> Progress:
    """The one look of every progress bar; in a pipe or a file its end is written, or nothing at all."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=on_screens_only and not console.is_terminal,
    )


def refresh(place: Workplace) -> Restated:
    """Compute the readings that new records call for, re-score the past, publish today."""
    with progress_bar() as bar:
        task = bar.add_task("readings", total=None)
        readings = refresh_readings(
            place.store,
            place.settings,
            today=place.today,
            computed_at=place.now,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            processes=_processes(place),
        )
        task = bar.add_task("history", total=len(place.settings.teams))
        done = restate(
            place.store,
            place.settings,
            place.catalogue,
            now=place.now,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            processes=_processes(place),
        )
    changed = readings.inserted + readings.updated
    console.print(
        f"{counted(changed, 'reading')} changed; {counted(done.rows, 'weekly score')}; "
        f"{counted(done.published, 'assessment')} published.",
        highlight=False,
    )
    return done


def refresh_silently(place: Workplace) -> None:
    """Likewise, for the time while something else is told."""
    refresh_readings(place.store, place.settings, today=place.today, computed_at=place.now)
    restate(place.store, place.settings, place.catalogue, now=place.now)


def _processes(place: Workplace) -> int:
    """How many processes compute: starting one costs more than some teams take."""
    return os.cpu_count() or 1 if len(place.settings.teams) >= WORTH else 1


def tell_import(place: Workplace, report: ImportReport) -> None:
    """Say what an import did, bring the scores up to date, and end with 1 where something was left out."""
    for problem in report.problems:
        typer.echo(str(problem), err=True)
    typer.echo(report.summary())
    refresh(place)
    raise typer.Exit(1 if report.problems else 0)
