"""Everything that pages read, cached. What it hangs on are short texts of the store's state, never the data itself.

What is kept here is frozen and shared by all sessions by reference: copying it on every run would cost more than
reading it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path

import streamlit as st

from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.catalogue_file import resolve_catalogue
from mlops_maturity.config.framework_file import load_frameworks
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.drafts import Drafts
from mlops_maturity.dashboard.facts.assess import merged
from mlops_maturity.dashboard.kept import Place as Place
from mlops_maturity.dashboard.kept import basis, evidence_mark, mark_of, marks
from mlops_maturity.dashboard.kept import kept as kept
from mlops_maturity.dashboard.stamp import rests_on, stamp_of
from mlops_maturity.dashboard.weekly import weekly
from mlops_maturity.evidence.assess import Dossier, assemble, is_computed
from mlops_maturity.evidence.contradictions import Case, standing_cases
from mlops_maturity.evidence.history import rows_of
from mlops_maturity.evidence.published import published_rows
from mlops_maturity.evidence.readings import readings_on
from mlops_maturity.evidence.store.answers import Recorded, StoredAnswer, read_answers, record_answer
from mlops_maturity.evidence.store.assessments import read_published
from mlops_maturity.evidence.store.contradictions import read_statements
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.evidence.store.readings import StoredReading, state_of_records
from mlops_maturity.evidence.store.targets import StoredTarget, read_targets, standing_targets
from mlops_maturity.evidence.store.team_readings import TeamReadings, read_team_readings
from mlops_maturity.evidence.store.version import dataset_version
from mlops_maturity.evidence.store.waivers import read_waivers
from mlops_maturity.evidence.survivors import Survivors, shown, survivors
from mlops_maturity.evidence.trends import SPAN, TeamTrend, trends_of
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.framework import judge
from mlops_maturity.scoring.framework_result import FrameworkResult
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.outlook import Outlook, expectations, outlook
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.trend import Causes
from mlops_maturity.scoring.trend_causes import causes


def place_of(config: Path) -> Place:
    """The place that a settings file describes; read anew when it or a file that it names changes.

    Raises `InputRefused`.
    """
    files = rests_on(config, _settings(str(config), stamp_of([str(config)])))
    return _open(str(config), files, stamp_of(files))


@st.cache_data(show_spinner=False, ttl=10)
def refusal_of(config: Path) -> str:
    """Why `place_of` refuses, or nothing: found out once in ten seconds, however many pages wait for it."""
    try:
        place_of(config)
    except InputRefused as problems:
        return str(problems)
    return ""


def outdated(place: Place) -> bool:
    """Whether the files that it was made from have changed since."""
    return stamp_of(place.files) != place.seen


def version_of(place: Place) -> str:
    """What cached reads hang on: the dataset's version, and that of settings and catalogue."""
    return f"{dataset_version(place.store)}|{place.stamp}"


@st.cache_resource(show_spinner=False, max_entries=4)
def _settings(config: str, stamp: str) -> Settings:
    return load_settings(Path(config), source_types())


@st.cache_resource(show_spinner=False, max_entries=4, on_release=lambda place: place.store.close())
def _open(config: str, files: tuple[str, ...], seen: str) -> Place:
    path, settings = Path(config), _settings(config, stamp_of([config]))
    catalogue = resolve_catalogue(settings.catalogue, path.resolve().parent)
    frameworks = load_frameworks(settings.frameworks, catalogue.by_id.keys())
    secret = settings.store_password(path.resolve().parent)
    password = secret.get_secret_value() if secret else None
    store = open_store(settings.store, path.resolve().parent, password=password, writes=False)
    return Place(settings, catalogue, frameworks, store, f"{seen}|{catalogue.hash}", files, seen)


def facts_of(version: str, teams: Sequence[str], place: Place) -> str:
    """What facts and charts of some teams hang on, those included that are judged by the past of all teams."""
    own = [mark_of(version, team, place).evidence for team in teams]
    pasts = sorted((team, mark.past) for team, mark in marks(version, place).items())
    told = repr((basis(version, place), own, pasts, targets(version, place)))
    return sha256(told.encode()).hexdigest()


def dossier(version: str, team: str, day: date, place: Place) -> Dossier:
    """What is known of a team, with the readings of that day."""
    make = partial(_dossier, version, team, day, place)
    return kept("dossier", evidence_mark(version, team, place), (team, day), make)


def _dossier(version: str, team: str, day: date, place: Place) -> Dossier:
    stored = _readings(version, team, place)
    own = stored if is_computed(stored, day) else stored.with_more(_computed(version, day, place)[team])
    found = next(each for each in place.settings.teams if each.id == team)
    answers, waivers = read_answers(place.store, team=team), read_waivers(place.store, team=team)
    return assemble(place.catalogue, found, answers, own, waivers)


def _readings(version: str, team: str, place: Place) -> TeamReadings:
    mark = f"{basis(version, place)}|{mark_of(version, team, place).readings}"
    return kept("readings", mark, team, partial(read_team_readings, place.store, team))


def first_seen(version: str, team: str, place: Place) -> dict[str, date]:
    """Signal to the day of its first measured reading."""
    return kept("first seen", evidence_mark(version, team, place), team, partial(_first_seen, version, team, place))


def _first_seen(version: str, team: str, place: Place) -> dict[str, date]:
    seen: dict[str, date] = {}
    for signal, on, _ in _readings(version, team, place).measured():
        seen[signal] = min(on, seen.get(signal, on))
    return seen


def biased(version: str, team: Team, day: date, since: date, place: Place) -> tuple[Survivors, ...]:
    """Of which sources weeks of a team from `since` to `day` count only what had not been deleted."""
    found = kept("survivors", version, (), partial(survivors, place.store, place.settings, place.settings.teams))
    firsts = {signal: on for signal, on in first_seen(version, team.id, place).items() if on <= day}
    return shown(found[team.id], team, firsts, place.catalogue, since)


def _computed(version: str, day: date, place: Place) -> dict[str, list[StoredReading]]:
    """Team id to its readings of a day for which none are kept: worked out of all records, for all teams at once."""
    return _computed_from(kept("records", version, (), partial(_records, version, place)), day, place)


def _records(version: str, place: Place) -> str:
    with place.store.connect() as connection:
        return f"{basis(version, place)}|{state_of_records(connection)}"


@st.cache_resource(show_spinner=text.WORKING_OUT_DAY, max_entries=12)
def _computed_from(records: str, day: date, _place: Place) -> dict[str, list[StoredReading]]:
    by_team: dict[str, list[StoredReading]] = {team.id: [] for team in _place.settings.teams}
    for reading in readings_on(_place.store, _place.settings, _place.settings.teams, day):
        by_team[reading.team].append(reading)
    return by_team


def assessment(version: str, team: str, day: date, place: Place) -> Assessment:
    """The assessment of a team on a day."""
    make = partial(_assessment, version, team, day, place)
    return kept("assessment", evidence_mark(version, team, place), (team, day), make)


def _assessment(version: str, team: str, day: date, place: Place) -> Assessment:
    return score(place.catalogue, dossier(version, team, day, place).evidence, day)


def through(version: str, framework: str, team: str, day: date, place: Place) -> FrameworkResult:
    """What a framework says of a team on a day."""
    kinds = dossier(version, team, day, place).evidence.kinds
    return judge(place.frameworks[framework], place.catalogue, assessment(version, team, day, place), kinds)


def dossiers(version: str, teams: Sequence[Team], day: date, place: Place) -> list[Dossier]:
    """What is known of each of these teams."""
    return [dossier(version, team.id, day, place) for team in teams]


def contradictions(version: str, team: str, day: date, place: Place) -> tuple[Case, ...]:
    """The contradictions of a team that stand on a day, with what was said of them; the widest first."""
    make = partial(_contradictions, version, team, day, place)
    return kept("contradictions", evidence_mark(version, team, place), (team, day), make)


def _contradictions(version: str, team: str, day: date, place: Place) -> tuple[Case, ...]:
    found, known = assessment(version, team, day, place), dossier(version, team, day, place)
    return standing_cases(known, found, place.catalogue, read_statements(place.store, team), place.settings.zone)


def assessments(version: str, teams: Sequence[Team], day: date, place: Place) -> dict[str, Assessment]:
    """Team id to its assessment on a day."""
    return {team.id: assessment(version, team.id, day, place) for team in teams}


def past(version: str, team: str, day: date, place: Place) -> tuple[HistoryRow, ...]:
    """The weekly past of a team up to a day, which itself is scored now: the end of a line says what the page says."""
    mark = f"{evidence_mark(version, team, place)}|{mark_of(version, team, place).past}"
    return kept("past", mark, (team, day), partial(_past, version, team, day, place))


def _past(version: str, team: str, day: date, place: Place) -> tuple[HistoryRow, ...]:
    stored = weekly(version, team, day, place)
    effects = {
        row.scope: row.model_effect for row in stored if row.on == day and row.catalogue_hash == place.catalogue.hash
    }
    today = (
        replace(row, model_effect=effects.get(row.scope))
        for row in rows_of(team, assessment(version, team, day, place))
    )
    return (*(row for row in stored if row.on < day), *today)


def published(version: str, team: str, day: date, place: Place) -> tuple[HistoryRow, ...]:
    """What was shown of a team at the time, up to a day; oldest first."""
    return kept("published", version, (team, day), partial(_published, team, day, place))


def _published(team: str, day: date, place: Place) -> tuple[HistoryRow, ...]:
    return tuple(each.row for each in published_rows(read_published(place.store, team=team, until=day)))


def pasts(version: str, teams: Sequence[Team], day: date, place: Place) -> dict[str, tuple[HistoryRow, ...]]:
    """Team id to its past."""
    return {team.id: past(version, team.id, day, place) for team in teams}


def trends(version: str, teams: tuple[str, ...], day: date, place: Place) -> dict[str, dict[str, TeamTrend]]:
    """Team to scope to its trend up to a day, judged among all teams of the organisation."""
    make = partial(_trends, version, teams, day, place)
    return kept("trends", facts_of(version, teams, place), (teams, day), make)


def _trends(version: str, teams: tuple[str, ...], day: date, place: Place) -> dict[str, dict[str, TeamTrend]]:
    pasts: dict[str, Sequence[HistoryRow]] = {
        team.id: [row for row in weekly(version, team.id, day, place) if row.on >= day - SPAN]
        for team in place.settings.teams
    }
    pasts |= {team: past(version, team, day, place) for team in teams}
    return trends_of(place.catalogue, pasts, day, partial(_causes, version, day, place), teams)


def _causes(version: str, day: date, place: Place, team: str, since: date, until: date) -> Mapping[str, Causes | None]:
    def make() -> Mapping[str, Causes | None]:
        return causes(place.catalogue, dossier(version, team, day, place).evidence, since, until)

    return kept("causes", evidence_mark(version, team, place), (team, day, since, until), make)


def ahead(version: str, team: str, day: date, place: Place) -> dict[str, Outlook | None]:
    """Scope to what its next level waits for, for one team on a day."""
    return kept("ahead", evidence_mark(version, team, place), (team, day), partial(_ahead, version, team, day, place))


def _ahead(version: str, team: str, day: date, place: Place) -> dict[str, Outlook | None]:
    found = assessment(version, team, day, place)
    expected = expectations(place.catalogue, dossier(version, team, day, place).evidence, found)
    return {OVERALL: outlook(found, expected)} | {scope: outlook(found, expected, scope) for scope in found.aspects}


def practice_past(version: str, team: str, days: tuple[date, ...], place: Place) -> tuple[Assessment, ...]:
    """Assessments of a team on some days, all from what is known on the last of them."""
    evidence = dossier(version, team, max(days), place).evidence

    def make() -> tuple[Assessment, ...]:
        return tuple(score(place.catalogue, evidence, day) for day in days)

    return kept("practice past", evidence_mark(version, team, place), (team, days), make)


@st.cache_resource(show_spinner=False, max_entries=20)
def targets(version: str, _place: Place) -> tuple[StoredTarget, ...]:
    """The targets that were set for teams and groups, beyond those of the settings."""
    return standing_targets(read_targets(_place.store))


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
