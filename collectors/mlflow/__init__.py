"""MLflow: training runs, models, their versions and aliases.

Inside this package `mlflow` always means the distribution: imports are absolute, and of the distribution only
`client`, `stores` and `local_store` import anything, when a source is first read (it takes a second and loads pandas).
"""

from mlops_maturity.collectors.mlflow.collector import KIND

__all__ = ["KIND"]
