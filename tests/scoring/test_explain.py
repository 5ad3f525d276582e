"""The three causes of a change add up exactly, down to practices; a level that moved names who turned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import fsum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cases import TODAY, Case, cases, catalogues

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.explain import Explanation, explain, known_on
from mlops_maturity.scoring.score import score

NEAR = 1e-9
SINCE = TODAY - timedelta(days=30)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), catalogues(), st.sampled_from([0, 1, 7, 30, 130, 400]))
def test_the_parts_add_up_to_the_change_and_the_practices_to_the_parts(case: Case, other: Catalogue, days: int) -> None:
    since = TODAY - timedelta(days=days)
    for old in (case.catalogue, other):
        told = explain(old, case.catalogue, case.evidence, since, TODAY)
        assert told.before == score(old, known_on(case.evidence, since), since)
        assert told.after == score(case.catalogue, case.evidence, TODAY)
        for scope in told.scopes:
            if scope.parts is None:
                continue
            assert scope.parts.total == pytest.approx(scope.index_after - scope.index_before, abs=NEAR)
            for cause in ("ageing", "new_evidence", "model"):
                whole = fsum(getattr(parts, cause) for parts in scope.practices.values())
                assert whole == pytest.approx(getattr(scope.parts, cause), abs=NEAR)
            if old is case.catalogue:
                assert scope.parts.model == 0


def turns(told: Explanation) -> list[tuple[str, int, bool]]:
    return [(turn.practice, move.level, move.gained) for move in told.moves for turn in move.turns]


def test_evidence_that_came_gains_a_level(bench) -> None:
    catalogue = bench.catalogue(bench.watched("p"))
    known = Evidence(readings=(bench.read(1.0, "p.sig", days_ago=30), bench.read(2.0, "p.sig", days_ago=0)))
    told = explain(catalogue, catalogue, known, SINCE, TODAY)
    (overall, aspect) = told.scopes
    assert (overall.level_before, overall.level_after) == (1, 2)
    assert (aspect.parts.ageing, aspect.parts.model) == (0, 0)
    assert aspect.parts.new_evidence == pytest.approx(100 / 3)
    assert turns(told) == [("p", 2, True)]


def test_evidence_that_expired_loses_a_level_by_confidence(bench) -> None:
    catalogue = bench.catalogue(bench.watched("p"))
    known = Evidence(readings=(bench.read(3.0, "p.sig", days_ago=150),))
    told = explain(catalogue, catalogue, known, TODAY - timedelta(days=150), TODAY)
    assert told.scopes[0].parts.ageing == pytest.approx(-100)
    assert turns(told) == [("p", level, False) for level in (1, 2, 3)]
    assert {turn.change.confidence.new_evidence for move in told.moves for turn in move.turns} == {0}


def test_a_catalogue_that_asks_for_more_is_the_model(bench) -> None:
    known = Evidence(readings=(bench.read(3.0, "p.sig"),))
    old, new = bench.catalogue(bench.watched("p")), bench.catalogue(bench.watched("p"), bench.watched("q"))
    told = explain(old, new, known, TODAY, TODAY)
    assert told.scopes[0].parts.model == pytest.approx(-50)
    assert told.scopes[0].practices["p"].model == pytest.approx(-50)
    assert turns(told) == [("q", level, False) for level in (1, 2, 3)]


def test_a_waiver_that_begins_is_new_evidence_and_one_that_ends_is_ageing(bench) -> None:
    catalogue = bench.catalogue(bench.watched("p"), bench.watched("q"))
    read = tuple(bench.read(3.0, "p.sig", days_ago=each) for each in (0, 30))
    begins = Evidence(readings=read, waivers=(bench.waived("q", -5, 5),))
    told = explain(catalogue, catalogue, begins, SINCE, TODAY)
    assert told.scopes[0].parts.new_evidence == pytest.approx(50)
    assert ("q", 1, True) in turns(told)
    ends = Evidence(readings=read, waivers=(bench.waived("q", -40, -5),))
    assert explain(catalogue, catalogue, ends, SINCE, TODAY).scopes[0].parts.ageing == pytest.approx(-50)


def test_an_aspect_that_is_waived_meanwhile_has_no_change_to_split(bench) -> None:
    catalogue = bench.catalogue(bench.practice("p"), bench.practice("q", aspect="b"))
    known = Evidence(answers=(bench.said(2, days_ago=40),), waivers=(bench.waived("q", -5, 5),))
    scopes = {scope.scope: scope for scope in explain(catalogue, catalogue, known, SINCE, TODAY).scopes}
    assert (scopes["b"].parts, scopes["b"].index_after, scopes["b"].practices) == (None, None, {})
    assert scopes["a"].parts is not None


def test_an_aspect_that_only_one_catalogue_has_is_named(bench) -> None:
    old = bench.catalogue(bench.practice("p"), bench.practice("gone", aspect="b"))
    new = bench.catalogue(bench.practice("p"), bench.practice("q", aspect="c"))
    told = explain(old, new, Evidence(answers=(bench.said(2, days_ago=40),)), SINCE, TODAY)
    assert [scope.scope for scope in told.scopes] == ["overall", "a", "c", "b"]
    assert [scope.parts is None for scope in told.scopes] == [False, False, True, True]


def test_nothing_changed_is_all_zero(bench) -> None:
    catalogue = bench.catalogue(bench.practice("p"))
    told = explain(catalogue, catalogue, Evidence(answers=(bench.said(2, days_ago=31),)), SINCE, TODAY)
    assert told.scopes[0].parts.total == 0
    assert told.moves == ()


def test_the_end_before_the_beginning_is_refused(bench) -> None:
    catalogue = bench.catalogue(replace(bench.practice("p")))
    with pytest.raises(ValueError, match="lies before"):
        explain(catalogue, catalogue, Evidence(), TODAY, SINCE)
