"""Which kinds of source there are: every module or package of this one that has a `KIND`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import mlops_maturity.collectors as room
from mlops_maturity.collectors.interface import Collector, Kind
from mlops_maturity.config.settings import Settings, SourceSettings


@cache
def kinds() -> dict[str, Kind]:
    """Kinds by the word in `type:`, sorted. Raises RuntimeError where two modules claim one word."""
    found: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(room.__path__):
        kind: Kind | None = getattr(importlib.import_module(f"{room.__name__}.{module.name}"), "KIND", None)
        if kind is None:
            continue
        if kind.type in found:
            raise RuntimeError(f"two collectors read sources of type {kind.type!r}; one is in {module.name}")
        found[kind.type] = kind
    return dict(sorted(found.items()))


def source_types() -> dict[str, type[SourceSettings]]:
    """The settings class of each kind of source."""
    return {name: kind.settings for name, kind in kinds().items()}


def build(source: SourceSettings, settings: Settings) -> Collector:
    """A collector for one configured source; opens no connection. Raises KeyError for an unknown type."""
    return kinds()[source.type].build(source, settings)
