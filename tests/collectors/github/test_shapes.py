"""The shapes that the fake is checked against are GitHub's own, where its description is at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fake_github import SHAPES

DESCRIPTION = os.environ.get("GITHUB_OPENAPI")


@pytest.mark.skipif(
    not DESCRIPTION,
    reason="set GITHUB_OPENAPI to generated/api.github.com.json of npm's @octokit/openapi to compare with it",
)
def test_the_shapes_are_part_of_github_s_description():
    schemas = json.loads(Path(DESCRIPTION).read_text())["components"]["schemas"]
    strange = [
        f"{kind}.{name}: {types}"
        for kind, fields in SHAPES.items()
        if kind != "$comment"
        for name, types in fields.items()
        if not set(types) <= types_of(schemas, schemas[kind]["properties"][name])
    ]
    assert strange == []


def types_of(schemas, schema):
    if "$ref" in schema:
        return types_of(schemas, schemas[schema["$ref"].rpartition("/")[2]])
    found = {"null"} if schema.get("nullable") else set()
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        found |= types_of(schemas, part)
    kinds = schema.get("type", [])
    return found | set([kinds] if isinstance(kinds, str) else kinds)
