"""Records with only what a case is about, and signals measured on them. The usual day is a Sunday, 2026-11-22."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, get_args

import pytest

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import RECORD, Record, RecordKind
from mlops_maturity.evidence.signals.assembly import views_of
from mlops_maturity.evidence.signals.interface import Measured, Missing, Window
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.view import TeamView

SUNDAY = date(2026, 11, 22)
KINDS = get_args(RecordKind)


def at(text: str | datetime) -> datetime:
    """`2026-11-22`, `2026-11-22 10:00` or with an offset; UTC where none is written."""
    moment = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass
class Make:
    """Makes records; ids are counted up where none is given."""

    source: str = "src"
    _numbers: Any = field(default_factory=lambda: count(1))

    def record(self, kind: str, **fields: Any) -> Any:
        fields = {"source": self.source, "id": f"{kind}-{next(self._numbers)}", **fields}
        return RECORD.validate_python({"kind": kind, **fields})

    def deployment(self, finished: str | datetime | None, **fields: Any) -> Any:
        given = {"tier": "production", "outcome": "success", "repository": "acme/fraud", "environment": "prod"}
        finished_at = at(finished) if finished else None
        return self.record("deployment", **{**given, "finished_at": finished_at, **fields})

    def change(self, merged: str | datetime | None, **fields: Any) -> Any:
        given = {"repository": "acme/fraud", "merged_at": at(merged) if merged else None}
        return self.record("change", **{**given, **_instants(fields)})

    def incident(self, detected: str | datetime, resolved: str | datetime | None = None, **fields: Any) -> Any:
        return self.record(
            "incident", detected_at=at(detected), resolved_at=at(resolved) if resolved else None, **fields
        )

    def run(self, finished: str | datetime, purpose: str = "training", outcome: str = "success", **fields: Any) -> Any:
        end = at(finished)
        given = {"repository": "acme/fraud", "started_at": end - timedelta(minutes=10), "finished_at": end}
        return self.record("pipeline_run", **{**given, "purpose": purpose, "outcome": outcome, **_instants(fields)})

    def tracked(self, finished: str | datetime, **fields: Any) -> Any:
        end = at(finished)
        given = {"experiment": "fraud/x", "started_at": end - timedelta(hours=1), "finished_at": end}
        return self.record("training_run", **{**given, "outcome": "success", **_instants(fields)})

    def version(self, created: str | datetime | None, model: str = "fraud-x", **fields: Any) -> Any:
        version = fields.pop("version", str(next(self._numbers)))
        created_at = at(created) if created else None
        given = {"id": f"{model}/{version}", "model": model, "version": version, "created_at": created_at}
        return self.record("model_version", **{**given, **fields})

    def model(self, name: str = "fraud-x", created: str | None = "2026-01-01", **fields: Any) -> Any:
        return self.record("model", id=name, name=name, created_at=at(created) if created else None, **fields)

    def alias(self, model: str, version: str, first: str, last: str = "2026-11-22 12:00", **fields: Any) -> Any:
        alias = fields.pop("alias", "champion")
        seen = {"first_seen_at": at(first), "last_seen_at": at(last)}
        return self.record(
            "model_alias", id=f"{model}/{alias}/{version}/{first}", model=model, alias=alias, version=version, **seen
        )

    def observation(self, name: str, day: str, subject: str = "fraud-x", state: str = "yes", **fields: Any) -> Any:
        moment = at(day) + timedelta(hours=12)
        identity = fields.pop("id", f"{name}/{subject}/{moment.date()}")
        return self.record(
            "observation", id=identity, name=name, subject=subject, state=state, observed_at=moment, **fields
        )


def _instants(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: at(value) if name.endswith("_at") and value else value for name, value in fields.items()}


@pytest.fixture
def make() -> Make:
    return Make()


def covering(
    start: str = "2024-01-01",
    end: str = "2026-11-22 23:59",
    *,
    source: str = "src",
    kinds: Iterable[str] = KINDS,
    scope: str = "*",
    reason: str = "",
) -> list[Coverage]:
    """Coverage rows of a source for several kinds of record."""
    return [
        Coverage(
            source=source, stream=kind, scope=scope, start=at(start), end=at(end), complete=not reason, reason=reason
        )
        for kind in kinds
    ]


@pytest.fixture
def cover() -> Callable[..., list[Coverage]]:
    return covering


def look(
    records: Iterable[Record],
    coverage: Sequence[Coverage] | None = None,
    *,
    zone: str = "UTC",
    team: Team | None = None,
    sources: Sequence[Any] = (),
) -> TeamView:
    """The view of the only team, or of the one given beside another one."""
    teams = (Team(id="only"),) if team is None else (team, Team(id="other", models=("other-*",)))
    settings = Settings.model_construct(organisation="Acme", timezone=zone, teams=teams, sources=tuple(sources))
    views = views_of(settings, list(records), covering() if coverage is None else coverage)
    return views[teams[0].id]


@pytest.fixture
def view() -> Callable[..., TeamView]:
    return look


def measured(signal_id: str, records: Iterable[Record], *, on: date = SUNDAY, **how: Any) -> Measured | Missing:
    """What the signal says of the records on a day; see `look` for the rest."""
    signal, seen = signals()[signal_id], look(records, **how)
    window = Window(first=on - timedelta(days=signal.window_days - 1), last=on, zone=seen.zone)
    return signal.measure(seen, window)


@pytest.fixture
def measure() -> Callable[..., Any]:
    """`Any`, so that a case may read `.value` or `.reason` without telling the type checker which it expects."""
    return measured
