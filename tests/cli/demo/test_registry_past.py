"""What only a look on the day could tell, so that no demo begins with a first look."""

from __future__ import annotations

from datetime import UTC, date, datetime

from mlops_maturity.cli.demo.generate import demo_readings
from mlops_maturity.cli.demo.period import Period
from mlops_maturity.cli.demo.registry_past import registry_past
from mlops_maturity.evidence.records import Model, ModelAlias, ModelVersion, Record
from mlops_maturity.evidence.signals.registry import signals

END = date(2026, 11, 23)
MADE = datetime(2026, 11, 2, 9, tzinfo=UTC)
MODELS: list[Record] = [
    Model(source="t", id=name, name=name, created_at=MADE, model_kind="classical") for name in ("a", "b")
]


def _version(model: str, number: str, described: bool) -> ModelVersion:
    return ModelVersion(source="t", id=f"{model}/{number}", model=model, version=number, described=described)


def _alias(version: str, day: int) -> ModelAlias:
    seen = datetime(2026, 11, day, 9, tzinfo=UTC)
    return ModelAlias(
        source="t",
        id=f"a/{version}",
        model="a",
        alias="champion",
        version=version,
        first_seen_at=seen,
        last_seen_at=seen,
    )


def test_each_sunday_tells_of_the_version_that_served_then_and_of_how_many_models_that_is_known() -> None:
    records = [*MODELS, _version("a", "1", False), _version("a", "2", True), _alias("1", 3), _alias("2", 10)]
    told = list(registry_past("team", records, Period(END)))
    assert [(line.on, line.value, line.seen, line.scope) for line in told] == [
        (date(2026, 11, 8), 0.0, 1, 2),
        (date(2026, 11, 15), 100.0, 1, 2),
    ]
    assert {line.signal for line in told} == {"mlflow.version_doc_share"}


def test_a_registry_that_never_bore_an_alias_tells_that_none_of_its_models_is_marked() -> None:
    told = list(registry_past("team", MODELS, Period(END)))
    assert [(line.signal, line.on, line.value, line.seen) for line in told] == [
        ("mlflow.alias_share", date(2026, 11, 8), 0.0, 2),
        ("mlflow.alias_share", date(2026, 11, 15), 0.0, 2),
    ]


def test_the_demo_tells_of_signals_that_exist_on_days_before_its_last_and_the_same_each_time() -> None:
    told = list(demo_readings(END))
    assert told == list(demo_readings(END))
    assert len(told) > 500
    assert {line.signal for line in told} <= set(signals())
    assert max(line.on for line in told) < date(2026, 11, 22)
