"""A framework's view of an assessment: the same evidence, asked somebody else's questions.

A practice has reached a rung where its value comes within the tolerance of it and its confidence is at least what
the catalogue asks of the level of that number: a fresh questionnaire alone reaches rung 2, and never 3. The upper end
of the range asks for no confidence: what is unknown now may become known. Everything is monotone in values and
confidence, so lo <= value <= hi.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from mlops_maturity.config.catalogue import Catalogue, Parameters
from mlops_maturity.config.framework import FULL, Framework, Item, Step
from mlops_maturity.scoring.assessment import Assessment, PracticeResult
from mlops_maturity.scoring.framework_result import (
    Figures,
    FrameworkResult,
    ItemResult,
    Lacking,
    PartResult,
    Standing,
)
from mlops_maturity.scoring.thresholds import SLIP, reaches

Run = Literal["lo", "value", "hi"]
NO_PART = Figures(lo=None, value=None, hi=None)
OPEN = Figures(lo=0.0, value=None, hi=FULL)
"""Points of what can't be judged: they may be there or not."""


def judge(
    framework: Framework, catalogue: Catalogue, assessment: Assessment, kinds: frozenset[str] | None = None
) -> FrameworkResult:
    """What a framework says of a team; `assessment` is made with `catalogue`, `kinds` as in the team's evidence.

    A practice that the catalogue hasn't got can't be judged; one that is waived or concerns other kinds of model is
    left out.
    """
    waived = frozenset(name for aspect in assessment.aspects.values() for name in aspect.waived)
    view = _View(
        framework=framework,
        parameters=catalogue.parameters,
        known=assessment.practices,
        results={
            practice.id: assessment.practices[practice.id]
            for practice in catalogue.practices
            if practice.id not in waived and practice.concerns(kinds)
        },
        waived=waived,
    )
    items = {item.id: view.item(item) for item in framework.items}
    parts = tuple(view.part(part.id, items) for part in framework.parts)
    whole = _whole(framework, parts)
    return FrameworkResult(
        framework=framework.id,
        figures=whole,
        confidence=view.confidence(framework.items),
        parts=parts,
        items=tuple(items.values()),
        deciding=_deciding(framework, whole, parts, items),
        unknown=tuple(name for name in framework.practices if name in view.results and not view.is_known(name)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A framework before one assessment."""

    framework: Framework
    parameters: Parameters
    known: Mapping[str, PracticeResult]
    """Every practice of the catalogue."""
    results: Mapping[str, PracticeResult]
    """Those that count."""
    waived: frozenset[str]

    def is_known(self, practice: str) -> bool:
        return self.results[practice].confidence > 0

    def confidence(self, items: Iterable[Item]) -> float | None:
        """Mean over the practices that judge these items, each once."""
        judged = (item for item in items if all(name in self.known for name in item.practices))
        names = dict.fromkeys(name for item in judged for name in item.practices if name in self.results)
        return fsum(self.results[name].confidence for name in names) / len(names) if names else None

    def item(self, item: Item) -> ItemResult:
        standing, reason = self._standing(item)
        if standing in ("not judged", "left out"):
            # Tests are summed, so one that can't be judged may be worth a point. A level holds as far as it can be
            # judged; only what another catalogue could show, and this one can't, leaves it open.
            is_open = self.framework.rule == "tests" or bool(item.steps and standing == "not judged")
            points = OPEN if is_open else NO_PART
            return ItemResult(id=item.id, standing=standing, reason=reason, points=points, lacking=())
        points = Figures(lo=self._points(item, "lo"), value=self._points(item, "value"), hi=self._points(item, "hi"))
        return ItemResult(
            id=item.id, standing=standing, reason=reason, points=points, lacking=self._lacking(item, points)
        )

    def _standing(self, item: Item) -> tuple[Standing, str]:
        if not item.steps:
            return "not judged", item.not_judged
        missing = [name for name in item.practices if name not in self.known]
        if missing:
            return "not judged", f"the catalogue has no practice {', '.join(missing)}"
        counted = [name for name in item.practices if name in self.results]
        if not counted:
            waived = all(name in self.waived for name in item.practices)
            return "left out", "waived" if waived else "its practices are waived or for other kinds of model"
        return ("judged" if any(self.is_known(name) for name in counted) else "no evidence"), ""

    def _points(self, item: Item, run: Run) -> float:
        return max((step.points for step in item.steps if self._holds(step, run)), default=0.0)

    def _holds(self, step: Step, run: Run) -> bool:
        asked = self._asked(step)
        return bool(asked) and all(self._reached(name, rung, run) for name, rung in asked.items())

    def _asked(self, step: Step) -> Mapping[str, int]:
        return {name: rung for name, rung in step.rungs.items() if name in self.results}

    def _reached(self, practice: str, rung: int, run: Run) -> bool:
        result = self.results[practice]
        value = {"lo": result.value_lo, "value": result.value, "hi": result.value_hi}[run]
        return reaches(value, rung - self.parameters.tolerance) and (run == "hi" or self._confident(practice, rung))

    def _confident(self, practice: str, rung: int) -> bool:
        return reaches(self.results[practice].confidence, self.parameters.min_confidence[rung])

    def _lacking(self, item: Item, points: Figures) -> tuple[Lacking, ...]:
        """What the next step with more points takes."""
        more = (step for step in item.steps if step.points > (points.value or 0.0) and self._asked(step))
        following = next(more, None)
        if following is None:
            return ()
        return tuple(
            Lacking(
                item=item.id,
                practice=name,
                rung=rung,
                value=self.results[name].value,
                needs=rung - self.parameters.tolerance,
                confidence=self.results[name].confidence,
                needs_confidence=self.parameters.min_confidence[rung],
                known=self.is_known(name),
            )
            for name, rung in self._asked(following).items()
            if not self._reached(name, rung, "value")
        )

    def part(self, part: str, results: Mapping[str, ItemResult]) -> PartResult:
        items = self.framework.of_part(part)
        confidence = self.confidence(items)
        if self.framework.rule == "tests":
            points = [results[item.id].points for item in items]
            summed = Figures(lo=_sum(points, "lo"), value=_sum(points, "value"), hi=_sum(points, "hi"))
            return PartResult(id=part, figures=summed, confidence=confidence, same_from=None)
        if all(results[item.id].points == NO_PART for item in items):
            return PartResult(id=part, figures=NO_PART, confidence=confidence, same_from=None)
        is_judged = any(results[item.id].points.value is not None for item in items)
        value = self._level(items, results, "value") if is_judged else None
        figures = Figures(lo=self._level(items, results, "lo"), value=value, hi=self._level(items, results, "hi"))
        return PartResult(id=part, figures=figures, confidence=confidence, same_from=self._same_from(items, value))

    def _level(self, items: Sequence[Item], results: Mapping[str, ItemResult], run: Run) -> int:
        """The highest level of which, and of all below, no item that plays a part is missing."""
        level = self.framework.stages[0].level
        for stage in self.framework.stages[1:]:
            if any(_missing(results[item.id].points, run) for item in items if item.level == stage.level):
                return level
            level = stage.level
        return level

    def _same_from(self, items: Iterable[Item], value: float | None) -> int | None:
        """The lowest level that asks for no less than `value` does."""
        if value is None:
            return None
        asking = [item.level for item in items if item.level is not None and item.level <= value]
        return max(asking, default=self.framework.stages[0].level)


def _missing(points: Figures, run: Run) -> bool:
    figure = _figure(points, run)
    return figure is not None and figure < FULL


def _figure(figures: Figures, run: Run) -> float | None:
    return {"lo": figures.lo, "value": figures.value, "hi": figures.hi}[run]


def _sum(points: Iterable[Figures], run: Run) -> float | None:
    told = [figure for entry in points if (figure := _figure(entry, run)) is not None]
    return fsum(told) if told else None


def _whole(framework: Framework, parts: Sequence[PartResult]) -> Figures:
    combine: Callable[[Iterable[float]], float] = fsum if framework.total == "sum" else min

    def figure(run: Run) -> float | None:
        told = [value for part in parts if (value := _figure(part.figures, run)) is not None]
        return combine(told) if told else None

    return Figures(lo=figure("lo"), value=figure("value"), hi=figure("hi"))


def _deciding(
    framework: Framework, whole: Figures, parts: Sequence[PartResult], items: Mapping[str, ItemResult]
) -> tuple[Lacking, ...]:
    """What holds the lowest parts where they are; where parts are summed, every part moves the whole."""
    if whole.value is None:
        return ()
    lowest = {
        part.id
        for part in parts
        if part.figures.value is not None and (framework.total == "sum" or part.figures.value <= whole.value + SLIP)
    }
    wanted = whole.value + 1 if framework.rule == "staged" else None
    return tuple(
        lacking
        for item in framework.items
        if item.part in lowest and item.level == wanted
        for lacking in items[item.id].lacking
    )
