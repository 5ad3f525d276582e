"""What the streams of a project have in common: lists in order of their last changes, committed batch by batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from mlops_maturity.collectors.gitlab.api import Api
from mlops_maturity.collectors.gitlab.projects import READ, Project, switched_off
from mlops_maturity.collectors.http import Parameters
from mlops_maturity.collectors.interface import Page, ReadRequest, Unsupported
from mlops_maturity.collectors.mapping import Mapper, lenient
from mlops_maturity.collectors.unread import Unread
from mlops_maturity.collectors.update_cursor import UpdateCursor
from mlops_maturity.evidence.records import Record, RecordKind


class UpdatedStream(ABC):
    """Reads one kind of record of one project once."""

    name: ClassVar[str]
    """The stream's name before the colon."""
    kind: ClassVar[RecordKind]
    path: ClassVar[str]
    """Of its list, below the project."""
    part: ClassVar[str]
    """The part of a project that it belongs to, which can be switched off."""
    batch: ClassVar[int]
    """Rows of one committed page: few where each costs further requests."""
    lists: ClassVar[Mapping[str, Parameters]] = {"": {}}
    """What the list is asked for, by the name of its place in the cursor; read one after the other."""

    def __init__(self, api: Api, mapper: Mapper, project: Project, request: ReadRequest) -> None:
        self._api, self._mapper, self._project = api, mapper, project
        self._now = request.now
        self._fresh = request.backfill or not request.cursor
        # GitLab answers 404 for what the token must not see.
        self._unread = Unread.opened(
            request.cursor.get("unread", {}), self._now, alive=partial(api.one, project.at), hides=True
        )
        self._cursors = {
            name: UpdateCursor.opened(request, request.cursor.get(name, {}) if name else request.cursor)
            for name in self.lists
        }

    def pages(self) -> Iterator[Page]:
        """Pages, oldest change first. Raises SourceError, Unsupported where the project has none of it."""
        if self.part in self._project.switched_off:
            raise switched_off(self._project, self.part)
        for index, name in enumerate(self.lists):
            for page, share in self._list(name):
                yield replace(page, done=min(0.99, (index + share) / len(self.lists)))
        yield from self._again()
        yield self._last()

    @abstractmethod
    def _records(self, rows: Sequence[Any]) -> tuple[Sequence[Record], Sequence[str]]:
        """What rows of the list come to, and a line for each that makes no record."""

    def _remembered(self) -> Mapping[str, Any]:
        """What else the cursor holds."""
        return {}

    def _is_wanted_again(self, row: Any) -> bool:
        """Whether a row of which a detail was refused can still be read with what came before and after it."""
        return True

    def _again(self) -> Iterator[Page]:
        """Rows of which a detail was refused in earlier readings, one a page."""
        at = f"{self._project.at}/{self.path}"
        for identity, row in self._unread.again(lambda identity: self._api.one(f"{at}/{identity}")):
            wanted = [row] if row is not None and self._is_wanted_again(row) else []
            records, refused = self._records(wanted)
            yield Page(records=records, refused=refused, cursor=self._cursor(), progress=f"{identity}, refused before")

    def _list(self, name: str) -> Iterator[tuple[Page, float]]:
        cursor, start = self._cursors[name], self._cursors[name].high_water
        whole = max(self._now - start, timedelta(seconds=1))
        for rows in self._rows(name, start):
            for begin in range(0, len(rows), self.batch):
                part = rows[begin : begin + self.batch]
                records, refused = self._records(part)
                self._unread.check_server()
                times = _times(part)
                for moment in times[-1:]:
                    cursor.reach(moment, self._api.settled(self._now))
                yield (
                    Page(
                        records=records,
                        refused=refused,
                        cursor=self._cursor(),
                        progress=" … ".join(f"{moment:%Y-%m-%d}" for moment in (*times[:1], *times[-1:])),
                    ),
                    min(1.0, (times[-1] - start) / whole) if times else 0.0,
                )

    def _rows(self, name: str, start: datetime) -> Iterator[list[Any]]:
        try:
            yield from self._api.updated(f"{self._project.at}/{self.path}", self.lists[name], start, self._now)
        except Unsupported:
            raise self._api.hidden(f"{self._project.path}/{self.path}", READ) from None

    def _last(self) -> Page:
        settled, source = self._api.settled(self._now), self._api.source
        spans = [
            cursor.finish(settled, source=source, stream=self.kind, scope=self._project.path)
            for cursor in self._cursors.values()
        ]
        # All lists together make one kind: it is known where the last of them is.
        known = max((part for span in spans for part in span), key=lambda span: span.start, default=None)
        return Page(
            records=(),
            cursor=self._cursor(),
            coverage=(known,) if known is not None and all(spans) else (),
            warnings=self._unread.remarks(f"{self._project.path}: details of {self.path.replace('_', ' ')}"),
            progress="up to date",
            done=1.0,
        )

    def _cursor(self) -> dict[str, Any]:
        further = {name: cursor.as_json() for name, cursor in self._cursors.items() if name}
        return {
            **self._cursors[""].as_json(),
            **further,
            "unread": self._unread.as_json(),
            **self._remembered(),
        }


def _times(rows: Sequence[Any]) -> list[datetime]:
    return sorted(
        time for row in rows if isinstance(row, dict) and (time := lenient(row.get("updated_at"))) is not None
    )
