"""The shapes that the fake is checked against are GitHub's own; where its description is at hand, they are compared."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from description import read_shapes, shapes_of
from fake_github import NOW, Repo, check

DESCRIPTION = os.environ.get("GITHUB_OPENAPI")


@pytest.mark.skipif(
    not DESCRIPTION,
    reason="set GITHUB_OPENAPI to generated/api.github.com.json of npm's @octokit/openapi to compare with it",
)
def test_the_kept_shapes_are_those_of_github_s_description():
    kept = read_shapes()
    wanted = {kind: shape["required"] for kind, shape in kept.items()}
    assert shapes_of(json.loads(Path(DESCRIPTION).read_text()), wanted) == kept


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("workflow-run", "id", "7"),
        ("deployment-status", "state", "succeeded"),
        ("release", "draft", None),
        ("branch-with-protection", "commit", []),
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
