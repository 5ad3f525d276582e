"""Which pipeline runs the readings from some day on look at: a part of all that a team ever had.

A signal looks at the runs of its window, and follows commits, branches, ids and repositories from there, whatever
their age. What is named here is all of it: a test holds each signal to that, with and without the other runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mlops_maturity.evidence.records import Change, Deployment, ModelAlias, ModelVersion, Record, TrainingRun
from mlops_maturity.evidence.refs import plain_branch
from mlops_maturity.evidence.signals.weeks import local_day
from mlops_maturity.evidence.store.sketches import RunSketch

_ALWAYS = 0
# What a run may be the first one of: of all, of those that tell of shared workflows, of those that use any.
_ANY, _TELLING, _USING = (0,), (0, 1), (0, 1, 2)


@dataclass(frozen=True)
class _Named:
    """What other records name, from which a signal may come to a run of any age."""

    ids: set[str] = field(default_factory=set)
    commits: set[str] = field(default_factory=set)
    branches: dict[tuple[str, str], int] = field(default_factory=dict)
    """Repository and branch to the day from which on its runs count."""


def needed_runs(
    sketches: Sequence[RunSketch], others: Iterable[Record], since: date, zone: ZoneInfo
) -> list[RunSketch]:
    """The runs that readings with windows from `since` on look at. `others`: a team's other records."""
    first = since.toordinal()
    near = [sketch for sketch in sketches if sketch.last >= first or not sketch.last]
    named = _named(others, first, zone)
    named.commits.update(sketch.sha for sketch in near if sketch.sha)
    kept = {id(sketch) for sketch in (*near, *_first_ones(sketches))}
    needed = [sketch for sketch in sketches if id(sketch) in kept or _is_named(sketch, named)]
    # All attempts of a run, or none: how often it was tried is part of it.
    tried = {(sketch.source, sketch.id) for sketch in sketches if sketch.attempt > 1}
    again = {(sketch.source, sketch.id) for sketch in needed} & tried if tried else tried
    if not again:
        return needed
    kept = set(map(id, needed))
    return [sketch for sketch in sketches if id(sketch) in kept or (sketch.source, sketch.id) in again]


def _is_named(sketch: RunSketch, named: _Named) -> bool:
    if sketch.sha in named.commits or sketch.id in named.ids:
        return True
    if not named.branches or sketch.ref is None:
        return False
    begun = named.branches.get((sketch.repository or "", plain_branch(sketch.ref)))
    return begun is not None and sketch.last >= begun


def _first_ones(sketches: Iterable[RunSketch]) -> Iterable[RunSketch]:
    """The first run of each repository, also of those that say which workflows of others they used, and that used any:
    since when that is known, and that a repository is one with pipelines at all."""
    firsts: dict[tuple[str | None, int], RunSketch] = {}
    for sketch in sketches:
        told = sketch.shared_workflows
        for meaning in _ANY if told is None else _USING if told else _TELLING:
            key = sketch.repository, meaning
            known = firsts.get(key)
            if known is None or _is_earlier(sketch, known):
                firsts[key] = sketch
    return firsts.values()


def _is_earlier(one: RunSketch, other: RunSketch) -> bool:
    at, known = one.at, other.at
    return at is not None and (known is None or at < known)


def _named(others: Iterable[Record], first: int, zone: ZoneInfo) -> _Named:
    """What the records name that have an instant on the first day or later; or none at all."""

    def recent(*moments: datetime | None) -> bool:
        last = max((moment for moment in moments if moment is not None), default=None)
        return last is None or local_day(last, zone).toordinal() >= first

    named = _Named()
    promoted: set[tuple[str, str]] = set()
    versions: defaultdict[tuple[str, str], list[ModelVersion]] = defaultdict(list)
    commits: dict[tuple[str, str], str] = {}
    for record in others:
        if isinstance(record, Deployment) and recent(record.started_at, record.finished_at):
            named.ids.update(filter(None, (record.pipeline_run,)))
            named.commits.update(filter(None, (record.sha,)))
            promoted.add((record.model or "", record.model_version or ""))
        elif isinstance(record, Change) and recent(record.merged_at, record.first_review_at, record.created_at):
            _by_change(named, record, zone)
        elif isinstance(record, ModelAlias) and recent(record.first_seen_at, record.last_seen_at):
            promoted.add((record.model, record.version))
        elif isinstance(record, ModelVersion):
            versions[record.model, record.version].append(record)
        elif isinstance(record, TrainingRun) and record.commit:
            commits[record.source, record.id] = record.commit
    named.commits.update(_behind(promoted, versions, commits))
    return named


def _by_change(named: _Named, change: Change, zone: ZoneInfo) -> None:
    head, branch = (change.attributes.get(name) for name in ("head_sha", "branch"))
    named.commits.update(sha for sha in (head, change.merge_sha) if isinstance(sha, str))
    if isinstance(branch, str):
        since = change.first_commit_at or change.created_at
        begun = _ALWAYS if since is None else local_day(since, zone).toordinal()
        key = change.repository or "", branch
        named.branches[key] = min(begun, named.branches.get(key, begun))


def _behind(
    promoted: Iterable[tuple[str, str]],
    versions: Mapping[tuple[str, str], Sequence[ModelVersion]],
    commits: Mapping[tuple[str, str], str],
) -> Iterable[str]:
    """The commits that the training runs of these versions were made from."""
    for key in promoted:
        for version in versions.get(key, ()):
            if commit := commits.get((version.source, version.run or "")):
                yield commit
