"""GitLab, hosted or self-managed: pipelines, deployments, merge requests, incidents."""

from __future__ import annotations

from mlops_maturity.collectors.gitlab.collector import GitlabCollector
from mlops_maturity.collectors.gitlab.settings import GitlabSettings
from mlops_maturity.collectors.interface import Kind
from mlops_maturity.collectors.kind import PlainKind

KIND: Kind = PlainKind(
    "gitlab", GitlabSettings, lambda source, settings: GitlabCollector(source, settings.organisation)
)
