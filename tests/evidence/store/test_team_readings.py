"""The readings of a team at once are those that come row by row, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.store.readings import StoredReading, read_readings, write_readings
from mlops_maturity.evidence.store.team_readings import TeamReadings, read_team_readings

DAY = date(2028, 2, 27)


def _reading(dice: Random, team: str) -> StoredReading:
    return StoredReading(
        team=team, signal=dice.choice(["ci.a", "ci.b", "ü"]), on=DAY + timedelta(days=dice.randrange(9)),
        origin=dice.choice(["computed", "imported"]),
        result=dice.choice([
            Missing(reason="forbidden", detail='"[1, 2]", {'),
            Measured(value=dice.random(), seen=2, scope=3, opportunities=4, note="ü, ]",
                     proof=Proof(count=dice.randrange(9), sample=(("s", "k", "],[", None),))),
        ]),
    )  # fmt: skip


def test_all_of_a_team_are_those_that_come_row_by_row(store, now):
    dice = Random(3)
    rows = {_key(row): row for row in (_reading(dice, team) for team in ("fraud", "other") for _ in range(100))}
    write_readings(store, list(rows.values()), now)

    readings, plain = read_team_readings(store, "fraud"), read_readings(store, "fraud")

    assert tuple(readings) == plain
    assert (len(readings), readings[0], readings[-2:]) == (len(plain), plain[0], plain[-2:])
    assert readings.newest == max(row.on for row in plain)
    assert readings.of("ci.b") == tuple(row for row in plain if row.signal == "ci.b")
    assert [(signal, on, amounts.value, amounts.seen) for signal, on, amounts in readings.measured()] == [
        (row.signal, row.on, row.result.value, row.result.seen) for row in plain if isinstance(row.result, Measured)
    ]


def test_rows_made_elsewhere_come_with_them(store, now):
    dice = Random(4)
    kept, other = _reading(dice, "fraud"), _reading(dice, "fraud")
    more = [StoredReading(team="fraud", signal=signal, on=DAY + timedelta(days=20), result=other.result)
            for signal in (kept.signal, "new")]  # fmt: skip
    write_readings(store, [kept], now)

    readings = read_team_readings(store, "fraud").with_more(more[:1]).with_more(more[1:])

    assert list(readings) == [kept, *more]
    assert (len(readings), readings.newest) == (3, DAY + timedelta(days=20))
    assert readings.of("new") == (more[1],)
    assert len(list(readings.measured())) == sum(isinstance(row.result, Measured) for row in readings)


def test_a_team_without_any(store):
    readings = read_team_readings(store, "nobody")
    assert (len(readings), readings.newest, readings.of("ci.a"), list(readings.measured())) == (0, None, (), [])
    assert list(TeamReadings("nobody")) == []


def _key(row: StoredReading) -> tuple[object, ...]:
    return row.team, row.signal, row.on, row.origin
