"""What was live before: the order of successful deployments to each environment, small enough for a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_KEPT = 50
"""Deployments remembered of an environment: rolling back further than that is not recognised."""
_ENVIRONMENTS = 50
"""Environments remembered, the latest used ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a deployment stands among those before it."""

    previous_id: str | None
    """The deployment that was live; None where it is the first one known."""
    previous_sha: str | None
    rollback: bool
    """It brings back a commit that was live before the previous one."""


class ReleaseHistory:
    """Successful deployments of each environment, oldest first."""

    def __init__(self, stored: Sequence[tuple[str, Sequence[Sequence[str]]]] = ()) -> None:
        """`stored` is what `as_json` gave."""
        self._live = {name: [(entry[0], entry[1]) for entry in entries] for name, entries in stored}

    def place(self, environment: str, identity: str, sha: str) -> Placed:
        """Adds a deployment as the newest one (once), and says what came before it."""
        entries = self._live.pop(environment, [])
        self._live[environment] = entries  # the latest used one stands last
        known = next((index for index, entry in enumerate(entries) if entry[0] == identity), None)
        before = entries if known is None else entries[:known]
        placed = _placed(before, sha)
        if known is None:
            self._live[environment] = [*entries, (identity, sha)][-_KEPT:]
        return placed

    def of(self, environment: str) -> Sequence[tuple[str, str]]:
        """Id and commit of what is remembered of an environment, oldest first."""
        return self._live.get(environment, [])

    def as_json(self) -> list[Any]:
        """For a cursor: a list, because the order of an object's keys is not kept there."""
        newest = list(self._live.items())[-_ENVIRONMENTS:]
        return [[name, [list(entry) for entry in entries]] for name, entries in newest]


def _placed(before: Sequence[tuple[str, str]], sha: str) -> Placed:
    if not before:
        return Placed(previous_id=None, previous_sha=None, rollback=False)
    previous_id, previous_sha = before[-1]
    back = sha != previous_sha and any(older == sha for _, older in before[:-1])
    return Placed(previous_id=previous_id, previous_sha=previous_sha, rollback=back)
