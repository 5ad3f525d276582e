"""The catalogue as frozen data: levels, aspects, practices, and the parameters of the scoring.

Plain dataclasses, so that scoring can take them without any library. `catalogue_file` reads them from YAML.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

TOP_LEVEL = 3
"""The highest level and the highest rung of a practice."""


def digest(canonical: str) -> str:
    """What a catalogue of this canonical JSON is known by."""
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The constants of the scoring; each can be overridden in a catalogue.

    All are judgement, none is calibrated on real organisations.
    """

    survey_half_life_days: float = 180.0
    """Days after which an answer weighs half."""
    survey_max: float = 0.60
    """The largest share of a practice's evidence budget that answers alone can fill."""
    survey_k: float = 1.0
    """Answers' mass is survey_max * E / (E + survey_k) for E effective respondents."""
    attested_weight: float = 2.0
    """How many plain answers one answer with a linked artefact is worth."""
    sample_k: float = 2.0
    """A reading of n opportunities carries n / (n + sample_k) of its mass."""
    expiry_half_lives: float = 4.0
    """Evidence older than this many of its half-lives counts no more."""
    floor: float = 0.15
    """Known mass under which the value fades linearly to 0."""
    tolerance: float = 0.15
    """How far under a rung a value may lie and still reach it, in rungs."""
    share: float = 0.80
    """Share of the required weight that has to meet a level."""
    slack: float = 1.0
    """How far under its requirement no required practice may lie, in rungs, tolerance aside."""
    min_confidence: Mapping[int, float] = field(default_factory=lambda: {1: 0.15, 2: 0.25, 3: 0.55})
    """Confidence that a practice needs to meet level 1, 2, 3."""
    contradiction_gap: float = 1.0
    """Rungs between answers and telemetry from which they contradict each other."""
    contradiction_mass: float = 0.15
    """Mass that both sides need for a contradiction to be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One of the four maturity levels, in words."""

    level: int
    name: str
    summary: str
    aspects: Mapping[str, str]
    """Aspect id to what that aspect looks like at this level."""
    typical_evidence: tuple[str, ...] = ()
    main_risk: str = ""
    when_it_is_enough: str = ""
    next_steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One of the fields of work a level is given for."""

    id: str
    name: str
    weight: float
    """Positive; only ratios matter, and only for the index."""
    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalUse:
    """How one signal speaks for one practice."""

    id: str
    share: float
    """Share of the practice's evidence budget that this signal can fill at best."""
    half_life_days: float
    anchors: tuple[tuple[float, float], ...]
    """Raw value to rung, piecewise linear; raw values strictly rising, rungs monotone."""
    source: str
    """Where the anchors come from: a publication with its year, or `judgement`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One thing a mature organisation does, graded in rungs 0 to 3."""

    id: str
    aspect: str
    title: str
    question: str
    answers: tuple[str, str, str, str]
    """What rung 0, 1, 2 and 3 look like."""
    why: str
    weight: float
    """The benefit rating; positive."""
    required: tuple[int, int, int]
    """Rung needed at level 1, 2, 3; 0 = not needed."""
    effort_days: Mapping[int, tuple[float, float]]
    """Rung to person-days, low and high, of the step to it from the rung below."""
    key_from: int | None = None
    """From this level on the practice can't be outvoted; None = never."""
    applies_to: tuple[str, ...] | None = None
    """Kinds of model (classical, genai, agent) it concerns; None = all."""
    prerequisites: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    signals: tuple[SignalUse, ...] = ()
    crosswalk: Mapping[str, Any] = field(default_factory=dict)
    """Framework id to the levels or tests that name this practice there."""

    @property
    def telemetry_share(self) -> float:
        """R: the share of the budget that telemetry could fill at best."""
        return sum(use.share for use in self.signals)

    def concerns(self, kinds: frozenset[str] | None) -> bool:
        """Whether the practice applies to a team with these kinds of model (None = all kinds)."""
        return kinds is None or self.applies_to is None or bool(kinds & set(self.applies_to))


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """A whole maturity model: what is asked, how it is weighed, what the levels mean."""

    id: str
    version: str
    levels: tuple[Level, ...]
    aspects: tuple[Aspect, ...]
    practices: tuple[Practice, ...]
    parameters: Parameters = field(default_factory=Parameters)

    @cached_property
    def canonical(self) -> str:
        """The whole catalogue as JSON, always in the same form."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def hash(self) -> str:
        """`sha256:` and the digest of the canonical JSON of the whole catalogue."""
        return digest(self.canonical)

    @cached_property
    def by_id(self) -> Mapping[str, Practice]:
        """Practices by their id."""
        return {practice.id: practice for practice in self.practices}

    @cached_property
    def signal_ids(self) -> frozenset[str]:
        """Every signal that some practice uses."""
        return frozenset(use.id for practice in self.practices for use in practice.signals)

    def of_aspect(self, aspect: str) -> tuple[Practice, ...]:
        """The practices of one aspect, in catalogue order."""
        return tuple(practice for practice in self.practices if practice.aspect == aspect)
