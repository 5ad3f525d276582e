"""The command `mlops-maturity`: puts the commands together, and tells refused input plainly."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules
from typing import Annotated, Any

import typer

import mlops_maturity.cli.commands as commands
from mlops_maturity.cli.groups import Group, group_of
from mlops_maturity.cli.option_faults import plain_fault
from mlops_maturity.cli.streams import prepare_streams
from mlops_maturity.config.problems import InputRefused

WRONG_USE = 2
"""Exit code of wrong use and bad configuration; 1 = not met or partly failed."""
INTERRUPTED = 130
"""Exit code of Ctrl-C, as shells have it: 128 and the number of the signal."""


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mlops-maturity {version('mlops-maturity')}")
        raise typer.Exit


class _Commands(Group):
    """Every module of `commands` is a command of its name, loaded when it is asked for: none waits for the others.

    Refused input becomes one line a problem and exit code 2.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return [found.name for found in iter_modules(commands.__path__)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"{commands.__name__}.{cmd_name}")
        if hasattr(module, "app"):
            return group_of(module.app)
        alone = typer.Typer(rich_markup_mode=app.rich_markup_mode, add_completion=False)
        module.register(alone)
        return typer.main.get_command(alone)

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except InputRefused as refused:
            for problem in refused.problems:
                typer.echo(str(problem), err=True)
            raise typer.Exit(WRONG_USE) from refused
        except typer.BadParameter as wrong:
            wrong.message = plain_fault(wrong.message)
            raise
        except KeyboardInterrupt:
            typer.echo("\nInterrupted. What was written stays; the same command again goes on from there.", err=True)
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    name="mlops-maturity",
    cls=_Commands,
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


def main() -> None:
    """Entry point. Output that its reader closes early (`| head`) is no error."""
    prepare_streams()
    if sys.stdin is None and "-" in sys.argv[1:]:
        typer.echo("standard input is closed; name a file instead of -, or pipe one in", err=True)
        sys.exit(WRONG_USE)
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
