"""Where a team stands before a plan: the practices that count, the rung each is held at, and what is not seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue, Practice, SignalUse
from mlops_maturity.scoring.assessment import Assessment, PracticeResult
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.telemetry import rung_of, signal_part
from mlops_maturity.scoring.thresholds import SLIP, reaches

QUIET_BELOW = 0.5
"""A signal whose reading has lost more than half of its freshness has gone quiet: its source needs work."""
MOST_GAPS = 4
"""How many signals of one practice a plan may connect, the largest shares first: the choices double with each."""

Dated = TypeVar("Dated", Answer, Reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A team on a day, as a plan sees it."""

    catalogue: Catalogue
    evidence: Evidence
    as_of: date
    assessment: Assessment
    practices: tuple[Practice, ...]
    """Those that count: neither waived nor of another kind of model. In catalogue order."""
    answers: Mapping[str, Sequence[Answer]]
    """By practice; none after `as_of`."""
    readings: Mapping[str, Sequence[Reading]]
    """By signal; none after `as_of`."""
    users: Mapping[str, Sequence[SignalUse]]
    """Signal to its uses by the practices that count."""
    fixed: frozenset[str]
    """Signals whose readings no plan touches: practices read them in ways that don't agree."""
    gaps: frozenset[str]
    """Signals that say nothing, or have gone quiet, and can be connected."""

    def result(self, practice: str) -> PracticeResult:
        """How a practice stands today."""
        return self.assessment.practices[practice]

    def shared(self, signal: str) -> bool:
        """Whether several practices that count read the signal."""
        return len(self.users[signal]) > 1

    def mean(self, practice: str) -> float | None:
        """The mean rung of what is known, faded or not; None when nothing is."""
        result = self.result(practice)
        known = result.telemetry + result.survey
        return result.value_lo / known if known > SLIP else None

    def rung(self, practice: str) -> int:
        """The rung at which a plan takes the practice to be: what is known of it, and 0 when nothing is."""
        mean = self.mean(practice)
        if mean is None:
            return 0
        tolerance = self.catalogue.parameters.tolerance
        return max(rung for rung in range(TOP_LEVEL + 1) if rung == 0 or reaches(mean, rung - tolerance))

    def open_gaps(self, practice: Practice) -> list[str]:
        """The practice's signals that can be connected, in its order."""
        return [use.id for use in practice.signals if use.id in self.gaps]


def situation(catalogue: Catalogue, evidence: Evidence, as_of: date) -> Situation:
    """Score the team, and find what a plan can work on."""
    waived = {waiver.practice for waiver in evidence.waivers if waiver.start <= as_of <= waiver.until}
    practices = tuple(
        practice for practice in catalogue.practices if practice.id not in waived and practice.concerns(evidence.kinds)
    )
    users: dict[str, list[SignalUse]] = defaultdict(list)
    for practice in practices:
        for use in practice.signals:
            users[use.id].append(use)
    readings = _grouped(evidence.readings, "signal", as_of)
    at_odds = {signal for signal, uses in users.items() if not _agree(uses)}
    uneven = {signal for signal, uses in users.items() if len(uses) > 1 and _uneven(readings.get(signal, ()))}
    quiet = {
        signal
        for signal, uses in users.items()
        if signal not in at_odds and _quiet(uses[0], readings.get(signal, ()), catalogue, as_of)
    }
    return Situation(
        catalogue=catalogue,
        evidence=evidence,
        as_of=as_of,
        assessment=score(catalogue, evidence, as_of),
        practices=practices,
        answers=_grouped(evidence.answers, "practice", as_of),
        readings=readings,
        users=users,
        fixed=frozenset(at_odds | uneven),
        gaps=frozenset(quiet - set(_surplus(practices, quiet))),
    )


def direction(use: SignalUse) -> int:
    """1 if more of the signal is better, -1 if less is, 0 if it never says anything else."""
    first, last = use.anchors[0][1], use.anchors[-1][1]
    return (last > first) - (last < first)


def raw_for(use: SignalUse, rung: float) -> float:
    """The least claim, in the signal's unit, that shows `rung`; its best one where it can't show that much."""
    wanted = min(rung, max(anchor[1] for anchor in use.anchors))
    points = use.anchors if direction(use) >= 0 else use.anchors[::-1]
    for (left, low), (right, high) in pairwise(points):
        if low >= wanted:
            return left
        if high >= wanted:
            return _shows(use, left + (right - left) * (wanted - low) / (high - low), right, wanted)
    return points[-1][0]


def _shows(use: SignalUse, raw: float, safe: float, wanted: float) -> float:
    """`raw`, unless rounding has made it show clearly less than wanted: then the anchor after it."""
    return raw if reaches(rung_of(use.anchors, raw), wanted) else safe


def _grouped(entries: Iterable[Dated], by: str, as_of: date) -> dict[str, list[Dated]]:
    groups: dict[Any, list[Dated]] = defaultdict(list)
    for entry in entries:
        if entry.on <= as_of:
            groups[getattr(entry, by)].append(entry)
    return groups


def _agree(uses: Sequence[SignalUse]) -> bool:
    """Whether a reading that is better for one practice is worse for none, and ages alike in all."""
    directions = {direction(use) for use in uses} - {0}
    return len(directions) <= 1 and len({use.half_life_days for use in uses}) == 1


def _uneven(readings: Sequence[Reading]) -> bool:
    """Whether readings of the newest day carry different weights: practices may then count different ones."""
    newest = max((reading.on for reading in readings), default=None)
    return len({(row.seen, row.scope, row.opportunities) for row in readings if row.on == newest}) > 1


def _quiet(use: SignalUse, readings: Sequence[Reading], catalogue: Catalogue, as_of: date) -> bool:
    part = signal_part(use, readings, catalogue.parameters, as_of)
    return part.mass <= 0 or part.freshness < QUIET_BELOW


def _surplus(practices: Iterable[Practice], quiet: set[str]) -> Iterable[str]:
    """Quiet signals beyond the largest `MOST_GAPS` of some practice: connected for none, as it would count for all."""
    for practice in practices:
        uses = sorted((use for use in practice.signals if use.id in quiet), key=lambda use: (-use.share, use.id))
        yield from (use.id for use in uses[MOST_GAPS:])
