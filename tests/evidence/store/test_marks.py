from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.history import HistoryRow, replace_history
from mlops_maturity.evidence.store.marks import TeamMark, team_marks
from mlops_maturity.evidence.store.readings import StoredReading, write_readings
from mlops_maturity.evidence.store.waivers import StoredWaiver, declare_waivers

DAY = date(2026, 11, 23)
PROOF = Proof(count=1, sample=(("ci", "pipeline_run", "1", None),))


def reading(team="fraud", value=1.0, on=DAY):
    return StoredReading(
        team=team, signal="s", on=on, result=Measured(value=value, seen=1, scope=1, opportunities=1, proof=PROOF)
    )


def row(on, scope="overall", index=40.0, team="fraud"):
    return HistoryRow(
        team=team, on=on, scope=scope, level_lo=0, level=1, level_hi=2, index_lo=10.0, index=index, index_hi=80.0,
        confidence=0.5, catalogue_hash="sha256:a",
    )  # fmt: skip


@pytest.fixture
def answer(now):
    return StoredAnswer(team="fraud", practice="p", respondent="ann", value=1, on=DAY, recorded_at=now)


@pytest.fixture
def filled(store, answer, now):
    append_answers(store, [answer, replace(answer, team="pricing")])
    write_readings(store, [reading(), reading("pricing")], now)
    for team in ("fraud", "pricing"):
        replace_history(store, team, [row(DAY, team=team), row(DAY, "ci-cd", 20.0, team)])
    return store


def changed(store, change):
    """The marks of the team that a change moved; those of the other one stay."""
    before = team_marks(store)
    change()
    after = team_marks(store)
    assert after["pricing"] == before["pricing"]
    return {name for name in ("said", "readings", "past")
            if getattr(after["fraud"], name) != getattr(before["fraud"], name)}  # fmt: skip


def test_an_answer_moves_the_mark_of_what_its_team_says_and_no_other(filled, answer):
    assert changed(filled, lambda: append_answers(filled, [replace(answer, value=2)])) == {"said"}
    assert changed(filled, lambda: append_answers(filled, [replace(answer, value=2)])) == set()


def test_a_waiver_moves_it_too(filled, now):
    waiver = StoredWaiver(
        team="fraud", practice="p", start=DAY, until=DAY, reason="none", owner="ann", recorded_at=now, author="ann"
    )
    assert changed(filled, lambda: declare_waivers(filled, [waiver])) == {"said"}


def test_a_reading_moves_the_mark_of_readings_added_changed_or_taken_away(filled, now):
    later = now + timedelta(hours=1)
    more = reading(on=DAY - timedelta(days=1))
    missing = replace(reading(), result=Missing(reason="not_covered", detail="never read"))
    assert changed(filled, lambda: write_readings(filled, [more], later)) == {"readings"}
    assert changed(filled, lambda: write_readings(filled, [missing], later)) == {"readings"}
    assert changed(filled, lambda: write_readings(filled, [missing], later)) == set()
    assert changed(filled, lambda: write_readings(filled, [], later, outdated=[more])) == {"readings"}


@pytest.mark.parametrize(
    "rows",
    [
        [row(DAY)],
        [row(DAY, index=40.5), row(DAY, "ci-cd", 20.0)],
        [row(DAY, index=20.0), row(DAY, "ci-cd", 40.0)],
        [row(DAY - timedelta(days=7)), row(DAY, "ci-cd", 20.0)],
        [replace(row(DAY), index=None), row(DAY, "ci-cd", 20.0)],
        [replace(row(DAY), basis="chained"), row(DAY, "ci-cd", 20.0)],
        [replace(row(DAY), catalogue_hash="sha256:b"), row(DAY, "ci-cd", 20.0)],
    ],
    ids=["gone", "other index", "scopes swapped", "other day", "unknown", "other basis", "other catalogue"],
)
def test_whatever_differs_in_the_history_moves_the_mark_of_the_past(filled, rows):
    assert changed(filled, lambda: replace_history(filled, "fraud", rows)) == {"past"}
    assert changed(filled, lambda: replace_history(filled, "fraud", rows)) == set()


def test_weeks_that_change_places_move_the_mark_of_the_past(filled):
    week = DAY - timedelta(days=7)
    swapped = [row(DAY, index=20.0), row(week, index=40.0)]
    replace_history(filled, "fraud", [row(DAY, index=40.0), row(week, index=20.0)])
    assert changed(filled, lambda: replace_history(filled, "fraud", swapped)) == {"past"}


def test_an_empty_store_has_no_marks(store):
    assert team_marks(store).get("fraud", TeamMark()) == TeamMark()
