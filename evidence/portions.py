"""The teams of a store one by one: names alone tell whose each record is, and only one team's contents are held."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.needed_runs import needed_runs
from mlops_maturity.evidence.records import Observation, PipelineRun, Record
from mlops_maturity.evidence.selection import WHOLE_SOURCE
from mlops_maturity.evidence.signals.assembly import Portion, portions_of, view_of
from mlops_maturity.evidence.signals.view import Surroundings, TeamView
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.outline import Entry, read_entries, read_row_numbers, read_runs
from mlops_maturity.evidence.store.records import read_numbers
from mlops_maturity.evidence.store.sketches import RunSketch
from mlops_maturity.evidence.store.sketching import Unwritten, unwritten

Contents = Mapping[int, int]
"""`id` of a record that is held to a number that is another one where its content is."""


@dataclass(frozen=True, slots=True)
class TeamRecords:
    """A team as its readings of some days need it."""

    view: TeamView
    runs: Sequence[RunSketch]
    """All pipeline runs at a glance; the view holds those that are needed."""
    contents: Contents
    """Of the other records."""


@dataclass(frozen=True, slots=True)
class StoredPortion:
    """A team's portion, with its records still in the store."""

    portion: Portion
    """Without records."""
    runs: Mapping[int, tuple[str, str | None]]
    """The outlines of its pipeline runs, to source and repository."""
    others: array[int]
    """The outlines of its other records."""
    ground: str
    """Another text where a content differs, or what is known of the team, but for what surrounds it."""
    beside: Unwritten

    def view(self, store: Store, around: Surroundings) -> TeamView:
        """The view of the team, its records read now."""
        numbers = read_row_numbers(store, self.beside, (*self.runs, *self.others))
        return view_of(around, self.portion, [record for record, _ in read_numbers(store, numbers)])

    def read(self, store: Store, around: Surroundings, since: date | None) -> TeamRecords:
        """The team as the readings with windows from `since` on need it, its records read now; None = all days."""
        others = list(read_numbers(store, read_row_numbers(store, self.beside, self.others)))
        runs = read_runs(store, self.beside, self.runs, around.zone)
        records = [record for record, _ in others]
        needed = runs if since is None else needed_runs(runs, records, since, around.zone)
        # All are held until the view is made, so that none that it makes itself takes the place of one it leaves out.
        records += [record for record, _ in read_numbers(store, sorted(run.number for run in needed))]
        view = view_of(around, self.portion, records)
        return TeamRecords(view, runs, {id(record): content for record, content in others})


def stored_portions(
    store: Store, settings: Settings, teams: Sequence[Team] | None = None
) -> tuple[Surroundings, Iterator[StoredPortion]]:
    """What surrounds the teams, and the portion of each team of the settings (or of `teams`, some of them)."""
    beside = unwritten(store)
    entries = read_entries(store, beside)
    by_stand_in = {id(entry.record): entry for entry in entries}
    around, portions = portions_of(settings, [entry.record for entry in entries], read_coverage(store), teams)
    around = replace(around, remarks=_remarks(store, entries, beside))
    return around, (_stored(portion, by_stand_in, beside) for portion in portions)


def _stored(portion: Portion, by_stand_in: Mapping[int, Entry], beside: Unwritten) -> StoredPortion:
    entries = [by_stand_in[id(record)] for record in portion.records]
    runs = {
        entry.number: (entry.record.source, entry.record.repository)
        for entry in entries
        if isinstance(entry.record, PipelineRun)
    }
    others = array("q", [entry.number for entry in entries if entry.number not in runs])
    known = str(sorted(portion.sights.items())), str(sorted(portion.behind_versions))
    told = sum(entry.records for entry in entries), sum(entry.digest for entry in entries), known
    ground = hashlib.sha256(str(told).encode()).hexdigest()
    return StoredPortion(replace(portion, records=()), runs, others, ground, beside)


def _remarks(store: Store, entries: Sequence[Entry], beside: Unwritten) -> tuple[Observation, ...]:
    """What was observed of whole sources, as it is told in the records."""
    rows = read_row_numbers(store, beside, [entry.number for entry in entries if _is_remark(entry.record)])
    remarks = (record for record, _ in read_numbers(store, rows) if isinstance(record, Observation))
    return tuple(sorted(remarks, key=lambda remark: (remark.observed_at, remark.source, remark.id)))


def _is_remark(record: Record) -> bool:
    return isinstance(record, Observation) and record.subject == WHOLE_SOURCE
