"""What a page is. Each module in `views` that has a `PAGE` is one; adding a page is adding a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlops_maturity.dashboard.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the dashboard."""

    path: str
    """The last part of its address; empty for the one that opens first."""
    title: str
    """Its name in the navigation."""
    question: str
    """The heading: the question it answers."""
    icon: str
    """A Material symbol, for the navigation only."""
    order: int
    """Place in the navigation, from left to right."""
    filters: bool = True
    """Whether it is about a team or group on a day; else the filters are not drawn on it."""
    typed_on: bool = False
    """Whether people type on it: then it is not drawn again of its own accord."""
    frameworks: bool = False
    """Whether it can be looked at through another framework."""
    render: Callable[[Visit], None]
    """Draws everything below the header row."""
