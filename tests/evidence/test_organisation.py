"""The arrays that the store packs against the objects that `gather` makes: the same evidence, the same scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.assess import gather
from mlops_maturity.evidence.organisation import read_known
from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.readings import StoredReading, write_readings
from mlops_maturity.evidence.store.waivers import StoredWaiver, declare_waivers
from mlops_maturity.evidence.survivors import first_days
from mlops_maturity.scoring.history_evidence import DONT_KNOW, Organisation, organisation_of, signals_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TODAY = NOW.date()
CATALOGUE = builtin_catalogue()
TEAMS = (Team(id="fraud"), Team(id="pricing", kinds=("genai",)), Team(id="silent"))
SETTINGS = Settings(organisation="Acme", teams=TEAMS)


@pytest.fixture
def store(tmp_path):
    return open_store("sqlite:///maturity.db", tmp_path)


def readings_of(team: str, dice: Random) -> list[StoredReading]:
    proof = Proof(count=1, sample=(("gh", "change", '"[1, 2]", ü', None),))
    return [
        StoredReading(
            team=team, signal=dice.choice([*signals_of(CATALOGUE), "gone"]),
            on=TODAY - timedelta(days=dice.randrange(-3, 500)), origin=dice.choice(["computed", "imported"]),
            result=dice.choice([
                Missing(reason="no_records", detail="nothing there, 1,2"),
                Measured(value=dice.choice([dice.random(), 1e-300, -3.5, 1e22, 0, 7]), seen=dice.randrange(3),
                         scope=dice.random(), opportunities=12, proof=proof, note='"seen": 9, [1]'),
            ]),
        )
        for _ in range(300)
    ]  # fmt: skip


def answers_of(team: str, dice: Random) -> list[StoredAnswer]:
    return [
        StoredAnswer(
            team=team, practice=dice.choice([*(each.id for each in CATALOGUE.practices[:9]), "gone"]),
            respondent=dice.choice(["ann", "bob, the 2nd", "ü"]), value=dice.choice([None, 0, 1, 2, 3]),
            on=TODAY - timedelta(days=dice.randrange(-3, 9)), attested=dice.random() < 0.5, recorded_at=NOW,
        )
        for _ in range(200)
    ]  # fmt: skip


def rows_of(known: Organisation) -> tuple[list[object], ...]:
    """Everything in it as sorted rows; of a respondent only that it is another one."""
    columns = [known.readings, known.answers, known.waivers]
    names = [
        "team signal on value seen scope opportunities",
        "team practice on value attested",
        "team practice start until",
    ]
    return tuple(
        sorted(zip(*(getattr(part, name).tolist() for name in listed.split()), strict=True))
        for part, listed in zip(columns, names, strict=True)
    )


def test_the_arrays_hold_what_the_objects_do(store) -> None:
    dice = Random(5)
    for team in TEAMS[:2]:
        write_readings(store, readings_of(team.id, dice), NOW)
        append_answers(store, answers_of(team.id, dice))
    waiver = StoredWaiver(
        team="fraud", practice=CATALOGUE.practices[0].id, start=TODAY, until=TODAY + timedelta(days=9),
        reason="none", owner="ann", author="ann", recorded_at=NOW,
    )  # fmt: skip
    declare_waivers(store, [waiver, replace(waiver, team="pricing", practice="gone")])
    packed = read_known(store, TEAMS).under(CATALOGUE)
    plain = organisation_of(CATALOGUE, {team.id: gather(store, SETTINGS, CATALOGUE, team).evidence for team in TEAMS})
    assert (packed.teams, packed.kinds) == (plain.teams, plain.kinds)
    assert rows_of(packed) == rows_of(plain)
    assert len(packed.answers) > 100 < len(packed.readings)
    assert DONT_KNOW in packed.answers.value


def test_several_processes_read_the_same(store) -> None:
    write_readings(store, readings_of("fraud", Random(5)), NOW)
    append_answers(store, answers_of("fraud", Random(5)))
    one, two = (read_known(store, TEAMS, processes=processes).under(CATALOGUE) for processes in (1, 2))
    assert len(one.readings)
    assert rows_of(one) == rows_of(two)


def test_respondents_are_told_apart_within_team_and_practice(store) -> None:
    append_answers(store, answers_of("fraud", Random(1)))
    answers = read_known(store, TEAMS).under(CATALOGUE).answers
    keys = set(zip(answers.practice.tolist(), answers.respondent.tolist(), strict=True))
    names = {(row.practice, row.respondent) for row in gather(store, SETTINGS, CATALOGUE, TEAMS[0]).evidence.answers}
    assert len(keys) == len(names)


def test_readings_of_a_day_that_is_not_stored(store) -> None:
    row = StoredReading(
        team="pricing", signal=signals_of(CATALOGUE)[0], on=date(2026, 11, 18),
        result=Measured(value=3, seen=1, scope=1, opportunities=9, proof=Proof(count=0)),
    )  # fmt: skip
    gone = replace(row, result=Missing(reason="no_records", detail="none"))
    known = read_known(store, TEAMS, [row, gone]).under(CATALOGUE)
    assert rows_of(known)[0] == [(1, 0, date(2026, 11, 18).toordinal(), 3.0, 1.0, 1.0, 9.0)]


def test_an_empty_store_is_an_organisation_of_which_nothing_is_known(store) -> None:
    known = read_known(store, TEAMS).under(CATALOGUE)
    assert (len(known.readings), len(known.answers), known.teams) == (0, 0, ("fraud", "pricing", "silent"))


def test_the_first_days_of_signals_are_those_of_the_dossier(store) -> None:
    write_readings(store, readings_of("fraud", Random(5)), NOW)
    known, day = gather(store, SETTINGS, CATALOGUE, TEAMS[0], TODAY), TODAY - timedelta(days=200)
    asked = [(each.signal, each.on) for each in known.evidence.readings if each.on <= day]
    (columns,) = read_known(store, TEAMS[:1]).columns
    found = columns.first_days(day)
    assert asked
    assert {name: on for name, on in found.items() if name in CATALOGUE.signal_ids} == first_days(asked)
    assert columns.first_days(date(2000, 1, 1)) == {}
