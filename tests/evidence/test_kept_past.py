"""The past that readers see between a change of the catalogue and the next facts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from two_models import BROADER, OLD, REWEIGHED

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.history import restate
from mlops_maturity.evidence.kept_past import kept_past, waits, weeks_waiting
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.history import HistoryRow, read_history

THEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 11, 9, tzinfo=UTC)
SETTINGS = Settings(organisation="Acme", teams=(Team(id="fraud"), Team(id="pricing"), Team(id="idle")))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two teams, kept under the old catalogue on Monday the 2nd."""
    store = open_store("sqlite:///maturity.db", tmp_path)
    said = [("fraud", "tests", 3), ("fraud", "reviews", 1), ("pricing", "tests", 1), ("pricing", "reviews", 2)]
    append_answers(
        store,
        [
            StoredAnswer(team=team, practice=practice, respondent="ann", value=value, on=date(2026, 9, 7 + value),
                         recorded_at=THEN)
            for team, practice, value in said
        ],
    )  # fmt: skip
    restate(store, SETTINGS, OLD, now=THEN)
    return store


def of_weeks(rows: object) -> list[HistoryRow]:
    """Those of Sundays: what the day of a collection adds is a day of its own."""
    assert isinstance(rows, (list, tuple))
    return [row for row in rows if row.on.isoweekday() == 7 and row.on < THEN.date()]


@pytest.mark.parametrize("catalogue", [REWEIGHED, BROADER], ids=["restated", "chained"])
def test_what_waits_is_told_as_the_next_collection_will_keep_it(store: Store, catalogue: Catalogue) -> None:
    told = kept_past(store, catalogue, SETTINGS.teams, NOW.date())
    assert set(told.waiting) == {"fraud", "pricing"}
    assert told.rows["idle"] == []
    restate(store, SETTINGS, catalogue, now=NOW)
    kept = {team.id: of_weeks(read_history(store, team=team.id)) for team in SETTINGS.teams}
    assert {team: of_weeks(rows) for team, rows in told.rows.items()} == kept
    assert len(kept["fraud"]) > 10
    assert not kept_past(store, catalogue, SETTINGS.teams, NOW.date()).waiting


def test_a_past_that_can_not_be_had_is_joined_not_restated_before_it_is_kept_so(store: Store) -> None:
    rows = kept_past(store, BROADER, SETTINGS.teams, NOW.date()).rows["fraud"]
    assert {(row.basis, row.catalogue_hash) for row in rows} == {("chained", OLD.hash)}


def test_only_days_that_are_kept_are_told_and_only_those_asked_for(store: Store) -> None:
    stored = [row.on for row in read_history(store, team="fraud")]
    whole = kept_past(store, REWEIGHED, SETTINGS.teams, NOW.date()).rows["fraud"]
    assert [row.on for row in whole] == stored
    since, until = date(2026, 9, 20), date(2026, 10, 4)
    some = kept_past(store, REWEIGHED, SETTINGS.teams[:1], until, since)
    assert sorted({row.on for row in some.rows["fraud"]}) == [since, date(2026, 9, 27), until]
    assert some.waiting == {"fraud": 3}
    assert set(some.rows) == {"fraud"}


def test_under_the_catalogue_in_force_nothing_is_scored_anew(store: Store) -> None:
    told = kept_past(store, OLD, SETTINGS.teams, NOW.date())
    assert (tuple(told.rows["fraud"]), told.waiting) == (read_history(store, team="fraud"), {})


def test_weeks_of_an_older_catalogue_on_purpose_do_not_wait(store: Store) -> None:
    restate(store, SETTINGS, BROADER, now=NOW)
    rows = read_history(store, team="fraud")
    assert any(row.basis == "chained" for row in rows)
    assert weeks_waiting(rows, BROADER) == 0


@pytest.mark.parametrize(
    ("weeks", "teams", "said"),
    [
        (1, 1, "1 week kept under the old one is scored anew"),
        (52, 1, "52 weeks kept under the old one are scored anew"),
        (52, 3, "up to 52 weeks of 3 teams under the old one are scored anew"),
    ],
)
def test_the_cause_and_the_next_step_are_said(weeks: int, teams: int, said: str) -> None:
    assert said in waits(weeks, teams)
    assert "`mlops-maturity collect`" in waits(weeks, teams)
