"""What-if and sensitivity against the second reading of the design: each figure worked out again, edits by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import by_the_book
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cases import TODAY, Case, cases

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.sensitivity import sensitivity
from mlops_maturity.scoring.weighting import Weighting
from mlops_maturity.scoring.what_if import Edits, ReadIf, SaidIf, what_if

NEAR = 1e-9
MOST = {
    "survey_max": 1, "floor": 1, "tolerance": 1, "share": 1, "slack": 3, "min_confidence": 1, "contradiction_gap": 3,
    "contradiction_mass": 1,
}  # fmt: skip
"""Beyond these a parameter means nothing: shares end at 1, differences of rungs at 3."""
Turned = tuple[str, str, float, Catalogue]
"""Kind and name of what is turned, its setting, and the catalogue with it."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cases())
def test_every_row_of_the_table_is_worked_out_again(case: Case) -> None:
    before = by_the_book.assess(case.catalogue, case.evidence, TODAY)["scopes"]
    rows = {(row.kind, row.name): row for row in sensitivity(case.catalogue, case.evidence, TODAY)}
    if "overall" not in before:
        assert not rows
        return
    lower, higher = (list(_turned(case.catalogue, case.evidence, by)) for by in (0.75, 1.25))
    assert rows.keys() == {(kind, name) for kind, name, *_ in lower}
    for turned in (lower, higher):
        for kind, name, setting, catalogue in turned:
            told = rows[kind, name].down if turned is lower else rows[kind, name].up
            after = by_the_book.assess(catalogue, case.evidence, TODAY)["scopes"]
            assert told.setting == pytest.approx(setting, abs=NEAR)
            assert told.level == after["overall"]["level_point"], (kind, name, setting)
            assert told.index == pytest.approx(after["overall"]["index_point"], abs=1e-7)
            assert set(told.aspects) == {
                scope
                for scope in before.keys() - {"overall"}
                if after[scope]["level_point"] != before[scope]["level_point"]
            }


def _turned(catalogue: Catalogue, evidence: Evidence, by: float) -> Iterator[Turned]:
    parameters = catalogue.parameters
    for field in fields(parameters):
        value, most = getattr(parameters, field.name), MOST.get(field.name, 1e9)
        if isinstance(value, (int, float)):
            setting = min(value * by, most)
            changed = replace(parameters, **{field.name: setting})
            yield "parameter", field.name, setting, replace(catalogue, parameters=changed)
            continue
        for level in value:
            setting = min(value[level] * by, most)
            changed = replace(parameters, **{field.name: {**value, level: setting}})
            yield "parameter", f"{field.name}.{level}", setting, replace(catalogue, parameters=changed)
    waived = {waiver.practice for waiver in evidence.waivers if waiver.start <= TODAY <= waiver.until}
    counted = [
        each
        for each in catalogue.practices
        if each.id not in waived
        and (each.applies_to is None or evidence.kinds is None or set(each.applies_to) & set(evidence.kinds))
    ]
    for practice in counted:
        setting = practice.weight * by
        practices = tuple(replace(e, weight=setting) if e.id == practice.id else e for e in catalogue.practices)
        yield "practice weight", practice.id, setting, replace(catalogue, practices=practices)
    for aspect in catalogue.aspects:
        if aspect.id in {practice.aspect for practice in counted}:
            setting = aspect.weight * by
            aspects = tuple(replace(e, weight=setting) if e.id == aspect.id else e for e in catalogue.aspects)
            yield "aspect weight", aspect.id, setting, replace(catalogue, aspects=aspects)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cases(), st.data())
def test_what_would_be_is_worked_out_again(case: Case, data: st.DataObject) -> None:
    practice = data.draw(st.sampled_from(case.catalogue.practices))
    names = sorted({answer.respondent for answer in case.evidence.answers})
    said = SaidIf(
        practice=practice.id,
        value=data.draw(st.sampled_from([None, 0, 1, 2, 3])),
        respondent=data.draw(st.sampled_from([None, "somebody new", *names])),
        attested=data.draw(st.booleans()),
    )
    amount = st.sampled_from([0.0, 1.0, 3.0, 10.0])
    read = ReadIf(
        signal=data.draw(st.sampled_from(sorted(case.catalogue.signal_ids) or ["none"])),
        value=data.draw(st.sampled_from([-1.0, 0.0, 0.5, 2.0, 3.7, 9.0])),
        seen=data.draw(amount), scope=data.draw(amount), opportunities=data.draw(amount),
    )  # fmt: skip
    tolerance, weight = data.draw(st.sampled_from([0.01, 0.15, 0.5])), data.draw(st.sampled_from([0.2, 1.0, 7.0]))
    edits = Edits(
        answers=(said,), readings=(read,), parameters={"tolerance": tolerance},
        weights=Weighting(practices={practice.id: weight}),
    )  # fmt: skip

    found = what_if(case.catalogue, case.evidence, TODAY, edits)

    catalogue = replace(
        case.catalogue,
        parameters=replace(case.catalogue.parameters, tolerance=tolerance),
        practices=tuple(replace(e, weight=weight) if e.id == practice.id else e for e in case.catalogue.practices),
    )
    evidence = replace(
        case.evidence, answers=tuple(_said(case.evidence, said)), readings=tuple(_read(case.evidence, read))
    )
    _same(found.before, by_the_book.assess(case.catalogue, case.evidence, TODAY))
    _same(found.after, by_the_book.assess(catalogue, evidence, TODAY))


def _said(evidence: Evidence, said: SaidIf) -> Iterator[Answer]:
    """Who is meant says it today and nothing else; everybody who has answered, or one person."""
    people = {row.respondent for row in evidence.answers if row.practice == said.practice and row.on <= TODAY}
    meant = {said.respondent} if said.respondent else people or {"anybody"}
    yield from (row for row in evidence.answers if row.practice != said.practice or row.respondent not in meant)
    for person in meant:
        yield Answer(
            practice=said.practice, respondent=person, value=said.value, on=TODAY, attested=bool(said.attested)
        )


def _read(evidence: Evidence, read: ReadIf) -> Iterator[Reading]:
    yield from (row for row in evidence.readings if row.signal != read.signal or row.on != TODAY)
    yield Reading(
        signal=read.signal, value=read.value, seen=read.seen or 0.0, scope=read.scope or 0.0,
        opportunities=read.opportunities or 0.0, on=TODAY,
    )  # fmt: skip


def _same(assessment: Any, book: dict[str, Any]) -> None:
    for scope, result in {"overall": assessment.overall, **assessment.aspects}.items():
        if scope not in book["scopes"]:
            assert result.level is None
            continue
        mine = book["scopes"][scope]
        assert (result.level_lo, result.level, result.level_hi) == tuple(
            mine[f"level_{name}"] for name in ("lo", "point", "hi")
        )
        assert (result.index_lo, result.index, result.index_hi, result.confidence) == pytest.approx(
            (mine["index_lo"], mine["index_point"], mine["index_hi"], mine["confidence"]), abs=1e-7
        )
