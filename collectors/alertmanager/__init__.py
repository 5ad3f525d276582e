"""Alertmanager: drift alerts as they stand when asked, and the silences that acknowledge them."""

from mlops_maturity.collectors.alertmanager.collector import KIND

__all__ = ["KIND"]
