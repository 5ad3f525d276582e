"""Alertmanager: drift alerts as they stand when asked, and the silences that acknowledge them."""

from __future__ import annotations

from mlops_maturity.collectors.alertmanager.collector import AlertmanagerCollector
from mlops_maturity.collectors.alertmanager.settings import AlertmanagerSettings
from mlops_maturity.collectors.interface import Kind
from mlops_maturity.collectors.kind import PlainKind

KIND: Kind = PlainKind("alertmanager", AlertmanagerSettings, lambda source, settings: AlertmanagerCollector(source))
