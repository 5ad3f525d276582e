"""Targets as they bear on a team: its own, those of the settings, those of its groups; and how each stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Target, Team
from mlops_maturity.evidence.store.targets import StoredTarget
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.outlook import Expected, expectations, outlook
from mlops_maturity.scoring.targets import Arrival, Goal, Verdict, arrival_of, on_course

Origin = Literal["team", "settings", "group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTarget:
    """A target that holds for a team, wherever it comes from."""

    aspect: str
    """Empty: the level overall."""
    goal: Goal
    origin: Origin
    subject: str
    """The team's id, or the group whose target it is."""
    author: str | None
    """None for one of the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pursued:
    """A target and how it stands on the day of an assessment."""

    target: TeamTarget
    level: int | None
    """The present one; None where nothing is known."""
    verdict: Verdict | None
    """None: nobody worked out a forecast."""
    arrival: Arrival | None = None


def targets_of(team: Team, standing: Iterable[StoredTarget]) -> tuple[TeamTarget, ...]:
    """One target for the whole and one an aspect at most: its own, else that of the settings, else the nearest group's.

    `standing` holds those that were not dropped.
    """
    found: dict[str, TeamTarget] = {}
    groups = [row for row in standing if row.kind == "group" and within(team.group, row.subject)]
    for row in sorted(groups, key=lambda row: len(row.subject)):
        found[row.aspect] = _stored(row, "group")
    if team.target is not None:
        goal = Goal(level=team.target.level, by=team.target.by)
        found[""] = TeamTarget(aspect="", goal=goal, origin="settings", subject=team.id, author=None)
    for row in standing:
        if row.kind == "team" and row.subject == team.id:
            found[row.aspect] = _stored(row, "team")
    return tuple(found[aspect] for aspect in sorted(found))


def aimed(team: Team, standing: Iterable[StoredTarget]) -> Team:
    """The team with the target that holds for it overall, as if that stood in the settings."""
    whole = next((each.goal for each in targets_of(team, standing) if not each.aspect), None)
    if whole is None:
        return team
    return team.model_copy(update={"target": Target(level=whole.level, by=whole.by)})


def pursued(
    targets: Sequence[TeamTarget], assessment: Assessment, catalogue: Catalogue, evidence: Evidence | None
) -> tuple[Pursued, ...]:
    """How targets stand. Without `evidence` no forecast is made, and those neither met nor missed get no verdict.

    A forecast scores a year of the practices that block: some hundredths of a second for a team.
    """
    kept = [target for target in targets if not target.aspect or target.aspect in assessment.aspects]
    plain = [_plainly(target, assessment) for target in kept]
    if evidence is None or all(each.verdict is not None for each in plain):
        return tuple(plain)
    expected = expectations(catalogue, evidence, assessment)
    return tuple(each if each.verdict is not None else _foretold(each, assessment, expected) for each in plain)


def within(group: str, path: str) -> bool:
    """Whether a group is the one of that path, or lies below it."""
    return group == path or group.startswith(path.rstrip("/") + "/")


def _plainly(target: TeamTarget, assessment: Assessment) -> Pursued:
    """How a target stands as far as that is known without a forecast."""
    result = assessment.aspects[target.aspect] if target.aspect else assessment.overall
    level = result.level if result.confidence else None
    verdict = on_course(target.goal, None, level, assessment.as_of)
    open_ = verdict == "unknown" and level is not None
    return Pursued(target=target, level=level, verdict=None if open_ else verdict)


def _foretold(each: Pursued, assessment: Assessment, expected: Mapping[str, tuple[Expected, ...]]) -> Pursued:
    arrival = arrival_of(outlook(assessment, expected, each.target.aspect or None))
    verdict = on_course(each.target.goal, arrival, each.level, assessment.as_of)
    return replace(each, verdict=verdict, arrival=arrival)


def _stored(row: StoredTarget, origin: Origin) -> TeamTarget:
    goal = Goal(level=row.level, by=row.by)
    return TeamTarget(aspect=row.aspect, goal=goal, origin=origin, subject=row.subject, author=row.author)
