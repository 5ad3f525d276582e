"""What may be written in a catalogue. One key, one docstring; the reference is made from them.

The models read; `frozen()` gives what scoring takes. The two differ in that a file is strict about how it is
written, and scoring knows no library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from mlops_maturity.config import catalogue_rules as rules
from mlops_maturity.config.catalogue import TOP_LEVEL, Aspect, Level, Parameters, Practice, SignalUse
from mlops_maturity.config.file_model import FileModel, Number, Text, Whole

T = TypeVar("T")
Rung = Annotated[int, Field(strict=True, ge=0, le=TOP_LEVEL)]
Positive = Annotated[Number, Field(gt=0)]
PartOfOne = Annotated[Number, Field(ge=0, le=1)]
PositivePart = Annotated[Number, Field(gt=0, le=1)]
Rungs = Annotated[Number, Field(ge=0, le=TOP_LEVEL)]


def _keeping(rule: Callable[[T], str | None]) -> AfterValidator:
    def check(value: T) -> T:
        reason = rule(value)
        if reason is not None:
            raise ValueError(reason)
        return value

    return AfterValidator(check)


def _id_reason(name: str) -> str | None:
    fits = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name)
    return None if fits else "should be 1 to 64 of letters, digits, `.`, `_` or `-`, first a letter or digit"


Id = Annotated[str, _keeping(_id_reason)]


def _exact_text(value: object) -> object:
    """Text of what reads back as it was written: 2 and 2026-11-23 do, 1.10 doesn't."""
    if isinstance(value, bool) or not isinstance(value, int | date):
        return value
    return str(value)


class LevelFormat(FileModel):
    """One of the four levels in words; `levels` holds exactly 0, 1, 2 and 3."""

    level: Rung
    """The level, 0 to 3."""
    name: Text
    """What it is called."""
    summary: Text
    """What an organisation at this level is like, in a sentence or two."""
    aspects: dict[Text, Text]
    """Aspect id to what that aspect looks like at this level; every aspect."""
    typical_evidence: tuple[Text, ...] = ()
    """What one can expect to find."""
    main_risk: str = ""
    """What is most likely to go wrong."""
    when_it_is_enough: str = ""
    """For whom this level is high enough."""
    next_steps: tuple[Text, ...] = ()
    """What leads to the next level."""

    def frozen(self) -> Level:
        """The level as scoring and pages take it."""
        return Level(**dict(self))


class AspectFormat(FileModel):
    """A field of work that a level is given for."""

    id: Id
    """Short name, used in practices, links and exports."""
    name: Text
    """What pages call it."""
    weight: Positive
    """Its weight in the overall index; only ratios matter. The level ignores it."""
    intent: Text
    """Why it matters, in a sentence."""

    def frozen(self) -> Aspect:
        """The aspect as scoring and pages take it."""
        return Aspect(**dict(self))


class SignalFormat(FileModel):
    """How one signal speaks for one practice."""

    id: Id
    """The signal: a built-in one, one of your own, or one you push."""
    share: PositivePart
    """Share of the practice's evidence budget it fills at best; the shares of a practice sum to at most 1."""
    half_life_days: Positive
    """Days after which a reading weighs half; the same in every practice that uses the signal."""
    anchors: Annotated[tuple[tuple[Number, ...], ...], _keeping(rules.anchors_reason)]
    """Pairs of raw value and rung, at least two; lines in between. Raw values rise, rungs only rise or only fall.

    A signal that shows only that something is there should stop below rung 3."""
    source: Text = "judgement"
    """Where the anchors come from: a publication with its year, or `judgement`."""

    def frozen(self) -> SignalUse:
        """The use as scoring takes it."""
        anchors = tuple((value, rung) for value, rung in self.anchors)
        return SignalUse(
            id=self.id, share=self.share, half_life_days=self.half_life_days, anchors=anchors, source=self.source
        )


def _signals_reason(signals: tuple[SignalFormat, ...]) -> str | None:
    return rules.signals_reason([(use.id, use.share) for use in signals])


class PracticeFormat(FileModel):
    """One thing a mature organisation does, graded in rungs 0 to 3."""

    id: Id
    """Short name, used in answers, links and exports; unique."""
    aspect: Text
    """Id of the aspect it belongs to."""
    title: Text
    """What pages call it."""
    question: Text
    """What the questionnaire asks."""
    answers: Annotated[tuple[str, ...], _keeping(rules.answers_reason)]
    """Four concrete, observable answers, for rung 0, 1, 2 and 3."""
    why: Text
    """Why it is worth doing."""
    weight: Positive
    """The benefit rating: its weight in its aspect's index and in the share a level asks for."""
    required: Annotated[tuple[Whole, ...], _keeping(rules.required_reason)]
    """Rung needed at level 1, 2 and 3: not decreasing, at most the level itself; 0 = not needed."""
    effort_days: Annotated[dict[int, tuple[Number, ...]], _keeping(rules.effort_reason)]
    """Rung 1, 2, 3 to the person-days, low and high, of the step to it from the rung below."""
    key_from: Whole | None = None
    """From this level on it can't be outvoted by others; left out = never."""
    applies_to: Annotated[tuple[Literal["classical", "genai", "agent"], ...], Field(min_length=1)] | None = None
    """Kinds of model it concerns: classical, genai, agent; left out = all."""
    prerequisites: tuple[Text, ...] = ()
    """Ids of practices that come first; no circles."""
    tools: tuple[Text, ...] = ()
    """Tools that help with it."""
    signals: Annotated[tuple[SignalFormat, ...], _keeping(_signals_reason)] = ()
    """Signals that speak for it; left out = answers only."""
    crosswalk: Annotated[dict[Text, Any], _keeping(rules.finite_reason)] = Field(default_factory=dict)
    """Framework id to the levels or tests that name it there; `other` for what is no framework here."""

    @field_validator("key_from")
    @classmethod
    def _key_is_required(cls, key_from: int | None, info: ValidationInfo) -> int | None:
        reason = rules.key_reason(key_from, info.data.get("required", ())) if key_from is not None else None
        if reason is not None:
            raise ValueError(reason)
        return key_from

    def frozen(self) -> Practice:
        """The practice as scoring and pages take it."""
        effort = {rung: (span[0], span[1]) for rung, span in sorted(self.effort_days.items())}
        written = dict(self) | {"effort_days": effort, "signals": tuple(use.frozen() for use in self.signals)}
        return Practice(**written)


class ParametersFormat(FileModel):
    """The constants of the scoring; each left out keeps its default. All are judgement, none is calibrated."""

    survey_half_life_days: Positive | None = None
    """Days after which an answer weighs half."""
    survey_max: PositivePart | None = None
    """The largest share of a practice's evidence budget that answers alone can fill."""
    survey_k: Positive | None = None
    """Answers fill survey_max · E / (E + survey_k) for E fresh respondents."""
    attested_weight: Positive | None = None
    """How many plain answers one answer with a linked artefact is worth."""
    sample_k: Positive | None = None
    """A reading of n opportunities carries n / (n + sample_k) of its share."""
    expiry_half_lives: Positive | None = None
    """Evidence older than this many of its half-lives counts no more."""
    floor: PositivePart | None = None
    """Known share under which a practice's value fades to 0."""
    tolerance: Annotated[Number, Field(ge=0, lt=1)] | None = None
    """How far under a rung a value may lie and still reach it, in rungs."""
    share: PositivePart | None = None
    """Share of the required weight that has to meet a level."""
    slack: Rungs | None = None
    """How far under its requirement no required practice may lie, in rungs."""
    min_confidence: dict[Annotated[int, Field(ge=1, le=TOP_LEVEL)], PartOfOne] | None = None
    """Level 1, 2, 3 to the confidence a practice needs to meet it; levels left out keep their default."""
    contradiction_gap: Annotated[Number, Field(gt=0, le=TOP_LEVEL)] | None = None
    """Rungs between answers and telemetry from which they contradict each other."""
    contradiction_mass: PositivePart | None = None
    """Share of the budget both sides need for a contradiction to be named."""

    def frozen(self) -> Parameters:
        """The parameters as scoring takes them, defaults filled in."""
        given: dict[str, Any] = {name: value for name, value in self if value is not None}
        floors = {**Parameters().min_confidence, **given.pop("min_confidence", {})}
        return Parameters(**given, min_confidence=dict(sorted(floors.items())))


class HeadFormat(FileModel):
    """What a catalogue says of itself."""

    catalogue: Id
    """Short name of the catalogue."""
    version: Annotated[str, BeforeValidator(_exact_text), Field(min_length=1)]
    """Its version, as text; assessments carry it together with a hash of the whole content."""
    parameters: ParametersFormat = Field(default_factory=ParametersFormat)
    """Overrides of the scoring's constants."""


class CatalogueFormat(HeadFormat):
    """The keys of a catalogue. In a folder, each file holds some of them, or is one practice."""

    levels: tuple[LevelFormat, ...]
    """The four levels in words."""
    aspects: tuple[AspectFormat, ...]
    """The fields of work; at least one."""
    practices: tuple[PracticeFormat, ...]
    """What is asked and measured; at least one."""
