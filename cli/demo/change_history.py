"""The repository host of the demo organisation: changes, who proposed them, and how they were reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from mlops_maturity.cli.demo.dice import Dice, around, dice, poisson, token
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.period import at_work, hours, pace, working_days
from mlops_maturity.cli.demo.teams import repository
from mlops_maturity.evidence.records import Change

CHANGES_PER_PERSON = 0.9
"""Changes a person brings to the main branch in a full week."""
BOT_SHARE = 0.06


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change before it has a number."""

    repository: str
    author: str
    bot: bool
    first_commit: datetime
    created: datetime
    reviewed: datetime | None
    merged: datetime


def changes(habits: Habits, seed: int) -> tuple[Change, ...]:
    """Every change of the team's repositories, by the time it was proposed; still open where it was not merged yet."""
    throw = dice(seed, habits.character.id, "changes")
    proposals = sorted(_proposals(habits, throw), key=attrgetter("created"))
    numbers: dict[str, int] = {}
    found = []
    for proposal in proposals:
        numbers[proposal.repository] = number = numbers.get(proposal.repository, 0) + 1
        found.append(_change(habits, proposal, number, throw))
    return tuple(found)


def _proposals(habits: Habits, throw: Dice) -> Iterator[Proposal]:
    character = habits.character
    if character.changes is None:
        return
    for week in habits.period.weeks(character.since):
        for _ in range(poisson(throw, character.people * CHANGES_PER_PERSON * pace(week))):
            proposal = _proposal(habits, throw, at_work(throw, throw.choice(working_days(week))))
            if habits.period.holds(proposal.created):
                yield proposal


def _proposal(habits: Habits, throw: Dice, first_commit: datetime) -> Proposal:
    character, day = habits.character, first_commit.date()
    place = throw.randrange(len(character.repositories))
    shared = habits.covers("shared_repository", place, len(character.repositories), day)
    person = throw.randrange(character.people) if shared else place
    bot = throw.random() < BOT_SHARE
    created = first_commit + hours(around(throw, 0.2 if bot else habits("coding_hours", day), 0.6))
    reviewed = (
        created + hours(around(throw, habits("review_hours", day), 0.7))
        if throw.evenly("reviewed", habits("reviewed", day))
        else None
    )
    return Proposal(
        repository=repository(character.repositories[place]),
        author="bot" if bot else token(character.id, str(person), length=16),
        bot=bot,
        first_commit=first_commit,
        created=created,
        reviewed=reviewed,
        merged=(reviewed or created) + hours(around(throw, 1.0 + habits("review_hours", day) / 6, 0.6)),
    )


def _change(habits: Habits, proposal: Proposal, number: int, throw: Dice) -> Change:
    merged = habits.period.holds(proposal.merged)
    seen = proposal.reviewed is not None and habits.period.holds(proposal.reviewed)
    key = f"{proposal.repository}#{number}"
    return Change(
        source=str(habits.character.changes),
        id=key,
        url=f"https://github.northwind.example/{proposal.repository}/pull/{number}",
        repository=proposal.repository,
        number=number,
        author=token(proposal.author, length=16) if proposal.bot else proposal.author,
        author_kind="bot" if proposal.bot else "human",
        first_commit_at=proposal.first_commit,
        created_at=proposal.created,
        first_review_at=proposal.reviewed if seen else None,
        merged_at=proposal.merged if merged else None,
        merge_sha=token(key, "merge") if merged else None,
        approvals=(2 if throw.random() < 0.2 else 1) if seen else 0,
        attributes={"branch": f"change-{number}"},
    )


def merged_by(change: Change, moment: datetime) -> bool:
    """Whether a change was on the main branch then; a minute is left for the merge itself."""
    return change.merged_at is not None and change.merged_at + timedelta(minutes=1) <= moment
