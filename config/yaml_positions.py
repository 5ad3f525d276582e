"""YAML 1.2 as plain data that still knows its lines.

`read_yaml` gives a `Document`; `Place` points into it and makes problems that carry `file:line`. Data come from
ruamel's node graph, so every value has its own line, and an alias points to the lines of its anchor.
What ruamel's safe loader would let pass is refused here: duplicate keys (each of them, not only the first),
keys that are no plain values, aliases that hold themselves or expand without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import BaseConstructor, ConstructorError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from mlops_maturity.config.problems import InputRefused, Problem

MAX_BYTES = 4 * 2**20
"""A settings file of 5,000 teams takes about 2 MiB."""
MAX_VALUES = 500_000
"""Values after aliases are written out."""
MAX_DEPTH = 60
"""Collections within collections."""

Key = str | int
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp"))
_COLLECTION_TAGS = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_MERGE_TAG = "tag:yaml.org,2002:merge"
_TEXT_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file as data, with what was wrong in it short of being unreadable."""

    name: str
    """The file as the user wrote it."""
    data: Any
    """Dicts, lists and plain values; shared where an alias is used, so not to be changed."""
    problems: tuple[Problem, ...] = ()
    root: Node | None = field(default=None, repr=False)
    """The node graph; None = positions aren't known, and `name` alone is the place."""

    @property
    def top(self) -> Place:
        """The place of the whole document."""
        return Place(self)

    def where(self, path: tuple[Key, ...]) -> str:
        """`file:line` of the value at `path`; of the nearest parent that is there, if it isn't."""
        if self.root is None:
            return self.name
        node, line = self.root, self.root.start_mark.line
        for key in path:
            step = _child(node, key)
            if step is None:
                break
            line, node = step
        return f"{self.name}:{line + 1}"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document: where a value is, or would be."""

    document: Document
    path: tuple[Key, ...] = ()

    def at(self, *keys: Key) -> Place:
        """The place of a value further down."""
        return Place(self.document, (*self.path, *keys))

    @property
    def where(self) -> str:
        """`file:line`."""
        return self.document.where(self.path)

    def holds(self, *keys: Key) -> bool:
        """Whether something is written there, be it empty."""
        value = self.document.data
        for key in (*self.path, *keys):
            if isinstance(value, Mapping):
                found = next((name for name in value if name == key or str(name) == str(key)), None)
                if found is None:
                    return False
                value = value[found]
            elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
                value = value[key]
            else:
                return False
        return True

    def problem(self, reason: str, *keys: Key) -> Problem:
        """What is wrong at this place, or further down at `keys`."""
        path = (*self.path, *keys)
        return Problem(self.document.where(path), ".".join(str(key) for key in path), reason)


def read_yaml(path: Path) -> Document:
    """Reads a file. Raises `InputRefused` where it can't be read as YAML at all."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _refused(str(path), "there is no such file") from None
    except IsADirectoryError:
        raise _refused(str(path), "is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(str(path), f"can't be read: {reason}") from None
    return parse_yaml(content, str(path))


def parse_yaml(content: bytes, name: str) -> Document:
    """Reads the bytes of a file called `name`. Raises `InputRefused` where they aren't YAML."""
    if len(content) > MAX_BYTES:
        raise _refused(name, f"is larger than {MAX_BYTES // 2**20} MiB; split it or leave something out")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused(f"{name}:{line}", "is not UTF-8; save the file in that encoding") from None
    root = _compose(text, name)
    if root is None:
        raise _refused(name, "is empty")
    builder = _Builder(name)
    builder.measure(root)
    data = builder.value(root, ())
    return Document(name, data, tuple(builder.problems), root)


def _compose(text: str, name: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    try:
        node: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "end of stream" in str(error.problem) and error.context_mark is not None:
            mark = error.context_mark  # where the quote opened, not where the file ends
        where = f"{name}:{mark.line + 1}" if mark is not None else name
        raise _refused(where, _syntax_reason(error)) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _refused(f"{name}:{line}", "holds a control character; take it out") from None
    except RecursionError:
        raise _refused(name, f"is nested too deeply; more than {MAX_DEPTH} levels are never needed") from None
    except (
        YAMLError,
        ValueError,
        AttributeError,
        TypeError,
        LookupError,
        AssertionError,
        NotImplementedError,
    ) as error:
        # ruamel's scanner lets some of its own slips through on hostile input.
        raise _refused(name, f"is not readable as YAML: {type(error).__name__}") from None
    return node


def _syntax_reason(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "wrong syntax")
    if "\\t" in problem or "\t" in problem:
        return "a tab where none can be; YAML is indented with spaces only"
    if "undefined alias" in problem:
        return f"not readable as YAML: {problem}; define it with & further up"
    if "expected a single document" in str(error.context) or "another document" in problem:
        return "a second document starts here; keep one, without `---` in the middle"
    return f"not readable as YAML: {problem}; look at indentation, colons, brackets and quotes here and one line above"


@dataclass(slots=True)
class _Builder:
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
                raise _refused(where, "an alias holds itself; write the value out")
            if depth > MAX_DEPTH:
                raise _refused(where, f"is nested too deeply; more than {MAX_DEPTH} levels are never needed")
            open_nodes.add(id(node))
            total = 1 + sum(size(part, depth + 1) for part in _parts(node))
            open_nodes.discard(id(node))
            if total > MAX_VALUES:
                raise _refused(where, f"holds more than {MAX_VALUES} values once its aliases are written out")
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
            self._note(node, path, f"the tag {node.tag} is not taken; leave it out")
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, path) if isinstance(node, MappingNode) else None

    def _scalar(self, node: ScalarNode, path: tuple[Key, ...]) -> Any:
        tag = str(node.tag)
        if tag in (_TEXT_TAG, _MERGE_TAG):
            return node.value
        if tag not in _PLAIN_TAGS:
            self._note(node, path, f"the tag {tag} is not taken; leave it out")
            return node.value
        try:
            return self.scalars.construct_object(node)
        except (ValueError, OverflowError, ConstructorError, AttributeError, TypeError, LookupError):
            kind = "a day or time" if tag.endswith("timestamp") else f"a value of type {tag.rpartition(':')[2]}"
            self._note(node, path, f"looks like {kind} and isn't one; put text in quotes")
            return node.value

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
        self.problems.append(Problem(where, ".".join(str(key) for key in path), reason))


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


def _child(node: Node, key: Key) -> tuple[int, Node] | None:
    """Line and node of one entry; of a mapping's entry the line of its key."""
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
        found = _child(source, key) if isinstance(source, MappingNode) else None
        if found is not None:
            return found
    return None


def in_order(problems: list[Problem]) -> list[Problem]:
    """Problems by file and line, each once."""

    def place(problem: Problem) -> tuple[str, int]:
        found = re.fullmatch(r"(.*):(\d+)", problem.where)
        return (found[1], int(found[2])) if found else (problem.where, 0)

    return sorted(dict.fromkeys(problems), key=place)


def _refused(where: str, reason: str) -> InputRefused:
    return InputRefused([Problem(where, "", reason)])
