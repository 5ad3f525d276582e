"""Whatever a file holds, reading it ends with data or with `InputRefused`, never with another error."""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_file import builtin_catalogue, load_catalogue
from mlops_maturity.config.framework import Framework
from mlops_maturity.config.framework_file import load_framework
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.config.settings import Settings, SourceSettings
from mlops_maturity.config.settings_file import load_settings

pytestmark = pytest.mark.slow

Types = Mapping[str, type[SourceSettings]]
T = TypeVar("T")
LENIENT = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.dates(),
    st.text(max_size=8),
    st.sampled_from(["mlflow", "github", "*", "http://h", "a", "registry", "automation", "~x", "a/b", "2027-06-30"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.one_of(st.text(max_size=6), st.integers(0, 4)), inner, max_size=4)
    ),
    max_leaves=8,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (collection, key) of a tree."""
    if isinstance(value, dict):
        return [(value, key) for key in value] + [place for part in value.values() for place in places(part)]
    if isinstance(value, list):
        return [(value, key) for key in range(len(value))] + [place for part in value for place in places(part)]
    return []


@st.composite
def mutated(draw: st.DrawFn, original: Any) -> Any:
    data = copy.deepcopy(original)
    for _ in range(draw(st.integers(1, 4))):
        there = places(data)
        if not there:
            break
        collection, key = draw(st.sampled_from(there))
        action = draw(st.sampled_from(["set", "drop", "rename", "repeat"]))
        if action == "set":
            collection[key] = draw(VALUES)
        elif action == "drop":
            del collection[key]
        elif action == "rename" and isinstance(collection, dict):
            collection[draw(st.text(max_size=6))] = collection.pop(key)
        elif action == "repeat" and isinstance(collection, list):
            collection.append(collection[key])
    return data


def dump(data: object, path: Path) -> Path:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, stream)
    path.write_text(stream.getvalue(), encoding="utf-8", errors="surrogateescape")
    return path


def outcome(call: Callable[[], T]) -> T | InputRefused:
    try:
        return call()
    except InputRefused as refused:
        return refused


def tells_where(refused: InputRefused, path: Path) -> bool:
    assert refused.problems
    assert all(problem.where.startswith(str(path)) and problem.reason for problem in refused.problems)
    assert all("\n" not in str(problem) for problem in refused.problems)
    return True


def tree(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


@pytest.fixture(scope="module")
def example(golden: Path) -> Path:
    return golden / "maturity.example.yaml"


@LENIENT
@given(data=st.data())
def test_settings_of_any_shape_are_read_or_refused(
    data: st.DataObject, example: Path, source_types: Types, tmp_path: Path
) -> None:
    path = dump(data.draw(mutated(tree(example))), tmp_path / "maturity.yaml")

    result = outcome(lambda: load_settings(path, source_types))

    assert isinstance(result, Settings) or tells_where(result, path)


@LENIENT
@given(data=st.data())
def test_settings_of_any_text_are_read_or_refused(
    data: st.DataObject, example: Path, source_types: Types, tmp_path: Path
) -> None:
    text = example.read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    junk = data.draw(st.one_of(st.binary(max_size=6), st.text("-:{}[]&*!|>%@'\"#?,\t \n<", max_size=6).map(str.encode)))
    path = tmp_path / "maturity.yaml"
    path.write_bytes(text[:start] + junk + text[end:])

    result = outcome(lambda: load_settings(path, source_types))

    assert isinstance(result, Settings) or tells_where(result, path)


@LENIENT
@given(data=st.data())
def test_a_catalogue_of_any_shape_keeps_the_rules_or_is_refused(
    data: st.DataObject, golden: Path, tmp_path: Path
) -> None:
    path = dump(data.draw(mutated(tree(golden / "catalogue.yaml"))), tmp_path / "c.yaml")

    result = outcome(lambda: load_catalogue(path))

    assert keeps_the_rules(result) if isinstance(result, Catalogue) else tells_where(result, path)


def keeps_the_rules(catalogue: Catalogue) -> bool:
    assert [level.level for level in catalogue.levels] == [0, 1, 2, 3]
    assert len(catalogue.by_id) == len(catalogue.practices) > 0
    assert catalogue.hash.startswith("sha256:")
    aspects = {aspect.id for aspect in catalogue.aspects}
    for practice in catalogue.practices:
        assert practice.aspect in aspects
        assert 0 < practice.weight < math.inf
        assert len(practice.answers) == 4
        assert all(0 <= rung <= level for level, rung in enumerate(practice.required, 1))
        assert list(practice.required) == sorted(practice.required)
        assert practice.telemetry_share <= 1 + 1e-9
        assert set(practice.prerequisites) <= set(catalogue.by_id) - {practice.id}
        assert set(practice.effort_days) == {1, 2, 3}
        for use in practice.signals:
            values = [value for value, _ in use.anchors]
            assert len(values) >= 2
            assert values == sorted(set(values))
            assert all(math.isfinite(value) and 0 <= rung <= 3 for value, rung in use.anchors)
    return True


@LENIENT
@given(data=st.data(), name=st.sampled_from(["google", "ml_test_score"]))
def test_frameworks_of_any_shape_are_read_or_refused(data: st.DataObject, name: str, tmp_path: Path) -> None:
    original = Path(__file__).parents[2] / "config" / "frameworks" / f"{name}.yaml"
    path = dump(data.draw(mutated(tree(original))), tmp_path / "framework.yaml")

    result = outcome(lambda: load_framework(path, builtin_catalogue().by_id.keys()))

    assert isinstance(result, Framework) or tells_where(result, path)
