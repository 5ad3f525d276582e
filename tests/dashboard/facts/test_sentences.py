"""What the sentences claim, and what they must not."""

from __future__ import annotations

from dataclasses import replace

from made_assessments import CATALOGUE, assessed, past

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.dashboard.facts.standing import Level
from mlops_maturity.dashboard.words.standing import blocking_words, crowd_story, range_words, team_story
from mlops_maturity.scoring.assessment import Blocking

HIGH, LOW, SILENT = assessed(said=3, shown=3), assessed(shown=0), assessed()


def test_no_evidence_is_said_to_be_no_level() -> None:
    assert "not the same as level 0" in team_story(CATALOGUE, SILENT, [])
    assert "No evidence yet" in crowd_story(CATALOGUE, {"a": SILENT, "b": SILENT}, {})


def test_a_team_hears_its_level_what_holds_it_and_how_it_moved() -> None:
    story = team_story(CATALOGUE, LOW, past("a", {52: 3}))
    assert story.startswith("**Level 0, No MLOps.**")
    assert "hold it back" in story or "holds it back" in story
    assert "A year ago it was level 3; the index was 95 then and is 1 now." in story


def test_a_small_change_is_called_none() -> None:
    assert "the index is where it was" in team_story(CATALOGUE, LOW, past("a", {52: 0}))


def test_without_last_year_nothing_is_compared() -> None:
    assert "Nothing from earlier" in team_story(CATALOGUE, LOW, [])
    assert "Nothing from earlier" in crowd_story(CATALOGUE, {"a": LOW, "b": HIGH}, {})


def test_a_past_shorter_than_a_year_is_compared_and_said_to_be() -> None:
    begins = "28 Sep 2026, where enough evidence begins"
    assert f"On {begins}, it was level 3" in team_story(CATALOGUE, LOW, past("a", {8: 3}))
    story = crowd_story(CATALOGUE, {"a": LOW, "b": HIGH}, {"a": past("a", {8: 3}), "b": past("b", {8: 3})})
    assert f"Of 2 teams known on {begins}, none stand higher now and 1 lower." in story


def test_at_the_top_there_is_nothing_above() -> None:
    assert "There is no higher level." in team_story(CATALOGUE, HIGH, [])


def test_many_teams_hear_how_they_spread_and_how_many_moved() -> None:
    pasts = {"a": past("a", {52: 0}), "b": past("b", {52: 0})}
    story = crowd_story(CATALOGUE, {"a": HIGH, "b": LOW, "c": SILENT}, pasts)
    assert "Not counted: 1 team without evidence." in story
    assert "1 stands higher now and none lower" in story


def test_among_many_teams_those_held_by_missing_evidence_are_counted() -> None:
    # Answers alone never make rung 3: what they leave open is missing evidence.
    thin = assessed(said=3)
    told = "Of these teams, 1 is held at its level by missing evidence, not by anything that was found."
    assert told in crowd_story(CATALOGUE, {"a": thin, "b": LOW}, {})
    assert "2 are held at their levels" in crowd_story(CATALOGUE, {"a": thin, "b": thin, "c": LOW}, {})
    assert "held at" not in crowd_story(CATALOGUE, {"a": HIGH, "b": LOW}, {})


def test_a_practice_of_which_nothing_is_known_is_not_said_to_be_at_0() -> None:
    (block, *_) = (block for aspect in SILENT.aspects.values() for block in aspect.blocking)
    words = blocking_words(CATALOGUE, block, SILENT)
    assert "nothing is known of it" in words
    assert "0.00" not in words


def test_evidence_that_is_all_a_practice_lacks_is_told_with_what_there_is_and_what_it_takes() -> None:
    name = "rollback"
    known = replace(HIGH.practices[name], confidence=0.1499)
    thin = replace(HIGH, practices={**HIGH.practices, name: known},
                   aspects={key: replace(each, level=0) for key, each in HIGH.aspects.items()})  # fmt: skip
    block = Blocking(practice=name, rung=1, value=1.8, needs=0.85, confidence_ok=False, must=False)
    told = blocking_words(CATALOGUE, block, thin)
    assert "at 1.80 is known with confidence 14.99\u00a0%, needs 15.00\u00a0% (from " in told
    assert "0.85" not in told
    low = replace(block, value=0.2)
    assert "is at 0.20, needs 0.85 and is known with confidence" in blocking_words(CATALOGUE, low, thin)


def test_a_team_with_hardly_any_evidence_is_told_apart_from_one_that_is_weak() -> None:
    slight = replace(LOW, overall=replace(LOW.overall, confidence=0.01))
    assert "with too little of it (under 15\u00a0%)" in crowd_story(CATALOGUE, {"a": HIGH, "b": slight}, {})
    assert "1 of 1 team stands there" in crowd_story(CATALOGUE, {"a": HIGH, "b": slight}, {})
    assert crowd_story(CATALOGUE, {"a": slight, "b": slight}, {}).startswith("**Too little evidence yet.**")


def test_the_range_is_told_in_words() -> None:
    level = Level(level=2, low=2, high=2, index=50, confidence=0.5)
    assert range_words(level) == "Nothing that is still unknown could change that."
    assert "more than level 2 is ruled out" in range_words(replace(level, low=0))
    assert "level 3 at most" in range_words(replace(level, high=3))


def test_names_from_a_catalogue_are_shown_as_text() -> None:
    practices = tuple(replace(practice, title="<b>title</b>") for practice in CATALOGUE.practices)
    hostile: Catalogue = replace(CATALOGUE, practices=practices)
    block = next(block for aspect in LOW.aspects.values() for block in aspect.blocking)
    assert r"\<b\>title" in blocking_words(hostile, block, LOW)
    assert "<b>" not in team_story(hostile, LOW, [])
