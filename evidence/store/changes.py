"""What a write did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Counts of rows handed in and of what came of them: seen = inserted + updated + unchanged."""

    seen: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    """Already there with this content, or replaced by a later row of the same page."""
    removed: int = 0
    """Stored before, and not part of what was handed in as the whole."""

    @property
    def changed(self) -> int:
        """How many rows of the store are other than before."""
        return self.inserted + self.updated + self.removed

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            seen=self.seen + other.seen,
            inserted=self.inserted + other.inserted,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            removed=self.removed + other.removed,
        )
