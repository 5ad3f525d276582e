"""What the demo's metrics servers show of a team beyond one state a model: versions, objectives, features, cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mlops_maturity.cli.demo.dice import Dice, dice
from mlops_maturity.cli.demo.habits import Habits, Numbers
from mlops_maturity.cli.demo.teams import AUTOMATION, DELIVERY, MONTHS, WATCHING
from mlops_maturity.evidence.records import ModelVersion, Observation, Record

EXPORTED: Mapping[str, Numbers] = {
    "slo_rule": (WATCHING, (0.05, 0.35, 0.90, 1.00)),
    "quality_metric": (WATCHING, (0.00, 0.30, 0.85, 1.00)),
    "cost_metric": (WATCHING, (0.00, 0.30, 0.85, 1.00)),
}
"""What is looked for on each model, and how far it has spread at maturity 0, 1, 2 and 3."""
GENERATIVE: Mapping[str, Numbers] = {
    "genai_metric": (WATCHING, (0.00, 0.45, 0.95, 1.00)),
    "guardrail_metric": (WATCHING, (0.00, 0.30, 0.90, 1.00)),
}
"""Likewise on generative applications."""
MET: Numbers = (WATCHING, (0.45, 0.65, 0.88, 0.99))
"""Share of the objectives that are met."""
FRESH: Numbers = (AUTOMATION, (0.40, 0.65, 0.88, 0.99))
"""Share of the days on which a table of features is fresh."""
IN_STEPS: Numbers = (DELIVERY, (0.00, 0.05, 0.45, 0.97))
"""Share of the new versions that serve beside the old one for hours."""
OBJECTIVES = ("latency", "errors")
GENERATIVE_MODELS = frozenset({"document-summary", "support-agent"})


def further_metrics(habits: Habits, tracked: Iterable[Record], seed: int) -> Iterator[Observation]:
    """Everything of it, up to the day from which the team's metrics server was silent.

    `tracked` holds the versions of the registry, which serve from the day after they were made.
    """
    character = habits.character
    if character.metrics is None:
        return
    throw = dice(seed, character.id, "metrics")
    silent = character.silent_from.get(character.metrics, MONTHS)
    looks = [week + timedelta(days=6) for week in habits.period.weeks(character.since, silent)]
    for day in looks:
        yield from _exported(habits, day)
        yield from _objectives(habits, day, throw)
        yield from _features(habits, day, throw)
    if looks:
        yield from _versions(habits, tracked, looks, throw)


def _exported(habits: Habits, day: date) -> Iterator[Observation]:
    models = habits.character.models
    for place, model in enumerate(models):
        looked_for = {**EXPORTED, **(GENERATIVE if model in GENERATIVE_MODELS else {})}
        for name, numbers in looked_for.items():
            reached = (place + 0.5) / len(models) < habits.on_line(numbers, day)
            yield _observation(habits, name, model, day, reached)


def _objectives(habits: Habits, day: date, throw: Dice) -> Iterator[Observation]:
    """Of the models that alert rules watch: who sets objectives also has rules on them."""
    models = habits.character.models
    for place, model in enumerate(models):
        if (place + 0.5) / len(models) >= habits.on_line(EXPORTED["slo_rule"], day):
            continue
        for objective in OBJECTIVES:
            met = throw.evenly(f"{model}/{objective}", habits.on_line(MET, day))
            named = f"{model}-{objective}"
            yield _observation(
                habits, "slo_met", named, day, met, subject=model, label="objective", further={"objective": named}
            )


def _features(habits: Habits, day: date, throw: Dice) -> Iterator[Observation]:
    """One table a repository, for teams that have got as far as to measure its age."""
    if habits.maturity(AUTOMATION, day) < 1:
        return
    for repository in habits.character.repositories[:2]:
        table = f"{repository}-features"
        fresh = throw.evenly(table, habits.on_line(FRESH, day))
        yield _observation(habits, "feature_fresh", table, day, fresh, label="feature_table")


def _versions(habits: Habits, tracked: Iterable[Record], looks: list[date], throw: Dice) -> Iterator[Observation]:
    models = habits.character.models
    arriving = _arrivals(tracked)
    for place, model in enumerate(models):
        serving: str | None = None
        coming = iter(arriving.get(model, ()))
        following = next(coming, None)
        for day in (looks[0] + timedelta(days=number) for number in range((looks[-1] - looks[0]).days + 1)):
            before = serving
            while following is not None and following[0] <= day:
                serving, following = following[1], next(coming, None)
            is_told = serving is not None and habits.covers("version_label", place, len(models), day)
            if not is_told or (serving == before and day not in looks):
                continue
            versions = sorted({name for name in (before, serving) if name is not None})
            in_steps = len(versions) > 1 and throw.evenly("in_steps", habits.on_line(IN_STEPS, day))
            yield _observation(habits, "version_overlap", model, day, in_steps, further={"versions": versions})


def _arrivals(tracked: Iterable[Record]) -> Mapping[str, list[tuple[date, str]]]:
    """Model to the days on which its versions began to serve, oldest first."""
    found: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for record in tracked:
        if isinstance(record, ModelVersion) and record.created_at is not None:
            found[record.model].append((record.created_at.date() + timedelta(days=1), record.version))
    return {model: sorted(days, key=lambda entry: (entry[0], int(entry[1]))) for model, days in found.items()}


def _observation(
    habits: Habits,
    name: str,
    what: str,
    day: date,
    state: bool,
    *,
    subject: str | None = None,
    label: str = "model",
    further: Mapping[str, Any] | None = None,
) -> Observation:
    return Observation(
        source=str(habits.character.metrics),
        id=f"{name}/{what}/{day.isoformat()}",
        subject=subject or what,
        name=name,
        state="yes" if state else "no",
        observed_at=datetime.combine(day, time(20), UTC),
        attributes={"labels": {label: what, "team": habits.character.id}, **(further or {})},
    )
