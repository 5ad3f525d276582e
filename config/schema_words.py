"""A key's JSON schema in words: what may be written there, and what counts where nothing is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
Link = Callable[[str], str]
"""From the name of a nested model to how it is referred to."""

_PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
_FORMATS = {"date": "date", "path": "file"}


def kind_in_words(schema: Schema, link: Link) -> str:
    """For example `list of text`, `1 to 3`, or a choice of words."""
    schema = without_none(schema)
    if "$ref" in schema:
        return link(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(kind_in_words(part, link) for part in schema["anyOf"])
    if "enum" in schema:
        return _choice(schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {kind_in_words(schema.get('items', {}), link)}"
    if schema.get("type") == "object":
        return _mapping(schema, link)
    plain = _FORMATS.get(schema.get("format", "")) or _PLAIN.get(schema.get("type", ""), "anything")
    return f"{plain}{_range(schema)}"


def default_in_words(schema: Schema, needed: bool) -> str:
    """What counts where the key is left out."""
    if needed:
        return "**needed**"
    default = schema.get("default")
    if default in (None, "", [], {}) and not isinstance(default, bool):
        return ""
    if isinstance(default, list) and any(isinstance(entry, Mapping) for entry in default):
        return "[preset](#preset-of-rules)"
    return f"`{_yaml(default)}`"


def nested(schema: Schema) -> list[str]:
    """Names of the models a key's value is made of, outermost first."""
    found = [schema["$ref"].rpartition("/")[2]] if "$ref" in schema else []
    for key in ("anyOf", "allOf", "prefixItems"):
        found += [name for part in schema.get(key, ()) for name in nested(part)]
    for key in ("items", "additionalProperties"):
        found += nested(schema[key]) if isinstance(schema.get(key), Mapping) else []
    return found


def holds_list(schema: Schema) -> bool:
    """Whether the value is a list."""
    return without_none(schema).get("type") == "array"


def without_none(schema: Schema) -> Schema:
    """An optional value's schema as that of the value."""
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    return parts[0] if len(parts) == 1 else schema


def _mapping(schema: Schema, link: Link) -> str:
    values = schema.get("additionalProperties")
    return f"mapping to {kind_in_words(values, link)}" if isinstance(values, Mapping) else "mapping"


def _choice(words: list[Any]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _range(schema: Schema) -> str:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    bounds = [
        f"{word} {value:g}"
        for word, value in (("at least", low), ("above", above), ("at most", high), ("below", below))
        if value is not None
    ]
    return f", {' and '.join(bounds)}" if bounds else ""


def _yaml(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_yaml(part)}' for key, part in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_yaml(entry) for entry in value)}]"
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w-]*", value) and value not in ("true", "false", "null"):
        return value
    return json.dumps(value, ensure_ascii=False)
