"""Numbers packed by the database come out as exactly as row by row, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.bulk import answer_columns, reading_columns
from mlops_maturity.evidence.store.readings import StoredReading, read_readings, write_readings

DAY = date(2028, 2, 27)
AWKWARD = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -2.5e-7, 0, 12, 0.1 + 0.2, -0.0, 2**53 + 1, 10**30, -(2**70)]


def _reading(number: int, value: float, origin: str = "computed", **more) -> StoredReading:
    result = Measured(
        value=value, seen=value + 1, scope=3, opportunities=2.5, proof=Proof(count=1, sample=(("s", "k", "],[", None),))
    )
    return StoredReading(
        team="fraud", signal="sig", on=DAY + timedelta(days=number), origin=origin, **{"result": result, **more}
    )


def test_every_number_of_a_reading_is_exact(store, now):
    write_readings(store, [_reading(number, value) for number, value in enumerate(AWKWARD)], now)

    with store.connect() as connection:
        columns = reading_columns(connection, "fraud")
    got = dict(zip((date.fromordinal(day) for day in columns.on.tolist()), columns.amounts.tolist(), strict=True))

    assert got == {
        row.on: [
            float(number) for number in (row.result.value, row.result.seen, row.result.scope, row.result.opportunities)
        ]
        for row in read_readings(store)
    }
    assert columns.signals == ("sig",)
    assert not columns.signal.any()


def test_what_was_handed_in_goes_before_what_was_computed_and_missing_before_neither(store, now):
    missing = Missing(reason="no_records", detail="none")
    write_readings(
        store,
        [
            _reading(0, 1), _reading(0, 2, "imported"), _reading(1, 3), _reading(1, 4, "imported", result=missing),
            _reading(2, 5, result=missing), _reading(3, 6, "imported"),
        ],
        now,
    )  # fmt: skip

    with store.connect() as connection:
        columns = reading_columns(connection, "fraud")

    assert dict(zip((columns.on - DAY.toordinal()).tolist(), columns.amounts[:, 0].tolist(), strict=True)) == {
        0: 2,
        1: 3,
        3: 6,
    }


@pytest.mark.parametrize("team", ["fraud", "nobody"])
def test_the_last_recorded_answer_of_a_day_stands(store, now, team):
    def said(value: int | None, day: int, by: str = "ann, the 1st", attested: bool = False) -> StoredAnswer:
        return StoredAnswer(
            team="fraud", practice="p", respondent=by, value=value, on=DAY + timedelta(days=day), attested=attested,
            recorded_at=now,
        )  # fmt: skip

    append_answers(store, [said(3, 5), said(1, 2), said(2, 2, attested=True), said(None, 3), said(0, 2, by="bob")])

    with store.connect() as connection:
        columns = answer_columns(connection, team)
    rows = zip(
        columns.respondent.tolist(), columns.on.tolist(), columns.value.tolist(), columns.attested.tolist(), strict=True
    )
    got = {
        (columns.respondents[person], day - DAY.toordinal()): (value, attested) for person, day, value, attested in rows
    }
    wanted = {
        ("ann, the 1st", 5): (3, False), ("ann, the 1st", 2): (2, True), ("ann, the 1st", 3): (-1, False),
        ("bob", 2): (0, False),
    }  # fmt: skip

    assert got == (wanted if team == "fraud" else {})
