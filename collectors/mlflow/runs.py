"""The stream of training runs.

MLflow has no "changed since" for runs, so a reading takes, each in its own way: runs that ended since (`end_time`),
runs known as unfinished (by id), runs of new experiments (they may be imported with old dates), all runs of the last
week again (tags, data sets and deletions come later), and once a day the deleted ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mlops_maturity.collectors.interface import Page, ReadRequest
from mlops_maturity.collectors.mapping import mapped
from mlops_maturity.collectors.mlflow.client import Batch, Experiment, MlflowSource
from mlops_maturity.collectors.mlflow.instants import from_ms, to_ms
from mlops_maturity.collectors.mlflow.keyset import ascending
from mlops_maturity.collectors.mlflow.metric_names import MetricNames
from mlops_maturity.collectors.mlflow.run_cursor import DAY, OVERLAP, run_cursor
from mlops_maturity.collectors.mlflow.run_record import training_run
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import TrainingRun

WINDOW = 7 * DAY
REREAD = 7 * DAY
_IDS_AT_ONCE = 100
_EXPERIMENTS_AT_ONCE = 1000


class RunReader:
    """Reads the runs of one source for one request; used once."""

    def __init__(self, source: MlflowSource, request: ReadRequest, hashed: Callable[[str], str | None]) -> None:
        """`hashed` makes a keyed hash of a user."""
        self._source = source
        self._id = source.settings.id
        self._hashed = hashed
        self._now = to_ms(request.now)
        self._first_time = not request.cursor
        stored = run_cursor(request.cursor, to_ms(request.since), self._now, again=request.backfill)
        self._cursor = stored.pruned(self._now)
        self._begin = max(self._cursor.since, min(self._cursor.high_water, self._now - REREAD))
        self._experiments: list[Experiment] = []
        self._names: dict[str, str] = {}
        self._metrics = MetricNames(source.settings)

    def pages(self) -> Iterator[Page]:
        """Pages to the end of the stream; each carries the cursor to go on from. Raises SourceError."""
        self._experiments = self._source.experiments()
        self._names = {experiment.id: experiment.name for experiment in self._experiments}
        if not self._first_time:
            yield from self._ended()
            yield from self._unfinished()
            yield from self._of_new_experiments()
        yield from self._forward()
        yield from self._deleted()

    def _ended(self) -> Iterator[Page]:
        """Runs from before the week that is read anyway, which ended since the last reading."""
        start = self._cursor.finished_to - OVERLAP
        for ids in _parts(self._experiments):
            ask = self._ask(ids, "end_time", f" AND attributes.start_time < {self._begin}")
            for runs, _ in ascending(ask, start, "end_time", self._id):
                yield self._page(runs, "ended meanwhile")
        self._move(finished_to=max(self._cursor.finished_to, self._now - OVERLAP))
        yield self._page((), "ended meanwhile")

    def _unfinished(self) -> Iterator[Page]:
        """Runs that were unfinished: a client may date their end back, so no time finds them."""
        waiting = sorted(run_id for run_id, begun in self._cursor.open.items() if begun < self._begin)
        for start in range(0, len(waiting), _IDS_AT_ONCE):
            wanted = [run_id for run_id in waiting[start : start + _IDS_AT_ONCE] if _is_plain(run_id)]
            found = list(self._named(wanted))
            gone = set(wanted) - {run.info.run_id for run in found}
            self._move(open={run_id: at for run_id, at in self._cursor.open.items() if run_id not in gone})
            yield self._page(found, "unfinished ones again")

    def _named(self, wanted: Sequence[str]) -> Iterator[Any]:
        listed = ", ".join(f"'{run_id}'" for run_id in wanted)
        for ids in _parts(self._experiments) if wanted else ():
            token: str | None = None
            while True:
                batch = self._source.runs(ids, f"attributes.run_id IN ({listed})", "start_time", token)
                yield from batch.items
                if batch.token is None or batch.token == token:
                    break
                token = batch.token

    def _of_new_experiments(self) -> Iterator[Page]:
        new = [entry for entry in self._experiments if entry.created_ms >= self._cursor.listed_to - OVERLAP]
        for ids in _parts(new):
            ask = self._ask(ids, "start_time", f" AND attributes.start_time < {self._begin}")
            for runs, _ in ascending(ask, self._cursor.since, "start_time", self._id):
                yield self._page(runs, "new experiments")
        self._move(listed_to=self._now)
        yield self._page((), "new experiments")

    def _forward(self) -> Iterator[Page]:
        """All runs from the beginning on, a week at a time; the last week has no end, for clocks that are ahead."""
        start: int | None = self._begin
        while start is not None:
            end = start + WINDOW if start + WINDOW < self._now else None
            yield from self._window(start, end)
            start = end

    def _window(self, start: int, end: int | None) -> Iterator[Page]:
        safe = self._now - OVERLAP
        span = f"{_day(from_ms(start))} … {_day(from_ms(end or self._now))}"
        parts = _parts(self._experiments)
        for ids in parts:
            ask = self._ask(ids, "start_time", f" AND attributes.start_time < {end}" if end else "")
            for runs, last in ascending(ask, start, "start_time", self._id):
                # With several parts, only the end of the window is read for all of them.
                reached = min(last, safe) if len(parts) == 1 else start
                self._move(high_water=max(self._cursor.high_water, reached))
                yield self._page(runs, span, self._covered(start, reached))
        reached = min(end or safe, safe)
        self._move(high_water=max(self._cursor.high_water, reached))
        yield self._page((), span, self._covered(start, reached))

    def _deleted(self) -> Iterator[Page]:
        """Runs deleted after the week in which they would be read again; MLflow tells no time of deletion."""
        if self._cursor.swept_to > self._now - DAY:
            return
        for ids in _parts(self._experiments):
            ask = self._ask(ids, "start_time", "", deleted_only=True)
            for runs, _ in ascending(ask, self._cursor.since, "start_time", self._id):
                yield self._page(runs, "deleted ones")
        self._move(swept_to=self._now)
        yield self._page((), "deleted ones")

    def _ask(
        self, experiments: Sequence[str], attribute: str, further: str, *, deleted_only: bool = False
    ) -> Callable[[int, str | None], Batch]:
        def ask(lowest: int, token: str | None) -> Batch:
            condition = f"attributes.{attribute} >= {lowest}{further}"
            return self._source.runs(experiments, condition, attribute, token, deleted_only=deleted_only)

        return ask

    def _move(self, **changes: Any) -> None:
        self._cursor = replace(self._cursor, **changes)

    def _page(self, runs: Sequence[Any], progress: str, coverage: Sequence[Coverage] = ()) -> Page:
        self._cursor = self._cursor.with_runs(runs, self._now)
        asked = max(1, self._now - self._cursor.since)
        done = (self._cursor.high_water - self._cursor.since) / asked
        records, refused = mapped(runs, self._record, lambda run: run.info.run_id, "run")
        return Page(
            records=records,
            refused=refused,
            cursor=self._cursor.dumped(),
            coverage=coverage,
            progress=progress,
            done=min(1.0, max(0.0, done)),
        )

    def _record(self, run: Any) -> TrainingRun:
        experiment = self._names.get(str(run.info.experiment_id), "")
        known_by = from_ms(self._cursor.ahead.get(run.info.run_id))
        return training_run(run, experiment, known_by, self._source.settings, self._hashed, self._metrics)

    def _covered(self, start: int, end: int) -> tuple[Coverage, ...]:
        first, last = from_ms(start), from_ms(end)
        if first is None or last is None or last <= first:
            return ()
        return (Coverage(source=self._id, stream="training_run", scope="*", start=first, end=last),)


def _parts(experiments: Sequence[Experiment]) -> list[list[str]]:
    ids = [experiment.id for experiment in experiments]
    return [ids[start : start + _EXPERIMENTS_AT_ONCE] for start in range(0, len(ids), _EXPERIMENTS_AT_ONCE)]


def _is_plain(run_id: str) -> bool:
    """Whether it can stand in a filter text, which knows no escapes."""
    return run_id.replace("-", "").replace("_", "").isalnum()


def _day(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y-%m-%d}"
