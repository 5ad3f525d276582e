"""The records of one team, indexed so that a signal can ask for a window of them cheaply.

Pure data: made once from the team's records and what is known beside them, asked by every signal for every week.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from operator import attrgetter, eq, itemgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from mlops_maturity.config.rules import CHECKS, CheckRule
from mlops_maturity.evidence.records import (
    Change,
    Deployment,
    Incident,
    Measurement,
    Model,
    ModelAlias,
    ModelVersion,
    Observation,
    PipelineRun,
    Record,
    TrainingRun,
    occurred_at,
)
from mlops_maturity.evidence.signals.sight import Sight
from mlops_maturity.evidence.signals.streams import stream_of
from mlops_maturity.evidence.signals.weeks import Days, local_day, span

if TYPE_CHECKING:
    from mlops_maturity.evidence.signals.interface import Window

R = TypeVar("R", bound=Record)
T = TypeVar("T")
K = TypeVar("K")

PRODUCTION_ALIASES = frozenset({"champion", "production"})
"""Aliases that mark the served version where the source's settings name none."""
MAX_AGE_TAG = "max_age_days"
"""The version tag that declares a maximum age where the source's settings name none."""

Maker = tuple[str, str, str]
"""`("run", source, id)`, `("experiment", source, name)`, or `("repository", "", name)`: one name everywhere."""


def identity(record: Record) -> tuple[str, str, int]:
    """What tells a record from others of its kind; orders records of one instant."""
    return record.source, record.id, getattr(record, "attempt", 0)


class Timeline(Generic[R]):
    """Records in order of an instant of theirs; those without it are kept aside as `undated`."""

    __slots__ = ("_times", "dated", "undated")

    def __init__(self, records: Iterable[R], when: Callable[[R], datetime | None] = occurred_at) -> None:
        timed: list[tuple[datetime, R]] = []
        undated: list[R] = []
        for record in records:
            moment = when(record)
            if moment is None:
                undated.append(record)
            else:
                timed.append((moment, record))
        timed.sort(key=itemgetter(0))
        self._times = [moment for moment, _ in timed]
        if any(map(eq, self._times, self._times[1:])):
            timed.sort(key=lambda pair: (pair[0], *identity(pair[1])))
        self.dated: tuple[R, ...] = tuple(record for _, record in timed)
        self.undated: tuple[R, ...] = tuple(sorted(undated, key=identity))

    def __iter__(self) -> Iterator[R]:
        """All records, the undated ones last."""
        return chain(self.dated, self.undated)

    def __len__(self) -> int:
        return len(self.dated) + len(self.undated)

    def between(self, start: datetime, end: datetime) -> tuple[R, ...]:
        """The records from `start` (included) to `end` (excluded)."""
        return self.dated[bisect_left(self._times, start) : bisect_left(self._times, end)]

    def before(self, end: datetime) -> tuple[R, ...]:
        """The records before `end`."""
        return self.dated[: bisect_left(self._times, end)]

    @property
    def first(self) -> datetime | None:
        """The instant of the first record; None where none has one."""
        return self._times[0] if self._times else None

    def parted(self, name: Callable[[R], K]) -> dict[K, Timeline[R]]:
        """The records by what `name` calls each, as timelines by the same instants."""
        times: defaultdict[K, list[datetime]] = defaultdict(list)
        dated: defaultdict[K, list[R]] = defaultdict(list)
        undated: defaultdict[K, list[R]] = defaultdict(list)
        for moment, record in zip(self._times, self.dated, strict=True):
            key = name(record)
            times[key].append(moment)
            dated[key].append(record)
        for record in self.undated:
            undated[name(record)].append(record)
        return {key: _timeline(times[key], dated[key], undated[key]) for key in {**dated, **undated}}

    def where(self, chosen: Callable[[R], bool]) -> Timeline[R]:
        """The chosen records."""
        return self.parted(chosen).get(True, _NONE)


def _timeline(times: list[datetime], dated: Iterable[R], undated: Iterable[R]) -> Timeline[R]:
    """A timeline of what is in order already."""
    made: Timeline[R] = Timeline(())
    made._times, made.dated, made.undated = times, tuple(dated), tuple(undated)
    return made


_NONE: Timeline[Any] = Timeline(())


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWords:
    """What the settings of a source say that signals need."""

    production_aliases: frozenset[str] = PRODUCTION_ALIASES
    max_age_tag: str = MAX_AGE_TAG
    checks: tuple[CheckRule, ...] = CHECKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known beside the records of one team."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    sources: Mapping[str, SourceWords] = field(default_factory=dict)
    registered: Mapping[str, datetime | None] = field(default_factory=dict)
    """Every model of every registry to when it was first there (None = at an unknown time)."""
    sights: Mapping[str, Sight] = field(default_factory=dict)
    """Stream (a kind of record, or facts of repositories) to what is known of it in the whole organisation."""
    makers: Mapping[Maker, frozenset[str]] = field(default_factory=dict)
    """What makes models to the models it made, whoever's they are."""
    repositories: frozenset[str] = frozenset()
    """Every repository that a run, deployment or change names."""
    remarks: tuple[Observation, ...] = ()
    """Observations about a source as a whole: a metric that is not exported, an interface that is forbidden."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TeamView:
    """The records of one team. Every index is in order of time; see `Timeline`."""

    team: str
    kinds: frozenset[str]
    """Kinds of model the team runs: classical, genai, agent."""
    around: Surroundings
    sights: Mapping[str, Sight]
    """Stream to what is known of it for this team; one that no source of the team gives is not there."""
    pipeline_runs: Timeline[PipelineRun]
    deployments: Timeline[Deployment]
    changes: Timeline[Change]
    incidents: Timeline[Incident]
    training_runs: Timeline[TrainingRun]
    model_versions: Timeline[ModelVersion]
    models: Timeline[Model]
    model_aliases: Timeline[ModelAlias]
    observations: Mapping[str, Timeline[Observation]]
    """By name of the observation."""
    measurements: Timeline[Measurement]
    runs_by_id: Mapping[tuple[str, str], TrainingRun]
    """Source and id to training run."""
    behind_versions: frozenset[tuple[str, str]]
    """Training runs (source, id) that are here only because a version of the team came of them."""
    _first: Mapping[str, datetime]
    _derived: dict[Any, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        team: str,
        records: Sequence[Record],
        around: Surroundings,
        sights: Mapping[str, Sight] | None = None,
        behind_versions: frozenset[tuple[str, str]] = frozenset(),
        model_kinds: Iterable[str] = ("classical",),
    ) -> TeamView:
        """The view of one team's records; their order does not matter."""
        kinds: defaultdict[str, list[Any]] = defaultdict(list)
        for record in records:
            kinds[record.kind].append(record)
        timelines = {kind: Timeline(group) for kind, group in kinds.items()}
        observations: Timeline[Observation] = timelines.pop("observation", _NONE)
        named = observations.parted(attrgetter("name"))
        return cls(
            team=team,
            kinds=frozenset(model_kinds),
            around=around,
            sights=sights or {},
            pipeline_runs=timelines.get("pipeline_run", _NONE),
            deployments=timelines.get("deployment", _NONE),
            changes=timelines.get("change", _NONE),
            incidents=timelines.get("incident", _NONE),
            training_runs=timelines.get("training_run", _NONE),
            model_versions=timelines.get("model_version", _NONE),
            models=timelines.get("model", _NONE),
            model_aliases=timelines.get("model_alias", _NONE),
            observations=named,
            measurements=timelines.get("measurement", _NONE),
            _first=_firsts((*timelines.values(), *named.values())),
            behind_versions=behind_versions,
            runs_by_id={(run.source, run.id): run for run in kinds["training_run"]},
        )

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return self.around.zone

    def words(self, source: str) -> SourceWords:
        """What the settings of a source say; the defaults for one that is not configured, such as an import."""
        return self.around.sources.get(source) or SourceWords()

    def covered(self, kind: str, window: Window) -> tuple[Days, ...]:
        """The days of the window on which records of that kind are known completely."""
        sight = self.sights.get(kind)
        return sight.known(days_of(window)) if sight else ()

    def known_part(self, timeline: Timeline[R], kind: str, window: Window) -> tuple[R, ...]:
        """The records of the window that lie on days known completely; `kind` is the one the timeline holds."""
        parts = (days_span(days, window.zone) for days in self.covered(kind, window))
        return tuple(record for start, end in parts for record in timeline.between(start, end))

    def first_day(self, kind: str) -> date | None:
        """The local day of the first dated record of a kind; None where there is none."""
        first = self._first.get(kind)
        return self.local_day(first) if first else None

    def once(self, derive: Callable[[TeamView], T]) -> T:
        """What a function makes of this view; worked out on the first call, so that every week can ask for it."""
        if derive not in self._derived:
            self._derived[derive] = derive(self)
        found: T = self._derived[derive]
        return found

    def forget(self) -> None:
        """Drop what `once` made: some of it holds the view, which would then outlive its last user."""
        self._derived.clear()

    def local_day(self, instant: datetime) -> date:
        """The organisation's day of an instant."""
        return local_day(instant, self.zone)

    def production(self, deployment: Deployment) -> bool:
        """Whether a deployment reached production: the right tier, and it succeeded, if with warnings."""
        return deployment.tier == "production" and deployment.outcome in ("success", "unstable")


def _firsts(timelines: Iterable[Timeline[Any]]) -> dict[str, datetime]:
    """Stream to the instant of its first dated record; what one timeline holds is of one stream."""
    firsts: dict[str, datetime] = {}
    for timeline in timelines:
        if timeline.first is not None:
            stream = stream_of(timeline.dated[0])
            firsts[stream] = min(timeline.first, firsts.get(stream, timeline.first))
    return firsts


def days_of(window: Window) -> Days:
    """The window as ordinals of days."""
    return Days(window.first.toordinal(), window.last.toordinal())


def days_span(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Days as instants, the end excluded."""
    return span(date.fromordinal(days.first), date.fromordinal(days.last), zone)


def bounds(window: Window) -> tuple[datetime, datetime]:
    """The window as instants: from the first local midnight to the one after the last day, excluded."""
    return span(window.first, window.last, window.zone)
