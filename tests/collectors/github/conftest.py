"""Makes the fakes importable by their own names, whatever the import mode; and lists that a few rows fill."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]


@pytest.fixture
def small(monkeypatch):
    """Pages of 5 and a cap of 20 on both sides, so that few runs go beyond them."""
    monkeypatch.setattr("mlops_maturity.collectors.github.runs.CAP", 20)
    monkeypatch.setattr("mlops_maturity.collectors.github.runs.PER_PAGE", 5)
    return {"cap": 20}
