from __future__ import annotations

import pytest
from pydantic import ValidationError

from mlops_maturity.collectors.mlflow.settings import MlflowSettings
from mlops_maturity.collectors.registry import build, source_types
from mlops_maturity.config.settings import Settings, Team


def settings(url: str, **more: object) -> MlflowSettings:
    return MlflowSettings.model_validate({"id": "tracking", "type": "mlflow", "url": url, **more})


@pytest.mark.parametrize(
    "url",
    ["https://mlflow.acme.example", "http://host:5000/mlflow", "sqlite:////srv/mlflow.db", "postgresql://ml@db/mlflow"],
)
def test_takes_servers_and_databases(url):
    assert settings(url).url == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mlflow.acme.example", "should start with"),
        ("file:///mlruns", "should start with"),
        ("https://", "names no host"),
        ("https://ann:secret@mlflow.acme.example", "name it with"),
        ("postgresql://ml:secret@db/mlflow", "password"),
        ("http://[::1", "is no address"),
    ],
)
def test_refuses_other_addresses_with_the_next_step(url, words):
    with pytest.raises(ValidationError, match=words):
        settings(url)


def test_has_defaults_for_everything_else():
    source = settings("https://mlflow.acme.example")
    assert source.production_aliases == ("champion", "production")
    assert (source.validation_tag, source.max_age_tag) == ("validation_status", "max_age_days")


def test_is_found_by_its_type_and_opens_nothing_when_built():
    assert source_types()["mlflow"] is MlflowSettings
    collector = build(settings("http://127.0.0.1:1"), Settings(organisation="Acme", teams=(Team(id="a"),)))
    assert [stream.name for stream in collector.streams()] == [
        "models", "versions", "prompts", "runs", "traces",
    ]  # fmt: skip
    collector.close()
