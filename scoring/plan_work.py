"""The pieces of work a plan is made of, and how a practice stands once some of them are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import Literal, NamedTuple

from mlops_maturity.config.catalogue import TOP_LEVEL, Parameters, Practice
from mlops_maturity.scoring.assessment import PracticeResult, SignalPart
from mlops_maturity.scoring.gate import near_and_met
from mlops_maturity.scoring.plan_change import Change, answers_after, claims_of, reading_list
from mlops_maturity.scoring.plan_situation import Situation
from mlops_maturity.scoring.practice import fuse
from mlops_maturity.scoring.survey import SurveyVoice, survey_voice
from mlops_maturity.scoring.telemetry import signal_part
from mlops_maturity.scoring.thresholds import reaches

LEVELS = range(1, TOP_LEVEL + 1)
Kind = Literal["improve", "connect", "ask", "attach"]
"""`improve` moves a practice by one rung; the others are evidence work."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Person-days, low and high."""

    low: float
    high: float

    @property
    def expected(self) -> float:
        """What plans reckon with: the middle."""
        return (self.low + self.high) / 2

    def times(self, count: float) -> Effort:
        """The same work `count` times."""
        return Effort(self.low * count, self.high * count)


EVIDENCE_EFFORT: Mapping[Kind, Effort] = {
    "connect": Effort(0.5, 2.0),
    "ask": Effort(0.1, 0.25),
    "attach": Effort(0.25, 0.5),
}
"""Person-days to connect one signal, to ask one person about one practice, to link one artefact. Judgement."""

MOST_ASKED = 3
MOST_ATTACHED = 3
"""How many more people a plan asks about one practice, and how many answers it links to an artefact."""


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work on one practice or signal. Two are the same work if all of this is the same."""

    kind: Kind
    subject: str
    """A practice; for `connect` a signal."""
    rung: int = 0
    """For `improve`: the rung it leads to."""


def effort_of(work: Work, practices: Mapping[str, Practice]) -> Effort:
    """Person-days of a piece of work, done once."""
    if work.kind == "improve":
        return Effort(*practices[work.subject].effort_days[work.rung])
    return EVIDENCE_EFFORT[work.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way a practice can stand after a plan, and the work that leads there."""

    practice: Practice
    change: Change
    result: PracticeResult
    """As if no other practice read its signals; what others do to them only makes it better."""
    met: tuple[bool, ...]
    """Whether it meets level 1, 2, 3; true where the level requires nothing of it."""
    near: tuple[bool, ...]
    work: Mapping[Work, int]
    """How often each piece of work is done, connecting shared signals aside."""
    shared: frozenset[str]
    """Signals connected that other practices read too."""
    rungs: tuple[int, ...]
    """The rungs gained that the evidence then shows."""
    cost: float
    """Expected person-days of `work`."""

    def stands(self, level: int) -> bool:
        """Whether the level can hold with it: near enough (c), and met where it can't be outvoted (b)."""
        key = self.practice.key_from is not None and level >= self.practice.key_from
        return self.near[level - 1] and (self.met[level - 1] or not key)


class _Merits(NamedTuple):
    """What a way brings; of those that bring the same, the cheapest is taken."""

    rung: int
    met: tuple[bool, ...]
    near: tuple[bool, ...]
    rungs: tuple[int, ...]
    shared: frozenset[str]

    def match(self, other: _Merits) -> bool:
        """Whether they lead to the same rung and are as good in everything else."""
        return (
            (self.rung, self.shared) == (other.rung, other.shared)
            and all(ours >= theirs for ours, theirs in zip(self.met + self.near, other.met + other.near, strict=True))
            and set(self.rungs) >= set(other.rungs)
        )


class _Way(NamedTuple):
    """A way a practice can stand, before it is known to be worth taking: there are hundreds of each practice."""

    merits: _Merits
    cost: float
    asked: int
    attached: int
    connected: frozenset[str]
    result: PracticeResult


def options_of(case: Situation, practice: Practice) -> list[Option]:
    """Every way worth taking, today's standing first; ways that cost more and bring nothing are left out."""
    cheapest: dict[_Merits, _Way] = {}
    for way in _ways(case, practice):
        known = cheapest.get(way.merits)
        if known is None or way.cost < known.cost:
            cheapest[way.merits] = way
    kept = list(cheapest.values())
    return [
        _option(case, practice, way)
        for way in kept
        if not any(other.cost < way.cost and other.merits.match(way.merits) for other in kept)
    ]


def _ways(case: Situation, practice: Practice) -> Iterator[_Way]:
    now, parameters = case.rung(practice.id), case.catalogue.parameters
    efforts = {rung: Effort(*days).expected for rung, days in practice.effort_days.items()}
    parts, voices = _parts(case, practice), _voices(case, practice)
    enough = max(parameters.min_confidence.values())
    subsets = [(chosen, _shared(case, chosen)) for chosen in _subsets(case.open_gaps(practice))]
    for rung in range(now, TOP_LEVEL + 1):
        if rung > now and rung not in efforts:
            return
        spent = sum(efforts[step] for step in range(now + 1, rung + 1))
        for connected, shared in subsets:
            shown = parts(rung, connected)
            before = spent + len(connected - shared) * EVIDENCE_EFFORT["connect"].expected
            for asked, attached, days in LADDER if rung else LADDER[:1]:
                voice = voices(rung, asked, attached)
                if voice is None:
                    continue
                result = fuse(practice, shown, voice, parameters)
                gained = tuple(range(now + 1, min(rung, result.level) + 1))
                merits = _Merits(rung, *_tests(practice, result, parameters), gained, shared)
                yield _Way(merits, before + days, asked, attached, connected, result)
                if result.level >= rung and reaches(result.confidence, enough):
                    break


def _evidence_days(asked: int, attached: int) -> float:
    return asked * EVIDENCE_EFFORT["ask"].expected + attached * EVIDENCE_EFFORT["attach"].expected


LADDER = sorted(
    (
        (asked, attached, _evidence_days(asked, attached))
        for asked, attached in product(range(MOST_ASKED + 1), range(MOST_ATTACHED + 1))
    ),
    key=lambda step: step[2],
)
"""(people asked, artefacts linked, expected days of both), from the cheapest on."""


def _subsets(signals: list[str]) -> list[frozenset[str]]:
    return [frozenset(chosen) for size in range(len(signals) + 1) for chosen in combinations(signals, size)]


def _parts(case: Situation, practice: Practice) -> Callable[[int, frozenset[str]], tuple[SignalPart, ...]]:
    """What telemetry shows at a rung with some signals connected; each signal is weighed once."""
    now = case.rung(practice.id)

    @cache
    def part(index: int, rung: int, connect: bool) -> SignalPart:
        use = practice.signals[index]
        change = Change(rung=rung, improved=rung > now, connected=frozenset([use.id] if connect else ()))
        readings = reading_list(case, use.id, claims_of(case, practice, use, change))
        return signal_part(use, readings, case.catalogue.parameters, case.as_of)

    def parts(rung: int, connected: frozenset[str]) -> tuple[SignalPart, ...]:
        return tuple(part(index, rung, use.id in connected) for index, use in enumerate(practice.signals))

    return parts


def _voices(case: Situation, practice: Practice) -> Callable[[int, int, int], SurveyVoice | None]:
    """What people say at a rung once so many were asked and so many artefacts linked; None if there aren't so many."""
    now = case.rung(practice.id)

    @cache
    def voice(rung: int, asked: int, attached: int) -> SurveyVoice | None:
        change = Change(rung=rung, improved=rung > now, asked=asked, attached=attached)
        answers = answers_after(case, practice, change)
        return None if answers is None else survey_voice(answers, case.catalogue.parameters, case.as_of)

    return voice


def _shared(case: Situation, signals: Iterable[str]) -> frozenset[str]:
    return frozenset(signal for signal in signals if case.shared(signal))


def _option(case: Situation, practice: Practice, way: _Way) -> Option:
    now, merits = case.rung(practice.id), way.merits
    work = {Work("improve", practice.id, rung): 1 for rung in range(now + 1, merits.rung + 1)}
    work |= {Work("connect", signal): 1 for signal in sorted(way.connected - merits.shared)}
    if way.asked:
        work[Work("ask", practice.id)] = way.asked
    if way.attached:
        work[Work("attach", practice.id)] = way.attached
    return Option(
        practice=practice,
        change=Change(
            rung=merits.rung,
            improved=merits.rung > now,
            asked=way.asked,
            attached=way.attached,
            connected=way.connected,
        ),
        result=way.result,
        met=merits.met,
        near=merits.near,
        work=work,
        shared=merits.shared,
        rungs=merits.rungs,
        cost=way.cost,
    )


def _tests(
    practice: Practice, result: PracticeResult, parameters: Parameters
) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """Whether the gate takes it as met, and as near, for each level; both where the level requires nothing of it."""
    near, met = [], []
    for level in LEVELS:
        required = practice.required[level - 1] > 0
        passed = near_and_met(practice, level, result.value, result.confidence, parameters) if required else (True,) * 2
        near.append(passed[0])
        met.append(passed[1])
    return tuple(met), tuple(near)
