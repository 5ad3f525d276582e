"""The pieces of work a plan is made of, and how a practice stands once some of them are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import Literal

from mlops_maturity.config.catalogue import TOP_LEVEL, Practice
from mlops_maturity.scoring.assessment import PracticeResult, SignalPart
from mlops_maturity.scoring.gate import Entry, standing_before
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


def options_of(case: Situation, practice: Practice) -> list[Option]:
    """Every way worth taking, today's standing first; ways that cost more and bring nothing are left out."""
    cheapest: dict[object, Option] = {}
    for option in _ways(case, practice):
        key = (option.change.rung, option.met, option.near, option.rungs, option.shared)
        if key not in cheapest or option.cost < cheapest[key].cost:
            cheapest[key] = option
    kept = list(cheapest.values())
    return [option for option in kept if not any(_beats(other, option) for other in kept)]


def _beats(other: Option, option: Option) -> bool:
    """Whether the other leads to the same rung, is as good in everything else, and costs less."""
    return (
        (other.change.rung, other.shared) == (option.change.rung, option.shared)
        and other.cost < option.cost
        and all(theirs >= ours for theirs, ours in zip(other.met + other.near, option.met + option.near, strict=True))
        and set(other.rungs) >= set(option.rungs)
    )


def _ways(case: Situation, practice: Practice) -> Iterator[Option]:
    now = case.rung(practice.id)
    efforts = {rung: Effort(*days).expected for rung, days in practice.effort_days.items()}
    parts, voices = _parts(case, practice), _voices(case, practice)
    enough = max(case.catalogue.parameters.min_confidence.values())
    for rung in range(now, TOP_LEVEL + 1):
        if rung > now and rung not in efforts:
            return
        spent = sum(efforts[step] for step in range(now + 1, rung + 1))
        for connected in _subsets(case.open_gaps(practice)):
            shown = parts(rung, connected)
            for asked, attached in LADDER if rung else LADDER[:1]:
                voice = voices(rung, asked, attached)
                if voice is None:
                    continue
                result = fuse(practice, shown, voice, case.catalogue.parameters)
                change = Change(rung=rung, improved=rung > now, asked=asked, attached=attached, connected=connected)
                yield _option(case, practice, change, result, spent)
                if result.level >= rung and reaches(result.confidence, enough):
                    break


def _evidence_days(asked: int, attached: int) -> float:
    return asked * EVIDENCE_EFFORT["ask"].expected + attached * EVIDENCE_EFFORT["attach"].expected


LADDER = sorted(product(range(MOST_ASKED + 1), range(MOST_ATTACHED + 1)), key=lambda step: _evidence_days(*step))
"""(people asked, artefacts linked), from the cheapest on."""


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


def _option(case: Situation, practice: Practice, change: Change, result: PracticeResult, spent: float) -> Option:
    now = case.rung(practice.id)
    shared = frozenset(signal for signal in change.connected if case.shared(signal))
    work = {Work("improve", practice.id, rung): 1 for rung in range(now + 1, change.rung + 1)}
    work |= {Work("connect", signal): 1 for signal in sorted(change.connected - shared)}
    if change.asked:
        work[Work("ask", practice.id)] = change.asked
    if change.attached:
        work[Work("attach", practice.id)] = change.attached
    met, near = _tests(case, practice, result)
    own = len(change.connected - shared) * EVIDENCE_EFFORT["connect"].expected
    return Option(
        practice=practice,
        change=change,
        result=result,
        met=met,
        near=near,
        work=work,
        shared=shared,
        rungs=tuple(rung for rung in range(now + 1, change.rung + 1) if rung <= result.level),
        cost=spent + own + _evidence_days(change.asked, change.attached),
    )


def _tests(case: Situation, practice: Practice, result: PracticeResult) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """Whether the gate takes it as met, and as near, for each level."""
    entry = Entry(practice=practice, result=result)
    standings = [
        standing_before(entry, level, result.value, case.catalogue.parameters) if practice.required[level - 1] else None
        for level in LEVELS
    ]
    return (
        tuple(standing is None or standing.met for standing in standings),
        tuple(standing is None or standing.near for standing in standings),
    )
