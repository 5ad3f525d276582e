"""The collector of one Prometheus source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlops_maturity.collectors.interface import Collector, Page, Probe, ReadRequest, Stream
from mlops_maturity.collectors.prometheus.client import PrometheusSource
from mlops_maturity.collectors.prometheus.drift import incident_pages
from mlops_maturity.collectors.prometheus.measurements import MeasurementReader
from mlops_maturity.collectors.prometheus.observations import ObservationReader
from mlops_maturity.collectors.prometheus.probing import probes
from mlops_maturity.collectors.prometheus.promql import Grouping
from mlops_maturity.collectors.prometheus.rules import rule_pages
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.config.settings import Settings, SourceSettings

RULES = Stream(name="rules", kinds=("observation",))
OBSERVATIONS = Stream(name="observations", kinds=("observation",))
INCIDENTS = Stream(name="incidents", kinds=("incident",))
SIGNALS = Stream(name="signals", kinds=("measurement",))


class PrometheusCollector:
    """Reads observations, rules, drift incidents, and the user's own signals."""

    def __init__(
        self, source: PrometheusSettings, settings: Settings, *, sleep: Callable[[float], None] | None = None
    ) -> None:
        """Opens no connection. `sleep` takes the place of waiting between tries, for tests."""
        self._settings = source
        self._teams = settings.teams
        self._source = PrometheusSource(source, sleep=sleep)
        self._grouping = Grouping.of(source.model_label, [team.prometheus for team in settings.teams])

    def streams(self) -> Sequence[Stream]:
        """Those that the settings call for; asks nothing. What is not configured is said by the observations."""
        settings = self._settings
        called_for = [OBSERVATIONS]
        if settings.drift_alerts is not None or settings.slo_alerts is not None:
            called_for.append(RULES)
        if settings.drift_alerts is not None:
            called_for.append(INCIDENTS)
        return [*called_for, SIGNALS] if settings.signals else called_for

    def read(self, stream: Stream, request: ReadRequest) -> Iterator[Page]:
        """Pages of one stream. Raises SourceError."""
        if stream.name == SIGNALS.name:
            return MeasurementReader(self._source, self._settings.signals, self._teams, request).pages()
        if stream.name == INCIDENTS.name:
            return incident_pages(self._source, self._settings.drift_alerts or "", request)
        if stream.name == RULES.name:
            return rule_pages(self._source, self._grouping, request)
        return ObservationReader(self._source, self._grouping, request).pages()

    def probe(self) -> Sequence[Probe]:
        """What `doctor` shows. Never raises SourceError."""
        return probes(self._source)

    def close(self) -> None:
        """Ends connections."""
        self._source.close()


class PrometheusKind:
    """Sources of `type: prometheus`."""

    settings: type[SourceSettings] = PrometheusSettings
    type: str = "prometheus"

    def build(self, source: SourceSettings, settings: Settings) -> Collector:
        """A collector of one configured Prometheus."""
        assert isinstance(source, PrometheusSettings), "the registry hands each kind its own settings"
        return PrometheusCollector(source, settings)


KIND = PrometheusKind()
