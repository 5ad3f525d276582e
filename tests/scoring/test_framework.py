"""Frameworks over an assessment: the published rules by hand, what is not known, and what can't be judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from mlops_maturity.config.catalogue import Catalogue, Practice
from mlops_maturity.config.framework import Band, Framework, Item, Part, Source, Stage, Step
from mlops_maturity.config.framework_file import builtin_frameworks
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.framework import judge
from mlops_maturity.scoring.framework_result import Figures, FrameworkResult, result_json
from mlops_maturity.scoring.score import score

SOURCE = (Source(title="A paper", url="https://paper.example", year=2017),)


Judged = Callable[..., FrameworkResult]


@pytest.fixture
def judged(bench: Any) -> Judged:
    """A framework over a catalogue, whose `watched` practices stand at these rungs, and further evidence."""

    def view(
        framework: Framework,
        catalogue: Catalogue,
        rungs: Mapping[str, float] | None = None,
        *evidence: Answer | Waiver,
        kinds: frozenset[str] | None = None,
    ) -> FrameworkResult:
        known = Evidence(
            kinds=kinds,
            readings=tuple(bench.read(rung, f"{name}.sig") for name, rung in (rungs or {}).items()),
            answers=tuple(entry for entry in evidence if isinstance(entry, Answer)),
            waivers=tuple(entry for entry in evidence if isinstance(entry, Waiver)),
        )
        return judge(framework, catalogue, score(catalogue, known, bench.today), kinds)

    return view


@pytest.fixture
def seen(bench: Any, judged: Judged) -> Judged:
    """A built-in framework over a catalogue of just its practices, each known for certain to stand at its rung.

    `others` is the rung of those that are not named; underscores stand for hyphens.
    """

    def view(name: str, others: float = 0, **rungs: float) -> FrameworkResult:
        framework = builtin_frameworks()[name]
        at = {practice: float(others) for practice in framework.practices}
        named = {practice.replace("_", "-"): rung for practice, rung in rungs.items()}
        assert named.keys() <= at.keys(), "a practice the framework doesn't ask about"
        return judged(framework, bench.catalogue(*map(bench.watched, at)), at | named)

    return view


def staged(*items: Item, parts: str = "a") -> Framework:
    """Levels 0 to 2."""
    return Framework(
        id="ladder",
        title="Ladder",
        rule="staged",
        total="minimum",
        sources=SOURCE,
        note="",
        parts=tuple(Part(id=part, name=part) for part in parts),
        stages=tuple(Stage(level=level, name=f"stage {level}", summary="") for level in range(3)),
        bands=(),
        items=items,
    )


def rung(name: str, rungs: Mapping[str, int], level: int = 1, part: str = "a") -> Item:
    return Item(id=name, part=part, says=name, level=level, steps=(Step(points=1.0, rungs=rungs),))


def points(view: FrameworkResult) -> dict[str, float | None]:
    return {part.id: part.figures.value for part in view.parts}


# The ML Test Score, 2017: half a point by hand, one by machine; summed per section of seven; the least counts.


def test_everything_at_rung_2_by_the_rule_of_the_ml_test_score(seen: Judged) -> None:
    view = seen("ml_test_score", others=2)
    # data: 1 + - + - + 1 + .5 + 1 + 1, model: 1 + .5 + - + .5 + 1 + 1 + 1,
    # infra: .5 + 1 + 1 + 1 + - + .5 + .5, monitor: .5 + 1 + .5 + .5 + - + 1 + 1
    assert points(view) == {"data": 4.5, "model": 5.0, "infra": 4.5, "monitor": 4.5}
    assert view.figures == Figures(lo=4.5, value=4.5, hi=5.5)
    assert builtin_frameworks()["ml_test_score"].name_of(4.5).startswith("strong")


def test_everything_at_rung_1_is_half_a_point_where_rung_1_is_a_test_by_hand(seen: Judged) -> None:
    view = seen("ml_test_score", others=1)
    assert points(view) == {"data": 1.0, "model": 0.5, "infra": 1.0, "monitor": 2.0}
    assert view.figures.value == 0.5
    assert {lacking.item for lacking in view.deciding} == {f"model-{number}" for number in (1, 2, 4, 5, 6, 7)}


def test_the_least_section_is_the_score_however_good_the_others_are(seen: Judged) -> None:
    view = seen("ml_test_score", others=3, supply_chain=0, data_validation=0, drift_monitoring=0, feature_consistency=0,
                lifecycle_retirement=0, service_monitoring=0, prediction_quality=0)  # fmt: skip
    assert points(view)["model"] == 6.0
    assert view.figures.value == points(view)["monitor"] == 0.0
    assert {lacking.item.split("-")[0] for lacking in view.deciding} == {"monitor"}


def test_what_no_practice_shows_is_neither_0_nor_1(seen: Judged) -> None:
    view = seen("ml_test_score", others=3)
    assert points(view) == {"data": 5.0, "model": 6.0, "infra": 6.0, "monitor": 6.0}
    assert view.figures == Figures(lo=5.0, value=5.0, hi=7.0)
    assert view.deciding == ()
    assert {item.id for item in view.items if item.standing == "not judged"} == {
        "data-2", "data-3", "model-3", "infra-5", "monitor-5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, "research"), (0.5, "holes"), (1, "holes"), (1.5, "first pass"), (2, "first pass"), (2.5, "reasonably"),
     (3, "reasonably"), (3.5, "strong"), (5, "strong"), (5.5, "exceptional"), (7, "exceptional")],
)  # fmt: skip
def test_the_published_bands(total: float, band: str) -> None:
    assert band in builtin_frameworks()["ml_test_score"].name_of(total)


# Google and Microsoft.


@pytest.mark.parametrize(("rung_of_all", "level"), [(0, 0), (1, 0), (2, 1), (3, 2)])
def test_googles_levels_when_all_stand_alike(rung_of_all: int, level: int, seen: Judged) -> None:
    assert seen("google", others=rung_of_all).figures == Figures(lo=level, value=level, hi=level)


def test_one_hole_at_googles_level_1_holds_the_whole_at_0_and_is_named(seen: Judged) -> None:
    view = seen("google", others=3, data_validation=1)
    assert view.figures.value == 0
    (lacking,) = view.deciding
    assert (lacking.item, lacking.practice, lacking.rung, lacking.known) == (
        "data-validation",
        "data-validation",
        2,
        True,
    )
    assert (lacking.value, lacking.needs) == pytest.approx((1.0, 1.85))


DEVOPS = {"version_control": 3.0, "ci_on_change": 3.0, "automated_deployment": 3.0, "ml_code_tests": 1.0}


def test_devops_alone_is_level_1_at_microsoft_and_level_0_at_google(seen: Judged) -> None:
    assert seen("microsoft", others=0, **DEVOPS).figures.value == 1
    assert seen("google", others=0, **DEVOPS).figures.value == 0


@pytest.mark.parametrize(("rung_of_all", "level"), [(0, 0), (1, 1), (2, 2), (3, 4)])
def test_microsofts_levels_when_all_stand_alike(rung_of_all: int, level: int, seen: Judged) -> None:
    assert seen("microsoft", others=rung_of_all).figures == Figures(lo=level, value=level, hi=level)


def test_microsofts_columns_are_judged_by_themselves_and_say_which_levels_are_alike(seen: Judged) -> None:
    parts = {part.id: part for part in seen("microsoft", others=2).parts}
    told = {name: (part.same_from, part.figures.value) for name, part in parts.items()}
    # The article's cells: creation is the same at 2 and 3, release and application at 3 and 4, people at 0 and 1.
    assert told == {
        "people": (3, 3), "model-creation": (2, 3), "model-release": (3, 4), "application-integration": (3, 4),
        "overview": (2, 2),
    }  # fmt: skip
    assert {part.id: (part.same_from, part.figures.value) for part in seen("microsoft").parts}["people"] == (0, 1)


def test_automatic_training_without_automatic_release_is_microsofts_level_2(judged: Judged, seen: Judged) -> None:
    view = seen("microsoft", others=3, automated_deployment=1)
    assert view.figures.value == 2
    assert {(lacking.item, lacking.practice) for lacking in view.deciding} == {
        ("automatic-release", "automated-deployment")
    }


# What is not known, and what can't be judged.


def test_no_evidence_is_a_range_and_no_finding(bench: Any, judged: Judged) -> None:
    framework = builtin_frameworks()["google"]
    view = judged(framework, bench.catalogue(*map(bench.watched, framework.practices)))
    assert view.figures == Figures(lo=0, value=0, hi=2)
    assert (view.confidence, view.has_evidence) == (0.0, False)
    assert view.unknown == framework.practices
    assert all(item.standing == "no evidence" for item in view.items)
    assert result_json(framework, view)["name"] is None


def test_one_unknown_practice_widens_the_range_and_is_named(bench: Any, judged: Judged) -> None:
    ladder = staged(rung("x", {"p": 1}), rung("y", {"q": 2}, level=2))
    view = judged(ladder, bench.catalogue(bench.watched("p"), bench.watched("q")), {"p": 3})
    assert view.figures == Figures(lo=1, value=1, hi=2)
    assert view.unknown == ("q",)
    (lacking,) = view.deciding
    assert (lacking.practice, lacking.known) == ("q", False)
    assert view.held_by_missing_evidence
    found = judged(ladder, bench.catalogue(bench.watched("p"), bench.watched("q")), {"p": 3, "q": 0})
    assert not found.held_by_missing_evidence


def test_a_stale_word_holds_no_rung_however_high_it_is(bench: Any, judged: Judged) -> None:
    ladder = staged(rung("x", {"p": 1}))
    catalogue = bench.catalogue(bench.practice("p"))
    fresh, stale = (judged(ladder, catalogue, None, bench.said(3, days_ago=days)) for days in (0, 700))
    assert (fresh.figures.value, stale.figures.value) == (2, 0)
    (lacking,) = stale.deciding
    assert lacking.confidence_ok is False
    assert stale.figures.hi == 2


def test_a_practice_that_another_catalogue_lacks_leaves_the_level_open(bench: Any, judged: Judged) -> None:
    ladder = staged(rung("x", {"p": 1}), rung("y", {"p": 1, "gone": 1}))
    view = judged(ladder, bench.catalogue(bench.watched("p")), {"p": 3})
    assert view.figures == Figures(lo=0, value=2, hi=2)
    assert [item.reason for item in view.items] == ["", "the catalogue has no practice gone"]


def test_what_is_waived_or_of_another_kind_of_model_is_left_out(bench: Any, judged: Judged) -> None:
    ladder = staged(rung("x", {"p": 1}), rung("y", {"q": 3}), rung("z", {"q": 1, "p": 1, "r": 3}))
    catalogue = bench.catalogue(
        bench.watched("p"), bench.watched("q"), bench.watched("r", applies_to=("genai",))
    )  # fmt: skip
    rungs = {"p": 3.0, "q": 0.0, "r": 0.0}
    view = judged(ladder, catalogue, rungs, bench.waived("q"), kinds=frozenset({"classical"}))
    assert view.figures == Figures(lo=2, value=2, hi=2)
    assert {item.id: item.standing for item in view.items} == {"x": "judged", "y": "left out", "z": "judged"}
    assert view.items[1].reason == "waived"
    assert judged(ladder, catalogue, rungs, kinds=frozenset({"classical"})).figures.value == 0


def test_everything_waived_is_not_judged(bench: Any, judged: Judged) -> None:
    view = judged(staged(rung("x", {"p": 1})), bench.catalogue(bench.watched("p")), {"p": 3}, bench.waived("p"))
    assert view.figures == Figures(lo=None, value=None, hi=None)
    assert (view.confidence, view.deciding) == (None, ())


def test_a_half_step_whose_practices_are_all_left_out_gives_no_point_away(bench: Any, judged: Judged) -> None:
    item = Item(
        id="x", part="a", says="x", steps=(Step(points=0.5, rungs={"q": 1}), Step(points=1.0, rungs={"q": 1, "p": 3}))
    )
    tests = replace(staged(item), rule="tests", stages=(), bands=(Band(name="all", up_to=None),))
    view = judged(
        tests, bench.catalogue(bench.watched("p"), bench.watched("q")), {"p": 0.0, "q": 3.0}, bench.waived("q")
    )
    assert view.figures.value == 0.0


def test_parts_are_summed_where_the_framework_says_so(bench: Any, judged: Judged) -> None:
    items = (
        Item(id="x", part="a", says="x", steps=(Step(points=1.0, rungs={"p": 1}),)),
        Item(id="y", part="b", says="y", steps=(Step(points=1.0, rungs={"q": 1}),)),
    )
    tests = replace(staged(*items, parts="ab"), rule="tests", total="sum", stages=())
    view = judged(tests, bench.catalogue(bench.watched("p"), bench.watched("q")), {"p": 3, "q": 0})
    assert view.figures == Figures(lo=1.0, value=1.0, hi=1.0)
    assert [lacking.item for lacking in view.deciding] == ["y"]


def test_the_json_form_says_what_is_not_judged_and_why(seen: Judged) -> None:
    framework = builtin_frameworks()["ml_test_score"]
    told = result_json(framework, seen("ml_test_score", others=3))
    assert told["not_judged"].keys() == {"data-2", "data-3", "model-3", "infra-5", "monitor-5"}
    assert told["name"].startswith("strong")
    assert told["items"]["data-1"] == {"standing": "judged", "lo": 1.0, "value": 1.0, "hi": 1.0}
    assert told["items"]["data-2"] == {"standing": "not judged", "lo": 0.0, "value": None, "hi": 1.0}


def test_readings_and_practices_in_any_order_say_the_same(bench: Any) -> None:
    framework = builtin_frameworks()["google"]
    practices: list[Practice] = [bench.watched(name) for name in framework.practices]
    readings = [Reading(signal=f"{name}.sig", value=index % 4, seen=1, scope=1, opportunities=9, on=bench.today)
                for index, name in enumerate(framework.practices)]  # fmt: skip
    one, other = (
        judge(framework, catalogue, score(catalogue, Evidence(readings=tuple(order)), bench.today))
        for catalogue, order in (
            (bench.catalogue(*practices), readings),
            (bench.catalogue(*practices[::-1]), readings[::-1]),
        )
    )
    assert one == other
