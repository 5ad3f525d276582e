"""The teams of a store one by one: names alone tell whose each record is, and only one team's contents are held."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.needed_runs import needed_runs
from mlops_maturity.evidence.records import Observation
from mlops_maturity.evidence.selection import WHOLE_SOURCE
from mlops_maturity.evidence.signals.assembly import Portion, portions_of, view_of
from mlops_maturity.evidence.signals.view import Surroundings, TeamView
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.outline import Outline, read_outlines
from mlops_maturity.evidence.store.records import read_numbers, records_of_rows
from mlops_maturity.evidence.store.sketches import RunSketch, read_sketches

Contents = Mapping[int, int]
"""`id` of a record that is held to a number that is another one where its content is."""


@dataclass(frozen=True, slots=True)
class TeamRecords:
    """A team as its readings of some days need it."""

    view: TeamView
    sketches: Sequence[RunSketch]
    """All pipeline runs; the view holds those that are needed."""
    contents: Contents
    """Of the other records."""


@dataclass(frozen=True, slots=True)
class StoredPortion:
    """A team's portion, with its records still in the store."""

    portion: Portion
    """Without records."""
    runs: array[int]
    """The rows that hold its pipeline runs."""
    others: array[int]
    """The rows that hold its other records."""
    ground: str
    """Another text where a content differs, or what is known of the team, but for what surrounds it."""

    def view(self, store: Store, around: Surroundings) -> TeamView:
        """The view of the team, its records read now."""
        numbers = array("q", sorted((*self.runs, *self.others)))
        return view_of(around, self.portion, [record for record, _ in read_numbers(store, numbers)])

    def read(self, store: Store, around: Surroundings, since: date | None) -> TeamRecords:
        """The team as the readings with windows from `since` on need it, its records read now; None = all days."""
        others = list(read_numbers(store, self.others))
        sketches = read_sketches(store, self.runs, around.zone)
        records = [record for record, _ in others]
        needed = sketches if since is None else needed_runs(sketches, records, since, around.zone)
        # All are held until the view is made, so that none that it makes itself takes the place of one it leaves out.
        records += records_of_rows([sketch.row for sketch in needed])
        view = view_of(around, self.portion, records)
        return TeamRecords(view, sketches, {id(record): content for record, content in others})


def stored_portions(
    store: Store, settings: Settings, teams: Sequence[Team] | None = None, *, processes: int = 1
) -> tuple[Surroundings, Iterator[StoredPortion]]:
    """What surrounds the teams, and the portion of each team of the settings (or of `teams`, some of them)."""
    outlines = read_outlines(store, processes)
    by_stand_in = {id(outline.record): outline for outline in outlines}
    around, portions = portions_of(settings, [outline.record for outline in outlines], read_coverage(store), teams)
    return replace(around, remarks=_remarks(store, outlines)), (_stored(portion, by_stand_in) for portion in portions)


def _stored(portion: Portion, by_stand_in: Mapping[int, Outline]) -> StoredPortion:
    runs, others, digest = array("q"), array("q"), 0
    for record in portion.records:
        outline = by_stand_in[id(record)]
        (runs if record.kind == "pipeline_run" else others).extend(outline.numbers)
        digest += outline.digest
    known = str(sorted(portion.sights.items())), str(sorted(portion.behind_versions))
    ground = hashlib.sha256(f"{len(runs) + len(others)} {digest} {known}".encode()).hexdigest()
    return StoredPortion(replace(portion, records=()), array("q", sorted(runs)), array("q", sorted(others)), ground)


def _remarks(store: Store, outlines: Sequence[Outline]) -> tuple[Observation, ...]:
    """What was observed of whole sources, as it is told in the records."""
    rows = sorted(number for outline in outlines if _is_remark(outline) for number in outline.numbers)
    remarks = (record for record, _ in read_numbers(store, rows) if isinstance(record, Observation))
    return tuple(sorted(remarks, key=lambda remark: (remark.observed_at, remark.source, remark.id)))


def _is_remark(outline: Outline) -> bool:
    return isinstance(outline.record, Observation) and outline.record.subject == WHOLE_SOURCE
