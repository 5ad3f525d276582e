"""The collector of one Jenkins controller: which streams there are, and what `doctor` says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.http_client import basic_of
from mlops_maturity.collectors.interface import Page, Probe, ReadRequest, Stream, Unsupported
from mlops_maturity.collectors.jenkins.api import Api
from mlops_maturity.collectors.jenkins.builds import KINDS, BuildStream
from mlops_maturity.collectors.jenkins.facts import rules_of
from mlops_maturity.collectors.jenkins.jobs import Project, projects
from mlops_maturity.collectors.jenkins.probes import probes
from mlops_maturity.collectors.jenkins.settings import JenkinsSettings
from mlops_maturity.collectors.mapping import Mapper

_STREAM = "builds:"


class JenkinsCollector:
    """Reads one Jenkins controller."""

    def __init__(self, source: JenkinsSettings, http: Http | None = None) -> None:
        self._source = source
        self._http = http or Http(source, token_prefix="Basic ", credential=basic_of)  # noqa: S106 - the scheme's name
        self._api = Api(source.id, self._http)
        self._projects: dict[str, Project] = {}

    def streams(self) -> Sequence[Stream]:
        """One a job, or a multibranch project with all its branches; asks which there are."""
        self._projects = {project.name: project for project in projects(self._api, self._source.jobs)}
        return [Stream(name=_STREAM + name, kinds=KINDS, scope=name) for name in self._projects]

    def read(self, stream: Stream, request: ReadRequest) -> Iterator[Page]:
        """Pages of builds. Raises SourceError."""
        if not self._projects:
            self.streams()
        project = self._projects.get(stream.name.removeprefix(_STREAM))
        if project is None:
            raise Unsupported(f"{self._source.id}: no job {stream.scope} (any more)")
        return BuildStream(self._api, Mapper(rules_of(self._source)), self._source, project, request).pages()

    def probe(self) -> Sequence[Probe]:
        """Reachable, version, jobs, stages, and what the rules don't know."""
        return probes(self._api, self._source)

    def close(self) -> None:
        """Ends connections."""
        self._http.close()
