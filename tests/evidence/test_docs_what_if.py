"""The examples of docs/what-if.md are files that the command takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.what_if_file import load_weightings, load_what_if

PAGE = Path(__file__).parents[2] / "docs" / "what-if.md"


@pytest.fixture
def example(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    blocks = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    file = tmp_path / "example.yaml"
    file.write_text(blocks[request.param], encoding="utf-8")
    return file


@pytest.mark.parametrize("example", ["what-if"], indirect=True)
def test_the_what_if_is_taken_without_any_reading(example: Path) -> None:
    edits = load_what_if(example, builtin_catalogue(), ())
    assert (len(edits.answers), len(edits.readings)) == (3, 1)
    assert edits.parameters == {"share": 0.7, "min_confidence": {3: 0.5}}


@pytest.mark.parametrize("example", ["weightings"], indirect=True)
def test_the_weightings_are_taken(example: Path) -> None:
    assert [weighting.name for weighting in load_weightings(example, builtin_catalogue())] == [
        "delivery first", "watching first",
    ]  # fmt: skip
