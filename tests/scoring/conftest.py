from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlops_maturity.config.catalogue import Aspect, Catalogue, Parameters, Practice, SignalUse
from mlops_maturity.scoring.assessment import AspectResult, Assessment, PracticeResult
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.score import score

# What several tests of this folder share; with importlib mode nothing puts it on the path.
sys.path.insert(0, str(Path(__file__).parent))

TODAY = date(2026, 11, 23)
COUNTLESS = 1e15
"""So many opportunities that a reading carries its whole share."""


class Bench:
    """Short words for a catalogue, its evidence and its score."""

    today = TODAY

    @staticmethod
    def signal(id: str = "sig", share: float = 1.0, half_life: float = 30.0, **more: Any) -> SignalUse:
        """A signal whose raw value is the rung itself."""
        more.setdefault("anchors", ((0.0, 0.0), (3.0, 3.0)))
        return SignalUse(id=id, share=share, half_life_days=half_life, source="judgement", **more)

    @staticmethod
    def practice(id: str = "p", aspect: str = "a", weight: float = 1.0, **more: Any) -> Practice:
        more.setdefault("required", (1, 2, 3))
        return Practice(
            id=id,
            aspect=aspect,
            title=id,
            question="?",
            answers=("no", "a little", "mostly", "yes"),
            why="because",
            weight=weight,
            effort_days={1: (1, 2), 2: (1, 2), 3: (1, 2)},
            **more,
        )

    @classmethod
    def watched(cls, id: str, **more: Any) -> Practice:
        """A practice that one signal, `<id>.sig`, tells everything about."""
        return cls.practice(id, signals=(cls.signal(f"{id}.sig"),), **more)

    @staticmethod
    def said(value: int | None, practice: str = "p", by: str = "ann", days_ago: int = 0, **more: Any) -> Answer:
        return Answer(practice=practice, respondent=by, value=value, on=TODAY - timedelta(days=days_ago), **more)

    @staticmethod
    def read(value: float, signal: str = "sig", days_ago: int = 0, **more: Any) -> Reading:
        amounts = {"seen": 1.0, "scope": 1.0, "opportunities": COUNTLESS, **more}
        return Reading(signal=signal, value=value, on=TODAY - timedelta(days=days_ago), **amounts)

    @staticmethod
    def waived(practice: str = "p", start: int = 0, until: int = 0) -> Waiver:
        """From `start` to `until` days after today."""
        first, last = TODAY + timedelta(days=start), TODAY + timedelta(days=until)
        return Waiver(practice=practice, start=first, until=last, reason="not ours")

    @staticmethod
    def catalogue(
        *practices: Practice, weights: dict[str, float] | None = None, parameters: Parameters | None = None
    ) -> Catalogue:
        names = dict.fromkeys(practice.aspect for practice in practices)
        return Catalogue(
            id="bench",
            version="1",
            levels=(),
            aspects=tuple(
                Aspect(id=name, name=name, weight=(weights or {}).get(name, 1.0), intent="") for name in names
            ),
            practices=practices,
            parameters=parameters or Parameters(),
        )

    @classmethod
    def score(
        cls,
        practices: Sequence[Practice],
        *evidence: Answer | Reading | Waiver,
        kinds: frozenset[str] | None = None,
        **catalogue: Any,
    ) -> Assessment:
        known = Evidence(
            kinds=kinds,
            answers=tuple(entry for entry in evidence if isinstance(entry, Answer)),
            readings=tuple(entry for entry in evidence if isinstance(entry, Reading)),
            waivers=tuple(entry for entry in evidence if isinstance(entry, Waiver)),
        )
        return score(cls.catalogue(*practices, **catalogue), known, TODAY)

    @classmethod
    def one(cls, practice: Practice, *evidence: Answer | Reading) -> PracticeResult:
        """The result of a practice that is alone in its catalogue."""
        return cls.score([practice], *evidence).practices[practice.id]

    @classmethod
    def gate(cls, practices: Sequence[Practice], **rungs: float) -> AspectResult:
        """The result of aspect `a` whose `watched` practices stand at these rungs, known for certain."""
        readings = [cls.read(rung, f"{practice}.sig") for practice, rung in rungs.items()]
        return cls.score(practices, *readings).aspects["a"]


@pytest.fixture(scope="session")
def bench() -> type[Bench]:
    return Bench
