"""The demo organisation: repeatable, valid, bounded, and rich enough to show something on every page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from mlops_maturity.cli.demo.dice import around, dice, poisson
from mlops_maturity.cli.demo.generate import demo_answers, demo_coverage, demo_records, demo_settings
from mlops_maturity.cli.demo.period import ZONE, Period
from mlops_maturity.cli.demo.repository_history import LOOKED_AT
from mlops_maturity.cli.demo.sources import SOURCES
from mlops_maturity.cli.demo.teams import TEAMS, repository
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.records import (
    RECORD,
    Change,
    Deployment,
    Incident,
    Model,
    ModelAlias,
    ModelVersion,
    Observation,
    PipelineRun,
    Record,
    TrainingRun,
    occurred_at,
)
from mlops_maturity.evidence.signals.streams import REPOSITORY_FACTS
from mlops_maturity.evidence.store.answers import StoredAnswer

pytestmark = pytest.mark.slow

END = date(2026, 11, 23)
LIMIT = datetime(2026, 11, 23, tzinfo=UTC)

LOOKED_FOR = (
    "target_up", "drift_metric", "drift_rule", "version_label", "slo_rule", "slo_met", "quality_metric", "cost_metric",
    "feature_fresh", "version_overlap", "genai_metric", "guardrail_metric",
)  # fmt: skip


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(demo_records(END))


@pytest.fixture(scope="module")
def answers() -> list[StoredAnswer]:
    return list(demo_answers(END))


def test_the_same_end_and_seed_give_the_same(records: list[Record], answers: list[StoredAnswer]) -> None:
    assert list(demo_records(END)) == records
    assert list(demo_answers(END)) == answers
    assert demo_settings(END) == demo_settings(END)


def test_another_seed_gives_other_facts_of_the_same_teams(records: list[Record]) -> None:
    others = list(demo_records(END, seed=8))

    assert others != records
    assert {record.source for record in others} == {record.source for record in records}


@pytest.mark.parametrize("end", [date(2026, 3, 29), date(2026, 10, 26), date(2027, 1, 1), date(2028, 2, 29)])
def test_any_day_can_be_the_end_of_the_history(end: date) -> None:
    limit = datetime(end.year, end.month, end.day, tzinfo=UTC)
    made = list(demo_records(end))

    assert 20_000 < len(made) < 70_000
    assert all(moment < limit for record in made for moment in instants(record))


def test_records_are_few_enough_to_import_in_seconds_and_of_every_kind(records: list[Record]) -> None:
    kinds = Counter(record.kind for record in records)

    assert 20_000 < len(records) < 70_000
    assert set(kinds) == {
        "pipeline_run",
        "deployment",
        "change",
        "incident",
        "training_run",
        "model_version",
        "model",
        "model_alias",
        "observation",
    }
    assert min(kinds.values()) > 20


def test_records_survive_the_way_through_a_file(records: list[Record]) -> None:
    for record in records[::37]:
        assert RECORD.validate_json(RECORD.dump_json(record)) == record


def test_no_record_is_there_twice(records: list[Record]) -> None:
    keys = Counter((record.source, record.kind, record.id, getattr(record, "attempt", 0)) for record in records)

    assert keys.most_common(1)[0][1] == 1


def instants(record: Record) -> list[datetime]:
    return [value for _, value in record if isinstance(value, datetime)]


def test_nothing_lies_in_the_future_or_before_the_history(records: list[Record]) -> None:
    start = Period(END).start

    assert all(start <= moment < LIMIT for record in records for moment in instants(record))


def test_what_ends_ends_after_it_began(records: list[Record]) -> None:
    for record in records:
        match record:
            case PipelineRun() | Deployment() | TrainingRun():
                assert record.started_at is not None
                assert record.finished_at is not None
                assert record.started_at <= record.finished_at
            case Change():
                steps = [
                    record.first_commit_at,
                    record.created_at,
                    record.first_review_at,
                    record.merged_at,
                ]
                known = [step for step in steps if step is not None]
                assert known == sorted(known)
            case Incident():
                assert record.resolved_at is None or record.detected_at <= record.resolved_at
            case ModelAlias():
                assert record.first_seen_at <= record.last_seen_at
            case _:
                pass


def test_what_refers_to_a_record_refers_to_one_that_is_there(records: list[Record]) -> None:
    ids: dict[str, set[str]] = {}
    for record in records:
        ids.setdefault(record.kind, set()).add(record.id)
    for record in records:
        match record:
            case Deployment():
                assert set(record.changes) <= ids["change"]
                assert record.pipeline_run is None or record.pipeline_run in ids["pipeline_run"]
                assert record.rollback_of is None or record.rollback_of in ids["deployment"]
            case ModelVersion():
                assert record.run is None or record.run in ids["training_run"]
                assert record.model in ids["model"]
            case ModelAlias():
                assert f"{record.model}/{record.version}" in ids["model_version"]
            case Incident(caused_by=str(cause)):
                assert cause in ids["deployment"]
            case _:
                pass


def test_a_change_goes_live_once_and_after_its_merge(records: list[Record]) -> None:
    merged = {record.id: record.merged_at for record in records if isinstance(record, Change)}
    live: Counter[str] = Counter()
    for record in records:
        if isinstance(record, Deployment) and record.outcome == "success":
            for change in record.changes:
                moment = merged[change]
                assert moment is not None
                assert record.finished_at is not None
                assert moment < record.finished_at
                live[change] += 1

    assert live.most_common(1)[0][1] == 1


def test_every_record_belongs_to_exactly_one_team(records: list[Record]) -> None:
    repositories = {repository(name): team.id for team in TEAMS for name in team.repositories}
    models = {model: team.id for team in TEAMS for model in team.models}
    assert len(repositories) == sum(len(team.repositories) for team in TEAMS)
    assert len(models) == sum(len(team.models) for team in TEAMS)
    for record in records:
        match record:
            case PipelineRun() | Deployment() | Change():
                assert record.repository in repositories
            case TrainingRun():
                assert str(record.experiment).split("/")[1] in models
            case ModelVersion() | ModelAlias():
                assert record.model in models
            case Model():
                assert record.name in models
            case Incident():
                assert record.subject in models or record.subject in repositories
            case Observation() if record.name in REPOSITORY_FACTS:
                assert record.subject in repositories
            case Observation():
                team = record.attributes["labels"]["team"]
                assert models.get(record.subject, team) == team
            case _:
                raise AssertionError(f"unexpected {record.kind}")


def test_every_habit_that_a_signal_looks_for_is_seen_and_missed_somewhere(records: list[Record]) -> None:
    runs = [record for record in records if isinstance(record, TrainingRun)]
    versions = [record for record in records if isinstance(record, ModelVersion)]
    deployments = [record for record in records if isinstance(record, Deployment)]
    changes = [record for record in records if isinstance(record, Change)]
    builds = [record for record in records if isinstance(record, PipelineRun)]
    drift = [record for record in records if isinstance(record, Incident) and record.category == "drift"]
    seen = {
        "commit": {run.commit is not None for run in runs},
        "dataset": {bool(run.datasets) for run in runs},
        "origin": {run.trigger == "automation" for run in runs},
        "tracked": {run.params is not None and run.params > 0 for run in runs},
        "linked": {version.run is not None for version in versions},
        "described": {version.described for version in versions},
        "validated": {version.validated is True for version in versions},
        "rejected": {version.validated is False for version in versions},
        "promoted": {"champion" in version.aliases for version in versions},
        "reviewed": {change.first_review_at is not None for change in changes},
        "merged": {change.merged_at is not None for change in changes},
        "human": {change.author_kind == "human" for change in changes},
        "pipeline": {deployment.pipeline_run is not None for deployment in deployments},
        "unplanned": {deployment.unplanned for deployment in deployments},
        "rollback": {deployment.rollback_of is not None for deployment in deployments},
        "failed": {deployment.outcome == "failure" for deployment in deployments},
        "again": {build.attempt > 1 for build in builds},
        "main": {build.ref == "main" for build in builds},
        "resolved": {incident.resolved_at is not None for incident in drift},
        "answered": {incident.acknowledged_at is not None for incident in drift},
    }

    assert {habit: values for habit, values in seen.items() if values != {True, False}} == {}
    assert {build.purpose for build in builds} == {"ci", "training", "deployment"}
    assert {build.trigger for build in builds} == {"push", "pull_request", "schedule", "event", "manual"}
    looked = {(record.name, record.state) for record in records if isinstance(record, Observation)}
    both = {*LOOKED_FOR, *LOOKED_AT, "release_notes"}
    counted = {("serving", "yes"), ("trace_day", "yes"), ("request_count", "yes")}
    assert looked == counted | {(name, state) for name in (*both, "prompt_registered") for state in ("yes", "no")}
    jobs = Counter(job.name for build in builds for job in build.jobs)
    assert {"unit-tests", "dependency-scan", "validate-data", "quality-gate", "sign-image", "evaluate-prompts"} <= set(
        jobs
    )
    assert jobs["unit-tests"] < jobs["lint"]


def test_people_rest_at_weekends_and_around_the_turn_of_the_year(records: list[Record]) -> None:
    commits = [
        record.first_commit_at.astimezone(ZONE)
        for record in records
        if isinstance(record, Change) and record.first_commit_at is not None
    ]
    quiet = sum(moment.date() in days_from(date(2025, 12, 23), 14) for moment in commits)
    usual = sum(moment.date() in days_from(date(2025, 10, 28), 56) for moment in commits) / 4  # per two weeks

    assert {moment.isoweekday() for moment in commits} == {1, 2, 3, 4, 5}
    assert all(9 <= moment.hour < 17 for moment in commits)
    assert quiet < usual / 2


def days_from(first: date, number: int) -> set[date]:
    return {first + timedelta(days=offset) for offset in range(number)}


def test_coverage_reaches_from_end_to_end_but_for_what_came_late_or_fell_silent(
    records: list[Record],
) -> None:
    coverage = {(row.source, row.stream): row for row in demo_coverage(END)}

    assert {key[0] for key in coverage} == {source.id for source in SOURCES}
    assert coverage["tracking", "training_run"].end == LIMIT
    assert coverage["tracking", "training_run"].start == Period(END).start
    assert LIMIT - coverage["logistics-metrics", "observation"].end > timedelta(days=140)
    assert coverage["genai-tracking", "model"].start > LIMIT - timedelta(days=220)
    for record in records:
        # What a tracking server shows of prompts and traces is covered by what else it shows.
        tracked = isinstance(record, Observation) and record.source.endswith("tracking")
        row = coverage[record.source, "training_run" if tracked else record.kind]
        moment = occurred_at(record)
        assert moment is not None
        assert row.start <= moment < row.end, record


def test_answers_are_given_by_roles_in_rounds_and_change_over_time(answers: list[StoredAnswer]) -> None:
    asked = {team.id: team.survey for team in TEAMS if team.survey is not None}

    assert {answer.team for answer in answers} == set(asked)
    assert "energy-load" not in asked
    for team, survey in asked.items():
        own = [answer for answer in answers if answer.team == team]
        assert {answer.respondent for answer in own} == set(survey.respondents)
        assert len({answer.on for answer in own}) >= len(survey.months)
    rising = [answer for answer in answers if answer.team == "fraud-detection"]
    assert mean_rung(rising[: len(rising) // 3]) + 1 < mean_rung(rising[-len(rising) // 3 :])


def mean_rung(answers: list[StoredAnswer]) -> float:
    values = [answer.value for answer in answers if answer.value is not None]
    return sum(values) / len(values)


def test_answers_are_ones_that_the_store_takes(answers: list[StoredAnswer]) -> None:
    catalogue = builtin_catalogue()
    kinds = {team.id: frozenset(team.kinds) for team in TEAMS}
    keys = Counter((answer.team, answer.practice, answer.respondent, answer.on) for answer in answers)

    assert keys.most_common(1)[0][1] == 1
    assert {answer.value for answer in answers} == {None, 0, 1, 2, 3}
    assert answers == sorted(answers, key=lambda answer: answer.recorded_at)
    for answer in answers:
        assert catalogue.by_id[answer.practice].concerns(kinds[answer.team])
        assert Period(END).first <= answer.on < END
        assert answer.attested == bool(answer.evidence_url)
        assert not answer.attested or answer.value
    assert 50 < sum(answer.value is None for answer in answers) < len(answers) / 5
    assert sum(answer.attested for answer in answers) > 100


def test_every_address_is_reserved_and_no_person_is_named(records: list[Record], answers: list[StoredAnswer]) -> None:
    hosts = {re.sub(r"^https://([^/?#]+).*", r"\1", str(record.url)) for record in records if record.url}
    hosts |= {re.sub(r"^https://([^/?#]+).*", r"\1", row.evidence_url) for row in answers if row.evidence_url}

    assert all(host.endswith(".example") for host in hosts)
    assert all("http" not in host for host in hosts)
    authors = {record.author for record in records if isinstance(record, Change | TrainingRun)} - {None}
    assert all(re.fullmatch("[0-9a-f]{16}", str(author)) for author in authors)


def test_dice_fall_as_often_as_they_should() -> None:
    throw = dice(1, "topic")
    counts = [poisson(throw, 2.5) for _ in range(4000)]
    values = sorted(around(throw, 10.0) for _ in range(4001))

    assert sum(counts) / len(counts) == pytest.approx(2.5, abs=0.1)
    assert values[2000] == pytest.approx(10.0, rel=0.05)
    assert values[0] > 0
    assert dice(1, "topic").random() != dice(1, "another").random()


class TestFurtherMetrics:
    """Versions, objectives, features, cost: the same story as the other systems tell."""

    @pytest.fixture
    def looks(self, records):
        found = defaultdict(list)
        for record in records:
            if record.kind == "observation":
                found[record.name].append(record)
        return found

    def test_every_one_of_them_is_there_and_none_twice(self, looks):
        assert set(looks) >= {
            "slo_rule", "slo_met", "quality_metric", "cost_metric", "feature_fresh", "version_overlap", "genai_metric",
            "guardrail_metric",
        }  # fmt: skip
        for found in looks.values():
            assert len({(record.source, record.id) for record in found}) == len(found)

    def test_versions_that_serve_are_those_of_the_registry(self, looks, records):
        registered = {(record.model, record.version) for record in records if record.kind == "model_version"}
        assert {(look.subject, name) for look in looks["version_overlap"] for name in look.attributes["versions"]} <= (
            registered
        )

    def test_mature_teams_let_versions_serve_side_by_side(self, looks):
        def steps(team):
            two = [look for look in looks["version_overlap"] if look.attributes["labels"]["team"] == team]
            told = [look.state for look in two if len(look.attributes["versions"]) == 2]
            return told.count("yes") / len(told)

        assert steps("search-ranking") > 0.8
        assert steps("churn") < 0.3

    def test_only_generative_applications_are_looked_at_as_such(self, looks):
        assert {look.subject for look in looks["genai_metric"]} == {"document-summary"}
