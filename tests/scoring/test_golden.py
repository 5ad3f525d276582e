"""The worked case: its result was found by hand and by another implementation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mlops_maturity.config.catalogue_file import load_catalogue
from mlops_maturity.evidence.evidence_file import load_evidence
from mlops_maturity.scoring.assessment_json import to_json
from mlops_maturity.scoring.score import score

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    catalogue = load_catalogue(GOLDEN / "catalogue.yaml")
    evidence = load_evidence(GOLDEN / "evidence.json", catalogue)
    return to_json(score(catalogue, evidence, date(2026, 11, 23)))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, f"{path}/{key}")
    elif isinstance(value, list):
        yield f"{path}#", len(value)
        for index, part in enumerate(value):
            yield from _leaves(part, f"{path}/{index}")
    else:
        yield path, value


def test_every_figure_of_the_worked_case_comes_out(result: dict[str, Any], expected: dict[str, Any]) -> None:
    got = dict(_leaves(result))
    for path, value in _leaves(expected):
        wanted = pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
        assert got[path] == wanted, path


def test_only_parts_and_catalogue_come_in_addition(result: dict[str, Any], expected: dict[str, Any]) -> None:
    added = {path for path, _ in _leaves(result)} - {path for path, _ in _leaves(expected)}
    assert {path for path in added if "/parts" not in path} == {
        "/catalogue/id",
        "/catalogue/version",
        "/catalogue/hash",
    }


def test_the_keys_come_in_the_order_of_the_format(result: dict[str, Any], expected: dict[str, Any]) -> None:
    assert list(result) == ["catalogue", "as_of", "overall", "aspects", "practices"]
    assert list(result["overall"]) == list(expected["overall"])
    assert list(result["practices"]) == list(expected["practices"])
    assert list(result["practices"]["registry"]) == [*expected["practices"]["registry"], "parts"]


def test_the_parts_show_what_the_registry_value_is_made_of(result: dict[str, Any]) -> None:
    signal, survey = result["practices"]["registry"]["parts"]
    assert signal == {
        "kind": "signal",
        "id": "registered_share",
        "mass": pytest.approx(0.24),
        "value": 2.25,
        "coverage": 0.8,
        "sample": 0.8,
        "freshness": 0.5,
    }
    assert survey == {
        "kind": "survey",
        "mass": pytest.approx(0.2736),
        "value": pytest.approx(8 / 3),
        "respondents": 2,
        "spread": 1,
    }
