"""Signals of what pipelines and deployments show."""
