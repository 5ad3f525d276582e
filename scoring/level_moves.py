"""Why an aspect holds another level than before: the practices that stand otherwise before its gate on the two days.

Nothing in between is looked at: a practice is named by what it is on either day, as an assessment of that day says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from mlops_maturity.config.catalogue import Catalogue, Practice
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.gate import Standing, enough_weight, entries_of, holds, standings_before
from mlops_maturity.scoring.practice_change import Known, PracticeChange, practice_change

Status = Literal["blocks", "short", "unasked", "met"]
STATUSES: tuple[Status, ...] = ("blocks", "short", "unasked", "met")
"""From worst to best for a level: doesn't meet it and can't be outvoted; doesn't meet it; isn't asked; meets it."""
Unasked = Literal["not_in_catalogue", "waived", "other_kinds", "not_required"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A team on a day, under the catalogue in force then."""

    catalogue: Catalogue
    evidence: Evidence
    assessment: Assessment

    @property
    def known(self) -> Known:
        """What the assessment rests on."""
        return Known(catalogue=self.catalogue, evidence=self.evidence, day=self.assessment.as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """A practice before one level, on one day."""

    status: Status
    unasked: Unasked | None
    """Why it plays no part; None where it does."""
    value: float | None
    """None where the catalogue doesn't have it."""
    confidence: float | None
    needs: float | None
    """The value that meets the level; None where it isn't asked."""
    needs_confidence: float | None
    key: bool
    """It can't be outvoted at this level."""
    lags: bool
    """It lies more than the slack below what is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSide:
    """The gate of one level on one day."""

    holds: bool
    share: float | None
    """Share of the weight asked for that meets it; None where nothing is asked for."""
    needs_share: float
    enough: bool
    """Whether that is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A practice that stands otherwise before a level."""

    practice: str
    before: Stance
    after: Stance
    toward: bool
    """Whether it turned the way the level went; else against it."""
    change: PracticeChange | None
    """What moved it; None where only one of the catalogues has it."""

    @property
    def alone(self) -> bool:
        """Whether it bars the level by itself, on the day on which the level doesn't hold."""
        return self.toward and "blocks" in (self.before.status, self.after.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMove:
    """A level that an aspect gained or lost."""

    aspect: str
    level: int
    gained: bool
    before: GateSide
    after: GateSide
    turns: tuple[Turn, ...]
    """Every practice whose status differs, in catalogue order, the new one's first."""

    @property
    def together(self) -> bool:
        """Whether only the weight of several decides: none of them bars the level by itself."""
        return not any(turn.alone for turn in self.turns)


def level_moves(before: Stand, after: Stand) -> tuple[LevelMove, ...]:
    """Each level whose gate turned, of those that lie between the two levels of an aspect.

    An aspect that has no level on one of the days (all waived, or not in the catalogue) has none that moved.
    """
    return tuple(move for aspect in after.assessment.aspects for move in _moves(aspect, before, after))


def _moves(aspect: str, before: Stand, after: Stand) -> Iterator[LevelMove]:
    old, new = before.assessment.aspects.get(aspect), after.assessment.aspects[aspect]
    if old is None or old.level is None or new.level is None:
        return
    for level in range(min(old.level, new.level) + 1, max(old.level, new.level) + 1):
        sides = _Side.of(before, aspect, level), _Side.of(after, aspect, level)
        gates = sides[0].gate(), sides[1].gate()
        if gates[0].holds != gates[1].holds:
            yield LevelMove(
                aspect=aspect,
                level=level,
                gained=new.level > old.level,
                before=gates[0],
                after=gates[1],
                turns=tuple(_turns(*sides, new.level > old.level)),
            )


@dataclass(frozen=True, slots=True)
class _Side:
    """One aspect before one level on one day."""

    stand: Stand
    aspect: str
    level: int
    standings: Mapping[str, Standing]

    @classmethod
    def of(cls, stand: Stand, aspect: str, level: int) -> _Side:
        entries = entries_of(stand.catalogue, stand.assessment, aspect, stand.evidence.kinds)
        standings = standings_before(entries, level, stand.catalogue.parameters)
        return cls(stand, aspect, level, {each.entry.practice.id: each for each in standings})

    @property
    def practices(self) -> Sequence[str]:
        """Those of the aspect, asked or not."""
        return [each.id for each in self.stand.catalogue.of_aspect(self.aspect)]

    def gate(self) -> GateSide:
        parameters, standings = self.stand.catalogue.parameters, list(self.standings.values())
        return GateSide(
            holds=holds(standings, parameters),
            share=_share(standings),
            needs_share=parameters.share,
            enough=enough_weight(standings, parameters),
        )

    def stance(self, practice: str) -> Stance:
        result = self.stand.assessment.practices.get(practice)
        standing = self.standings.get(practice)
        parameters = self.stand.catalogue.parameters
        return Stance(
            status="unasked" if standing is None else _status(standing),
            unasked=None if standing is not None else self._unasked(self.stand.catalogue.by_id.get(practice)),
            value=None if result is None else result.value,
            confidence=None if result is None else result.confidence,
            needs=None if standing is None else standing.required - parameters.tolerance,
            needs_confidence=None if standing is None else parameters.min_confidence[self.level],
            key=standing is not None and standing.key,
            lags=standing is not None and not standing.near,
        )

    def _unasked(self, practice: Practice | None) -> Unasked:
        if practice is None or practice.aspect != self.aspect:
            return "not_in_catalogue"
        if not practice.concerns(self.stand.evidence.kinds):
            return "other_kinds"
        return "waived" if practice.id in self.stand.assessment.aspects[self.aspect].waived else "not_required"


def _status(standing: Standing) -> Status:
    if standing.met:
        return "met"
    return "blocks" if standing.key or not standing.near else "short"


def _share(standings: Sequence[Standing]) -> float | None:
    if not standings:
        return None
    largest = max(each.entry.practice.weight for each in standings)
    met = fsum(each.entry.practice.weight / largest for each in standings if each.met)
    return met / fsum(each.entry.practice.weight / largest for each in standings)


def _turns(before: _Side, after: _Side, gained: bool) -> Iterator[Turn]:
    for name in dict.fromkeys([*after.practices, *before.practices]):
        was, now = before.stance(name), after.stance(name)
        if was.status != now.status:
            rose = STATUSES.index(now.status) > STATUSES.index(was.status)
            change = practice_change(name, before.stand.known, after.stand.known)
            yield Turn(practice=name, before=was, after=now, toward=rose == gained, change=change)
