"""A line that went through a change of the model is marked where it did, with what that brought; others are not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from two_models import BROADER, OLD, REWEIGHED

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.dashboard.facts.breaks import Break, breaks, published
from mlops_maturity.dashboard.words.trends import model_changes
from mlops_maturity.evidence.history import restate
from mlops_maturity.evidence.published import published_rows
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.assessments import read_published
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.history import HistoryRow, read_history
from mlops_maturity.scoring.history import OVERALL

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
LONG_AGO, BEGUN = date(2020, 1, 5), date(2026, 10, 12)
TEAMS = ("fraud", "pricing")
SETTINGS = Settings(organisation="Acme", teams=tuple(Team(id=team) for team in TEAMS))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two teams, published under the old model on a Monday."""
    made = open_store("sqlite:///maturity.db", tmp_path)
    said = {"tests": 3, "reviews": 1}
    answers = [
        StoredAnswer(team=team, practice=practice, respondent="ann", value=value, on=BEGUN, recorded_at=MONDAY)
        for team in TEAMS for practice, value in said.items()
    ]  # fmt: skip
    append_answers(made, answers)
    restate(made, SETTINGS, OLD, now=MONDAY)
    yield made
    made.close()


def pasts(store: Store) -> dict[str, tuple[HistoryRow, ...]]:
    return {team: read_history(store, team=team) for team in TEAMS}


def test_without_a_change_there_is_no_break(store: Store) -> None:
    restate(store, SETTINGS, OLD, now=MONDAY + timedelta(days=9))
    assert breaks(pasts(store), OVERALL, LONG_AGO) == ()


def test_a_change_is_one_break_with_what_it_brought(store: Store) -> None:
    restate(store, SETTINGS, REWEIGHED, now=MONDAY + timedelta(days=9))
    (found,) = breaks(pasts(store), OVERALL, LONG_AGO)
    assert (found.on, found.teams, found.chained) == (date(2026, 11, 11), 2, False)
    assert found.effect == pytest.approx(100 * 10 / 12 - 100 * 4 / 6)
    (told,) = model_changes([found], 2)
    assert told == (
        "▽ The model of maturity changed on 11 Nov 2026: that by itself brought +16.7 points (median of 2 teams), as"
        " published then; the whole line is re-scored"
    )
    assert breaks(pasts(store), OVERALL, date(2026, 11, 11)) == ()


def test_a_line_that_was_joined_says_so(store: Store) -> None:
    restate(store, SETTINGS, BROADER, now=MONDAY + timedelta(days=9))
    restate(store, SETTINGS, BROADER, now=MONDAY + timedelta(days=18))
    (found,) = breaks({"fraud": pasts(store)["fraud"]}, OVERALL, LONG_AGO)
    assert found.chained
    (told,) = model_changes([found], 1)
    assert "the line before it is of the old model, moved to join it" in told
    assert "median" not in told


def test_an_effect_that_nobody_knows_is_no_zero() -> None:
    (told,) = model_changes([Break(on=date(2026, 5, 3), effect=None, teams=1, chained=True)], 1)
    assert "can't be told" in told
    assert "+0" not in told


def test_what_was_shown_then_stays_and_one_week_is_no_line(store: Store) -> None:
    restate(store, SETTINGS, REWEIGHED, now=MONDAY + timedelta(days=9))
    rows = [each.row for each in published_rows(read_published(store, team="fraud"))]
    shown = published(rows, LONG_AGO)
    assert [each.on for each in shown] == [date(2026, 11, 2), date(2026, 11, 11)]
    assert [each.index for each in shown] == pytest.approx([100 * 4 / 6, 100 * 10 / 12])
    assert published(rows, date(2026, 11, 9)) == ()
