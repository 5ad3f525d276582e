"""The readings of all teams brought up to date: what changed is found by marks, and computed again team by team.

Of one team at a time the records are held, and its readings and its mark are stored in one transaction. With several
processes, teams are computed side by side; only this one writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.portions import StoredPortion, stored_portions
from mlops_maturity.evidence.processes import side_by_side
from mlops_maturity.evidence.reading_marks import (
    Json,
    around_of,
    basis_of,
    between,
    digest_of,
    mark_of,
)
from mlops_maturity.evidence.readings import (
    known_span,
)
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.view import Surroundings
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.cursors import CursorUpdate, put_cursor, read_cursor
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.readings import (
    StateOfReadings,
    change_readings,
    known_readings,
    reading_row,
    state_of_readings,
    state_of_records,
)
from mlops_maturity.evidence.store.sketching import sketch_touched
from mlops_maturity.evidence.store.upsert import Row
from mlops_maturity.evidence.team_work import TeamWork, look_of, snapshots

MARKS = ":readings"
"""The source under which the marks of the readings stand among the cursors; no source can be called so."""
_AT_FIRST = timedelta(weeks=2) + timedelta(days=365)
"""How far back from the day on which the readings were left the runs are read at first: what the longest window of the
readings of some new days reaches."""
_WHOLE = "*"
_PAGE = 5_000
"""Readings stored in one transaction."""
_A_MARK = 100
"""Readings that take as much room as the mark of a team does."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What has to be known for every team."""

    around: Surroundings
    around_mark: Json
    around_digest: str
    today: date
    computed_at: datetime
    basis: str
    left_on: date | None
    """The day on which the readings were left as they are now; None where somebody else changed them since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What became of one team."""

    rows: Sequence[Row]
    """Readings to store."""
    outdated: Sequence[tuple[str, str, date, str]]
    """Keys of readings to take out."""
    kept: int
    mark: CursorUpdate


def refresh_readings(
    store: Store,
    settings: Settings,
    *,
    today: date,
    computed_at: datetime,
    progress: Progress | None = None,
    processes: int = 1,
) -> Changes:
    """Compute every signal of every team for each past week's end and for the newest day, and store the readings.

    Only those are computed again whose records, coverage or rules changed; the result is that of computing all. The
    same records again change nothing; computed readings that the records no longer bear out are taken away.
    `today` is the organisation's day; `computed_at` is kept with what changed; `progress` is told how many of how
    many signals are done. With several `processes`, each opens the store for itself.
    """
    basis = basis_of(settings)
    sketch_touched(store)
    with store.connect() as connection:
        whole = {"basis": basis, "today": today.isoformat(), "records": state_of_records(connection)}
        state = state_of_readings(connection)
    stored = read_cursor(store, MARKS, _WHOLE)
    if {**whole, "readings": str(state)} == stored:
        return Changes()
    left = stored.get("readings") == str(state)
    around, portions = stored_portions(store, settings)
    around_mark = around_of(around)
    task = _Task(
        around=around,
        around_mark=around_mark,
        around_digest=digest_of(around, around_mark),
        today=today,
        computed_at=computed_at,
        basis=basis,
        left_on=date.fromisoformat(stored["today"]) if left else None,
    )
    cut_short = _cut_short(stored if left else {} if stored or state.changed else whole)
    changes = Changes()
    done = 0
    for outcomes in _pages(side_by_side(_outcome, store, task, portions, processes)):
        of_page, state = _stored(store, outcomes, computed_at, state, cut_short)
        changes += of_page
        done += len(outcomes)
        if progress is not None:
            progress(done * len(signals()), len(settings.teams) * len(signals()))
    with store.begin() as connection:
        _put_whole(connection, whole, state, computed_at)
    return changes


def _cut_short(before: Json) -> Json:
    """What is kept while teams are at work: should the run be killed, the next one goes on from how the readings were
    left `before`, and from the marks of the teams that were done. Empty where nobody knows how they were left."""
    # No records have this state, so that the run can't be taken for finished.
    return {**before, "records": ""} if before else {}


def _stored(
    store: Store, outcomes: Sequence[_Outcome], computed_at: datetime, state: StateOfReadings, whole: Json
) -> tuple[Changes, StateOfReadings]:
    """Store what became of some teams, all of it or nothing; with it how the readings are left, where `whole` tells
    of what day they were before."""
    rows = [row for outcome in outcomes for row in outcome.rows]
    outdated = [key for outcome in outcomes for key in outcome.outdated]
    kept = sum(outcome.kept for outcome in outcomes)
    with store.begin() as connection:
        changes = change_readings(connection, rows, outdated)
        for outcome in outcomes:
            put_cursor(connection, outcome.mark, computed_at)
        state = state.after(changes)
        if whole:
            _put_whole(connection, whole, state, computed_at)
    return changes + Changes(seen=kept, unchanged=kept), state


def _put_whole(connection: Connection, whole: Json, state: StateOfReadings, computed_at: datetime) -> None:
    cursor = {**whole, "readings": str(state)}
    put_cursor(connection, CursorUpdate(source=MARKS, stream=_WHOLE, cursor=cursor), computed_at)


def _pages(outcomes: Iterator[_Outcome]) -> Iterator[list[_Outcome]]:
    """The outcomes in pages that are large enough to be worth a transaction, and small enough to be held."""
    page: list[_Outcome] = []
    held = 0
    for outcome in outcomes:
        page.append(outcome)
        held += _A_MARK + len(outcome.rows) + len(outcome.outdated)
        if held >= _PAGE:
            yield page
            page, held = [], 0
    if page:
        yield page


def _outcome(store: Store, task: _Task, portion: StoredPortion) -> _Outcome:
    """One team: what of it changed, and the readings that may be others now."""
    with no_search_for_cycles():
        return _computed(store, task, portion)


def _computed(store: Store, task: _Task, portion: StoredPortion) -> _Outcome:
    team = portion.portion.team.id
    stored = read_cursor(store, MARKS, team)
    ground = [portion.ground, task.around_digest]
    same = {"basis": task.basis, "ground": ground, "today": task.today.isoformat()}
    if task.left_on is not None and same.items() <= stored.items():
        return _Outcome(rows=(), outdated=(), kept=0, mark=CursorUpdate(source=MARKS, stream=team, cursor=stored))
    before = stored["mark"] if stored.get("basis") == task.basis else None
    since = None if before is None or task.left_on is None else task.left_on - _AT_FIRST
    while True:
        read = portion.read(store, task.around, since)
        mark = mark_of(read.view, known_span, read.contents, read.runs, task.around_mark)
        stale = between(before, mark)
        foreign = {*before["foreign"], *mark["foreign"]} if before else set()
        look = look_of(read.view, stale, task.left_on if before else None, foreign)
        known = known_readings(store, team, task.today, look, snapshots())
        work = TeamWork(read.view, stale, task.today, look, known)
        if since is None or (asked := work.since) is None or asked >= since:
            break
        # Older days have to be computed again than those of a new day: once more, with the runs that these need.
        since = asked
        read.view.forget()
    readings = list(work.readings())
    read.view.forget()
    return _Outcome(
        rows=[reading_row(reading, task.computed_at) for reading in readings],
        outdated=[(team, *key, "computed") for key in work.outdated(readings)],
        kept=len(work.kept),
        mark=CursorUpdate(source=MARKS, stream=team, cursor={**same, "mark": mark}),
    )
