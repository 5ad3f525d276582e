"""Lines that make no record: each told with its place and what to write, and very many of them in few words."""

from __future__ import annotations

import io
import itertools
import tracemalloc

import pytest
from neutral_lines import a_file, a_line

from mlops_maturity.evidence.import_report import LISTED, LISTED_OF_A_KIND, ProblemList
from mlops_maturity.evidence.lines import LONGEST
from mlops_maturity.evidence.records_file import read_records_file


@pytest.fixture
def refusal(problems_of, now):
    """What a file of these lines is refused with."""
    return lambda *lines: problems_of(lambda: list(read_records_file(a_file(*lines), "f.jsonl", now=now)))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "deploymnet"}, "kind: 'deploymnet' is no kind of record; did you mean 'deployment'?"),
        ({"kind": ...}, "kind: is needed: one of pipeline_run, deployment"),
        ({"id": ...}, "id: is needed"),
        ({"id": ""}, "id: should not be empty"),
        ({"id": 7}, 'id: should be text in quotes ("…"), not 7'),
        ({"id": "x" * 501}, "id: has 501 characters; at most 500"),
        ({"id": "a\0b"}, "id: holds a NUL character"),
        ({"enviroment": "prod"}, "enviroment: is not known; did you mean 'environment'?"),
        ({"outcome": "succes"}, "unstable, running, unknown, not 'succes'; did you mean 'success'?"),
        ({"finished_at": "2026-03-01T12:00:00"}, "finished_at: has no offset; write 2026-03-01T12:00:00Z if it is UTC"),
        ({"finished_at": "yesterday"}, "finished_at: should be an instant with offset, such as 2026-01-31T12:00:00Z"),
        ({"finished_at": 1772366400}, "finished_at: should be an instant with offset"),
        ({"finished_at": "1772366400"}, "finished_at: should be a date written out"),
        (
            {"finished_at": "2026-11-24T12:00:01Z"},
            "finished_at: 2026-11-24 12:00:01+00:00 is in the future (it is now 2026-11-23T12:00Z)",
        ),
        ({"finished_at": "9999-12-31T23:59:59-14:00"}, "holds an instant before year 1 or after year 9999"),
        ({"unplanned": "no"}, "unplanned: should be true or false without quotes, not 'no'"),
        ({"changes": "a#1"}, "changes: should be a list in square brackets"),
        ({"attributes": {"loss": [1, float("nan")]}}, "attributes.loss.1: is NaN or infinite"),
        ({"attributes": {"loss": float("-inf")}}, "attributes.loss: is NaN or infinite"),
        ({"kind": "pipeline_run", "attempt": 0}, "attempt: input should be greater than or equal to 1, not 0"),
        (
            {"kind": "pipeline_run", "jobs": [{"name": "a", "outcome": "success", "outcom": 1}]},
            "jobs.0.outcom: is not known; did you mean 'outcome'?",
        ),
    ],
)
def test_a_wrong_field_is_told_with_its_line_and_what_to_write(refusal, fields, told):
    (problem,) = refusal(a_line(), "", a_line(**fields))

    assert problem.startswith("f.jsonl:3: ")
    assert told in problem


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"value": float("nan")}, "value: should be a finite number; leave it out where it is not known"),
        ({"value": float("inf")}, "value: should be a finite number"),
        ({"value": 1, "seen": float("-inf")}, "seen: should be a finite number"),
        ({"value": 1, "opportunities": -1}, "opportunities: input should be greater than or equal to 0"),
        ({"value": "12"}, "value: should be a number without quotes, not '12'"),
        ({"value": 1, "on": "2026-11-25"}, "on: 2026-11-25 is in the future"),
        ({"value": 1, "on": "01/02/2026"}, "on: should be a day, such as 2026-01-31, not '01/02/2026'"),
        ({"value": 1, "on": "1767225600"}, "on: should be a date written out"),
    ],
)
def test_a_wrong_measurement_is_told(refusal, fields, told):
    whole = {"kind": "measurement", "finished_at": ..., "signal": "x", "subject": "t", "on": "2026-11-01", **fields}

    (problem,) = refusal(a_line(**whole))

    assert told in problem


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"kind": "deployment", ', "is no JSON object"),
        ("[1, 2]", "should be one JSON object a line"),
        ("null", "should be one JSON object a line"),
        ("[" * 10_000, "recursion limit exceeded"),
        ('{"kind": "deployment", "id": "\\ud800", "source": "ci"}', "holds half of a surrogate pair"),
    ],
)
def test_a_line_that_is_no_object_is_told(refusal, line, told):
    (problem,) = refusal(line)

    assert problem.startswith("f.jsonl:1: ")
    assert told in problem


def test_a_number_in_an_attribute_that_is_named_like_a_time_is_fine(now):
    (record,) = read_records_file(a_file(a_line(attributes={"queued_at": "1772366400"})), "f", now=now)

    assert record.attributes == {"queued_at": "1772366400"}


def test_a_clock_that_is_a_day_ahead_is_fine(now):
    assert len(list(read_records_file(a_file(a_line(finished_at="2026-11-24T12:00:00Z")), "f", now=now))) == 1


def test_every_problem_of_every_line_is_told_at_once(refusal):
    assert [problem.split(": ")[:2] for problem in refusal(a_line(id="", tier="x"), a_line(), "{", a_line(sha=1))] == [
        ["f.jsonl:1", "id"],
        ["f.jsonl:1", "tier"],
        ["f.jsonl:3", "is no JSON object"],
        ["f.jsonl:4", "sha"],
    ]


def test_bytes_that_are_no_text_are_told_and_the_rest_is_read(now):
    problems = ProblemList("f")
    stream = io.BytesIO(a_line(id="1").encode() + b"\n\xff\xfe{\n" + a_line(id="2").encode())

    assert [record.id for record in read_records_file(stream, "f", now=now, problems=problems)] == ["1", "2"]
    assert [str(problem) for problem in problems.listed] == [
        "f:2: is not UTF-8 from its byte 1 on; save the file as UTF-8"
    ]


def test_a_line_without_end_does_not_fill_the_memory(now):
    problems = ProblemList("f")
    stream = io.BytesIO(b" " * (2 * LONGEST + 5) + b"\n" + a_line().encode())
    tracemalloc.start()

    assert len(list(read_records_file(stream, "f", now=now, problems=problems))) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [str(problem) for problem in problems.listed] == ["f:1: has more than 8 MiB; one entry a line is expected"]
    assert peak < 2.5 * LONGEST


def test_of_very_many_problems_the_first_of_each_kind_are_listed_and_all_are_counted(refusal):
    told = refusal(*["{"] * 10_000, "[]")

    assert len(told) == LISTED_OF_A_KIND + 2
    assert [line.partition(": ")[0] for line in told[:-1]] == [
        *(f"f.jsonl:{number}" for number in range(1, LISTED_OF_A_KIND + 1)),
        "f.jsonl:10001",
    ]
    assert told[-1] == "f.jsonl: 9,990 more problems like line 1, the last in line 10000"


def test_problems_that_differ_in_names_and_numbers_alone_are_of_one_kind():
    problems = ProblemList("a.csv")
    for number in range(2, 1_002):
        problems.add(number, "team", f"'froud-{number}' is not known; did you mean 'fraud'?")
        problems.add(number, f"jobs.{number}.name", "is needed")
    told = [str(problem) for problem in problems.listed]
    assert (problems.found, len(told)) == (2_000, 2 * LISTED_OF_A_KIND + 2)
    assert told[-2:] == [
        "a.csv: team: 990 more problems like line 2, the last in line 1001",
        "a.csv: jobs.2.name: 990 more problems like line 2, the last in line 1001",
    ]


def test_more_kinds_of_problems_than_anybody_reads_are_counted():
    problems = ProblemList("a.csv")
    for letters in itertools.product("abcdefgh", repeat=4):
        for line in range(2):
            problems.add(line, "".join(letters), "is not a known column")
    told = [str(problem) for problem in problems.listed]
    assert len({line.split(": ")[1] for line in told[:LISTED]}) == LISTED // 2
    assert told[-1] == f"a.csv: {2 * 8**4 - LISTED:,} more problems of other kinds"
