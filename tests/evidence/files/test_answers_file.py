from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_maturity.evidence.answers_file import (
    COLUMNS,
    export_answers,
    import_answers,
    read_answers_file,
    write_answers,
)
from mlops_maturity.evidence.store.answers import StoredAnswer, read_answers
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.engine import open_store

_HEADER = ",".join(COLUMNS)
_ROW = "fraud,model-registry,ann,2,2026-11-01,,,"


def _file(*lines, header=_HEADER):
    return io.BytesIO("\n".join([header, *lines]).encode())


@pytest.fixture
def read(now):
    return lambda *lines, **fields: list(read_answers_file(_file(*lines, **fields), "a.csv", now=now))


@pytest.fixture
def refusal(problems_of, read):
    return lambda *lines, **fields: problems_of(lambda: read(*lines, **fields))


def _row(**cells):
    whole = {"team": "fraud", "practice": "registry", "respondent": "ann", "value": "2", "on": "2026-11-01", **cells}
    out = io.StringIO()
    csv.writer(out).writerow([whole.get(column, "") for column in COLUMNS])
    return out.getvalue().removesuffix("\r\n")


def test_an_answer_is_read_with_who_and_when(now):
    row = "fraud,model-registry,ann,2,2026-11-01,yes,in use,"
    (answer,) = read_answers_file(_file(row), "a.csv", now=now, author="cleo")

    assert answer == StoredAnswer(
        team="fraud",
        practice="model-registry",
        respondent="ann",
        value=2,
        on=date(2026, 11, 1),
        attested=True,
        comment="in use",
        recorded_at=now,
        author="cleo",
    )


def test_without_an_author_it_is_the_file(read):
    assert read(_ROW)[0].author == "a.csv"


def test_an_empty_value_is_not_known(read):
    assert [answer.value for answer in read(_row(value=""), _row(value=" "))] == [None, None]


def test_whole_numbers_as_spreadsheets_write_them_are_taken(read):
    assert [answer.value for answer in read(_row(value="0"), _row(value=" 3 "), _row(value="2.0"))] == [0, 3, 2]


@pytest.mark.parametrize(
    ("cell", "attested"),
    [("true", True), ("YES", True), ("1", True), ("false", False), ("No", False), ("0", False), ("", False)],
)
def test_attested_is_said_in_many_ways(read, cell, attested):
    assert read(_row(attested=cell))[0].attested is attested


def test_a_linked_artefact_makes_an_answer_attested(read):
    assert read(_row(evidence_url="https://wiki.example/a?b=c", attested="false"))[0].attested


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"value": "7"}, """value: should be 0, 1, 2 or 3, or empty for "don't know", not '7'"""),
        ({"value": "three"}, "value: should be 0, 1, 2 or 3"),
        ({"value": "2.5"}, "value: should be 0, 1, 2 or 3"),
        ({"value": "-1"}, "value: should be 0, 1, 2 or 3"),
        ({"value": "nan"}, "value: should be 0, 1, 2 or 3"),
        ({"value": "٢"}, "value: should be 0, 1, 2 or 3"),
        ({"team": " "}, "team: is needed"),
        ({"practice": ""}, "practice: is needed"),
        ({"respondent": ""}, "respondent: is needed"),
        ({"on": ""}, "on: is needed"),
        ({"on": "01/02/2026"}, "on: should be a day such as 2026-01-31, not '01/02/2026'"),
        ({"on": "2026-02-30"}, "on: should be a day such as 2026-01-31"),
        ({"on": "20260201"}, "on: should be a day such as 2026-01-31"),
        ({"on": "2026-11-25"}, "on: 2026-11-25 is in the future (it is now 2026-11-23T12:00Z)"),
        ({"attested": "maybe"}, "attested: should be true or false, or empty for false, not 'maybe'"),
        ({"evidence_url": "wiki/page"}, "evidence_url: should be a web address that begins with http:// or https://"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url: should be a web address"),
        ({"evidence_url": "https://"}, "evidence_url: should be a web address"),
        ({"evidence_url": "https://a b"}, "evidence_url: should be a web address"),
        ({"evidence_url": "http://[::1"}, "evidence_url: is no web address"),
        ({"evidence_url": "https://ann:s3cret@wiki.example"}, "evidence_url: holds a user name or password"),
        ({"respondent": "ann@acme.example"}, "respondent: is a mail address; write a role"),
        ({"comment": "a\0b"}, "comment: holds a NUL character"),
    ],
)
def test_a_wrong_cell_is_told_with_its_row_and_column(refusal, cells, told):
    (problem,) = refusal(_row(), "", _row(**cells))

    assert problem.startswith("a.csv:4: ")
    assert told in problem
    assert "s3cret" not in problem
    assert "acme.example" not in problem


def test_every_wrong_cell_is_told_at_once(refusal):
    told = refusal(_row(value="7", on="x", team=""), _row(), _row(attested="?"))

    assert [problem.split(": ")[:2] for problem in told] == [
        ["a.csv:2", "team"],
        ["a.csv:2", "value"],
        ["a.csv:2", "on"],
        ["a.csv:4", "attested"],
    ]


def test_unknown_teams_and_practices_are_told_with_what_was_meant(store, problems_of, now):
    rows = _file(_row(team="fruad"), _row(practice="model-registr"), _row(practice="zzz"))

    told = problems_of(
        lambda: import_answers(
            store, rows, "a.csv", now=now, teams={"fraud"}, practices=["registry", "model-registry", "drift"]
        )
    )

    assert told == [
        "a.csv:2: team: 'fruad' is no known team; did you mean 'fraud'?",
        "a.csv:3: practice: 'model-registr' is no known practice; did you mean 'model-registry'?",
        "a.csv:4: practice: 'zzz' is no known practice; known are registry, model-registry, drift",
    ]


def test_the_columns_may_stand_in_any_order_and_case(read):
    (answer,) = read(
        "https://w.example,x,ann,fraud,1,,registry,2026-11-01",
        header=" Evidence_URL,comment,RESPONDENT,team,value,attested,practice,on",
    )

    assert (answer.team, answer.practice, answer.comment, answer.value) == ("fraud", "registry", "x", 1)


def test_missing_and_unknown_columns_are_named(refusal):
    told = refusal("a,b", header="team,practise,respondent,value,on,attested,comment,comment")

    assert told[0] == "a.csv:1: practise: is not a known column; did you mean 'practice'?"
    assert told[1] == "a.csv:1: comment: stands in the header more than once"
    assert [problem.split(": ")[1] for problem in told[2:]] == ["practice"]


def test_only_what_an_answer_can_do_without_may_be_left_out_of_the_header(read):
    (answer,) = read("fraud,registry,ann,2,2026-11-01", header="team,practice,respondent,value,on")

    assert (answer.value, answer.attested, answer.comment, answer.evidence_url) == (2, False, "", "")


def test_a_file_with_semicolons_is_told_to_use_commas(refusal):
    assert refusal(_ROW, header=_HEADER.replace(",", ";")) == [
        "a.csv:1: has cells parted by semicolons; save the file with commas"
    ]


def test_an_empty_file_is_told_what_its_first_line_should_be(problems_of, now):
    told = problems_of(lambda: list(read_answers_file(io.BytesIO(b"\n"), "a.csv", now=now)))

    assert told == ["a.csv: is empty; its first line names the columns: team,practice,respondent,value,on"]


def test_a_file_with_a_header_only_holds_no_answers(store, now):
    assert import_answers(store, _file(), "a.csv", now=now).taken == 0


def test_a_row_of_another_length_is_told(refusal):
    told = refusal("fraud,registry,ann,2,2026-11-01,,we, like it,", "fraud")

    assert told[0].startswith("a.csv:2: has 9 cells where the header has 8; quote cells that hold a comma")
    assert told[1].startswith("a.csv:3: has 1 cell where the header has 8")


def test_a_quote_that_never_ends_is_told(refusal):
    (problem,) = refusal(_ROW, 'fraud,registry,ann,2,2026-11-01,,"never closed,', _ROW)

    assert problem.startswith("a.csv:3: is no CSV: ")
    assert problem.endswith("what follows was not read")


def test_the_line_of_a_row_is_told_right_behind_cells_with_line_breaks(refusal):
    (problem,) = refusal(_row(comment="one\ntwo\nthree"), "", _row(value="9"))

    assert problem.startswith("a.csv:6: value")


def test_marks_and_line_ends_of_windows_are_taken(now):
    content = ("\ufeff" + _HEADER + "\r\n" + _row(comment="ä\r\nb") + "\r\n\r\n" + _ROW).encode()

    first, second = read_answers_file(io.BytesIO(content), "a.csv", now=now)

    assert (first.comment, second.comment) == ("ä\r\nb", "")


def test_bytes_that_are_no_text_are_told(problems_of, now):
    content = io.BytesIO(f"{_HEADER}\n".encode() + "fraud,registry,Jürgen,2,2026-11-01,,,".encode("latin-1"))

    told = problems_of(lambda: list(read_answers_file(content, "a.csv", now=now)))

    assert told == ["a.csv:2: is not UTF-8 from its byte 17 on; save the file as UTF-8"]


def test_a_file_with_one_wrong_cell_changes_nothing(store, problems_of, now):
    problems_of(lambda: import_answers(store, _file(_row(), _row(value="7"), _row(on="2026-11-02")), "a.csv", now=now))

    assert read_answers(store) == ()


def test_keep_going_takes_the_right_rows_and_reports_the_others(store, now):
    rows = _file(_row(value="1"), _row(value="7"), _row(value="3"))

    report = import_answers(store, rows, "a.csv", now=now, keep_going=True)

    assert [answer.value for answer in read_answers(store)] == [1, 3]
    assert [problem.where for problem in report.problems] == ["a.csv:3"]
    assert report.summary() == (
        "a.csv: 2 answers: 2 new, 0 changed, 0 as before\n"
        "  fraud 2\n"
        "  1 problem; the lines they are in were left out"
    )  # fmt: skip


def test_the_same_file_again_changes_nothing(store, now):
    rows = [_row(value=value) for value in "232"]
    import_answers(store, _file(*rows), "a.csv", now=now)

    again = import_answers(store, _file(*rows), "renamed.csv", now=now + timedelta(days=1))

    assert again.changes == Changes(seen=3, unchanged=3)
    assert [answer.value for answer in read_answers(store)] == [2, 3, 2]


def test_a_correction_is_a_new_row(store, now):
    import_answers(store, _file(_row(value="3")), "a.csv", now=now)
    import_answers(store, _file(_row(value="1")), "a.csv", now=now)

    assert [answer.value for answer in read_answers(store)] == [3, 1]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''@x"])
def test_no_cell_of_an_export_is_taken_for_a_formula(store, now, text):
    import_answers(store, _file(_row(comment=f"'{text}", respondent="'@ann")), "a.csv", now=now)
    (answer,) = read_answers(store)
    out = io.StringIO(newline="")
    export_answers(store, out)
    (cells,) = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))

    assert (answer.comment, answer.respondent) == (text, "@ann")
    assert (cells["comment"], cells["respondent"]) == (f"'{text}", "'@ann")


def test_export_gives_what_one_team_said(store, now):
    import_answers(store, _file(_row(), _row(team="pricing")), "a.csv", now=now)
    out = io.StringIO(newline="")

    assert export_answers(store, out, "pricing") == 1
    assert out.getvalue() == f"{_HEADER}\r\npricing,registry,ann,2,2026-11-01,false,,\r\n"


_NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_TEXT = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from("=+-@',\"\r\n\t;"), max_size=12
)
_NAMES = _TEXT.map(str.strip).filter(bool)
_URLS = st.sampled_from(["", "https://wiki.example/ä?a=1,2&b=%22", "http://127.0.0.1:8080"])
_ANSWERS = st.builds(
    lambda url, attested, **fields: StoredAnswer(
        evidence_url=url, attested=attested or bool(url), recorded_at=_NOW, author="a", **fields
    ),
    team=_NAMES,
    practice=_NAMES,
    respondent=_NAMES.filter(lambda name: not re.search(r"[^\s@]@[^\s@]", name)),
    value=st.none() | st.integers(0, 3),
    on=st.dates(date(1970, 1, 1), date(2026, 11, 23)),
    comment=_TEXT,
    url=_URLS,
    attested=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_ANSWERS, max_size=4))
def test_any_answers_come_back_from_their_file(answers):
    out = io.StringIO(newline="")
    write_answers(answers, out)

    stream = io.BytesIO(out.getvalue().encode())

    assert list(read_answers_file(stream, "a.csv", now=_NOW, author="a")) == answers


def test_export_and_import_give_the_same_store(store, tmp_path, now):
    rows = [_row(value=value, comment=f"{value}\r\n=1") for value in "2320"] + [_row(respondent="bob", value="")]
    import_answers(store, _file(*rows), "a.csv", now=now, author="a")
    out = io.StringIO(newline="")
    export_answers(store, out)
    other = open_store("sqlite:///other.db", tmp_path)

    import_answers(other, io.BytesIO(out.getvalue().encode()), "b.csv", now=now, author="a")

    assert read_answers(other) == read_answers(store)
    other.close()
