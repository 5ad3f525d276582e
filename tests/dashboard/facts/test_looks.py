from __future__ import annotations

from datetime import timedelta

from made_assessments import CATALOGUE, DAY

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts.looks import FILLING, looks
from mlops_maturity.dashboard.words.trends import newest_look
from mlops_maturity.evidence.history import OVERALL
from mlops_maturity.evidence.signals.registry import signals

START = DAY - timedelta(weeks=60)
FIRST, LATER, OTHER = sorted(CATALOGUE.signal_ids)[:3]
TEAMS = [Team(id=name) for name in "abcde"]


def test_a_signal_that_began_with_the_others_is_no_first_look() -> None:
    early = START + FILLING - timedelta(days=1)
    assert looks(CATALOGUE, TEAMS[:1], {"a": {FIRST: START, LATER: early}}, OVERALL) == ()


def test_a_signal_that_began_later_is_one_on_its_day() -> None:
    (look,) = looks(CATALOGUE, TEAMS[:1], {"a": {FIRST: START, LATER: DAY}}, OVERALL)
    assert (look.on, look.signals, look.teams) == (DAY, (LATER,), 1)


def test_it_is_told_where_the_signal_counts_and_nowhere_else() -> None:
    seen = {"a": {FIRST: START, LATER: DAY}}
    counting = {practice.aspect for practice in CATALOGUE.practices for use in practice.signals if use.id == LATER}
    told = {aspect.id for aspect in CATALOGUE.aspects if looks(CATALOGUE, TEAMS[:1], seen, aspect.id)}
    assert told == counting
    assert looks(CATALOGUE, TEAMS[:1], {"a": {FIRST: START, "no.such_signal": DAY}}, OVERALL) == ()


def test_of_many_teams_a_few_are_not_worth_a_mark_and_their_week_is_named() -> None:
    one = {"a": {FIRST: START, LATER: DAY}}
    assert looks(CATALOGUE, TEAMS, one, OVERALL) == ()
    seen = one | {"b": {FIRST: START, LATER: DAY, OTHER: DAY}}
    (look,) = looks(CATALOGUE, TEAMS, seen, OVERALL)
    assert (look.on, look.signals, look.teams) == (DAY, (LATER, OTHER), 2)


def test_the_cause_is_said_in_words() -> None:
    found = looks(CATALOGUE, TEAMS[:1], {"a": {FIRST: START, LATER: DAY}}, OVERALL)
    assert "First look on 23 Nov 2026 at " in newest_look(found, signals(), 1)
    assert newest_look((), signals(), 1) == ""
