"""`serve`: the dashboard."""

from __future__ import annotations

from typing import Annotated

import typer

from mlops_maturity.cli.dashboard_process import refuse_taken_port, serve_dashboard
from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, open_workplace


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    config: ConfigOption = DEFAULT_CONFIG,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8501,
) -> None:
    """Serve the dashboard until interrupted."""
    open_workplace(config, writes=False)  # what is wrong is told here, in the terminal, and not on a page
    refuse_taken_port(host, port)
    typer.echo(f"Dashboard at http://{host}:{port} (Ctrl-C ends it)")
    raise typer.Exit(serve_dashboard(config, host, port))
