"""What the stored readings rest on, so that only those are computed again whose ground has changed.

A *mark* is a digest of everything a team's readings are computed from: its records by kind and week, the days its
sources are known for, and what is known around it. It is kept with the readings, in the same transaction. Two marks
tell which days of which signals may read otherwise. A signal that names the kinds of record it reads (`Signal.reads`)
is computed again for the days that a change reaches; every other one, for all days as soon as anything changed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.extents import Named, extents_beside_runs, extents_of_sketches
from mlops_maturity.evidence.signals.interface import Signal
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.serving import registry_day
from mlops_maturity.evidence.signals.sight import Sight
from mlops_maturity.evidence.signals.view import Surroundings, TeamView
from mlops_maturity.evidence.signals.weeks import WEEK_DAYS, Days
from mlops_maturity.evidence.store.sketches import RunSketch

_UNDATED = 0
"""The week under which records without any instant stand."""
_MODULUS = 1 << 64
_FOREVER = date.max.toordinal()
FIRST_DAY = 1
"""The first day there is, as an ordinal."""
_CODE = (
    "readings.py", "reading_marks.py", "extents.py", "needed_runs.py", "records.py", "selection.py", "alert_merging.py",
    "store/sketches.py", "store/sketching.py", "store/outline.py", "signals",
)  # fmt: skip

Json = dict[str, Any]
"""A mark as it is stored."""
KnownSpan = Callable[[TeamView, Signal], tuple[date | None, date | None]]
"""The first and the newest day of which there are readings of a signal."""


def basis_of(settings: Settings) -> str:
    """A digest of the rules: the settings, and the code that makes readings. Another one: all is computed again."""
    return _digest([_code(), settings.model_dump_json(exclude={"store"})])


def mark_of(
    view: TeamView, known_span: KnownSpan, contents: Mapping[int, int], sketches: Sequence[RunSketch], around: Json
) -> Json:
    """The mark of a team. JSON types only. `contents`: `id` of a record to a number that tells its content; `sketches`:
    all pipeline runs of the team, of which the view need not hold all; `around`: what surrounds it, by `around_of`."""
    spans = {signal: known_span(view, signal) for signal in signals().values()}
    return {
        "first": {signal.id: _ordinal(first) for signal, (first, _) in spans.items()},
        "newest": {signal.id: _newest(view, signal, newest) for signal, (_, newest) in spans.items()},
        "weeks": _weeks(view, contents, sketches),
        "beside": {signal.id: _beside(view, signal) for signal in spans if signal.hangs_on is not None},
        "sights": {kind: _sight(sight) for kind, sight in sorted(view.sights.items())},
        "around": around,
        "foreign": sorted({row.signal for row in view.measurements}.difference(signals())),
        "behind": _digest(sorted(map(str, view.behind_versions))),
    }


@dataclass(frozen=True, slots=True)
class Stale:
    """What lies between two marks of a team."""

    anything: bool
    everything: bool = False
    records: Mapping[str, Sequence[Days]] = field(default_factory=dict)
    """Kind of record to the days, from a changed record's first instant to its last."""
    seen_from: Mapping[str, int] = field(default_factory=dict)
    """Stream to the first day that is known otherwise than before, as an ordinal."""
    newest: Mapping[str, int] = field(default_factory=dict)
    """Signal to the first day that may have been the newest one and is not any more, or the other way round."""
    beside: Mapping[str, int] = field(default_factory=dict)
    """Signal to the first day from which on it hangs on something else beside its records."""
    begun: frozenset[str] = frozenset()
    """Signals whose readings begin on another day: none of them reads otherwise, but some come or go."""

    def first(self, signal: Signal) -> int | None:
        """No reading of the signal before this day (an ordinal) may be another now, come or go; None: none at all."""
        if not self.anything:
            return None
        if self.everything or not signal.reads or signal.id in self.begun:
            return FIRST_DAY
        firsts = [span.first for kind in signal.reads for span in self.records.get(kind, ())]
        firsts += [span.first - 1 for span in self.records.get("measurement", ())]
        firsts += [self.seen_from[stream] for stream in (*signal.reads, *signal.needs) if stream in self.seen_from]
        firsts += [days[signal.id] for days in (self.newest, self.beside) if signal.id in days]
        return max(min(firsts), FIRST_DAY) if firsts else None

    def touches(self, signal: Signal, day: date) -> bool:
        """Whether the reading of that day may be another one now."""
        if self.everything or not self.anything:
            return self.everything
        if not signal.reads:
            return True
        number = day.toordinal()
        reach = _FOREVER if signal.reaches == "past" else signal.window_days
        near = any(
            span.first <= number <= span.last + reach for kind in signal.reads for span in self.records.get(kind, ())
        )
        return (
            near
            or any(number >= days.get(signal.id, number + 1) for days in (self.newest, self.beside))
            or any(number >= self.seen_from.get(stream, number + 1) for stream in (*signal.reads, *signal.needs))
            or any(span.first - 1 <= number <= span.last + 1 for span in self.records.get("measurement", ()))
        )


def between(before: Json | None, after: Json) -> Stale:
    """What changed from one mark to another; everything, where there was none before."""
    if before is None:
        return Stale(anything=True, everything=True)
    if before == after:
        return Stale(anything=False)
    kinds = before["weeks"].keys() | after["weeks"].keys()
    records = {kind: _changed_weeks(before["weeks"].get(kind, {}), after["weeks"].get(kind, {})) for kind in kinds}
    undated = any(span.first == _UNDATED for spans in records.values() for span in spans)
    # Kinds that come or go, and the first known day, stand in the reasons of readings that are missing.
    moved = _firsts(before) != _firsts(after) or before["around"]["kinds"] != after["around"]["kinds"]
    seen_from = {
        kind: first
        for kind, sight in after["sights"].items()
        if (first := _first_difference(before["sights"].get(kind), sight)) is not None
    }
    newest = {
        signal: min(filter(None, (*before["newest"].get(signal, ()), *days)), default=FIRST_DAY)
        for signal, days in after["newest"].items()
        if days != before["newest"].get(signal)
    }
    beside = {
        signal: min((span.first for span in _changed_weeks(before["beside"].get(signal, {}), weeks)), default=_FOREVER)
        for signal, weeks in after["beside"].items()
    }
    begun = frozenset(signal for signal, first in after["first"].items() if first != before["first"].get(signal))
    return Stale(
        anything=True,
        everything=undated or moved,
        records=records,
        seen_from=seen_from,
        newest=newest,
        beside=beside,
        begun=begun,
    )


def _changed_weeks(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Days]:
    spans = []
    for week in before.keys() | after.keys():
        one, other = before.get(week), after.get(week)
        if one != other:
            spans.append(Days(int(week), max(int(mark[1]) for mark in (one, other) if mark)))
    return spans


def _firsts(mark: Json) -> Mapping[str, int | None]:
    return {kind: sight["days"][0][0] if sight["days"] else None for kind, sight in mark["sights"].items()}


def _first_difference(before: Json | None, after: Json) -> int | None:
    """The first day on which two sights differ; None where they are the same."""
    if before is None:
        return FIRST_DAY
    firsts = list(_differing(before["days"], after["days"]))
    for unit in before["units"].keys() | after["units"].keys():
        one, other = (sight["units"].get(unit, {"known": [], "unknown": {}}) for sight in (before, after))
        firsts += _differing(one["known"], other["known"])
        for reason in one["unknown"].keys() | other["unknown"].keys():
            firsts += _differing(one["unknown"].get(reason, []), other["unknown"].get(reason, []))
    return min(firsts, default=None)


def _differing(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> Iterator[int]:
    """The first day of each difference between two lists of spans; of one that only grew, the first day added."""
    ends = {span[0]: span[1] for span in before}, {span[0]: span[1] for span in after}
    if len(ends[0]) != len(before) or len(ends[1]) != len(after):  # spans that begin together: not told apart
        if list(map(tuple, before)) != list(map(tuple, after)):
            yield min(first for first, _ in (*before, *after))
        return
    for first in ends[0].keys() | ends[1].keys():
        one, other = ends[0].get(first), ends[1].get(first)
        if one != other:
            yield first if one is None or other is None else min(one, other) + 1


def _weeks(view: TeamView, contents: Mapping[int, int], sketches: Sequence[RunSketch]) -> Json:
    """Kind of record to week (its Monday, by the first instant) to the digest of its records and their last day."""
    weeks: defaultdict[str, dict[int, list[int]]] = defaultdict(dict)
    named = Named(view)
    for record, first, last in extents_beside_runs(view, named):
        content = contents.get(id(record))  # None: one that the view made of several
        number = _number(record.model_dump_json()) if content is None else content
        _add(weeks[record.kind], _ordinal(first), _ordinal(last), number)
    runs = weeks["pipeline_run"] if sketches else {}
    for sketch, begun, ended in extents_of_sketches(sketches, named):
        _add(runs, begun, ended, sketch.content)
    return {
        kind: {str(week): [f"{total % _MODULUS:x}", last] for week, (total, last) in rows.items()}
        for kind, rows in weeks.items()
    }


def _add(weeks: dict[int, list[int]], first: int, last: int, content: int) -> None:
    week = first - (first - 1) % WEEK_DAYS if first else _UNDATED
    entry = weeks.get(week)
    if entry is None:
        weeks[week] = [content, last]
    else:
        entry[0] += content
        if last > entry[1]:
            entry[1] = last


def _beside(view: TeamView, signal: Signal) -> Json:
    """Week to the digest of what the signal hangs on from it on, in the form of `_weeks`."""
    assert signal.hangs_on is not None
    weeks: defaultdict[str, int] = defaultdict(int)
    for first, word in set(signal.hangs_on(view)):
        weeks[_week(first)] += _number(f"{first} {word}")
    return {week: [f"{total % _MODULUS:x}", int(week)] for week, total in weeks.items()}


def _week(first: date | None) -> str:
    """The Monday of the week of a day, as an ordinal."""
    return str(_UNDATED if first is None else first.toordinal() - first.weekday())


def _newest(view: TeamView, signal: Signal, newest: date | None) -> list[int]:
    """The newest day of the signal, and of the registry: what only the present shows is told for these."""
    return [_ordinal(newest), _ordinal(registry_day(view, signal.window_days))]


def _ordinal(day: date | None) -> int:
    """The day as a number; 0 = none."""
    return day.toordinal() if day else 0


def _sight(sight: Sight) -> Json:
    units: Json = {}
    for unit in sight.units:
        unknown: defaultdict[str, list[list[int]]] = defaultdict(list)
        for span, reason in unit.unknown:
            unknown[reason].append(list(span))
        units[f"{unit.source} {unit.scope}"] = {"known": [list(span) for span in unit.known], "unknown": dict(unknown)}
    return {"days": [list(span) for span in sight.days], "units": units}


def around_of(around: Surroundings) -> Json:
    """What is known beside the team's own records: only whether it is the same, and of which kinds anything is."""
    known = {kind: _sight(sight) for kind, sight in sorted(around.sights.items())}
    # The words of sources come from the settings, and remarks are told with the records.
    rest = (sorted(around.registered.items(), key=str), sorted(around.makers.items(), key=str), around.repositories)
    parts = [
        str(known),
        str(rest[0]),
        *(f"{maker} {sorted(models)}" for maker, models in rest[1]),
        str(sorted(rest[2])),
    ]
    return {"digest": _digest(parts), "kinds": sorted(around.sights)}


def digest_of(around: Surroundings, mark: Json) -> str:
    """Another text where anything that surrounds the teams differs; `mark` is that of `around_of`."""
    return _digest([mark["digest"], *(remark.model_dump_json() for remark in around.remarks)])


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _digest(parts: Iterable[str]) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(f"{len(part)}:{part}".encode())
    return whole.hexdigest()


@cache
def _code() -> str:
    here = Path(__file__).parent
    files = [file for name in _CODE for file in (sorted((here / name).rglob("*.py")) or [here / name])]
    return _digest(file.read_text(encoding="utf-8") for file in files)
