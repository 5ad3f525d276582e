from __future__ import annotations

import json

import pytest

from mlops_maturity.scoring.assessment_json import to_json


def test_the_result_is_strict_json_all_through(bench):
    practices = [bench.watched("x"), bench.watched("y", aspect="b")]
    data = to_json(bench.score(practices, bench.said(3, "x"), bench.waived("y")))
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_what_says_nothing_is_null_and_not_zero(bench):
    data = to_json(bench.score([bench.watched("x")], bench.waived("x")))
    figures = dict.fromkeys(["level_lo", "level", "level_hi", "index_lo", "index", "index_hi", "confidence"], None)
    assert data["overall"] == figures
    assert data["aspects"]["a"] == {**figures, "blocking": [], "waived": ["x"]}


def test_parts_that_say_nothing_have_no_value(bench):
    parts = to_json(bench.score([bench.watched("x")]))["practices"]["x"]["parts"]
    assert parts == [
        {"kind": "signal", "id": "x.sig", "mass": 0, "value": None, "coverage": 0, "sample": 0, "freshness": 0},
        {"kind": "survey", "mass": 0, "value": None, "respondents": 0, "spread": 0},
    ]


def test_an_expired_part_can_be_told_from_one_that_never_had_a_reading(bench):
    gone = bench.read(3, "x.sig", days_ago=121, seen=1, scope=2, opportunities=2)
    (part, _) = to_json(bench.score([bench.watched("x")], gone))["practices"]["x"]["parts"]
    assert (part["mass"], part["value"], part["freshness"]) == (0, None, 0)
    assert (part["coverage"], part["sample"]) == (0.5, 0.5)


def test_a_contradiction_is_an_object_and_none_is_null(bench):
    practices = [bench.practice(signals=(bench.signal(share=0.5),)), bench.practice("quiet")]
    data = to_json(bench.score(practices, bench.read(1), bench.said(3)))["practices"]
    assert data["p"]["contradiction"] == {"kind": "overclaim", "gap": 2.0}
    assert data["quiet"]["contradiction"] is None


def test_survey_only_practices_have_a_survey_part_alone(bench):
    data = to_json(bench.score([bench.practice()], bench.said(2), bench.said(3, by="bob")))
    assert data["practices"]["p"]["parts"] == [
        {"kind": "survey", "mass": pytest.approx(0.4), "value": 2.5, "respondents": 2, "spread": 1}
    ]
