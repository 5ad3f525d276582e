"""Brings up to date what finished sources changed while slow ones are still being read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from mlops_maturity.collectors.run import SourceOutcome

WAIT_S = 30.0
"""How long after a source is done the others are waited for: most end together, and then once is enough."""

_PATIENCE_S = 5.0


class Early:
    """While it lasts, does `work` in a thread of its own some time after a source changed something.

    `with Early(work) as early: collect(…, finished=early.note)`. Ends without doing what is still waited for: whoever
    uses it does the whole work afterwards. A fault of `work` is left to that too.
    """

    def __init__(self, work: Callable[[], object], wait_s: float = WAIT_S) -> None:
        self._work, self._wait_s = work, wait_s
        self._noted, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="early", daemon=True)

    def note(self, outcome: SourceOutcome) -> None:
        """A source is done."""
        if outcome.rows_changed:
            self._noted.set()

    def __enter__(self) -> Self:
        """Begins to wait."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Ends; waits for work that has begun, though not for long where an error or Ctrl-C ends it."""
        self._over.set()
        self._noted.set()
        self._thread.join(None if error is None else _PATIENCE_S)

    def _run(self) -> None:
        while not self._over.is_set():
            self._noted.wait()
            if self._over.wait(self._wait_s):
                return
            self._noted.clear()
            try:
                self._work()
            except Exception:  # noqa: BLE001 - the same work follows once more, where faults are told
                return
