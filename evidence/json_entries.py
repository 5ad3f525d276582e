"""JSON that is read with care: the line of what can't be parsed, keys given twice, and where entries start."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator
from typing import Any

from mlops_maturity.config.file_kind import no_text
from mlops_maturity.config.problems import InputRefused, Problem

BLANK = " \t\n\r"
JsonPath = tuple[str | int, ...]
Start = tuple[JsonPath, int]
"""A path, and where in the text it starts."""


class JsonObject(dict[str, Any]):
    """An object, and the keys that it was given more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(name for name, _ in pairs)
        self.twice = tuple(name for name in times if times[name] > 1)


_DECODER = json.JSONDecoder(object_pairs_hook=JsonObject)
TWICE = "is there twice; keep one of them"


def keys_given_twice(data: Any, path: JsonPath = ()) -> Iterator[JsonPath]:
    """Places of the keys that an object of `JsonObject`s names more than once, at any depth."""
    if isinstance(data, JsonObject):
        yield from ((*path, key) for key in data.twice)
        for key, part in data.items():
            yield from keys_given_twice(part, (*path, key))
    elif isinstance(data, list):
        for index, part in enumerate(data):
            yield from keys_given_twice(part, (*path, index))


class _Twice(ValueError):
    """An object names a key more than once."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise _Twice
    return content


_STRICT = json.JSONDecoder(object_pairs_hook=_once)


def decoded_line(text: str) -> tuple[Any, tuple[JsonPath, ...]]:
    """The data of one line, and the places of keys it gives twice. Raises what `json.loads` raises.

    Quick where there is none, as every line is asked.
    """
    try:
        return _STRICT.decode(text), ()
    except _Twice:
        data = _DECODER.decode(text)
        return data, tuple(keys_given_twice(data))


def parse_json(content: bytes, name: str) -> tuple[str, Any]:
    """Text and data of the bytes of a file called `name`; objects are `JsonObject`.

    NaN and the infinities come out as such. Raises `InputRefused` at the line where reading stopped.
    """
    mistaken = no_text(content[:32])
    if mistaken:
        raise InputRefused([Problem(f"{name}:1", "", mistaken)])
    if not content.strip():
        raise InputRefused([Problem(f"{name}:1", "", "is empty; write at least {}")])
    try:
        text = content.decode("utf-8-sig")
        return text, _DECODER.decode(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason, where = "is not UTF-8; save the file in that encoding", f"{name}:{line}"
    except json.JSONDecodeError as error:
        reason = f"not readable as JSON: {error.msg} at column {error.colno}; look here and just before"
        where = f"{name}:{error.lineno}"
    except RecursionError:
        reason, where = "is nested too deeply; the format needs three levels", name
    except ValueError:  # the interpreter's limit on the digits of an integer
        reason, where = "holds a number of thousands of digits; write a sensible one", name
    raise InputRefused([Problem(where, "", reason)])


def entry_lines(text: str) -> dict[JsonPath, int]:
    """Line of every key of the outer object, and of every entry of the lists in it, by path.

    `text` is JSON that was read before; empty where it is no object.
    """
    lines: dict[JsonPath, int] = {}
    line, counted = 1, 0
    for path, at in _starts(text):
        line += text.count("\n", counted, at)
        counted = at
        lines.setdefault(path, line)
    return lines


def _starts(text: str) -> Iterator[Start]:
    at = _skip(text, 0)
    if text[at] != "{":
        return
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, after = _DECODER.raw_decode(text, at)
        yield (key,), at
        at = _skip(text, _skip(text, after) + 1)  # over the colon
        if text[at] == "[":
            at = yield from _list_starts(text, key, at)
        else:
            _, at = _DECODER.raw_decode(text, at)
        at = _past_comma(text, at)


def _list_starts(text: str, key: str, at: int) -> Generator[Start, None, int]:
    """Where each entry of the list at `at` starts; returns where the list ends."""
    index = 0
    at = _skip(text, at + 1)
    while text[at] != "]":
        yield (key, index), at
        _, end = _DECODER.raw_decode(text, at)
        index += 1
        at = _past_comma(text, end)
    return at + 1


def _past_comma(text: str, at: int) -> int:
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in BLANK:
        at += 1
    return at
