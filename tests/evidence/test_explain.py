"""A change explained from the store: the split, what stands behind it, and the catalogue of then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.assess import assess_teams
from mlops_maturity.evidence.explain import Told, explain_team
from mlops_maturity.evidence.history import restate
from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.assessments import publish
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.readings import StoredReading, write_readings

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = NOW.date()
SINCE = date(2026, 10, 25)
TEAM = Team(id="fraud")
SETTINGS = Settings(organisation="Acme", teams=(TEAM,))
CATALOGUE = builtin_catalogue()
PRACTICE = next(each for each in CATALOGUE.practices if each.signals and each.concerns(frozenset(TEAM.kinds)))
KEY = next(each for each in CATALOGUE.practices if each.key_from == 1 and each.concerns(frozenset(TEAM.kinds)))
SIGNAL = PRACTICE.signals[0].id
LINK = ("gh", "change", "7", "https://github.example/7")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///maturity.db", tmp_path)


def say(store: Store, value: int | None, on: date, by: str = "ann", **more: object) -> None:
    answer = StoredAnswer(team="fraud", practice=PRACTICE.id, respondent=by, value=value, on=on, recorded_at=NOW)
    append_answers(store, [replace(answer, **more)])


def read(store: Store, *values: tuple[date, float | None], signal: str = SIGNAL) -> None:
    def result(value: float | None) -> Measured | Missing:
        if value is None:
            return Missing(reason="no_records", detail="none")
        return Measured(value=value, seen=1, scope=1, opportunities=20, proof=Proof(count=3, sample=(LINK,)))

    rows = [StoredReading(team="fraud", signal=signal, on=on, result=result(value)) for on, value in values]
    write_readings(store, rows, NOW)


def told_of(store: Store, catalogue: Catalogue = CATALOGUE, since: date = SINCE) -> Told:
    return explain_team(store, SETTINGS, catalogue, TEAM, since, TODAY)


def test_both_ends_are_what_assess_says_and_the_parts_add_up(store: Store) -> None:
    say(store, 1, date(2026, 10, 1))
    say(store, 3, date(2026, 11, 10))
    told = told_of(store).explanation
    for day, end in ((SINCE, told.before), (TODAY, told.after)):
        assert end == assess_teams(store, SETTINGS, CATALOGUE, [TEAM], day)["fraud"]
    overall = told.scopes[0]
    assert overall.parts.total == pytest.approx(overall.index_after - overall.index_before, abs=1e-9)
    assert overall.parts.new_evidence > 0


def test_what_came_is_named_with_what_it_replaced(store: Store) -> None:
    read(store, (SINCE, 10.0), (date(2026, 11, 1), 20.0), (date(2026, 11, 8), None), (date(2026, 11, 15), 40.0))
    say(store, 1, date(2026, 10, 1))
    say(store, 2, date(2026, 11, 10), evidence_url="https://wiki.example", attested=True)
    say(store, None, date(2026, 11, 10), by="bob")
    told = told_of(store)
    (reading,) = told.readings
    assert (reading.signal, reading.before, reading.value, reading.came) == (SIGNAL, 10.0, 40.0, 2)
    assert (reading.before_on, reading.on, reading.sample, reading.records) == (SINCE, date(2026, 11, 15), (LINK,), 3)
    ann, bob = told.answers
    assert (ann.before, ann.value, ann.attested, ann.evidence_url) == (1, 2, True, "https://wiki.example")
    assert (bob.before_on, bob.before, bob.value) == (None, None, None)


def test_a_corrected_answer_is_told_once_as_it_stands(store: Store) -> None:
    say(store, 3, date(2026, 11, 10))
    say(store, 1, date(2026, 11, 10))
    assert [(answer.value, answer.before_on) for answer in told_of(store).answers] == [(1, None)]


def test_a_signal_that_went_dark_is_named(store: Store) -> None:
    old = TODAY - timedelta(days=int(PRACTICE.signals[0].half_life_days * 4) + 1)
    read(store, (old, 90.0))
    assert (PRACTICE.id, SIGNAL) in told_of(store, since=old).expired
    assert {signal for _, signal in told_of(store, since=old).expired} == {SIGNAL}


def test_the_catalogue_of_then_is_the_first_end_and_its_change_the_model(store: Store) -> None:
    say(store, 3, date(2026, 10, 1))
    heavier = tuple(replace(each, weight=each.weight * (5 if each is PRACTICE else 1)) for each in CATALOGUE.practices)
    old = replace(CATALOGUE, practices=heavier, version="0.9")
    restate(store, SETTINGS, old, now=datetime(2026, 10, 20, tzinfo=UTC))
    told = told_of(store)
    assert told.explanation.before.catalogue_hash == old.hash
    assert told.explanation.scopes[0].parts.model < 0
    assert told.explanation.scopes[0].parts.new_evidence == 0
    assert told.unknown_model is None


def test_a_catalogue_that_is_not_kept_is_told_and_makes_no_effect_up(store: Store) -> None:
    say(store, 3, date(2026, 10, 1))
    publish(store, "fraud", date(2026, 10, 2), "sha256:gone", {"overall": {}, "aspects": {}}, NOW)
    told = told_of(store)
    assert told.unknown_model == "sha256:gone"
    assert told.explanation.scopes[0].parts.model == 0


def test_a_team_of_which_nothing_is_known_has_nothing_to_tell(store: Store) -> None:
    told = told_of(store)
    assert (told.readings, told.answers, told.expired) == ((), (), ())
    assert told.explanation.scopes[0].confidence_after == 0


def test_each_week_is_scored_under_the_catalogue_of_then(store: Store) -> None:
    """The old catalogue asked nothing of the practice at level 1: its week can't be told by what is asked now."""
    own = [each for each in CATALOGUE.practices if each.concerns(frozenset(TEAM.kinds))]
    for practice in own:
        row = StoredAnswer(
            team="fraud", practice=practice.id, respondent="ann", value=2, on=date(2026, 10, 1), recorded_at=NOW
        )
        append_answers(store, [row, replace(row, value=0 if practice is KEY else 2, on=date(2026, 10, 28))])
    eased = replace(KEY, required=(0, 0, 0), key_from=None)
    old = replace(CATALOGUE, version="0.9", practices=tuple(eased if e is KEY else e for e in CATALOGUE.practices))
    restate(store, SETTINGS, old, now=datetime(2026, 10, 20, tzinfo=UTC))
    restate(store, SETTINGS, CATALOGUE, now=datetime(2026, 11, 10, tzinfo=UTC))
    told = told_of(store)
    lost = [week for week in told.weeks if any(move.aspect == KEY.aspect for move in week.moves)]
    assert [week.after.as_of for week in lost] == [date(2026, 11, 15)]
    assert [week.before.catalogue_hash for week in lost] == [old.hash]
    turned = {turn.practice for week in lost for move in week.moves for turn in move.turns}
    assert turned == {KEY.id}
    assert {turn.before.unasked for move in lost[0].moves for turn in move.turns} == {"not_required"}


def test_what_stands_behind_a_level_is_found_by_signal_and_day(store: Store) -> None:
    read(store, (SINCE, 98.0), (TODAY, 10.0))
    say(store, 2, date(2026, 11, 10), evidence_url="https://wiki.example")
    proofs = told_of(store).proofs
    assert proofs.readings[SIGNAL, TODAY].proof.sample == (LINK,)
    assert proofs.readings[SIGNAL, SINCE].value == 98.0
    assert proofs.answers[PRACTICE.id, "ann", date(2026, 11, 10)].evidence_url == "https://wiki.example"
