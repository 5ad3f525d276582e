"""What may be written in a framework's file. One key, one docstring; the reference is made from them.

Each class judges its own keys; what goes across them is in `framework_rules`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlops_maturity.config.catalogue import TOP_LEVEL
from mlops_maturity.config.file_model import FileModel, Identifier, Number, Text, Whole
from mlops_maturity.config.framework import FULL, HALF, Band, Framework, Item, Part, Rule, Source, Stage, Step, Total

Rungs = dict[Text, Annotated[int, Field(strict=True, ge=1, le=TOP_LEVEL)]]


class SourceFormat(FileModel):
    """A publication."""

    title: Text
    """Its title."""
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    """Where it can be read; http or https."""
    year: Whole = Field(ge=1900, le=9999)
    """The year of the edition that is followed."""

    def frozen(self) -> Source:
        """The source as pages take it."""
        return Source(**dict(self))


class PartFormat(FileModel):
    """A column or section, judged by itself before the whole."""

    id: Identifier
    """Short name, used in items and exports."""
    name: Text
    """What pages call it."""

    def frozen(self) -> Part:
        """The part as scoring takes it."""
        return Part(**dict(self))


class StageFormat(FileModel):
    """One level of a staged framework."""

    level: Whole = Field(ge=0, le=99)
    """Its number; levels follow each other without a gap."""
    name: Text
    """What it is called."""
    summary: Text
    """What it is like, in a sentence."""

    def frozen(self) -> Stage:
        """The level as scoring takes it."""
        return Stage(**dict(self))


class BandFormat(FileModel):
    """What a total means."""

    name: Text
    """The meaning."""
    up_to: Number | None = None
    """The highest total that still means this; left out in the last one only."""

    def frozen(self) -> Band:
        """The band as scoring takes it."""
        return Band(**dict(self))


class ItemFormat(FileModel):
    """One thing that the framework asks for."""

    id: Identifier
    """Short name, used in exports; unique."""
    part: Text
    """Id of the part it belongs to."""
    says: Text
    """What is asked, in your own words."""
    level: Whole | None = None
    """The level that asks for it, above the lowest; `staged` only."""
    practices: Rungs = Field(default_factory=dict)
    """Practice to the rung it has to reach, 1 to 3, all of them; `staged` only."""
    half: Rungs = Field(default_factory=dict)
    """Practice to the rung that earns half a point; `tests` only."""
    full: Rungs = Field(default_factory=dict)
    """Practice to the rung that earns the whole point; `tests` only."""
    related: tuple[Text, ...] = ()
    """Practices that touch it and don't show it."""
    not_judged: str = ""
    """Why no practice shows it, where none does."""

    def frozen(self) -> Item:
        """The item as scoring takes it."""
        steps = [(HALF, self.half), (FULL, self.full or self.practices)]
        return Item(
            id=self.id,
            part=self.part,
            says=self.says,
            level=self.level,
            steps=tuple(Step(points=points, rungs=rungs) for points, rungs in steps if rungs),
            related=self.related,
            not_judged=self.not_judged,
        )


class FrameworkFormat(FileModel):
    """A framework: somebody else's model, seen through the practices of the catalogue."""

    framework: Identifier
    """Its id, for `assess --framework`."""
    title: Text
    """What pages call it."""
    rule: Literal["staged", "tests"]
    """`staged`: levels that ask for practices at rungs. `tests`: half and whole points, summed in each part."""
    total: Literal["minimum", "sum"] = "minimum"
    """How the parts make the whole: the least of them, or their sum (`tests` only)."""
    sources: tuple[SourceFormat, ...] = Field(min_length=1)
    """Where it is published."""
    note: str = ""
    """What this view leaves out."""
    parts: tuple[PartFormat, ...] = Field(min_length=1)
    """Its columns or sections."""
    levels: tuple[StageFormat, ...] = ()
    """Its levels, from the lowest; `staged` only."""
    bands: tuple[BandFormat, ...] = ()
    """What totals mean, by rising end; `tests` only."""
    items: tuple[ItemFormat, ...] = Field(min_length=1)
    """What it asks for."""

    def frozen(self) -> Framework:
        """The framework as scoring and pages take it."""
        rule: Rule = self.rule
        total: Total = self.total
        return Framework(
            id=self.framework,
            title=self.title,
            rule=rule,
            total=total,
            sources=tuple(source.frozen() for source in self.sources),
            note=self.note,
            parts=tuple(part.frozen() for part in self.parts),
            stages=tuple(stage.frozen() for stage in self.levels),
            bands=tuple(band.frozen() for band in self.bands),
            items=tuple(item.frozen() for item in self.items),
        )
