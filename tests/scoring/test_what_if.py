"""What-if: the same as scoring the edited evidence, and nothing edited is nothing changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.weighting import Weighting
from mlops_maturity.scoring.what_if import Edits, ReadIf, SaidIf, what_if


@pytest.fixture
def catalogue(bench: Any) -> Any:
    return bench.catalogue(
        bench.practice("talk", "a", weight=1),
        bench.practice("watch", "b", weight=2, signals=(bench.signal(share=0.8),)),
    )


@pytest.fixture
def evidence(bench: Any) -> Evidence:
    return Evidence(
        answers=(bench.said(1, "talk", days_ago=90), bench.said(2, "talk", by="bob", attested=True)),
        readings=(bench.read(1, days_ago=60, seen=3, scope=4, opportunities=6),),
    )


def test_no_edits_change_nothing(catalogue: Any, evidence: Evidence, bench: Any) -> None:
    found = what_if(catalogue, evidence, bench.today, Edits())
    assert found.before == found.after == score(catalogue, evidence, bench.today)


def test_everybody_who_has_answered_says_it_today(catalogue: Any, evidence: Evidence, bench: Any) -> None:
    after = what_if(catalogue, evidence, bench.today, Edits(answers=(SaidIf(practice="talk", value=3),))).after
    other = replace(evidence, answers=(bench.said(3, "talk"), bench.said(3, "talk", by="bob", attested=True)))
    assert after == score(catalogue, other, bench.today)


def test_one_respondent_may_differ_and_take_an_answer_back(catalogue: Any, evidence: Evidence, bench: Any) -> None:
    edits = Edits(answers=(SaidIf(practice="talk", value=None, respondent="bob"),))
    after = what_if(catalogue, evidence, bench.today, edits).after
    assert after.practices["talk"].answers.respondents == 1
    assert after.practices["talk"].value == 1


def test_what_was_said_today_gives_way_even_to_more(catalogue: Any, bench: Any) -> None:
    said_today = Evidence(answers=(bench.said(0, "talk"),))
    after = what_if(catalogue, said_today, bench.today, Edits(answers=(SaidIf(practice="talk", value=3),))).after
    assert after.practices["talk"].value == 3


def test_where_nobody_answered_one_person_does(catalogue: Any, bench: Any) -> None:
    edits = Edits(answers=(SaidIf(practice="talk", value=2, attested=True),))
    after = what_if(catalogue, Evidence(), bench.today, edits).after
    assert after == score(catalogue, Evidence(answers=(bench.said(2, "talk", attested=True),)), bench.today)


def test_a_reading_of_today_keeps_the_amounts_of_the_newest(catalogue: Any, evidence: Evidence, bench: Any) -> None:
    after = what_if(catalogue, evidence, bench.today, Edits(readings=(ReadIf(signal="sig", value=3),))).after
    other = replace(evidence, readings=(*evidence.readings, bench.read(3, seen=3, scope=4, opportunities=6)))
    assert after == score(catalogue, other, bench.today)


def test_a_reading_without_any_to_complete_it_is_refused(catalogue: Any, bench: Any) -> None:
    with pytest.raises(LookupError, match="sig"):
        what_if(catalogue, Evidence(), bench.today, Edits(readings=(ReadIf(signal="sig", value=3, seen=1),)))
    whole = ReadIf(signal="sig", value=3, seen=1, scope=1, opportunities=8)
    assert what_if(catalogue, Evidence(), bench.today, Edits(readings=(whole,))).after.practices["watch"].telemetry > 0


def test_weights_and_parameters_are_the_catalogues_but_for_what_is_named(
    catalogue: Any, evidence: Evidence, bench: Any
) -> None:
    edits = Edits(
        weights=Weighting(aspects={"b": 3.0}, practices={"watch": 9.0}),
        parameters={"tolerance": 0.5, "min_confidence": {1: 0.9}},
    )
    before = catalogue.parameters
    other = replace(
        catalogue,
        aspects=(catalogue.aspects[0], replace(catalogue.aspects[1], weight=3.0)),
        practices=(catalogue.practices[0], replace(catalogue.practices[1], weight=9.0)),
        parameters=replace(before, tolerance=0.5, min_confidence={**before.min_confidence, 1: 0.9}),
    )
    assert what_if(catalogue, evidence, bench.today, edits).after == score(other, evidence, bench.today)


@given(old=st.integers(0, 3), new=st.integers(0, 3), days=st.integers(0, 400))
def test_saying_more_never_lowers_the_value(bench: Any, old: int, new: int, days: int) -> None:
    catalogue = bench.catalogue(bench.practice("talk"))
    known = Evidence(answers=(bench.said(old, "talk", days_ago=days),))
    found = what_if(catalogue, known, bench.today, Edits(answers=(SaidIf(practice="talk", value=max(old, new)),)))
    assert found.after.practices["talk"].value >= found.before.practices["talk"].value - 1e-9
