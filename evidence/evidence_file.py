"""Evidence of one team from a JSON file, for scoring without a store.

Everything wrong with the file is told at once, each problem with the line its entry starts on.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, get_args

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.settings import ModelKind
from mlops_maturity.evidence.json_entries import JsonObject, JsonPath, entry_lines, parse_json
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver

MAX_BYTES = 64 * 2**20
"""About half a million entries: far more than one team has."""
KINDS: tuple[str, ...] = get_args(ModelKind)

Take = Callable[[Any], Any]
"""Raw value to taken value; raises `_Wrong`."""


class _Wrong(ValueError):
    """A value that can't be taken; the message is the reason."""


@dataclass(frozen=True, slots=True)
class _Field:
    take: Take
    needed: bool = True
    default: Any = None


def load_evidence(path: Path, catalogue: Catalogue) -> Evidence:
    """Read a file. Raises `InputRefused` with every problem, `file:line` each."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = f"can't be read: {error.strerror or error}; check the path and its rights"
        raise InputRefused([Problem(str(path), "", reason)]) from None
    return parse_evidence(content, catalogue, str(path))


def parse_evidence(content: bytes, catalogue: Catalogue, name: str) -> Evidence:
    """Read the bytes of a file called `name`. Raises `InputRefused` with every problem, `name:line` each."""
    if len(content) > MAX_BYTES:
        reason = f"is larger than {MAX_BYTES // 2**20} MiB; keep one team's evidence in it"
        raise InputRefused([Problem(name, "", reason)])
    text, data = parse_json(content, name)
    reader = _Reader(catalogue)
    evidence = reader.evidence(data)
    if reader.problems:
        raise InputRefused(list(_placed(reader.problems, text, name)))
    return evidence


def _placed(problems: Iterable[tuple[JsonPath, str]], text: str, name: str) -> Iterable[Problem]:
    """The problems in the order of the file, each with the line its entry starts on."""
    lines = entry_lines(text)
    placed = [(lines.get(path[:2]) or lines.get(path[:1]) or 0, path, reason) for path, reason in problems]
    for line, path, reason in sorted(placed, key=lambda problem: problem[0]):
        yield Problem(f"{name}:{line}" if line else name, ".".join(map(_key, path)), reason)


def _key(key: str | int) -> str:
    """A step of a path, safe to print whatever the file calls it."""
    text = str(key)[:60]
    return text if text.isprintable() else ascii(text)


@dataclass(slots=True)
class _Reader:
    """Turns JSON data into evidence, and notes what is wrong on the way."""

    catalogue: Catalogue
    problems: list[tuple[JsonPath, str]] = field(default_factory=list)

    def evidence(self, data: Any) -> Evidence:
        """The whole file. What can't be taken is left out and noted in `problems`."""
        sections = {
            "kinds": _Field(_taken_kinds, needed=False),
            "answers": _Field(_list, needed=False, default=()),
            "readings": _Field(_list, needed=False, default=()),
            "waivers": _Field(_list, needed=False, default=()),
        }
        taken = self._fields((), data, sections)
        if taken is None:
            return Evidence()
        return Evidence(
            kinds=taken["kinds"],
            answers=tuple(self._answers(taken["answers"])),
            readings=tuple(self._readings(taken["readings"])),
            waivers=tuple(self._waivers(taken["waivers"])),
        )

    def _answers(self, rows: Iterable[Any]) -> Iterable[Answer]:
        fields = {
            "practice": _Field(_one_of("practice", self.catalogue.by_id)),
            "respondent": _Field(_text),
            "value": _Field(_rung_or_dont_know),
            "on": _Field(_day),
            "attested": _Field(_flag, needed=False, default=False),
        }
        for taken in self._entries("answers", rows, fields):
            yield Answer(**taken)

    def _readings(self, rows: Iterable[Any]) -> Iterable[Reading]:
        fields = {
            "signal": _Field(_one_of("signal", sorted(self.catalogue.signal_ids))),
            "value": _Field(_number),
            "seen": _Field(_amount),
            "scope": _Field(_amount),
            "opportunities": _Field(_amount),
            "on": _Field(_day),
        }
        for taken in self._entries("readings", rows, fields):
            yield Reading(**taken)

    def _waivers(self, rows: Iterable[Any]) -> Iterable[Waiver]:
        fields = {
            "practice": _Field(_one_of("practice", self.catalogue.by_id)),
            "from": _Field(_day),
            "until": _Field(_day),
            "reason": _Field(_text),
        }
        for index, row in enumerate(rows):
            path, before = ("waivers", index), len(self.problems)
            taken = self._fields(path, row, fields)
            if taken is None:
                continue
            start, until = taken.pop("from"), taken["until"]
            if start is not None and until is not None and until < start:
                reason = f"{until} is before `from` ({start}); swap them, or correct one"
                self.problems.append(((*path, "until"), reason))
            if len(self.problems) == before:
                yield Waiver(start=start, **taken)

    def _entries(self, section: str, rows: Iterable[Any], fields: Mapping[str, _Field]) -> Iterable[dict[str, Any]]:
        for index, row in enumerate(rows):
            before = len(self.problems)
            taken = self._fields((section, index), row, fields)
            if taken is not None and len(self.problems) == before:
                yield taken

    def _fields(self, path: JsonPath, row: Any, fields: Mapping[str, _Field]) -> dict[str, Any] | None:
        """The fields of one object, wrong ones as their default; None where it is no object."""
        if not isinstance(row, JsonObject):
            self.problems.append((path, f'{_shown(row)} is no object; write {{"{next(iter(fields))}": …}}'))
            return None
        for key in row.twice:
            self.problems.append(((*path, key), "is there twice; keep one of them"))
        for key in row:
            if key not in fields:
                self.problems.append(((*path, key), f"unknown key{did_you_mean(key, fields)}"))
        return {key: self._field((*path, key), row, one) for key, one in fields.items()}

    def _field(self, path: JsonPath, row: Mapping[str, Any], one: _Field) -> Any:
        key = path[-1]
        if key not in row:
            if one.needed:
                self.problems.append((path, "is missing; every entry of this list needs it"))
            return one.default
        try:
            return one.take(row[str(key)])
        except _Wrong as wrong:
            self.problems.append((path, str(wrong)))
            return one.default


def _one_of(what: str, known: Iterable[str]) -> Take:
    names = tuple(known)
    members = frozenset(names)

    def take(raw: Any) -> str:
        name = _text(raw)
        if name not in members:
            raise _Wrong(f"the catalogue has no {what} {name[:80]!r}{did_you_mean(name[:80], names)}")
        return name

    return take


def _taken_kinds(raw: Any) -> frozenset[str] | None:
    """Kinds of model; null means what leaving them out means."""
    if raw is None:
        return None
    if not isinstance(raw, list) or not raw:
        raise _Wrong(f"{_shown(raw)} is no list of kinds; name some of {', '.join(KINDS)}, or leave it out for all")
    unknown = [kind for kind in raw if kind not in KINDS]
    if unknown:
        told = ", ".join(_shown(kind) for kind in unknown)
        raise _Wrong(f"unknown kind {told}; known are {', '.join(KINDS)}")
    return frozenset(raw)


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise _Wrong(f"{_shown(raw)} is no list; write [ … ]")
    return raw


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise _Wrong(f"{_shown(raw)} is no text; write some in quotes")
    return raw


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise _Wrong(f"{_shown(raw)} is neither true nor false")
    return raw


def _rung_or_dont_know(raw: Any) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= TOP_LEVEL:
        raise _Wrong(f'{_shown(raw)} is no rung; write 0, 1, 2 or 3, or null for "don\'t know"')
    return raw


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _Wrong(f"{_shown(raw)} is no number")
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _Wrong("is no finite number; leave the reading out where there is no value")
    return number


def _amount(raw: Any) -> float:
    number = _number(raw)
    if number < 0:
        raise _Wrong(f"{_shown(raw)} is negative; write 0 or more")
    return number


def _day(raw: Any) -> date:
    # date.fromisoformat alone would also take 20261123 and 2026-W48-1.
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
        try:
            return date.fromisoformat(raw)
        except ValueError as error:
            raise _Wrong(f"{raw!r} is no day of the calendar: {error}") from None
    raise _Wrong(f'{_shown(raw)} is no day; write it as "2026-11-23"')


def _shown(raw: Any) -> str:
    """A raw value as it stands in the file, cut where long."""
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, list):
        return "a list" if raw else "an empty list"
    text = json.dumps(raw[:60] if isinstance(raw, str) else raw)
    return text if len(text) <= 60 else f"{text[:57]}…"
