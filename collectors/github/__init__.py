"""GitHub and GitHub Enterprise Server: workflow runs, deployments, pull requests."""

from __future__ import annotations

from mlops_maturity.collectors.github.collector import GithubCollector
from mlops_maturity.collectors.github.settings import GithubSettings
from mlops_maturity.collectors.interface import Collector, Kind, SettingsClass
from mlops_maturity.config.settings import Settings, SourceSettings


class _Github:
    type = "github"
    settings: SettingsClass = GithubSettings

    def build(self, source: SourceSettings, settings: Settings) -> Collector:
        if not isinstance(source, GithubSettings):
            raise TypeError(f"{source.id} has no settings of a GitHub source")
        return GithubCollector(source, settings.organisation)


KIND: Kind = _Github()
