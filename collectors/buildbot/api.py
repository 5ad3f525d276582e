"""Buildbot's REST API, version 2: rows by id, and what belongs to them, fetched in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mlops_maturity.collectors.http import Http, Parameters
from mlops_maturity.collectors.interface import BadAnswer, Unsupported

BATCH = 50
"""Builds of one page; each finished one costs a further request for its steps."""
_API = "api/v2"

Row = Mapping[str, Any]


class Api:
    """The few questions that are asked of one master."""

    def __init__(self, source: str, http: Http) -> None:
        self.source = source
        self.http = http

    def rows(self, what: str, params: Parameters | None = None, *, path: str | None = None) -> list[Row]:
        """The rows of a collection such as `builds`. Raises SourceError."""
        try:
            answer = self.http.get(f"{_API}/{path or what}", params)
        except Unsupported as error:
            raise Unsupported(f"{error} `url` should be the master's address, without /api/v2") from None
        rows = answer.data.get(what) if isinstance(answer.data, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadAnswer(f"{self.source}: {path or what} answered no list of {what}. Is `url` a Buildbot's address?")
        return rows

    def by_id(self, what: str, name: str, ids: Iterable[int]) -> dict[int, Row]:
        """Rows of these ids by their id; those that are gone are left out."""
        found: dict[int, Row] = {}
        wanted = sorted(set(ids))
        for begin in range(0, len(wanted), BATCH):
            part = wanted[begin : begin + BATCH]
            # The same filter several times means "any of them".
            rows = self.rows(what, {f"{name}__eq": part, **({"property": "*"} if what == "builds" else {})})
            found.update((row[name], row) for row in rows if isinstance(row.get(name), int))
        return found
