"""Whether what was promised is kept: service objectives, and the age of features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from mlops_maturity.evidence.records import Observation, Record
from mlops_maturity.evidence.signals.absence import nothing, unseen
from mlops_maturity.evidence.signals.figures import counted, lower_median, notes, proof, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.serving import KNOWN, refused
from mlops_maturity.evidence.signals.view import TeamView, bounds


def slo_met_percent(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the service objectives that are met.

    Unit: percent of objectives.
    Window: 30 days.
    Formula: 100 x objectives that were met when last looked at / objectives of which that is known. An objective
        looks back on a period of its own, of some 30 days as a rule, so that its newest state speaks of the window.
    Unknown: an objective of which only unknown states were seen lowers seen.
    Seen: objectives judged, of all seen; opportunities are the objectives judged.
    Source: observations `slo_met`, read from recording rules.
    Missing: observations not read; no objective seen, with the reason the source gives.
    """
    if absent := unseen(view, window, "observation"):
        return absent
    seen = _by_thing(view, window, "slo_met")
    judged: list[tuple[bool | None, Record]] = []
    for entries in seen.values():
        known = [entry for entry in entries if entry.state in KNOWN]
        judged.append((known[-1].state == "yes", known[-1]) if known else (None, entries[-1]))
    if all(verdict is None for verdict, _ in judged):
        return refused(view, window, "slo_met") or nothing("service objectives", window)
    return share(judged)


def feature_freshness_percent(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the time for which tables of features were as fresh as they should be.

    Unit: percent of days, on average over the tables.
    Window: 30 days.
    Formula: 100 x mean over tables of (days on which its age was within `feature_max_age_hours` / days on which its
        age is known), so that a table that is late once is not as bad as one that is always late.
    Unknown: days on which the age of a table is not known are left out; a table of which it never is lowers seen.
    Seen: tables of which an age is known, of all seen; opportunities are those tables.
    Source: observations `feature_fresh`.
    Missing: observations not read; no table seen, with the reason the source gives.
    """
    if absent := unseen(view, window, "observation"):
        return absent
    seen = _by_thing(view, window, "feature_fresh")
    tables = {key: [e for e in entries if e.state in KNOWN] for key, entries in seen.items()}
    shares = {key: sum(e.state == "yes" for e in known) / len(known) for key, known in tables.items() if known}
    if not shares:
        return refused(view, window, "feature_fresh") or nothing("tables of features", window)
    late = sum(part < 1 for part in shares.values())
    return Measured(
        value=100 * sum(shares.values()) / len(shares),
        seen=len(shares),
        scope=len(tables),
        opportunities=len(shares),
        proof=proof([known[-1] for known in tables.values() if known]),
        note=notes(
            f"{len(shares)} tables, {lower_median(len(known) for known in tables.values() if known)} days each",
            counted(late, "late at times"),
        ),
    )


def _by_thing(view: TeamView, window: Window, name: str) -> Mapping[tuple[str, ...], list[Observation]]:
    """What was seen of each objective or table, oldest first. Two servers may each have one of the same name."""
    timeline = view.observations.get(name)
    found: defaultdict[tuple[str, ...], list[Observation]] = defaultdict(list)
    for entry in timeline.between(*bounds(window)) if timeline else ():
        labels = entry.attributes.get("labels")
        told = [f"{key}={value}" for key, value in sorted(labels.items())] if isinstance(labels, dict) else []
        found[entry.source, entry.subject, str(entry.attributes.get("objective", "")), *told].append(entry)
    return found


SIGNALS = (
    Signal(
        id="prom.slo_met_percent",
        title="Service objectives met",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=slo_met_percent,
        reads=("observation",),
    ),
    Signal(
        id="prom.feature_freshness_percent",
        title="Tables of features that are fresh",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=feature_freshness_percent,
        reads=("observation",),
    ),
)
