"""What is kept of GitHub's own description of its API: the fields that the collector reads, and what each may hold.

    python tests/collectors/github/description.py …/@octokit/openapi/generated/api.github.com.json

writes `shapes.json` anew, as JSON Schema, from the npm package @octokit/openapi (MIT). Fields that are read and not
described are an error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHAPES = Path(__file__).parent / "shapes.json"
USER = {"login": {}, "type": {}}
RUN = ("id name head_branch head_sha path run_number run_attempt event status conclusion workflow_id html_url "
       "created_at updated_at run_started_at")  # fmt: skip
PULL = "number state created_at updated_at merged_at merge_commit_sha html_url"


def plain(names: str, **below: Any) -> dict[str, Any]:
    """Fields of which only the type counts, and those of which something below counts."""
    return {**{name: {} for name in names.split()}, **below}


WANTED: dict[str, dict[str, Any]] = {
    "simple-user": USER,
    "workflow-run": plain(RUN),
    "referenced-workflow": plain("path sha"),
    "job": plain("name status conclusion"),
    "deployment": plain("id sha ref task environment created_at transient_environment production_environment"),
    "deployment-status": plain("id state created_at target_url log_url"),
    "environment": plain(
        "id node_id name url html_url created_at updated_at",
        protection_rules=plain("id node_id type wait_timer prevent_self_review", reviewers=plain("type")),
    ),
    "repository-rule-detailed": plain("type ruleset_id"),
    "pull-request-simple": plain(PULL, user=USER, head=plain("ref sha"), labels=plain("name")),
    "pull-request": plain("number merged_at merge_commit_sha", head=plain("ref sha")),
    "pull-request-review": plain("state submitted_at", user=USER),
    "issue": plain(
        "number state created_at updated_at html_url", user=USER, labels=plain("name"), pull_request=plain("merged_at")
    ),
    "commit": plain("sha", commit={"author": plain("date"), "committer": plain("date")}),
    "minimal-repository": plain("full_name archived disabled"),
    "full-repository": plain("full_name default_branch is_template", template_repository=plain("full_name")),
    "branch-with-protection": plain("name protected", commit=plain("sha")),
    "git-tree": plain("sha truncated", tree=plain("path mode type sha size")),
    "blob": plain("content encoding sha size"),
    "release": plain("tag_name body draft prerelease created_at published_at html_url"),
    "rate-limit-overview": plain("resources", rate=plain("limit remaining reset used")),
    # Lists that are an object: rows are checked one by one, by the shapes above.
    "commit-comparison": plain("total_commits commits"),
    "/repos/{owner}/{repo}/actions/runs": plain("total_count workflow_runs"),
    "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs": plain("total_count jobs"),
    "/repos/{owner}/{repo}/environments": plain("total_count environments"),
}
"""Schema, or path of which the answer is meant, to the fields that the collector reads or the fake has to give."""
OPTIONAL = {"pull_request"}
"""Fields at the top that GitHub leaves out of some objects; all other wanted ones the fake has to give."""


def shapes_of(description: dict[str, Any]) -> dict[str, Any]:
    """Kind of object to the JSON Schema of its wanted fields. Raises KeyError for what is not described."""
    schemas = description["components"]["schemas"]
    shapes = {}
    for kind, fields in WANTED.items():
        schema = _answer(description, kind) if kind.startswith("/") else schemas[kind]
        (shape,) = _alternatives(schemas, schema, fields)
        shapes[kind] = {**shape, "required": sorted(fields.keys() - OPTIONAL)}
    return shapes


def _answer(description: dict[str, Any], path: str) -> dict[str, Any]:
    return description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def _kept(schemas: dict[str, Any], schema: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The types of a value, the words and the format that it keeps to, and what is wanted of what lies below."""
    found: dict[str, Any] = {"type": sorted(_types(schemas, schema))}
    words = [word for part in _plain_parts(schemas, schema) for word in part.get("enum", ())]
    if words and all("enum" in part for part in _plain_parts(schemas, schema)):
        found["enum"] = [*dict.fromkeys(words), *([None] if "null" in found["type"] and None not in words else [])]
    formats = {part["format"] for part in _plain_parts(schemas, schema) if "format" in part}
    if len(formats) == 1:
        found["format"] = formats.pop()
    if wanted and "array" in found["type"]:
        items = next(part["items"] for part in _plain_parts(schemas, schema) if "items" in part)
        return {**found, "items": _any_of(schemas, items, wanted)}
    return {**found, **_any_of(schemas, schema, wanted)} if wanted else found


def _any_of(schemas: dict[str, Any], schema: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    shapes = _alternatives(schemas, schema, wanted)
    others = sorted(_types(schemas, schema) - {"object"})
    if len(shapes) == 1 and not others:
        return shapes[0]
    return {"anyOf": [*shapes, *({"type": other} for other in others)]}


def _alternatives(schemas: dict[str, Any], schema: dict[str, Any], wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """What is wanted of each of the objects that a value may be. Raises KeyError for a field that none of them has."""
    described: dict[str, dict[str, Any]] = {}
    for one in _objects(schemas, schema):
        properties = {
            name: _kept(schemas, one["properties"][name], below)
            for name, below in wanted.items()
            if name in one["properties"]
        }
        shape = {"type": "object", "required": sorted(set(one["required"]) & set(wanted)), "properties": properties}
        described.setdefault(json.dumps(shape, sort_keys=True), shape)
    missing = [name for name in wanted if not any(name in shape["properties"] for shape in described.values())]
    if missing:
        raise KeyError(f"not described: {', '.join(missing)}")
    return _as_one(list(described.values()))


def _as_one(shapes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Alternatives that differ by the words of a field alone, as rules of a branch do, together."""
    names = {(tuple(shape["required"]), tuple(shape["properties"])) for shape in shapes}
    enums = [shape["properties"].get("type", {}).get("enum") for shape in shapes]
    if len(shapes) == 1 or len(names) > 1 or not all(enums):
        return shapes
    words = sorted({word for enum in enums for word in enum})
    kinds = {**shapes[0]["properties"]["type"], "enum": words}
    return [{**shapes[0], "properties": {**shapes[0]["properties"], "type": kinds}}]


def _objects(schemas: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Properties and required fields of each of the objects that a value may be; `allOf` are one."""
    schema = _resolved(schemas, schema)
    choices = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for choice in choices:
        yield from _objects(schemas, choice)
    parts = [next(_objects(schemas, part)) for part in schema.get("allOf", ())]
    own = {"properties": schema.get("properties", {}), "required": schema.get("required", [])}
    if parts or own["properties"]:
        yield {
            "properties": {name: value for part in (*parts, own) for name, value in part["properties"].items()},
            "required": [name for part in (*parts, own) for name in part["required"]],
        }


def _plain_parts(schemas: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema without references, or the alternatives that it is made of, but "nothing"."""
    schema = _resolved(schemas, schema)
    parts = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    found = [one for part in parts for one in _plain_parts(schemas, part)] if parts else [schema]
    return [one for one in found if one.get("type") != "null"]


def _types(schemas: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    """Names of types, through references and alternatives."""
    schema = _resolved(schemas, schema)
    found = {"null"} if schema.get("nullable") else set()
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        found |= _types(schemas, part)
    kinds = schema.get("type", [])
    return found | set([kinds] if isinstance(kinds, str) else kinds)


def _resolved(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def read_shapes() -> dict[str, Any]:
    """Those that are kept, by kind of object."""
    return {kind: shape for kind, shape in json.loads(SHAPES.read_text()).items() if kind != "$comment"}


def write(path: Path) -> None:
    """Write the kept ones anew from the whole description."""
    described = json.loads(path.read_text())
    comment = (
        f"Fields that the collector reads, from GitHub's description of its REST API (version "
        f"{described['info']['version']}, npm package @octokit/openapi, Copyright (c) 2020 Octokit contributors, MIT: "
        "see shapes.license.txt). Made by description.py."
    )
    kinds = (f"{json.dumps(kind)}: {_lines(shape)}" for kind, shape in shapes_of(described).items())
    SHAPES.write_text(f'{{"$comment": {json.dumps(comment)},\n' + ",\n".join(kinds) + "}\n")


def _lines(shape: dict[str, Any]) -> str:
    """One field a line."""
    fields = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(schema)}" for name, schema in shape["properties"].items())
    return f'{{"type": "object", "required": {json.dumps(shape["required"])}, "properties": {{\n  {fields}}}}}'


if __name__ == "__main__":
    write(Path(sys.argv[1]))
