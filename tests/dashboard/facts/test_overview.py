from __future__ import annotations

from datetime import date

from made_assessments import CATALOGUE, DAY, assessed, past

from mlops_maturity.config.settings import Target, Team
from mlops_maturity.dashboard.facts.overview import cells, marks, numbers
from mlops_maturity.dashboard.facts.past import points
from mlops_maturity.scoring.evidence import Answer, Evidence
from mlops_maturity.scoring.rollup import enough
from mlops_maturity.scoring.score import score

ASPECT = CATALOGUE.by_id["version-control"].aspect
TARGET = Target(level=2, by=date(2027, 6, 30))
FRAUD, SEARCH = Team(id="fraud", name="Fraud", target=TARGET), Team(id="search")
HIGH, LOW, SILENT = assessed(said=3, shown=3), assessed(shown=0), assessed()
SLIGHT = score(CATALOGUE, Evidence(answers=(Answer(practice="version-control", respondent="a", value=1, on=DAY),)), DAY)
"""One answer to one question is all that is known."""


def test_the_index_is_never_named_without_its_level() -> None:
    one = numbers([FRAUD], {"fraud": HIGH}, (), ())
    many = numbers([FRAUD, SEARCH], {"fraud": HIGH, "search": LOW}, (), ())
    assert "level 3" in one[0].label
    assert "typical level 0" in many[0].label


def test_there_are_four_numbers_at_most() -> None:
    assert len(numbers([FRAUD, SEARCH], {"fraud": HIGH, "search": LOW}, (), ())) == 4


def test_a_team_without_evidence_is_at_no_target_and_has_no_index() -> None:
    index, confidence, _, targets = numbers([FRAUD, SEARCH], {"fraud": SILENT, "search": SILENT}, (), ())
    assert index.value == "–"
    assert confidence.value == "–"
    assert targets.value == "0 of 1"


def test_only_teams_with_a_target_are_counted_against_it() -> None:
    targets = numbers([FRAUD, SEARCH], {"fraud": HIGH, "search": HIGH}, (), ())[-1]
    assert targets.value == "1 of 1"
    without = numbers([SEARCH, Team(id="other")], {"search": HIGH, "other": LOW}, (), ())[-1]
    assert without.note == "no targets are set"


def test_a_team_with_hardly_any_evidence_is_left_out_of_the_means_and_that_is_said() -> None:
    teams, assessments = [FRAUD, SEARCH], {"fraud": HIGH, "search": SLIGHT}
    index, confidence, *_ = numbers(teams, assessments, (), (), enough(CATALOGUE))
    alone, sure, *_ = numbers([FRAUD], {"fraud": HIGH}, (), (), enough(CATALOGUE))
    assert (index.value, confidence.value) == (alone.value, sure.value)
    assert index.note.endswith("1 of 2 teams")
    assert numbers([SEARCH], {"search": SLIGHT}, (), (), enough(CATALOGUE))[0].value != "–"


def test_a_level_held_by_missing_evidence_is_marked_and_one_held_by_findings_is_not() -> None:
    least = enough(CATALOGUE)
    drawn = cells(CATALOGUE, [FRAUD, SEARCH], {"fraud": LOW, "search": SLIGHT}, least)
    found = {cell.team: cell for cell in drawn if cell.aspect == ASPECT}
    assert (found["fraud"].level, found["fraud"].mark) == (0, "0")
    assert (found["search"].level, found["search"].mark) == (0, "0 ?")
    assert "without enough evidence" in found["search"].holds
    assert marks(SEARCH, SLIGHT, [], least).headline.startswith("Level 0, not proven")


def test_changes_are_those_of_twelve_weeks_and_no_change_is_not_drawn_as_one() -> None:
    line = points({"fraud": past("fraud", {20: 0, 12: 0, 0: 3})}, {})
    index, *_ = numbers([FRAUD], {"fraud": HIGH}, line, ())
    assert index.change.startswith("+")
    still = points({"fraud": past("fraud", {12: 3, 0: 3})}, {})
    assert numbers([FRAUD], {"fraud": HIGH}, still, ())[0].change == ""
    short = points({"fraud": past("fraud", {3: 0, 0: 3})}, {})
    assert numbers([FRAUD], {"fraud": HIGH}, short, ())[0].change == ""


def test_for_one_team_the_last_number_is_what_stands_in_its_way() -> None:
    blocked = numbers([FRAUD], {"fraud": LOW}, (), ())[-1]
    top = numbers([FRAUD], {"fraud": HIGH}, (), ())[-1]
    assert blocked.label == "Practices in the way of level 1"
    assert int(blocked.value) > 0
    assert top.value == "0"


def test_practices_in_the_way_for_want_of_evidence_are_told_apart() -> None:
    thin = numbers([FRAUD], {"fraud": assessed(said=3)}, (), ())[-1]
    assert f"{thin.value} without enough evidence" in thin.note
    assert "without" not in numbers([FRAUD], {"fraud": LOW}, (), ())[-1].note


def test_the_ladder_of_a_team_holds_target_and_last_year() -> None:
    standing = marks(FRAUD, HIGH, past("fraud", {52: 0}))
    assert (standing.level, standing.target, standing.year_ago) == (3, 2, 0)
    assert standing.headline.startswith("Level 3 · index ")
    nothing = marks(SEARCH, SILENT, [])
    assert (nothing.level, nothing.level_lo, nothing.target, nothing.year_ago) == (None, None, None, None)


def test_the_heat_map_has_overall_and_every_aspect_of_each_team() -> None:
    found = cells(CATALOGUE, [FRAUD, SEARCH], {"fraud": HIGH, "search": SILENT})
    assert [cell.aspect for cell in found[:5]] == ["", *(aspect.id for aspect in CATALOGUE.aspects)]
    assert [cell.level for cell in found] == [3] * 5 + [None] * 5


def test_a_team_that_joins_moves_the_line_of_the_mean_and_not_its_change() -> None:
    pasts = {"fraud": past("fraud", {14: 3, 12: 3, 0: 3}), "search": past("search", {5: 0, 0: 0})}
    line = points(pasts, {})
    index, confidence, *_ = numbers([FRAUD, SEARCH], {"fraud": HIGH, "search": LOW}, line, ())
    assert index.line[-1] < index.line[0] - 20
    assert (index.change, confidence.change) == ("", "")


def test_nothing_is_compared_where_no_team_is_known_at_both_ends() -> None:
    line = points({"fraud": past("fraud", {12: 3}), "search": past("search", {0: 0})}, {})
    assert numbers([FRAUD, SEARCH], {"fraud": HIGH, "search": LOW}, line, ())[0].change == ""


def test_what_is_known_since_today_is_drawn_as_no_line_and_compared_with_nothing() -> None:
    line = points({"fraud": past("fraud", {0: 3})}, {})
    index, confidence, *_ = numbers([FRAUD], {"fraud": HIGH}, line, ())
    assert (index.line, confidence.line) == ((), ())
    assert (index.note, index.change) == ("known for less than 12 weeks", "")
    still = numbers([FRAUD], {"fraud": HIGH}, points({"fraud": past("fraud", {12: 3, 0: 3})}, {}), ())[0]
    assert (still.note, still.change) == ("no change in 12 weeks", "")
