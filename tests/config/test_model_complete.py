"""Every practice of the built-in catalogue has every part, and says why and from where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mlops_maturity.config.catalogue import Practice
from mlops_maturity.config.catalogue_file import builtin_catalogue

FOLDER = Path(__file__).parents[2] / "config" / "model" / "practices"
FILES = sorted(FOLDER.glob("*.yaml"))
KEYS = {
    "id", "aspect", "title", "question", "answers", "why", "weight", "required", "effort_days", "applies_to", "tools",
    "signals", "crosswalk",
}  # fmt: skip
OPTIONAL = {"key_from", "prerequisites"}
"""Left out where there is nothing to say."""
ROOTS = {"version-control", "named-ownership", "skills-and-literacy"}
"""What a team can begin with."""
GENERATIVE = {"prompt-registry", "genai-eval-gate", "llm-observability-guardrails"}
CATALOGUE = builtin_catalogue()


def written(path: Path) -> dict[str, Any]:
    """The one practice of a file, as it was written."""
    (practice,) = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["practices"]
    return dict(practice)


def test_there_are_44_practices_one_a_file_named_like_it() -> None:
    assert len(FILES) == 44
    assert [path.stem for path in FILES] == [written(path)["id"] for path in FILES]
    assert {path.stem for path in FILES} == set(CATALOGUE.by_id)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_practice_has_every_part(path: Path) -> None:
    practice = written(path)

    assert KEYS <= set(practice) <= KEYS | OPTIONAL
    assert all(practice[key] for key in KEYS)
    assert {"google", "microsoft", "ml_test_score"} <= set(practice["crosswalk"])
    assert set(practice) >= {"prerequisites"} or practice["id"] in ROOTS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_practice_says_why_it_weighs_what_it_weighs(path: Path) -> None:
    weight = re.search(r"^    weight: (\d)  # (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert weight, "weight: N  # the reason"
    assert 1 <= int(weight[1]) <= 5
    assert len(weight[2]) > 10


@pytest.mark.parametrize("practice", CATALOGUE.practices, ids=lambda practice: practice.id)
def test_a_threshold_says_where_it_comes_from(practice: Practice) -> None:
    for use in practice.signals:
        assert use.source == "judgement" or re.search(r"\b20\d\d\b", use.source), use.id


@pytest.mark.parametrize("practice", CATALOGUE.practices, ids=lambda practice: practice.id)
def test_answers_are_told_apart_and_steps_cost_more_the_higher_they_lead(practice: Practice) -> None:
    middles = [sum(practice.effort_days[rung]) / 2 for rung in (1, 2, 3)]

    assert len(set(practice.answers)) == 4
    assert all(10 <= len(answer) <= 260 for answer in practice.answers[1:])
    assert middles == sorted(middles)
    assert practice.required[2] >= 2


def test_practices_for_generative_models_concern_no_other_team() -> None:
    classical = {practice.id for practice in CATALOGUE.practices if practice.concerns(frozenset({"classical"}))}

    assert set(CATALOGUE.by_id) - classical == GENERATIVE
    assert all(CATALOGUE.by_id[name].concerns(frozenset({"agent"})) for name in GENERATIVE)


def test_no_practice_but_a_key_one_decides_level_1_alone() -> None:
    for aspect in CATALOGUE.aspects:
        for kind in ("classical", "genai", "agent"):
            asked = [
                practice
                for practice in CATALOGUE.of_aspect(aspect.id)
                if practice.required[0] and practice.concerns(frozenset({kind}))
            ]
            total = sum(practice.weight for practice in asked)
            for practice in asked:
                alone = practice.weight / total > 1 - CATALOGUE.parameters.share + 1e-9
                assert not alone or practice.key_from == 1, (aspect.id, kind, practice.id)
