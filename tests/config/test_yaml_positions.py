"""YAML as data with lines, and every way a file can be no YAML."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mlops_maturity.config.yaml_graph import MAX_VALUES
from mlops_maturity.config.yaml_positions import MAX_BYTES, in_order, parse_yaml, read_yaml

Refused = Callable[[Callable[[], object]], list[str]]

TEXT = b"""\
# a comment first
organisation: Acme
teams:
  - id: a
    target: {level: 2,
             by: 2027-06-30}
  - &second
    id: b
    kinds:
      - classical
      - genai
more:
  <<: *second
  again: *second
effort: {1: [1, 3]}
"""


def test_a_document_is_plain_data_of_yaml_1_2() -> None:
    data = parse_yaml(b"on: yes\nnight: 010\nby: 2027-06-30\nof: 0o10\nnone:\nquoted: '1'\n", "f").data

    assert data == {"on": "yes", "night": 10, "by": date(2027, 6, 30), "of": 8, "none": None, "quoted": "1"}


def test_anchors_and_merged_keys_are_written_out() -> None:
    data = parse_yaml(b"a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a]\n", "f").data

    assert data["b"] == {"x": 1, "y": 3}
    assert data["c"] == [{"x": 1, "y": 2}]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("organisation",), 2),
        (("teams",), 3),
        (("teams", 0), 4),
        (("teams", 0, "target"), 5),
        (("teams", 0, "target", "by"), 6),
        (("teams", 1, "kinds", 1), 11),
        (("teams", 0, "name"), 4),  # not there: its parent
        (("teams", 7), 3),
        (("sources", 0, "id"), 2),
        (("more", "again"), 14),
        (("more", "again", "id"), 8),  # what an alias repeats stands at its anchor
        (("more", "kinds", 0), 10),
        (("effort", 1), 15),
    ],
)
def test_every_path_leads_to_its_line_or_that_of_its_nearest_parent(path: tuple[str | int, ...], line: int) -> None:
    assert parse_yaml(TEXT, "f.yaml").where(path) == f"f.yaml:{line}"


def test_every_duplicate_key_is_told_with_both_lines() -> None:
    document = parse_yaml(b"a: 1\nb: {c: 1, c: 2}\na: 3\n", "f")

    assert [str(problem) for problem in document.problems] == [
        "f:2: b.c: is there twice, first in line 2; keep one of them",
        "f:3: a: is there twice, first in line 1; keep one of them",
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (b"a: [1,\nb: 2", 2, "not readable as YAML: "),
        (b"a: b: c", 1, "not readable as YAML: mapping values are not allowed here"),
        (b"a:\n\t- 1", 2, "a tab where none can be"),
        (b"a: 1\nb: *c", 2, "undefined alias"),
        (b"a: 1\n---\nb: 2", 2, "a second document starts here"),
        (b"a: 1\nb: 'x\nc: 3", 2, "not readable as YAML: found unexpected end of stream"),
        (b"a: 1\nb: \x07", 2, "holds a control character"),
        (b"a: 1\nb: \xe4", 2, "is not UTF-8"),
        ("a: 1".encode("utf-16"), 1, "is UTF-16; save the file as UTF-8"),
        (b"a: 1\nb: &b [*b]", 2, "an alias holds itself"),
        (b"a: 1\nb: " + b"[" * 100 + b"]" * 100, 2, "is nested too deeply"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(refused: Refused, text: bytes, line: int, reason: str) -> None:
    (problem,) = refused(lambda: parse_yaml(text, "f"))

    assert problem.startswith(f"f:{line}: ")
    assert reason in problem


@pytest.mark.parametrize("text", [b"", b"\n\n", b"# only a comment\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(refused: Refused, text: bytes) -> None:
    assert refused(lambda: parse_yaml(text, "f")) == ["f: is empty"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a: !!python/object/apply:os.system [x]", "the tag"),
        (b"a: !mine x", "a tag"),
        (b"a: !!binary eA==", "the tag"),
        (b"a: !!int x", "looks like a value of type int and isn't one"),
        (b"a: 2026-13-45", "looks like a day or time and isn't one"),
        (b"a: " + b"9" * 5000, "looks like a value of type int and isn't one"),
        (b"a: 0x" + b"f" * 5000, "is too large a number"),
        (b"a: 1" + b"0" * 400, "is too large a number"),
        (b"? [1, 2]\n: 3", "a key must be a plain word or number"),
        (b"a: {<<: 3}", "`<<` takes a mapping"),
    ],
)
def test_values_that_no_setting_needs_are_problems(text: bytes, reason: str) -> None:
    (problem,) = parse_yaml(text, "f").problems

    assert problem.where == "f:1"
    assert reason in problem.reason


def test_aliases_that_multiply_are_refused_before_they_are_written_out(refused: Refused) -> None:
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    begun = time.process_time()

    (problem,) = refused(lambda: parse_yaml("\n".join(rows).encode(), "bomb"))

    assert f"more than {MAX_VALUES} values" in problem
    assert time.process_time() - begun < 5


def test_brackets_without_end_are_refused(refused: Refused) -> None:
    (problem,) = refused(lambda: parse_yaml(b"[" * 50_000, "f"))

    assert "nested too deeply" in problem


def test_a_file_that_is_not_there_a_folder_and_a_huge_file_are_told_apart(refused: Refused, tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"# " + b"x" * MAX_BYTES)

    assert refused(lambda: read_yaml(tmp_path / "no.yaml")) == ["no.yaml: there is no such file"]
    assert refused(lambda: read_yaml(tmp_path)) == [f"{tmp_path}: is a folder, not a file"]
    assert "is larger than 4 MiB" in refused(lambda: read_yaml(huge))[0]
    assert "can't be read" in refused(lambda: read_yaml(Path("a\0b")))[0]


def test_a_file_that_cannot_be_opened_says_why(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a: 1")

    assert refused(lambda: read_yaml(tmp_path / "file" / "x.yaml")) == ["file/x.yaml: can't be read: Not a directory"]


def test_a_device_without_end_is_read_to_the_limit_only(refused: Refused) -> None:
    assert "is larger than" in refused(lambda: read_yaml(Path("/dev/zero")))[0]


def test_problems_are_told_by_file_and_line_and_once() -> None:
    top = parse_yaml(b"a: 1\nb: 2\nd: 4\n", "f").top
    problems = [top.problem("x", "d"), top.problem("x", "a"), top.problem("x", "d"), top.problem("x", "b")]

    assert [problem.path for problem in in_order(problems)] == ["a", "b", "d"]


def test_a_key_with_line_breaks_does_not_break_the_line_of_its_problem() -> None:
    document = parse_yaml(b'"a\\nb": 1\n"a\\nb": 2\n', "f")

    assert "\n" not in str(document.problems[0])
