"""A change of the catalogue: the bridge that is published, and the past that is re-scored or chained."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from two_models import BROADER, BUILT_IN, OLD, REWEIGHED, a_catalogue, a_practice

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_json import NotACatalogue, catalogue_of
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.history import restate
from mlops_maturity.evidence.model_changes import model_changes, unavailable_share
from mlops_maturity.evidence.organisation import read_known
from mlops_maturity.evidence.published import published_rows
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.assessments import publish, read_published
from mlops_maturity.evidence.store.catalogues import read_catalogue
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.history import HistoryRow, read_history

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
SETTINGS = Settings(organisation="Acme", teams=(Team(id="fraud"),))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///maturity.db", tmp_path)


def say(store: Store, value: int, on: date, practice: str = "tests", team: str = "fraud") -> None:
    append_answers(
        store,
        [StoredAnswer(team=team, practice=practice, respondent="ann", value=value, on=on, recorded_at=MONDAY)],
    )


def at(day: int) -> datetime:
    return MONDAY.replace(day=day)


def rows_of(store: Store, scope: str = "overall") -> dict[date, HistoryRow]:
    return {row.on: row for row in read_history(store, team="fraud") if row.scope == scope}


def published(store: Store) -> list[HistoryRow]:
    rows = [each.row for each in published_rows(read_published(store, team="fraud"))]
    return [row for row in rows if row.scope == "overall"]


def begun(store: Store) -> None:
    """Two practices answered under the old catalogue, published on Monday the 2nd."""
    say(store, 3, date(2026, 10, 12))
    say(store, 1, date(2026, 10, 12), "reviews")
    restate(store, SETTINGS, OLD, now=MONDAY)


def test_a_change_on_a_day_without_evidence_is_published_under_both_catalogues(store: Store) -> None:
    begun(store)
    assert restate(store, SETTINGS, REWEIGHED, now=at(11)).published == 2

    old, new = [row for row in published(store) if row.on == date(2026, 11, 11)]

    assert (old.catalogue_hash, new.catalogue_hash) == (OLD.hash, REWEIGHED.hash)
    assert old.index == pytest.approx(100 * (3 + 1) / 6)
    assert new.index == pytest.approx(100 * (9 + 1) / 12)
    assert (old.model_effect, new.model_effect) == (None, pytest.approx(new.index - old.index))
    assert [row.basis for row in (old, new)] == ["published", "published"]


def test_the_bridge_is_published_once(store: Store) -> None:
    begun(store)
    assert [restate(store, SETTINGS, REWEIGHED, now=at(11)).published for _ in range(2)] == [2, 0]
    assert restate(store, SETTINGS, REWEIGHED, now=at(12)).published == 1


def test_a_past_that_the_new_catalogue_can_judge_is_restated_and_its_row_bears_the_effect(store: Store) -> None:
    begun(store)
    restate(store, SETTINGS, REWEIGHED, now=at(11))

    rows = rows_of(store)

    assert {(row.basis, row.catalogue_hash) for row in rows.values()} == {("restated", REWEIGHED.hash)}
    assert [row.index for row in rows.values()] == pytest.approx([100 * 10 / 12] * len(rows))
    effects = {on: row.model_effect for on, row in rows.items() if row.model_effect is not None}
    assert effects == {date(2026, 11, 11): pytest.approx(100 * 10 / 12 - 100 * 4 / 6)}
    restate(store, SETTINGS, REWEIGHED, now=at(20))
    moved = {on: row.model_effect for on, row in rows_of(store).items() if row.model_effect is not None}
    assert list(moved) == [date(2026, 11, 15)]  # the week's end that follows the change


def test_a_past_without_the_evidence_that_is_asked_for_now_is_chained(store: Store) -> None:
    begun(store)
    say(store, 2, date(2026, 11, 4))
    before = {row.on: row for row in rows_of(store).values()}
    restate(store, SETTINGS, BROADER, now=at(11))
    say(store, 3, date(2026, 11, 16), "audits")
    restate(store, SETTINGS, BROADER, now=at(20))

    rows = rows_of(store)
    joined, later = rows[date(2026, 11, 8)], rows[date(2026, 11, 15)]

    assert (joined.basis, joined.catalogue_hash) == ("chained", OLD.hash)
    assert (later.basis, later.catalogue_hash) == ("restated", BROADER.hash)
    # Under both catalogues the day of the change reads alike after the link, so nothing but evidence moves the line.
    link = 100 * (2 + 1) / 12 - 100 * (2 + 1) / 6
    assert joined.index == pytest.approx(100 * (2 + 1) / 6 + link)
    assert later.index == pytest.approx(joined.index)
    first = rows[date(2026, 10, 18)]
    assert first.index == pytest.approx(before[date(2026, 10, 18)].index + link)
    assert first.index - joined.index == pytest.approx(100 * 1 / 6)
    assert first.level == before[date(2026, 10, 18)].level
    assert later.model_effect == pytest.approx(link)
    assert rows[date(2026, 11, 20)].index == pytest.approx(100 * (2 + 1 + 2 * 3) / 12)


def test_evidence_that_the_past_has_after_all_lets_it_be_restated(store: Store) -> None:
    begun(store)
    say(store, 3, date(2026, 10, 20), "audits")
    restate(store, SETTINGS, BROADER, now=at(11))
    assert {row.basis for row in rows_of(store).values()} == {"restated"}


def test_two_changes_in_a_row_are_linked_one_after_the_other(store: Store) -> None:
    begun(store)
    widest = a_catalogue(*BROADER.practices, a_practice("drills", 2.0))
    restate(store, SETTINGS, BROADER, now=at(11))
    restate(store, SETTINGS, widest, now=at(18))

    rows = rows_of(store)

    assert [row.index for row in rows.values()] == pytest.approx([100 * 4 / 18] * len(rows))
    hashes = [rows[date(2026, 11, day)].catalogue_hash for day in (1, 8, 15, 18)]
    assert hashes == [OLD.hash, OLD.hash, BROADER.hash, widest.hash]


def test_there_and_back_on_one_day_adds_up_to_nothing(store: Store) -> None:
    begun(store)
    restate(store, SETTINGS, REWEIGHED, now=at(11))
    restate(store, SETTINGS, OLD, now=at(11) + timedelta(hours=1))
    (effect,) = [row.model_effect for row in rows_of(store).values() if row.model_effect is not None]
    assert effect == pytest.approx(0, abs=1e-9)
    assert published(store)[-1].catalogue_hash == OLD.hash


def test_a_catalogue_that_was_never_kept_makes_no_bridge_and_an_effect_that_nobody_knows(store: Store) -> None:
    say(store, 2, date(2026, 10, 12))
    part = {"index": 50.0, "confidence": 0.5}
    publish(store, "fraud", MONDAY.date(), "sha256:before", {"overall": part, "aspects": {}}, MONDAY)
    assert restate(store, SETTINGS, BROADER, now=at(11)).published == 1
    (change,) = model_changes(store, BROADER, date(2026, 11, 30))["fraud"]
    assert (change.before, change.effect) == ("sha256:before", None)
    assert {(row.basis, row.model_effect) for row in rows_of(store).values()} == {("restated", None)}


def test_a_change_that_is_not_published_yet_is_one_of_today(store: Store) -> None:
    begun(store)
    (change,) = model_changes(store, REWEIGHED, date(2026, 11, 30))["fraud"]
    assert change.on == date(2026, 11, 30)
    assert change.effect is None
    assert model_changes(store, OLD, date(2026, 11, 30)) == {}


def test_what_the_past_cannot_have_is_weighed_by_the_budget_it_could_fill(store: Store) -> None:
    begun(store)
    on = date(2026, 11, 11)

    def share(old: Catalogue, new: Catalogue) -> float:
        return unavailable_share(old, new, read_known(store, SETTINGS.teams).under(new), on).item()

    use = BUILT_IN.practices[0].signals[0]
    heard = replace(OLD.practices[0], signals=(replace(use, share=0.6),))
    assert share(OLD, REWEIGHED) == 0
    assert share(OLD, BROADER) == pytest.approx(2 / 4)
    assert share(OLD, a_catalogue(heard, OLD.practices[1])) == pytest.approx(0.5 * 0.6 / (0.6 + 0.6 * 0.4))
    elsewhere = a_catalogue(*OLD.practices, replace(a_practice("agents", 9.0), applies_to=("agent",)))
    assert share(OLD, elsewhere) == 0


def test_a_catalogue_comes_back_from_its_canonical_text() -> None:
    again = catalogue_of(BUILT_IN.canonical)
    assert again == BUILT_IN
    assert again.hash == BUILT_IN.hash
    assert replace(again).hash == BUILT_IN.hash  # computed afresh from what was read


def test_a_catalogue_of_another_version_of_this_program_keeps_its_own_hash() -> None:
    text = OLD.canonical.replace('"aspects":', '"added_later":1,"aspects":', 1)
    assert catalogue_of(text).hash != OLD.hash
    assert catalogue_of(text) == OLD
    with pytest.raises(NotACatalogue):
        catalogue_of('{"id": 1}')


def test_every_catalogue_is_kept_by_its_hash(store: Store) -> None:
    begun(store)
    assert read_catalogue(store, OLD.hash) == OLD
    assert read_catalogue(store, REWEIGHED.hash) is None
