"""In which order to take the steps of a plan, and why: greedy, where the programme is exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlops_maturity.config.catalogue import Practice
from mlops_maturity.scoring.plan_programme import prerequisite_rung
from mlops_maturity.scoring.plan_situation import Situation
from mlops_maturity.scoring.plan_work import LEVELS, Effort, Work
from mlops_maturity.scoring.thresholds import reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What speaks for a step, and for its place."""

    level: int | None
    """The lowest level that asks for it or for what it opens; None when no level does."""
    key: bool
    """Whether the practice can't be outvoted at that level."""
    opens: tuple[str, ...]
    """Practices with steps in the plan that can only come after this one."""
    per_day: float | None
    """Benefit for each expected day, of the step together with everything it opens; None when that costs no day."""
    needs: tuple[Work, ...]
    """The steps of the plan that come before it."""


def in_order(
    case: Situation, costs: Mapping[Work, Effort], benefits: Mapping[Work, float]
) -> Iterator[tuple[Work, Why]]:
    """What is needed first; among that, what a lower level asks for, then the most benefit for each day."""
    needs = {work: _needs(case, work, costs) for work in costs}
    reasons = {work: _why(case, work, needs, costs, benefits) for work in costs}
    done: set[Work] = set()
    while len(done) < len(costs):
        ready = [work for work in costs if work not in done and done.issuperset(needs[work])]
        step = min(ready, key=lambda work: _rank(work, reasons[work]))
        done.add(step)
        yield step, reasons[step]


def _rank(work: Work, why: Why) -> tuple[object, ...]:
    return (
        why.level or LEVELS.stop,
        why.per_day is not None,
        -(why.per_day or 0.0),
        work.kind,
        work.subject,
        work.rung,
    )


def _needs(case: Situation, work: Work, chosen: Mapping[Work, Effort]) -> tuple[Work, ...]:
    """What has to be done before, of what is in the plan."""
    if work.kind == "connect":
        return ()
    practice = case.catalogue.by_id[work.subject]
    if work.kind != "improve":
        top = [other for other in chosen if other.kind == "improve" and other.subject == work.subject]
        return tuple(top)
    before = [Work("improve", work.subject, work.rung - 1)]
    before += [Work("improve", needed, prerequisite_rung(work.rung)) for needed in practice.prerequisites]
    return tuple(step for step in before if step in chosen)


def _why(
    case: Situation,
    work: Work,
    needs: Mapping[Work, tuple[Work, ...]],
    costs: Mapping[Work, Effort],
    benefits: Mapping[Work, float],
) -> Why:
    family = _with_what_follows(work, needs)
    days = sum(costs[step].expected for step in family)
    asked = [level for step in family for level in _levels(case, step)]
    level = min(asked, default=None)
    opened = dict.fromkeys(step.subject for step in family if step.kind == "improve" and step.subject != work.subject)
    return Why(
        level=level,
        key=level is not None and any(_key(practice, level) for practice in _of(case, work)),
        opens=tuple(opened),
        per_day=sum(benefits[step] for step in family) / days if days > 0 else None,
        needs=needs[work],
    )


def _with_what_follows(work: Work, needs: Mapping[Work, tuple[Work, ...]]) -> list[Work]:
    """The step and all that can only come after it."""
    family, waiting = [work], [work]
    while waiting:
        last = waiting.pop()
        following = [step for step, before in needs.items() if last in before and step not in family]
        family += following
        waiting += following
    return family


def _levels(case: Situation, work: Work) -> list[int]:
    """The lowest level that asks for this step; nothing when none does."""
    found = [level for practice in _of(case, work) for level in LEVELS if _asks(case, practice, work, level)]
    return [min(found)] if found else []


def _asks(case: Situation, practice: Practice, work: Work, level: int) -> bool:
    """Whether the level requires this rung, or more evidence than there is."""
    if work.kind == "improve":
        return practice.required[level - 1] >= work.rung
    floor = case.catalogue.parameters.min_confidence[level]
    return practice.required[level - 1] > 0 and not reaches(case.result(practice.id).confidence, floor)


def _of(case: Situation, work: Work) -> list[Practice]:
    if work.kind != "connect":
        return [case.catalogue.by_id[work.subject]]
    return [practice for practice in case.practices if any(use.id == work.subject for use in practice.signals)]


def _key(practice: Practice, level: int) -> bool:
    return practice.key_from is not None and level >= practice.key_from
