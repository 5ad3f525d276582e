"""What a tab stores itself is known as its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from mlops_maturity.dashboard.drafts import Drafts
from mlops_maturity.dashboard.tab import Tab
from mlops_maturity.evidence.store.answers import Recorded, StoredAnswer

BEGUN = datetime(2026, 11, 23, 13, 3, tzinfo=UTC)
NEVER = 3600.0
"""Seconds: the test itself ends the pause."""


def _answer() -> StoredAnswer:
    return StoredAnswer(
        team="fraud", practice="version-control", respondent="ida", value=2, on=date(2026, 11, 23), recorded_at=BEGUN
    )


def test_a_form_is_one_however_often_its_page_is_drawn() -> None:
    tab = Tab()
    form = tab.form("question", None)
    assert tab.form("question", _answer()) is form
    assert tab.draft("question") == tab.draft("question")
    assert tab.draft("question") != Tab().draft("question")


def test_what_waits_is_being_saved_until_it_is_stored() -> None:
    tab, drafts = Tab(), Drafts(NEVER)
    tab.form("question", None)
    assert not tab.saves(drafts)
    drafts.put(Tab().draft("question"), lambda: None)
    assert not tab.saves(drafts)  # that is another tab's
    drafts.put(tab.draft("question"), lambda: None)
    assert tab.saves(drafts)
    drafts.flush("question")
    assert not tab.saves(drafts)


def test_a_save_after_a_page_was_begun_is_known_also_of_a_question_out_of_sight() -> None:
    tab = Tab()
    tab.form("in sight", None)
    away = tab.form("out of sight", None)
    assert not tab.saved_since(BEGUN)
    away.took(None, Recorded(before=None, answer=_answer(), added=True), BEGUN + timedelta(seconds=1))
    assert tab.saved_since(BEGUN)
    assert not tab.saved_since(BEGUN + timedelta(seconds=2))
