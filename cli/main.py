"""The command `mlops-maturity`: puts the commands together, and tells refused input plainly."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mlops_maturity.cli.commands import (
    answers,
    assess,
    badge,
    check,
    collect,
    contradictions,
    db,
    demo,
    doctor,
    explain,
    gate,
    history,
    init,
    readings,
    records,
    roadmap,
    score,
    serve,
    targets,
    waivers,
)
from mlops_maturity.config.problems import InputRefused

WRONG_USE = 2
"""Exit code of wrong use and bad configuration; 1 = not met or partly failed."""


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mlops-maturity {version('mlops-maturity')}")
        raise typer.Exit


class _Telling(TyperGroup):
    """Runs a command; refused input becomes one line a problem and exit code 2."""

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except InputRefused as refused:
            for problem in refused.problems:
                typer.echo(str(problem), err=True)
            raise typer.Exit(WRONG_USE) from refused


app = typer.Typer(
    name="mlops-maturity",
    cls=_Telling,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _every_command(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """How mature machine-learning operations are, from what people say and what systems show."""


for command in (init, check, doctor, collect, score, assess, gate, badge, history, explain, roadmap, serve, demo):
    command.register(app)
for group in (records, answers, readings, contradictions, waivers, targets, db):
    app.add_typer(group.app)


def main() -> None:
    """Entry point. Output that its reader closes early (`| head`) is no error."""
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
