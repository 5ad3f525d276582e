"""What Assess tells: what one respondent has answered so far, and what the others say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mlops_maturity.config.catalogue import Aspect, Catalogue
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts.standing import counted
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.scoring.assessment import Assessment

DONT_KNOW = "unknown"
"""The choice beside the rungs 0 to 3."""
CHOICES = (0, 1, 2, 3, DONT_KNOW)
Choice = int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a respondent is with one aspect."""

    answered: int
    questions: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.answered / self.questions if self.questions else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """An answer to the same question under the same name, from another tab or an import, while a form was open."""

    theirs: StoredAnswer
    yours: StoredAnswer | None
    """What the form had stored, or rested on; None where it had no answer."""
    counts: Literal["yours", "theirs"]
    """Which of the two came last."""


def own_answers(answers: Iterable[StoredAnswer], respondent: str) -> dict[str, StoredAnswer]:
    """Practice to the newest answer of a respondent; of those of one day the last recorded."""
    newest: dict[str, StoredAnswer] = {}
    for answer in answers:
        before = newest.get(answer.practice)
        if answer.respondent == respondent and (before is None or answer.on >= before.on):
            newest[answer.practice] = answer
    return newest


def progress(
    catalogue: Catalogue, assessment: Assessment, team: Team, own: Mapping[str, StoredAnswer]
) -> dict[str, Progress]:
    """Aspect to the respondent's progress; what does not count for the team is not asked."""
    return {
        aspect.id: _progress([practice.id for practice in counted(catalogue, assessment, team, aspect.id)], own)
        for aspect in catalogue.aspects
    }


def following(catalogue: Catalogue, aspect: str) -> Aspect:
    """The aspect after this one; after the last, the first."""
    ids = [each.id for each in catalogue.aspects]
    return catalogue.aspects[(ids.index(aspect) + 1) % len(ids)]


def choice_of(answer: StoredAnswer | None) -> Choice | None:
    """The choice that an answer stands for; None where there is no answer."""
    if answer is None:
        return None
    return DONT_KNOW if answer.value is None else answer.value


def merged(mine: StoredAnswer, base: StoredAnswer | None, newest: StoredAnswer | None) -> StoredAnswer:
    """What a form wants stored, on top of what was stored meanwhile elsewhere: another tab, an import.

    `base` is what the form began with. Only what was changed in the form counts; the rest is the newest.
    """
    if newest is None or newest == base:
        return mine
    # Without a base the form began empty: what is still empty in it says nothing.
    before = (None, "", "") if base is None else (base.value, base.comment, base.evidence_url)
    value = newest.value if base is not None and mine.value == before[0] else mine.value
    comment = newest.comment if mine.comment == before[1] else mine.comment
    link = newest.evidence_url if mine.evidence_url == before[2] else mine.evidence_url
    return replace(mine, value=value, comment=comment, evidence_url=link, attested=bool(link))


def elsewhere(known: StoredAnswer | None, theirs: StoredAnswer | None, now: StoredAnswer) -> Elsewhere | None:
    """Tell that an answer came from elsewhere while a form was open; None where that changed nothing.

    `known` is what the form rested on, `theirs` what stood when it was looked at again, `now` what stands after that:
    the same where the form only followed.
    """
    if theirs is None or _said(theirs) == _said(known):
        return None
    if _said(now) == _said(theirs):
        return Elsewhere(theirs=theirs, yours=known, counts="theirs")
    return Elsewhere(theirs=theirs, yours=now, counts="yours")


def others(practice: str, answers: Iterable[StoredAnswer], respondent: str) -> tuple[int, ...]:
    """The rungs that other respondents chose last, sorted."""
    newest: dict[str, StoredAnswer] = {}
    for answer in answers:
        if answer.practice == practice and answer.respondent != respondent:
            before = newest.get(answer.respondent)
            if before is None or answer.on >= before.on:
                newest[answer.respondent] = answer
    return tuple(sorted(answer.value for answer in newest.values() if answer.value is not None))


def _said(answer: StoredAnswer | None) -> tuple[int | None, str, str] | None:
    return None if answer is None else (answer.value, answer.comment, answer.evidence_url)


def _progress(practices: Sequence[str], own: Mapping[str, StoredAnswer]) -> Progress:
    return Progress(answered=sum(practice in own for practice in practices), questions=len(practices))
