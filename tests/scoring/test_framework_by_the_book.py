"""The package's frameworks against a second reading of their files and rules, on random teams of the built-in model."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.framework_file import builtin_frameworks
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.framework import judge
from mlops_maturity.scoring.score import score

DAY = date(2026, 11, 23)
CATALOGUE = builtin_catalogue()
FOLDER = Path(__file__).parents[2] / "config" / "frameworks"
FILES: Mapping[str, Any] = {
    written["framework"]: written for written in (YAML(typ="safe").load(path) for path in sorted(FOLDER.glob("*.yaml")))
}
LEAST = {1: 0.15, 2: 0.25, 3: 0.55}
"""Confidence by rung."""


def a_team(seed: int) -> Evidence:
    """Practices around one rung, told and shown by some people and sources of any age; some are waived."""
    chance = random.Random(seed)
    middle = chance.choice([1.0, 2.0, 2.5, 3.0, 3.3])
    answers, readings = [], []
    for practice in CATALOGUE.practices:
        rung = min(3, max(0, round(chance.gauss(middle, 0.5))))
        for who in "abc"[: chance.randint(0, 3)]:
            said, ago = chance.choice([rung, rung, min(3, rung + 1), None]), chance.choice([0, 10, 100, 400, 800])
            answers.append(
                Answer(practice=practice.id, respondent=who, value=said, on=DAY - timedelta(days=ago), attested=True)
            )
        for use in practice.signals:
            if chance.random() < 0.85:
                raw = min(use.anchors, key=lambda anchor: abs(anchor[1] - rung))[0]
                on = DAY - timedelta(days=chance.choice([0, 5, 40, 200]))
                readings.append(Reading(signal=use.id, value=raw, seen=1, scope=1, opportunities=50, on=on))
    waived = [practice.id for practice in CATALOGUE.practices if chance.random() < 0.05]
    return Evidence(
        kinds=chance.choice([None, frozenset({"classical"}), frozenset({"genai"})]),
        answers=tuple(answers),
        readings=tuple(readings),
        waivers=tuple(Waiver(practice=name, start=DAY, until=DAY, reason="random") for name in waived),
    )


class Book:
    """A framework's file read by its rule, for one of the three runs: `lo`, `value` or `hi`."""

    def __init__(self, team: Evidence, assessment: Assessment, run: str) -> None:
        waived = {waiver.practice for waiver in team.waivers}
        self.counted = {
            practice.id
            for practice in CATALOGUE.practices
            if practice.id not in waived
            and (practice.applies_to is None or team.kinds is None or team.kinds & set(practice.applies_to))
        }
        self.assessment, self.run = assessment, run

    def there(self, asked: Mapping[str, int]) -> bool:
        """Every practice that counts is at its rung, known well enough."""
        rungs = {name: rung for name, rung in asked.items() if name in self.counted}
        for name, rung in rungs.items():
            result = self.assessment.practices[name]
            value = {"lo": result.value_lo, "value": result.value, "hi": result.value_hi}[self.run]
            if value < rung - 0.15 - 1e-9 or (self.run != "hi" and result.confidence < LEAST[rung] - 1e-9):
                return False
        return bool(rungs)

    def level(self, items: list[Any], levels: list[int]) -> int | None:
        """The highest level of which, and of all below, every item that can be judged holds."""
        judged = [item for item in items if set(item.get("practices", ())) & self.counted]
        reached = levels[0] if judged else None
        for level in levels[1:] if judged else ():
            if not all(self.there(item["practices"]) for item in judged if item["level"] == level):
                break
            reached = level
        return reached

    def points(self, items: list[Any]) -> float:
        """Breck et al. 2017: half a point by hand, one by a system, summed over the section."""
        total = 0.0
        for item in items:
            named = {*item.get("half", ()), *item.get("full", ())}
            if not named & self.counted:
                total += self.run == "hi"
            elif self.there(item.get("full", {})):
                total += 1
            elif self.there(item.get("half", {})):
                total += 0.5
        return total

    def whole(self, written: Any) -> float | None:
        """The least of the parts."""
        return min((part for part in self.parts(written) if part is not None), default=None)

    def parts(self, written: Any) -> Iterator[float | None]:
        for part in written["parts"]:
            items = [item for item in written["items"] if item["part"] == part["id"]]
            if written["rule"] == "tests":
                yield self.points(items)
            else:
                yield self.level(items, [each["level"] for each in written["levels"]])


@pytest.mark.parametrize("seed", range(40))
def test_every_framework_says_of_a_team_what_its_rule_says(seed: int) -> None:
    team = a_team(seed)
    assessment = score(CATALOGUE, team, DAY)
    for name, written in FILES.items():
        found = judge(builtin_frameworks()[name], CATALOGUE, assessment, team.kinds).figures
        for run in ("lo", "value", "hi"):
            assert getattr(found, run) == Book(team, assessment, run).whole(written), (name, run)


def test_the_random_teams_reach_several_levels_of_each() -> None:
    """Else the comparison would say little."""
    reached: dict[str, set[float | None]] = {name: set() for name in FILES}
    for seed in range(40):
        team = a_team(seed)
        assessment = score(CATALOGUE, team, DAY)
        for name, written in FILES.items():
            reached[name].add(Book(team, assessment, "value").whole(written))
    assert {name: len(levels) >= 2 for name, levels in reached.items()} == dict.fromkeys(FILES, True)
    assert len(reached["ml_test_score"]) >= 5
