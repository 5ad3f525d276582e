"""Every signal there is, found by walking this package: a new file with `SIGNALS` is a new signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import mlops_maturity.evidence.signals as package
from mlops_maturity.evidence.signals.interface import Signal


@cache
def signals() -> Mapping[str, Signal]:
    """All signals by id, in order of their ids. Raises ValueError where two have the same id."""
    return collect(import_module(found.name) for found in walk_packages(package.__path__, f"{package.__name__}."))


def collect(modules: Iterable[ModuleType]) -> Mapping[str, Signal]:
    """The signals of these modules by id; a module without `SIGNALS` has none."""
    by_id: dict[str, Signal] = {}
    for module in modules:
        for signal in getattr(module, "SIGNALS", ()):
            if signal.id in by_id:
                raise ValueError(f"two signals are called {signal.id!r}; one of them is in {module.__name__}")
            by_id[signal.id] = signal
    return dict(sorted(by_id.items()))
