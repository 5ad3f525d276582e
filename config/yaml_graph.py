"""The node graph of a YAML file: turned into data, and searched for lines.

What ruamel's safe loader would let pass is noted or refused here: duplicate keys (each of them, not only the
first), keys that are no plain values, aliases that hold themselves or expand without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import BaseConstructor, ConstructorError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mlops_maturity.config.problems import InputRefused, Problem

MAX_VALUES = 500_000
"""Values after aliases are written out."""
MAX_DEPTH = 60
"""Collections within collections."""
MAX_WHOLE = 2**63

Key = str | int
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp"))
_COLLECTION_TAGS = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_KNOWN_TAG = re.compile(r"tag:yaml\.org,2002:(python/[a-z/]+(:.*)?|binary|set|omap|pairs)")
_MERGE_TAG = "tag:yaml.org,2002:merge"
_TEXT_TAG = "tag:yaml.org,2002:str"


def shown(path: tuple[Key, ...]) -> str:
    """A path as a problem tells it, on one line."""
    return ".".join(text if (text := str(key)).isprintable() else repr(key) for key in path)


@dataclass(slots=True)
class GraphReader:
    """Turns the node graph into data, and notes what is wrong on the way."""

    name: str
    problems: list[Problem] = field(default_factory=list)
    built: dict[int, Any] = field(default_factory=dict)
    scalars: BaseConstructor = field(default_factory=lambda: YAML(typ="safe", pure=True).constructor)

    def measure(self, root: Node) -> None:
        """Refuses graphs that hold themselves, are too deep, or grow out of bounds through aliases."""
        sizes: dict[int, int] = {}
        open_nodes: set[int] = set()

        def size(node: Node, depth: int) -> int:
            if id(node) in sizes:
                return sizes[id(node)]
            where = f"{self.name}:{node.start_mark.line + 1}"
            if id(node) in open_nodes:
                raise refused(where, "an alias holds itself; write the value out")
            if depth > MAX_DEPTH:
                raise refused(where, f"is nested too deeply; more than {MAX_DEPTH} levels are never needed")
            open_nodes.add(id(node))
            total = 1 + sum(size(part, depth + 1) for part in _parts(node))
            open_nodes.discard(id(node))
            if total > MAX_VALUES:
                raise refused(where, f"holds more than {MAX_VALUES} values once its aliases are written out")
            sizes[id(node)] = total
            return total

        size(root, 0)

    def value(self, node: Node, path: tuple[Key, ...]) -> Any:
        """The data of a node; the same object for every use of an anchor."""
        if id(node) not in self.built:
            self.built[id(node)] = self._build(node, path)
        return self.built[id(node)]

    def _build(self, node: Node, path: tuple[Key, ...]) -> Any:
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if str(node.tag) not in _COLLECTION_TAGS:
            self._note(node, path, _tag_reason(str(node.tag)))
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, path) if isinstance(node, MappingNode) else None

    def _scalar(self, node: ScalarNode, path: tuple[Key, ...]) -> Any:
        tag = str(node.tag)
        if tag in (_TEXT_TAG, _MERGE_TAG):
            return node.value
        if tag not in _PLAIN_TAGS:
            self._note(node, path, _tag_reason(tag))
            return node.value
        try:
            value = self.scalars.construct_object(node)
        except (ValueError, OverflowError, ConstructorError, AttributeError, TypeError, LookupError):
            kind = "a day or time" if tag.endswith("timestamp") else f"a value of type {tag.rpartition(':')[2]}"
            self._note(node, path, f"looks like {kind} and isn't one; put text in quotes")
            return node.value
        if isinstance(value, int) and abs(value) > MAX_WHOLE:
            # It would overflow wherever it is used or shown as a decimal.
            self._note(node, path, "is too large a number; put text in quotes")
            return node.value
        return value

    def _mapping(self, node: MappingNode, path: tuple[Key, ...]) -> dict[Any, Any]:
        own: dict[Any, Any] = {}
        lines: dict[Any, int] = {}
        for key_node, value_node in node.value:
            if str(key_node.tag) == _MERGE_TAG:
                continue
            if not isinstance(key_node, ScalarNode):
                self._note(key_node, path, "a key must be a plain word or number")
                continue
            key = self._scalar(key_node, path)
            if key in own:
                self._note(key_node, (*path, key), f"is there twice, first in line {lines[key]}; keep one of them")
                continue
            lines[key] = key_node.start_mark.line + 1
            own[key] = self.value(value_node, (*path, key))
        return {**self._merged(node, path), **own}

    def _merged(self, node: MappingNode, path: tuple[Key, ...]) -> dict[Any, Any]:
        merged: dict[Any, Any] = {}
        for source in _merge_sources(node):
            if isinstance(source, MappingNode):
                merged = {**self.value(source, path), **merged}
            else:
                self._note(source, path, "`<<` takes a mapping or a list of mappings")
        return merged

    def _note(self, node: Node, path: tuple[Key, ...], reason: str) -> None:
        where = f"{self.name}:{node.start_mark.line + 1}"
        self.problems.append(Problem(where, shown(path), reason))


def _tag_reason(tag: str) -> str:
    # Tags of one's own are not repeated: a password may begin with an exclamation mark.
    told = f"the tag {tag}" if _KNOWN_TAG.fullmatch(tag) else "a tag"
    return f"{told} is not taken; leave it out, or put text that begins with ! in quotes"


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, SequenceNode):
        yield from node.value
    elif isinstance(node, MappingNode):
        for key_node, value_node in node.value:
            yield key_node
            yield value_node


def _merge_sources(node: MappingNode) -> Iterator[Node]:
    for key_node, value_node in node.value:
        if str(key_node.tag) == _MERGE_TAG:
            yield from value_node.value if isinstance(value_node, SequenceNode) else (value_node,)


def child_of(node: Node, key: Key) -> tuple[int, Node] | None:
    """Line (from 0) and node of one entry; of a mapping's entry the line of its key."""
    if isinstance(node, SequenceNode):
        if isinstance(key, int) and 0 <= key < len(node.value):
            item = node.value[key]
            return item.start_mark.line, item
        return None
    if not isinstance(node, MappingNode):
        return None
    for key_node, value_node in node.value:
        if isinstance(key_node, ScalarNode) and key_node.value == str(key):
            return key_node.start_mark.line, value_node
    for source in _merge_sources(node):
        found = child_of(source, key) if isinstance(source, MappingNode) else None
        if found is not None:
            return found
    return None


def refused(where: str, reason: str) -> InputRefused:
    """The refusal of a whole file."""
    return InputRefused([Problem(where, "", reason)])
