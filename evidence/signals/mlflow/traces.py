"""What traces show: whether requests leave one, and whether anybody or anything judges them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from math import isfinite

from mlops_maturity.evidence.records import Observation
from mlops_maturity.evidence.selection import WHOLE_SOURCE
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.figures import counted, notes, proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.serving import KNOWN, refused
from mlops_maturity.evidence.signals.view import TeamView, bounds

TRACES, REQUESTS = "trace_day", "request_count"


def assessed_trace_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the stored traces that a person, a program or a model assessed.

    Unit: percent of traces.
    Window: 30 days, by the day of the trace.
    Formula: 100 x traces with at least one assessment / traces. Of a day with more traces than are read at once
        (the source's setting `traces_per_day`) the first ones stand for all.
    Unknown: a day of which the number of assessed traces is not known lowers seen.
    Seen: days with traces of which both numbers are known, of the days with traces; opportunities are the traces.
    Source: observations `trace_day`, one a day and experiment, never one a trace. Traces deleted before they were
        read don't count.
    Missing: tracking not read; traces not read, with the reason the source gives; no trace in the window.
    """
    if absent := unseen(view, window, "training_run"):
        return absent
    days = _observed(view, TRACES, window)
    if not days:
        return _none(view, window)
    judged = [(entry, assessed) for entry in days if (assessed := _count(entry.attributes.get("assessed"))) is not None]
    total = sum(entry.value or 0 for entry, _ in judged)
    if not total:
        return too_little("Of no trace is known whether it was assessed.")
    yes = sum(assessed for _, assessed in judged)
    by_people = sum(_count(entry.attributes.get("by_people")) or 0 for entry, _ in judged)
    return Measured(
        value=min(100.0, 100 * yes / total),
        seen=len(judged),
        scope=len(days),
        opportunities=total,
        proof=proof([entry for entry, _ in judged]),
        note=notes(
            f"{yes:g} of {total:g} traces",
            counted(round(by_people), "by people"),
            counted(sum(bool(entry.attributes.get("capped")) for entry in days), "days read in part"),
        ),
    )


def trace_coverage(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the requests to generative applications that left a trace.

    Unit: percent of requests.
    Window: 30 days; only days of which both requests and traces are known.
    Formula: 100 x traces / requests, at most 100, over all generative applications of the team together. Where only a
        share of the requests is traced by intent, its traces count for all: they are divided by the declared share
        (the source's setting `trace_sampling`).
    Unknown: a day with more traces than are read at once, and one on which only one of the two is known, lower seen.
    Seen: days judged, of the days with requests; opportunities are the requests of those days.
    Source: observations `trace_day` (one a day and experiment, of the experiments in `trace_experiments`) and
        `request_count` (one a day and application), of a Prometheus source with `request_metric`, or handed in.
    Missing: tracking not read; no requests counted; traces not read, with the reason the source gives.
    """
    if absent := unseen(view, window, "training_run"):
        return absent
    requests, traces = _by_day(view, REQUESTS, window), _by_day(view, TRACES, window)
    counted_days = {day: total for day, group in requests.items() if (total := sum(e.value or 0 for e in group)) > 0}
    if not counted_days:
        return refused(view, window, REQUESTS) or Missing(
            reason="not_configured",
            detail="No requests of generative applications are counted: set `request_metric` of a Prometheus source, "
            "or hand in observations `request_count`.",
        )
    looked = _looked_days(view, window)
    if not traces and not looked:
        return _none(view, window)
    judged = {
        day: total
        for day, total in counted_days.items()
        if (day in traces or day in looked) and not any(e.attributes.get("capped") for e in traces.get(day, ()))
    }
    if not judged:
        return too_little("On no day are both requests and traces known.")
    found = {day: min(total, sum(map(_traced, traces.get(day, ())))) for day, total in judged.items()}
    return Measured(
        value=100 * sum(found.values()) / sum(judged.values()),
        seen=len(judged),
        scope=len(counted_days),
        opportunities=sum(judged.values()),
        proof=proof([entry for day in sorted(judged) for entry in (*requests[day], *traces.get(day, ()))]),
        note=notes(
            f"{sum(found.values()):g} of {sum(judged.values()):g} requests",
            counted(len(counted_days) - len(judged), "days unknown"),
        ),
    )


def _observed(view: TeamView, name: str, window: Window) -> tuple[Observation, ...]:
    timeline = view.observations.get(name)
    entries = timeline.between(*bounds(window)) if timeline else ()
    return tuple(
        entry for entry in entries if entry.state in KNOWN and entry.value is not None and entry.subject != WHOLE_SOURCE
    )


def _by_day(view: TeamView, name: str, window: Window) -> Mapping[date, list[Observation]]:
    found: defaultdict[date, list[Observation]] = defaultdict(list)
    for entry in _observed(view, name, window):
        found[view.local_day(entry.observed_at)].append(entry)
    return found


def _looked_days(view: TeamView, window: Window) -> frozenset[date]:
    """The days of which a source said how many traces it has altogether."""
    start, end = bounds(window)
    return frozenset(
        view.local_day(r.observed_at)
        for r in view.around.remarks
        if r.name == TRACES and r.state in KNOWN and start <= r.observed_at < end
    )


def _none(view: TeamView, window: Window) -> Missing:
    if _looked_days(view, window):
        return nothing("traces were stored", window)
    return refused(view, window, TRACES) or Missing(
        reason="not_covered", detail=f"The traces of {window.first} to {window.last} were not read: collect them."
    )


def _traced(entry: Observation) -> float:
    """The requests that the traces of a day stand for."""
    sampling = _count(entry.attributes.get("sampling"))
    return (entry.value or 0.0) / (sampling if sampling and sampling <= 1 else 1.0)


def _count(value: object) -> float | None:
    """A number that is no less than 0; records of others may hold anything."""
    if isinstance(value, int | float) and isfinite(value) and value >= 0:
        return float(value)
    return None


SIGNALS = (
    Signal(
        id="mlflow.assessed_trace_share",
        title="Traces that were assessed",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("training_run",),
        source="own definition; by MLflow's assessments",
        measure=assessed_trace_share,
        reads=("observation",),
    ),
    Signal(
        id="mlflow.trace_coverage",
        title="Generative requests that leave a trace",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("training_run",),
        source="own definition",
        measure=trace_coverage,
        reads=("observation",),
    ),
)
