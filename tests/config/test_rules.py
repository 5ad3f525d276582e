"""What the presets make of common names, and which rules make no sense."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import get_args

import pytest
from pydantic import ValidationError

from mlops_maturity.config import rules
from mlops_maturity.evidence import records


def purpose(pipeline: str) -> str | None:
    return next((r.purpose for r in rules.Rules().purpose if fnmatchcase(pipeline, r.pipeline or "")), None)


def tier(environment: str) -> str | None:
    return next((r.tier for r in rules.Rules().tier if fnmatchcase(environment, r.environment)), None)


@pytest.mark.parametrize(
    ("pipeline", "meant"),
    [
        ("train-fraud", "training"),
        ("nightly-retrain", "training"),
        ("deploy-prod", "deployment"),
        ("model-release", "deployment"),
        ("rollout", "deployment"),
        ("drift-check", "monitoring"),
        ("model-monitoring", "monitoring"),
        ("evaluate", "evaluation"),
        ("tests", "ci"),
    ],
)
def test_without_rules_common_names_of_pipelines_are_understood(pipeline: str, meant: str) -> None:
    assert purpose(pipeline) == meant


@pytest.mark.parametrize(
    ("environment", "meant"),
    [
        ("prod", "production"),
        ("production-eu", "production"),
        ("eu-prod", "production"),
        ("live", "production"),
        ("preprod", "staging"),
        ("eu-pre-prod", "staging"),
        ("nonprod", "testing"),
        ("eu-non-prod", "testing"),
        ("staging", "staging"),
        ("qa", "testing"),
        ("dev", "development"),
        ("github-pages", None),
    ],
)
def test_without_rules_common_names_of_environments_are_understood(environment: str, meant: str | None) -> None:
    assert tier(environment) == meant


def test_a_list_that_is_written_replaces_its_preset_and_leaves_the_others() -> None:
    written = rules.Rules.model_validate({"purpose": [{"pipeline": "x", "is": "training"}]})

    assert [(rule.pipeline, rule.purpose) for rule in written.purpose] == [("x", "training")]
    assert written.tier == rules.TIERS
    assert written.bots == rules.Rules().bots


def test_a_trigger_may_be_a_pattern() -> None:
    rule = rules.PurposeRule.model_validate({"trigger": "p*", "is": "ci"})

    assert (rule.trigger, rule.pipeline, rule.purpose) == ("p*", None, "ci")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"is": "ci"}, "names no pattern"),
        ({"trigger": "cron", "is": "ci"}, "matches no trigger"),
        ({"pipeline": "x"}, "Field required"),
        ({"pipeline": "x", "purpose": "ci"}, "Extra inputs"),
        ({"pipeline": "", "is": "ci"}, "at least 1 character"),
    ],
)
def test_rules_that_can_never_match_or_say_nothing_are_refused(written: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        rules.PurposeRule.model_validate(written)


def test_the_words_of_rules_are_those_of_records() -> None:
    assert get_args(rules.Purpose) == get_args(records.Purpose)
    assert get_args(rules.Tier) == get_args(records.Tier)
    assert get_args(rules.Trigger) == get_args(records.Trigger)
