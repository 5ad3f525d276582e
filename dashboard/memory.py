"""Facts that pages share, each kept until what it rests on differs. The newest of a kind takes the place of the last.

Streamlit's caches keep a value for each key they were ever asked for: keyed by a version that every answer moves, they
would work everything out again and keep what is outdated. Here the key says what a fact is of, and a mark beside it
what it was worked out from.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Made = TypeVar("Made")


@dataclass(slots=True)
class _Fact:
    mark: Hashable = None
    value: Any = None
    lock: threading.RLock = field(default_factory=threading.RLock)


class Memory:
    """Facts by key; sessions share it. Nobody changes what comes out of it."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._facts: OrderedDict[Hashable, _Fact] = OrderedDict()

    def get(self, key: Hashable, mark: Hashable, make: Callable[[], Made]) -> Made:
        """The fact of that key and mark, worked out by one thread where it is not there; `mark` is not None."""
        with self._lock:
            fact = self._facts.setdefault(key, _Fact())
            self._facts.move_to_end(key)
            while len(self._facts) > self._most:
                self._facts.popitem(last=False)
        with fact.lock:
            if fact.mark != mark:
                fact.value, fact.mark = make(), mark
            value: Made = fact.value
            return value
