"""A plan as plain JSON data: the format of `roadmap --format json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring import plan_words as words
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.plan import Plan, Step
from mlops_maturity.scoring.plan_work import Effort, Work
from mlops_maturity.scoring.score import NOTHING
from mlops_maturity.scoring.silence import silence


def plan_json(plan: Plan, catalogue: Catalogue, shares: Mapping[Work, float] | None = None) -> dict[str, Any]:
    """Numbers unrounded; what is not known or was not asked for is None. `shares` is the robustness of the steps."""
    return {
        "as_of": plan.before.as_of.isoformat(),
        "outcome": plan.outcome,
        "message": words.headline(plan),
        "to_level": plan.target,
        "budget_days": plan.budget,
        "effort_days": _effort(plan.effort),
        "benefit": plan.benefit,
        "before": _overall(plan.before),
        "after": _overall(plan.after),
        "steps": [_step(step, catalogue, shares) for step in plan.steps],
        "obstacles": [
            {
                "cause": barrier.cause,
                "level": barrier.level,
                "aspect": barrier.aspect,
                "practices": list(barrier.practices),
                "message": words.obstacle(barrier, catalogue),
            }
            for barrier in plan.obstacles
        ],
    }


def _step(step: Step, catalogue: Catalogue, shares: Mapping[Work, float] | None) -> dict[str, Any]:
    return {
        "kind": step.work.kind,
        "evidence_work": step.evidence_work,
        "practices": list(step.practices),
        "signal": step.work.subject if step.work.kind == "connect" else None,
        "to_rung": step.work.rung if step.work.kind == "improve" else None,
        "times": step.times,
        "effort_days": _effort(step.effort),
        "benefit": step.benefit,
        "unknown_today": step.unknown,
        "title": words.title(step, catalogue),
        "done_when": words.looks_like(step, catalogue) or None,
        "why": words.reason(step, catalogue),
        "asked_by_level": step.why.level,
        "key": step.why.key,
        "opens": list(step.why.opens),
        "benefit_per_day": step.why.per_day,
        "share_of_draws": None if shares is None else shares[step.work],
    }


def _effort(effort: Effort) -> dict[str, float]:
    return {"low": effort.low, "high": effort.high, "expected": effort.expected}


def _overall(assessment: Assessment) -> dict[str, Any]:
    """Of what nobody knows anything there is no level and no index: 0 would be a finding."""
    overall = assessment.overall
    told = NOTHING if silence(assessment) is not None else overall
    return {"level": told.level, "index": told.index, "confidence": overall.confidence}
