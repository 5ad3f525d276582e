"""The demo organisation: records, answers, coverage and settings of twelve teams over eighteen months.

The same end and seed always give the same; nothing needs a server, and nothing reads the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from operator import attrgetter

from mlops_maturity.cli.demo.answer_history import survey_answers
from mlops_maturity.cli.demo.build_history import build_runs
from mlops_maturity.cli.demo.change_history import changes
from mlops_maturity.cli.demo.deployment_history import deployments
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.metrics_history import further_metrics
from mlops_maturity.cli.demo.mlflow_extras import enriched, generative_records
from mlops_maturity.cli.demo.mlflow_history import tracking_records
from mlops_maturity.cli.demo.period import ZONE, Period
from mlops_maturity.cli.demo.plan import plan
from mlops_maturity.cli.demo.prometheus_history import metrics_records
from mlops_maturity.cli.demo.registry_past import registry_past
from mlops_maturity.cli.demo.repository_history import repository_facts
from mlops_maturity.cli.demo.sources import SOURCES, demo_settings
from mlops_maturity.cli.demo.teams import MONTHS, TEAMS, Character
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.readings_file import ReadingLine
from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.store.answers import StoredAnswer

__all__ = ["demo_answers", "demo_coverage", "demo_readings", "demo_records", "demo_settings"]

SEED = 7


def demo_records(end: date, seed: int = SEED) -> Iterator[Record]:
    """Every record of the organisation, team by team; none is as late as the midnight (UTC) on which `end` begins."""
    for character in TEAMS:
        yield from team_records(character, Period(end), seed)


def team_records(character: Character, period: Period, seed: int) -> Iterator[Record]:
    """Every record of one team."""
    habits = Habits(character, period)
    story = plan(habits, seed)
    merged = changes(habits, seed)
    tracked = enriched(habits, list(tracking_records(habits, story, seed)), seed)
    yield from tracked
    yield from generative_records(habits, tracked, seed)
    yield from merged
    yield from build_runs(habits, story, merged, seed)
    yield from deployments(habits, merged, seed)
    yield from repository_facts(habits, seed)
    yield from metrics_records(habits, story)
    yield from further_metrics(habits, tracked, seed)


def demo_readings(end: date, seed: int = SEED) -> Iterator[ReadingLine]:
    """What was read off the registries each Sunday before `end` and no record of today can tell any more."""
    for character in TEAMS:
        habits = Habits(character, Period(end))
        tracked = list(tracking_records(habits, plan(habits, seed), seed))
        yield from registry_past(character.id, tracked, habits.period)


def demo_answers(end: date, seed: int = SEED) -> Iterator[StoredAnswer]:
    """Every answer to the built-in catalogue, in the order in which it was recorded, none on `end` or later."""
    catalogue, period = builtin_catalogue(), Period(end)
    answers = [answer for character in TEAMS for answer in survey_answers(Habits(character, period), catalogue, seed)]
    yield from sorted(answers, key=attrgetter("recorded_at"))


def demo_coverage(end: date) -> tuple[Coverage, ...]:
    """What is known of each source: the whole period, or from its connection on, or up to its silence."""
    period = Period(end)
    return tuple(
        Coverage(
            source=source.id,
            stream=kind,
            scope="*",
            start=_midnight(period.day_of(source.connected)) if source.connected else period.start,
            end=_midnight(period.day_of(source.silent)) if source.silent < MONTHS else period.limit,
        )
        for source in SOURCES
        for kind in source.kinds
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
