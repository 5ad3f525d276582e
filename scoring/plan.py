"""Next steps: the cheapest path to a level, and the best plan within a budget; what they promise, the gate confirms.

Pure: no clock, no I/O, no chance. How it is computed, and what it does not claim: docs/roadmap.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mlops_maturity.config.catalogue import Catalogue, Practice
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.plan_change import evidence_after
from mlops_maturity.scoring.plan_obstacles import Obstacle, obstacles_to
from mlops_maturity.scoring.plan_order import Why, in_order
from mlops_maturity.scoring.plan_programme import Programme, Solution, programme
from mlops_maturity.scoring.plan_situation import Situation, situation
from mlops_maturity.scoring.plan_work import LEVELS, Effort, Work, effort_of
from mlops_maturity.scoring.score import score

Outcome = Literal["found", "already", "infeasible", "nothing_fits", "nothing_left", "nothing_judged"]
"""`already`: the level holds today. `nothing_fits`: no step costs so little. `nothing_left`: no step is open.
`nothing_judged`: every practice is waived or of another kind of model."""


class PromiseBroken(RuntimeError):
    """Scoring the evidence a plan assumes did not give the level it promised: a bug, told rather than hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a plan."""

    work: Work
    times: int
    """People asked, answers with an artefact; 1 for all other work."""
    practices: tuple[str, ...]
    """The practices it is for: one, or all that read the signal."""
    effort: Effort
    """Of all `times` together."""
    benefit: float
    """The weight of the practice if the rung is then shown; evidence work has none of its own."""
    unknown: bool
    """Nothing is known of the practice today: it may be further than 0 already, so ask first."""
    why: Why

    @property
    def evidence_work(self) -> bool:
        """Whether it shows more rather than improving anything."""
        return self.work.kind != "improve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer to one question about next steps."""

    outcome: Outcome
    target: int | None
    """The level asked for; None for a budget."""
    budget: float | None
    """Expected person-days; None for a level."""
    steps: tuple[Step, ...]
    """In the order to take them: nothing comes before what it needs."""
    before: Assessment
    after: Assessment
    """The score of the evidence that the plan assumes."""
    obstacles: tuple[Obstacle, ...] = ()
    cheapest_step: float | None = None
    """Expected days of the cheapest open step, when nothing fits the budget."""

    @property
    def effort(self) -> Effort:
        """Person-days of all steps."""
        return Effort(sum(step.effort.low for step in self.steps), sum(step.effort.high for step in self.steps))

    @property
    def benefit(self) -> float:
        """The weights of all rungs gained and shown."""
        return sum(step.benefit for step in self.steps)


def cheapest_path(catalogue: Catalogue, evidence: Evidence, as_of: date, level: int) -> Plan:
    """The least expected effort after which levels 1 to `level` hold in every aspect that is judged.

    `level` is 1 to 3; raises ValueError otherwise.
    """
    if level not in LEVELS:
        raise ValueError(f"a level to reach is 1 to {LEVELS[-1]}, not {level}")
    case = situation(catalogue, evidence, as_of)
    now = case.assessment.overall.level
    if now is None or now >= level:
        return _without_steps(case, "nothing_judged" if now is None else "already", target=level)
    problem = programme(case)
    solution = problem.cheapest(level)
    if solution is None:
        return _without_steps(case, "infeasible", target=level, obstacles=obstacles_to(problem, level))
    return _planned(problem, solution, promised=level, target=level)


def best_plan(catalogue: Catalogue, evidence: Evidence, as_of: date, budget_days: float) -> Plan:
    """The highest level within so many expected person-days, and with it the most benefit.

    Raises ValueError for a budget that isn't a positive, finite number.
    """
    if not 0 < budget_days < float("inf"):
        raise ValueError(f"a budget is a positive number of days, not {budget_days}")
    case = situation(catalogue, evidence, as_of)
    if case.assessment.overall.level is None:
        return _without_steps(case, "nothing_judged", budget=budget_days)
    problem = programme(case)
    solution = problem.best(budget_days)
    if solution is None:
        raise PromiseBroken("doing nothing fits every budget, and the solver found no plan")
    plan = _planned(problem, solution, promised=solution.level, budget=budget_days)
    if plan.steps:
        return plan
    open_steps = [days for work, days in zip(problem.works, problem.efforts, strict=True) if work.kind == "improve"]
    if not open_steps:
        return _without_steps(case, "nothing_left", budget=budget_days)
    return _without_steps(case, "nothing_fits", budget=budget_days, cheapest_step=float(min(open_steps)))


def _without_steps(
    case: Situation,
    outcome: Outcome,
    *,
    target: int | None = None,
    budget: float | None = None,
    obstacles: tuple[Obstacle, ...] = (),
    cheapest_step: float | None = None,
) -> Plan:
    return Plan(
        outcome=outcome,
        target=target,
        budget=budget,
        steps=(),
        before=case.assessment,
        after=case.assessment,
        obstacles=obstacles,
        cheapest_step=cheapest_step,
    )


def _planned(
    problem: Programme, solution: Solution, *, promised: int, target: int | None = None, budget: float | None = None
) -> Plan:
    case = problem.case
    changes = {option.practice.id: option.change for option in solution.options}
    after = score(case.catalogue, evidence_after(case, changes), case.as_of)
    if (after.overall.level or 0) < promised:
        raise PromiseBroken(
            f"level {promised} was promised, and the score of what was assumed is {after.overall.level}"
        )
    return Plan(
        outcome="found",
        target=target,
        budget=budget,
        steps=_steps(case, solution),
        before=case.assessment,
        after=after,
    )


def _steps(case: Situation, solution: Solution) -> tuple[Step, ...]:
    times = solution.works
    gains = {Work("improve", option.practice.id, rung) for option in solution.options for rung in option.rungs}
    practices = case.catalogue.by_id
    costs = {work: effort_of(work, practices).times(count) for work, count in times.items()}
    benefits = {work: practices[work.subject].weight if work in gains else 0.0 for work in times}
    return tuple(
        Step(
            work=work,
            times=times[work],
            practices=_practices(case.practices, work),
            effort=costs[work],
            benefit=benefits[work],
            unknown=work.kind == "improve" and work.rung == 1 and case.mean(work.subject) is None,
            why=why,
        )
        for work, why in in_order(case, costs, benefits)
    )


def _practices(practices: Sequence[Practice], work: Work) -> tuple[str, ...]:
    if work.kind != "connect":
        return (work.subject,)
    return tuple(practice.id for practice in practices if any(use.id == work.subject for use in practice.signals))
