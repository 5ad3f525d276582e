"""Roll-up of teams: distributions, exact splits of a change, the fixed cohort, the funnel."""

from __future__ import annotations

from datetime import date, timedelta
from math import nan
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.rollup import Stand, distribution, roll_up, weighted_index
from mlops_maturity.scoring.rollup_change import fixed_cohort, split_change
from mlops_maturity.scoring.rollup_funnel import INNER, OUTER, funnel

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine that does other work takes longer."""
DAY = date(2026, 11, 22)
WEIGHTS = st.floats(0.01, 1000)
ALL = tuple(f"p{number}" for number in range(40))
KNOWN = st.tuples(st.integers(0, 3), st.floats(0, 100))


def stand(team: str, level: int | None, index: float | None, weight: float = 1.0) -> Stand:
    return Stand(team=team, weight=weight, level=level, index=index)


@st.composite
def groups(draw: st.DrawFn, least: int = 0) -> list[Stand]:
    teams = draw(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=least))
    figures = [draw(KNOWN if number < least else st.none() | KNOWN) for number in range(len(teams))]
    return [stand(team, *(found or (None, None)), draw(WEIGHTS)) for team, found in zip(teams, figures, strict=True)]


def test_levels_are_counted_and_the_unknown_counted_apart() -> None:
    found = distribution([stand("a", 0, 10), stand("b", 2, 60), stand("c", 2, 50), stand("d", None, None)])
    assert (found.counts, found.unknown, found.known, found.median) == ((1, 0, 2, 0), 1, 3, 2)
    assert [found.at_or_above(level) for level in range(4)] == [1, 2 / 3, 2 / 3, 0]
    assert found.index == pytest.approx(40)


def test_a_group_of_which_nothing_is_known_has_no_figures() -> None:
    for teams in ([], [stand("a", None, None)]):
        found = distribution(teams)
        assert (found.counts, found.median, found.index, found.at_or_above(1)) == ((0, 0, 0, 0), None, None, None)


@pytest.mark.parametrize(("weights", "median"), [((1, 1, 1), 1), ((5, 1, 1), 0), ((1, 1, 5), 3), ((1, 0.5, 1.5), 1)])
def test_weights_move_the_median_and_halves_take_the_lower(weights: tuple[float, ...], median: int) -> None:
    teams = [stand(str(level), level, 0, weight) for level, weight in zip((0, 1, 3), weights, strict=True)]
    assert distribution(teams).median == median


@UNHURRIED
@given(groups(), st.integers(1, 5))
def test_teams_without_evidence_move_no_figure(teams: list[Stand], more: int) -> None:
    silent = [stand(f"silent-{number}", None, None, 1000) for number in range(more)]
    before, after = distribution(teams), distribution([*teams, *silent])
    assert (after.counts, after.median, after.index) == (before.counts, before.median, before.index)
    assert after.unknown == before.unknown + more


@UNHURRIED
@given(groups(least=1), st.floats(0.001, 1000))
def test_only_ratios_of_weights_matter_and_the_mean_stays_between(teams: list[Stand], factor: float) -> None:
    scaled = [stand(each.team, each.level, each.index, each.weight * factor) for each in teams]
    index = weighted_index(teams)
    assert index == pytest.approx(weighted_index(scaled))
    known = [each.index for each in teams if each.index is not None]
    assert index is not None
    assert min(known) - 1e-9 <= index <= max(known) + 1e-9


@pytest.mark.parametrize("weight", [0, -1, nan, float("inf")])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weight of a"):
        distribution([stand("a", 1, 30, weight)])


@UNHURRIED
@given(groups(least=1), groups(least=1))
def test_the_parts_of_a_change_add_up_to_it(before: list[Stand], after: list[Stand]) -> None:
    change = split_change(before, after)
    assert change is not None
    assert change.total == pytest.approx((weighted_index(after) or 0) - (weighted_index(before) or 0), abs=1e-9)
    assert change.within + change.mix == pytest.approx(change.total, abs=1e-9)
    assert sum(part.within for part in change.parts.values()) == pytest.approx(change.within, abs=1e-9)
    assert sum(part.mix for part in change.parts.values()) == pytest.approx(change.mix, abs=1e-9)
    back = split_change(after, before)
    assert back is not None
    assert (back.within, back.mix) == (pytest.approx(-change.within, abs=1e-9), pytest.approx(-change.mix, abs=1e-9))


@UNHURRIED
@given(groups(least=1), st.data())
def test_nobody_joins_or_leaves_and_weights_stay_so_all_is_within(teams: list[Stand], data: st.DataObject) -> None:
    moved = [
        each if each.index is None else stand(each.team, each.level, data.draw(st.floats(0, 100)), each.weight)
        for each in teams
    ]
    change = split_change(teams, moved)
    assert change is not None
    assert (change.mix, change.joined, change.left) == (pytest.approx(0, abs=1e-9), (), ())


def test_the_mean_rises_while_every_team_falls() -> None:
    """Simpson: the strong team grows from a tenth of the weight to nine tenths."""
    change = split_change(
        [stand("strong", 2, 80, 1), stand("weak", 0, 20, 9)], [stand("strong", 2, 75, 9), stand("weak", 0, 15, 1)]
    )
    assert change is not None
    assert (change.before, change.after, change.total) == (26, 69, 43)
    assert (change.within, change.mix) == (pytest.approx(-5), pytest.approx(48))


def test_who_joins_or_leaves_is_mix() -> None:
    change = split_change([stand("a", 1, 40), stand("b", 1, 60)], [stand("a", 1, 44), stand("c", 3, 90)])
    assert change is not None
    assert (change.joined, change.left) == (("c",), ("b",))
    assert change.within == pytest.approx(2)  # a: mean share 1/2, 4 points
    assert change.mix == pytest.approx(15)  # c in for b: half of 90 - 60
    assert change.parts["c"].within == 0
    assert change.parts["c"].mix > 0 > change.parts["b"].mix, "who leaves from above the mean lowers it"


def test_who_becomes_known_at_the_mean_moves_nothing() -> None:
    change = split_change([stand("a", 1, 50), stand("b", None, None)], [stand("a", 1, 50), stand("b", 1, 50)])
    assert change is not None
    assert (change.total, change.parts["b"].mix, change.joined) == (0, 0, ("b",))


def test_without_evidence_on_one_of_the_days_there_is_no_change() -> None:
    assert split_change([stand("a", None, None)], [stand("a", 1, 50)]) is None
    assert split_change([stand("a", 1, 50)], []) is None


def test_the_fixed_cohort_moves_only_with_its_teams() -> None:
    weeks = {
        DAY - timedelta(weeks=2): [stand("a", 1, 40), stand("b", 1, 20), stand("c", None, None)],
        DAY - timedelta(weeks=1): [stand("a", 1, 40), stand("b", 1, 20), stand("c", 3, 99)],
        DAY: [stand("a", 1, 42), stand("b", 1, 20), stand("c", 3, 99)],
    }
    cohort = fixed_cohort(dict(reversed(weeks.items())))
    assert cohort.teams == ("a", "b")
    assert cohort.line == tuple(zip(sorted(weeks), (30, 30, 31), strict=True))


@pytest.mark.parametrize("weeks", [{}, {DAY: []}, {DAY: [stand("a", None, None)]}])
def test_without_a_steady_team_there_is_no_line(weeks: dict[date, list[Stand]]) -> None:
    assert (fixed_cohort(weeks).teams, fixed_cohort(weeks).line) == ((), ())


def test_assessments_roll_up_by_scope(bench: Any) -> None:
    catalogue = bench.catalogue(bench.watched("p"), bench.watched("q", aspect="b"))
    practices = list(catalogue.practices)
    group = {
        "good": bench.score(practices, bench.read(3, "p.sig"), bench.read(3, "q.sig")),
        "half": bench.score(practices, bench.read(3, "p.sig"), bench.read(1, "q.sig")),
        "dark": bench.score(practices),
    }
    found = roll_up(catalogue, group, dict.fromkeys(group, 1.0))
    assert (found.overall.counts, found.overall.unknown) == ((0, 1, 0, 1), 1)
    assert (found.aspects["a"].counts, found.aspects["b"].counts) == ((0, 0, 0, 2), (0, 1, 0, 1))
    assert found.worst == ("b",)
    assert found.overall.index == pytest.approx((100 + 200 / 3) / 2)


def sized(bench: Any, name: str, practices: int, rung: float) -> dict[str, Assessment]:
    """A team of which so many practices are known, half a rung above and below."""
    asked = [bench.watched(f"p{number}") for number in range(40)]
    readings = [bench.read(rung + (0.5 if number % 2 else -0.5), f"p{number}.sig") for number in range(practices)]
    result: Assessment = bench.score(asked, *readings)
    overall = result.overall
    index = 100 * rung / 3
    return {name: Assessment(
        catalogue_id="", catalogue_version="", catalogue_hash="", as_of=DAY, aspects={}, practices=result.practices,
        overall=type(overall)(level_lo=1, level=1, level_hi=1, index_lo=index, index=index, index_hi=index,
                              confidence=overall.confidence),
    )}  # fmt: skip


def test_a_team_of_which_hardly_anything_is_known_is_counted_apart(bench: Any) -> None:
    practices = [bench.practice(f"p{number}") for number in range(10)]
    group = {"well": bench.score(practices, *(bench.said(2, practice.id) for practice in practices)),
             "once": bench.score(practices, bench.said(3, "p0"))}  # fmt: skip
    found = roll_up(bench.catalogue(*practices), group, {"well": 1, "once": 100}).overall
    assert (found.known, found.slight, found.unknown) == (1, 1, 0)
    assert found.index == pytest.approx(200 / 3)


def test_a_little_known_team_may_stray_further(bench: Any) -> None:
    alike = {name: each for number in range(10) for name, each in sized(bench, f"team-{number}", 40, 1.5).items()}
    group = sized(bench, "small", 2, 2.0) | sized(bench, "large", 40, 2.0) | alike
    found = funnel(group, dict.fromkeys(group, ALL))
    assert found is not None
    sides = {each.team: each.side for each in found.members}
    assert (sides.pop("small"), sides.pop("large"), set(sides.values())) == ("within", "above", {"within"})
    small, large, *_ = found.members
    assert (small.mass, large.mass) == (pytest.approx(2), pytest.approx(40))
    assert found.spread == pytest.approx(50 / 3)
    narrow, wide = found.limits(40, INNER), found.limits(2, OUTER)
    assert 0 <= wide[0] < narrow[0] < found.centre < narrow[1] < wide[1] <= 100


def test_teams_that_simply_differ_are_no_outliers(bench: Any) -> None:
    group = {
        name: each for number in range(8) for name, each in sized(bench, f"{number}", 40, 0.6 + 0.25 * number).items()
    }
    found = funnel(group, dict.fromkeys(group, ALL))
    assert found is not None
    assert found.between > 10
    assert {each.side for each in found.members} == {"within"}


def test_teams_whose_practices_all_stand_alike_have_no_spread(bench: Any) -> None:
    asked = [bench.watched(f"p{number}") for number in range(40)]
    one = bench.score(asked, *(bench.read(3, f"p{number}.sig") for number in range(40)))
    found = funnel({"a": one, "b": one, "c": one}, dict.fromkeys("abc", ALL))
    assert found is not None
    assert (found.centre, found.spread, found.between) == (pytest.approx(100), 0, 0)
    assert {each.side for each in found.members} == {"within"}


def test_a_funnel_needs_three_teams_that_are_known(bench: Any) -> None:
    group = sized(bench, "a", 4, 1) | sized(bench, "b", 4, 1) | sized(bench, "dark", 0, 1)
    assert funnel(group, dict.fromkeys(group, ALL)) is None
