"""JSON files of entries: one entry a line or one document over all lines, each with the place to name in problems."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO

from mlops_maturity.config.problems import Problem
from mlops_maturity.evidence.import_report import ProblemList
from mlops_maturity.evidence.json_entries import TWICE, decoded_line
from mlops_maturity.evidence.json_problems import HALF_A_PAIR, path_of
from mlops_maturity.evidence.lines import LONGEST, numbered_lines

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_BEGUN = ("[", "{", ",")
"""How the first line of a document ends that goes on in the next."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of a file."""

    content: dict[str, Any]
    where: str
    """File and line."""
    path: str
    """`[3]` in a list, else empty."""

    def problem(self, path: str, reason: str) -> Problem:
        """What is wrong at a path of the entry."""
        return Problem(self.where, ".".join(part for part in (self.path, path) if part), reason)


def entries(stream: BinaryIO | TextIO, problems: ProblemList) -> Iterator[Entry]:
    """The objects of a file: JSON lines, or one object or list spread over lines. What is none is noted."""
    lines = numbered_lines(stream, problems)
    for number, line in lines:
        text = line.strip()
        if not text:
            continue
        if text.endswith(_BEGUN):
            text = _with_rest(text, lines)
        if len(text) > LONGEST:
            problems.add(number, "", f"one document of more than {LONGEST // 1024 // 1024} MiB: write one entry a line")
            continue
        document, faults = parsed(text)
        for path, reason in faults:
            problems.add(number, path, reason)
        if not faults:
            yield from _objects(document, f"{problems.name}:{number}", problems)


def parsed(text: str) -> tuple[Any, list[tuple[str, str]]]:
    """The data of JSON text, and everything wrong with it as such: path and reason."""
    try:
        document, twice = decoded_line(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, " if error.lineno > 1 else ""
        return None, [("", f"is not JSON: {error.msg} at {place}column {error.colno}")]
    except RecursionError:
        return None, [("", "is nested too deeply")]
    except ValueError:  # the interpreter's limit on the digits of an integer
        return None, [("", "holds a number of thousands of digits; write a sensible one")]
    if _ESCAPED_HALF.search(text) and not _is_unicode(document):
        return None, [("", HALF_A_PAIR)]
    return document, [(path_of(path), TWICE) for path in twice]


def _is_unicode(document: Any) -> bool:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _with_rest(first: str, lines: Iterator[tuple[int, str]]) -> str:
    parts, size = [first], len(first)
    for _, line in lines:
        parts.append(line)
        size += len(line)
        if size > LONGEST:
            break
    return "\n".join(parts)


def _objects(document: Any, where: str, problems: ProblemList) -> Iterator[Entry]:
    listed = isinstance(document, list)
    for index, content in enumerate(document if listed else [document]):
        path = f"[{index}]" if listed else ""
        if isinstance(content, dict):
            yield Entry(content, where, path)
        else:
            problems.put(Problem(where, path, "should be an object in braces"))
