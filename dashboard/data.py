"""Everything that pages read, cached. The key is the dataset's version, a short text, never the data itself.

What is kept here is frozen and shared by all sessions by reference: copying it on every run would cost more than
reading it did.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import streamlit as st

from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_file import resolve_catalogue
from mlops_maturity.config.framework import Framework
from mlops_maturity.config.framework_file import load_frameworks
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.drafts import Drafts
from mlops_maturity.dashboard.facts.assess import merged
from mlops_maturity.evidence.assess import Dossier, assemble, is_computed
from mlops_maturity.evidence.contradictions import Case, standing_cases
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.history import rows_of, score_days
from mlops_maturity.evidence.readings import readings_on
from mlops_maturity.evidence.selection import Unselected, assign
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.store.answers import Recorded, StoredAnswer, read_answers, record_answer
from mlops_maturity.evidence.store.contradictions import read_statements
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.history import HistoryRow, read_history
from mlops_maturity.evidence.store.readings import StoredReading, read_readings
from mlops_maturity.evidence.store.records import RecordCount, count_records, read_records
from mlops_maturity.evidence.store.runs import StoredRun, read_runs
from mlops_maturity.evidence.store.targets import StoredTarget, read_targets, standing_targets
from mlops_maturity.evidence.store.version import dataset_version
from mlops_maturity.evidence.store.waivers import read_waivers
from mlops_maturity.evidence.trends import SPAN, TeamTrend, trends_of
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.framework import judge
from mlops_maturity.scoring.framework_result import FrameworkResult
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.outlook import Outlook, expectations, outlook
from mlops_maturity.scoring.score import score

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Place:
    """Settings, catalogue and store, opened once for all sessions; nobody changes them."""

    settings: Settings
    catalogue: Catalogue
    frameworks: Mapping[str, Framework]
    """Further models to look through, by id."""
    store: Store
    stamp: str
    """Differs when the settings file or the catalogue differs."""


def place_of(config: Path) -> Place:
    """The place that a settings file describes; read anew when the file changes. Raises `InputRefused`."""
    seen = config.stat() if config.exists() else None
    return _open(str(config), f"{seen.st_mtime_ns}-{seen.st_size}" if seen else "")


def version_of(place: Place) -> str:
    """What cached reads hang on: the dataset's version, and that of settings and catalogue."""
    return f"{dataset_version(place.store)}|{place.stamp}"


@st.cache_resource(show_spinner=False, max_entries=4, on_release=lambda place: place.store.close())
def _open(config: str, stamp: str) -> Place:
    path = Path(config)
    settings = load_settings(path, source_types())
    catalogue = resolve_catalogue(settings.catalogue, path.resolve().parent)
    frameworks = load_frameworks(settings.frameworks, catalogue.by_id.keys())
    secret = settings.store_password(path.resolve().parent)
    password = secret.get_secret_value() if secret else None
    store = open_store(settings.store, path.resolve().parent, password=password, writes=False)
    return Place(settings, catalogue, frameworks, store, f"{stamp}|{catalogue.hash}")


@st.cache_resource(show_spinner=False, max_entries=2000)
def dossier(version: str, team: str, day: date, _place: Place) -> Dossier:
    """What is known of a team, with the readings of that day."""
    stored = _readings(version, team, _place)
    own = stored if is_computed(stored, day) else (*stored, *_computed(version, day, _place)[team])
    found = next(each for each in _place.settings.teams if each.id == team)
    answers, waivers = read_answers(_place.store, team=team), read_waivers(_place.store, team=team)
    return assemble(_place.catalogue, found, answers, own, waivers)


@st.cache_resource(show_spinner=False, max_entries=2000)
def _readings(version: str, team: str, _place: Place) -> tuple[StoredReading, ...]:
    return read_readings(_place.store, team=team)


@st.cache_resource(show_spinner=False, max_entries=2000)
def first_seen(version: str, team: str, _place: Place) -> dict[str, date]:
    """Signal to the day of its first measured reading."""
    seen: dict[str, date] = {}
    for reading in _readings(version, team, _place):
        if isinstance(reading.result, Measured):
            seen[reading.signal] = min(reading.on, seen.get(reading.signal, reading.on))
    return seen


@st.cache_resource(show_spinner=text.WORKING_OUT_DAY, max_entries=12)
def _computed(version: str, day: date, _place: Place) -> dict[str, list[StoredReading]]:
    """Team id to its readings of a day for which none are kept: worked out of all records, for all teams at once."""
    by_team: dict[str, list[StoredReading]] = {team.id: [] for team in _place.settings.teams}
    for reading in readings_on(_place.store, _place.settings, _place.settings.teams, day):
        by_team[reading.team].append(reading)
    return by_team


@st.cache_resource(show_spinner=False, max_entries=5000)
def assessment(version: str, team: str, day: date, _place: Place) -> Assessment:
    """The assessment of a team on a day."""
    return score(_place.catalogue, dossier(version, team, day, _place).evidence, day)


def through(version: str, framework: str, team: str, day: date, place: Place) -> FrameworkResult:
    """What a framework says of a team on a day."""
    kinds = dossier(version, team, day, place).evidence.kinds
    return judge(place.frameworks[framework], place.catalogue, assessment(version, team, day, place), kinds)


def dossiers(version: str, teams: Sequence[Team], day: date, place: Place) -> list[Dossier]:
    """What is known of each of these teams."""
    return [dossier(version, team.id, day, place) for team in teams]


@st.cache_resource(show_spinner=False, max_entries=2000)
def contradictions(version: str, team: str, day: date, _place: Place) -> tuple[Case, ...]:
    """The contradictions of a team that stand on a day, with what was said of them; the widest first."""
    return standing_cases(
        dossier(version, team, day, _place),
        assessment(version, team, day, _place),
        _place.catalogue,
        read_statements(_place.store, team),
        _place.settings.zone,
    )


def assessments(version: str, teams: Sequence[Team], day: date, place: Place) -> dict[str, Assessment]:
    """Team id to its assessment on a day."""
    return {team.id: assessment(version, team.id, day, place) for team in teams}


@st.cache_resource(show_spinner=False, max_entries=2000)
def past(version: str, team: str, day: date, _place: Place) -> tuple[HistoryRow, ...]:
    """The weekly past of a team up to a day, which itself is scored now: the end of a line says what the page says.

    A past kept under another catalogue is scored anew: a change of the model would else look like one of the team.
    Chained rows are of an older catalogue on purpose.
    """
    before = tuple(row for row in read_history(_place.store, team=team, until=day) if row.on < day)
    if any(row.basis == "restated" and row.catalogue_hash != _place.catalogue.hash for row in before):
        evidence, days = dossier(version, team, day, _place), sorted({row.on for row in before})
        scored = score_days(evidence, _place.catalogue, days)
        before = tuple(row for each in scored for row in rows_of(team, each))
    return before + tuple(rows_of(team, assessment(version, team, day, _place)))


def pasts(version: str, teams: Sequence[Team], day: date, place: Place) -> dict[str, tuple[HistoryRow, ...]]:
    """Team id to its past."""
    return {team.id: past(version, team.id, day, place) for team in teams}


@st.cache_resource(show_spinner=False, max_entries=200)
def trends(version: str, teams: tuple[str, ...], day: date, _place: Place) -> dict[str, dict[str, TeamTrend]]:
    """Team to scope to its trend up to a day, judged among all teams of the organisation."""
    pasts = _stored_pasts(version, day, _place) | {team: past(version, team, day, _place) for team in teams}
    return trends_of(_place.catalogue, pasts, day, lambda team: dossier(version, team, day, _place).evidence, teams)


@st.cache_resource(show_spinner=False, max_entries=20)
def _stored_pasts(version: str, day: date, _place: Place) -> dict[str, list[HistoryRow]]:
    """The past year of every team as it is kept; without what was scored under another catalogue, unless chained."""
    pasts: dict[str, list[HistoryRow]] = {team.id: [] for team in _place.settings.teams}
    for row in read_history(_place.store, since=day - SPAN, until=day):
        if row.team in pasts and (row.basis == "chained" or row.catalogue_hash == _place.catalogue.hash):
            pasts[row.team].append(row)
    return pasts


@st.cache_resource(show_spinner=False, max_entries=500)
def ahead(version: str, team: str, day: date, _place: Place) -> dict[str, Outlook | None]:
    """Scope to what its next level waits for, for one team on a day."""
    found = assessment(version, team, day, _place)
    expected = expectations(_place.catalogue, dossier(version, team, day, _place).evidence, found)
    return {OVERALL: outlook(found, expected)} | {scope: outlook(found, expected, scope) for scope in found.aspects}


@st.cache_resource(show_spinner=False, max_entries=2000)
def kept(name: str, version: str, key: tuple[Hashable, ...], _make: Callable[[], Made]) -> Made:
    """What `_make` works out, once for this name, version and key; the key holds all it depends on."""
    return _make()


@st.cache_resource(show_spinner=False, max_entries=500)
def practice_past(version: str, team: str, days: tuple[date, ...], _place: Place) -> tuple[Assessment, ...]:
    """Assessments of a team on some days, all from what is known on the last of them."""
    evidence = dossier(version, team, max(days), _place).evidence
    return tuple(score(_place.catalogue, evidence, day) for day in days)


@st.cache_resource(show_spinner=False, max_entries=20)
def targets(version: str, _place: Place) -> tuple[StoredTarget, ...]:
    """The targets that were set for teams and groups, beyond those of the settings."""
    return standing_targets(read_targets(_place.store))


@st.cache_resource(show_spinner=False, max_entries=20)
def runs(version: str, _place: Place) -> tuple[StoredRun, ...]:
    """The newest runs of collectors, newest first."""
    return read_runs(_place.store, limit=500)


@st.cache_resource(show_spinner=False, max_entries=20)
def coverage(version: str, _place: Place) -> tuple[Coverage, ...]:
    """Which spans of which streams are known."""
    return read_coverage(_place.store)


@st.cache_resource(show_spinner=False, max_entries=20)
def record_counts(version: str, _place: Place) -> tuple[RecordCount, ...]:
    """How many records of each kind each source has given."""
    return tuple(count_records(_place.store))


@st.cache_resource(show_spinner=text.LOOKING_THROUGH_RECORDS, max_entries=20)
def unselected(version: str, _place: Place) -> tuple[Unselected, ...]:
    """The records that no team selects."""
    return assign(_place.settings.teams, read_records(_place.store)).unselected


@st.cache_resource(show_spinner=False)
def drafts() -> Drafts:
    """The answers that are being typed, of all sessions."""
    return Drafts()


def save(place: Place, answer: StoredAnswer, base: StoredAnswer | None = None) -> Recorded:
    """Append an answer, and say on top of what. Raises InputRefused where the store can't be written.

    `base` is the answer that the form began with: what another tab stored since then is kept where the form did not
    touch it.
    """
    make = partial(merged, answer, base)
    return record_answer(place.store, answer.team, answer.practice, answer.respondent, make)
