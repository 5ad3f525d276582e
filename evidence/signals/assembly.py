"""From all records of an organisation to one view a team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mlops_maturity.config.rules import CHECKS
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.alert_merging import merged_alerts
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Model, ModelVersion, Observation, Record
from mlops_maturity.evidence.selection import WHOLE_SOURCE, Selectors, assign, takes_everything
from mlops_maturity.evidence.signals.makers import makers_of
from mlops_maturity.evidence.signals.sight import Sight, Unit, sight_of, units_of
from mlops_maturity.evidence.signals.streams import stream_of, streams_of
from mlops_maturity.evidence.signals.view import (
    MAX_AGE_TAG,
    PRODUCTION_ALIASES,
    SourceWords,
    Surroundings,
    TeamView,
)

WHOLE = "*"
"""The scope of a coverage row that speaks of a whole source."""
_NAMES = ("repository", "experiment", "model", "name", "subject")
_Streams = Mapping[str, Sequence[Coverage]]


def views_of(settings: Settings, records: Iterable[Record], coverage: Iterable[Coverage]) -> dict[str, TeamView]:
    """The view of every team of the settings, by team id, of records that fit into memory."""
    around, portions = portions_of(settings, list(records), coverage)
    return {portion.team.id: view_of(around, portion, portion.records) for portion in portions}


@dataclass(frozen=True, slots=True)
class Portion:
    """What a team's view is made of, beside what surrounds it."""

    team: Team
    records: Sequence[Record]
    """Its own, or what stands for them."""
    sights: Mapping[str, Sight]
    behind_versions: frozenset[tuple[str, str]]


def portions_of(
    settings: Settings, records: Sequence[Record], coverage: Iterable[Coverage], teams: Sequence[Team] | None = None
) -> tuple[Surroundings, Iterator[Portion]]:
    """What surrounds every team, and the portion of each; of the records, only what they name has to be there."""
    streams = streams_of(coverage, records)
    assigned = assign(settings.teams, records)
    portions = (
        Portion(
            team,
            own := assigned.by_team[team.id],
            _sights(settings, team, own, streams),
            assigned.behind_versions.get(team.id, frozenset()),
        )
        for team in (settings.teams if teams is None else teams)
    )
    return surroundings(settings, records, streams), portions


def view_of(around: Surroundings, portion: Portion, records: Sequence[Record]) -> TeamView:
    """The view of a team with its records."""
    return TeamView.of(
        portion.team.id,
        merged_alerts(records),
        around,
        portion.sights,
        portion.behind_versions,
        portion.team.kinds,
    )


def surroundings(settings: Settings, records: Sequence[Record], streams: _Streams) -> Surroundings:
    """What is known beside the records of any one team."""
    return Surroundings(
        zone=settings.zone,
        sources={source.id: _words(source) for source in settings.sources},
        registered=_registered(records),
        makers=makers_of(records),
        repositories=frozenset(name for record in records if (name := getattr(record, "repository", None))),
        sights={kind: sight_of(units_of(spans, settings.zone)) for kind, spans in streams.items()},
        remarks=tuple(r for r in records if isinstance(r, Observation) and r.subject == WHOLE_SOURCE),
    )


def _words(source: object) -> SourceWords:
    # The settings of a kind of source belong to its collector, which this room must not know: only the names count.
    return SourceWords(
        production_aliases=frozenset(getattr(source, "production_aliases", PRODUCTION_ALIASES)),
        max_age_tag=getattr(source, "max_age_tag", MAX_AGE_TAG),
        checks=tuple(getattr(getattr(source, "rules", None), "checks", CHECKS)),
    )


def _registered(records: Iterable[Record]) -> dict[str, datetime | None]:
    found: dict[str, datetime | None] = {}
    for record in records:
        if isinstance(record, Model):
            name = record.name
        elif isinstance(record, ModelVersion):
            name = record.model
        else:
            continue
        known, created = found.get(name), record.created_at
        found[name] = min(known, created) if known and created else known or created
    return found


def _sights(settings: Settings, team: Team, records: Sequence[Record], streams: _Streams) -> dict[str, Sight]:
    reach = _Reach(settings, team, records)
    sights = {kind: sight_of(reach.units(kind, spans)) for kind, spans in streams.items()}
    return {kind: sight for kind, sight in sights.items() if sight.units}


class _Reach:
    """Which parts of which sources concern a team."""

    def __init__(self, settings: Settings, team: Team, records: Sequence[Record]) -> None:
        self._zone = settings.zone
        self._all = takes_everything(settings.teams)
        self._selectors = Selectors([team])
        self._named: defaultdict[str, set[str]] = defaultdict(set)
        self._holding: defaultdict[str, set[str]] = defaultdict(set)
        for record in records:
            self._holding[stream_of(record)].add(record.source)
            self._named[record.source].update(_named_by(record))

    def units(self, kind: str, spans: Sequence[Coverage]) -> tuple[Unit, ...]:
        """The units of one kind of record: of the sources that hold such records of the team, else of all it is in.

        Where a source holds records of the team and none of its parts is recognised, all of them count.
        """
        holding = self._holding.get(kind, set())
        recognised = {span.source for span in spans if self._concerns(span)}
        units = units_of(spans, self._zone, lambda span: self._concerns(span) or span.source in holding - recognised)
        kept = tuple(unit for unit in units if unit.source in holding or not unit.known)
        return kept if any(unit.known for unit in kept) else units

    def _concerns(self, span: Coverage) -> bool:
        if self._all:
            return True
        if span.scope == WHOLE:
            return span.source in self._named
        return span.scope in self._named.get(span.source, ()) or any(
            self._selectors.naming(selector, span.scope) for selector in ("repositories", "experiments", "models")
        )


def _named_by(record: Record) -> set[str]:
    return {name for field in _NAMES if (name := getattr(record, field, None))}
