"""GitLab, hosted or self-managed: pipelines, deployments, merge requests, incidents."""

from __future__ import annotations

from mlops_maturity.collectors.gitlab.collector import GitlabCollector
from mlops_maturity.collectors.gitlab.settings import GitlabSettings
from mlops_maturity.collectors.interface import Collector, Kind, SettingsClass
from mlops_maturity.config.settings import Settings, SourceSettings


class _Gitlab:
    type = "gitlab"
    settings: SettingsClass = GitlabSettings

    def build(self, source: SourceSettings, settings: Settings) -> Collector:
        if not isinstance(source, GitlabSettings):
            raise TypeError(f"{source.id} has no settings of a GitLab source")
        return GitlabCollector(source, settings.organisation)


KIND: Kind = _Gitlab()
