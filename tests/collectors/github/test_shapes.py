"""The shapes that the fake is checked against are GitHub's own; where its description is at hand, they are compared."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from description import WANTED, _alternatives, _kept, read_shapes, shapes_of
from fake_github import NOW, Repo, check

from mlops_maturity.collectors.github.facts import Pull
from mlops_maturity.collectors.github.look import PROTECTING

DESCRIPTION = os.environ.get("GITHUB_OPENAPI")


@pytest.mark.skipif(
    not DESCRIPTION,
    reason="set GITHUB_OPENAPI to generated/api.github.com.json of npm's @octokit/openapi to compare with it",
)
def test_the_kept_shapes_are_those_of_github_s_description():
    assert shapes_of(json.loads(Path(DESCRIPTION).read_text())) == read_shapes()


def test_each_kind_of_object_that_is_wanted_is_kept_with_its_fields():
    assert {kind: set(shape["properties"]) for kind, shape in read_shapes().items()} == {
        kind: set(fields) for kind, fields in WANTED.items()
    }


def test_the_rules_that_protect_a_branch_are_among_github_s():
    assert set(read_shapes()["repository-rule-detailed"]["properties"]["type"]["enum"]) >= PROTECTING


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("workflow-run", "id", "7"),
        ("deployment-status", "state", "succeeded"),
        ("release", "draft", None),
        ("branch-with-protection", "commit", []),
        ("branch-with-protection", "commit", {"name": "x"}),
        ("environment", "protection_rules", [{"type": "wait_timer"}]),
        ("environment", "protection_rules", {}),
        ("repository-rule-detailed", "type", "no_force_pushes"),
        ("pull-request-simple", "user", {"name": "ann"}),
        ("pull-request-simple", "labels", ["bug"]),
        ("issue", "labels", [3]),
        ("commit", "commit", {"author": {"date": 7}, "committer": None}),
        ("git-tree", "tree", [{"path": "a"}]),
        ("rate-limit-overview", "rate", {"limit": 60}),
        ("/repos/{owner}/{repo}/environments", "total_count", "3"),
    ],
)
def test_an_object_of_another_shape_is_none_of_github_s(kind, field, value):
    shape = read_shapes()[kind]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator({**shape, "required": [field]}).validate({field: value})


def test_what_the_fake_makes_is_checked():
    run = Repo("acme/fraud")
    run.add_run(NOW, id=1)
    with pytest.raises(jsonschema.ValidationError, match="is a required property"):
        check("workflow-run", {name: value for name, value in run.runs[1][0].items() if name != "event"})


def test_what_is_left_of_a_description_is_what_is_wanted_of_it():
    """References, alternatives, parts that are one, and what may be nothing."""
    schemas = {
        "user": {"type": "object", "properties": {"login": {"type": "string"}, "age": {"type": "integer"}}},
        "nobody": {"anyOf": [{"$ref": "#/components/schemas/user"}, {"type": "null"}]},
        "named": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "both": {"allOf": [{"$ref": "#/components/schemas/named"}, {"$ref": "#/components/schemas/user"}]},
    }
    shape, *more = _alternatives(schemas, schemas["both"], {"name": {}, "login": {}})
    assert more == []
    assert shape["required"] == ["name"]
    assert shape["properties"] == {"name": {"type": ["string"]}, "login": {"type": ["string"]}}
    kept = _kept(schemas, schemas["nobody"], {"login": {}})
    assert kept["anyOf"][1:] == [{"type": "null"}]
    with pytest.raises(KeyError, match="not described: shoe_size"):
        _alternatives(schemas, schemas["user"], {"shoe_size": {}})


def test_labels_may_be_bare_words():
    issue = {"number": 1, "created_at": "2026-03-02T10:00:00Z", "updated_at": "2026-03-02T10:00:00Z"}
    found = Pull.of_issue({**issue, "labels": ["hotfix", {"name": "bug"}, {}], "pull_request": {}})
    assert found.labels == ("hotfix", "bug")
