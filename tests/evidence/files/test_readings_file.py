from __future__ import annotations

import io
import json
from datetime import date

import pytest

from mlops_maturity.evidence.readings_file import import_readings, read_readings_file
from mlops_maturity.evidence.signals.interface import Measured, Proof
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.readings import StoredReading, read_readings


def _line(**fields):
    whole = {"team": "fraud", "signal": "ci.duration_minutes", "on": "2026-11-20", "value": 12.5, **fields}
    return json.dumps({name: value for name, value in whole.items() if value is not ...})


def _file(*lines):
    return io.BytesIO("\n".join(lines).encode())


def test_a_reading_is_kept_as_handed_in(store, now):
    report = import_readings(store, _file(_line(seen=3, scope=10, opportunities=8, note="by hand")), "r", now=now)

    assert (report.taken, report.changes.inserted, dict(report.counts)) == (1, 1, {"ci.duration_minutes": 1})
    assert read_readings(store) == (
        StoredReading(
            team="fraud",
            signal="ci.duration_minutes",
            on=date(2026, 11, 20),
            origin="imported",
            result=Measured(value=12.5, seen=3, scope=10, opportunities=8, proof=Proof(count=0), note="by hand"),
        ),
    )


def test_the_same_file_again_changes_nothing(store, now):
    import_readings(store, _file(_line()), "r", now=now)

    assert import_readings(store, _file(_line()), "r", now=now).changes == Changes(seen=1, unchanged=1)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"value": float("nan")}, "value: should be a finite number; leave it out where it is not known"),
        ({"value": float("inf")}, "value: should be a finite number"),
        ({"value": "1"}, "value: should be a number without quotes"),
        ({"value": ...}, "value: is needed"),
        ({"value": None}, "value: should be a number without quotes, not null"),
        ({"seen": -1}, "seen: input should be greater than or equal to 0"),
        ({"on": "2026-12-01"}, "on: 2026-12-01 is in the future"),
        ({"on": "1767225600"}, "on: should be a day, such as 2026-01-31, not '1767225600'"),
        ({"on": "2026-13-01"}, "on: should be a day, such as 2026-01-31"),
        ({"vlaue": 1}, "vlaue: is not known; did you mean 'value'?"),
        ({"team": "fruad"}, "team: 'fruad' is no known team; did you mean 'fraud'?"),
        ({"signal": "ci.duration"}, "signal: 'ci.duration' is no known signal; did you mean 'ci.duration_minutes'?"),
        ({"signal": ""}, "signal: should not be empty"),
        ({"team": "a\0"}, "team: holds a NUL character"),
    ],
)
def test_a_wrong_field_is_told_with_its_line(problems_of, now, fields, told):
    lines = _file(_line(), "", _line(**fields))

    (problem,) = problems_of(
        lambda: list(read_readings_file(lines, "r.jsonl", now=now, teams={"fraud"}, signals={"ci.duration_minutes"}))
    )

    assert problem.startswith("r.jsonl:3: ")
    assert told in problem


def test_a_file_with_one_broken_line_changes_nothing(store, problems_of, now):
    problems_of(lambda: import_readings(store, _file(_line(), "{"), "r", now=now))

    assert read_readings(store) == ()


def test_keep_going_takes_the_valid_lines_and_reports_the_others(store, now):
    report = import_readings(store, _file(_line(), "{", _line(on="2026-11-21")), "r", now=now, keep_going=True)

    assert [reading.on.day for reading in read_readings(store)] == [20, 21]
    assert [problem.where for problem in report.problems] == ["r:2"]


def test_of_a_reading_twice_in_a_file_the_last_one_counts(store, now):
    report = import_readings(store, _file(_line(value=1), _line(value=2)), "r", now=now)

    assert report.repeated == 1
    assert [reading.result.value for reading in read_readings(store)] == [2.0]


def test_one_fault_of_a_line_hides_no_other(problems_of, now):
    line = (
        b'{"team": "frau", "team": "frau", "signal": "ci.lead", "on": "2031-01-01", "value": NaN, "seen": 3,'
        b' "scope": 1, "notes": ""}'
    )

    told = problems_of(
        lambda: list(read_readings_file(io.BytesIO(line), "f", now=now, teams=["fraud"], signals=["ci.lead_time"]))
    )

    paths = [problem.split(": ")[1] for problem in told]
    assert sorted(paths) == ["notes", "on", "seen", "signal", "team", "value"]


@pytest.mark.parametrize("day", ["1969-12-31", "2026-11-25"])
def test_days_before_there_were_systems_and_days_to_come_are_refused(problems_of, now, day):
    line = json.dumps({"team": "t", "signal": "s", "value": 1, "on": day}).encode()

    (told,) = problems_of(lambda: list(read_readings_file(io.BytesIO(line), "f", now=now)))

    assert told.startswith(f"f:1: on: {day} ")


def test_signals_of_ones_own_are_taken(now):
    line = b'{"team": "t", "signal": "user.shadow_share", "value": 1, "on": "2026-11-01"}'

    (reading,) = read_readings_file(io.BytesIO(line), "f", now=now, signals=["ci.lead_time"])

    assert reading.signal == "user.shadow_share"
