"""Jenkins: builds of jobs, of folders and of multibranch projects, and the deployments among them."""

from __future__ import annotations

from mlops_maturity.collectors.interface import Kind
from mlops_maturity.collectors.jenkins.collector import JenkinsCollector
from mlops_maturity.collectors.jenkins.settings import JenkinsSettings
from mlops_maturity.collectors.kind import PlainKind

KIND: Kind = PlainKind("jenkins", JenkinsSettings, lambda source, settings: JenkinsCollector(source))
