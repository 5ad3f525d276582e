"""Contradictions as work: both sides, since when, who said it, what speaks against it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from typing import Literal

from mlops_maturity.config.catalogue import Catalogue, Practice
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.store.contradictions import Statement, newest_statements
from mlops_maturity.evidence.store.readings import StoredReading
from mlops_maturity.scoring.assessment import Assessment, PracticeResult
from mlops_maturity.scoring.contradiction_past import Ending, Episode, PracticePast, episode_on, last_episode
from mlops_maturity.scoring.evidence import Answer

State = Literal["open", "explained", "resolved", "lapsed"]
"""`resolved`: a new answer or new readings ended it. `lapsed`: evidence faded, so it can't be told any more."""
LOOK_BACK = timedelta(weeks=261)
"""How far back the beginning of one is followed: as long as readings are kept for each week."""
ENDED_WITHIN = timedelta(weeks=52)
"""How long one that ended is listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A signal that shows something else than people said, with the records behind it."""

    signal: str
    rung: float
    mass: float
    reading: StoredReading
    """Measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One contradiction of one team, as work to do. Rungs are 0 to 3."""

    team: str
    practice: str
    title: str
    aspect: str
    episode: Episode
    said: float
    shown: float
    answers: tuple[Answer, ...]
    """Those that counted on its last day, the newest of each respondent."""
    against: tuple[Against, ...]
    """The heaviest first; nothing for one that ended."""
    state: State
    statement: Statement | None = None
    """What somebody said of it last, if it is about this one."""
    ended_by: Ending | None = None

    @property
    def age_days(self) -> int:
        """How long it stands, or stood."""
        return (self.episode.last - self.episode.first).days

    @property
    def stands(self) -> bool:
        """Whether it is there, explained or not."""
        return self.state in ("open", "explained")


def nearest_rung(value: float) -> int:
    """The whole rung nearest to a value; halves go up, so that values a rung apart never share one."""
    return int(value + 0.5)


def standing_cases(
    dossier: Dossier, assessment: Assessment, catalogue: Catalogue, statements: Sequence[Statement], zone: tzinfo
) -> tuple[Case, ...]:
    """The contradictions of a team that stand on the day of its assessment, the widest first.

    `statements` in the order in which they were recorded; `zone` tells the day on which they were.
    """
    day, said = assessment.as_of, newest_statements(statements)
    cases = []
    for practice in _counted(dossier, assessment, catalogue):
        if assessment.practices[practice.id].contradiction is None:
            continue
        past = PracticePast(practice, dossier.evidence, catalogue.parameters)
        episode = episode_on(past, day, earliest=day - LOOK_BACK)
        if episode is not None:
            case = _case(dossier, practice, past, episode)
            cases.append(_explained(case, said.get((case.team, case.practice)), day, zone))
    return tuple(sorted(cases, key=lambda case: (-case.episode.gap, case.practice)))


def ended_cases(dossier: Dossier, assessment: Assessment, catalogue: Catalogue) -> tuple[Case, ...]:
    """The last contradiction of each practice that ended in the year before the assessment, the newest first."""
    day = assessment.as_of
    cases = []
    for practice in _counted(dossier, assessment, catalogue):
        past = PracticePast(practice, dossier.evidence, catalogue.parameters)
        if past.first_day is None or past.contradiction(day) is not None:
            continue
        episode = last_episode(past, day, earliest=max(past.first_day, day - ENDED_WITHIN))
        if episode is not None:
            ending = past.ended_by(episode.last + timedelta(days=1))
            state: State = "lapsed" if ending == "ageing" else "resolved"
            case = _case(dossier, practice, past, episode)
            cases.append(replace(case, state=state, ended_by=ending, against=()))
    return tuple(sorted(cases, key=lambda case: (-case.episode.last.toordinal(), case.practice)))


def _counted(dossier: Dossier, assessment: Assessment, catalogue: Catalogue) -> Iterator[Practice]:
    """The practices that count for the team: neither waived nor for other kinds of model."""
    waived = {practice for aspect in assessment.aspects.values() for practice in aspect.waived}
    kinds = frozenset(dossier.team.kinds)
    for practice in catalogue.practices:
        if practice.signals and practice.id not in waived and practice.concerns(kinds):
            yield practice


def _case(dossier: Dossier, practice: Practice, past: PracticePast, episode: Episode) -> Case:
    result = past.result(episode.last)
    claimed, shown = result.claimed, result.shown
    assert claimed is not None
    assert shown is not None
    return Case(
        team=dossier.team.id,
        practice=practice.id,
        title=practice.title,
        aspect=practice.aspect,
        episode=episode,
        said=claimed,
        shown=shown,
        answers=past.counted(episode.last),
        against=_against(dossier, result, episode),
        state="open",
    )


def _against(dossier: Dossier, result: PracticeResult, episode: Episode) -> tuple[Against, ...]:
    """The signals that show less than was claimed, or more than was owned up to."""
    sign = 1.0 if episode.kind == "overclaim" else -1.0
    found = []
    for part in result.signals:
        if part.value is not None and sign * ((result.claimed or 0.0) - part.value) > 0:
            reading = _newest_reading(dossier.readings.of(part.id), episode.last)
            if reading is not None:
                found.append(Against(signal=part.id, rung=part.value, mass=part.mass, reading=reading))
    return tuple(sorted(found, key=lambda each: (-each.mass, each.signal)))


def _newest_reading(readings: Iterable[StoredReading], day: date) -> StoredReading | None:
    measured = (row for row in readings if row.on <= day and isinstance(row.result, Measured))
    return max(measured, key=lambda row: row.on, default=None)


def _explained(case: Case, statement: Statement | None, day: date, zone: tzinfo) -> Case:
    """The case with what was said of it by that day; an explanation holds to the end of its last day."""
    if statement is None or statement.kind != case.episode.kind:
        return case
    if statement.recorded_at.astimezone(zone).date() > day:
        return case
    holds = statement.state == "explained" and statement.until is not None and day <= statement.until
    return replace(case, statement=statement, state="explained" if holds else "open")
