"""The rules a catalogue keeps, as pure functions: each gives the reason it is broken, or None.

The first half judges one value and is wired to the fields in `catalogue_format`. The second half looks at several
entries at once; it works on what was written rather than on what could be read, so that a practice with a
misspelt weight is still known to those that name it as their prerequisite.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any, TypeGuard

from mlops_maturity.config.catalogue import TOP_LEVEL
from mlops_maturity.config.hints import near_miss
from mlops_maturity.config.problems import Problem
from mlops_maturity.config.unknown_names import unknown_names
from mlops_maturity.config.yaml_positions import Place

LEVELS = range(TOP_LEVEL + 1)
RUNGS = range(1, TOP_LEVEL + 1)
SHARES_ALLOWANCE = 1e-9
"""By how much shares may sum to more than 1 for having been written as decimals."""


def answers_reason(answers: Sequence[str]) -> str | None:
    """One non-empty text for each rung."""
    if len(answers) != len(LEVELS):
        return f"needs exactly {len(LEVELS)} answers, for rung 0 to {TOP_LEVEL}, and has {len(answers)}"
    empty = [str(rung) for rung, text in enumerate(answers) if not text.strip()]
    return f"the answer of rung {', '.join(empty)} is empty" if empty else None


def required_reason(required: Sequence[int]) -> str | None:
    """Three rungs, non-decreasing, none above its level."""
    if len(required) != len(RUNGS):
        return f"needs exactly {len(RUNGS)} rungs, for level 1 to {TOP_LEVEL}, and has {len(required)}"
    reasons = [
        f"level {level} asks for rung {rung}; it should be 0 to {level}"
        for level, rung in zip(RUNGS, required, strict=True)
        if not 0 <= rung <= level
    ]
    if any(later < earlier for earlier, later in pairwise(required)):
        reasons.append("a higher level asks for less than a lower one; the rungs should not decrease")
    return "; ".join(reasons) or None


def key_reason(key_from: int, required: Sequence[int]) -> str | None:
    """A key practice is required from the level on from which it is key."""
    if key_from not in RUNGS:
        return f"should be a level, 1 to {TOP_LEVEL}, not {key_from}"
    if len(required) == len(RUNGS) and required[key_from - 1] <= 0:
        return f"level {key_from} asks for rung 0 of it, so it can't be key there; raise required or key_from"
    return None


def effort_reason(effort_days: Mapping[int, Sequence[float]]) -> str | None:
    """Low and high person-days for the step to each rung."""
    reasons = [
        f"rung {rung} is not a step; steps lead to rung 1 to {TOP_LEVEL}" for rung in effort_days if rung not in RUNGS
    ]
    reasons += [f"the step to rung {rung} is missing" for rung in RUNGS if rung not in effort_days]
    for rung in sorted(set(effort_days) & set(RUNGS)):
        span = effort_days[rung]
        if len(span) != 2:
            reasons.append(f"the step to rung {rung} needs two numbers, low and high")
        elif span[0] < 0:
            reasons.append(f"the step to rung {rung} can't take less than 0 days")
        elif span[0] > span[1]:
            reasons.append(f"the step to rung {rung} has a low of {span[0]:g} above its high of {span[1]:g}")
    return "; ".join(reasons) or None


def anchors_reason(anchors: Sequence[Sequence[float]]) -> str | None:
    """At least two pairs of raw value and rung; values rising, rungs within 0 to 3 and all in one direction."""
    if any(len(pair) != 2 for pair in anchors):
        return "each anchor should be a pair, [raw value, rung]"
    if len(anchors) < 2:
        return "needs at least two anchors, to draw a line between them"
    values = [value for value, _ in anchors]
    rungs = [rung for _, rung in anchors]
    reasons = []
    if any(later <= earlier for earlier, later in pairwise(values)):
        reasons.append("the raw values should rise from anchor to anchor")
    if any(not 0 <= rung <= TOP_LEVEL for rung in rungs):
        reasons.append(f"the rungs should be 0 to {TOP_LEVEL}")
    steps = [later - earlier for earlier, later in pairwise(rungs)]
    if any(step > 0 for step in steps) and any(step < 0 for step in steps):
        reasons.append("the rungs go up and down; they should only rise or only fall")
    return "; ".join(reasons) or None


def signals_reason(uses: Sequence[tuple[str, float]]) -> str | None:
    """Ids and shares of one practice: no signal twice, no more than the whole budget."""
    repeated = [name for name, count in Counter(name for name, _ in uses).items() if count > 1]
    reasons = [f"signal {name!r} is there twice" for name in repeated]
    total = math.fsum(share for _, share in uses)
    if total > 1 + SHARES_ALLOWANCE:
        reasons.append(f"the shares sum to {total:.6g}; they should sum to at most 1")
    return "; ".join(reasons) or None


def finite_reason(value: Any) -> str | None:
    """Free-form data: what JSON can say, and finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return "numbers should be finite"
    if isinstance(value, Mapping):
        if any(not isinstance(key, str) for key in value):
            return 'its keys should be text, so in quotes ("…")'
        return next((reason for part in value.values() if (reason := finite_reason(part))), None)
    if isinstance(value, list):
        return next((reason for part in value if (reason := finite_reason(part))), None)
    if value is None or isinstance(value, str | bool | int | float):
        return None
    return f'holds a {type(value).__name__}; put it in quotes ("…")'


@dataclass(frozen=True, slots=True)
class Entry:
    """One level, aspect or practice as it was written, and where."""

    raw: Mapping[Any, Any]
    place: Place

    def text(self, key: str) -> str | None:
        """The text under a key, if there is one."""
        value = self.raw.get(key)
        return value if isinstance(value, str) else None

    def texts(self, key: str) -> tuple[tuple[int, str], ...]:
        """The texts of a list under a key, with their positions."""
        values = self.raw.get(key)
        return tuple((i, v) for i, v in enumerate(values) if isinstance(v, str)) if isinstance(values, list) else ()


def repeated_ids(entries: Iterable[Entry], what: str) -> Iterator[Problem]:
    """Ids are unique among aspects and among practices."""
    first: dict[str, Place] = {}
    for entry in entries:
        name = entry.text("id")
        if name is None:
            continue
        if name in first:
            yield entry.place.problem(f"{what} {name!r} is already in {first[name].where}; ids are unique", "id")
        first.setdefault(name, entry.place)


def level_numbers(levels: Sequence[Entry], place: Place) -> Iterator[Problem]:
    """Each of the four levels once."""
    first: dict[int, Place] = {}
    numbers = [entry.raw.get("level") for entry in levels]
    for number, entry in zip(numbers, levels, strict=True):
        if not _whole(number):
            continue
        if number in first:
            yield entry.place.problem(f"level {number} is already in {first[number].where}; keep one", "level")
        first.setdefault(number, entry.place)
    if all(_whole(number) for number in numbers):  # else the missing one may be the one that is not readable
        for number in LEVELS:
            if number not in first:
                yield place.problem(f"level {number} is missing; there are exactly levels 0 to {TOP_LEVEL}")


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def level_texts(levels: Sequence[Entry], aspects: Collection[str]) -> Iterator[Problem]:
    """Each level says what each aspect looks like; a text under a wrong name is that, and not missing as well."""
    wrong = [[str(name) for name in _texts_of(entry) if name not in aspects] for entry in levels]
    renamed = set.intersection(*map(set, wrong)) if wrong else set()
    for entry, names in zip(levels, wrong, strict=True):
        if not isinstance(entry.raw.get("aspects"), Mapping):
            continue
        for aspect in aspects:
            if aspect not in _texts_of(entry) and not renamed and not near_miss(aspect, names):
                yield entry.place.problem(f"has no text for aspect {aspect!r}", "aspects")


def known_aspects(levels: Iterable[Entry], practices: Iterable[Entry], aspects: Collection[str]) -> Iterator[Problem]:
    """Levels and practices name aspects that are there."""
    uses = [(str(name), entry.place.at("aspects", name)) for entry in levels for name in _texts_of(entry)]
    uses += [(name, entry.place.at("aspect")) for entry in practices if (name := entry.text("aspect")) is not None]
    yield from unknown_names(uses, aspects, "aspect")


def _texts_of(level: Entry) -> Mapping[Any, Any]:
    texts = level.raw.get("aspects")
    return texts if isinstance(texts, Mapping) else {}


def prerequisites(practices: Sequence[Entry]) -> Iterator[Problem]:
    """Prerequisites are practices of the catalogue and don't go round in a circle."""
    entries = {name: entry for entry in practices if (name := entry.text("id")) is not None}
    named = [
        (needed, entry.place.at("prerequisites", index))
        for entry in practices
        for index, needed in entry.texts("prerequisites")
    ]
    yield from unknown_names(named, entries, "practice")
    needs = {
        name: [needed for _, needed in entry.texts("prerequisites") if needed in entries]
        for name, entry in entries.items()
    }
    for circle in _circles(needs):
        told = " needs ".join(circle)
        yield entries[circle[0]].place.problem(f"goes round in a circle: {told}; take one out", "prerequisites")


def _circles(needs: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """One circle of every knot of the graph, its alphabetically first member at both ends."""
    left = {name: list(needed) for name, needed in needs.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            backwards: list[str] = error.args[1][1:]
            members = backwards[::-1]
            start = members.index(min(members))
            yield [*members[start:], *members[:start], members[start]]
            for name in members:
                left[name] = [needed for needed in left[name] if needed not in members]
        else:
            return


def named_twice(practices: Iterable[Entry]) -> Iterator[Problem]:
    """A kind of model or a prerequisite stands in its list once."""
    for entry in practices:
        for key in ("applies_to", "prerequisites"):
            seen: set[str] = set()
            for index, name in entry.texts(key):
                if name in seen:
                    yield entry.place.problem(f"{name!r} is there twice; keep one", key, index)
                seen.add(name)
