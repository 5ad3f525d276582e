"""What if: the pure function on edited inputs. Nothing is stored, and the same edits always give the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mlops_maturity.config.catalogue import Catalogue, Parameters
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.weighting import Weighting, reweighted

SOMEBODY = "what-if"
"""Who answers where nobody has answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidIf:
    """An answer given on the day of scoring, in place of what was said before."""

    practice: str
    value: int | None
    """Rung 0 to 3; None = "don't know"."""
    respondent: str | None = None
    """None = everybody who has answered, or one person where nobody has."""
    attested: bool | None = None
    """None = as in the answer whose place it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadIf:
    """A reading of the day of scoring; what is None is taken from the newest reading there is."""

    signal: str
    value: float
    seen: float | None = None
    scope: float | None = None
    opportunities: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it needs no reading to take its amounts from."""
        return None not in (self.seen, self.scope, self.opportunities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What would be otherwise."""

    answers: tuple[SaidIf, ...] = ()
    readings: tuple[ReadIf, ...] = ()
    weights: Weighting = field(default_factory=Weighting)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Names and values of `Parameters`; of `min_confidence` only the levels that change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The same team on the same day, as it is and as it would be."""

    before: Assessment
    after: Assessment


def what_if(catalogue: Catalogue, evidence: Evidence, as_of: date, edits: Edits) -> WhatIf:
    """Score twice. Raises `LookupError` as `edited` does."""
    other, known = edited(catalogue, evidence, as_of, edits)
    return WhatIf(before=score(catalogue, evidence, as_of), after=score(other, known, as_of))


def edited(catalogue: Catalogue, evidence: Evidence, as_of: date, edits: Edits) -> tuple[Catalogue, Evidence]:
    """Catalogue and evidence with the edits made, in their order.

    Raises `LookupError`, with the signal, for a reading that isn't whole where there is none to complete it.
    """
    answers, readings = evidence.answers, evidence.readings
    for said in edits.answers:
        answers = _answered(answers, said, as_of)
    for read in edits.readings:
        readings = _read(readings, read, as_of)
    other = reweighted(catalogue, edits.weights)
    if edits.parameters:
        other = replace(other, parameters=_parameters(catalogue.parameters, edits.parameters))
    return other, replace(evidence, answers=answers, readings=readings)


def newest(readings: Iterable[Reading], signal: str, as_of: date) -> Reading | None:
    """The newest reading of a signal that is not after a day."""
    found = [reading for reading in readings if reading.signal == signal and reading.on <= as_of]
    return max(found, key=lambda reading: reading.on, default=None)


def _answered(answers: tuple[Answer, ...], said: SaidIf, as_of: date) -> tuple[Answer, ...]:
    """The answer takes the place of everything its respondents said of the practice."""
    known: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda answer: answer.on):
        if answer.practice == said.practice and answer.on <= as_of:
            known[answer.respondent] = answer
    respondents = [said.respondent] if said.respondent is not None else list(known) or [SOMEBODY]
    new = tuple(
        Answer(
            practice=said.practice,
            respondent=name,
            value=said.value,
            on=as_of,
            attested=said.attested if said.attested is not None else name in known and known[name].attested,
        )
        for name in respondents
    )
    kept = (answer for answer in answers if answer.practice != said.practice or answer.respondent not in respondents)
    return (*kept, *new)


def _read(readings: tuple[Reading, ...], read: ReadIf, as_of: date) -> tuple[Reading, ...]:
    """The reading is the newest; others of its day would win over it by claiming less, so they go."""
    last = newest(readings, read.signal, as_of)
    if last is None and not read.is_whole:
        raise LookupError(read.signal)

    def amount(given: float | None, name: str) -> float:
        return given if given is not None else getattr(last, name)

    new = Reading(
        signal=read.signal,
        value=read.value,
        seen=amount(read.seen, "seen"),
        scope=amount(read.scope, "scope"),
        opportunities=amount(read.opportunities, "opportunities"),
        on=as_of,
    )
    return (*(reading for reading in readings if (reading.signal, reading.on) != (read.signal, as_of)), new)


def _parameters(parameters: Parameters, given: Mapping[str, Any]) -> Parameters:
    floors = {**parameters.min_confidence, **given.get("min_confidence", {})}
    return replace(parameters, **{**given, "min_confidence": dict(sorted(floors.items()))})
