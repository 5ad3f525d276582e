"""What the repositories of the demo organisation hold, and how they are protected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from mlops_maturity.cli.demo.dice import dice
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.teams import repository
from mlops_maturity.evidence.records import Observation, State

LOOKED_AT: Mapping[str, str] = {
    "protected_branch": "protected",
    "lockfile": "locked",
    "owner_file": "owner_file",
    "model_card": "model_card",
    "template": "templated",
}
"""What is looked for in each repository, and the habit by which it is there."""
WEEKS_BETWEEN_LOOKS = 4


def repository_facts(habits: Habits, seed: int) -> Iterator[Observation]:
    """A look at each repository every four weeks, which tells what it holds and whether its last release had notes."""
    character = habits.character
    if character.changes is None:
        return
    throw = dice(seed, character.id, "releases")
    for week in list(habits.period.weeks(character.since))[::-WEEKS_BETWEEN_LOOKS]:
        day = week + timedelta(days=6)
        for place, name in enumerate(character.repositories):
            for fact, habit in LOOKED_AT.items():
                there = habits.covers(habit, place, len(character.repositories), day)
                yield _observation(habits, fact, repository(name), day, "yes" if there else "no")
            told = throw.evenly("release_notes", habits("release_notes", day))
            yield _observation(habits, "release_notes", repository(name), day, "yes" if told else "no")


def _observation(habits: Habits, fact: str, subject: str, day: date, state: State) -> Observation:
    return Observation(
        source=str(habits.character.changes),
        id=f"{fact}/{subject}/{day.isoformat()}",
        url=f"https://github.northwind.example/{subject}",
        subject=subject,
        name=fact,
        state=state,
        observed_at=datetime.combine(day, time(20), UTC),
    )
