"""`demo`: a demo organisation with eighteen months of history, and the dashboard on it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.cli.commands.serve import serve as serve_command
from mlops_maturity.cli.demo.fill import fill
from mlops_maturity.cli.workplace import parse_day
from mlops_maturity.config.problems import InputRefused, Problem


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    home: Annotated[Path, typer.Option(help="Where the demo lives; safe to remove.")] = Path(".demo"),
    end: Annotated[str | None, typer.Option(metavar="DATE", help="Last day of its history; today if left out.")] = None,
    live: Annotated[
        bool,
        typer.Option("--live", help="Start a real MLflow, Prometheus and Buildbot, and collect from them."),
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Build it anew.")] = False,
    serve: Annotated[bool, typer.Option(help="Serve the dashboard when it is filled.")] = True,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the dashboard.")] = 8501,
) -> None:
    """Fill a demo organisation and open its dashboard; needs no server and no network."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"can't be written: {error.strerror}; name another folder with --home"
        raise InputRefused([Problem(str(home), "", reason)]) from error
    if live:
        from mlops_maturity.cli.demo.live_run import run_live  # needs the extra `test`

        raise typer.Exit(run_live(home / "live", serve=serve, port=port))
    if fresh and (home / "maturity.yaml").exists():
        shutil.rmtree(home)
    config = fill(home, None if end is None else parse_day(end, "--end"))
    if serve:
        serve_command(config, "127.0.0.1", port)
