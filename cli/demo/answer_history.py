"""What the people of the demo organisation answered: by their role, round after round, with a bias of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from mlops_maturity.cli.demo.dice import Dice, dice
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.teams import Survey
from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue, Practice
from mlops_maturity.evidence.store.answers import StoredAnswer

DONT_KNOW = 0.04
"""Share of the questions that a respondent can't answer."""
COMMENTED = 0.08
UNEVEN = 0.35
"""Rungs by which a single practice of a team may be ahead of the others or behind them, always the same."""
AUTHOR = "demo"
BEYOND = {
    "product-owner": frozenset(
        {"reproducible-training", "ci-on-change", "data-versioning", "rollback", "ml-code-tests", "supply-chain"}
    ),
    "risk-officer": frozenset(
        {"experiment-tracking", "ci-on-change", "training-pipeline", "delivery-flow", "infrastructure-as-code"}
    ),
    "plant-engineer": frozenset({"business-goals", "code-review", "cost-control"}),
    "prompt-engineer": frozenset({"infrastructure-as-code"}),
    "team-manager": frozenset({"traceability-audit", "feature-consistency"}),
}
"""What some roles never know."""
COMMENTS = (
    ("Nobody has found the time.", "Was tried once, and given up."),
    ("True of the older models only.", "Depends on who is on duty."),
    ("In place for all models in production.", "Part of our definition of done since last year."),
    ("Runs without us; we look at it every month.", "Checked in the last drill."),
)
"""Remarks that fit rung 0, 1, 2 and 3."""


def survey_answers(habits: Habits, catalogue: Catalogue, seed: int) -> Iterator[StoredAnswer]:
    """Every answer of one team, oldest first."""
    survey, period = habits.character.survey, habits.period
    if survey is None:
        return
    throw = dice(seed, habits.character.id, "answers")
    practices = [entry for entry in catalogue.practices if entry.concerns(frozenset(habits.character.kinds))]
    mood = {name: throw.uniform(-0.1, 0.1) for name in survey.respondents}
    for month in survey.months:
        for name in survey.respondents:
            on = period.day_of(month) + timedelta(days=throw.randrange(8))
            if on < period.end:
                for practice in practices:
                    yield _answer(habits, survey, practice, name, on, mood[name], throw)


def _answer(
    habits: Habits, survey: Survey, practice: Practice, name: str, on: date, mood: float, throw: Dice
) -> StoredAnswer:
    value = _value(habits, survey, practice, on, mood, throw)
    if throw.random() < DONT_KNOW or practice.id in BEYOND.get(name, ()):
        value = None
    attested = value is not None and value > 0 and throw.random() < survey.attested
    remark = throw.choice(COMMENTS[value]) if value is not None and throw.random() < COMMENTED else ""
    return StoredAnswer(
        team=habits.character.id,
        practice=practice.id,
        respondent=name,
        value=value,
        on=on,
        attested=attested,
        comment=remark,
        evidence_url=f"https://wiki.northwind.example/{habits.character.id}/{practice.id}" if attested else "",
        recorded_at=datetime.combine(on, time(14), UTC),
        author=AUTHOR,
    )


def _value(habits: Habits, survey: Survey, practice: Practice, on: date, mood: float, throw: Dice) -> int | None:
    """The true rung as this person sees it, rounded to an answer."""
    ahead = dice(0, habits.character.id, practice.id).uniform(-UNEVEN, UNEVEN)
    seen = habits.maturity(practice.aspect, on) + ahead + survey.bias + mood + throw.gauss(0.0, 0.1)
    return min(TOP_LEVEL, max(0, int(seen + 0.5)))
