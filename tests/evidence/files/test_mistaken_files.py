"""Files given by mistake: each is told as what it is, once, by every reader."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys

import pytest

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.answers_file import import_answers
from mlops_maturity.evidence.evidence_file import parse_evidence
from mlops_maturity.evidence.readings_file import import_readings
from mlops_maturity.evidence.records_file import import_records

IMPORTS = [import_records, import_answers, import_readings]


@pytest.mark.parametrize("take", IMPORTS)
def test_a_compressed_file_is_one_problem(take, store, now, problems_of):
    content = gzip.compress(b"{}\n" * 1_000 + bytes(range(256)) * 50)

    assert problems_of(lambda: take(store, io.BytesIO(content), "f.gz", now=now)) == [
        "f.gz:1: is compressed with gzip; unpack it first, such as with gunzip"
    ]


def test_compressed_evidence_is_told_as_such(problems_of):
    (told,) = problems_of(lambda: parse_evidence(gzip.compress(b"{}"), builtin_catalogue(), "e.json"))

    assert told.startswith("e.json:1: is compressed with gzip")


def test_an_empty_file_of_evidence_is_told_as_such(problems_of):
    assert problems_of(lambda: parse_evidence(b" \n", builtin_catalogue(), "e.json")) == [
        "e.json:1: is empty; write at least {}"
    ]


@pytest.mark.parametrize("take", [import_records, import_readings])
def test_an_empty_file_is_taken_and_said_to_be_empty(take, store, now):
    report = take(store, io.BytesIO(b"\n \r\n"), "f", now=now)

    assert "nothing was in it" in report.summary()


@pytest.mark.parametrize("take", IMPORTS)
def test_a_line_of_fifty_megabytes_is_told_and_the_next_one_read(take, store, now, problems_of):
    told = problems_of(lambda: take(store, io.BytesIO(b"x" * 50_000_000 + b"\n{"), "f", now=now))

    assert told[0].startswith("f:1: has more than 8 MiB")
    assert any(problem.startswith("f:2: ") for problem in told)
    assert all(len(problem) < 300 for problem in told)


def test_standard_input_that_is_closed_is_told():
    program = [sys.executable, "-m", "mlops_maturity.cli", "records", "import", "-"]

    ended = subprocess.run(["/bin/sh", "-c", '"$@" <&-', "sh", *program], capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert ended.stderr == "standard input is closed; name a file instead of -, or pipe one in\n"
