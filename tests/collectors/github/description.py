"""What is kept of GitHub's own description of its API: the fields that the collector reads, and what each may hold.

    python tests/collectors/github/description.py …/@octokit/openapi/generated/api.github.com.json

writes `shapes.json` anew, as JSON Schema, from the npm package @octokit/openapi (MIT). Fields that are read and not
described are an error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

SHAPES = Path(__file__).parent / "shapes.json"


def shapes_of(description: dict[str, Any], wanted: dict[str, list[str]]) -> dict[str, Any]:
    """Kind of object to the JSON Schema of its wanted fields. Raises KeyError for what is not described."""
    schemas = description["components"]["schemas"]
    return {
        kind: {
            "type": "object",
            "required": fields,
            "properties": {name: kept(schemas, schemas[kind]["properties"][name]) for name in fields},
        }
        for kind, fields in wanted.items()
    }


def kept(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The types of a value, and the words and the format that it keeps to."""
    found: dict[str, Any] = {"type": sorted(types_of(schemas, schema))}
    if "enum" in schema:
        found["enum"] = [*schema["enum"], *([None] if schema.get("nullable") else [])]
    if "format" in schema:
        found["format"] = schema["format"]
    return found


def types_of(schemas: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    """Names of types, through references and alternatives."""
    if "$ref" in schema:
        return types_of(schemas, schemas[schema["$ref"].rpartition("/")[2]])
    found = {"null"} if schema.get("nullable") else set()
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        found |= types_of(schemas, part)
    kinds = schema.get("type", [])
    return found | set([kinds] if isinstance(kinds, str) else kinds)


def read_shapes() -> dict[str, Any]:
    """Those that are kept, by kind of object."""
    return {kind: shape for kind, shape in json.loads(SHAPES.read_text()).items() if kind != "$comment"}


def write(path: Path) -> None:
    """Write the kept ones anew from the whole description."""
    described = json.loads(path.read_text())
    wanted = {kind: shape["required"] for kind, shape in read_shapes().items()}
    comment = (
        f"Fields that the collector reads, from GitHub's description of its REST API (version "
        f"{described['info']['version']}, npm package @octokit/openapi, Copyright (c) 2020 Octokit contributors, MIT: "
        "see shapes.license.txt). Made by description.py."
    )
    kinds = (f"{json.dumps(kind)}: {_lines(shape)}" for kind, shape in shapes_of(described, wanted).items())
    SHAPES.write_text(f'{{"$comment": {json.dumps(comment)},\n' + ",\n".join(kinds) + "}\n")


def _lines(shape: dict[str, Any]) -> str:
    """One field a line."""
    fields = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(schema)}" for name, schema in shape["properties"].items())
    return f'{{"type": "object", "required": {json.dumps(shape["required"])}, "properties": {{\n  {fields}}}}}'


if __name__ == "__main__":
    write(Path(sys.argv[1]))
