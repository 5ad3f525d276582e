"""The settings of a Jenkins source."""

from __future__ import annotations

from pydantic import Field, model_validator

from mlops_maturity.config.file_model import FileModel, Switch, Text
from mlops_maturity.config.rules import Pattern, Rules
from mlops_maturity.config.settings import EnvName, FileName, Glob, SourceSettings


class EnvironmentRule(FileModel):
    """Which environment the builds of a job deploy to."""

    job: Pattern
    """Glob on the full name of the job, the branch included."""
    environment: Text = Field(alias="is")
    """Its environment; `rules.tier` says what tier that is."""


class JenkinsSettings(SourceSettings):
    """A Jenkins controller, by its remote access API.

    Under `rules.purpose`, a `pipeline` is a job with its folders, `ml/train-fraud`, or its end after a slash. A branch
    of a multibranch project counts as that project. The user needs Overall/Read and Job/Read.
    """

    jobs: tuple[Glob, ...] = Field(default=("*",), min_length=1)
    """Globs on the full names of jobs to read, such as `ml/*`; a folder or multibranch project stands for all in it."""
    user_env: EnvName | None = None
    """Environment variable that holds the name of the user to whom the token belongs."""
    user_file: FileName | None = None
    """File that holds the name of the user, relative to the settings file."""
    environment_parameters: tuple[Text, ...] = ("ENVIRONMENT", "ENV", "TARGET_ENV", "DEPLOY_ENV", "STAGE")
    """Build parameters that name the environment which a deploying build deploys to, in any case of letters; the first
    one that is there counts."""
    environments: tuple[EnvironmentRule, ...] = ()
    """Environments of jobs without such a parameter; the first match wins. Where none matches, the last word of the
    job's name that `rules.tier` knows counts."""
    libraries: tuple[Glob, ...] = ("*jenkins*librar*", "*shared*librar*", "*pipeline*librar*", "*jenkins*shared*")
    """Globs on repositories, `owner/name`, that hold shared libraries: a build checks them out, and is not of them."""
    stages: Switch = True
    """Whether stages are read, at the cost of one request a build; they need the plug-in Pipeline: REST API."""
    rules: Rules = Field(default_factory=Rules)
    """What the names of jobs, environments and branches mean."""

    @model_validator(mode="after")
    def _user_has_token(self) -> JenkinsSettings:
        user = self.user_env or self.user_file
        token = self.token_env or self.token_file
        if (user is None) != (token is None):
            missing = "token_env or token_file" if token is None else "user_env or user_file"
            raise ValueError(f"Jenkins wants a user and an API token of theirs; add {missing}")
        return self
