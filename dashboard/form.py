"""What one tab knows of one answer while it is open, and how it learns of answers from elsewhere.

A form rests on a stored answer, its base. What is saved goes on top of whatever stands by then: answers are
append-only, so nothing is lost, but the person is told when two tabs, or a tab and an import, said different things.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mlops_maturity.dashboard.facts.assess import Elsewhere, elsewhere
from mlops_maturity.evidence.store.answers import Recorded, StoredAnswer


@dataclass(slots=True)
class Form:
    """Lives in the session of the tab; the thread that stores what was typed tells it of that."""

    base: StoredAnswer | None
    """The stored answer that the form rests on: what differs from it was changed in the form."""
    elsewhere: Elsewhere | None = None
    """What came from elsewhere since the form was last saved without such."""
    stored_at: datetime | None = None
    """When the form was last stored; a page that was begun before may show what stood before."""
    outdated: dict[str, list[int | str | None]] = field(default_factory=dict)
    """Part of the form to what its former fields showed when an answer from elsewhere took their place."""

    def took(self, base: StoredAnswer | None, recorded: Recorded, at: datetime) -> None:
        """The form was stored; `base` is what it rested on when it was filled in."""
        self.elsewhere = elsewhere(base, recorded.before, recorded.answer)
        self.base, self.stored_at = recorded.answer, at

    def ahead_of(self, begun: datetime) -> bool:
        """Whether the form was stored after a page was begun, which may not know of it."""
        return self.stored_at is not None and self.stored_at >= begun

    def follow(self, stored: StoredAnswer | None) -> None:
        """Rest on what is stored now; it comes from elsewhere where it is not what the form itself stored."""
        if stored is None or stored == self.base:
            return
        self.elsewhere = elsewhere(self.base, stored, stored) or self.elsewhere
        self.base = stored
