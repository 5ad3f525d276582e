"""Words of what older weeks leave out, for every page that draws a past. Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlops_maturity.dashboard.text import day, safe
from mlops_maturity.evidence.signals.interface import Signal
from mlops_maturity.evidence.survivors import Survivors, tell


def older_weeks(found: Iterable[Survivors], signals: Mapping[str, Signal]) -> list[str]:
    """A line for each source of which older weeks count only what had not been deleted."""
    return [safe(tell(each, signals, day)) for each in found]
