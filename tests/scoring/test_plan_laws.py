"""Plans against brute force, and what holds of every plan, on small random cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from math import inf, prod

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from mlops_maturity.config.catalogue import Aspect, Catalogue, Practice, SignalUse
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.plan import Plan, best_plan, cheapest_path
from mlops_maturity.scoring.plan_change import Change, answers_after, evidence_after
from mlops_maturity.scoring.plan_programme import programme
from mlops_maturity.scoring.plan_situation import Situation, situation
from mlops_maturity.scoring.plan_solver import bound, solve
from mlops_maturity.scoring.plan_work import EVIDENCE_EFFORT, MOST_ASKED, MOST_ATTACHED, Effort, Work, effort_of
from mlops_maturity.scoring.score import score

TODAY = date(2026, 11, 23)
NEAR = 1e-6
SLACK_OF_BENEFIT = 0.02
"""Twice what thrift may cost a best plan."""

law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

RISING = ((0.0, 0.0), (1.0, 1.0), (4.0, 3.0))
FALLING = ((0.0, 3.0), (3.0, 1.0), (4.0, 0.0))
CAPPED = ((0.0, 0.0), (3.0, 2.4))
FLAT = ((0.0, 1.0), (4.0, 1.0))


def _use(signal: str, share: float, anchors: tuple[tuple[float, float], ...]) -> SignalUse:
    return SignalUse(id=signal, share=share, half_life_days=30, anchors=anchors, source="judgement")


OWN = [(), (("x", 0.8, RISING),), (("y", 0.6, FALLING), ("z", 0.3, CAPPED)), (("x", 1.0, CAPPED),), (("f", 0.4, FLAT),)]
COMMON = [None, None, ("common", 0.5, RISING), ("common", 0.2, CAPPED)]
"""A signal that several practices may read; shares stay within the budget because the own ones are scaled."""


@st.composite
def catalogues(draw: st.DrawFn, most: int, shared: bool) -> Catalogue:
    count = draw(st.integers(1, most))
    practices = []
    for number in range(count):
        required = draw(st.sampled_from([(1, 2, 3), (1, 1, 2), (0, 2, 3), (0, 0, 1), (1, 2, 2)]))
        common = draw(st.sampled_from(COMMON)) if shared else None
        scale = 1.0 - (common[1] if common else 0.0)
        uses = [_use(f"{name}{number}", share * scale, line) for name, share, line in draw(st.sampled_from(OWN))]
        key = draw(st.sampled_from([None, 1, 2, 3]))
        lows = [draw(st.sampled_from([0.0, 0.5, 1.0, 3.0, 8.0])) for _ in range(3)]
        practices.append(
            Practice(
                id=f"p{number}",
                aspect=f"a{draw(st.integers(0, 1)) if number else 0}",
                title="",
                question="",
                answers=("", "", "", ""),
                why="",
                weight=draw(st.sampled_from([1.0, 2.0, 4.0, 5.0])),
                required=required,
                effort_days={rung: (low, 2 * low + 1) for rung, low in zip((1, 2, 3), lows, strict=True)},
                key_from=key if key and required[key - 1] else None,
                prerequisites=tuple(f"p{other}" for other in range(number) if draw(st.booleans())),
                signals=(*uses, *([_use(*common)] if common else [])),
            )
        )
    names = sorted({practice.aspect for practice in practices})
    return Catalogue(
        id="random",
        version="1",
        levels=(),
        aspects=tuple(Aspect(id=name, name=name, weight=1.0, intent="") for name in names),
        practices=tuple(practices),
    )


@st.composite
def cases(draw: st.DrawFn, most: int = 3, shared: bool = True) -> tuple[Catalogue, Evidence]:
    catalogue = draw(catalogues(most, shared))
    ages = st.sampled_from([0, 0, 5, 40, 121, 200, 400, 721, -1])
    answers = st.builds(
        lambda practice, who, value, age, attested: Answer(
            practice=practice, respondent=who, value=value, on=TODAY - timedelta(days=age), attested=attested
        ),
        st.sampled_from([practice.id for practice in catalogue.practices]),
        st.sampled_from(["ann", "bob", "somebody 1"]),
        st.sampled_from([None, 0, 1, 2, 3]),
        ages,
        st.booleans(),
    )
    signals = sorted(catalogue.signal_ids)
    readings = st.builds(
        lambda signal, value, seen, times, age: Reading(
            signal=signal, value=value, seen=seen, scope=4, opportunities=times, on=TODAY - timedelta(days=age)
        ),
        st.sampled_from(signals or [""]),
        st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.5, 9.0]),
        st.sampled_from([0, 1, 4]),
        st.sampled_from([0, 2, 50]),
        ages,
    )
    waivers = st.builds(
        lambda practice: Waiver(practice=practice, start=TODAY, until=TODAY, reason="random"),
        st.sampled_from([practice.id for practice in catalogue.practices]),
    )
    return catalogue, Evidence(
        answers=tuple(draw(st.lists(answers, max_size=6))),
        readings=tuple(draw(st.lists(readings, max_size=5 if signals else 0))),
        waivers=tuple(draw(st.lists(waivers, max_size=1))),
    )


levels = st.integers(1, 3)
budgets = st.sampled_from([0.2, 1.0, 3.0, 7.5, 20.0, 60.0])


def _every_way(case: Situation, practice: Practice) -> list[tuple[Change, float]]:
    """All a plan could assume of one practice, with its expected days: nothing left out, nothing clever."""
    ways = []
    now = case.rung(practice.id)
    gaps = [use.id for use in practice.signals if use.id in case.gaps]
    for rung, asked, attached in product(range(now, 4), range(MOST_ASKED + 1), range(MOST_ATTACHED + 1)):
        for flags in product([False, True], repeat=len(gaps)):
            connected = frozenset(signal for signal, on in zip(gaps, flags, strict=True) if on)
            change = Change(rung=rung, improved=rung > now, asked=asked, attached=attached, connected=connected)
            if answers_after(case, practice, change) is None:
                continue
            days = sum(Effort(*practice.effort_days[step]).expected for step in range(now + 1, rung + 1))
            days += asked * EVIDENCE_EFFORT["ask"].expected + attached * EVIDENCE_EFFORT["attach"].expected
            ways.append((change, days + len(connected) * EVIDENCE_EFFORT["connect"].expected))
    return ways


def _allowed(case: Situation, changes: dict[str, Change]) -> bool:
    """Prerequisites, told as in words."""
    return all(
        changes[needed].rung >= max(1, change.rung - 1)
        for practice, change in changes.items()
        if change.improved
        for needed in case.catalogue.by_id[practice].prerequisites
        if needed in changes
    )


def _by_hand(case: Situation, level: int) -> float:
    """The least days over every way, each judged by scoring the whole evidence anew."""
    ways = [_every_way(case, practice) for practice in case.practices]
    assume(prod(len(of_one) for of_one in ways) <= 3000)
    least = inf
    for chosen in sorted(product(*ways), key=lambda way: sum(days for _, days in way)):
        days = sum(days for _, days in chosen)
        changes = {practice.id: change for practice, (change, _) in zip(case.practices, chosen, strict=True)}
        if not _allowed(case, changes):
            continue
        if (score(case.catalogue, evidence_after(case, changes), TODAY).overall.level or 0) >= level:
            return days
    return least


@law
@given(cases(most=2, shared=False), levels)
def test_the_cheapest_path_is_what_trying_everything_finds(known: tuple[Catalogue, Evidence], level: int) -> None:
    case = situation(*known, TODAY)
    assume(case.practices)
    plan = cheapest_path(*known, TODAY, level)
    least = _by_hand(case, level)
    if plan.outcome == "infeasible":
        assert least == inf
        assert plan.obstacles
    else:
        assert plan.effort.expected == pytest.approx(least, abs=NEAR)


@law
@given(cases(most=3), levels)
def test_the_programme_chooses_as_well_as_every_combination_of_its_options(
    known: tuple[Catalogue, Evidence], level: int
) -> None:
    """With signals that several practices read; the gate decides for each combination, not the programme's rows."""
    problem = programme(situation(*known, TODAY))
    per_practice = [[option for _, option in options] for options in problem.by_practice.values()]
    assume(per_practice and prod(len(options) for options in per_practice) <= 3000)
    least = inf
    for chosen in product(*per_practice):
        connected = {signal for option in chosen for signal in option.shared}
        days = sum(option.cost for option in chosen) + len(connected) * EVIDENCE_EFFORT["connect"].expected
        agree = all(option.shared == {use.id for use in option.practice.signals} & connected for option in chosen)
        changes = {option.practice.id: option.change for option in chosen}
        if days >= least or not agree or not _allowed(problem.case, changes):
            continue
        if all(
            _holds(chosen, aspect.id, lower, problem.case)
            for aspect in known[0].aspects
            for lower in range(1, level + 1)
        ):
            least = days
    solution = problem.cheapest(level)
    found = inf if solution is None else sum(_days(problem.case, work) * n for work, n in solution.works.items())
    assert found == pytest.approx(least, abs=NEAR)


def _days(case: Situation, work: Work) -> float:
    return effort_of(work, case.catalogue.by_id).expected


def _holds(chosen: tuple[object, ...], aspect: str, level: int, case: Situation) -> bool:
    """The gate on the results of the options, by its own code."""
    from mlops_maturity.scoring import gate

    entries = [gate.Entry(practice=o.practice, result=o.result) for o in chosen if o.practice.aspect == aspect]  # type: ignore[attr-defined]
    return gate.levels(entries, case.catalogue.parameters).point >= level


@law
@given(cases(most=2), budgets)
def test_the_best_plan_is_what_trying_every_option_finds(known: tuple[Catalogue, Evidence], budget: float) -> None:
    problem = programme(situation(*known, TODAY))
    assume(problem.case.practices)
    plan = best_plan(*known, TODAY, budget)
    best = (-1, -inf)
    for chosen in product(*[[option for _, option in options] for options in problem.by_practice.values()]):
        connected = {signal for option in chosen for signal in option.shared}
        days = sum(option.cost for option in chosen) + len(connected) * EVIDENCE_EFFORT["connect"].expected
        agree = all(option.shared == {use.id for use in option.practice.signals} & connected for option in chosen)
        if days > budget + NEAR or not agree:
            continue
        if not _allowed(problem.case, {option.practice.id: option.change for option in chosen}):
            continue
        level = max(
            level
            for level in range(4)
            if all(_holds(chosen, aspect.id, level, problem.case) for aspect in known[0].aspects)
        )
        best = max(best, (level, sum(option.practice.weight * len(option.rungs) for option in chosen)))
    assert plan.benefit == pytest.approx(best[1], abs=SLACK_OF_BENEFIT)
    assert (plan.after.overall.level or 0) >= best[0]


@law
@given(cases(most=3), levels, budgets)
def test_every_plan_keeps_its_promise_its_budget_and_the_order(
    known: tuple[Catalogue, Evidence], level: int, budget: float
) -> None:
    path, best = cheapest_path(*known, TODAY, level), best_plan(*known, TODAY, budget)
    if path.outcome == "found":
        assert (path.after.overall.level or 0) >= level
    assert best.effort.expected <= budget + NEAR
    before, after = best.before.overall.level, best.after.overall.level
    assert before is None or (after is not None and after >= before), "more work never costs a level"
    for plan in (path, best):
        _in_order(plan, situation(*known, TODAY))


def _in_order(plan: Plan, case: Situation) -> None:
    """Taking the steps one by one, every step finds its prerequisites where they have to be."""
    rungs = {practice.id: case.rung(practice.id) for practice in case.practices}
    for step in plan.steps:
        assert set(step.practices) <= rungs.keys(), "nothing is planned for what is left out"
        if step.work.kind != "improve":
            continue
        practice = case.catalogue.by_id[step.work.subject]
        assert rungs[practice.id] == step.work.rung - 1
        for needed in practice.prerequisites:
            assert rungs.get(needed, 3) >= max(1, step.work.rung - 1)
        rungs[practice.id] = step.work.rung


@law
@given(cases(most=3), budgets, budgets)
def test_a_larger_budget_never_brings_less(known: tuple[Catalogue, Evidence], one: float, other: float) -> None:
    problem = programme(situation(*known, TODAY))
    assume(problem.case.practices)
    less, more = problem.best(min(one, other)), problem.best(max(one, other))
    assert less is not None
    assert more is not None
    assert less.level <= more.level
    if less.level == more.level:
        small, large = (best_plan(*known, TODAY, days).benefit for days in sorted((one, other)))
        assert small <= large + SLACK_OF_BENEFIT


@law
@given(cases(most=3), budgets, st.lists(st.integers(0, 2**32), min_size=2, max_size=4))
def test_what_one_draw_found_never_changes_another(
    known: tuple[Catalogue, Evidence], budget: float, seeds: list[int]
) -> None:
    """Draws share the ways they found to a level; each comes to what it comes to alone."""
    case = situation(*known, TODAY)
    assume(case.practices)
    together = programme(case)
    for seed in seeds:
        factors = np.exp(np.random.default_rng(seed).standard_normal((2, len(together.works))))
        drawn = together.efforts * factors[0], together.benefits * factors[1]
        shared, alone = together.best(budget, *drawn), programme(case).best(budget, *drawn)
        assert shared == alone


@law
@given(cases(most=3), levels, st.integers(0, 2**32))
def test_the_bound_is_never_above_the_cheapest_path(known: tuple[Catalogue, Evidence], level: int, seed: int) -> None:
    problem = programme(situation(*known, TODAY))
    assume(problem.case.practices)
    efforts = problem.efforts * np.exp(np.random.default_rng(seed).standard_normal(len(problem.works)))
    least, rules, most = problem._costs(efforts), [problem._rules(level)], problem._open(level)
    cheapest = solve(least, rules, most)
    assert bound(least, rules, most) <= (inf if cheapest is None else least @ cheapest)


@law
@given(cases(most=3), levels)
def test_no_path_costs_less_than_the_relaxed_programme(known: tuple[Catalogue, Evidence], level: int) -> None:
    problem = programme(situation(*known, TODAY))
    assume(problem.case.practices)
    solution = problem.cheapest(level)
    assume(solution is not None)
    assert solution is not None
    rows = problem._rules(level)
    matrix, low, high = rows.A.toarray(), rows.lb, rows.ub
    finite = np.isfinite(high)
    relaxed = linprog(
        problem._costs(None),
        A_ub=np.vstack([-matrix, matrix[finite]]),
        b_ub=np.concatenate([-low, high[finite]]),
        bounds=[(0, bound) for bound in problem._open(level)],
    )
    cost = sum(_days(problem.case, work) * count for work, count in solution.works.items())
    assert cost >= relaxed.fun - NEAR


@law
@given(cases(most=3), levels, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(known: tuple[Catalogue, Evidence], level: int, chance: object) -> None:
    catalogue, evidence = known
    shuffled = replace(
        evidence,
        answers=tuple(chance.sample(evidence.answers, len(evidence.answers))),  # type: ignore[attr-defined]
        readings=tuple(chance.sample(evidence.readings, len(evidence.readings))),  # type: ignore[attr-defined]
    )
    first, second = cheapest_path(catalogue, evidence, TODAY, level), cheapest_path(catalogue, shuffled, TODAY, level)
    assert first.outcome == second.outcome
    assert first.effort.expected == pytest.approx(second.effort.expected, abs=NEAR)
