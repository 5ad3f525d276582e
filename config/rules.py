"""Rules of a CI source: what its pipelines are for, what its environments mean. Data only; `mapping` applies them.

The presets serve whoever names things as most do. A list that is written replaces its preset as a whole.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator, model_validator

from mlops_maturity.config.file_model import FileModel

Purpose = Literal["ci", "training", "evaluation", "deployment", "monitoring", "other"]
Tier = Literal["production", "staging", "testing", "development", "other"]
Trigger = Literal["push", "pull_request", "schedule", "event", "manual", "unknown"]
Check = Literal["test", "data_check", "scan", "sign", "smoke", "evaluation", "gate", "rollback"]
Pattern = Annotated[str, Field(min_length=1)]


class PurposeRule(FileModel):
    """What a pipeline run or job is for, if every pattern that is given matches."""

    pipeline: Pattern | None = None
    """Glob on the name of the pipeline: the workflow, builder or job."""
    job: Pattern | None = None
    """Glob on the name of a job or step within the run; any one of them."""
    branch: Pattern | None = None
    """Glob on the branch or tag."""
    trigger: Pattern | None = None
    """Glob on what started it: push, pull_request, schedule, event, manual, unknown."""
    purpose: Purpose = Field(alias="is")
    """What it is for: ci, training, evaluation, deployment, monitoring, other."""

    @field_validator("trigger")
    @classmethod
    def _can_match(cls, pattern: str | None) -> str | None:
        triggers = get_args(Trigger)
        if pattern is not None and not any(fnmatchcase(trigger, pattern.casefold()) for trigger in triggers):
            raise ValueError(f"{pattern!r} matches no trigger; there are {', '.join(triggers)}")
        return pattern

    @model_validator(mode="after")
    def _says_when(self) -> PurposeRule:
        if self.pipeline is self.job is self.branch is self.trigger is None:
            raise ValueError('names no pattern; write one of pipeline, job, branch, trigger ("*" matches all)')
        return self


class TierRule(FileModel):
    """Which tier an environment belongs to."""

    environment: Pattern
    """Glob on the name of the environment."""
    tier: Tier = Field(alias="is")
    """Its tier: production, staging, testing, development, other."""


class HotfixRule(FileModel):
    """What marks a change as an unplanned repair."""

    branches: tuple[Pattern, ...] = ("hotfix/*", "hotfix-*")
    """Globs on the branch it comes from."""
    labels: tuple[Pattern, ...] = ("hotfix",)
    """Globs on its labels."""


class CheckRule(FileModel):
    """What a job of a pipeline, or a whole pipeline, checks or does beside its purpose."""

    job: Pattern
    """Glob on the name of a job or step, or of the pipeline itself."""
    check: Check = Field(alias="is")
    """What it is: test (of code), data_check (able to stop a run), scan (of dependencies or images), sign (provenance
    or signature), smoke (the whole pipeline on sample data), evaluation (of a model, prompt or agent), gate (a
    candidate is let through or stopped), rollback (going back, for real or rehearsed)."""


def _purposes(*rows: tuple[str, Purpose]) -> tuple[PurposeRule, ...]:
    return tuple(PurposeRule.model_validate({"pipeline": glob, "is": purpose}) for glob, purpose in rows)


def _tiers(*rows: tuple[str, Tier]) -> tuple[TierRule, ...]:
    return tuple(TierRule.model_validate({"environment": glob, "is": tier}) for glob, tier in rows)


PURPOSES = _purposes(
    ("*train*", "training"),
    ("*deploy*", "deployment"),
    ("*release*", "deployment"),
    ("*rollout*", "deployment"),
    ("*drift*", "monitoring"),
    ("*monitor*", "monitoring"),
    ("*eval*", "evaluation"),
    ("*", "ci"),
)
TIERS = _tiers(
    # Before prod*: what comes before production, and what is not it.
    ("*preprod*", "staging"),
    ("*pre-prod*", "staging"),
    ("*nonprod*", "testing"),
    ("*non-prod*", "testing"),
    ("prod*", "production"),
    ("*-prod", "production"),
    ("*-production", "production"),
    ("*/prod*", "production"),
    ("live*", "production"),
    ("stag*", "staging"),
    ("*-staging", "staging"),
    ("uat*", "staging"),
    ("acceptance*", "staging"),
    ("test*", "testing"),
    ("qa*", "testing"),
    ("integration*", "testing"),
    ("dev*", "development"),
    ("preview*", "development"),
    ("review*", "development"),
    ("sandbox*", "development"),
)


CHECKS = tuple(
    CheckRule.model_validate({"job": glob, "is": check})
    for check, globs in {
        "test": ("*test*",),
        "data_check": (
            "*data*valid*",
            "*valid*data*",
            "*data*check*",
            "*check*data*",
            "*data*quality*",
            "*expectation*",
        ),
        "scan": ("*scan*", "*audit*", "*trivy*", "*grype*", "*snyk*", "*codeql*", "*dependency*review*", "*sast*"),
        "sign": ("sign", "sign-*", "sign *", "*-sign", "*signing*", "*attest*", "*cosign*", "*provenance*", "*slsa*"),
        "smoke": ("*smoke*", "*sample*", "*end-to-end*", "*e2e*"),
        "evaluation": ("*eval*",),
        "gate": ("*gate*", "*champion*challenger*", "*acceptance*"),
        "rollback": ("*rollback*", "*roll-back*", "*roll back*"),
    }.items()
    for glob in globs
)


class Rules(FileModel):
    """How the names used in a CI system are to be read. In every list the first match wins."""

    purpose: tuple[PurposeRule, ...] = PURPOSES
    """What pipelines are for; a run that no rule matches is `other`."""
    tier: tuple[TierRule, ...] = TIERS
    """Which tier environments belong to; what no rule matches is `other`."""
    checks: tuple[CheckRule, ...] = CHECKS
    """What jobs check or do. Here every match counts: a job may both test and scan."""
    hotfix: HotfixRule = Field(default_factory=HotfixRule)
    """What marks a change as an unplanned repair."""
    bots: tuple[Pattern, ...] = ("*[[]bot]", "dependabot*", "renovate*", "github-actions*")
    """Globs on author names that are programs; their changes and reviews don't count as people's."""
