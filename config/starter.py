"""The starter that `init` writes."""

from __future__ import annotations

from importlib.resources import files


def starter_text() -> str:
    """A commented `maturity.yaml` that loads as it is: one team, every source still commented out."""
    return (files("mlops_maturity.config") / "starter.yaml").read_text(encoding="utf-8")
