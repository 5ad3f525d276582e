"""What the sentences claim, and what they must not."""

from __future__ import annotations

from dataclasses import replace

from made_assessments import CATALOGUE, assessed, past

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.dashboard.facts.standing import Level
from mlops_maturity.dashboard.words.standing import blocking_words, crowd_story, range_words, team_story

HIGH, LOW, SILENT = assessed(said=3, shown=3), assessed(shown=0), assessed()


def test_no_evidence_is_said_to_be_no_level() -> None:
    assert "not the same as level 0" in team_story(CATALOGUE, SILENT, [])
    assert "No evidence yet" in crowd_story(CATALOGUE, {"a": SILENT, "b": SILENT}, {})


def test_a_team_hears_its_level_what_holds_it_and_how_it_moved() -> None:
    story = team_story(CATALOGUE, LOW, past("a", {52: 3}))
    assert story.startswith("**Level 0, No MLOps.**")
    assert "hold it back" in story or "holds it back" in story
    assert "fallen from" in story


def test_a_small_change_is_called_none() -> None:
    assert "no clear change" in team_story(CATALOGUE, LOW, past("a", {52: 0}))


def test_without_last_year_nothing_is_compared() -> None:
    assert "Nothing from a year ago" in team_story(CATALOGUE, LOW, [])
    assert "Nothing from a year ago" in crowd_story(CATALOGUE, {"a": LOW, "b": HIGH}, {})


def test_at_the_top_there_is_nothing_above() -> None:
    assert "There is no higher level." in team_story(CATALOGUE, HIGH, [])


def test_many_teams_hear_how_they_spread_and_how_many_moved() -> None:
    pasts = {"a": past("a", {52: 0}), "b": past("b", {52: 0})}
    story = crowd_story(CATALOGUE, {"a": HIGH, "b": LOW, "c": SILENT}, pasts)
    assert "1 team has no evidence yet" in story
    assert "1 stand higher now and none lower" in story


def test_the_range_is_told_in_words() -> None:
    level = Level(level=2, low=2, high=2, index=50, confidence=0.5)
    assert range_words(level) == "Nothing that is still unknown could change that."
    assert "more than level 2 is ruled out" in range_words(replace(level, low=0))
    assert "level 3 at most" in range_words(replace(level, high=3))


def test_names_from_a_catalogue_are_shown_as_text() -> None:
    practices = tuple(replace(practice, title="<b>title</b>") for practice in CATALOGUE.practices)
    hostile: Catalogue = replace(CATALOGUE, practices=practices)
    block = next(block for aspect in LOW.aspects.values() for block in aspect.blocking)
    assert r"\<b\>title" in blocking_words(hostile, block)
    assert "<b>" not in team_story(hostile, LOW, [])
