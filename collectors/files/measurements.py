"""Measurements as CSV: values of a signal that somebody measured by other means, one row a subject and day."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, TextIO

from pydantic import ValidationError

from mlops_maturity.collectors.files.interface import FileFormat, Reading
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.evidence.import_report import counted
from mlops_maturity.evidence.json_problems import TOLERANCE, fields_of, future_reason, path_of, reason_of
from mlops_maturity.evidence.lines import numbered_lines
from mlops_maturity.evidence.records import Measurement, Record

NEEDED = ("signal", "subject", "on", "value")
COLUMNS = (*NEEDED, "seen", "scope", "opportunities", "url")
SOURCE = "csv"
"""The source of rows where the user names none."""
_NUMBERS = ("value", "seen", "scope", "opportunities")


def read_measurements(stream: BinaryIO | TextIO, reading: Reading) -> Iterator[Record]:
    """Yield the measurements of a CSV file; each is known by signal, subject and day."""
    rows = _rows(stream, reading)
    header = next(rows, None)
    if header is None:
        reading.problems.add(1, "", f"is empty; the first line names the columns: {','.join(NEEDED)}")
        return
    columns = [name.strip() for name in header[1]]
    if not _fitting(columns, reading):
        return
    for number, cells in rows:
        if len(cells) != len(columns):
            reading.problems.add(number, "", f"has {counted(len(cells), 'cell')}, the header {len(columns)}")
            continue
        measurement = _measurement(dict(zip(columns, cells, strict=True)), number, reading)
        if measurement is not None:
            yield measurement


def _rows(stream: BinaryIO | TextIO, reading: Reading) -> Iterator[tuple[int, list[str]]]:
    """Cells with the number of the line; no cell goes over several lines, as none holds text of its own."""
    for number, line in numbered_lines(stream, reading.problems):
        if line.strip():
            yield number, next(csv.reader([line.rstrip("\r\n")]))


def _fitting(columns: list[str], reading: Reading) -> bool:
    before = reading.problems.found
    for name in columns:
        if name not in COLUMNS:
            reading.problems.add(1, name, f"is no column{did_you_mean(name, COLUMNS)}")
        elif columns.count(name) > 1:
            reading.problems.add(1, name, "is there twice")
    for name in NEEDED:
        if name not in columns:
            reading.problems.add(1, name, "is needed as a column")
    return reading.problems.found == before


def _measurement(row: Mapping[str, str], number: int, reading: Reading) -> Measurement | None:
    given = {name: cell.strip() for name, cell in row.items() if cell.strip()}
    fields: dict[str, Any] = {
        **given,
        "source": reading.source or SOURCE,
        "id": "/".join(given.get(name, "") for name in ("signal", "subject", "on")),
    }
    wrong = [name for name in _NUMBERS if name in given and _number(given[name]) is None]
    for name in wrong:
        reading.problems.add(number, name, f"should be a number such as 12.5, not {given[name]!r}")
    if wrong:
        return None
    try:
        measurement = Measurement.model_validate(
            fields | {name: _number(given[name]) for name in _NUMBERS if name in given}
        )
    except ValidationError as error:
        for details in error.errors(include_url=False):
            reading.problems.add(number, path_of(details["loc"]), reason_of(details, fields_of(Measurement)))
        return None
    if measurement.on > (reading.now + TOLERANCE).date():
        reading.problems.add(number, "on", future_reason(measurement.on, reading.now))
        return None
    return measurement


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


FORMAT = FileFormat(name="measurements", title="Measurements as CSV", read=read_measurements)
