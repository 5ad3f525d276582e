"""In which weeks between two days a level moved, and by which practices: a span may hold more than its ends tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.history import OVERALL, history_of
from mlops_maturity.scoring.history_evidence import organisation_of
from mlops_maturity.scoring.history_gate import LEFT_OUT
from mlops_maturity.scoring.level_moves import LevelMove, Stand, level_moves
from mlops_maturity.scoring.score import score

LONGEST = 522
"""Weeks that are looked at one by one, back from the last day: ten years."""
Levels = Mapping[str, int | None]
"""Scope to level; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Two days between which a level moved: a week apart or less, except where the weeks before aren't looked at."""

    before: Assessment
    after: Assessment
    moves: tuple[LevelMove, ...]
    """Empty where an aspect gained or lost its level altogether, all of it being waived."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Overall or the aspects, whose level moved."""
        before, after = levels_of(self.before), levels_of(self.after)
        return tuple(scope for scope in after if before.get(scope) != after[scope])


def weeks_moved(first: Stand, last: Stand, in_force: Callable[[date], Catalogue]) -> tuple[Week, ...]:
    """The weeks from the first stand to the last in which a level moved; weeks end on Sundays.

    `in_force` gives the catalogue of each Sunday in between; the evidence of `last` holds all that came until then.
    """
    since, until = first.assessment.as_of, last.assessment.as_of
    catalogues = {day: in_force(day) for day in _sundays(max(since, _longest_before(until)), until)}
    levels = {since: levels_of(first.assessment), **_levels(catalogues, last.evidence)}
    levels[until] = levels_of(last.assessment)

    def stand(day: date) -> Stand:
        if day in (since, until):
            return first if day == since else last
        known = score(catalogues[day], last.evidence, day)
        return Stand(catalogue=catalogues[day], evidence=last.evidence, assessment=known)

    turned = [(start, end) for start, end in pairwise(levels) if levels[start] != levels[end]]
    return tuple(_week(stand(start), stand(end)) for start, end in turned)


def levels_of(assessment: Assessment) -> Levels:
    """Scope to level."""
    return {OVERALL: assessment.overall.level, **{name: each.level for name, each in assessment.aspects.items()}}


def _week(before: Stand, after: Stand) -> Week:
    return Week(before=before.assessment, after=after.assessment, moves=level_moves(before, after))


def _longest_before(until: date) -> date:
    return date.fromordinal(max(until.toordinal() - 7 * LONGEST, 1))


def _sundays(since: date, until: date) -> list[date]:
    """Those between the two days; a day's ordinal is a multiple of seven on Sundays."""
    first = since.toordinal() // 7 * 7 + 7
    return [date.fromordinal(each) for each in range(first, until.toordinal(), 7)]


def _levels(catalogues: Mapping[date, Catalogue], evidence: Evidence) -> dict[date, Levels]:
    """The levels of these days, oldest first; all days of a catalogue are scored at once."""
    days: defaultdict[str, list[date]] = defaultdict(list)
    for day, catalogue in catalogues.items():
        days[catalogue.hash].append(day)
    found: dict[date, Levels] = {}
    for own in days.values():
        catalogue = catalogues[own[0]]
        history = history_of(catalogue, organisation_of(catalogue, {"": evidence}), own)
        for place, day in enumerate(own):
            told = zip(history.scopes, history.level[place, :, 0].tolist(), strict=True)
            found[day] = {scope: None if level == LEFT_OUT else level for scope, level in told}
    return {day: found[day] for day in catalogues}
