"""`init`: a commented starter file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.starter import starter_text


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write it.", metavar="[DIR]")] = Path(),
) -> None:
    """Write a commented starter `maturity.yaml`."""
    target = folder / "maturity.yaml"
    if target.exists():
        raise InputRefused([Problem(str(target), "", "is there already; remove it or name another folder")])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(starter_text(), encoding="utf-8")
    except OSError as error:
        reason = f"can't be written: {error.strerror or error}; name another folder"
        raise InputRefused([Problem(str(target), "", reason)]) from error
    typer.echo(f"{target} written. Fill in your teams and sources, then: mlops-maturity check -c {target}")
