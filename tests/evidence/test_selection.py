"""Which records are a team's, and that nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.selection import Selectors, Unselected, assign

FRAUD = Team(
    id="fraud",
    models=("fraud-*",),
    experiments=("fraud/*",),
    repositories=("acme/fraud-*",),
    prometheus={"team": "fraud", "env": "prod"},
)
PRICING = Team(id="pricing", models=("pricing-?", "shared"), repositories=("acme/pricing",))
_numbers = count()
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


def record(kind: str, **fields: Any) -> Record:
    needed = {
        "incident": {"detected_at": _NOW},
        "observation": {"name": "serving", "state": "yes", "observed_at": _NOW},
        "measurement": {"signal": "user.x", "on": "2026-11-01", "value": 1},
        "model_version": {"version": "1"},
        "model_alias": {"alias": "champion", "version": "1", "first_seen_at": _NOW, "last_seen_at": _NOW},
    }.get(kind, {})
    return RECORD.validate_python({"kind": kind, "source": "s", "id": str(next(_numbers)), **needed, **fields})


def selects(team: Team, record: Record) -> bool:
    return team.id in Selectors([team]).takers(record)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("pipeline_run", {"repository": "acme/fraud-model"}),
        ("deployment", {"repository": "acme/fraud-model"}),
        ("deployment", {"model": "fraud-x", "repository": "acme/gitops"}),
        ("change", {"repository": "acme/fraud-model"}),
        ("incident", {"subject": "fraud-x"}),
        ("incident", {"subject": "acme/fraud-model"}),
        ("incident", {"subject": "fraud"}),
        ("training_run", {"experiment": "fraud/deep/er"}),
        ("model_version", {"model": "fraud-x"}),
        ("model", {"name": "fraud-x"}),
        ("model_alias", {"model": "fraud-x"}),
        ("observation", {"subject": "fraud-x"}),
        ("observation", {"subject": "any", "attributes": {"labels": {"team": "fraud", "env": "prod", "pod": "7"}}}),
        ("measurement", {"subject": "fraud"}),
        ("measurement", {"subject": "acme/fraud-model"}),
    ],
)
def test_a_team_takes_what_its_selectors_name(kind, fields):
    assert selects(FRAUD, record(kind, **fields))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("pipeline_run", {}),
        ("pipeline_run", {"repository": "acme/Fraud-model"}),
        ("pipeline_run", {"repository": "acme/antifraud-model"}),
        ("pipeline_run", {"repository": "fraud-x"}),  # a model's glob does not speak of repositories
        ("training_run", {"experiment": "fraud-x"}),
        ("model", {"name": "fraud"}),
        ("incident", {"subject": "fraud/x"}),  # nor does an experiment's of subjects
        ("incident", {"subject": None}),
        ("observation", {"subject": "any", "attributes": {"labels": {"team": "fraud"}}}),
        ("observation", {"subject": "any", "attributes": {"labels": {"team": "fraud", "env": "test"}}}),
        ("observation", {"subject": "any", "attributes": {"labels": ["team=fraud"]}}),
        ("measurement", {"subject": "fraud2"}),
    ],
)
def test_a_team_leaves_what_they_do_not_name(kind, fields):
    assert not selects(FRAUD, record(kind, **fields))


def test_a_team_without_matchers_does_not_take_every_series():
    assert not selects(PRICING, record("observation", subject="any", attributes={"labels": {"team": "fraud"}}))


@pytest.mark.parametrize(("glob", "name", "taken"), [
    ("a?c", "abc", True), ("a?c", "ac", False), ("[ab]", "b", True), ("[!ab]", "b", False),
    ("*[[]bot]", "x[bot]", True),
    ("a.c", "abc", False), ("ab", "abc", False), ("*", "a\nb", True),
])  # fmt: skip
def test_globs_match_whole_names_as_a_shell_would(glob, name, taken):
    assert selects(Team(id="t", models=(glob,)), record("model", name=name)) is taken


texts = st.text("ab/*?[]!-", min_size=1, max_size=5)


@given(globs=st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=6), name=texts)
def test_of_many_teams_those_are_found_that_match_one_by_one(globs, name):
    teams = [Team(id=f"t{number}", models=tuple(own)) for number, own in enumerate(globs)]
    expected = {team.id for team in teams if any(fnmatchcase(name, glob) for glob in team.models)}
    assert Selectors(teams).naming("models", name) == expected


def test_a_record_belongs_to_every_team_that_selects_it():
    shared = record("deployment", repository="acme/fraud-model", model="shared")
    assignment = assign([FRAUD, PRICING], [shared])
    assert assignment.by_team == {"fraud": [shared], "pricing": [shared]}
    assert assignment.unselected == ()


@pytest.mark.parametrize("reverse", [False, True])
def test_training_runs_behind_a_selected_version_are_selected_too(reverse):
    run = record("training_run", experiment="elsewhere", id="r1")
    version = record("model_version", model="fraud-x", run="r1")
    other = record("training_run", experiment="elsewhere", id="r1", source="another server")
    records = [run, version, other]
    assignment = assign([FRAUD, PRICING], reversed(records) if reverse else records)
    assert {(r.source, r.id) for r in assignment.by_team["fraud"]} == {("s", "r1"), ("s", version.id)}
    assert assignment.by_team["pricing"] == []
    assert [group.source for group in assignment.unselected] == ["another server"]


@pytest.mark.parametrize("reverse", [False, True])
def test_runs_that_only_a_version_brings_in_are_told_apart(reverse):
    runs = [record("training_run", experiment=name, id=name) for name in ("fraud/own", "elsewhere")]
    versions = [record("model_version", model="fraud-x", run=run.id) for run in runs]
    records = [*runs, *versions]
    assignment = assign([FRAUD, PRICING], reversed(records) if reverse else records)
    assert assignment.behind_versions == {"fraud": {("s", "elsewhere")}}


@pytest.mark.parametrize("reverse", [False, True])
class TestIncidentsOfARepository:
    def test_belong_to_the_teams_whose_models_alone_are_deployed_from_it(self, reverse):
        incident = record("incident", subject="acme/serving")
        records = [
            incident,
            record("deployment", repository="acme/serving", model="fraud-x"),
            record("deployment", repository="acme/serving", model="fraud-y"),
            record("deployment", repository="acme/serving"),
        ]
        assignment = assign([FRAUD, PRICING], records[::-1] if reverse else records)
        assert incident in assignment.by_team["fraud"]
        assert incident not in assignment.by_team["pricing"]

    def test_belong_to_nobody_where_it_deploys_for_others_as_well(self, reverse):
        incident = record("incident", subject="acme/gitops")
        records = [
            incident,
            record("deployment", repository="acme/gitops", model="fraud-x"),
            record("deployment", repository="acme/gitops", model="pricing-1"),
        ]
        assignment = assign([FRAUD, PRICING], records[::-1] if reverse else records)
        assert [group.name for group in assignment.unselected] == ["acme/gitops"]

    def test_belong_to_those_who_select_it_and_to_no_others(self, reverse):
        incident = record("incident", subject="acme/pricing")
        records = [incident, record("deployment", repository="acme/pricing", model="fraud-x")]
        assignment = assign([FRAUD, PRICING], records[::-1] if reverse else records)
        assert incident in assignment.by_team["pricing"]
        assert incident not in assignment.by_team["fraud"]


def test_the_only_team_without_selectors_takes_everything():
    records = [record("model", name="x"), record("pipeline_run")]
    assert assign([Team(id="all")], records).by_team == {"all": records}
    assert assign([Team(id="all"), PRICING], records).by_team["all"] == []
    assert assign([Team(id="all", models=("y",))], records).by_team["all"] == []


@pytest.mark.parametrize(
    "selector", [{"models": ("y",)}, {"experiments": ("y",)}, {"repositories": ("y",)}, {"prometheus": {"a": "b"}}]
)
def test_a_team_with_any_selector_takes_only_what_it_selects(selector):
    assert assign([Team(id="one", **selector)], [record("model", name="x")]).by_team == {"one": []}


def test_what_no_team_selects_is_listed_by_source_kind_and_name():
    lost = [record("change", repository="acme/orphan") for _ in range(5)]
    nameless = record("pipeline_run")
    assignment = assign([FRAUD, PRICING], [*lost, nameless, record("model", name="fraud-x")])
    assert assignment.unselected == (
        Unselected(
            source="s", kind="change", name="acme/orphan", count=5, examples=tuple(entry.id for entry in lost[:3])
        ),
        Unselected(source="s", kind="pipeline_run", name="", count=1, examples=(nameless.id,)),
    )


def test_every_record_goes_to_a_team_or_to_the_list():
    records = [record("change", repository=f"acme/fraud-{n}" if n % 3 else "acme/orphan") for n in range(30)]
    assignment = assign([FRAUD, PRICING], records)
    assert len(assignment.by_team["fraud"]) + sum(group.count for group in assignment.unselected) == 30


def test_what_is_said_of_a_whole_source_is_not_listed_as_lost():
    assert assign([FRAUD, PRICING], [record("observation", subject="*", state="unknown")]).unselected == ()
