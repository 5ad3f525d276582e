"""What there is to learn from, where something has no level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.store.runs import StoredRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How many sources there are to learn from."""

    configured: int
    read: int
    """Those of which a run ever began."""


def supply(settings: Settings, runs: Sequence[StoredRun]) -> Supply:
    """What the settings name, and what of it was ever read; `runs` may be any part of them that holds the newest."""
    begun = {run.source for run in runs}
    return Supply(configured=len(settings.sources), read=sum(each.id in begun for each in settings.sources))
