from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mlops_maturity.config.settings import Settings, SourceSettings, Team
from mlops_maturity.dashboard.facts.silence import supply
from mlops_maturity.dashboard.words import empty as words
from mlops_maturity.evidence.store.records import RecordCount
from mlops_maturity.evidence.store.runs import StoredRun

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = Settings(
    organisation="Acme",
    timezone="Europe/Vienna",
    teams=(Team(id="fraud"),),
    sources=tuple(
        SourceSettings(id=name, type="mlflow", url=f"https://{name}.acme.example") for name in ("one", "two", "three")
    ),
)


def _run(source: str, state: str, rows: int = 0) -> StoredRun:
    return StoredRun(
        run=1, source=source, started_at=NOW, finished_at=NOW, state=state, rows_seen=rows, rows_changed=rows,
        streams=(), error="",
    )  # fmt: skip


@pytest.mark.parametrize("state", ["unreachable", "unauthorized", "forbidden", "error", "interrupted", "unsupported"])
def test_a_source_that_refused_was_asked_and_not_read(state: str) -> None:
    found = supply(SETTINGS, [_run("one", state)])
    assert (found.configured, found.asked, found.read) == (3, 1, 0)
    (title, step), *_ = words.start_steps(found, 4)
    assert title == "Look why the systems can't be read"
    assert "1 of 3 sources asked, and none could be read" in step


def test_a_source_that_answered_with_nothing_was_read() -> None:
    found = supply(SETTINGS, [_run("one", "ok"), _run("two", "unreachable")])
    assert (found.asked, found.read) == (2, 1)
    (title, step), *_ = words.start_steps(found, 4)
    assert title == "Look why the systems show nothing"
    assert step.startswith("1 of 3 sources read")


@pytest.mark.parametrize("sources", [SETTINGS.sources, ()])
def test_who_imported_records_is_sent_to_the_selectors_and_not_to_read_systems(
    sources: tuple[SourceSettings, ...],
) -> None:
    counts = [RecordCount("one", "change", 1200, None, None), RecordCount("file", "model", 1, None, None)]
    found = supply(SETTINGS.model_copy(update={"sources": sources}), [], counts)
    assert found.imported == 1201
    (title, step), *_ = words.start_steps(found, 4)
    assert title == "Look why the imported records show nothing"
    assert "1,201 records imported" in step
    assert "mlops-maturity collect" not in step
    assert supply(SETTINGS, [_run("one", "unreachable")], counts).imported == 1


def test_what_was_read_before_a_fault_was_read_and_a_source_that_is_gone_counts_for_nothing() -> None:
    found = supply(SETTINGS, [_run("one", "error", rows=7), _run("gone", "ok", rows=9)])
    assert (found.asked, found.read) == (1, 1)
