"""Answers while they are being typed: stored after a moment without a key, whatever has become of the tab by then.

Each key reaches the server, but an append-only store must not get a row for each. The last version is kept here, in the
memory of the process, and written when the typing pauses; closing the tab changes nothing about that.

Each tab has a draft of its own: two tabs may ask the same question, and what waits in one must not go because the other
stores something.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError

from mlops_maturity.config.problems import InputRefused

QUIET_SECONDS = 0.8
"""How long nothing is typed before it is stored: longer than from key to key, shorter than a glance at the page."""

Save = Callable[[], object]


@dataclass(frozen=True, slots=True)
class DraftKey:
    """Which tab types what."""

    tab: str
    about: str
    """The question, the same in every tab that asks it of the same respondent."""


@dataclass(frozen=True, slots=True)
class _Draft:
    save: Save
    timer: threading.Timer


class Drafts:
    """What waits to be stored. Sessions share it; every method may be called from any thread.

    What is noted here has one lock, held for a moment. Storing has a lock for each key: a slow store keeps nobody
    waiting who types something else, and two versions of one answer are stored in the order in which they were typed.
    """

    def __init__(self, quiet: float = QUIET_SECONDS) -> None:
        self._quiet = quiet
        self._noting = threading.Lock()
        self._storing: WeakValueDictionary[DraftKey, threading.Lock] = WeakValueDictionary()
        self._waiting: dict[DraftKey, _Draft] = {}
        self._failed: dict[DraftKey, str] = {}

    def put(self, key: DraftKey, save: Save) -> None:
        """Store this in a moment, in place of what waits under the key."""
        timer = threading.Timer(self._quiet, self._flush, (key,))
        with self._noting:
            self._drop(key)
            self._waiting[key] = _Draft(save, timer)
        timer.start()

    def save(self, key: DraftKey, save: Save) -> None:
        """Store this now; what waits under the key is older and forgotten."""
        with self._turn(key):
            with self._noting:
                self._drop(key)
            self._store(key, save)

    def flush(self, about: str) -> bool:
        """Store now what any tab has waiting about this, in the order in which it was typed; whether there was any.

        What is just being stored counts, and is waited for.
        """
        with self._noting:
            begun = [key for key, turn in self._storing.items() if turn.locked()]
            keys = [key for key in dict.fromkeys([*begun, *self._waiting]) if key.about == about]
        for key in keys:
            self._flush(key)
        return bool(keys)

    def waits(self, key: DraftKey) -> bool:
        """Whether anything is still to be stored under the key, or just being stored."""
        with self._noting:
            turn = self._storing.get(key)
            return key in self._waiting or (turn is not None and turn.locked())

    def failure(self, key: DraftKey) -> str:
        """Why the last attempt to store failed (plain text); empty where it did not."""
        with self._noting:
            return self._failed.get(key, "")

    def _flush(self, key: DraftKey) -> None:
        with self._turn(key):
            with self._noting:
                draft = self._drop(key)
            if draft is not None:
                self._store(key, draft.save)

    def _turn(self, key: DraftKey) -> threading.Lock:
        """The lock of whoever stores under the key; forgotten by itself when nobody does."""
        with self._noting:
            return self._storing.setdefault(key, threading.Lock())

    def _drop(self, key: DraftKey) -> _Draft | None:
        draft = self._waiting.pop(key, None)
        if draft is not None:
            draft.timer.cancel()
        return draft

    def _store(self, key: DraftKey, save: Save) -> None:
        failed = ""
        try:
            save()
        except InputRefused as refused:
            failed = "; ".join(problem.reason for problem in refused.problems)
        except SQLAlchemyError:
            failed = "the store did not take it"
        with self._noting:
            self._failed.pop(key, None)
            if failed:
                self._failed[key] = failed
