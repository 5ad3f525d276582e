"""Kinds of source with the keys of the example, so that these tests need no collector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import Field

from mlops_maturity.config.file_model import FileModel
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.config.rules import Rules
from mlops_maturity.config.settings import EnvName, FileName, SourceSettings


class Tracking(SourceSettings):
    """A server that tracks experiments, or its database."""

    url_schemes: ClassVar[tuple[str, ...]] = ("http", "https", "sqlite", "postgresql")

    production_aliases: tuple[str, ...] = ("champion",)
    """Aliases of what serves."""
    validation_tag: str = "validated"
    """Tag of a validation's outcome."""
    max_age_tag: str = "max_age"
    """Tag of how old a model may get."""


class Builds(SourceSettings):
    """A server that runs pipelines."""

    organisation: str = ""
    """Whose repositories to read."""
    repositories: tuple[str, ...] = ()
    """Repositories to read."""
    projects: tuple[str, ...] = ()
    """Projects to read."""
    jobs: tuple[str, ...] = ()
    """Jobs to read."""
    builders: tuple[str, ...] = ("*",)
    """Builders to read."""
    environment_property: str = "environment"
    """Property that names the environment."""
    user_env: EnvName | None = None
    """Variable that holds the user's name."""
    user_file: FileName | None = None
    """File that holds the user's name."""
    rules: Rules = Field(default_factory=Rules)
    """What names mean."""


class Query(FileModel):
    """A signal of the user's own."""

    id: str
    """Its name."""
    promql: str
    """The expression."""
    unit: str = ""
    """Its unit."""
    window_days: int = 30
    """Days it looks back."""


class Metrics(SourceSettings):
    """A server that holds metrics."""

    preset: str = "custom"
    """Names a set of names."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Labels by what they mean."""
    drift_alerts: str = "Drift"
    """Alerts that mean drift."""
    drift_metric: str = ""
    """Metric of drift."""
    serving_metric: str = ""
    """Metric of requests."""
    error_matcher: str = ""
    """Matcher of errors."""
    latency_histogram: str = ""
    """Histogram of latency."""
    signals: tuple[Query, ...] = ()
    """The user's own signals."""


SOURCE_TYPES: Mapping[str, type[SourceSettings]] = {
    "mlflow": Tracking,
    **dict.fromkeys(("github", "gitlab", "jenkins", "buildbot"), Builds),
    **dict.fromkeys(("prometheus", "alertmanager"), Metrics),
}


@pytest.fixture(scope="session")
def source_types() -> Mapping[str, type[SourceSettings]]:
    return SOURCE_TYPES


@pytest.fixture(scope="session")
def golden() -> Path:
    return Path(__file__).parents[1] / "golden"


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[Callable[[], object]], list[str]]:
    """The problems a call refuses its input with, as users read them, less the folder of the test."""

    def problems(call: Callable[[], object]) -> list[str]:
        with pytest.raises(InputRefused) as refusal:
            call()
        assert refusal.value.problems
        return [str(problem).replace(f"{tmp_path}/", "") for problem in refusal.value.problems]

    return problems
