from __future__ import annotations

import pytest

from mlops_maturity.config.plural import counted


@pytest.mark.parametrize(("number", "told"), [(0, "0 teams"), (1, "1 team"), (2, "2 teams"), (2000, "2,000 teams")])
def test_a_number_has_its_noun(number: int, told: str) -> None:
    assert counted(number, "team") == told


def test_what_is_not_made_by_an_s_is_named() -> None:
    assert (counted(1, "reply", "replies"), counted(3, "reply", "replies")) == ("1 reply", "3 replies")
