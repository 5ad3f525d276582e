"""A level that moved names exactly the practices that stand otherwise before it on the two days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from math import fsum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cases import TODAY, Case, cases, catalogues

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.level_moves import LevelMove, Stand, level_moves
from mlops_maturity.scoring.score import score

NEAR = 1e-9
AGO = st.sampled_from([1, 7, 30, 130, 400])
slow = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def stands(old: Catalogue, case: Case, days: int) -> tuple[Stand, Stand]:
    return tuple(
        Stand(catalogue=catalogue, evidence=case.evidence, assessment=score(catalogue, case.evidence, day))
        for catalogue, day in ((old, TODAY - timedelta(days=days)), (case.catalogue, TODAY))
    )


def by_hand(stand: Stand, aspect: str, level: int) -> tuple[dict[str, str], bool]:
    """Status of each practice, and whether the level holds by itself: from the design's words, by no code of ours."""
    parameters, day = stand.catalogue.parameters, stand.assessment.as_of
    waived = {each.practice for each in stand.evidence.waivers if each.start <= day <= each.until}
    statuses: dict[str, str] = {}
    weights = {"met": 0.0, "all": 0.0}
    for practice in stand.catalogue.practices:
        kinds = stand.evidence.kinds
        other = practice.applies_to is not None and kinds is not None and not kinds & set(practice.applies_to)
        if practice.aspect != aspect:
            continue
        needed = practice.required[level - 1]
        if practice.id in waived or other or needed == 0:
            statuses[practice.id] = "unasked"
            continue
        found = stand.assessment.practices[practice.id]
        met = found.value > needed - 0.15 - NEAR and found.confidence > {1: 0.15, 2: 0.25, 3: 0.55}[level] - NEAR
        key = practice.key_from is not None and practice.key_from <= level
        behind = found.value < needed - 1.15 - NEAR
        statuses[practice.id] = "met" if met else "blocks" if key or behind else "short"
        weights["all"] += practice.weight
        weights["met"] += practice.weight * met
    assert parameters.share == 0.8
    enough = weights["met"] >= 0.8 * weights["all"] - NEAR
    return statuses, enough and "blocks" not in statuses.values()


def levels(assessment: Assessment, aspect: str) -> int | None:
    found = assessment.aspects.get(aspect)
    return None if found is None else found.level


@pytest.mark.slow
@slow
@given(cases(), catalogues(), AGO)
def test_the_practices_named_are_exactly_those_that_stand_otherwise(case: Case, other: Catalogue, days: int) -> None:
    for old in (case.catalogue, other):
        before, after = stands(old, case, days)
        expected: dict[tuple[str, int], tuple[set[str], bool]] = {}
        for aspect in after.assessment.aspects:
            was, now = levels(before.assessment, aspect), levels(after.assessment, aspect)
            if was is None or now is None:
                continue
            for level in range(min(was, now) + 1, max(was, now) + 1):
                (old_status, held), (status, holds) = by_hand(before, aspect, level), by_hand(after, aspect, level)
                if held != holds:
                    names = old_status.keys() | status.keys()
                    turned = {each for each in names if old_status.get(each, "unasked") != status.get(each, "unasked")}
                    expected[aspect, level] = turned, now > was
        found = {
            (move.aspect, move.level): ({turn.practice for turn in move.turns}, move.gained)
            for move in level_moves(before, after)
        }
        assert found == expected


def figures(stand: Stand, practice: str) -> tuple[float | None, float | None]:
    found = stand.assessment.practices.get(practice)
    return (None, None) if found is None else (found.value, found.confidence)


@pytest.mark.slow
@slow
@given(cases(), catalogues(), AGO)
def test_what_is_told_of_them_is_real_and_adds_up(case: Case, other: Catalogue, days: int) -> None:
    for old in (case.catalogue, other):
        before, after = stands(old, case, days)
        for move in level_moves(before, after):
            assert move.after.holds == move.gained != move.before.holds
            for turn in move.turns:
                for stance, stand in ((turn.before, before), (turn.after, after)):
                    assert (stance.value, stance.confidence) == figures(stand, turn.practice)
                    if stance.status != "unasked":
                        met = stance.value >= stance.needs - NEAR
                        met = met and stance.confidence >= stance.needs_confidence - NEAR
                        assert met == (stance.status == "met")
                if turn.change is None:
                    assert None in (turn.before.value, turn.after.value)
                    continue
                for name, parts in (("value", turn.change.value), ("confidence", turn.change.confidence)):
                    moved = getattr(turn.after, name) - getattr(turn.before, name)
                    assert parts.total == pytest.approx(moved, abs=NEAR)
                    for cause in ("ageing", "new_evidence"):
                        own = fsum(getattr(piece, name) for piece in turn.change.pieces if piece.cause == cause)
                        assert own == pytest.approx(getattr(parts, cause), abs=NEAR)
                    if old is case.catalogue:
                        assert parts.model == 0


@pytest.mark.slow
@slow
@given(cases(), AGO)
def test_a_level_that_moved_has_practices_that_moved_it(case: Case, days: int) -> None:
    """Under one catalogue nothing else can; and of those that bar a level alone, one is enough."""
    for move in level_moves(*stands(case.catalogue, case, days)):
        toward = [turn for turn in move.turns if turn.toward]
        assert toward
        assert move.together == (not any(turn.alone for turn in toward))
        if move.together:
            assert move.before.enough != move.after.enough


def moves(bench: Any, catalogue: Catalogue, known: Evidence, days: int = 30, old: Catalogue | None = None) -> Any:
    return level_moves(*stands(old or catalogue, Case(catalogue, known), days))


def statuses(moved: Iterator[LevelMove]) -> list[tuple[int, str, str, str]]:
    return [(move.level, turn.practice, turn.before.status, turn.after.status) for move in moved for turn in move.turns]


def test_a_reading_that_is_read_every_week_never_counts_as_aged_away(bench) -> None:
    """After 400 days the first reading is long expired; yet the value fell by what was read anew, and nothing else."""
    catalogue = bench.catalogue(bench.watched("p"))
    read = tuple(bench.read(3.0 if ago > 200 else 1.6, "p.sig", days_ago=ago) for ago in range(0, 401, 7))
    read += (bench.read(3.0, "p.sig", days_ago=400), bench.read(1.6, "p.sig"))
    (three, two) = sorted(moves(bench, catalogue, Evidence(readings=read), 400), key=lambda move: -move.level)
    (turn,) = two.turns
    assert (turn.before.value, turn.after.value, turn.after.needs) == pytest.approx((3.0, 1.6, 1.85))
    assert turn.change.value.ageing == 0
    assert turn.change.value.new_evidence == pytest.approx(-1.4)
    (piece,) = turn.change.pieces
    assert [(each.signal, each.before.value, each.after.value) for each in piece.readings] == [("p.sig", 3.0, 1.6)]
    assert (three.level, three.turns[0].after.status) == (3, "blocks")


def test_evidence_that_nobody_renewed_loses_the_level_by_its_confidence_alone(bench) -> None:
    catalogue = bench.catalogue(bench.practice("p", signals=(bench.signal(share=0.8),)))
    known = Evidence(answers=(bench.said(2, days_ago=124),))
    (move,) = moves(bench, catalogue, known, 124)
    (turn,) = move.turns
    assert (move.level, turn.before.value, turn.after.value) == (2, 2.0, 2.0)
    assert turn.after.confidence < turn.after.needs_confidence == 0.25 <= turn.before.confidence
    assert turn.change.confidence.total == turn.change.confidence.ageing < 0
    (piece,) = turn.change.pieces
    assert (piece.cause, [each.respondent for each in piece.answers]) == ("ageing", ["ann"])


def test_several_together_lose_a_level_that_none_bars_alone(bench) -> None:
    names = "abcdef"
    practices = [bench.watched(name) for name in names]
    read = tuple(bench.read(1.0, f"{name}.sig", days_ago=30) for name in names)
    lower = tuple(bench.read(0.5, f"{name}.sig") for name in "ab")
    kept = tuple(bench.read(1.0, f"{name}.sig") for name in names[2:])
    (move,) = moves(bench, bench.catalogue(*practices), Evidence(readings=read + lower + kept))
    assert (move.level, move.together, [turn.practice for turn in move.turns]) == (1, True, ["a", "b"])
    assert (move.before.share, move.after.share) == (1.0, pytest.approx(4 / 6))
    assert {turn.after.status for turn in move.turns} == {"short"}


def test_one_that_cannot_be_outvoted_is_told_from_the_others(bench) -> None:
    practices = [bench.watched("key", weight=0.1, key_from=1), *(bench.watched(name) for name in "bcdef")]
    read = tuple(bench.read(1.0, f"{each.id}.sig", days_ago=30) for each in practices)
    now = tuple(bench.read(0.5 if each.id in ("key", "b") else 1.0, f"{each.id}.sig") for each in practices)
    (move,) = moves(bench, bench.catalogue(*practices), Evidence(readings=read + now))
    assert {turn.practice: turn.alone for turn in move.turns} == {"key": True, "b": False}
    assert not move.together


def test_what_turned_against_the_move_is_named_as_such(bench) -> None:
    practices = [bench.watched("key", weight=4, key_from=1), bench.watched("b")]
    then = (bench.read(1.0, "key.sig", days_ago=30), bench.read(0.5, "b.sig", days_ago=30))
    now = (bench.read(0.5, "key.sig"), bench.read(1.0, "b.sig"))
    (move,) = moves(bench, bench.catalogue(*practices), Evidence(readings=then + now))
    assert [(turn.practice, turn.toward) for turn in move.turns] == [("key", True), ("b", False)]


def test_a_catalogue_that_asks_for_more_shows_as_asked_now(bench) -> None:
    old, new = bench.catalogue(bench.watched("p")), bench.catalogue(bench.watched("p"), bench.watched("q"))
    known = Evidence(readings=(bench.read(3.0, "p.sig"), bench.read(3.0, "p.sig", days_ago=30)))
    moved = moves(bench, new, known, old=old)
    assert statuses(moved) == [(level, "q", "unasked", "blocks" if level > 1 else "short") for level in (1, 2, 3)]
    assert {move.turns[0].before.unasked for move in moved} == {"not_in_catalogue"}
    assert {move.turns[0].change for move in moved} == {None}


def test_a_catalogue_that_only_weighs_otherwise_has_no_practice_that_turned(bench) -> None:
    old = bench.catalogue(bench.watched("p", weight=9), bench.watched("q"))
    new = bench.catalogue(bench.watched("p"), bench.watched("q"))
    known = Evidence(readings=tuple(bench.read(3.0 if p == "p" else 0.5, f"{p}.sig", days_ago=30) for p in "pq"))
    (move,) = moves(bench, new, known, old=old)
    assert (move.level, move.gained, move.turns, move.together) == (1, False, (), True)
    assert (move.before.share, move.after.share) == pytest.approx((0.9, 0.5))


def test_a_waiver_that_begins_takes_a_practice_out(bench) -> None:
    catalogue = bench.catalogue(bench.watched("p"), bench.watched("q"))
    read = tuple(bench.read(3.0, "p.sig", days_ago=each) for each in (0, 30))
    moved = moves(bench, catalogue, Evidence(readings=read, waivers=(bench.waived("q", -5, 5),)))
    assert [(move.level, turn.practice, turn.after.unasked) for move in moved for turn in move.turns] == [
        (level, "q", "waived") for level in (1, 2, 3)
    ]


def test_an_aspect_without_a_level_on_one_of_the_days_has_no_move(bench) -> None:
    catalogue = bench.catalogue(bench.watched("p"))
    known = Evidence(readings=(bench.read(3.0, "p.sig"),), waivers=(bench.waived("p", -40, -5),))
    assert moves(bench, catalogue, known) == ()


def test_a_practice_for_other_kinds_of_model_plays_no_part(bench) -> None:
    old = bench.catalogue(bench.watched("p"), bench.watched("q"))
    new = bench.catalogue(bench.watched("p"), replace(bench.watched("q"), applies_to=("genai",)))
    read = tuple(bench.read(3.0, "p.sig", days_ago=each) for each in (0, 30))
    moved = moves(bench, new, Evidence(kinds=frozenset({"classical"}), readings=read), old=old)
    assert {turn.after.unasked for move in moved for turn in move.turns} == {"other_kinds"}
