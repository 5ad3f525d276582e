"""From samples of ALERTS_FOR_STATE to episodes of an alert. Pure; times in seconds since the epoch.

The value of ALERTS_FOR_STATE is when the alert became active, so distinct values are distinct starts, however far
apart the samples lie; `changes()` counts differently on each server. A restart of Prometheus makes a second start of
one incident, so starts that follow closely are joined.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median_low
from typing import Any

from mlops_maturity.collectors.alerts import alert_id

LEAST_GAP = 15 * 60.0
"""Episodes of one alert closer than this are one."""
_USUAL_INTERVAL = 60.0
_LONGEST_INTERVAL = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One alert from its start to its last sample."""

    labels: Mapping[str, str]
    """Of the alert, without its name as a metric and its state."""
    start: float
    """When it became active, as Prometheus says."""
    first: float
    """Its first sample."""
    last: float
    """Its last sample."""
    interval: float
    """Seconds between two evaluations of its rule."""
    fired: bool | None = None
    """Whether it got from pending to firing; None where the server keeps no state of alerts."""

    @property
    def end(self) -> float:
        """When it was over: at the evaluation after its last sample."""
        return self.last + self.interval

    @property
    def gap(self) -> float:
        """How long it may be silent and still be the same episode."""
        return max(2 * self.interval, LEAST_GAP)

    @property
    def id(self) -> str:
        """The same for the same alert and start, whenever it is read."""
        return alert_id(self.labels, self.start)

    def over_by(self, moment: float) -> bool:
        """Whether it can no longer go on at that moment."""
        return self.last + self.gap < moment

    def dumped(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "labels": dict(sorted(self.labels.items())),
            "start": self.start,
            "first": self.first,
            "last": self.last,
            "interval": self.interval,
            "fired": self.fired,
        }


def episodes_of(labels: Mapping[str, str], points: Sequence[tuple[float, float]]) -> list[Episode]:
    """The episodes in the samples of one series, one for each distinct start."""
    interval = _interval([moment for moment, _ in points])
    found: dict[int, Episode] = {}
    for moment, value in points:
        # A start after its own sample is no start: the clock of another evaluator, or not ALERTS_FOR_STATE at all.
        start = min(value, moment) if value > 0 else moment
        known = found.get(int(start))
        if known is None:
            found[int(start)] = Episode(labels=labels, start=start, first=moment, last=moment, interval=interval)
        else:
            found[int(start)] = replace(known, last=max(known.last, moment), first=min(known.first, moment))
    return list(found.values())


def joined(episodes: Iterable[Episode]) -> list[Episode]:
    """Episodes of one alert that have the same start, overlap or follow closely as one; ordered by start."""
    by_alert: dict[str, list[Episode]] = {}
    for episode in episodes:
        by_alert.setdefault(json.dumps(sorted(episode.labels.items())), []).append(episode)
    whole: list[Episode] = []
    for group in by_alert.values():
        whole += _joined_group(sorted(group, key=lambda episode: (episode.start, episode.first)))
    return sorted(whole, key=lambda episode: (episode.start, episode.id))


def marked(episodes: Iterable[Episode], states: Mapping[str, Sequence[tuple[float, bool]]]) -> list[Episode]:
    """With what ALERTS says of each: alert (`key_of` its labels) to (moment, whether it fired)."""
    found = []
    for episode in episodes:
        seen = [
            fired
            for moment, fired in states.get(key_of(episode.labels), ())
            if episode.start - episode.interval <= moment <= episode.end
        ]
        found.append(replace(episode, fired=bool(episode.fired) or any(seen)) if seen else episode)
    return found


def key_of(labels: Mapping[str, str]) -> str:
    """What tells one alert from another."""
    return json.dumps(sorted(labels.items()))


def _joined_group(ordered: Sequence[Episode]) -> list[Episode]:
    whole: list[Episode] = []
    for episode in ordered:
        before = whole[-1] if whole else None
        if before is not None and (
            int(before.start) == int(episode.start) or episode.first - before.last <= max(before.gap, episode.gap)
        ):
            whole[-1] = _one(before, episode)
        else:
            whole.append(episode)
    return whole


def _one(before: Episode, after: Episode) -> Episode:
    known = [fired for fired in (before.fired, after.fired) if fired is not None]
    return replace(
        before,
        first=min(before.first, after.first),
        last=max(before.last, after.last),
        interval=max(before.interval, after.interval),
        fired=any(known) if known else None,
    )


def _interval(moments: Sequence[float]) -> float:
    steps = [later - earlier for earlier, later in pairwise(sorted(set(moments))) if later > earlier]
    return min(_LONGEST_INTERVAL, median_low(steps)) if steps else _USUAL_INTERVAL
