"""The settings of an MLflow source."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from mlops_maturity.config.file_model import Number, Switch, Text, Whole
from mlops_maturity.config.settings import Glob, SourceSettings


def _names_a_slice(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    if "slice" not in groups:
        raise ValueError("should have a group (?P<slice>…) around what names the slice")
    return pattern


SlicePattern = Annotated[str, AfterValidator(_names_a_slice)]
"""A regular expression on the whole name of a metric, with a group `slice`."""


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
    approver_tags: tuple[Text, ...] = ("approved_by", "approver")
    """Tags of a model version that name who approved it; kept as a keyed hash only."""
    slice_metric: SlicePattern = r"[^/]+/(?P<slice>[^/:]+:[^/]+|slice[_.-][^/]+)"
    """Names of metrics that were taken on a slice of the data, such as `auc/region:north` or `auc/slice_new-users`: a
    regular expression on the whole name, with a group `slice`."""
    fairness_metrics: tuple[Glob, ...] = (
        "*fairness*", "*demographic_parity*", "*equalized_odds*", "*equal_opportunity*", "*disparate_impact*",
        "*statistical_parity*", "*shap*",
    )  # fmt: skip
    """Globs on names of metrics that tell of fairness or explain the model, in any case of letters."""
    fairness_tag: Text = "fairness_report"
    """Tag of a model version that names its fairness report or explanation; any value counts."""
    affects_people_tag: Text = "affects_people"
    """Tag of a model that says, true or false, whether what it predicts affects people."""
    read_model_files: Switch = False
    """Whether to read the `MLmodel` file of versions in use, once each, for dependencies and signature. The token
    needs read access to artifacts."""
    application_tag: Text = "application"
    """Tag of a prompt that names the model or application it serves; without it the prompt's own name counts."""
    trace_experiments: tuple[Glob, ...] = ("*",)
    """Globs on the names of the experiments whose traces come of production."""
    trace_sampling: Number = Field(default=1.0, gt=0, le=1)
    """The share of the requests that is traced by intent."""
    traces_per_day: Whole = Field(default=5000, ge=500, le=1_000_000)
    """How many traces of one day are read at most; of a day with more, these stand for all."""
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
