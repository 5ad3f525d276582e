"""How Git and those who speak of it name branches."""

from __future__ import annotations


def plain_branch(ref: str) -> str:
    """The name of a branch without what Git puts before it."""
    return ref.removeprefix("refs/heads/")
