"""What there is to learn from, where something has no level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.store.records import RecordCount
from mlops_maturity.evidence.store.runs import StoredRun

_READ = {"ok", "partial"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How many sources there are to learn from."""

    configured: int
    asked: int
    """Those of which a run ever began."""
    read: int
    """Those that gave an answer, were it an empty one: neither refused nor unreachable."""
    imported: int = 0
    """Records of sources of which no run ever began: they came from files."""


def supply(settings: Settings, runs: Sequence[StoredRun], counts: Sequence[RecordCount] = ()) -> Supply:
    """What the settings name, what of it was ever read, and what was imported.

    `runs` may be any part of them that holds the newest.
    """
    asked = {run.source for run in runs}
    read = {run.source for run in runs if run.state in _READ or run.rows_seen}
    names = {each.id for each in settings.sources}
    imported = sum(each.records for each in counts if each.source not in asked)
    return Supply(configured=len(names), asked=len(names & asked), read=len(names & read), imported=imported)
