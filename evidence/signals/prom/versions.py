"""How new versions meet real traffic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mlops_maturity.evidence.records import Observation, Record
from mlops_maturity.evidence.signals.absence import nothing, unseen
from mlops_maturity.evidence.signals.figures import counted, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.serving import KNOWN, refused
from mlops_maturity.evidence.signals.view import TeamView, bounds

STEPS_WITHIN = timedelta(days=14)
"""How long after its first request a version may take over step by step; later, two versions are something else."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The first day on which a version answered requests."""

    at: datetime
    beside: tuple[Observation, ...]
    """Days within `STEPS_WITHIN` on which an earlier version answered too."""
    first: Observation

    def in_steps(self, end: datetime) -> bool | None:
        """Whether both answered for hours. None where that may still come: on its first day, alone so far."""
        days = [day for day in self.beside if day.observed_at < end]
        if any(day.state == "yes" for day in days):
            return True
        return None if days and end - self.at < timedelta(days=1) else False


def canary_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the new versions that served beside an earlier one for hours before they took over.

    Unit: percent of new versions.
    Window: 180 days, by the first day on which a version answered requests.
    Formula: 100 x new versions of which, within 14 days, a day is known on which an earlier version answered too, the
        two in two hours or more / new versions. A version is new if none of the days known before shows it; the
        versions of the first day known of a model are not, nor is one that comes back.
    Unknown: a new version on whose first day both answered, and which is not a day old, is not judged yet.
    Seen: new versions judged, of all; opportunities are those judged.
    Source: observations `version_overlap`: per day the versions of a model whose requests rose.
    Missing: observations not read; no version label, with the reason the source gives; no new version.
    """
    if absent := unseen(view, window, "observation"):
        return absent
    start, end = bounds(window)
    arrivals = [arrival for arrival in view.once(_arrivals) if start <= arrival.at < end]
    judged: list[tuple[bool | None, Record]] = [(arrival.in_steps(end), arrival.first) for arrival in arrivals]
    if all(verdict is None for verdict, _ in judged):
        return refused(view, window, "version_overlap") or nothing("new versions that answer requests", window)
    return share(judged, remarks=[counted(sum(verdict is False for verdict, _ in judged), "all at once")])


def _arrivals(view: TeamView) -> list[_Arrival]:
    found = [arrival for days in _by_model(view).values() for arrival in _of_model(days)]
    return sorted(found, key=lambda arrival: (arrival.at, arrival.first.source, arrival.first.id))


def _of_model(days: list[Observation]) -> Iterator[_Arrival]:
    known = set(_versions(days[0]))
    for place, day in enumerate(days):
        new = set(_versions(day)) - known
        for version in sorted(new):
            until = day.observed_at + STEPS_WITHIN
            beside = (later for later in days[place:] if later.observed_at < until)
            yield _Arrival(
                at=day.observed_at,
                beside=tuple(
                    later for later in beside if version in _versions(later) and known & set(_versions(later))
                ),
                first=day,
            )
        known |= new


def _by_model(view: TeamView) -> Mapping[tuple[str, ...], list[Observation]]:
    """The days of each model, and of each of its copies where labels tell them apart, oldest first."""
    found: defaultdict[tuple[str, ...], list[Observation]] = defaultdict(list)
    for day in view.observations.get("version_overlap", ()):
        labels = day.attributes.get("labels")
        told = [f"{key}={value}" for key, value in sorted(labels.items())] if isinstance(labels, dict) else []
        if day.state in KNOWN and _versions(day):
            found[day.source, day.subject, *told].append(day)
    return found


def _versions(day: Observation) -> tuple[str, ...]:
    versions = day.attributes.get("versions")
    return tuple(map(str, versions)) if isinstance(versions, list) else ()


SIGNALS = (
    Signal(
        id="prom.canary_share",
        title="New versions that meet traffic step by step",
        unit="percent",
        window_days=180,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=canary_share,
        reads=("observation",),
        reaches="past",
    ),
)
