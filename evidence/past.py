"""The past of teams as rows: re-scored under the catalogue in force, or chained where that would not be fair.

Where a new catalogue asks for much that the past can't have, re-scoring the past with it would draw a rise that is
only the evidence coming in. There the rows before the change are those of the old catalogue, moved by the difference
of the two on the day of the change, so that every weekly change is one within a catalogue (additive chaining, as
statistical offices link price indices; reference: scoring design, "Versions and history").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from math import isnan
from typing import Any, Literal

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.evidence.model_changes import ModelChange, model_changes, unavailable_share
from mlops_maturity.evidence.organisation import KnownTeams
from mlops_maturity.evidence.store.catalogues import read_catalogue
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.scoring.history import History, history_of
from mlops_maturity.scoring.history_gate import FIGURES

Step = Literal["day", "week", "month"]
RESTATABLE = 0.20
"""The share of the weight that may rest on evidence the past can't have, for the past to be re-scored. Judgement."""
_ENDS: Mapping[Step, Callable[[date], bool]] = {
    "day": lambda day: True,
    "week": lambda day: day.isoweekday() == 7,
    "month": lambda day: (day + timedelta(days=1)).day == 1,
}
Offsets = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days asked for."""

    since: date | None = None
    """None = from the oldest evidence of each team on."""
    until: date
    step: Step = "week"
    longest: timedelta
    """How far back at most."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Days that are scored under one catalogue, and how far their indices are moved to join what follows."""

    catalogue: Catalogue
    first: date
    offsets: Offsets | None
    """None = not chained: nothing follows under another catalogue."""


def days_of(since: date, until: date, step: Step) -> list[date]:
    """The days that a history of that step holds: week and month ends, and `until` itself."""
    days = [since + timedelta(days=offset) for offset in range((until - since).days + 1)]
    return [day for day in days if _ENDS[step](day) or day == until]


def past_of(
    store: Store, catalogue: Catalogue, known: KnownTeams, span: Span
) -> Iterator[tuple[str, list[HistoryRow]]]:
    """Each team with its rows by day and scope; no rows for a team of which there is no evidence."""
    earliest = span.until - span.longest
    begin = max(earliest, min(span.since or known.first_day or span.until, span.until))
    days = days_of(begin, span.until, span.step)

    def wanted(first: date) -> list[date]:
        start = max(earliest, min(span.since or first, span.until))
        return [day for day in days if day >= start]

    yield from _pasts(store, catalogue, known, days, span.until, wanted)


def past_on(
    store: Store, catalogue: Catalogue, known: KnownTeams, days: Sequence[date], until: date
) -> Iterator[tuple[str, list[HistoryRow]]]:
    """Likewise of these days, as far as the evidence of each team goes back; the past ends on `until`."""
    yield from _pasts(store, catalogue, known, days, until, lambda first: [day for day in days if day >= first])


def _pasts(
    store: Store, catalogue: Catalogue, known: KnownTeams, days: Sequence[date], until: date,
    wanted: Callable[[date], list[date]],
) -> Iterator[tuple[str, list[HistoryRow]]]:  # fmt: skip
    """`wanted` chooses among the days, by that of the team's oldest evidence."""
    teams = [each.team.id for each in known.columns]
    changes = model_changes(store, catalogue, until, teams)
    scorer = _Scorer(store, known, sorted({*days, *(each.on for own in changes.values() for each in own)}))
    for team in teams:
        own = changes.get(team, ())
        stretches = scorer.stretches(team, catalogue, own)
        first = scorer.first_day(team, stretches)
        yield team, [] if first is None else list(_with_effects(scorer.rows(team, stretches, wanted(first)), own))


class _Scorer:
    """Histories under as many catalogues as it takes, each scored once for the teams that need it."""

    def __init__(self, store: Store, known: KnownTeams, days: Sequence[date]) -> None:
        self._known = known
        self._places = {each.team.id: place for place, each in enumerate(known.columns)}
        self._days = {day: place for place, day in enumerate(days)}
        self._catalogue = cache(lambda catalogue_hash: read_catalogue(store, catalogue_hash))
        self._histories: dict[str, History] = {}
        self._shares: dict[tuple[str, str, date], Sequence[float]] = {}

    def stretches(self, team: str, catalogue: Catalogue, changes: Sequence[ModelChange]) -> list[_Stretch]:
        """What each part of the past is scored under, newest first; what is not kept can't be scored under."""
        found = [_Stretch(catalogue, date.min, None)]
        for change in reversed(changes):
            newest = found[-1]
            old = self._catalogue(change.before)
            if old is None or old.hash == newest.catalogue.hash:
                continue
            if self._unavailable(team, old, newest.catalogue, change.on) > RESTATABLE:
                found[-1] = replace(newest, first=change.on)
                found.append(_Stretch(old, date.min, self._offsets(team, newest, old, change.on)))
        return found

    def first_day(self, team: str, stretches: Iterable[_Stretch]) -> date | None:
        """The day of the oldest evidence that one of the catalogues asks for; None where there is none."""
        firsts = [self._known.under(stretch.catalogue).first_days[self._places[team]].item() for stretch in stretches]
        return date.fromordinal(min(firsts)) if min(firsts) <= date.max.toordinal() else None

    def rows(self, team: str, stretches: Sequence[_Stretch], days: Sequence[date]) -> Iterator[HistoryRow]:
        """The rows of the wanted days, oldest first, each under the catalogue of its stretch."""
        ends = [date.max, *(stretch.first for stretch in stretches)]
        for stretch, end in reversed(list(zip(stretches, ends, strict=False))):
            by_day = self._rows(team, stretch)
            for day in days:
                if stretch.first <= day < end:
                    yield from by_day[self._days[day]]

    def _rows(self, team: str, stretch: _Stretch) -> list[list[HistoryRow]]:
        rows = team_rows(self._history(stretch.catalogue), self._places[team])
        if stretch.offsets is None:
            return rows
        return [[_moved(row, stretch.offsets.get(row.scope)) for row in own] for own in rows]

    def _unavailable(self, team: str, old: Catalogue, new: Catalogue, on: date) -> float:
        key = old.hash, new.hash, on
        if key not in self._shares:
            self._shares[key] = unavailable_share(old, new, self._known.under(new), on).tolist()
        return self._shares[key][self._places[team]]

    def _offsets(self, team: str, newer: _Stretch, old: Catalogue, on: date) -> Offsets:
        """Scope to what the index of the old catalogue lacks on the day of the change, of scopes that both tell of."""
        day = self._days[on]
        ahead = {row.scope: row.index for row in self._rows(team, newer)[day]}
        behind = {row.scope: row.index for row in self._rows(team, _Stretch(old, date.min, None))[day]}
        return {
            scope: index - other
            for scope, index in ahead.items()
            if index is not None and (other := behind.get(scope)) is not None
        }

    def _history(self, catalogue: Catalogue) -> History:
        if catalogue.hash not in self._histories:
            self._histories[catalogue.hash] = history_of(catalogue, self._known.under(catalogue), tuple(self._days))
        return self._histories[catalogue.hash]


def team_rows(history: History, team: int) -> list[list[HistoryRow]]:
    """The rows of a team by day and scope.

    Where nothing at all is known, level and index are None: 0 would be a finding.
    """
    columns = [getattr(history, name)[:, :, team].tolist() for name in FIGURES]  # numbers of Python, all at once
    return [
        [
            _row(history, team, day, scope, [column[number][place] for column in columns])
            for place, scope in enumerate(history.scopes)
        ]
        for number, day in enumerate(history.days)
    ]


def _row(history: History, team: int, day: date, scope: str, figures: Sequence[Any]) -> HistoryRow:
    *told, confidence = figures
    if isnan(confidence) or confidence == 0:
        told = [None] * len(told)
    level_lo, level, level_hi, index_lo, index, index_hi = told
    return HistoryRow(
        team=history.teams[team],
        on=day,
        scope=scope,
        level_lo=level_lo,
        level=level,
        level_hi=level_hi,
        index_lo=index_lo,
        index=index,
        index_hi=index_hi,
        confidence=None if isnan(confidence) else confidence,
        catalogue_hash=history.catalogue_hash,
    )


def _moved(row: HistoryRow, offset: float | None) -> HistoryRow:
    """A row of an older catalogue, its indices joined to what follows; without a link they can't be told."""
    if row.index is None or row.index_lo is None or row.index_hi is None or offset is None:
        return replace(row, index_lo=None, index=None, index_hi=None, basis="chained")
    return replace(
        row,
        index_lo=row.index_lo + offset,
        index=row.index + offset,
        index_hi=row.index_hi + offset,
        basis="chained",
    )


def _with_effects(rows: Iterable[HistoryRow], changes: Sequence[ModelChange]) -> Iterator[HistoryRow]:
    """The rows, each first one of its scope on or after a change with what the changes since the row before brought."""
    ahead: dict[str, list[ModelChange]] = {}
    for row in rows:
        own = ahead.setdefault(row.scope, [change for change in changes if change.on >= row.on])
        met = [change for change in own if change.on <= row.on]
        ahead[row.scope] = own[len(met) :]
        effects = [(change.effect or {}).get(row.scope) for change in met]
        known = [effect for effect in effects if effect is not None]
        yield replace(row, model_effect=sum(known)) if met and len(known) == len(met) else row
