"""YAML 1.2 as plain data that still knows its lines.

`read_yaml` gives a `Document`; `Place` points into it and makes problems that carry `file:line`. Data come from
ruamel's node graph, so every value has its own line, and what an alias repeats has the lines of its anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from mlops_maturity.config.file_kind import no_text
from mlops_maturity.config.problems import Problem
from mlops_maturity.config.yaml_graph import MAX_DEPTH, GraphReader, Key, child_of, refused, shown

MAX_BYTES = 4 * 2**20
"""A settings file of 5,000 teams takes about 2 MiB."""


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
            step = child_of(node, key)
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
        return Problem(self.document.where(path), shown(path), reason)


def read_yaml(path: Path) -> Document:
    """Reads a file. Raises `InputRefused` where it can't be read as YAML at all."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise refused(str(path), "there is no such file") from None
    except IsADirectoryError:
        raise refused(str(path), "is a folder, not a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refused(str(path), f"can't be read: {reason}") from None
    return parse_yaml(content, str(path))


def parse_yaml(content: bytes, name: str) -> Document:
    """Reads the bytes of a file called `name`. Raises `InputRefused` where they aren't YAML."""
    if len(content) > MAX_BYTES:
        raise refused(name, f"is larger than {MAX_BYTES // 2**20} MiB; split it or leave something out")
    mistaken = no_text(content[:32])
    if mistaken:
        raise refused(f"{name}:1", mistaken)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused(f"{name}:{line}", "is not UTF-8; save the file in that encoding") from None
    root = _compose(text, name)
    if root is None:
        raise refused(name, "is empty")
    reader = GraphReader(name)
    reader.measure(root)
    data = reader.value(root, ())
    return Document(name, data, tuple(reader.problems), root)


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
        raise refused(where, _syntax_reason(error)) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise refused(f"{name}:{line}", "holds a control character; take it out") from None
    except RecursionError:
        raise refused(name, f"is nested too deeply; more than {MAX_DEPTH} levels are never needed") from None
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
        raise refused(name, f"is not readable as YAML: {type(error).__name__}") from None
    return node


def _syntax_reason(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "wrong syntax")
    if "\\t" in problem or "\t" in problem:
        return "a tab where none can be; YAML is indented with spaces only"
    if "undefined alias" in problem:
        # Its name is not repeated: a password may begin with a star.
        return "not readable as YAML: undefined alias; define it with & further up, or put text with a * in quotes"
    if "expected a single document" in str(error.context) or "another document" in problem:
        return "a second document starts here; keep one, without `---` in the middle"
    return f"not readable as YAML: {problem}; look at indentation, colons, brackets and quotes here and one line above"


def in_order(problems: Iterable[Problem], read: Iterable[Problem] = ()) -> list[Problem]:
    """Problems by file and line, each once: what several aliases repeat is told of the first.

    `read`: those of the documents themselves. What follows from them, at the same place, is left out.
    """
    read = tuple(read)
    known = {(problem.where, problem.path) for problem in read}
    others = tuple(problem for problem in problems if (problem.where, problem.path) not in known)

    def place(problem: Problem) -> tuple[str, int]:
        found = re.fullmatch(r"(.*):(\d+)", problem.where)
        return (found[1], int(found[2])) if found else (problem.where, 0)

    def written(problem: Problem) -> tuple[str, str, tuple[str, ...]]:
        # What an alias repeats is written once: same line, same fault, another way there.
        return problem.where, problem.reason, tuple(problem.path.split(".")[-2:])

    once: dict[object, Problem] = {}
    for problem in (*read, *others):
        once.setdefault(written(problem), problem)
    return sorted(once.values(), key=place)
