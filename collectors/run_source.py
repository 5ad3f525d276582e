"""One run of one source: under a lease, with a row in the store, its streams one after the other."""

from __future__ import annotations

import os
import platform
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from mlops_maturity.collectors.interface import Collector, SourceError
from mlops_maturity.collectors.run_outcome import Progressed, SourceOutcome, State, StreamOutcome, outcome_of_source
from mlops_maturity.collectors.run_stream import StreamRun, Task, deadline_text, state_of
from mlops_maturity.collectors.run_texts import told
from mlops_maturity.config.settings import SourceSettings
from mlops_maturity.evidence.store.lease import Lease, LeaseLost, acquire_lease, release_lease, renew_lease
from mlops_maturity.evidence.store.runs import finish_run, start_run

LEASE = timedelta(seconds=30)
"""How long a lease lasts unless renewed: what a killed run keeps the next one waiting."""
HEARTBEAT_S = 10.0
"""How often leases are renewed."""
_LOOK_AGAIN_S = 1.0
INTERRUPTED: Final = "interrupted"
_CUT_SHORT = "it was stopped before its end; what it had stored is kept"


class SourceRun:
    """Reads one source once. `go` runs in a worker thread; `renew` and `stop` come from the main one."""

    def __init__(self, task: Task, source: SourceSettings) -> None:
        self.source = source
        self._task = task
        self._lease: Lease | None = None
        self._collector: Collector | None = None
        self._closed = False
        self._run: int | None = None

    def go(self) -> SourceOutcome:
        """Everything, to the run's row in the store. Raises nothing: what went wrong is in the outcome."""
        try:
            self._lease = self._take_lease()
            if self._lease is None:
                return self._failed(
                    "busy", "another process is reading this source just now; try again when it is done"
                )
            try:
                return self._recorded()
            finally:
                lease, self._lease = self._lease, None
                release_lease(self._task.store, lease)
        except Exception as error:  # noqa: BLE001 - the boundary: one source's fault leaves the others alone
            return self._failed("error", told(error, self.source))

    def _overdue(self) -> None:
        self._closed = True
        self._close()

    def _close(self) -> None:
        collector = self._collector
        if collector is not None:
            collector.close()

    def renew(self) -> None:
        """Keep the lease, if there is one; a lost one shows at the next page."""
        lease = self._lease
        if lease is not None:
            with suppress(LeaseLost, SQLAlchemyError):
                renew_lease(self._task.store, lease, now=self._task.time(), ttl=LEASE)

    def stop(self) -> None:
        """End waits and connections; the page at hand is still committed if it is there already."""
        self._closed = True
        self._close()

    def _take_lease(self) -> Lease | None:
        """The lease, after waiting out one that a killed run may have left; None if somebody keeps renewing it."""
        task = self._task
        holder = f"{platform.node()}:{os.getpid()}"
        give_up = task.clock() + (LEASE + timedelta(seconds=5)).total_seconds()
        while not task.stop.is_set():
            lease = acquire_lease(task.store, f"collect:{self.source.id}", holder, now=task.time(), ttl=LEASE)
            if lease is not None or task.clock() >= give_up:
                return lease
            task.progress(
                Progressed(source=self.source.id, stream="", rows=0, what="waiting for another process that reads it")
            )
            task.pause(_LOOK_AGAIN_S)
        return None

    def _recorded(self) -> SourceOutcome:
        """The run with its row in the store, which is finished whatever happens."""
        store = self._task.store
        self._run = run = start_run(store, self.source.id, self._task.time())
        outcome = self._failed(INTERRUPTED, _CUT_SHORT)
        try:
            outcome = self._read_source()
        except SourceError as error:
            outcome = self._failed(state_of(error), str(error))
        except Exception as error:  # noqa: BLE001 - as in `go`, and the row is to say it
            outcome = self._fault(error)
        finally:
            if self._task.stop.is_set():
                outcome = replace(outcome, state=INTERRUPTED, error=_CUT_SHORT)
            finish_run(
                store,
                run,
                self._task.time(),
                state=outcome.state,
                rows_seen=outcome.rows_seen,
                rows_changed=outcome.rows_changed,
                streams=[stream.as_json() for stream in outcome.streams],
                error=outcome.error,
            )
        return outcome

    def _read_source(self) -> SourceOutcome:
        collector = self._task.build(self.source, self._task.settings)
        self._collector = collector
        deadline = self._task.clock() + self.source.deadline_s
        # From outside, as a request may take longer than what is left: `close` ends the one at hand.
        overdue = threading.Timer(self.source.deadline_s, self._overdue)
        overdue.daemon = True
        overdue.start()
        try:
            if self._closed:  # told to stop before there was anything to close
                collector.close()
            return self._read_streams(collector, deadline)
        except SourceError as error:
            if self._task.clock() < deadline:
                raise
            return self._failed("partial", f"{deadline_text(self.source)} ({error})")
        finally:
            overdue.cancel()
            collector.close()

    def _read_streams(self, collector: Collector, deadline: float) -> SourceOutcome:
        lease = self._lease
        if lease is None:
            raise RuntimeError("a source is read under its lease only")
        outcomes: list[StreamOutcome] = []
        for stream in collector.streams():
            try:
                run = StreamRun(self._task, self.source, stream, lease, deadline, self._run)
                outcomes.append(run.go(collector))
            except LeaseLost as lost:
                return SourceOutcome(source=self.source.id, state="error", error=str(lost), streams=tuple(outcomes))
        return outcome_of_source(self.source.id, outcomes)

    def _fault(self, error: Exception) -> SourceOutcome:
        if type(error) is LookupError:  # how a secret that is not there is told; its kin are faults of ours
            return self._failed("unauthorized", str(error))
        return self._failed("error", told(error, self.source))

    def _failed(self, state: State, error: str) -> SourceOutcome:
        return SourceOutcome(source=self.source.id, state=state, error=error)
