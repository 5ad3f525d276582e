"""Which target holds for a team."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mlops_maturity.config.settings import Target, Team
from mlops_maturity.evidence.store.targets import StoredTarget
from mlops_maturity.evidence.targets import targets_of

BY = date(2027, 6, 30)
TEAM = Team(id="fraud", group="payments/risk")
AIMED = Team(id="fraud", group="payments/risk", target=Target(level=1, by=BY))


def _target(subject: str, level: int, kind: str = "group", aspect: str = "") -> StoredTarget:
    fields: dict[str, Any] = {"kind": kind, "subject": subject, "level": level, "aspect": aspect}
    return StoredTarget(by=BY, author="board", recorded_at=datetime(2026, 11, 23, tzinfo=UTC), **fields)


OWN, NEAR, FAR = _target("fraud", 3, "team"), _target("payments/risk", 2), _target("payments", 3)


@pytest.mark.parametrize(
    ("team", "standing", "origin", "level"),
    [
        (AIMED, [FAR, NEAR, OWN], "team", 3),
        (AIMED, [FAR, NEAR], "settings", 1),
        (TEAM, [NEAR, FAR], "group", 2),
        (TEAM, [FAR, NEAR], "group", 2),
        (TEAM, [FAR], "group", 3),
    ],
)
def test_the_nearest_target_holds(team: Team, standing: list[StoredTarget], origin: str, level: int) -> None:
    (found,) = targets_of(team, standing)
    assert (found.origin, found.goal.level) == (origin, level)


@pytest.mark.parametrize("group", ["payments/risky", "payments/ris", "shop", "payments/risk/deep"])
def test_targets_of_other_groups_say_nothing(group: str) -> None:
    assert targets_of(TEAM, [_target(group, 2)]) == ()


def test_a_group_called_like_a_team_is_no_team() -> None:
    assert targets_of(TEAM, [_target("fraud", 2)]) == ()
    assert targets_of(Team(id="x", group="fraud"), [OWN]) == ()


def test_an_aspect_may_have_its_own_beside_that_of_the_whole() -> None:
    found = targets_of(AIMED, [_target("payments", 2, aspect="ci-cd"), _target("fraud", 3, "team", "ci-cd"), NEAR])
    assert [(each.aspect, each.goal.level, each.origin) for each in found] == [
        ("", 1, "settings"),
        ("ci-cd", 3, "team"),
    ]
