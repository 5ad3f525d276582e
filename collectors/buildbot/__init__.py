"""Buildbot: builds, and the deployments among them."""

from __future__ import annotations

from mlops_maturity.collectors.buildbot.collector import BuildbotCollector
from mlops_maturity.collectors.buildbot.settings import BuildbotSettings
from mlops_maturity.collectors.interface import Collector, Kind, SettingsClass
from mlops_maturity.config.settings import Settings, SourceSettings


class _Buildbot:
    type = "buildbot"
    settings: SettingsClass = BuildbotSettings

    def build(self, source: SourceSettings, settings: Settings) -> Collector:
        if not isinstance(source, BuildbotSettings):
            raise TypeError(f"{source.id} has no settings of a Buildbot source")
        return BuildbotCollector(source)


KIND: Kind = _Buildbot()
