"""GitHub and GitHub Enterprise Server: workflow runs, deployments, pull requests, what repositories hold."""

from __future__ import annotations

from mlops_maturity.collectors.github.collector import GithubCollector
from mlops_maturity.collectors.github.settings import GithubSettings
from mlops_maturity.collectors.interface import Kind
from mlops_maturity.collectors.kind import PlainKind

KIND: Kind = PlainKind(
    "github", GithubSettings, lambda source, settings: GithubCollector(source, settings.organisation)
)
