"""The history in arrays against the pure function: every figure, on random and on awkward evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cases import KINDS, TODAY, USES, Case, cases

from mlops_maturity.config.catalogue import Catalogue, Parameters
from mlops_maturity.config.catalogue_file import builtin_catalogue, load_catalogue
from mlops_maturity.evidence.evidence_file import load_evidence
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.history import Course, history_of, in_steps
from mlops_maturity.scoring.history_evidence import organisation_of
from mlops_maturity.scoring.history_gate import FIGURES, LEFT_OUT
from mlops_maturity.scoring.history_standing import evidence_on
from mlops_maturity.scoring.score import score

NEAR = 1e-9
GOLDEN = Path(__file__).parents[1] / "golden"


def weeks(count: int, last: date = TODAY, step: int = 7) -> list[date]:
    return [last - timedelta(days=step * back) for back in reversed(range(count))]


def assert_equal(catalogue: Catalogue, teams: Mapping[str, Evidence], days: Sequence[date]) -> None:
    history = history_of(catalogue, organisation_of(catalogue, teams), days)
    for step, day in enumerate(days):
        for place, (name, evidence) in enumerate(teams.items()):
            plain = score(catalogue, evidence, day)
            for scope, part in zip(history.scopes, (plain.overall, *plain.aspects.values()), strict=True):
                at = step, history.scopes.index(scope), place
                for figure in FIGURES:
                    wanted, got = getattr(part, figure), getattr(history, figure)[at]
                    where = f"{name} {day} {scope} {figure}"
                    if wanted is None:
                        assert got == LEFT_OUT if figure.startswith("level") else np.isnan(got), where
                    elif isinstance(wanted, int):
                        assert got == wanted, where
                    else:
                        assert got == pytest.approx(wanted, abs=NEAR), where


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(cases(), min_size=1, max_size=3), st.sampled_from([1, 7, 30, 200]))
def test_every_figure_of_every_day_and_team_is_that_of_the_function(several: list[Case], step: int) -> None:
    catalogue = several[0].catalogue
    teams = {f"team {number}": case.evidence for number, case in enumerate(several)}
    assert_equal(catalogue, teams, weeks(6, TODAY + timedelta(days=8), step))


def random_team(catalogue: Catalogue, seed: int, days: int, amount: int) -> Evidence:
    """Amounts, ties and gaps drawn freely; in no order."""
    dice = Random(seed)
    signals = sorted(catalogue.signal_ids)
    names = [practice.id for practice in catalogue.practices]

    def day() -> date:
        return TODAY - timedelta(days=dice.randrange(-30, days))

    return Evidence(
        kinds=dice.choice(KINDS),
        answers=tuple(
            Answer(
                practice=dice.choice([*names, "gone"]), respondent=dice.choice("abcde"), on=day(),
                value=dice.choice([None, 0, 1, 2, 3]), attested=dice.random() < 0.3,
            )
            for _ in range(amount)
        ),
        readings=tuple(
            Reading(
                signal=dice.choice([*signals, "gone"]), value=dice.uniform(-10, 110), seen=dice.choice([0, 1, 3, 12]),
                scope=dice.choice([0, 3, 10]), opportunities=dice.choice([0, 1, 5.5, 40]), on=day(),
            )
            for _ in range(amount)
        ),
        waivers=tuple(
            Waiver(practice=dice.choice(names), start=start, until=start + timedelta(days=dice.randrange(200)),
                   reason="drawn")
            for start in (day() for _ in range(6))
        ),
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_an_organisation_on_the_built_in_catalogue(seed: int) -> None:
    catalogue = builtin_catalogue()
    teams = {f"t{number}": random_team(catalogue, seed * 100 + number, 400, 600) for number in range(6)}
    assert_equal(catalogue, teams, weeks(16, step=24))


def test_the_worked_case_on_every_day_of_two_years() -> None:
    catalogue = load_catalogue(GOLDEN / "catalogue.yaml")
    evidence = load_evidence(GOLDEN / "evidence.json", catalogue)
    assert_equal(catalogue, {"golden": evidence}, weeks(740, TODAY + timedelta(days=5), 1))


@pytest.mark.parametrize("age", [27, 28, 29, 719, 720, 721])
def test_the_last_day_that_counts_is_the_one_of_four_half_lives(bench, age: int) -> None:
    practice = bench.practice(signals=(bench.signal(half_life=7.0),))
    known = Evidence(answers=(bench.said(3, days_ago=age),), readings=(bench.read(2.0, days_ago=age),))
    catalogue = bench.catalogue(practice)
    for days in ([TODAY], weeks(3, step=1), weeks(120)):
        assert_equal(catalogue, {"team": known}, days)
    expected = 0 if age == 721 else pytest.approx(score(catalogue, known, TODAY).overall.confidence)
    figures = history_of(catalogue, organisation_of(catalogue, {"team": known}), weeks(120))
    assert figures.confidence[-1, 0, 0] == expected


def test_days_across_a_leap_day(bench) -> None:
    catalogue = bench.catalogue(bench.practice(signals=(bench.signal(half_life=7.0),)))
    known = Evidence(
        answers=(Answer(practice="p", respondent="ann", value=2, on=date(2028, 2, 29)),),
        readings=(Reading(signal="sig", value=3, seen=1, scope=1, opportunities=4, on=date(2028, 2, 28)),),
    )
    assert_equal(catalogue, {"team": known}, [date(2028, 2, 27) + timedelta(days=each) for each in range(40)])


def test_a_waiver_of_one_team_is_none_of_another(bench) -> None:
    catalogue = bench.catalogue(bench.practice(), bench.practice("other", aspect="b"))
    said = (bench.said(3), bench.said(1, "other"))
    teams = {
        "waives": Evidence(answers=said, waivers=(bench.waived("other", -3, -1),)),
        "counts": Evidence(answers=said),
        "waives all": Evidence(answers=said, waivers=(bench.waived("p", -3, -2), bench.waived("other", -9, 9))),
    }
    assert_equal(catalogue, teams, weeks(6, TODAY + timedelta(days=1), 1))


def test_no_team_no_evidence_and_no_day_are_all_fine(bench) -> None:
    catalogue = bench.catalogue(bench.practice())
    assert history_of(catalogue, organisation_of(catalogue, {}), weeks(2)).level.shape == (2, 2, 0)
    assert history_of(catalogue, organisation_of(catalogue, {"a": Evidence()}), []).level.shape == (0, 2, 1)
    assert_equal(catalogue, {"a": Evidence()}, weeks(2))


def test_ten_thousand_answers_and_a_floor_of_nothing(bench) -> None:
    many = Evidence(
        answers=tuple(bench.said(number % 4, by=f"r{number}", days_ago=number % 900) for number in range(10_000))
    )
    catalogue = bench.catalogue(bench.practice(), bench.practice("silent"), parameters=Parameters(floor=0.0))
    assert_equal(catalogue, {"many": many}, weeks(5))


def test_anchors_of_the_largest_numbers_and_readings_beyond_them(bench) -> None:
    use = bench.signal(anchors=((-1.7e308, 0.0), (0.0, 1.0), (1.7e308, 3.0)))
    one_anchor = bench.signal(share=0.4, anchors=((5.0, 2.0),))
    catalogue = bench.catalogue(bench.practice(signals=(use,)), bench.practice("second", signals=(one_anchor,)))
    values = [-1.79e308, -1.7e308, -1.0, 0.0, 5.0, 1.7e308, 1.79e308]
    teams = {f"{value}": Evidence(readings=(bench.read(value, seen=1e308, scope=1e-308),)) for value in values}
    assert_equal(catalogue, teams, weeks(2))


def test_weights_of_any_size_are_told_apart_by_ratio_only(bench) -> None:
    catalogue = bench.catalogue(
        *(bench.watched(f"p{number}", weight=weight) for number, weight in enumerate([1e200, 4e200, 1e-200, 4e-200]))
    )
    readings = tuple(bench.read(2.0 + number % 2, f"p{number}.sig") for number in range(4))
    waived = tuple(bench.waived(f"p{number}", -1, 1) for number in range(2))
    assert_equal(
        catalogue, {"all": Evidence(readings=readings), "small": Evidence(readings=readings, waivers=waived)}, [TODAY]
    )


def test_one_more_week_continues_the_course(bench) -> None:
    catalogue = bench.catalogue(*(bench.practice(f"p{number}", signals=use) for number, use in enumerate(USES)))
    teams = {f"t{number}": random_team(catalogue, number, 60, 80) for number in range(3)}
    days = weeks(8)
    organisation = organisation_of(catalogue, teams)
    course = Course(catalogue, organisation.kinds, organisation.waivers)
    steps = zip(days, in_steps(organisation.readings, days), in_steps(organisation.answers, days), strict=True)
    last = [course.move(day, readings, answers) for day, readings, answers in steps][-1]
    whole = history_of(catalogue, organisation, [days[-1]])
    for figure in FIGURES:
        np.testing.assert_allclose(getattr(last, figure), getattr(whole, figure)[0], atol=NEAR)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(cases(), min_size=1, max_size=3), st.sampled_from([0, -3, 30, 200]))
def test_what_is_left_of_the_evidence_for_one_day_scores_the_same(several: list[Case], age: int) -> None:
    catalogue, day = several[0].catalogue, TODAY - timedelta(days=age)
    teams = {f"team {number}": case.evidence for number, case in enumerate(several)}
    for less, whole in zip(evidence_on(catalogue, organisation_of(catalogue, teams), day), teams.values(), strict=True):
        assert score(catalogue, less, day) == score(catalogue, whole, day)


def test_evidence_out_of_its_step_is_refused(bench) -> None:
    catalogue = bench.catalogue(bench.practice(signals=(bench.signal(),)))
    known = organisation_of(catalogue, {"t": Evidence(readings=(bench.read(1.0, days_ago=3),))})
    course = Course(catalogue, known.kinds)
    with pytest.raises(ValueError, match="evidence of a step"):
        course.move(TODAY - timedelta(days=4), known.readings, known.answers)
    course.move(TODAY - timedelta(days=1), known.readings, known.answers)
    with pytest.raises(ValueError, match="evidence of a step"):
        course.move(TODAY, known.readings, known.answers)
    with pytest.raises(ValueError, match="not later"):
        course.move(TODAY - timedelta(days=1), known.readings.taken(np.arange(0)), known.answers)


def test_the_order_of_the_evidence_is_irrelevant(bench) -> None:
    catalogue = bench.catalogue(*(bench.practice(f"p{number}", signals=use) for number, use in enumerate(USES)))
    known = random_team(catalogue, 7, 60, 300)
    turned = replace(known, answers=known.answers[::-1], readings=known.readings[::-1], waivers=known.waivers[::-1])
    first, second = (
        history_of(catalogue, organisation_of(catalogue, {"t": each}), weeks(9)) for each in (known, turned)
    )
    for figure in FIGURES:
        np.testing.assert_array_equal(getattr(first, figure), getattr(second, figure))
