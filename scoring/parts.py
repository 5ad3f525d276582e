"""The causes that a change is split by."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import Literal

Cause = Literal["ageing", "new_evidence", "model"]
CAUSES: tuple[Cause, ...] = ("ageing", "new_evidence", "model")


@dataclass(frozen=True, slots=True)
class Parts:
    """A change by cause, in the unit of what changed: index points, rungs, or confidence."""

    ageing: float
    new_evidence: float
    model: float

    @property
    def total(self) -> float:
        """The whole change."""
        return fsum((self.ageing, self.new_evidence, self.model))
