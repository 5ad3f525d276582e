from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from made_assessments import DAY, assessed

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts.contradictions import newest_first
from mlops_maturity.dashboard.facts.overview import numbers
from mlops_maturity.dashboard.words import contradictions as words
from mlops_maturity.evidence.contradictions import Case
from mlops_maturity.scoring.contradiction_past import Episode

FRAUD = Team(id="fraud")


def _case(team: str, since: date, gap: float = 1.0) -> Case:
    return Case(
        team=team, practice="p", title="<b>Registry", aspect="a", answers=(), against=(), state="open",
        episode=Episode(kind="overclaim", gap=gap, first=since, last=DAY), said=3.0, shown=3.0 - gap,
    )  # fmt: skip


OLD, NEW, WIDE = _case("a", DAY - timedelta(days=400)), _case("b", DAY), _case("c", DAY, 2.0)


def test_the_newest_comes_first_and_of_one_day_the_widest() -> None:
    assert newest_first([OLD, NEW, WIDE]) == [WIDE, NEW, OLD]


def test_a_line_tells_the_day_since_which_it_stands_and_whether_it_is_explained() -> None:
    assert words.line(OLD, DAY) == ("▲ people say 3.0, systems show 2.0 · overclaim since 19 Oct 2025 (13 months ago)")
    under = replace(NEW, state="explained", episode=replace(NEW.episode, kind="underclaim"))
    assert words.line(under, DAY).startswith("▼")
    assert words.line(under, DAY).endswith("underclaim since 23 Nov 2026 (today) · explained")


def test_the_link_to_all_says_of_whom_they_are() -> None:
    assert words.see_all([OLD, NEW], ["<b>"]) == r"See all 2 contradictions, all of \<b\>"
    assert words.see_all([OLD, NEW], ["A", "B"]) == "See all 2 contradictions, of 2 teams"


def test_what_is_explained_is_not_counted_as_open() -> None:
    number = numbers([FRAUD], {"fraud": assessed(said=3)}, (), [NEW, replace(WIDE, state="explained")])[2]
    assert (number.value, number.note) == ("1", "1 overclaim, 0 underclaim · 1 explained")
    assert numbers([FRAUD], {"fraud": assessed(said=3)}, (), [])[2].note == "none found"
