"""Targets in words and as JSON: what is wanted, by when, and how it stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.evidence.targets import Pursued, TeamTarget
from mlops_maturity.scoring import trend_words

NOT_WORKED_OUT = "ask for one team to see whether it is on course"


def in_a_line(pursued: Pursued, catalogue: Catalogue) -> str:
    """What an assessment says of it."""
    goal = pursued.target.goal
    of = "" if not pursued.target.aspect else f" in {aspect_name(pursued.target.aspect, catalogue)}"
    return f"Target: level {goal.level}{of} by {goal.by} ({origin(pursued.target)}): {standing(pursued)}."


def standing(pursued: Pursued) -> str:
    """The verdict, with the interval it rests on."""
    if pursued.verdict is None:
        return NOT_WORKED_OUT
    return pursued.verdict if pursued.arrival is None else f"{pursued.verdict}; {trend_words.coming(pursued.arrival)}"


def as_json(pursued: Pursued) -> dict[str, Any]:
    """`verdict` is null where no forecast was made; `expected` where there is none to make."""
    target, arrival = pursued.target, pursued.arrival
    return {
        "aspect": target.aspect or None,
        "level": target.goal.level,
        "by": target.goal.by.isoformat(),
        "origin": target.origin,
        "subject": target.subject,
        "author": target.author,
        "level_now": pursued.level,
        "verdict": pursued.verdict,
        "expected": None
        if arrival is None
        else {"level": arrival.level, "first": _iso(arrival.first), "last": _iso(arrival.last)},
    }


def origin(target: TeamTarget) -> str:
    """Where it was set."""
    if target.origin == "settings":
        return "settings"
    return f"group {target.subject}, {target.author}" if target.origin == "group" else str(target.author)


def aspect_name(aspect: str, catalogue: Catalogue) -> str:
    """The name of an aspect; its id where the catalogue has it no more."""
    return next((each.name for each in catalogue.aspects if each.id == aspect), aspect)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
