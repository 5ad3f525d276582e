"""The collector of one GitLab source: which streams there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlops_maturity.collectors.gitlab.api import Api
from mlops_maturity.collectors.gitlab.changes import ChangeStream
from mlops_maturity.collectors.gitlab.deployments import DeploymentStream
from mlops_maturity.collectors.gitlab.incidents import IncidentStream
from mlops_maturity.collectors.gitlab.probes import probes
from mlops_maturity.collectors.gitlab.projects import Projects
from mlops_maturity.collectors.gitlab.repository import RepositoryStream
from mlops_maturity.collectors.gitlab.runs import RunStream
from mlops_maturity.collectors.gitlab.settings import GitlabSettings
from mlops_maturity.collectors.gitlab.stream import UpdatedStream
from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import Page, Probe, ReadRequest, Stream
from mlops_maturity.collectors.mapping import Mapper, author_key

STREAMS: tuple[type[UpdatedStream], ...] = (DeploymentStream, IncidentStream, RunStream, ChangeStream)
"""The cheap ones first: a pipeline costs a request or two, a merge request three."""
_GROUP = "group"


def open_http(source: GitlabSettings, **more: Any) -> Http:
    """How GitLab is asked: with its own header for the token, and pages counted by ourselves. `more` as of Http."""
    reserve = 1 - source.budget
    return Http(source, token_header="PRIVATE-TOKEN", token_prefix="", reserve=reserve, links=False, **more)  # noqa: S106


class GitlabCollector:
    """Reads one GitLab source, one request at a time."""

    def __init__(self, source: GitlabSettings, organisation: str, http: Http | None = None) -> None:
        """`organisation` is ours, from which author hashes are keyed."""
        self._source = source
        self._http = http or open_http(source)
        self._api = Api(source.id, source.url, self._http)
        self._mapper = Mapper(source.rules, author_key(organisation), source.jobs_of)
        self._projects = Projects(self._api, source)

    def streams(self) -> Sequence[Stream]:
        """Five streams a project, and one for each group that can't be read, to say so. Asks for groups' projects."""
        names = self._projects.names()
        all_kinds: tuple[type[UpdatedStream | RepositoryStream], ...] = (RepositoryStream, *STREAMS)
        found = [
            Stream(name=f"{kind.name}:{name}", kinds=(kind.kind,), scope=name) for kind in all_kinds for name in names
        ]
        kinds = tuple(kind.kind for kind in all_kinds)
        return [
            *found,
            *(Stream(name=f"{_GROUP}:{group}", kinds=kinds, scope=f"{group}/*") for group in self._projects.hidden),
        ]

    def read(self, stream: Stream, request: ReadRequest) -> Iterator[Page]:
        """Pages of one stream. Raises SourceError."""
        name, _, path = stream.name.partition(":")
        if name == _GROUP:
            raise self._projects.hidden[path]
        if name == RepositoryStream.name:
            return RepositoryStream(self._api, self._mapper, self._projects.get(path), request).pages()
        chosen = next(kind for kind in STREAMS if kind.name == name)
        return chosen(self._api, self._mapper, self._projects.get(path), request).pages()

    def probe(self) -> Sequence[Probe]:
        """Reachable, version, rights, and what the rules don't know."""
        has_token = bool(self._source.token_env or self._source.token_file)
        return probes(self._api, self._mapper, self._projects, STREAMS, has_token=has_token)

    def close(self) -> None:
        """Ends connections."""
        self._http.close()
