"""Every file format there is, found by walking this package: a new file with `FORMAT` is a new format."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import mlops_maturity.collectors.files as package
from mlops_maturity.collectors.files.interface import FileFormat


@cache
def formats() -> Mapping[str, FileFormat]:
    """File formats by name."""
    modules = (import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__))
    found = (module.FORMAT for module in modules if hasattr(module, "FORMAT"))
    return {entry.name: entry for entry in sorted(found, key=lambda entry: entry.name)}
