"""Since when it is known what a source deletes: weeks before that count only what had survived until then.

A registry has no memory of what was deleted. From a collector's first look on, what vanishes is marked gone and keeps
its past (`store.gone`); what vanished before is in no week. A file that was imported is taken at its word, as its
coverage is: nothing tells whether it left anything out, so nothing is said of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.records import RecordKind
from mlops_maturity.evidence.selection import Selectors, takes_everything
from mlops_maturity.evidence.signals.interface import Signal
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.weeks import local_day
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.listings import first_listings
from mlops_maturity.evidence.store.records import read_records

LISTED: Mapping[str, RecordKind] = {"models": "model", "versions": "model_version"}
"""Stream of a collector that lists all there is of a kind, and marks the rest gone, to that kind."""
_HOLDING: RecordKind = "model"
_NAMED = 3
"""So many signals are named; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivors:
    """A source of models, and from which day on what it deletes is known."""

    source: str
    known_from: date
    """The local day of the first look."""
    signals: tuple[str, ...]
    """Those that read what may have been deleted, by id."""


def survivors(store: Store, settings: Settings, teams: Iterable[Team]) -> dict[str, tuple[Survivors, ...]]:
    """Team to the sources that hold models of it and that a collector has looked at, by their ids.

    Asks for models only, never for versions: who holds a version holds its model, and of models there are few.
    """
    holding = _holding(store, settings, teams)
    first = first_listings(store, set[str]().union(*holding.values()), LISTED)
    days = {source: local_day(at, settings.zone) for source, at in first.items()}
    reading = _reading()
    return {
        team: tuple(
            Survivors(source=source, known_from=days[source], signals=reading) for source in sorted(found & days.keys())
        )
        for team, found in holding.items()
    }


def shown(
    found: Iterable[Survivors], team: Team, firsts: Mapping[str, date], catalogue: Catalogue, since: date | None = None
) -> tuple[Survivors, ...]:
    """Those that bias weeks of a team from `since` on (None: from the beginning).

    `firsts` is by signal the day of the first measured reading. Only signals that count for the team's kinds of model
    and spoke before the first look are told.
    """
    told, counting = [], _counting(catalogue, team)
    for each in found:
        early = tuple(
            name for name in each.signals if name in counting and firsts.get(name, date.max) < each.known_from
        )
        if early and (since is None or since < each.known_from):
            told.append(replace(each, signals=early))
    return tuple(told)


def of_signals(found: Iterable[Survivors], asked: Collection[str]) -> tuple[Survivors, ...]:
    """Those with any of these signals, told of them alone."""
    kept = (replace(each, signals=tuple(name for name in each.signals if name in asked)) for each in found)
    return tuple(each for each in kept if each.signals)


def together(teams: Iterable[Iterable[Survivors]]) -> tuple[Survivors, ...]:
    """What `shown` gave of several teams, once for each source."""
    days: dict[str, date] = {}
    told: defaultdict[str, set[str]] = defaultdict(set)
    for each in chain.from_iterable(teams):
        days[each.source] = each.known_from
        told[each.source].update(each.signals)
    return tuple(
        Survivors(source=name, known_from=days[name], signals=tuple(sorted(told[name]))) for name in sorted(told)
    )


def first_days(readings: Iterable[tuple[str, date]]) -> dict[str, date]:
    """Signal to the first of its days."""
    firsts: dict[str, date] = {}
    for signal, on in readings:
        firsts[signal] = min(on, firsts.get(signal, on))
    return firsts


def tell(each: Survivors, known: Mapping[str, Signal], day: Callable[[date], str] = str) -> str:
    """What is to be said of a source, as plain text; `day` writes a date."""
    titles = [known[name].title if name in known else name for name in each.signals]
    named = titles if len(titles) <= _NAMED else [*titles[:_NAMED], counted(len(titles) - _NAMED, "other")]
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    return (
        f"Weeks before {day(each.known_from)} count only models and versions that {each.source} still held then:"
        " what was deleted earlier is not known, so these weeks may look better or worse than they were."
        f" Concerns {counted(len(titles), 'signal')}: {listed}."
    )


def _holding(store: Store, settings: Settings, teams: Iterable[Team]) -> dict[str, set[str]]:
    """Team to the sources of its models."""
    holding: dict[str, set[str]] = {team.id: set() for team in teams}
    everything, selectors = takes_everything(settings.teams), Selectors(settings.teams)
    for record in read_records(store, kinds=[_HOLDING]):
        takers: Collection[str] = holding if everything else selectors.takers(record)
        for team in takers:
            if team in holding:
                holding[team].add(record.source)
    return holding


def _reading() -> tuple[str, ...]:
    kinds = set(LISTED.values())
    return tuple(name for name, signal in signals().items() if kinds & set(signal.reads))


def _counting(catalogue: Catalogue, team: Team) -> frozenset[str]:
    kinds = frozenset(team.kinds)
    asked = (practice.signals for practice in catalogue.practices if practice.concerns(kinds))
    return frozenset(use.id for use in chain.from_iterable(asked))
