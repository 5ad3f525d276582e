"""Sensitivity: what moves a level is found, and nothing leaves its bounds."""

from __future__ import annotations

from typing import Any

import pytest

from mlops_maturity.config.catalogue import Parameters
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.catalogue_format import ParametersFormat
from mlops_maturity.scoring.evidence import Answer, Evidence
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.sensitivity import HIGHEST, sensitivity
from mlops_maturity.scoring.what_if import Edits, what_if


def test_the_parameter_that_holds_a_level_comes_first(bench: Any) -> None:
    # At 0.83, level 1 needs 0.85; a tolerance of 0.1875 instead of 0.15 lets it in.
    catalogue = bench.catalogue(bench.watched("p"))
    evidence = Evidence(readings=(bench.read(0.83, "p.sig"),))
    first, *_ = sensitivity(catalogue, evidence, bench.today)
    assert (first.kind, first.name, first.base) == ("parameter", "tolerance", 0.15)
    assert (first.down.level, first.up.level, first.level_moved) == (0, 1, 1)
    assert first.up.setting == pytest.approx(0.1875)
    assert first.up.aspects == ("a",)


def test_the_weight_that_holds_a_level_comes_first(bench: Any) -> None:
    # 7 of 9 is under 80 % of the weight, 8.75 of 10.75 is over.
    catalogue = bench.catalogue(
        bench.watched("p", weight=7, required=(1, 1, 1)), bench.watched("q", weight=2, required=(1, 1, 1))
    )
    evidence = Evidence(readings=(bench.read(1, "p.sig"), bench.read(0.2, "q.sig")))
    ordered = sensitivity(catalogue, evidence, bench.today)
    moving = {each.name: (each.down.level, each.up.level) for each in ordered if each.level_moved}
    assert moving == {"p": (0, 3), "q": (3, 0), "share": (3, 0)}
    assert [each.level_moved for each in ordered] == sorted((each.level_moved for each in ordered), reverse=True)


def test_every_outcome_is_what_the_function_itself_says(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice("p"), bench.watched("q", aspect="b"))
    evidence = Evidence(answers=(bench.said(2, days_ago=100),), readings=(bench.read(1.2, "q.sig", days_ago=9),))
    found = {each.name: each for each in sensitivity(catalogue, evidence, bench.today)}
    after = what_if(catalogue, evidence, bench.today, Edits(parameters={"min_confidence": {2: 0.25 * 0.75}})).after
    assert found["min_confidence.2"].down.setting == 0.25 * 0.75
    assert (found["min_confidence.2"].down.level, found["min_confidence.2"].down.index) == (
        after.overall.level, after.overall.index,
    )  # fmt: skip
    assert found["a"].kind == "aspect weight"
    assert found["a"].moves
    assert not found["contradiction_gap"].moves


EXTREME = Parameters(
    share=1.0, tolerance=0.99, floor=1, slack=3, survey_max=1, min_confidence={1: 0.9, 2: 1.0, 3: 1.0},
    contradiction_gap=3, contradiction_mass=1,
)  # fmt: skip


@pytest.mark.parametrize("parameters", [Parameters(), EXTREME])
def test_no_setting_is_one_that_a_catalogue_would_be_refused_for(bench: Any, parameters: Parameters) -> None:
    catalogue = bench.catalogue(bench.practice("p"), parameters=parameters)
    for each in sensitivity(catalogue, Evidence(answers=(bench.said(2),)), bench.today):
        if each.kind == "parameter":
            name, _, level = each.name.partition(".")
            for outcome in (each.down, each.up):
                ParametersFormat.model_validate({name: {int(level): outcome.setting} if level else outcome.setting})


def test_every_upper_bound_of_the_format_is_kept() -> None:
    bounded = {
        name
        for name, field in ParametersFormat.model_json_schema()["properties"].items()
        if "maximum" in str(field) or "exclusiveMaximum" in str(field)
    }
    assert bounded == set(HIGHEST)


def test_where_nothing_is_judged_there_is_nothing_to_move(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice("p"))
    assert sensitivity(catalogue, Evidence(waivers=(bench.waived("p"),)), bench.today) == ()


def test_the_builtin_catalogue_has_all_its_dials(bench: Any) -> None:
    catalogue = builtin_catalogue()
    answers = tuple(
        Answer(practice=practice.id, respondent="ann", value=2, on=bench.today) for practice in catalogue.practices
    )
    found = sensitivity(catalogue, Evidence(answers=answers), bench.today)
    kinds = [each.kind for each in found]
    assert kinds.count("practice weight") == len(catalogue.practices)
    assert kinds.count("aspect weight") == len(catalogue.aspects)
    assert kinds.count("parameter") == 15
    assert score(catalogue, Evidence(answers=answers), bench.today).overall.level is not None
