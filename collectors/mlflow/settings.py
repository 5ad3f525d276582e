"""The settings of an MLflow source."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from mlops_maturity.config.file_model import Text, Whole
from mlops_maturity.config.settings import Glob, SourceSettings


class MlflowSettings(SourceSettings):
    """One MLflow tracking server with its model registry; with the extra `local` also its database."""

    url_schemes: ClassVar[tuple[str, ...]] = ("http", "https", "sqlite", "postgresql")

    production_aliases: tuple[Text, ...] = ("champion", "production")
    """Aliases that mark the version which serves."""
    validation_tag: Text = "validation_status"
    """Tag of a model version that holds the outcome of its validation."""
    validated_values: tuple[Text, ...] = ("approved", "passed", "validated", "ok", "true", "yes")
    """Values of that tag that mean validated, in any case of letters; any other value means it is not."""
    max_age_tag: Text = "max_age_days"
    """Tag of a model or version that declares after how many days it should be retrained."""
    owner_tags: tuple[Text, ...] = ("owner", "team")
    """Tags of a model that name its owner; the first one that is there counts."""
    kind_tag: Text = "model_kind"
    """Tag of a model that says `classical`, `genai` or `agent`."""
    automation_users: tuple[Glob, ...] = (
        "jenkins*", "gitlab-runner*", "buildbot*", "airflow*", "github-actions*", "runner", "svc-*", "*[[]bot]",
    )  # fmt: skip
    """Globs on the user of a run that mean automation: a script started by CI looks like a person's otherwise."""
    page_size: Whole = Field(default=1000, ge=1, le=5000)
    """Runs asked for at once; more makes the server slower, not faster."""

    @property
    def is_http(self) -> bool:
        """Whether a server is asked, not a database."""
        return self.url.lower().startswith(("http://", "https://"))
