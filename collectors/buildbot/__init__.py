"""Buildbot: builds, and the deployments among them."""

from __future__ import annotations

from mlops_maturity.collectors.buildbot.collector import BuildbotCollector
from mlops_maturity.collectors.buildbot.settings import BuildbotSettings
from mlops_maturity.collectors.interface import Kind
from mlops_maturity.collectors.kind import PlainKind

KIND: Kind = PlainKind("buildbot", BuildbotSettings, lambda source, settings: BuildbotCollector(source))
