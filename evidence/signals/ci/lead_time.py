"""How long a change takes from its first commit to production."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from mlops_maturity.evidence.records import Change, Deployment
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.production import finished, in_production
from mlops_maturity.evidence.signals.figures import counted, days, hours, lower_median, notes, proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView, bounds


class Arrival(NamedTuple):
    """A change with the first production deployment that held it."""

    change: Change
    deployment: Deployment
    at: datetime
    opening: bool
    """Whether that was the first deployment of its repository that is known: nothing says since when it collected."""


@dataclass(frozen=True, slots=True)
class _Arrivals:
    arrived: tuple[Arrival, ...]
    merged: tuple[tuple[datetime, Change, datetime | None], ...]
    """Every merged change: when, and when it arrived."""
    deployed: Mapping[str, tuple[datetime, ...]]
    """Repository to its production deployments."""


def lead_time_hours(view: TeamView, window: Window) -> Measured | Missing:
    """Hours from the first commit of a change to the production deployment that brought it.

    Unit: hours.
    Window: 90 days, by the finish of the deployment.
    Formula: lower median over changes of (finish of the first successful production deployment that holds the change
        - first commit of the change). A deployment holds the changes it lists, and the one whose merge commit it
        deploys. What came with the first known deployment of a repository is left out: since when that one
        collected changes is not known. Negative times (clocks, rewritten dates) are left out and counted.
    Unknown: an arrived change without the time of its first commit, a negative time, and a change that was merged
        before a later deployment of its repository but that no deployment names, lower seen. Changes merged after
        the last deployment are still on their way: counted, with the age of the oldest.
    Seen: changes measured, of those and the unknown; opportunities are the changes measured.
    Source: changes and deployments. Formula after DORA's change lead time.
    Missing: deployments or changes not read; no change that arrived and can be measured.
    """
    if absent := unseen(view, window, "deployment", "change"):
        return absent
    start, end = bounds(window)
    arrivals = view.once(follow_changes)
    here = [arrival for arrival in arrivals.arrived if start <= arrival.at < end]
    measured = list(_measured(here))
    opening = sum(arrival.opening for arrival in here)
    undated = sum(not arrival.opening and arrival.change.first_commit_at is None for arrival in here)
    negative = len(here) - opening - undated - len(measured)
    unlinked, waiting = _not_arrived(arrivals, start, end)
    remarks = notes(
        counted(opening, "in the first known deployment"),
        counted(negative, "negative"),
        counted(undated, "without first commit"),
        counted(unlinked, "named by no deployment"),
        _on_their_way(waiting, end),
    )
    if not measured:
        empty = nothing("changes reached production", window)
        return too_little(f"No change can be measured: {remarks}.") if remarks else empty
    return Measured(
        value=lower_median(time for time, _ in measured),
        seen=len(measured),
        scope=len(measured) + undated + negative + unlinked,
        opportunities=len(measured),
        proof=proof([arrival.change for _, arrival in measured]),
        note=notes(f"{len(measured)} changes", remarks),
    )


def follow_changes(view: TeamView) -> _Arrivals:
    """Which change came to production with which deployment."""
    by_id: defaultdict[str, list[Change]] = defaultdict(list)
    by_sha: defaultdict[str, list[Change]] = defaultdict(list)
    for change in view.changes:
        by_id[change.id].append(change)
        if change.merge_sha:
            by_sha[change.merge_sha].append(change)
    arrived: dict[tuple[str, str], Arrival] = {}
    deployed: defaultdict[str, list[datetime]] = defaultdict(list)
    for deployment in view.once(in_production).dated:
        at, name = finished(deployment), _repository(deployment)
        opening = not deployed[name]
        deployed[name].append(at)
        held = [_nearest(by_id[change_id], deployment) for change_id in deployment.changes if change_id in by_id]
        held += by_sha.get(deployment.sha or "", [])
        for change in held:
            arrived.setdefault((change.source, change.id), Arrival(change, deployment, at, opening))
    merged = tuple(
        (change.merged_at, change, arrival.at if (arrival := arrived.get((change.source, change.id))) else None)
        for change in view.changes
        if change.merged_at is not None
    )
    return _Arrivals(tuple(arrived.values()), merged, {name: tuple(times) for name, times in deployed.items()})


def _measured(arrivals: list[Arrival]) -> Iterator[tuple[float, Arrival]]:
    for arrival in arrivals:
        begun = arrival.change.first_commit_at
        if not arrival.opening and begun is not None and begun <= arrival.at:
            yield hours(begun, arrival.at), arrival


def _not_arrived(arrivals: _Arrivals, start: datetime, end: datetime) -> tuple[int, list[datetime]]:
    """How many changes of the window no deployment names, though one followed; and when those under way were merged."""
    unlinked, waiting = 0, []
    for merged_at, change, arrived_at in arrivals.merged:
        if merged_at >= end or (arrived_at is not None and arrived_at < end):
            continue
        times = arrivals.deployed.get(change.repository or "", ())
        done = bisect_left(times, end)
        if not done:
            continue
        if merged_at > times[done - 1]:
            waiting.append(merged_at)
        elif merged_at >= start and merged_at > times[0]:
            unlinked += 1
    return unlinked, waiting


def _on_their_way(merged: list[datetime], end: datetime) -> str:
    if not merged:
        return ""
    return f"{len(merged)} merged and not deployed yet, the oldest for {days(min(merged), end):.0f} days"


def _nearest(changes: list[Change], deployment: Deployment) -> Change:
    """The change of that id from the deployment's own source, if several sources know one."""
    return next((change for change in changes if change.source == deployment.source), changes[0])


def _repository(deployment: Deployment) -> str:
    return deployment.repository or deployment.model or ""


SIGNALS = (
    Signal(
        id="ci.lead_time_hours",
        title="Lead time for changes",
        unit="hours",
        window_days=90,
        better="lower",
        needs=("deployment", "change"),
        source="DORA, change lead time",
        measure=lead_time_hours,
        reads=("deployment", "change"),
        reaches="past",
    ),
)
