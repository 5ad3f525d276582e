"""Reads the configured sources into the store: sources side by side, the streams of each one after the other.

    outcomes = collect(store, settings, now=now, since=now - timedelta(days=548))

Every page is committed with its cursor and coverage in one transaction, so a stop at any moment loses nothing. One
stream's or source's failure leaves the others alone. A lease keeps two processes from reading one source at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import TypeVar

from mlops_maturity.collectors import registry
from mlops_maturity.collectors.run_outcome import Progressed, SourceOutcome, StreamOutcome
from mlops_maturity.collectors.run_source import HEARTBEAT_S, SourceRun
from mlops_maturity.collectors.run_stream import Build, Task
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import Settings, SourceSettings
from mlops_maturity.evidence.store.engine import Store

__all__ = ["Progressed", "SourceOutcome", "StreamOutcome", "collect"]

_Told = TypeVar("_Told")
THREADS = 12
"""Sources read at once. They wait for the network nearly all the time, so a thread each costs little; with few threads
some slow ones would keep the others waiting up to their deadlines. Each stores over a connection of its own, of which
SQLAlchemy's pool has 15 (its defaults 5 and 10 more): three are left for leases and whatever else goes on.
"""


def collect(
    store: Store,
    settings: Settings,
    *,
    now: datetime,
    since: datetime,
    backfill: bool = False,
    only: Collection[str] | None = None,
    progress: Callable[[Progressed], None] = lambda step: None,
    finished: Callable[[SourceOutcome], None] = lambda outcome: None,
    executor: Executor | None = None,
    threads: int = THREADS,
    build: Build = registry.build,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] | None = None,
) -> list[SourceOutcome]:
    """Read every source, or those of `only` (ids), and say how each went, in the order of the settings.

    `now` (aware) is the start of the run; nothing later is claimed as known. `since` is how far back a first run goes;
    with `backfill` all streams read from there again. `progress` is called from worker threads, one call at a time,
    and `finished` with the outcome of each source as soon as it is done.
    `executor` runs the sources instead of `threads` threads of our own; it has to share this process's memory.
    Raises InputRefused for an unknown id in `only`. On Ctrl-C the runs are ended, written down as interrupted, and the
    KeyboardInterrupt goes on.
    """
    stop = threading.Event()
    task = Task(
        store=store,
        settings=settings,
        now=now,
        since=since,
        backfill=backfill,
        build=build,
        progress=_one_at_a_time(progress),
        clock=clock,
        begun=clock(),
        stop=stop,
        pause=sleep or stop.wait,
    )
    runs = [SourceRun(task, source) for source in _chosen(settings, only)]
    tell = _one_at_a_time(finished)
    if not runs:
        return []
    if executor is not None:
        return _run_all(runs, executor, stop, tell)
    with ThreadPoolExecutor(max_workers=min(threads, len(runs)), thread_name_prefix="collect") as pool:
        return _run_all(runs, pool, stop, tell)


def _run_all(
    runs: Sequence[SourceRun], pool: Executor, stop: threading.Event, finished: Callable[[SourceOutcome], None]
) -> list[SourceOutcome]:
    def go(run: SourceRun) -> SourceOutcome:
        outcome = run.go()
        finished(outcome)
        return outcome

    futures = [pool.submit(go, run) for run in runs]
    try:
        _keep_leases(runs, set(futures))
    except BaseException:
        stop.set()
        for future in futures:
            future.cancel()
        for run in runs:
            run.stop()
        wait(futures)
        raise
    return [future.result() for future in futures]


def _keep_leases(runs: Sequence[SourceRun], pending: set[Future[SourceOutcome]]) -> None:
    renewed = time.monotonic()
    while pending:
        _, pending = wait(pending, timeout=HEARTBEAT_S, return_when=FIRST_COMPLETED)
        if time.monotonic() - renewed >= HEARTBEAT_S:
            renewed = time.monotonic()
            for run in runs:
                run.renew()


def _chosen(settings: Settings, only: Collection[str] | None) -> list[SourceSettings]:
    known = [source.id for source in settings.sources]
    unknown = [name for name in only or () if name not in known]
    if unknown:
        raise InputRefused(
            [Problem("sources", "", f"{name!r} is not in the settings{did_you_mean(name, known)}") for name in unknown]
        )
    return [source for source in settings.sources if only is None or source.id in only]


def _one_at_a_time(tell: Callable[[_Told], None]) -> Callable[[_Told], None]:
    lock = threading.Lock()

    def one(told: _Told) -> None:
        with lock:
            tell(told)

    return one
