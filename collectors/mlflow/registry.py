"""The streams of the model registry: a whole snapshot every time, for the interface has no "changed since".

What was deleted before our first snapshot is not there any more, so older history shows survivors; what is deleted
later is marked gone and keeps its past. Aliases have no time of their own: what
is known of their history is what our own snapshots saw, kept in the cursor as first sightings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from mlops_maturity.collectors.interface import Page, ReadRequest
from mlops_maturity.collectors.mapping import mapped
from mlops_maturity.collectors.mlflow.client import MlflowSource
from mlops_maturity.collectors.mlflow.logged_models import LoggedModels, logged_model_of
from mlops_maturity.collectors.mlflow.model_files import ModelFiles
from mlops_maturity.collectors.mlflow.registry_records import (
    alias_record,
    aliases_of,
    in_use,
    model_record,
    version_record,
)
from mlops_maturity.collectors.unread import Unread
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import ModelVersion, Record

LONGEST_GAP = timedelta(days=7)
"""Between snapshots further apart than this, aliases may have moved unseen: the span is not known."""
_PAGE = 500
T = TypeVar("T")


def model_pages(source: MlflowSource, request: ReadRequest, owner: Callable[[str], str | None]) -> Iterator[Page]:
    """All models, and where their aliases point now."""
    sightings = _Sightings.of(request.cursor, request.now)
    covered = _since(source, "model", request)
    present: list[str] = []
    for models in _in_pages(source.models()):
        present += [model.name for model in models]
        made, refused = mapped(
            models, lambda model: model_record(model, source.settings, owner), lambda model: model.name, "model"
        )
        records: list[Record] = [*made]
        for model in models:
            for alias, version in sorted(aliases_of(model).items()):
                first_seen = sightings.see(model.name, alias, version)
                records.append(alias_record(model.name, alias, version, first_seen, request.now, source.settings))
        yield Page(records=records, refused=refused, cursor=sightings.unfinished(), progress="models and aliases")
    spans = (*covered, *sightings.coverage(source.settings.id))
    yield Page(
        records=(),
        cursor=sightings.finished(),
        coverage=spans,
        present={"model": present},
        progress="models and aliases",
        done=1.0,
    )


def version_pages(source: MlflowSource, request: ReadRequest, hashed: Callable[[str], str]) -> Iterator[Page]:
    """All model versions, with the aliases that their models carry. `hashed` makes a keyed hash of a person."""
    models = {model.name: model for model in source.models()}
    unread = Unread.opened(request.cursor.get("unread_files", {}), request.now, hides=True)
    files = ModelFiles(source, request.cursor.get("files", {}), unread)
    logged = LoggedModels(source, request.cursor.get("logged", {}), request)
    behind: dict[str, str | None] = {}
    """Version id to the logged model that it was registered from."""

    def record(version: Any) -> ModelVersion:
        plain = version_record(version, models.get(version.name), source.settings, hashed)
        facts = files.facts(plain.model, plain.version, wanted=in_use(plain))
        return plain.model_copy(update={"attributes": {**plain.attributes, **facts}}) if facts else plain

    for versions in _in_pages(source.versions()):
        behind |= {_version_id(version): logged_model_of(version) for version in versions}
        records, refused = mapped(versions, record, _version_id, "model version")
        logged.look_up((made, behind.get(made.id)) for made in records)
        records = [logged.told(made, behind.get(made.id)) for made in records]
        yield Page(records=records, refused=refused, cursor=dict(request.cursor), progress="model versions")
    told, remembered = files.kept(behind), logged.kept({model for model in behind.values() if model})
    yield Page(
        records=(),
        cursor={
            "read_at": request.now.isoformat(),
            **({"files": told} if told else {}),
            **({"unread_files": waiting} if (waiting := unread.as_json()) else {}),
            **({"logged": remembered} if remembered else {}),
        },
        coverage=_since(source, "model_version", request),
        warnings=[*([logged.refusal] if logged.refusal else []), *unread.remarks("model files of versions")],
        present={"model_version": list(behind)},
        progress="model versions",
        done=1.0,
    )


def _version_id(version: Any) -> str:
    return f"{version.name}/{version.version}"


@dataclass
class _Sightings:
    """Which alias was first seen at which version when. Times in seconds since the epoch."""

    now: datetime
    before: Mapping[str, Mapping[str, list[Any]]]
    """Model, alias to [version, first seen] at the last whole snapshot and this one so far."""
    seen: dict[str, dict[str, list[Any]]]
    begun: datetime
    """Since when snapshots follow each other closely enough."""
    last: datetime | None
    """The last whole snapshot."""

    @classmethod
    def of(cls, cursor: Mapping[str, Any], now: datetime) -> _Sightings:
        """From a stored cursor, or the first ones."""
        begun = datetime.fromtimestamp(cursor["begun"], UTC) if "begun" in cursor else _midnight(now)
        last = datetime.fromtimestamp(cursor["last"], UTC) if "last" in cursor else None
        return cls(now=now, before=cursor.get("aliases", {}), seen={}, begun=begun, last=last)

    def see(self, model: str, alias: str, version: str) -> datetime:
        """Since when this alias was seen at this version without a break that we saw."""
        known = self.before.get(model, {}).get(alias)
        first = known[1] if known is not None and known[0] == version else int(self.now.timestamp())
        self.seen.setdefault(model, {})[alias] = [version, first]
        return datetime.fromtimestamp(first, UTC)

    def unfinished(self) -> dict[str, Any]:
        """The cursor within a snapshot: what it has not come to yet stands as it was."""
        return self._cursor({**self.before, **self.seen}, self.last)

    def finished(self) -> dict[str, Any]:
        """The cursor after a whole snapshot: what it did not show is gone."""
        return self._cursor(self.seen, self.now)

    def coverage(self, source: str) -> tuple[Coverage, ...]:
        """From the day of the first snapshot on, without the gaps in which nobody looked."""
        start = self.begun if self.last is None else min(self.last, self.now)
        watched = self.last is None or self.now - self.last <= LONGEST_GAP
        reason = "" if watched else f"no snapshot between {start:%Y-%m-%d} and {self.now:%Y-%m-%d}"
        if start >= self.now:
            return ()
        return (
            Coverage(
                source=source,
                stream="model_alias",
                scope="*",
                start=start,
                end=self.now,
                complete=watched,
                reason=reason,
            ),
        )

    def _cursor(self, aliases: Mapping[str, Any], last: datetime | None) -> dict[str, Any]:
        cursor: dict[str, Any] = {"begun": int(self.begun.timestamp()), "aliases": dict(sorted(aliases.items()))}
        return cursor if last is None else {**cursor, "last": int(last.timestamp())}


def _midnight(now: datetime) -> datetime:
    """The beginning of the day (UTC) of the first snapshot: a day counts as watched once it was looked at."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _since(source: MlflowSource, stream: str, request: ReadRequest) -> tuple[Coverage, ...]:
    return (Coverage(source=source.settings.id, stream=stream, scope="*", start=request.since, end=request.now),)


def _in_pages(items: Iterator[T]) -> Iterator[Sequence[T]]:
    while page := list(islice(items, _PAGE)):
        yield page
