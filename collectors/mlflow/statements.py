"""Ends what a database is busy with when a run is over: a statement in a library's hands can't be told to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Lock
from typing import Any

from sqlalchemy import Engine, event


class Statements:
    """What engines carry out. `end` may come from another thread."""

    def __init__(self, engines: Iterable[Engine]) -> None:
        self._lock = Lock()
        self._in_use: dict[int, Any] = {}
        self._ended = False
        hooks: dict[str, Callable[..., None]] = {
            "checkout": self._taken,
            "checkin": self._given_back,
            "before_cursor_execute": self._begin,
        }
        self._hooks = [(engine, name, hook) for engine in dict.fromkeys(engines) for name, hook in hooks.items()]
        for engine, name, hook in self._hooks:
            event.listen(engine, name, hook)

    def end(self) -> None:
        """Breaks off the statement at hand; no other one is begun.

        Called again, or while nothing is at hand, it lets go of the engines, which MLflow keeps for the life of the
        process.
        """
        with self._lock:
            is_over = self._ended or not self._in_use
            self._ended = True
            for connection in self._in_use.values():
                _break_off(connection)
            if is_over:
                for engine, name, hook in self._hooks:
                    event.remove(engine, name, hook)
                self._hooks = []

    def _taken(self, connection: Any, record: Any, proxy: Any) -> None:
        with self._lock:
            self._in_use[id(record)] = connection

    def _given_back(self, connection: Any, record: Any) -> None:
        with self._lock:
            self._in_use.pop(id(record), None)

    def _begin(self, *_: Any) -> None:
        if self._ended:
            raise RuntimeError("no statement is begun any more")


def _break_off(connection: Any) -> None:
    """SQLite's driver has `interrupt`, PostgreSQL's have `cancel`; both are made to be called from another thread."""
    stop = getattr(connection, "interrupt", None) or getattr(connection, "cancel", None)
    if stop is not None:
        with suppress(Exception):  # the connection may be gone by now
            stop()
