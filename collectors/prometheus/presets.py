"""What well-known serving tools export, as data: one YAML file each in `config/presets/prometheus`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

CUSTOM = "custom"
"""The preset that sets nothing."""
_TOLD = frozenset({"title"})


@cache
def preset_names() -> tuple[str, ...]:
    """Every name that `preset` may have."""
    found = (entry.name for entry in _folder().iterdir() if entry.name.endswith(".yaml"))
    return (CUSTOM, *sorted(name.removesuffix(".yaml") for name in found))


def preset(name: str) -> dict[str, Any]:
    """The settings that one of `preset_names` stands for; empty for `custom`."""
    if name == CUSTOM:
        return {}
    content = YAML(typ="safe").load((_folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    return {key: value for key, value in content.items() if key not in _TOLD}


def _folder() -> Any:
    return files("mlops_maturity.config") / "presets" / "prometheus"
