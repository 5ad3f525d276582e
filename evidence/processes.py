"""Work done side by side by processes that each open the store for themselves."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import URL

from mlops_maturity.evidence.store.engine import Store, reopened

K = TypeVar("K")
T = TypeVar("T")
R = TypeVar("R")
WORTH = 50
"""Teams from which on starting processes costs less than it saves."""
_AHEAD = 4
"""Tasks handed to each process before the first result is taken: enough to keep it at work, few enough to be held."""

_HERE: list[Any] = []
"""In such a process: the work, the store it opened, and what holds for every task."""


def side_by_side(
    work: Callable[[Store, K, T], R], store: Store, common: K, tasks: Iterable[T], processes: int
) -> Iterator[R]:
    """The result of `work(store, common, task)` of each task, in their order; with one process, done here.

    `work` is a function of a module; `common` goes to each process once.
    """
    if processes == 1:
        yield from (work(store, common, task) for task in tasks)
        return
    # Spawned: a fork of a process with threads may stop for ever.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (work, store.engine.url, common)) as pool:
        waiting: deque[Future[R]] = deque()
        for task in tasks:
            waiting.append(pool.submit(_done, task))
            if len(waiting) >= _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin(work: Callable[[Store, K, T], R], url: URL, common: K) -> None:
    _HERE[:] = [work, reopened(url), common]


def _done(task: Any) -> Any:
    work, store, common = _HERE
    return work(store, common, task)
