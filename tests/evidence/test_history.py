"""The past re-scored: which days, from which evidence, and what is published."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.assess import assess_teams, gather
from mlops_maturity.evidence.history import LONGEST, Restated, restate
from mlops_maturity.evidence.past import days_of
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.assessments import read_published
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.history import read_history

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TODAY = NOW.date()
TEAM = Team(id="fraud")
SETTINGS = Settings(organisation="Acme", teams=(TEAM,))
CATALOGUE = builtin_catalogue()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///maturity.db", tmp_path)


def answer(value: int | None, on: date, recorded_at: datetime = NOW, practice: str = "version-control") -> StoredAnswer:
    return StoredAnswer(
        team="fraud", practice=practice, respondent="lead", value=value, on=on, attested=False, comment="",
        evidence_url="", recorded_at=recorded_at, author="test",
    )  # fmt: skip


def test_weeks_end_on_sunday_and_the_last_day_is_always_there() -> None:
    days = days_of(date(2026, 11, 1), TODAY, "week")
    assert [day.isoformat() for day in days] == ["2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22", "2026-11-25"]


def test_month_ends_know_leap_years() -> None:
    assert date(2028, 2, 29) in days_of(date(2028, 1, 1), date(2028, 3, 15), "month")


def test_the_past_reads_as_it_would_have_on_that_day(store: Store) -> None:
    append_answers(store, [answer(3, date(2026, 11, 1)), answer(1, date(2026, 11, 20))])
    restate(store, SETTINGS, CATALOGUE, now=NOW)
    rows = {(row.on, row.scope): row for row in read_history(store, team="fraud")}
    for on in (date(2026, 11, 8), date(2026, 11, 22), TODAY):
        again = assess_teams(store, SETTINGS, CATALOGUE, [TEAM], on)["fraud"].overall
        assert rows[on, "overall"].index == pytest.approx(again.index, abs=1e-9)
    before, after = rows[date(2026, 11, 15), "overall"].index, rows[date(2026, 11, 22), "overall"].index
    assert before is not None
    assert after is not None
    assert before > after


def test_a_correction_of_the_same_day_takes_the_place_of_the_first_answer(store: Store) -> None:
    append_answers(store, [answer(3, TODAY, NOW - timedelta(hours=1))])
    append_answers(store, [answer(1, TODAY)])
    assert [entry.value for entry in gather(store, SETTINGS, CATALOGUE, TEAM).evidence.answers] == [1]


def test_an_answer_to_a_practice_that_is_gone_is_kept_but_not_scored(store: Store) -> None:
    append_answers(store, [answer(3, TODAY, practice="retired-practice")])
    dossier = gather(store, SETTINGS, CATALOGUE, TEAM)
    assert (len(dossier.answers), dossier.evidence.answers) == (1, ())


@pytest.mark.parametrize("on", [TODAY + timedelta(days=1), TODAY, date(1990, 1, 1)])
def test_evidence_of_any_day_leaves_a_bounded_history_with_today_in_it(store: Store, on: date) -> None:
    append_answers(store, [answer(2, on)])
    restate(store, SETTINGS, CATALOGUE, now=NOW)
    days = sorted({row.on for row in read_history(store, team="fraud")})
    assert days[-1] == TODAY
    assert days[0] >= TODAY - LONGEST - timedelta(days=7)


def test_a_team_without_evidence_has_no_past_and_nothing_is_published(store: Store) -> None:
    assert restate(store, SETTINGS, CATALOGUE, now=NOW) == Restated(0, 0)
    assert (read_history(store, team="fraud"), read_published(store, team="fraud")) == ((), ())


def test_an_aspect_of_which_nothing_is_known_has_no_level_that_day(store: Store) -> None:
    append_answers(store, [answer(2, TODAY)])
    restate(store, SETTINGS, CATALOGUE, now=NOW)
    rows = read_history(store, team="fraud")
    dark = [row for row in rows if row.confidence == 0]
    assert {row.scope for row in rows} - {row.scope for row in dark} >= {"overall"}
    assert dark
    assert {(row.level_lo, row.level, row.level_hi, row.index_lo, row.index, row.index_hi) for row in dark} == {
        (None,) * 6
    }


def test_an_unchanged_day_is_published_once(store: Store) -> None:
    append_answers(store, [answer(2, TODAY)])
    assert [restate(store, SETTINGS, CATALOGUE, now=NOW).published for _ in range(2)] == [1, 0]
    append_answers(store, [answer(3, TODAY)])
    assert restate(store, SETTINGS, CATALOGUE, now=NOW + timedelta(hours=1)).published == 1
    assert len(read_published(store, team="fraud")) == 2
