"""Jenkins: builds of jobs, of folders and of multibranch projects, and the deployments among them."""

from __future__ import annotations

from mlops_maturity.collectors.interface import Collector, Kind, SettingsClass
from mlops_maturity.collectors.jenkins.collector import JenkinsCollector
from mlops_maturity.collectors.jenkins.settings import JenkinsSettings
from mlops_maturity.config.settings import Settings, SourceSettings


class _Jenkins:
    type = "jenkins"
    settings: SettingsClass = JenkinsSettings

    def build(self, source: SourceSettings, settings: Settings) -> Collector:
        if not isinstance(source, JenkinsSettings):
            raise TypeError(f"{source.id} has no settings of a Jenkins source")
        return JenkinsCollector(source)


KIND: Kind = _Jenkins()
