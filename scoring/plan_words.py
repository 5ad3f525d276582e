"""A plan in plain words, the same for the terminal and the pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.plan import Plan, Step
from mlops_maturity.scoring.plan_obstacles import Obstacle
from mlops_maturity.scoring.plan_work import Effort
from mlops_maturity.scoring.silence import silence

OBSTACLES = {
    "key": "it can't be outvoted, and nothing a plan can assume makes it good and well-evidenced enough",
    "lag": "it lags too far behind, and nothing a plan can assume brings it near enough",
    "weight": "too little of the weight meets the level even if everything possible is done",
}
TOGETHER = "each practice could meet it, but prerequisites and signals that practices share keep them from it together"


def headline(plan: Plan) -> str:
    """What came out, in a sentence or two."""
    level = plan.before.overall.level
    match plan.outcome:
        case "nothing_judged":
            return "There is nothing to plan: every practice is waived, or of another kind of model than the team runs."
        case "already":
            return f"Already there: the team is at level {level}, and level {plan.target} was asked for."
        case "infeasible":
            return f"No plan reaches level {plan.target}."
        case "nothing_left":
            return f"No step is left: every practice stands at its highest rung. The team is at level {level}."
        case "nothing_fits":
            return (
                f"No step that brings anything fits into {days(plan.budget or 0.0)}; "
                f"the least open step is expected to take {days(plan.cheapest_step or 0.0)}.{_unknown(plan)}"
            )
        case "found":
            return _found(plan)
        case never:
            assert_never(never)


def _found(plan: Plan) -> str:
    work = f"{_count(len(plan.steps), 'step')}, {span(plan.effort)} (expected {days(plan.effort.expected)})"
    evidence = sum(step.evidence_work for step in plan.steps)
    part = f", {evidence} of them evidence work" if evidence else ""
    return f"{work}{part}: {_goal(plan)}, if all of it works out and its evidence shows it.{_unknown(plan)}"


def _goal(plan: Plan) -> str:
    before, after = plan.before.overall.level, plan.after.overall.level
    if silence(plan.before) is not None:
        return f"level {after}"
    return f"level {after}, from level {before}" if after != before else f"the level stays {after}"


def _unknown(plan: Plan) -> str:
    """What the level of today does not say: a level 0 for want of evidence is no finding."""
    if silence(plan.before) is not None:
        return " Nothing is known of the team today: it has no level, which is not level 0."
    if plan.before.overall.level != 0:
        return ""
    aspects = plan.before.aspects
    silent = sum(silence(plan.before, aspect) == "no evidence" for aspect in aspects)
    told = f" Nothing is known of {silent} of {len(aspects)} aspects today." if silent else ""
    alone = (
        ""
        if _found_lacking(plan.before)
        else " Missing evidence alone keeps the team at level 0, nothing that was found."
    )
    return told + alone


def _found_lacking(assessment: Assessment) -> bool:
    """Whether anything that is known of falls short of level 1."""
    return any(
        block.value < block.needs and assessment.practices[block.practice].confidence > 0
        for aspect in assessment.aspects.values()
        if aspect.level == 0
        for block in aspect.blocking
    )


def title(step: Step, catalogue: Catalogue) -> str:
    """What to do."""
    names = _names(step.practices, catalogue)
    match step.work.kind:
        case "improve":
            before = "an unknown rung" if step.unknown else f"rung {step.work.rung - 1}"
            return f"Move {names} from {before} to {step.work.rung}"
        case "connect":
            return f"Connect a source that shows {step.work.subject}, for {names}"
        case "ask":
            return f"Ask {_count(step.times, 'more person', 'more people')} about {names}"
        case "attach":
            return f"Link an artefact to {_count(step.times, 'answer')} on {names}"
        case never:
            assert_never(never)


def looks_like(step: Step, catalogue: Catalogue) -> str:
    """What is seen when it is done; nothing for evidence work."""
    return catalogue.by_id[step.work.subject].answers[step.work.rung] if step.work.kind == "improve" else ""


def reason(step: Step, catalogue: Catalogue, *, ask: bool = True) -> str:
    """Why it is in the plan, and why there; with `ask` also that a practice nobody knows of is to be asked about."""
    why, said = step.why, []
    if why.level is not None:
        said.append(f"level {why.level} asks for it" + (", and it can't be outvoted there" if why.key else ""))
    if why.opens:
        said.append(f"opens {_names(why.opens, catalogue)}")
    if why.per_day:
        said.append(f"benefit {why.per_day:.1f} a day" + (" with what it opens" if why.opens else ""))
    if step.unknown and ask:
        said.append("nothing is known of it today: ask first, it may be further than rung 0")
    text = "; ".join(said) or "no level asks for it"
    return text[0].upper() + text[1:] + "."


def obstacle(barrier: Obstacle, catalogue: Catalogue) -> str:
    """What stands in the way."""
    if barrier.cause == "together":
        return f"Level {barrier.level}: {TOGETHER}."
    aspect = next(aspect.name for aspect in catalogue.aspects if aspect.id == barrier.aspect)
    return f"Level {barrier.level} of {aspect}, {_names(barrier.practices, catalogue)}: {OBSTACLES[barrier.cause]}."


def span(effort: Effort) -> str:
    """Low to high person-days."""
    return f"{effort.low:g} to {days(effort.high)}" if effort.low != effort.high else days(effort.high)


def days(number: float) -> str:
    """Person-days, to a quarter of an hour or so."""
    return f"{round(number, 2):g} {'day' if number == 1 else 'days'}"


def _names(practices: Iterable[str], catalogue: Catalogue) -> str:
    return ", ".join(f"'{catalogue.by_id[practice].title}'" for practice in practices)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
