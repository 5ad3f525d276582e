"""The collector of one MLflow source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlops_maturity.collectors.interface import Collector, Page, Probe, ReadRequest, Stream
from mlops_maturity.collectors.mapping import author_hash, author_key
from mlops_maturity.collectors.mlflow.client import MlflowSource
from mlops_maturity.collectors.mlflow.probing import probes
from mlops_maturity.collectors.mlflow.prompts import prompt_pages
from mlops_maturity.collectors.mlflow.registry import model_pages, version_pages
from mlops_maturity.collectors.mlflow.runs import RunReader
from mlops_maturity.collectors.mlflow.settings import MlflowSettings
from mlops_maturity.collectors.mlflow.traces import TraceReader
from mlops_maturity.config.settings import Settings, SourceSettings, Team

MODELS = Stream(name="models", kinds=("model", "model_alias"))
VERSIONS = Stream(name="versions", kinds=("model_version",))
RUNS = Stream(name="runs", kinds=("training_run",))
PROMPTS = Stream(name="prompts", kinds=("observation",))
TRACES = Stream(name="traces", kinds=("observation",))


class MlflowCollector:
    """Reads models and aliases, versions, prompts, runs, then traces: the cheap and telling ones first."""

    def __init__(
        self, source: MlflowSettings, settings: Settings, *, sleep: Callable[[float], None] | None = None
    ) -> None:
        """Opens no connection. `sleep` takes the place of waiting between tries, for tests."""
        self._source = MlflowSource(source, sleep=sleep)
        self._teams = settings.teams
        self._key = author_key(settings.organisation)

    def streams(self) -> Sequence[Stream]:
        """Always the same five; asks nothing."""
        return MODELS, VERSIONS, PROMPTS, RUNS, TRACES

    def read(self, stream: Stream, request: ReadRequest) -> Iterator[Page]:
        """Pages of one stream. Raises SourceError."""
        if stream.name == MODELS.name:
            return model_pages(self._source, request, self._owner)
        if stream.name == VERSIONS.name:
            return version_pages(self._source, request, self._hashed)
        if stream.name == PROMPTS.name:
            return prompt_pages(self._source, request)
        if stream.name == TRACES.name:
            return TraceReader(self._source, request).pages()
        return RunReader(self._source, request, self._hashed).pages()

    def probe(self) -> Sequence[Probe]:
        """What `doctor` shows. Never raises SourceError."""
        return probes(self._source)

    def close(self) -> None:
        """Ends connections."""
        self._source.close()

    def _hashed(self, name: str) -> str:
        return author_hash(self._key, name)

    def _owner(self, named: str) -> str:
        """The team where the tag names one; anybody else only as a keyed hash, for it may be a person."""
        wanted = named.strip().casefold()
        known = next((team.id for team in self._teams if wanted in _called(team)), None)
        return known or self._hashed(named)


def _called(team: Team) -> set[str]:
    return {team.id.casefold(), team.title.casefold()}


class MlflowKind:
    """Sources of `type: mlflow`."""

    settings: type[SourceSettings] = MlflowSettings
    type: str = "mlflow"

    def build(self, source: SourceSettings, settings: Settings) -> Collector:
        """A collector of one configured MLflow."""
        assert isinstance(source, MlflowSettings), "the registry hands each kind its own settings"
        return MlflowCollector(source, settings)


KIND = MlflowKind()
