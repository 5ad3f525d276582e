from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.history import HistoryRow, read_history, replace_history
from mlops_maturity.evidence.store.readings import StoredReading, read_readings, write_readings
from mlops_maturity.evidence.store.version import dataset_version

_DAY = date(2026, 11, 23)
_MEASURED = Measured(
    value=0.1 + 0.2,
    seen=3,
    scope=10,
    opportunities=8,
    proof=Proof(count=2, sample=(("ci", "pipeline_run", "1", "https://ci.example/1"), ("ci", "change", "ä#2", None))),
    note="3 open, oldest 12 d",
)
_MISSING = Missing(reason="not_covered", detail="deployments of ci were never read; run collect")


def _reading(result=_MEASURED, on=_DAY, **fields):
    return StoredReading(**{"team": "fraud", "signal": "ci.lead_time_hours", "on": on, "result": result, **fields})


def _row(day, **fields):
    whole = {
        "team": "fraud", "on": date(2026, 11, day), "scope": "overall", "level_lo": 0, "level": 1, "level_hi": 2,
        "index_lo": 18.865, "index": 40.22, "index_hi": 75.07, "confidence": 0.4993, "catalogue_hash": "sha256:a",
    }  # fmt: skip
    return HistoryRow(**{**whole, **fields})


def test_readings_come_back_exactly_with_their_proof(store, now):
    readings = (_reading(), _reading(_MISSING, signal="ci.rework_percent"))

    assert write_readings(store, readings, now) == Changes(seen=2, inserted=2)
    assert read_readings(store) == readings


def test_the_same_readings_again_change_nothing(store, now):
    write_readings(store, [_reading()], now)
    before = dataset_version(store)

    assert write_readings(store, [_reading()], now) == Changes(seen=1, unchanged=1)
    assert dataset_version(store) == before


def test_a_new_result_of_a_day_takes_the_place_of_the_old_one(store, now):
    write_readings(store, [_reading(_MISSING)], now)

    assert write_readings(store, [_reading()], now).updated == 1
    assert read_readings(store) == (_reading(),)


def test_of_a_reading_twice_at_once_the_last_one_counts(store, now):
    assert write_readings(store, [_reading(_MISSING), _reading()], now) == Changes(seen=2, inserted=1, unchanged=1)
    assert read_readings(store) == (_reading(),)


def test_what_was_handed_in_stays_beside_what_was_computed(store, now):
    imported = _reading(replace(_MEASURED, value=7.0), origin="imported")
    write_readings(store, [imported, _reading(), _reading(_MISSING, on=date(2026, 11, 16), origin="imported")], now)
    write_readings(store, [_reading(on=date(2026, 11, 16))], now)

    assert read_readings(store) == (_reading(on=date(2026, 11, 16)), imported)
    assert read_readings(store, origin="computed") == (_reading(on=date(2026, 11, 16)), _reading())


def test_readings_are_selected_by_team_signal_and_day(store, now):
    write_readings(store, [_reading(on=date(2026, 11, day)) for day in (2, 9, 16)], now)
    write_readings(store, [_reading(team="pricing"), _reading(signal="ci.duration_minutes")], now)

    days = [reading.on.day for reading in read_readings(store, "fraud", "ci.lead_time_hours", date(2026, 11, 9))]

    assert days == [2, 9]


def test_outdated_readings_are_taken_out_with_the_same_write(store, now):
    old = [_reading(on=date(2026, 11, day)) for day in (2, 9)]
    write_readings(store, old, now)
    before = dataset_version(store)

    changes = write_readings(store, [_reading()], now, outdated=old)

    assert changes == Changes(seen=1, inserted=1, removed=2)
    assert read_readings(store) == (_reading(),)
    assert dataset_version(store) != before


def test_numbers_that_are_not_finite_are_not_stored(store, now):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_readings(store, [_reading(), _reading(replace(_MEASURED, value=float("inf")), team="x")], now)

    assert read_readings(store) == ()


def test_history_is_replaced_as_a_whole_and_counts_what_changed(store):
    assert replace_history(store, "fraud", [_row(2), _row(9), _row(16)]) == Changes(seen=3, inserted=3)

    changes = replace_history(store, "fraud", [_row(9), _row(16, level=2), _row(23)])

    assert changes == Changes(seen=3, inserted=1, updated=1, unchanged=1, removed=1)
    assert read_history(store, "fraud") == (_row(9), _row(16, level=2), _row(23))


def test_the_same_history_again_changes_nothing(store):
    replace_history(store, "fraud", [_row(2)])
    before = dataset_version(store)

    assert replace_history(store, "fraud", [_row(2)]).changed == 0
    assert dataset_version(store) == before


def test_history_of_other_teams_is_left_alone(store):
    replace_history(store, "fraud", [_row(2)])
    replace_history(store, "pricing", [_row(2, team="pricing")])
    replace_history(store, "fraud", [])

    assert read_history(store) == (_row(2, team="pricing"),)


def test_an_aspect_without_a_level_is_kept_as_such(store):
    waived = _row(2, scope="ci-cd", level_lo=None, level=None, level_hi=None, index_lo=None, index=None, index_hi=None)
    replace_history(store, "fraud", [waived, _row(9)])

    assert read_history(store, until=date(2026, 11, 8)) == (waived,)
    assert read_history(store, since=date(2026, 11, 9)) == (_row(9),)


def test_history_of_another_team_or_twice_for_a_day_is_refused(store):
    with pytest.raises(ValueError, match="no row of another team"):
        replace_history(store, "fraud", [_row(2, team="pricing")])
    with pytest.raises(ValueError, match="one row a day"):
        replace_history(store, "fraud", [_row(2), _row(2)])
