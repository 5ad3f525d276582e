"""Every row of "What is refused" in docs/formats.md is handed in, and told as the page says."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.evidence.answers_file import Known, read_answers_file
from mlops_maturity.evidence.readings_file import read_readings_file
from mlops_maturity.evidence.records_file import read_records_file
from mlops_maturity.evidence.signals.registry import signals

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
_ROW = re.compile(r"\| (?P<file>[a-z ]+) \| `(?P<fields>\{.*?\})` \| `(?P<told>.*?)` \| [^|]+ \|")
_ENTRIES: dict[str, dict[str, object]] = {
    "deployment": {
        "kind": "deployment",
        "source": "cd",
        "id": "1",
        "finished_at": "2026-03-01T11:00:00Z",
    },
    "pipeline run": {"kind": "pipeline_run", "source": "ci", "id": "1"},
    "measurement": {
        "kind": "measurement",
        "source": "m",
        "id": "1",
        "signal": "user.x",
        "subject": "s",
        "on": "2026-11-01",
        "value": 1,
    },
    "reading": {"team": "fraud", "signal": "user.x", "on": "2026-11-01", "value": 1},
    "answer": {"team": "fraud", "practice": "registry", "respondent": "ann", "value": "3", "on": "2026-11-01"},
}


def rows() -> list[tuple[str, str, str]]:
    _, _, section = _PAGE.read_text(encoding="utf-8").partition("## What is refused\n")
    table = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]
    found = [_ROW.fullmatch(line) for line in table]
    assert all(found), "a row of another shape"
    return [(row["file"], row["fields"], row["told"]) for row in found if row is not None]


def read(file: str, entry: dict[str, object], fields: str) -> list[object]:
    """The entry with the fields as they are written: text is put together, for a key may be there twice."""
    if file == "answer":
        out = io.StringIO()
        writer = csv.DictWriter(out, entry)
        writer.writeheader()
        writer.writerow(entry | json.loads(fields))
        known = Known(teams=["fraud"], practices=["registry"])
        return list(read_answers_file(io.BytesIO(out.getvalue().encode()), "f", now=_NOW, known=known))
    kept = {name: value for name, value in entry.items() if name not in json.loads(fields)}
    stream = io.BytesIO(f"{json.dumps(kept)[:-1]}, {fields[1:]}".encode())
    if file == "reading":
        return list(read_readings_file(stream, "f", now=_NOW, teams=["fraud"], signals=signals()))
    return list(read_records_file(stream, "f", now=_NOW, signals=signals()))


def refusal(call: Callable[[], object]) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        call()
    return [f"{problem.path}: {problem.reason}" for problem in refused.value.problems]


@pytest.mark.parametrize(("file", "fields", "told"), rows())
def test_what_the_page_says_is_refused_is(file: str, fields: str, told: str) -> None:
    (problem,) = refusal(lambda: read(file, _ENTRIES[file], fields))

    assert problem.startswith(told)


@pytest.mark.parametrize("file", _ENTRIES)
def test_the_entry_is_valid_without_these_fields(file: str) -> None:
    fields = (
        '{"value": "3"}'
        if file == "answer"
        else '{"value": 1}'
        if file in ("measurement", "reading")
        else '{"url": null}'
    )

    assert len(read(file, _ENTRIES[file], fields)) == 1
