"""The stream of how one project's repository is protected, and whether a file names its owners, once a day.

Asked of the branch itself, not of the list of protected branches: that one holds patterns, and needs more than to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import ClassVar
from urllib.parse import quote

from mlops_maturity.collectors.gitlab.api import Api
from mlops_maturity.collectors.gitlab.environments import protected_environments
from mlops_maturity.collectors.gitlab.projects import Project, switched_off
from mlops_maturity.collectors.interface import BadAnswer, Failing, Forbidden, Page, ReadRequest, Unsupported
from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.collectors.repository_facts import Finding, environment_observations, observations
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Observation, RecordKind

OWNER_FILES = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitLab looks for the file that names owners ("Code Owners", GitLab docs)."""


class RepositoryStream:
    """Looks at one project once."""

    name: ClassVar[str] = "repository"
    kind: ClassVar[RecordKind] = "observation"
    part: ClassVar[str] = "repository"

    def __init__(self, api: Api, mapper: Mapper, project: Project, request: ReadRequest) -> None:
        self._api, self._mapper, self._project, self._request = api, mapper, project, request

    def pages(self) -> Iterator[Page]:
        """One page: today's look, unless there was one. Raises SourceError, Unsupported without a repository."""
        if self.part in self._project.switched_off:
            raise switched_off(self._project, self.part)
        now, cursor = self._request.now, dict(self._request.cursor)
        today = now.astimezone(UTC).date()
        records: list[Observation] = []
        if cursor.get("looked_on") != today.isoformat() or self._request.backfill:
            protection = self.protection()
            found = {"protected_branch": protection, "owner_file": self.owners(protection)}
            environments = protected_environments(self._api, self._project, self._mapper)
            if any(finding.has_failed for finding in (*found.values(), *environments.values())):
                self._api.one(self._project.at)  # raises where it is not one fact that fails, but the server
            records = [
                *observations(self._api.source, self._project.path, found, now),
                *environment_observations(self._api.source, self._project.path, environments, now),
            ]
            if not any(finding.is_passing for finding in found.values()):
                cursor["looked_on"] = today.isoformat()
        span = Coverage(
            source=self._api.source,
            stream=self.kind,
            scope=self._project.path,
            start=datetime.combine(today, time.min, UTC),
            end=now,
        )
        yield Page(
            records=records,
            cursor=cursor,
            coverage=(span,) if span.start < span.end else (),
            progress="up to date",
            done=1.0,
        )

    def protection(self) -> Finding:
        """Whether the default branch is protected, by its own name or by a pattern. Raises SourceError."""
        branch = self._project.default_branch
        if branch is None:
            return Finding(state="unknown", reason="there is no default branch: the repository is empty, or hidden")
        try:
            described = self._api.one(f"{self._project.at}/repository/branches/{quote(branch, safe='')}")
        except (Forbidden, Failing) as error:
            return Finding.refused(error)
        except Unsupported:
            return Finding(state="unknown", reason=f"there is no branch {branch} that the token sees")
        if not isinstance(described.get("protected"), bool):
            raise BadAnswer(f"{self._api.source}: {self._project.path}: the answer for the branch {branch} is none")
        if described["protected"]:
            return Finding(state="yes", shown_by="protected branch")
        return Finding(state="no")

    def owners(self, protection: Finding) -> Finding:
        """Whether the default branch holds a file that names owners; not known where the branch itself is not."""
        if protection.state not in ("yes", "no"):
            return protection
        ref = quote(str(self._project.default_branch), safe="")
        for path in OWNER_FILES:
            try:
                held = self._api.one(f"{self._project.at}/repository/files/{quote(path, safe='')}?ref={ref}")
            except (Forbidden, Failing) as error:
                return Finding.refused(error)
            except Unsupported:
                continue  # the branch is there and may be read: 404 means that the file is not
            if not isinstance(held.get("file_path"), str):
                raise BadAnswer(f"{self._api.source}: {self._project.path}: the answer for the file {path} is none")
            return Finding(state="yes", shown_by=path)
        return Finding(state="no")
