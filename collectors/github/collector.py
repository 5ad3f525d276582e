"""The collector of one GitHub source: which streams there are, and what `doctor` says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from mlops_maturity.collectors.github.api import HEADERS, Api
from mlops_maturity.collectors.github.changes import ChangeStream
from mlops_maturity.collectors.github.deployments import DeploymentStream
from mlops_maturity.collectors.github.probes import probes
from mlops_maturity.collectors.github.pulls import PullIndex
from mlops_maturity.collectors.github.repository import RepositoryStream
from mlops_maturity.collectors.github.runs import RunStream
from mlops_maturity.collectors.github.settings import GithubSettings
from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import BadAnswer, Page, Probe, ReadRequest, Stream, Unsupported
from mlops_maturity.collectors.mapping import Mapper, author_key
from mlops_maturity.evidence.records import RecordKind

_STREAMS: tuple[tuple[str, RecordKind], ...] = (
    ("runs", "pipeline_run"),
    ("repository", "observation"),
    ("deployments", "deployment"),
    ("changes", "change"),
)
"""The cheap ones first: a repository costs seven requests, a deployment one or two, a change two."""


class GithubCollector:
    """Reads one GitHub source. One request at a time, as GitHub asks for."""

    def __init__(self, source: GithubSettings, organisation: str, http: Http | None = None) -> None:
        """`organisation` is ours, from which author hashes are keyed."""
        self._source = source
        self._http = http or Http(source, headers=HEADERS, reserve=1 - source.budget)
        self._api = Api(source.id, self._http)
        self._mapper = Mapper(source.rules, author_key(organisation), source.jobs_of)
        self._pulls: dict[tuple[str, datetime], PullIndex] = {}

    def streams(self) -> Sequence[Stream]:
        """Four streams a repository; asks for the repositories of an organisation."""
        repositories = self.repositories()
        return [
            Stream(name=f"{name}:{repository}", kinds=(kind,), scope=repository)
            for name, kind in _STREAMS
            for repository in repositories
        ]

    def read(self, stream: Stream, request: ReadRequest) -> Iterator[Page]:
        """Pages of one stream. Raises SourceError."""
        name, _, repository = stream.name.partition(":")
        if name == "runs":
            return RunStream(self._api, self._mapper, repository, request).pages()
        if name == "repository":
            return RepositoryStream(self._api, self._mapper, repository, self._source.files, request).pages()
        pulls = self._pulls.setdefault((repository, request.now), PullIndex(self._api, repository))
        if name == "deployments":
            return DeploymentStream(self._api, self._mapper, repository, pulls, request).pages()
        return ChangeStream(self._api, self._mapper, repository, pulls, request).pages()

    def probe(self) -> Sequence[Probe]:
        """Reachable, version, rights, and what the rules don't know."""
        return probes(self._api, self._mapper, self.repositories)

    def close(self) -> None:
        """Ends connections."""
        self._http.close()

    def repositories(self) -> list[str]:
        """Those named, then those of the organisation that are not archived. Raises SourceError."""
        found = {name.casefold(): name for name in self._source.repositories}
        if self._source.organisation is not None:
            for name in self._of_organisation(self._source.organisation):
                found.setdefault(name.casefold(), name)
        return list(found.values())

    def _of_organisation(self, organisation: str) -> list[str]:
        try:
            pages = self._api.pages(f"orgs/{organisation}/repos", {"type": "all", "sort": "full_name"})
            rows = [row for page in pages for row in page.rows]
            return [str(row["full_name"]) for row in rows if not row.get("archived") and not row.get("disabled")]
        except (KeyError, AttributeError):
            raise BadAnswer(
                f"{self._source.id}: the list of repositories holds what is none. Is `url` right?"
            ) from None
        except Unsupported as error:
            raise Unsupported(
                f"{error} No organisation {organisation!r} that the token sees; a user's repositories are named one by "
                "one under `repositories`"
            ) from None
