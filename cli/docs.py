"""Writes the pages of docs/ that are made from the code's own data: `python -m mlops_maturity.cli.docs`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from mlops_maturity.cli.main import app
from mlops_maturity.cli.model_page import render_model
from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.framework_file import builtin_frameworks
from mlops_maturity.config.framework_reference import render_frameworks
from mlops_maturity.config.reference import render_configuration
from mlops_maturity.evidence.signals.reference import render_signals
from mlops_maturity.evidence.signals.registry import signals

NOTE = "<!-- Made by `make docs` from the code's own data; edits here are lost. -->\n\n"
WIDTH = (
    "Tables take the width of the terminal, or of `COLUMNS`. Columns that find no room are left out, the least"
    " important first, and a line names them; no number, date or id is cut. In a pipe or a file every"
    " column is written."
)


def render_commands() -> str:
    """Every command with its arguments, options and their meaning."""
    lines = [
        "# Commands",
        "",
        "Exit codes: 0 fine, 1 not met or partly failed, 2 wrong use or bad configuration.",
        "",
        WIDTH,
        "",
    ]
    for name, command in _leaves(typer.main.get_group(app), "mlops-maturity"):
        lines += [f"## `{name}`", "", (command.help or "").strip(), ""]
        rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
        if rows:
            lines += ["| argument or option | meaning |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def pages() -> Mapping[str, Callable[[], str]]:
    """File name in docs/ to what makes it."""
    return {
        "commands.md": render_commands,
        "configuration.md": lambda: render_configuration(source_types()),
        "model.md": lambda: render_model(builtin_catalogue(), signals()),
        "frameworks.md": lambda: render_frameworks(builtin_frameworks()),
        "signals.md": render_signals,
    }


def write(folder: Path) -> list[Path]:
    """Write every generated page; the paths of those that changed."""
    changed = []
    for name, render in pages().items():
        path, text = folder / name, NOTE + render()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The commands that can be run, with their full names; a group that does something itself is one as well."""
    context = typer.Context(command)
    # Asked, not read off: the commands at the top are loaded when they are asked for.
    children = command.list_commands(context) if isinstance(command, TyperGroup) else []
    if not children or command.invoke_without_command:
        yield name, command
    for child in sorted(children):
        yield from _leaves(command.get_command(context, child), f"{name} {child}")


def _row(parameter: TyperOption | TyperArgument) -> str:
    if isinstance(parameter, TyperArgument):
        return f"| `{(parameter.name or '').upper()}` | {parameter.help or ''} |"
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    return f"| {names} | {parameter.help or ''} |"


if __name__ == "__main__":
    for path in write(Path("docs")):
        sys.stdout.write(f"{path}\n")
