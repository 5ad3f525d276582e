"""`db`: the store."""

from __future__ import annotations

import typer

from mlops_maturity.cli.workplace import DEFAULT_CONFIG, ConfigOption, open_workplace

app = typer.Typer(name="db", help="The store.", no_args_is_help=True)


@app.command()
def upgrade(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Create the store, or bring its tables to this version. Every other command does so too."""
    place = open_workplace(config)
    typer.echo(f"{place.store.engine.url.render_as_string(hide_password=True)} is up to date.")
