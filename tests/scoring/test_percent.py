"""Shares are written one way everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlops_maturity.scoring.percent import percent

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("share", "written"), [(0.0, "0 %"), (0.474, "47 %"), (1.0, "100 %"), (-0.001, "0 %")])
def test_a_share_is_whole_with_a_space_and_no_negative_zero(share: float, written: str) -> None:
    assert percent(share) == written


def test_nobody_formats_a_share_on_their_own() -> None:
    # No semicolon: that ends a width in a style sheet.
    own = re.compile(r":[^{}]*\.\d%\}|[\d}]%[ \"'.,)]")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ("cli", "dashboard", "evidence", "scoring", "collectors", "config")
        for path in sorted((ROOT / room).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if own.search(line)
    ]
    assert found == []
