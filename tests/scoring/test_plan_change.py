"""What a plan assumes will be said and shown, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.plan_change import NEW_OPPORTUNITIES, Change, answers_after, evidence_after
from mlops_maturity.scoring.plan_situation import MOST_GAPS, Situation, raw_for, situation
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.telemetry import rung_of


def _case(bench: Any, catalogue: Catalogue, *entries: Answer | Reading) -> Situation:
    known = Evidence(
        answers=tuple(entry for entry in entries if isinstance(entry, Answer)),
        readings=tuple(entry for entry in entries if isinstance(entry, Reading)),
    )
    return situation(catalogue, known, bench.today)


def _said(case: Situation, change: Change) -> set[tuple[str, int | None, int, bool]]:
    answers = answers_after(case, case.practices[0], change)
    assert answers is not None
    return {(row.respondent, row.value, (case.as_of - row.on).days, row.attested) for row in answers}


def test_an_improved_practice_is_said_anew_by_all_whose_answers_count(bench: Any) -> None:
    case = _case(
        bench, bench.catalogue(bench.practice()),
        bench.said(1, by="ann", days_ago=9), bench.said(3, by="bob", days_ago=5, attested=True),
        bench.said(0, by="carl", days_ago=721), bench.said(None, by="dora"), bench.said(1, by="eve"),
    )  # fmt: skip
    assert _said(case, Change(rung=2, improved=True)) == {
        ("ann", 1, 9, False), ("ann", 2, 0, False), ("bob", 3, 5, True), ("bob", 3, 0, True),
        ("carl", 0, 721, False), ("dora", None, 0, False), ("eve", 2, 0, False),
    }  # fmt: skip


def test_where_nobody_said_anything_one_person_says_the_new_rung(bench: Any) -> None:
    case = _case(bench, bench.catalogue(bench.practice()))
    assert _said(case, Change(rung=2, improved=True)) == {("somebody 1", 2, 0, False)}


def test_people_asked_are_never_those_who_are_there(bench: Any) -> None:
    case = _case(bench, bench.catalogue(bench.practice()), bench.said(2, by="somebody 1"))
    assert _said(case, Change(rung=2, asked=2)) == {
        ("somebody 1", 2, 0, False), ("somebody 2", 2, 0, False), ("somebody 3", 2, 0, False),
    }  # fmt: skip


def test_artefacts_go_to_answers_that_say_the_rung_the_oldest_first(bench: Any) -> None:
    case = _case(
        bench, bench.catalogue(bench.practice()),
        bench.said(2, by="ann", days_ago=1), bench.said(2, by="bob", days_ago=90), bench.said(3, by="carl"),
    )  # fmt: skip
    after = _said(case, Change(rung=2, attached=1))
    assert ("bob", 2, 0, True) in after
    assert {who for who, _, _, attested in after if attested} == {"bob"}
    assert answers_after(case, case.practices[0], Change(rung=2, attached=3)) is None, "only two say 2"


def test_an_improved_practice_shows_its_rung_on_the_day_and_with_the_weight_of_the_reading(bench: Any) -> None:
    catalogue = bench.catalogue(bench.watched("p"))
    case = _case(bench, catalogue, bench.read(1, "p.sig", days_ago=3, seen=2.0, scope=4.0), bench.read(0, "p.sig", 40))
    after = evidence_after(case, {"p": Change(rung=2, improved=True)})
    assert {(row.value, row.seen, (bench.today - row.on).days) for row in after.readings} == {(2, 2, 3), (0, 1, 40)}


def test_a_signal_that_shows_more_already_stays(bench: Any) -> None:
    case = _case(bench, bench.catalogue(bench.watched("p")), bench.read(2.6, "p.sig"))
    (reading,) = evidence_after(case, {"p": Change(rung=2, improved=True)}).readings
    assert reading.value == 2.6


def test_a_quiet_signal_shows_nothing_new_until_it_is_connected(bench: Any) -> None:
    case = _case(bench, bench.catalogue(bench.watched("p")), bench.read(1, "p.sig", days_ago=31), bench.said(1))
    assert case.gaps == {"p.sig"}
    improved = evidence_after(case, {"p": Change(rung=3, improved=True)})
    assert [row.value for row in improved.readings] == [1]
    connected = evidence_after(case, {"p": Change(rung=3, improved=True, connected=frozenset(["p.sig"]))})
    assert [(row.value, (bench.today - row.on).days) for row in connected.readings] == [(1, 31), (3, 0)]


def test_evidence_work_shows_what_is_known_and_no_more(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice("p", signals=(bench.signal("new"),)))
    case = _case(bench, catalogue, bench.said(2, by="ann"), bench.said(1, by="bob"))
    after = evidence_after(case, {"p": Change(rung=case.rung("p"), connected=frozenset(["new"]))})
    (reading,) = after.readings
    assert (reading.value, reading.opportunities) == (pytest.approx(1.5), NEW_OPPORTUNITIES)
    assert score(catalogue, after, bench.today).practices["p"].value == pytest.approx(1.5)


def test_a_signal_that_comes_back_shows_what_it_last_showed(bench: Any) -> None:
    case = _case(
        bench, bench.catalogue(bench.watched("p")), bench.read(0.4, "p.sig", days_ago=60, opportunities=3.0),
        bench.said(2),
    )  # fmt: skip
    after = evidence_after(case, {"p": Change(rung=case.rung("p"), connected=frozenset(["p.sig"]))})
    newest = max(after.readings, key=lambda row: row.on)
    assert (newest.value, newest.opportunities, newest.on) == (0.4, 3.0, bench.today)


def test_a_shared_signal_shows_the_best_that_any_of_its_practices_asks(bench: Any) -> None:
    use = bench.signal("sig", share=0.5)
    catalogue = bench.catalogue(bench.practice("p", signals=(use,)), bench.practice("q", signals=(use,)))
    case = _case(bench, catalogue, bench.read(1))
    changes = {"p": Change(rung=2, improved=True), "q": Change(rung=3, improved=True)}
    assert [row.value for row in evidence_after(case, changes).readings] == [3]


def test_a_signal_that_practices_read_in_opposite_ways_is_left_alone(bench: Any) -> None:
    falling = bench.signal("sig", share=0.5, anchors=((0.0, 3.0), (3.0, 0.0)))
    catalogue = bench.catalogue(
        bench.practice("p", signals=(bench.signal("sig", share=0.5),)), bench.practice("q", signals=(falling,))
    )
    case = _case(bench, catalogue, bench.read(1))
    assert (case.fixed, case.gaps) == ({"sig"}, frozenset())
    assert [row.value for row in evidence_after(case, {"p": Change(rung=3, improved=True)}).readings] == [1]
    assert _case(bench, catalogue).gaps == frozenset()


def test_only_the_largest_gaps_of_a_practice_are_worked_on(bench: Any) -> None:
    uses = tuple(bench.signal(f"s{number}", share=0.1 + number / 100) for number in range(MOST_GAPS + 2))
    case = _case(bench, bench.catalogue(bench.practice("p", signals=uses)))
    assert case.gaps == {f"s{number}" for number in range(2, MOST_GAPS + 2)}


@pytest.mark.parametrize(
    "anchors",
    [((0.0, 0.0), (1.0, 0.5), (4.0, 3.0)), ((0.0, 3.0), (3.0, 1.0), (4.0, 0.0)), ((0.0, 0.0), (3.0, 2.4)),
     ((0.1, 1.0), (0.7, 1.0), (0.9, 3.0)), ((1.0, 2.0), (2.0, 2.0))],
)  # fmt: skip
@pytest.mark.parametrize("rung", [0, 0.3, 1, 1.7, 2, 3])
def test_the_least_claim_shows_the_rung_or_the_most_there_is(bench: Any, anchors: Any, rung: float) -> None:
    use = bench.signal(anchors=anchors)
    shown, rungs = rung_of(anchors, raw_for(use, rung)), [anchor[1] for anchor in anchors]
    assert shown == pytest.approx(max(min(rung, max(rungs)), min(rungs)))


def test_a_rung_rests_on_what_is_known_even_if_it_has_faded(bench: Any) -> None:
    """A lone answer of 450 days: the value has faded to 1.8, what is known still says 3."""
    case = _case(bench, bench.catalogue(bench.practice("p")), bench.said(3, days_ago=450))
    assert case.result("p").level == 1
    assert case.rung("p") == 3
    assert _case(bench, bench.catalogue(bench.practice("p"))).rung("p") == 0
