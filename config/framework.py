"""A framework as frozen data: somebody else's model of maturity, seen through the practices of the catalogue.

Plain dataclasses, so that scoring can take them without any library. `framework_file` reads them from YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Rule = Literal["staged", "tests"]
"""`staged`: the highest level of which, and of all below, every item holds. `tests`: points, summed in each part."""
Total = Literal["minimum", "sum"]
"""How the parts make the whole."""
HALF, FULL = 0.5, 1.0
"""Points of a test that is done by hand, and of one that runs by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a framework is published."""

    title: str
    url: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A column or section of a framework, judged by itself before the whole."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One level of a staged framework."""

    level: int
    name: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What a total means, from above the band before up to `up_to`; None = no end."""

    name: str
    up_to: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What has to be there for an item to be worth so many points."""

    points: float
    rungs: Mapping[str, int]
    """Practice to the rung that it has to reach; all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that the framework asks for."""

    id: str
    part: str
    says: str
    """What is asked, in our own words."""
    level: int | None = None
    """Of a staged framework: the level that asks for it."""
    steps: tuple[Step, ...] = ()
    """By rising points, the last worth 1; none where no practice shows it."""
    related: tuple[str, ...] = ()
    """Practices that touch it and don't show it."""
    not_judged: str = ""
    """Why no practice shows it; empty where some do."""

    @property
    def practices(self) -> tuple[str, ...]:
        """The practices that judge it, each once."""
        return tuple(dict.fromkeys(practice for step in self.steps for practice in step.rungs))


@dataclass(frozen=True, kw_only=True)
class Framework:
    """A whole framework."""

    id: str
    title: str
    rule: Rule
    total: Total
    sources: tuple[Source, ...]
    note: str
    """What this view leaves out, and how it reads the original where that is silent."""
    parts: tuple[Part, ...]
    stages: tuple[Stage, ...]
    """Of a staged framework: every level from the lowest to the highest."""
    bands: tuple[Band, ...]
    """Of one with tests: what totals mean, by rising end."""
    items: tuple[Item, ...]

    @cached_property
    def practices(self) -> tuple[str, ...]:
        """The practices that judge it, in the order in which its items name them."""
        return tuple(dict.fromkeys(practice for item in self.items for practice in item.practices))

    def of_part(self, part: str) -> tuple[Item, ...]:
        """The items of one part, in order."""
        return tuple(item for item in self.items if item.part == part)

    def name_of(self, figure: float) -> str:
        """What a level or a total is called; empty where bands are not given."""
        if self.rule == "staged":
            return next((stage.name for stage in self.stages if stage.level == figure), "")
        return next((band.name for band in self.bands if band.up_to is None or figure <= band.up_to), "")
