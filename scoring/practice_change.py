"""What moved one practice between two days: value and confidence, split exactly over the evidence behind them.

A piece is the readings of one signal, or the answers that came anew, or those that did not. Each goes from what it was
on the first day to what it is on the last, and gets its Shapley value (Shapley, *A Value for n-Person Games*, 1953):
what it changes, averaged over all orders in which the pieces could have turned. The shares add up exactly, favour no
order, and take no step by way of evidence that has aged away and been renewed since. What is left when all pieces have
turned is the catalogue's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import factorial, fsum

from mlops_maturity.config.catalogue import Catalogue, Parameters, Practice
from mlops_maturity.scoring.assessment import PracticeResult, SignalPart
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.parts import CAUSES, Cause, Parts
from mlops_maturity.scoring.practice import fuse
from mlops_maturity.scoring.survey import SurveyVoice, counted_answers, newest_of_each, voice_of
from mlops_maturity.scoring.telemetry import newest_reading, signal_part

MOST = 8
"""Pieces up to which each is told apart: the orders to average over double with every one. Of more, the signals of one
cause are taken together."""
Figures = tuple[float, float]
"""Value and confidence."""
Turned = Callable[[Sequence[bool]], Figures]
"""The figures, where some of the pieces have turned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTurn:
    """The reading of a signal that counted on either day; None where none did."""

    signal: str
    before: Reading | None
    after: Reading | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTurn:
    """The answer of a respondent that counted on either day; None where none did ("don't know", or too old)."""

    respondent: str
    before: Answer | None
    after: Answer | None
    unsure_on: date | None
    """The day of a newer "don't know", in the place of which no older answer counts; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Evidence that moved together, and what it brought."""

    cause: Cause
    """`new_evidence` where it came since the first day, else `ageing`."""
    value: float
    """Rungs."""
    confidence: float
    readings: tuple[ReadingTurn, ...]
    answers: tuple[AnswerTurn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeChange:
    """What moved a practice; the pieces of a cause add up to it, and the causes to the change."""

    value: Parts
    """Rungs."""
    confidence: Parts
    pieces: tuple[Piece, ...]
    """Signals in the order of the catalogue, then answers; those that did not change are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known on a day, under a catalogue."""

    catalogue: Catalogue
    evidence: Evidence
    day: date


@dataclass(frozen=True, slots=True)
class _Side:
    """The evidence of one practice on one day, as the practice of the first day hears it."""

    parts: Mapping[str, SignalPart]
    readings: Mapping[str, Reading | None]
    """The newest one of each signal, whether it counts or not."""
    standing: Mapping[str, Answer]
    """By respondent, "don't know" included."""
    counted: Mapping[str, tuple[Answer, int, float]]


@dataclass(frozen=True, slots=True)
class _Group:
    """A piece before its share is known."""

    cause: Cause
    signals: tuple[str, ...] = ()
    answers: bool = False


def practice_change(practice: str, before: Known, after: Known) -> PracticeChange | None:
    """Split the change of a practice from one day to another; None where only one of the catalogues has it."""
    old, new = before.catalogue.by_id.get(practice), after.catalogue.by_id.get(practice)
    if old is None or new is None:
        return None
    parameters = before.catalogue.parameters
    sides = _side(old, before, parameters), _side(old, after, parameters)
    groups = _groups(old, sides, before.day)
    turned = _turning(old, sides, groups, before.day, parameters)
    shares = _shapley(len(groups), turned)
    under_new, under_old = _figures(_result(new, after)), turned([True] * len(groups))
    model = under_new[0] - under_old[0], under_new[1] - under_old[1]
    return PracticeChange(
        value=_parts(groups, shares, model, 0),
        confidence=_parts(groups, shares, model, 1),
        pieces=tuple(_piece(group, share, sides, before.day) for group, share in zip(groups, shares, strict=True)),
    )


def _side(practice: Practice, known: Known, parameters: Parameters) -> _Side:
    answers = [each for each in known.evidence.answers if each.practice == practice.id and each.on <= known.day]
    heard: dict[str, list[Reading]] = {use.id: [] for use in practice.signals}
    for reading in known.evidence.readings:
        if reading.on <= known.day and reading.signal in heard:
            heard[reading.signal].append(reading)
    return _Side(
        parts={use.id: signal_part(use, heard[use.id], parameters, known.day) for use in practice.signals},
        readings={use.id: newest_reading(use, heard[use.id], parameters) for use in practice.signals},
        standing={each.respondent: each for each in newest_of_each(answers)},
        counted={entry[0].respondent: entry for entry in counted_answers(answers, parameters, known.day)},
    )


def _result(practice: Practice, known: Known) -> PracticeResult:
    parameters = known.catalogue.parameters
    side = _side(practice, known, parameters)
    parts = tuple(side.parts[use.id] for use in practice.signals)
    return fuse(practice, parts, voice_of(list(side.counted.values()), parameters), parameters)


def _groups(practice: Practice, sides: tuple[_Side, _Side], since: date) -> list[_Group]:
    """What changed, each by itself if it isn't too much for that."""
    first, last = sides
    moved = [use.id for use in practice.signals if first.parts[use.id] != last.parts[use.id]]
    by_cause = {cause: [each for each in moved if _signal_cause(last, each, since) == cause] for cause in CAUSES}
    answers = [_Group(cause, answers=True) for cause in CAUSES if any(_answer_turns(sides, cause, since))]
    if len(moved) + len(answers) <= MOST:
        return [_Group(_signal_cause(last, each, since), (each,)) for each in moved] + answers
    return [_Group(cause, tuple(each)) for cause, each in by_cause.items() if each] + answers


def _signal_cause(last: _Side, signal: str, since: date) -> Cause:
    newest = last.readings[signal]
    return "new_evidence" if newest is not None and newest.on > since else "ageing"


def _answer_turns(sides: tuple[_Side, _Side], cause: Cause, since: date) -> Iterable[AnswerTurn]:
    """The respondents whose answers moved for that cause."""
    first, last = sides
    for respondent in sorted(first.counted.keys() | last.counted.keys()):
        before, after = first.counted.get(respondent), last.counted.get(respondent)
        standing = last.standing.get(respondent)
        came = standing is not None and standing.on > since
        if before != after and cause == ("new_evidence" if came else "ageing"):
            yield AnswerTurn(
                respondent=respondent,
                before=before[0] if before else None,
                after=after[0] if after else None,
                unsure_on=standing.on if standing is not None and standing.value is None else None,
            )


def _turning(
    practice: Practice, sides: tuple[_Side, _Side], groups: Sequence[_Group], since: date, parameters: Parameters
) -> Turned:
    """From what has turned to the practice's figures; what people say is summed up once, not every time."""
    place = {signal: number for number, group in enumerate(groups) for signal in group.signals}
    asked = [number for number, group in enumerate(groups) if group.answers]
    voices = {
        chosen: _voice(sides, {groups[number].cause for number, is_new in zip(asked, chosen, strict=True) if is_new},
                       since, parameters)
        for chosen in product((False, True), repeat=len(asked))
    }  # fmt: skip

    def figures(turned: Sequence[bool]) -> Figures:
        parts = tuple(sides[use.id in place and turned[place[use.id]]].parts[use.id] for use in practice.signals)
        voice = voices[tuple(turned[number] for number in asked)]
        return _figures(fuse(practice, parts, voice, parameters))

    return figures


def _voice(sides: tuple[_Side, _Side], turned: set[Cause], since: date, parameters: Parameters) -> SurveyVoice:
    moved = {each.respondent for cause in turned for each in _answer_turns(sides, cause, since)}
    first, last = sides
    kept = [entry for respondent, entry in first.counted.items() if respondent not in moved]
    return voice_of(kept + [entry for respondent, entry in last.counted.items() if respondent in moved], parameters)


def _figures(result: PracticeResult) -> Figures:
    return result.value, result.confidence


def _shapley(count: int, turned: Turned) -> list[Figures]:
    """The Shapley value of each of so many pieces."""
    known = [turned([bool(mask >> number & 1) for number in range(count)]) for mask in range(2**count)]
    likely = [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]

    def share(number: int, figure: int) -> float:
        without = [mask for mask in range(2**count) if not mask >> number & 1]
        return fsum(
            likely[mask.bit_count()] * (known[mask | 1 << number][figure] - known[mask][figure]) for mask in without
        )

    return [(share(number, 0), share(number, 1)) for number in range(count)]


def _parts(groups: Sequence[_Group], shares: Sequence[Figures], model: Figures, figure: int) -> Parts:
    sums = {
        cause: fsum(share[figure] for group, share in zip(groups, shares, strict=True) if group.cause == cause)
        for cause in CAUSES
    }
    return Parts(ageing=sums["ageing"], new_evidence=sums["new_evidence"], model=model[figure])


def _piece(group: _Group, share: Figures, sides: tuple[_Side, _Side], since: date) -> Piece:
    first, last = (
        {signal: side.readings[signal] if side.parts[signal].mass > 0 else None for signal in group.signals}
        for side in sides
    )
    return Piece(
        cause=group.cause,
        value=share[0],
        confidence=share[1],
        readings=tuple(ReadingTurn(signal=each, before=first[each], after=last[each]) for each in group.signals),
        answers=tuple(_answer_turns(sides, group.cause, since)) if group.answers else (),
    )
