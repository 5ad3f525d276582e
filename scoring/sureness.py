"""How sure a practice is beside what it takes, in plain words for terminals and pages alike."""

from __future__ import annotations

from mlops_maturity.config.plural import counted
from mlops_maturity.scoring.assessment import PracticeResult

MOST = 8
"""Decimals after which rounding decides."""


def unsure(result: PracticeResult, needs: float) -> str:
    """How much is known of a practice, from what, and the confidence (0 to 1) that it takes; half a sentence."""
    there, takes = lacking_confidence(result.confidence, needs)
    return f"is known with confidence {there}, needs {takes} (from {known_from(result)})"


def lacking_confidence(confidence: float, needs: float) -> tuple[str, str]:
    """What there is and what it takes, as percentages with so many decimals that the two differ."""
    places = next((each for each in range(MOST) if round(100 * confidence, each) < round(100 * needs, each)), MOST)
    return f"{100 * confidence:.{places}f} %", f"{100 * needs:.{places}f} %"


def known_from(result: PracticeResult) -> str:
    """How many people's answers and how many of the practice's signals count: `2 people and 1 of 3 signals`."""
    people = result.answers.respondents
    said = counted(people, "person", "people") if people else "no answer"
    if not result.signals:
        return said
    speaking = sum(part.mass > 0 for part in result.signals)
    return f"{said} and {speaking} of {counted(len(result.signals), 'signal')}"
