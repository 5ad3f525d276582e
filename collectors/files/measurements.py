"""Measurements as CSV: values of a signal that somebody measured by other means, one row a subject and day."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, TextIO

from mlops_maturity.collectors.files.interface import FileFormat, Reading
from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.config.plural import counted
from mlops_maturity.evidence.lines import numbered_lines
from mlops_maturity.evidence.record_lines import parse_record
from mlops_maturity.evidence.records import Record

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
        if not line.strip():
            continue
        try:
            yield number, next(csv.reader([line.rstrip("\r\n")], strict=True))
        except csv.Error as error:
            reading.problems.add(
                number, "", f"is no CSV: {error}; quote what holds a comma, and keep a row on one line"
            )


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


def _measurement(row: Mapping[str, str], number: int, reading: Reading) -> Record | None:
    given = {name: cell.strip() for name, cell in row.items() if cell.strip()}
    figures = {name: _number(given[name]) for name in _NUMBERS if name in given}
    fields: dict[str, Any] = {
        "kind": "measurement",
        **given,
        **{name: figure for name, figure in figures.items() if figure is not None},
        "source": reading.source or SOURCE,
        "id": "/".join(given.get(name, "") for name in ("signal", "subject", "on")),
    }
    record = parse_record(json.dumps(fields), reading.now, reading.signals)
    if not isinstance(record, list):
        return record
    for path, reason in record:
        if path in figures and figures[path] is None:
            reason = f"should be a number such as 12.5, not {given[path][:60]!r}"
        reading.problems.add(number, path, reason)
    return None


def _number(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)  # Python takes 1_000 for a number, and nobody else does
    except ValueError:
        return None


FORMAT = FileFormat(name="measurements", title="Measurements as CSV", read=read_measurements)
