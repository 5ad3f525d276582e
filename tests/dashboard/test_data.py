"""What is worked out again after a change, and what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mlops_maturity.dashboard import data
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.history import read_history, replace_history

TODAY = date(2026, 11, 23)
OF_A_TEAM = {
    "dossier": data.dossier,
    "assessment": data.assessment,
    "past": data.past,
    "ahead": data.ahead,
}


def _answer(organisation: Any, team: str) -> None:
    append_answers(organisation.store, [
        StoredAnswer(team=team, practice="version-control", respondent="ann", value=3, on=TODAY,
                     recorded_at=datetime(2026, 11, 23, 12, tzinfo=UTC))
    ])  # fmt: skip


@pytest.mark.parametrize("name", OF_A_TEAM)
def test_an_answer_of_one_team_leaves_the_facts_of_another_as_they_are(name: str, organisation: Any) -> None:
    place = data.place_of(organisation.config)
    before, read = data.version_of(place), OF_A_TEAM[name]
    facts = {team: read(before, team, TODAY, place) for team in ("fraud", "search")}
    _answer(organisation, "fraud")
    after = data.version_of(place)
    assert after != before
    assert read(after, "search", TODAY, place) is facts["search"]
    assert read(after, "fraud", TODAY, place) is not facts["fraud"]


def test_an_answer_reaches_the_assessment_of_its_team(organisation: Any) -> None:
    place = data.place_of(organisation.config)
    before = data.assessment(data.version_of(place), "silent", TODAY, place)
    _answer(organisation, "silent")
    after = data.assessment(data.version_of(place), "silent", TODAY, place)
    assert (before.practices["version-control"].survey, after.practices["version-control"].survey > 0) == (0, True)


def test_charts_of_one_team_are_drawn_anew_for_its_own_answers_and_for_any_change_of_the_past(
    organisation: Any,
) -> None:
    place = data.place_of(organisation.config)
    first = data.facts_of(data.version_of(place), ["search"], place)
    _answer(organisation, "fraud")
    assert data.facts_of(data.version_of(place), ["search"], place) == first
    rows = read_history(organisation.store, team="fraud")
    replace_history(organisation.store, "fraud", rows[:-5])
    second = data.facts_of(data.version_of(place), ["search"], place)
    _answer(organisation, "search")
    assert len({first, second, data.facts_of(data.version_of(place), ["search"], place)}) == 3
