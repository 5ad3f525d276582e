from __future__ import annotations

from datetime import date

import pytest

from mlops_maturity.evidence.records import Measurement

_HEADER = "signal,subject,on,value,seen,scope\n"


def test_rows_become_measurements_known_by_signal_subject_and_day(read):
    (row,), reading = read("measurements", _HEADER + "other.training_share,fraud,2026-11-01,62.5,10,\r\n\n")
    assert reading.problems.found == 0
    assert row == Measurement(
        source="csv", id="other.training_share/fraud/2026-11-01", signal="other.training_share", subject="fraud",
        on=date(2026, 11, 1), value=62.5, seen=10,
    )  # fmt: skip


def test_a_source_can_be_named_and_a_byte_order_mark_is_no_matter(read):
    (row,), _ = read("measurements", "\ufeff" + _HEADER + '"a.b",x,2026-11-01,1,,', source="survey-tool")
    assert row.source == "survey-tool"


@pytest.mark.parametrize(("text", "told"), [
    ("", "f:1: is empty"),
    ("signal,subject,on\n", "f:1: value: is needed as a column"),
    ("signal,subject,on,valeu\n", "did you mean"),
    ("signal,subject,on,value,value\n", "is there twice"),
    (_HEADER + "a,b,2026-11-01,NaN,,", "value: should be a finite number"),
    (_HEADER + "a,b,2026-11-01,inf,,", "value: should be a finite number"),
    (_HEADER + "a,b,2026-11-01,three,,", "f:2: value: should be a number such as 12.5, not 'three'"),
    (_HEADER + "a,b,01.11.2026,3,,", "f:2: on: should be a day"),
    (_HEADER + "a,b,2027-11-01,3,,", "is in the future"),
    (_HEADER + "a,b,2026-11-01,,,", "f:2: value: is needed"),
    (_HEADER + "a,b,2026-11-01,1,-1,", "seen: "),
    (_HEADER + "a,b,2026-11-01", "has 3 cells, the header 6"),
    (_HEADER + ",b,2026-11-01,1,,", "signal: is needed"),
])  # fmt: skip
def test_a_broken_row_is_named_by_line_and_column(read, text, told):
    records, reading = read("measurements", text)
    assert records == []
    assert any(told in str(problem) for problem in reading.problems.listed), reading.problems.listed
