"""The usual kind of source: a word, a settings class, and what makes a collector of such settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mlops_maturity.collectors.interface import Collector, SettingsClass
from mlops_maturity.config.settings import Settings, SourceSettings


@dataclass(slots=True)
class PlainKind:
    """A `Kind`."""

    type: str
    settings: SettingsClass
    make: Callable[[Any, Settings], Collector]
    """Takes settings of that class."""

    def build(self, source: SourceSettings, settings: Settings) -> Collector:
        """A collector for one configured source. Raises TypeError for settings of another kind."""
        if not isinstance(source, self.settings):
            raise TypeError(f"{source.id} has no settings of a source of type {self.type}")
        return self.make(source, settings)
