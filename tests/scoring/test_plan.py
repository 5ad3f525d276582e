"""Plans on small teams whose answer can be told by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mlops_maturity.config.catalogue import Catalogue, Practice
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.plan import Plan, PromiseBroken, best_plan, cheapest_path
from mlops_maturity.scoring.plan_json import plan_json
from mlops_maturity.scoring.plan_robustness import robustness
from mlops_maturity.scoring.plan_solver import Unsolved
from mlops_maturity.scoring.plan_words import headline, obstacle, reason, title


def _known(*entries: Answer | Reading | Waiver, kinds: frozenset[str] | None = None) -> Evidence:
    return Evidence(
        kinds=kinds,
        answers=tuple(entry for entry in entries if isinstance(entry, Answer)),
        readings=tuple(entry for entry in entries if isinstance(entry, Reading)),
        waivers=tuple(entry for entry in entries if isinstance(entry, Waiver)),
    )


def _work(plan: Plan) -> list[tuple[str, str, int]]:
    return [(step.work.kind, step.work.subject, step.work.rung or step.times) for step in plan.steps]


def _effort(practice: Practice, *days: float) -> Practice:
    return replace(practice, effort_days={rung: (day, day) for rung, day in enumerate(days, 1)})


def test_a_practice_is_moved_rung_by_rung_up_to_what_the_level_asks(bench: Any) -> None:
    catalogue = bench.catalogue(bench.watched("p"))
    plan = cheapest_path(catalogue, _known(bench.read(0, "p.sig")), bench.today, 2)
    assert _work(plan) == [("improve", "p", 1), ("improve", "p", 2)]
    assert (plan.before.overall.level, plan.after.overall.level) == (0, 2)
    assert (plan.effort.low, plan.effort.high, plan.effort.expected) == (2, 4, 3)


def test_what_holds_today_needs_no_step(bench: Any) -> None:
    plan = cheapest_path(bench.catalogue(bench.watched("p")), _known(bench.read(2, "p.sig")), bench.today, 2)
    assert (plan.outcome, plan.steps) == ("already", ())
    assert headline(plan).startswith("Already there")


def test_one_persons_word_is_made_enough_by_evidence_work_alone(bench: Any) -> None:
    """Survey only: one answer gives confidence 0.5, level 3 needs 0.55."""
    plan = cheapest_path(bench.catalogue(bench.practice("p")), _known(bench.said(3)), bench.today, 3)
    assert _work(plan) == [("ask", "p", 1)]
    assert plan.steps[0].evidence_work
    assert plan.steps[0].benefit == 0
    assert plan.after.practices["p"].value == pytest.approx(3), "evidence work confirms, it doesn't improve"


def test_a_signal_without_a_source_is_connected_where_people_are_not_enough(bench: Any) -> None:
    practice = bench.practice("p", signals=(bench.signal("sig", share=1.0),))
    plan = cheapest_path(bench.catalogue(practice), _known(bench.said(3)), bench.today, 3)
    assert _work(plan) == [("connect", "sig", 1)], "four people with an artefact each reach 0.53 of 0.55"
    assert plan.after.practices["p"].confidence == pytest.approx(0.8 + 0.2 * 0.3)


def test_a_signal_that_several_practices_read_is_connected_and_paid_for_once(bench: Any) -> None:
    use = bench.signal("sig", share=1.0)
    practices = [_effort(bench.practice(name, signals=(use,)), 9, 9, 9) for name in "pqrs"]
    known = _known(*(bench.said(3, name) for name in "pqrs"))
    plan = cheapest_path(bench.catalogue(*practices), known, bench.today, 3)
    assert _work(plan) == [("connect", "sig", 1)]
    assert plan.steps[0].practices == ("p", "q", "r", "s")
    assert plan.effort.expected == 1.25


def test_a_connected_signal_is_never_assumed_to_show_more_than_is_known(bench: Any) -> None:
    practice = _effort(bench.practice("p", signals=(bench.signal("sig", share=1.0),)), 1, 1, 50)
    plan = cheapest_path(bench.catalogue(practice), _known(bench.said(2)), bench.today, 3)
    assert ("improve", "p", 3) in _work(plan), "evidence work can't take the place of the step to rung 3"


def test_prerequisites_come_first_and_are_paid_for(bench: Any) -> None:
    first = bench.watched("first", required=(0, 0, 1))
    second = bench.watched("second", prerequisites=("first",))
    plan = cheapest_path(
        bench.catalogue(second, first), _known(bench.read(0, "first.sig"), bench.read(0, "second.sig")), bench.today, 1
    )
    assert _work(plan) == [("improve", "first", 1), ("improve", "second", 1)]
    assert plan.steps[0].why.opens == ("second",)


def test_a_prerequisite_stands_one_rung_below_the_step_it_allows(bench: Any) -> None:
    first, second = bench.watched("first", required=(0, 0, 1)), bench.watched("second", prerequisites=("first",))
    known = _known(bench.read(1, "first.sig"), bench.read(2, "second.sig"))
    plan = cheapest_path(bench.catalogue(first, second), known, bench.today, 3)
    assert _work(plan) == [("improve", "first", 2), ("improve", "second", 3)]


def test_a_waived_practice_is_neither_planned_nor_a_prerequisite(bench: Any) -> None:
    first, second = bench.watched("first"), bench.watched("second", prerequisites=("first",))
    known = _known(bench.read(0, "second.sig"), bench.waived("first"))
    assert _work(cheapest_path(bench.catalogue(first, second), known, bench.today, 1)) == [("improve", "second", 1)]


def test_a_waiver_of_another_day_spares_nothing(bench: Any) -> None:
    known = _known(bench.read(0, "p.sig"), bench.waived("p", start=-9, until=-1), bench.waived("p", start=1, until=9))
    assert _work(cheapest_path(bench.catalogue(bench.watched("p")), known, bench.today, 1)) == [("improve", "p", 1)]


def test_a_practice_of_another_kind_of_model_is_left_out(bench: Any) -> None:
    other = bench.watched("other", applies_to=("genai",))
    known = _known(bench.read(0, "p.sig"), kinds=frozenset({"classical"}))
    assert _work(cheapest_path(bench.catalogue(other, bench.watched("p")), known, bench.today, 1)) == [
        ("improve", "p", 1)
    ]


def test_of_practices_that_may_be_outvoted_the_dear_one_is_left(bench: Any) -> None:
    cheap = [_effort(bench.watched(name), 1, 1, 1) for name in "abcd"]
    dear = _effort(bench.watched("dear"), 40, 40, 40)
    known = _known(*(bench.read(0.5, f"{name}.sig") for name in [*"abcd", "dear"]))
    plan = cheapest_path(bench.catalogue(*cheap, dear), known, bench.today, 1)
    assert {subject for _, subject, _ in _work(plan)} == set("abcd")
    assert "dear" in {
        subject
        for _, subject, _ in _work(
            cheapest_path(bench.catalogue(*cheap, replace(dear, key_from=1)), known, bench.today, 1)
        )
    }


def test_a_laggard_is_brought_near_even_if_it_is_outvoted(bench: Any) -> None:
    cheap = [bench.watched(name) for name in "abcd"]
    known = _known(*(bench.read(2, f"{name}.sig") for name in "abcd"), bench.read(0, "late.sig"))
    plan = cheapest_path(bench.catalogue(*cheap, bench.watched("late")), known, bench.today, 2)
    assert _work(plan) == [("improve", "late", 1)]


def test_what_no_evidence_can_show_is_said_to_be_out_of_reach(bench: Any) -> None:
    presence = bench.signal("p.sig", anchors=((0.0, 0.0), (3.0, 2.0)))
    catalogue = bench.catalogue(bench.practice("p", signals=(presence,), key_from=3))
    plan = cheapest_path(catalogue, _known(bench.read(2, "p.sig")), bench.today, 3)
    assert plan.outcome == "infeasible"
    assert [(found.cause, found.level, found.practices) for found in plan.obstacles] == [
        ("key", 3, ("p",)),
        ("weight", 3, ("p",)),
    ]
    assert headline(plan) == "No plan reaches level 3."
    assert "can't be outvoted" in obstacle(plan.obstacles[0], catalogue)


def test_prerequisites_that_lead_nowhere_together_are_said_to(bench: Any) -> None:
    blocked = replace(bench.watched("first", required=(0, 0, 0)), effort_days={})
    catalogue = bench.catalogue(blocked, bench.watched("p", prerequisites=("first",)))
    plan = cheapest_path(catalogue, _known(bench.read(0, "p.sig"), bench.read(0, "first.sig")), bench.today, 1)
    assert [found.cause for found in plan.obstacles] == ["together"]
    assert "prerequisites" in obstacle(plan.obstacles[0], catalogue)


def test_a_team_of_which_nothing_is_known_is_told_to_ask_first(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice("p"))
    plan = cheapest_path(catalogue, _known(), bench.today, 2)
    assert _work(plan) == [("improve", "p", 1), ("improve", "p", 2)]
    assert [step.unknown for step in plan.steps] == [True, False]
    assert "ask first" in reason(plan.steps[0], catalogue)


def test_with_everything_waived_there_is_nothing_to_plan(bench: Any) -> None:
    catalogue, known = bench.catalogue(bench.practice("p")), _known(bench.waived("p"))
    for plan in (cheapest_path(catalogue, known, bench.today, 1), best_plan(catalogue, known, bench.today, 5)):
        assert plan.outcome == "nothing_judged"
        assert "nothing to plan" in headline(plan)


def test_a_budget_goes_to_the_level_first_and_to_benefit_then(bench: Any) -> None:
    """With 2 days: level 1 by the dull practice, or twice the benefit by the other. With 3 days: both."""
    dull = _effort(bench.watched("dull", weight=1.0, key_from=1), 2, 90, 90)
    fine = _effort(bench.watched("fine", weight=5.0, required=(0, 0, 2)), 1, 1, 90)
    catalogue, known = bench.catalogue(dull, fine), _known(bench.read(0, "dull.sig"), bench.read(0, "fine.sig"))
    little, more = (best_plan(catalogue, known, bench.today, days) for days in (2.0, 3.0))
    assert _work(little) == [("improve", "dull", 1)]
    assert set(_work(more)) == {("improve", "dull", 1), ("improve", "fine", 1)}
    assert (more.benefit, more.after.overall.level) == (6.0, 1)


def test_a_budget_below_every_step_is_said_to_be(bench: Any) -> None:
    catalogue, known = bench.catalogue(bench.watched("p")), _known(bench.read(0, "p.sig"))
    plan = best_plan(catalogue, known, bench.today, 1.0)
    assert (plan.outcome, plan.cheapest_step) == ("nothing_fits", 1.5)
    assert "1.5 days" in headline(plan)


def test_at_the_top_no_step_is_left(bench: Any) -> None:
    plan = best_plan(bench.catalogue(bench.watched("p")), _known(bench.read(3, "p.sig")), bench.today, 9.0)
    assert plan.outcome == "nothing_left"


@pytest.mark.parametrize("days", [0.0, -1.0, float("nan"), float("inf")])
def test_a_budget_is_a_positive_number(bench: Any, days: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        best_plan(bench.catalogue(bench.watched("p")), _known(), bench.today, days)


@pytest.mark.parametrize("level", [0, 4])
def test_only_levels_1_to_3_can_be_aimed_at(bench: Any, level: int) -> None:
    with pytest.raises(ValueError, match="level"):
        cheapest_path(bench.catalogue(bench.watched("p")), _known(), bench.today, level)


def _organisation(bench: Any) -> tuple[Catalogue, Evidence]:
    practices = [
        _effort(bench.watched(f"p{number}", weight=float(1 + number % 3)), 1 + number % 4, 3, 6) for number in range(8)
    ]
    return bench.catalogue(*practices), _known(*(bench.read(0.5, f"p{number}.sig") for number in range(8)))


def test_robustness_is_the_share_of_draws_that_keep_a_step(bench: Any) -> None:
    catalogue, known = _organisation(bench)
    for plan in (cheapest_path(catalogue, known, bench.today, 1), best_plan(catalogue, known, bench.today, 7.0)):
        first, again = (
            robustness(catalogue, known, bench.today, plan, np.random.default_rng(7), draws=40) for _ in range(2)
        )
        assert first == again
        assert set(first) == {step.work for step in plan.steps}
        assert all(0 < share <= 1 for share in first.values())
        assert any(share < 1 for share in first.values()), "near ties don't all survive"


def test_a_step_without_alternative_stays_in_every_draw(bench: Any) -> None:
    catalogue, known = bench.catalogue(bench.watched("p")), _known(bench.read(0, "p.sig"))
    plan = cheapest_path(catalogue, known, bench.today, 1)
    assert set(robustness(catalogue, known, bench.today, plan, np.random.default_rng(1), draws=5).values()) == {1.0}
    there = cheapest_path(catalogue, _known(bench.read(3, "p.sig")), bench.today, 1)
    assert robustness(catalogue, known, bench.today, there, np.random.default_rng(1)) == {}


def test_a_promise_the_gate_does_not_confirm_is_never_given(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlops_maturity.scoring.plan.evidence_after", lambda case, changes: case.evidence)
    with pytest.raises(PromiseBroken, match="level 1 was promised"):
        cheapest_path(bench.catalogue(bench.watched("p")), _known(bench.read(0, "p.sig")), bench.today, 1)


def test_a_solver_that_gives_up_is_not_taken_for_an_answer(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gave_up = SimpleNamespace(status=1, message="Time limit reached", x=None)
    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: gave_up)
    catalogue, known = _organisation(bench)
    with pytest.raises(Unsolved, match="Time limit"):
        cheapest_path(catalogue, known, bench.today, 3)


def test_the_json_form_holds_what_the_words_say(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice("p"))
    plan = cheapest_path(catalogue, _known(bench.said(2)), bench.today, 3)
    document = plan_json(plan, catalogue)
    assert (document["outcome"], document["to_level"], document["budget_days"]) == ("found", 3, None)
    assert document["message"] == headline(plan)
    assert [row["title"] for row in document["steps"]] == [title(step, catalogue) for step in plan.steps]
    assert (document["before"]["level"], document["after"]["level"]) == (2, 3)
    assert document["steps"][0]["done_when"] == "yes"
    assert all(row["share_of_draws"] is None for row in document["steps"])
