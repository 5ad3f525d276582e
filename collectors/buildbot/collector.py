"""The collector of one Buildbot master, and what `doctor` says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mlops_maturity.collectors.buildbot.api import Api
from mlops_maturity.collectors.buildbot.builds import KINDS, BuildStream, builders
from mlops_maturity.collectors.buildbot.settings import BuildbotSettings
from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import Page, Probe, ReadRequest, SourceError, Stream
from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.collectors.probe_lines import mapped_names, not_reached

_NEWEST = 100


class BuildbotCollector:
    """Reads one Buildbot master."""

    def __init__(self, source: BuildbotSettings, http: Http | None = None) -> None:
        self._source = source
        self._http = http or Http(source)
        self._api = Api(source.id, self._http)

    def streams(self) -> Sequence[Stream]:
        """One: a master numbers the builds of all its builders in one row."""
        return [Stream(name="builds", kinds=KINDS)]

    def read(self, stream: Stream, request: ReadRequest) -> Iterator[Page]:
        """Pages of builds. Raises SourceError."""
        return BuildStream(self._api, Mapper(self._source.rules), self._source, request).pages()

    def probe(self) -> Sequence[Probe]:
        """Reachable, version, builders, and what the rules don't know."""
        try:
            return [self._version(), *self._mapped()]
        except SourceError as error:
            return [not_reached(error, "the address of Buildbot's web pages")]

    def close(self) -> None:
        """Ends connections."""
        self._http.close()

    def _version(self) -> Probe:
        masters = self._api.rows("masters")
        server = self._http.get("api/v2/application.spec").headers.get("server", "")
        active = sum(bool(master.get("active")) for master in masters)
        detail = f"Buildbot REST API v2, {active} of {len(masters)} masters active{f' ({server})' if server else ''}"
        return Probe(name="reachable", state="ok", detail=detail)

    def _mapped(self) -> list[Probe]:
        names = builders(self._api, self._source)
        if not names:
            globs = ", ".join(self._source.builders)
            return [Probe(name="builders", state="error", detail=f"none matches {globs}", fix="correct `builders`")]
        rows = self._api.rows("builds", {"order": "-buildid", "limit": _NEWEST, "property": "*"})
        named_by = self._source.environment_property
        mapper, purposes, tiers = Mapper(self._source.rules), Counter[str](), Counter[str]()
        for row in rows:
            name = names.get(row.get("builderid") or 0)
            if name is None:
                continue
            purpose = mapper.purpose(name)
            purposes[purpose] += 1
            if purpose == "deployment":
                value = (row.get("properties") or {}).get(named_by) or [None]
                tiers[mapper.tier(value[0] or None)] += 1
        return [
            Probe(name="builders", state="ok", detail=f"{len(names)} to read"),
            mapped_names("pipelines", "builds", purposes, mapper.unmapped, "say under rules.purpose what they are"),
            mapped_names(
                "environments",
                "deployments",
                tiers,
                mapper.unmapped_environments,
                f"say under rules.tier what they are; they are named by the property {named_by!r}",
            ),
        ]
