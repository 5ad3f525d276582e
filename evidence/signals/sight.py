"""Which days of one kind of record are known for a team, and why the others are not.

A *unit* is one part of one source: a repository, an experiment, or all of it. A day counts as known when at least one
unit knows it and no unit has a hole there; before a unit's first known day and after its last one it does not
hold the others back, so that a source added or retired later leaves the rest of history alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.signals.weeks import Days, local_day, merged, within, without

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What is known of one part of one source."""

    source: str
    scope: str
    known: tuple[Days, ...]
    unknown: tuple[tuple[Days, str], ...]
    """Days that are knowingly not known, with the reason."""

    @property
    def holes(self) -> tuple[Days, ...]:
        """The unknown days between the first known day and the last."""
        return without((Days(self.known[0].first, self.known[-1].last),), self.known) if self.known else ()

    @property
    def newest(self) -> int | None:
        """The last known day."""
        return self.known[-1].last if self.known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is known of one kind of record, for one team or for the whole organisation."""

    units: tuple[Unit, ...]
    days: tuple[Days, ...]
    """The known days, disjoint and in order."""

    @property
    def first(self) -> date | None:
        """The first known day."""
        return date.fromordinal(self.days[0].first) if self.days else None

    def newest(self, window_days: int) -> date | None:
        """The newest day that every unit still read has reached.

        A unit that ended more than `window_days` before the newest one is retired: nothing in the window is its own.
        """
        ends = [unit.newest for unit in self.units if unit.newest is not None]
        if not ends:
            return None
        since = max(ends) - window_days
        return date.fromordinal(min(end for end in ends if end >= since))

    def known(self, days: Days) -> tuple[Days, ...]:
        """The known parts of these days."""
        return within(self.days, days)

    def extent(self, days: Days) -> tuple[int, int]:
        """How many units were seen in these days, and how many there are to see."""
        seen = [bool(within(unit.known, days)) for unit in self.units]
        blind = [any(_touch(span, days) for span, _ in unit.unknown) for unit in self.units]
        return sum(seen), sum(a or b for a, b in zip(seen, blind, strict=True))

    def reason(self, days: Days) -> str:
        """The commonest reason given for not knowing these days; empty where none is given."""
        given = Counter(reason for unit in self.units for span, reason in unit.unknown if _touch(span, days))
        return min(given, key=lambda reason: (-given[reason], reason), default="")


def sight_of(units: Iterable[Unit]) -> Sight:
    """What several units know together."""
    kept = tuple(units)
    spans = merged([span for unit in kept for span in unit.known])
    holes = merged([hole for unit in kept for hole in unit.holes])
    return Sight(units=kept, days=without(spans, holes))


def units_of(
    coverage: Iterable[Coverage], zone: ZoneInfo, chosen: Callable[[Coverage], bool] = lambda span: True
) -> tuple[Unit, ...]:
    """The units that coverage rows of one stream speak of, by source and scope.

    A day that is known in part counts as known: the day on which a source was read last is not over yet, and is
    computed again once it is.
    """
    known: defaultdict[tuple[str, str], list[Days]] = defaultdict(list)
    unknown: defaultdict[tuple[str, str], list[tuple[Days, str]]] = defaultdict(list)
    for span in coverage:
        if span.end <= span.start or not chosen(span):
            continue
        days = Days(local_day(span.start, zone).toordinal(), local_day(span.end - _MOMENT, zone).toordinal())
        key = span.source, span.scope
        if span.complete:
            known[key].append(days)
        else:
            unknown[key].append((days, span.reason))
    return tuple(
        Unit(source=source, scope=scope, known=merged(known[source, scope]), unknown=tuple(unknown[source, scope]))
        for source, scope in sorted({*known, *unknown})
    )


def _touch(one: Days, other: Days) -> bool:
    return one.first <= other.last and other.first <= one.last
