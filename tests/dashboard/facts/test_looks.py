from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from made_assessments import CATALOGUE, DAY

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts.looks import FILLING, Look, looks
from mlops_maturity.dashboard.facts.trends import Panel
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
    words = newest_look([_panel(found)], signals(), 1)
    assert "First look on 23 Nov 2026 at " in words
    assert "earlier" not in words
    assert newest_look([_panel(())], signals(), 1) == ""


def test_the_cause_is_said_once_for_all_panels_by_the_one_that_tells_most() -> None:
    newest = [Look(on=DAY, signals=signals, teams=2) for signals in ((LATER,), (LATER, OTHER))]
    early = Look(on=START, signals=(FIRST,), teams=5)
    words = newest_look([_panel([early, newest[0]]), _panel(newest[1:])], signals(), 5)
    assert words.count("First look") == 1
    assert signals()[OTHER].title in words
    assert "1 earlier one is marked" in words


def _panel(found: Sequence[Look]) -> Panel:
    return Panel(scope=OVERALL, title="", level=None, index=None, change=None, line=(), looks=tuple(found))
