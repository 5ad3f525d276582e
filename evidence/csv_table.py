"""Tables that people keep as CSV: rows by line, and a header in any order that tells what is wrong with it."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import BinaryIO, TextIO

from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.plural import counted
from mlops_maturity.config.problems import Problem
from mlops_maturity.evidence.import_report import ProblemList
from mlops_maturity.evidence.lines import numbered_lines
from mlops_maturity.evidence.spreadsheet import unshielded


def read_table(
    stream: BinaryIO | TextIO, columns: Sequence[str], needed: Collection[str], problems: ProblemList
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line on which a row begins, and its cells by column: empty text for columns that the header leaves out.

    What is wrong is noted, and a row with it left out; nothing is read below a wrong header.
    """
    rows = _rows(stream, problems)
    places = _header(next(rows, None), columns, needed, problems)
    for line, cells in rows if places else ():
        if len(cells) == len(places):
            given = {column: unshielded(cells[place]) for column, place in places.items()}
            yield line, dict.fromkeys(columns, "") | given
        else:
            told = f"has {counted(len(cells), 'cell')} where the header has {len(places)}"
            more = len(cells) > len(places)
            problems.add(line, "", f"{told}; {'quote cells that hold a comma' if more else 'leave unused cells empty'}")


def _rows(stream: BinaryIO | TextIO, problems: ProblemList) -> Iterator[tuple[int, list[str]]]:
    """Line on which a row begins, and its cells; empty lines are skipped."""
    begins = 0  # of the row that is being read; 0 = none of its lines has been

    def texts() -> Iterator[str]:
        nonlocal begins
        for number, text in numbered_lines(stream, problems):
            begins = begins or number
            yield text

    reader = csv.reader(texts(), strict=True)
    while True:
        begins = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(begins, "", f"is no CSV: {error}; what follows was not read")
            return
        if cells:
            yield begins, cells


def _header(
    row: tuple[int, list[str]] | None, columns: Sequence[str], needed: Collection[str], problems: ProblemList
) -> Mapping[str, int]:
    """Where each column stands; empty, and told why, if the header is not right."""
    if row is None:
        if not problems.found:
            named = ",".join(column for column in columns if column in needed)
            problems.put(Problem(problems.name, "", f"is empty; its first line names the columns: {named}"))
        return {}
    line, cells = row
    names = [cell.strip().casefold() for cell in cells]
    before = problems.found
    if len(names) == 1 and ";" in names[0]:
        problems.add(line, "", "has cells parted by semicolons; save the file with commas")
        return {}
    for name in dict.fromkeys(names):
        if name not in columns:
            problems.add(line, name, f"is not a known column{did_you_mean(name, columns)}")
        elif names.count(name) > 1:
            problems.add(line, name, "stands in the header more than once")
    for column in columns:
        if column in needed and column not in names:
            problems.add(
                line, column, "is missing; the header should name it, its cells may be empty where that makes sense"
            )
    return {name: place for place, name in enumerate(names)} if problems.found == before else {}
