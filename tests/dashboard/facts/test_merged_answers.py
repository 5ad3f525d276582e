"""Two tabs of one respondent: only what a form changed goes on top of what was stored meanwhile."""

from dataclasses import replace
from datetime import UTC, date, datetime

from mlops_maturity.dashboard.facts.assess import merged
from mlops_maturity.evidence.store.answers import StoredAnswer

BASE = StoredAnswer(
    team="fraud", practice="p", respondent="ann", value=2, on=date(2026, 11, 23), attested=False, comment="",
    evidence_url="", recorded_at=datetime(2026, 11, 23, 9, tzinfo=UTC), author="ann",
)  # fmt: skip


def test_a_comment_in_a_stale_tab_does_not_take_the_newer_choice_back():
    newest = replace(BASE, value=0)
    stored = merged(replace(BASE, comment="from the other tab"), BASE, newest)
    assert (stored.value, stored.comment) == (0, "from the other tab")


def test_a_choice_in_a_stale_tab_keeps_the_newer_comment_and_link():
    newest = replace(BASE, comment="seen", evidence_url="https://wiki.example/x", attested=True)
    stored = merged(replace(BASE, value=3), BASE, newest)
    assert (stored.value, stored.comment, stored.evidence_url, stored.attested) == (
        3, "seen", "https://wiki.example/x", True,
    )  # fmt: skip


def test_what_both_changed_is_as_changed_last():
    assert merged(replace(BASE, value=3), BASE, replace(BASE, value=0)).value == 3


def test_a_form_that_began_empty_keeps_what_it_left_empty():
    newest = replace(BASE, value=1, comment="first")
    stored = merged(replace(BASE, value=2), None, newest)
    assert (stored.value, stored.comment) == (2, "first")


def test_where_nothing_came_between_the_form_is_stored_as_it_is():
    cleared = replace(BASE, value=None)
    assert merged(cleared, BASE, BASE) == cleared
    assert merged(cleared, None, None) == cleared
