"""Prometheus and what speaks its API: observations of serving models, drift incidents, and users' own signals."""

from mlops_maturity.collectors.prometheus.collector import KIND

__all__ = ["KIND"]
