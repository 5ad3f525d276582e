"""What moved a practice, held against every order in which its evidence could have turned, by the formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import permutations
from math import fsum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cases import RISING, TODAY, Case, cases

from mlops_maturity.config.catalogue import Practice
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.practice_change import Known, PracticeChange, practice_change
from mlops_maturity.scoring.score import score

NEAR = 1e-9
Mass = tuple[float, float]
"""What a signal weighs, and the rung it speaks for; or what an answer weighs, and its rung."""


def rung(signal: str, raw: float) -> float:
    """The anchors of `random_cases`, drawn by hand."""
    if RISING[signal]:
        return 0.5 * raw if raw <= 1 else min(3.0, 0.5 + (raw - 1) * 2.5 / 3)
    return 3.0 - raw * 2 / 3 if raw <= 3 else max(0.0, 4.0 - raw)


def signal_on(practice: Practice, known: Evidence, day: date) -> dict[str, Mass]:
    found = {}
    for use in practice.signals:
        past = [each for each in known.readings if each.signal == use.id and each.on <= day]
        newest = max((each.on for each in past), default=None)
        claims = [
            (rung(use.id, each.value), (min(1, each.seen / each.scope) if each.scope else 0)
             * (each.opportunities / (each.opportunities + 2)))
            for each in past if each.on == newest
        ]  # fmt: skip
        value, weight = min(claims, default=(0.0, 0.0))
        age = (day - newest).days if newest else 0
        found[use.id] = (use.share * weight * 2 ** (-age / use.half_life_days) * (age <= 4 * use.half_life_days), value)
    return found


def answers_on(practice: Practice, known: Evidence, day: date) -> dict[str, Mass]:
    found = {}
    for name in {each.respondent for each in known.answers}:
        own = [
            each for each in known.answers if (each.practice, each.respondent) == (practice.id, name) and each.on <= day
        ]
        newest = max((each.on for each in own), default=None)
        said = [(each.value, each.attested) for each in own if each.on == newest and each.value is not None]
        if said and newest is not None and (day - newest).days <= 720:
            value, attested = min(said)
            found[name] = (2 ** (-(day - newest).days / 180) * (2 if attested else 1), float(value))
    return found


def figures(practice: Practice, signals: Mapping[str, Mass], answers: Mapping[str, Mass]) -> tuple[float, float]:
    """Value and confidence by docs/scoring.md."""
    t = fsum(mass for mass, _ in signals.values())
    whole = fsum(weight for weight, _ in answers.values())
    said = fsum(weight * value for weight, value in answers.values()) / whole if whole else 0.0
    s = (1 - t) * 0.60 * whole / (whole + 1)
    yes = fsum(mass * value for mass, value in signals.values()) + s * said
    share = sum(use.share for use in practice.signals)
    return yes / max(t + s, 0.15), (t + s) / (share + 0.6 * (1 - share))


Piece = tuple[str, tuple[str, ...]]


def by_every_order(practice: Practice, known: Evidence, since: date, until: date) -> dict[Piece, tuple[float, float]]:
    """Piece to what it changes on average, all orders tried one after the other."""
    signals = signal_on(practice, known, since), signal_on(practice, known, until)
    answers = answers_on(practice, known, since), answers_on(practice, known, until)
    came = {each.respondent for each in known.answers if each.practice == practice.id and since < each.on <= until}
    people = sorted(answers[0].keys() | answers[1].keys())
    changed = [each for each in people if answers[0].get(each) != answers[1].get(each)]
    pieces: list[Piece] = [("signal", (use.id,)) for use in practice.signals]
    pieces += [
        ("answers", group)
        for group in (tuple(e for e in changed if e in came), tuple(e for e in changed if e not in came))
        if group
    ]

    def at(turned: Sequence[Piece]) -> tuple[float, float]:
        names = {name for _, group in turned for name in group}
        heard = {use: signals[use in names][use] for use in signals[0]}
        said = {each: answers[each in names][each] for each in people if each in answers[each in names]}
        return figures(practice, heard, said)

    orders = list(permutations(pieces))
    sums = {piece: [0.0, 0.0] for piece in pieces}
    for order in orders:
        for place, piece in enumerate(order):
            for figure in (0, 1):
                sums[piece][figure] += at(order[: place + 1])[figure] - at(order[:place])[figure]
    return {piece: (value / len(orders), confidence / len(orders)) for piece, (value, confidence) in sums.items()}


def piece_names(change: PracticeChange) -> dict[Piece, tuple[float, float]]:
    return {
        ("signal", tuple(each.signal for each in piece.readings))
        if piece.readings
        else ("answers", tuple(each.respondent for each in piece.answers)): (piece.value, piece.confidence)
        for piece in change.pieces
    }


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.sampled_from([1, 7, 30, 130, 400]))
def test_every_piece_gets_its_mean_over_all_orders(case: Case, days: int) -> None:
    since = TODAY - timedelta(days=days)
    for practice in case.catalogue.practices:
        before = Known(catalogue=case.catalogue, evidence=case.evidence, day=since)
        after = Known(catalogue=case.catalogue, evidence=case.evidence, day=TODAY)
        change = practice_change(practice.id, before, after)
        found = piece_names(change)
        expected = by_every_order(practice, case.evidence, since, TODAY)
        for piece, shares in expected.items():
            assert found.get(piece, (0.0, 0.0)) == pytest.approx(shares, abs=NEAR)
        assert found.keys() <= expected.keys()
        ends = [score(case.catalogue, case.evidence, day).practices[practice.id] for day in (since, TODAY)]
        assert change.value.total == pytest.approx(ends[1].value - ends[0].value, abs=NEAR)
        assert change.confidence.total == pytest.approx(ends[1].confidence - ends[0].confidence, abs=NEAR)


def test_of_many_signals_those_of_one_cause_are_taken_together_and_still_add_up(bench) -> None:
    uses = tuple(bench.signal(f"s{number}", share=0.1) for number in range(10))
    catalogue = bench.catalogue(bench.practice("p", signals=uses))
    read = [bench.read(3.0, use.id, days_ago=30) for use in uses] + [bench.read(0.0, use.id) for use in uses[:4]]
    known = Evidence(readings=tuple(read), answers=(bench.said(1, days_ago=40), bench.said(3, by="bob")))
    change = practice_change(
        "p",
        Known(catalogue=catalogue, evidence=known, day=TODAY - timedelta(days=30)),
        Known(catalogue=catalogue, evidence=known, day=TODAY),
    )
    assert [(piece.cause, len(piece.readings), len(piece.answers)) for piece in change.pieces] == [
        ("ageing", 6, 0), ("new_evidence", 4, 0), ("ageing", 0, 1), ("new_evidence", 0, 1),
    ]  # fmt: skip
    ends = [score(catalogue, known, day).practices["p"] for day in (TODAY - timedelta(days=30), TODAY)]
    assert change.value.total == pytest.approx(ends[1].value - ends[0].value, abs=NEAR)


def test_a_newer_dont_know_is_told_from_an_answer_too_old(bench) -> None:
    catalogue = bench.catalogue(bench.practice("p"))
    known = Evidence(answers=(bench.said(2, days_ago=730), bench.said(2, by="bob", days_ago=700),
                              bench.said(None, by="bob")))  # fmt: skip
    change = practice_change(
        "p",
        Known(catalogue=catalogue, evidence=known, day=TODAY - timedelta(days=30)),
        Known(catalogue=catalogue, evidence=known, day=TODAY),
    )
    told = {(each.respondent, piece.cause, each.unsure_on) for piece in change.pieces for each in piece.answers}
    assert told == {("bob", "new_evidence", TODAY), ("ann", "ageing", None)}


def test_a_catalogue_that_hears_less_of_the_same_is_the_model(bench) -> None:
    old = bench.catalogue(bench.practice("p", signals=(bench.signal(share=1.0),)))
    new = bench.catalogue(bench.practice("p", signals=(bench.signal(share=0.5),)))
    known = Evidence(readings=(bench.read(3.0), bench.read(3.0, days_ago=30)))
    change = practice_change(
        "p",
        Known(catalogue=old, evidence=known, day=TODAY - timedelta(days=30)),
        Known(catalogue=new, evidence=known, day=TODAY),
    )
    assert change.confidence.model == pytest.approx(0.5 / 0.8 - 1)
    assert change.confidence.new_evidence == pytest.approx(0)
