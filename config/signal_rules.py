"""What holds of a signal in every practice that it speaks for: one half-life, and one direction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mlops_maturity.config.catalogue_rules import Entry
from mlops_maturity.config.problems import Problem
from mlops_maturity.config.yaml_positions import Place

Told = tuple[str, Any, Place]
"""Signal, what is said of it, and where."""


def half_lives(practices: Iterable[Entry]) -> Iterator[Problem]:
    """A signal ages at one pace, whichever practice it speaks for."""

    def reason(signal: str, here: float, there: float, where: str) -> str:
        return f"signal {signal!r} has a half-life of {here:g} days here and of {there:g} in {where}; it has one only"

    yield from _at_odds(_uses(practices, "half_life_days", _days), reason)


def directions(practices: Iterable[Entry]) -> Iterator[Problem]:
    """More of a signal is better in every practice it speaks for, or worse in every one."""

    def reason(signal: str, here: bool, there: bool, where: str) -> str:
        words = {True: "rise", False: "fall"}
        return f"the rungs of signal {signal!r} {words[here]} here and {words[there]} in {where}; keep one"

    yield from _at_odds(_uses(practices, "anchors", _rises), reason)


def _uses(practices: Iterable[Entry], key: str, read: Callable[[Any], Any]) -> Iterator[Told]:
    """What each practice says of each of its signals, where that can be read."""
    for entry in practices:
        uses = entry.raw.get("signals")
        for index, use in enumerate(uses if isinstance(uses, list) else ()):
            if not isinstance(use, Mapping) or not isinstance(use.get("id"), str):
                continue
            value = read(use.get(key))
            if value is not None:
                yield use["id"], value, entry.place.at("signals", index, key)


def _at_odds(told: Iterable[Told], reason: Callable[[str, Any, Any, str], str]) -> Iterator[Problem]:
    """Whoever says something else than most, each with a place that says what most do; of two, the later one."""
    by_signal: defaultdict[str, list[tuple[Any, Place]]] = defaultdict(list)
    for signal, value, place in told:
        by_signal[signal].append((value, place))
    for signal, uses in by_signal.items():
        usual = Counter(value for value, _ in uses).most_common(1)[0][0]
        witness = next(place for value, place in uses if value == usual)
        for value, place in uses:
            if value != usual:
                yield place.problem(reason(signal, value, usual, witness.where))


def _days(written: object) -> float | None:
    return written if isinstance(written, int | float) and not isinstance(written, bool) else None


def _rises(anchors: Any) -> bool | None:
    """Whether the last rung is above the first; None where they are alike, or can't be read."""
    try:
        rise = float(anchors[-1][1]) - float(anchors[0][1])
    except (TypeError, ValueError, LookupError):
        return None
    return rise > 0 if rise else None
