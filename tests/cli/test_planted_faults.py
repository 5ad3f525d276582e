"""Faults planted in valid files: each is named with its own line, however many there are. None hides another."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.catalogue_file import load_catalogue
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.evidence.answers_file import Known, read_answers_file
from mlops_maturity.evidence.evidence_file import parse_evidence
from mlops_maturity.evidence.readings_file import read_readings_file
from mlops_maturity.evidence.records_file import read_records_file

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_GOLDEN = Path(__file__).parents[1] / "golden"
Plant = tuple[str, str, str]
"""Text of a valid file, what is written in its place, and the end of the path where that is told."""

SETTINGS: tuple[Plant, ...] = (
    ("timezone: Europe/Vienna ", "timezone: Europe/Viena ", "timezone"),
    ("catalogue: mlops ", "catalogue: mlosp ", "catalogue"),
    ("store: sqlite:///maturity.db ", "store: mysql://db ", "store"),
    ("kinds: [classical] ", "kinds: [classic] ", "kinds.0"),
    ("criticality: high ", "criticality: hihg ", "criticality"),
    ("{level: 2, by: 2027-06-30}", "{level: 7, by: 2027-06-30}", "target.level"),
    ("group: payments/risk ", "group: payments//risk ", "group"),
    ('experiments: ["fraud/*"]', "experiments: 3", "experiments"),
    ("prometheus: {team: fraud} ", "prometheus: {te-am: fraud} ", "prometheus"),
    ("url: https://mlflow.acme", "url: https://ann:hunter2@mlflow.acme", "sources.0.url"),
    ("token_env: MLFLOW_TOKEN ", "token: hunter2 ", "sources.0.token"),
    ("validation_tag: validation_status", "validation_tga: validation_status", "validation_tga"),
    ("is: training}", "is: trainin}", "purpose.0.is"),
    ('{environment: "stag*", is: staging}', '{environmnt: "stag*", is: staging}', "tier.1.environmnt"),
    ("url: https://gitlab.acme", "url: ftp://gitlab.acme", "sources.2.url"),
    ("type: jenkins", "type: jenkinz", "sources.3.type"),
    ("environment_property: environment", "environment_property: [environment]", "environment_property"),
    ("labels: {model: model, ", "labels: {modle: model, ", "labels"),
    ("drift_metric: model_drift_score", "drift_metric: model drift score", "drift_metric"),
    ("window_days: 30", "window_days: 3000", "window_days"),
    ("url: http://alertmanager.acme.example:9093", "url: http://169.254.169.254", "sources.6.url"),
)
CATALOGUE: tuple[Plant, ...] = (
    ("catalogue: case\n", "catalogue: [case]\n", "catalogue"),
    ("  summary: What level 2 looks like.\n", "  summary: 2\n", "levels.2.summary"),
    ("monitoring: Monitoring at level 1.\n", "monitorin: Monitoring at level 1.\n", "levels.1.aspects.monitorin"),
    ("  intent: Why automation matters.\n", "  intents: Why automation matters.\n", "aspects.0.intents"),
    ("parameters: {}\n", "parameters: {flor: 0.1}\n", "parameters.flor"),
    ("  question: How is registry done?\n", "  question: ''\n", "practices.0.question"),
    ("  - Rung 2 of registry.\n", "  - 2\n", "practices.0.answers.2"),
    ("  why: It matters.\n  weight: 2.0\n", "  why: It matters.\n  weight: 0\n", "practices.0.weight"),
    ("  key_from: 1\n", "  key_from: 4\n", "practices.0.key_from"),
    # What is wrong between the numbers of a list is told where the list begins.
    ("  effort_days:\n    1:\n    - 1\n", "  effort_days: \n    1:\n    - 9\n", "practices.0.effort_days"),
    ("    share: 0.75\n", "    share: 1.75\n", "signals.0.share"),
    ("    anchors:\n    - - 0.0\n", "    anchors: \n    - - 4.0\n", "signals.0.anchors"),
    ("    half_life_days: 30.0\n", "    half_life_days: soon\n", "signals.0.half_life_days"),
    ("- id: templates\n  aspect: automation\n", "- id: templates\n  aspect: automatio\n", "practices.1.aspect"),
    ("  title: Fairness\n", "  title: Fairness\n  prerequisites: [regisry]\n", "prerequisites.0"),
    ("  title: Audit\n", "  title: Audit\n  applies_to: [classic]\n", "applies_to.0"),
)


def planted(text: str, plants: Iterable[Plant]) -> tuple[str, list[tuple[int, str]]]:
    """The text with its plants, and the line and path where each should be told."""
    for valid, wrong, _ in plants:
        assert valid in text, valid
        text = text.replace(valid, wrong, 1)
    return text, [(line_of(text, valid, wrong), path) for valid, wrong, path in plants]


def line_of(text: str, valid: str, wrong: str) -> int:
    """The first line in which the wrong text differs from the valid one."""
    pairs = enumerate(zip(valid, wrong, strict=False))
    same = next((place for place, (was, now) in pairs if was != now), len(valid))
    return 1 + text.count("\n", 0, text.index(wrong) + same)


def refusal(call: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(InputRefused) as refused:
        call()
    return refused.value.problems


def assert_each_told(problems: tuple[Problem, ...], expected: Iterable[tuple[int, str]]) -> None:
    told = [(int(re.sub(r".*:", "", problem.where)), problem.path) for problem in problems]
    for line, path in expected:
        assert any(line == at and where.endswith(path) for at, where in told), (line, path, list(map(str, problems)))
    assert not any("hunter2" in str(problem) for problem in problems)


def subsets(plants: tuple[Plant, ...]) -> st.SearchStrategy[list[Plant]]:
    return st.lists(st.sampled_from(plants), min_size=1, max_size=len(plants), unique=True)


FUZZED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.slow
@FUZZED
@given(plants=subsets(SETTINGS))
def test_every_fault_of_settings_is_told(plants: list[Plant], tmp_path: Path) -> None:
    text, expected = planted((_GOLDEN / "maturity.example.yaml").read_text(), plants)
    path = tmp_path / "maturity.yaml"
    path.write_text(text)

    problems = refusal(lambda: load_settings(path, source_types()))

    assert_each_told(problems, expected)
    assert len(problems) == len(plants)


@pytest.mark.slow
@FUZZED
@given(plants=subsets(CATALOGUE))
def test_every_fault_of_a_catalogue_is_told(plants: list[Plant], tmp_path: Path) -> None:
    text, expected = planted((_GOLDEN / "catalogue.yaml").read_text(), plants)
    path = tmp_path / "catalogue.yaml"
    path.write_text(text)

    problems = refusal(lambda: load_catalogue(path))

    assert_each_told(problems, expected)
    assert len(problems) == len(plants)


Entry = tuple[dict[str, object], dict[str, object]]
"""A valid entry, and the wrong values its fields may get, each of them one fault; None takes the field out."""

RUN: Entry = (
    {
        "kind": "deployment", "source": "cd", "id": "1", "started_at": "2026-03-01T10:00:00Z", "outcome": "success",
        "finished_at": "2026-03-01T11:00:00Z", "tier": "production", "unplanned": False, "changes": ["a#1"],
        "attributes": {"a": 1}, "url": "https://cd/1", "environment": "prod",
    },
    {
        "source": 3, "id": None, "started_at": "2031-01-01T00:00:00Z", "outcome": "succes", "tier": ["production"],
        "unplanned": "no", "changes": "a#1", "attributes": {"a": float("nan")}, "url": "https://ann:hunter2@cd/1",
        "environment": "x\0", "finished_at": "2026-03-01T11:00:00", "enviroment": "prod",
    },
)  # fmt: skip
MEASUREMENT: Entry = (
    {
        "kind": "measurement", "source": "labels", "id": "1", "signal": "user.x", "subject": "fraud",
        "on": "2026-11-01", "value": 1, "seen": 1, "scope": 2, "opportunities": 3,
    },
    {
        "source": "", "id": "x" * 501, "signal": "usr.x", "subject": " ", "on": "1969-11-01", "value": float("inf"),
        "seen": 3, "opportunities": -1, "valeu": 1,
    },
)  # fmt: skip
READING: Entry = (
    {"team": "fraud", "signal": "user.x", "on": "2026-11-01", "value": 1, "seen": 1, "scope": 2, "opportunities": 3},
    {
        "team": "frau", "signal": "usr.x", "on": "2031-11-01", "value": float("nan"), "seen": 3, "opportunities": "3",
        "valeu": 1,
    },
)  # fmt: skip
ANSWER: Entry = (
    {
        "team": "fraud", "practice": "registry", "respondent": "ann", "value": "3", "on": "2026-11-01",
        "attested": "true", "comment": "c", "evidence_url": "https://h/x",
    },
    {
        "team": "frau", "practice": "regisry", "respondent": "ann@acme.example", "value": "4", "on": "2031-01-01",
        "attested": "maybe", "comment": "a\0", "evidence_url": "https://ann:hunter2@h/x",
    },
)  # fmt: skip
SAID: Entry = (
    {"practice": "registry", "respondent": "ann", "value": 3, "on": "2026-11-23", "attested": False},
    {"practice": "regisry", "respondent": "", "value": 4, "on": "2026-02-30", "attested": "no", "atested": True},
)
SEEN: Entry = (
    {"signal": "drift_watched", "value": 0.5, "seen": 1, "scope": 2, "opportunities": 3, "on": "2026-11-23"},
    {"signal": "drift", "value": float("nan"), "seen": -1, "scope": "2", "opportunities": None, "on": 20261123},
)
WAIVED: Entry = (
    {"practice": "fairness", "from": "2026-11-13", "until": "2027-02-11", "reason": "no personal data"},
    {"practice": "fairnes", "until": "2026-11-12", "reason": " ", "owner": "ann"},
)


@st.composite
def faulty(draw: st.DrawFn, *entries: Entry) -> list[tuple[dict[str, object], set[str]]]:
    """Entries of these kinds, each with its faults: the fields that are wrong."""
    found = []
    for valid, wrong in draw(st.lists(st.sampled_from(entries), min_size=1, max_size=4)):
        names = draw(st.sets(st.sampled_from(sorted(wrong)), max_size=len(wrong)))
        if "started_at" in names:
            names -= {"finished_at"}  # which of the two is too early or too late is one fault
        changed = valid | {name: wrong[name] for name in names}
        found.append(
            ({name: value for name, value in changed.items() if name not in names or value is not None}, names)
        )
    return found


Faulty = list[tuple[dict[str, object], set[str]]]


def assert_lines_told(call: Callable[[], object], entries: Faulty, first_line: int = 1) -> None:
    expected = [(line, name) for line, (_, names) in enumerate(entries, start=first_line) for name in names]
    if not expected:
        call()
        return
    problems = refusal(call)
    told = {(int(re.sub(r".*:", "", problem.where)), problem.path.partition(".")[0]) for problem in problems}
    follows = {(line, "finished_at") for line, name in expected if name == "started_at"}
    assert told - follows == set(expected), list(map(str, problems))
    assert not any("hunter2" in str(problem) for problem in problems)


def as_lines(entries: Faulty) -> io.BytesIO:
    return io.BytesIO("\n".join(json.dumps(entry) for entry, _ in entries).encode())


@FUZZED
@given(entries=faulty(RUN, MEASUREMENT))
def test_every_fault_of_records_is_told(entries: Faulty) -> None:
    assert_lines_told(lambda: list(read_records_file(as_lines(entries), "f", now=_NOW, signals=())), entries)


@FUZZED
@given(entries=faulty(READING))
def test_every_fault_of_readings_is_told(entries: Faulty) -> None:
    assert_lines_told(
        lambda: list(read_readings_file(as_lines(entries), "f", now=_NOW, teams=["fraud"], signals=())), entries
    )


@FUZZED
@given(entries=faulty(ANSWER))
def test_every_fault_of_answers_is_told(entries: Faulty) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, ANSWER[0])
    writer.writeheader()
    writer.writerows(entry for entry, _ in entries)
    known = Known(teams=["fraud"], practices=["registry"])

    assert_lines_told(
        lambda: list(read_answers_file(io.BytesIO(out.getvalue().encode()), "f", now=_NOW, known=known)),
        entries,
        first_line=2,
    )


@FUZZED
@given(answers=faulty(SAID), readings=faulty(SEEN), waivers=faulty(WAIVED))
def test_every_fault_of_evidence_is_told(answers: Faulty, readings: Faulty, waivers: Faulty) -> None:
    sections = {"answers": answers, "readings": readings, "waivers": waivers}
    rows = [
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(entry) for entry, _ in found)
        for name, found in sections.items()
    ]
    text = "{" + "\n],\n".join(rows) + "]}"
    catalogue = load_catalogue(_GOLDEN / "catalogue.yaml")
    # One entry a line; a line that closes a list and one that opens the next stand between the sections.
    lines: Faulty = []
    for found in sections.values():
        lines += [({}, set()), *found] if not lines else [({}, set()), ({}, set()), *found]

    def call() -> object:
        return parse_evidence(text.encode(), catalogue, "f")

    expected = {(line, name) for line, (_, names) in enumerate(lines, start=1) for name in names}
    if not expected:
        call()
        return
    problems = refusal(call)
    assert {(int(problem.where.partition(":")[2]), problem.path.split(".")[2]) for problem in problems} == expected
