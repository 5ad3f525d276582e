"""Pipeline runs by what they are for, each once, however often it was run again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from operator import attrgetter
from typing import NamedTuple, get_args

from mlops_maturity.evidence.records import PipelineRun, Purpose
from mlops_maturity.evidence.refs import plain_branch
from mlops_maturity.evidence.signals.interface import Window
from mlops_maturity.evidence.signals.view import TeamView, Timeline

DEFAULT_BRANCHES = frozenset({"main", "master", "trunk"})
"""Names taken for the default branch where a source does not name it."""
_KEPT = 16
"""Purposes and windows of which the runs are kept: those of some days, as signals are computed one after another."""


class Run(NamedTuple):
    """A pipeline run as it stood at the end of the window."""

    attempts: tuple[PipelineRun, ...]
    """Oldest first."""
    last: PipelineRun
    """The attempt that counts."""

    @property
    def passed(self) -> bool | None:
        """Whether the last attempt succeeded. Tests that failed within a run that went on (unstable) are a failure.

        None where how it ended is not known; check `ended` first.
        """
        return None if self.last.outcome == "unknown" else self.last.outcome == "success"

    @property
    def ended(self) -> bool:
        """Whether it ran to an end: neither cancelled, nor skipped, nor still running."""
        return self.last.outcome not in ("cancelled", "skipped", "running")


def runs_in(view: TeamView, window: Window, purpose: Purpose) -> Sequence[Run]:
    """The runs of a purpose whose last attempt so far lies in the window, in order of that attempt.

    An attempt made after the window does not exist yet, so that a reading of the past stays what it was.
    """
    return view.once(_Asked).runs(window, purpose)


def of_purpose(view: TeamView, purpose: Purpose) -> Timeline[PipelineRun]:
    """All attempts of the runs of a purpose."""
    return view.once(_by_purpose)[purpose]


class _Asked:
    """The runs of the windows asked for last: many signals ask for the same ones of a day."""

    def __init__(self, view: TeamView) -> None:
        self._view = view
        self._known: dict[tuple[Purpose, Window], tuple[Run, ...]] = {}

    def runs(self, window: Window, purpose: Purpose) -> tuple[Run, ...]:
        """Those of a purpose."""
        key = purpose, window
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)))
            found = self._known[key] = tuple(_runs_in(self._view, window, purpose))
        return found


def _runs_in(view: TeamView, window: Window, purpose: Purpose) -> list[Run]:
    latest: dict[tuple[str, str], PipelineRun] = {}
    for attempt in view.known_part(of_purpose(view, purpose), "pipeline_run", window):
        key = attempt.source, attempt.id
        if key not in latest or latest[key].attempt <= attempt.attempt:
            latest.pop(key, None)  # so that the order is that of the last attempts
            latest[key] = attempt
    return [_as_it_stood(view, last) for last in latest.values()]


def _as_it_stood(view: TeamView, last: PipelineRun) -> Run:
    if last.attempt == 1:
        return Run((last,), last)
    every = view.once(_attempts)[last.source, last.id]
    return Run(tuple(attempt for attempt in every if attempt.attempt <= last.attempt), last)


def on_default_branch(run: PipelineRun) -> bool | None:
    """Whether a run was made for the default branch itself, not for a change to it; None where it names no branch."""
    if run.trigger == "pull_request":
        return False
    if not run.ref:
        return None
    branch = plain_branch(run.ref)
    named = run.attributes.get("default_branch")
    return branch == named if isinstance(named, str) and named else branch in DEFAULT_BRANCHES


def active_seconds(attempts: Iterable[PipelineRun]) -> float | None:
    """How long the attempts ran in all; None where that is not known of one of them, or one is missing.

    What the source says itself (attribute `active_seconds`) counts more than finish - start: where jobs are retried
    days later, most of the time between the two nothing ran.
    """
    total = 0.0
    for expected, attempt in enumerate(attempts, start=1):
        seconds = _told_seconds(attempt) if attempt.attempt == expected else None
        if seconds is None:
            return None
        total += seconds
    return total


def _told_seconds(attempt: PipelineRun) -> float | None:
    told = attempt.attributes.get("active_seconds")
    if isinstance(told, int | float) and not isinstance(told, bool) and 0 <= told < inf:
        return float(told)
    if attempt.started_at is None or attempt.finished_at is None or attempt.finished_at < attempt.started_at:
        return None
    return (attempt.finished_at - attempt.started_at).total_seconds()


def _attempts(view: TeamView) -> Mapping[tuple[str, str], Sequence[PipelineRun]]:
    """Source and id of the runs that were run again to all their attempts, oldest first."""
    again = {(run.source, run.id) for run in view.pipeline_runs if run.attempt > 1}
    groups: defaultdict[tuple[str, str], list[PipelineRun]] = defaultdict(list)
    for attempt in sorted(view.pipeline_runs, key=attrgetter("attempt")):
        if (key := (attempt.source, attempt.id)) in again:
            groups[key].append(attempt)
    return groups


def _by_purpose(view: TeamView) -> Mapping[Purpose, Timeline[PipelineRun]]:
    parts = view.pipeline_runs.parted(attrgetter("purpose"))
    return {purpose: parts.get(purpose, Timeline(())) for purpose in get_args(Purpose)}
