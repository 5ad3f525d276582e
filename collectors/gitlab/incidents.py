"""The stream of incidents of one project's issue tracker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mlops_maturity.collectors.gitlab.facts import incident
from mlops_maturity.collectors.gitlab.stream import UpdatedStream
from mlops_maturity.collectors.http import Parameters
from mlops_maturity.collectors.interface import Unsupported
from mlops_maturity.collectors.mapping import mapped
from mlops_maturity.evidence.records import Incident, RecordKind


class IncidentStream(UpdatedStream):
    """Issues of the type incident. GitLab before 13.12 does not tell them from other issues."""

    name: ClassVar[str] = "incidents"
    kind: ClassVar[RecordKind] = "incident"
    path: ClassVar[str] = "issues"
    part: ClassVar[str] = "issues"
    batch: ClassVar[int] = 100
    lists: ClassVar[Mapping[str, Parameters]] = {"": {"issue_type": "incident", "scope": "all", "state": "all"}}

    def _records(self, rows: Sequence[Any]) -> tuple[list[Incident], list[str]]:
        told = [row for row in rows if not isinstance(row, dict) or self._is_incident(row)]
        return mapped(
            told, lambda row: incident(self._api.source, self._project, row), lambda row: row["iid"], "incident"
        )

    def _is_incident(self, row: Mapping[str, Any]) -> bool:
        word = row.get("issue_type") or row.get("type")
        if word is None:
            raise Unsupported(
                f"{self._project.path}: this GitLab does not say which issues are incidents; from 13.12 on it does"
            )
        return str(word).casefold() == "incident"
