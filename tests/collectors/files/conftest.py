"""Files of other formats, read in memory."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mlops_maturity.collectors.files.interface import Reading
from mlops_maturity.collectors.files.registry import formats
from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.config.rules import Rules
from mlops_maturity.evidence.import_report import ProblemList
from mlops_maturity.evidence.records import Record

sys.path.insert(0, str(Path(__file__).parent))

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Read = Callable[..., tuple[list[Record], Reading]]


@pytest.fixture
def read() -> Read:
    """Read text of a format; the records, and the reading with its problems and what it left out."""

    def of(
        form: str, text: str | bytes, known: Iterable[Record] = (), source: str = ""
    ) -> tuple[list[Record], Reading]:
        stored = list(known)
        reading = Reading(
            problems=ProblemList("f"),
            now=NOW,
            mapper=Mapper(Rules()),
            known=lambda source, kind, ids: (
                entry for entry in stored if (entry.source, entry.kind) == (source, kind) and entry.id in ids
            ),
            source=source,
        )
        raw = text.encode() if isinstance(text, str) else text
        return list(formats()[form].read(io.BytesIO(raw), reading)), reading

    return of
