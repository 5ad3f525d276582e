"""The rules that go across the keys of a framework, judged on what was written so that every fault is found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeGuard

from mlops_maturity.config.catalogue_rules import Entry, repeated_ids
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.problems import Problem
from mlops_maturity.config.unknown_names import Use, unknown_names
from mlops_maturity.config.yaml_positions import Place

STEPS = ("practices", "half", "full")
_OF_RULE = {"staged": ("levels", ("level", "practices")), "tests": ("bands", ("half", "full"))}
"""Rule to its own key at the top, and its own keys in an item."""


def entries(data: Mapping[Any, Any], key: str, place: Place) -> list[Entry]:
    """The mappings of a list under a key; nothing where there is no list."""
    values = data.get(key)
    found = enumerate(values if isinstance(values, list) else ())
    return [Entry(raw, place.at(key, index)) for index, raw in found if isinstance(raw, Mapping)]


def across(data: Mapping[Any, Any], place: Place, practices: Collection[str] | None) -> Iterator[Problem]:
    """What is wrong between the keys; `practices` are those there are, None = not to be looked at."""
    items, parts = entries(data, "items", place), entries(data, "parts", place)
    yield from repeated_ids(parts, "part")
    yield from repeated_ids(items, "item")
    yield from _known_parts(items, parts)
    rule = written if isinstance(written := data.get("rule"), str) else None
    if rule in _OF_RULE:
        yield from _of_other_rules(rule, data, items, place)
    if rule == "staged":
        yield from _levels(entries(data, "levels", place), items, place)
        if data.get("total", "minimum") != "minimum":
            yield place.problem("a staged framework takes the least of its parts; leave it out", "total")
    elif rule == "tests":
        yield from _bands(entries(data, "bands", place))
        yield from _half_below_full(items)
    yield from _judged_or_not(items)
    if practices is not None:
        yield from unknown_practices(items, practices)


def unknown_practices(items: Iterable[Entry], practices: Collection[str]) -> Iterator[Problem]:
    """Every practice that an item names is there."""
    yield from unknown_names((use for item in items for use in _named(item)), practices, "practice of the catalogue")


def _named(item: Entry) -> Iterator[Use]:
    for key in STEPS:
        rungs = item.raw.get(key)
        for name in rungs if isinstance(rungs, Mapping) else ():
            yield str(name), item.place.at(key, name)
    for index, name in item.texts("related"):
        yield name, item.place.at("related", index)


def _known_parts(items: Iterable[Entry], parts: Iterable[Entry]) -> Iterator[Problem]:
    known = [name for part in parts if (name := part.text("id")) is not None]
    for item in items:
        part = item.text("part")
        if known and part is not None and part not in known:
            yield item.place.problem(f"{part!r} is no part{did_you_mean(part, known)}", "part")
    used = {item.text("part") for item in items}
    for entry in parts:
        name = entry.text("id")
        if name is not None and name not in used:
            yield entry.place.problem(f"no item belongs to part {name!r}; give it some, or take it out", "id")


def _of_other_rules(rule: str, data: Mapping[Any, Any], items: Sequence[Entry], place: Place) -> Iterator[Problem]:
    for other, (top, keys) in _OF_RULE.items():
        if other == rule:
            continue
        if data.get(top):
            yield place.problem(f"belongs to `rule: {other}`, and this is `rule: {rule}`; take it out", top)
        for item in items:
            for key in keys:
                if item.raw.get(key) is not None:
                    mine = " or ".join(_OF_RULE[rule][1])
                    yield item.place.problem(f"belongs to `rule: {other}`; `rule: {rule}` has {mine}", key)


def _levels(levels: Sequence[Entry], items: Iterable[Entry], place: Place) -> Iterator[Problem]:
    numbers = [_whole(entry.raw.get("level")) for entry in levels]
    if not levels:
        yield place.problem("are needed by `rule: staged`, from the lowest level up", "levels")
    known = [number for number in numbers if number is not None]
    if len(known) < len(levels) or not known:
        return
    for before, after, entry in zip(known, known[1:], levels[1:], strict=False):
        if after != before + 1:
            yield entry.place.problem(f"level {before + 1} should follow level {before}, not {after}", "level")
    for item in items:
        level = _whole(item.raw.get("level"))
        if level is None and item.raw.get("level") is None:
            yield item.place.problem("is needed by `rule: staged`: the level that asks for it", "level")
        elif level is not None and level not in known[1:]:
            told = ", ".join(map(str, known[1:])) or "none: there is a lowest level only"
            yield item.place.problem(f"no level above the lowest has the number {level}; there are {told}", "level")


def _bands(bands: Sequence[Entry]) -> Iterator[Problem]:
    ends = [(entry.raw.get("up_to"), entry) for entry in bands]
    for end, entry in ends[:-1]:
        if end is None:
            yield entry.place.problem("is needed in every band but the last", "up_to")
    if ends and ends[-1][0] is not None:
        yield ends[-1][1].place.problem("should be left out in the last band, which has no end", "up_to")
    for (before, _), (after, entry) in pairwise(ends):
        if _is_number(before) and _is_number(after) and after <= before:
            yield entry.place.problem(f"should be more than {before:g}, where the band before ends", "up_to")


def _half_below_full(items: Iterable[Entry]) -> Iterator[Problem]:
    """What earns the whole point earns the half one too: no rung of `half` is above that of `full`, none is new."""
    for item in items:
        half, full = (rungs if isinstance(rungs := item.raw.get(key), Mapping) else {} for key in ("half", "full"))
        if half and not full:
            yield item.place.problem("is needed where there is `half`", "full")
            continue
        for name, written in half.items():
            rung, whole = _whole(written), _whole(full.get(name))
            if name not in full:
                reason = "stands in `half` and not in `full`; a whole point asks for no less"
                yield item.place.problem(reason, "half", name)
            elif rung is not None and whole is not None and rung > whole:
                yield item.place.problem(f"asks for rung {rung}, and the whole point only for {whole}", "half", name)


def _judged_or_not(items: Iterable[Entry]) -> Iterator[Problem]:
    for item in items:
        judged = any(item.raw.get(key) for key in STEPS)
        if judged and item.raw.get("not_judged"):
            yield item.place.problem("and yet practices are named that judge it; keep one of the two", "not_judged")
        elif not judged and not item.raw.get("not_judged"):
            yield item.place.problem("names no practice; say why it can't be judged", "not_judged")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
