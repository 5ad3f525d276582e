"""Promotions of model versions to production, as aliases and deployments show them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from mlops_maturity.evidence.records import ModelVersion, Record, TrainingRun
from mlops_maturity.evidence.signals.ci.production import in_production
from mlops_maturity.evidence.signals.interface import Window
from mlops_maturity.evidence.signals.serving import versions_by_name
from mlops_maturity.evidence.signals.view import TeamView, bounds


class Promotion(NamedTuple):
    """A version that came to serve: by a production alias as first seen, or by a production deployment."""

    model: str
    name: str
    """What the registry calls the version."""
    at: datetime
    """An alias counts from when it was first seen, which is never claimed as the moment of change."""
    sign: Record
    """The alias or deployment that shows it."""
    version: ModelVersion | None
    """The version itself; None where it is not among the records."""
    back: bool | None
    """Whether it took the place of a newer version; None where the age of either is not known."""
    first: bool
    """Whether this version was never in production before."""

    @property
    def record(self) -> Record:
        """What proves it best."""
        return self.version or self.sign


def promotions(view: TeamView) -> tuple[Promotion, ...]:
    """Every promotion in order of time; the same version again, with none in between, is none. For `view.once`."""
    versions = view.once(versions_by_name)
    serving: dict[str, str] = {}
    before: set[tuple[str, str]] = set()
    found = []
    for at, model, name, sign in sorted(_signs(view), key=lambda e: (*e[:3], e[3].source, e[3].id)):
        previous = serving.get(model)
        if previous == name:
            continue
        back = False if previous is None else _older(view, model, name, previous)
        version = versions.get((model, name))
        first = (model, name) not in before
        found.append(Promotion(model, name, at, sign, version, back, first))
        serving[model] = name
        before.add((model, name))
    return tuple(found)


def promoted(view: TeamView, window: Window) -> list[Promotion]:
    """The first promotions of versions that lie in the window, oldest first."""
    start, end = bounds(window)
    return [entry for entry in promoted_before(view, end) if start <= entry.at]


def promoted_before(view: TeamView, end: datetime) -> list[Promotion]:
    """The first promotion of every version, of those before an instant, oldest first."""
    return [entry for entry in view.once(promotions) if entry.first and entry.at < end]


def run_of(view: TeamView, promotion: Promotion) -> TrainingRun | None:
    """The run that made the promoted version, where both are among the records."""
    version = promotion.version
    return view.runs_by_id.get((version.source, version.run)) if version is not None and version.run else None


def _signs(view: TeamView) -> Iterator[tuple[datetime, str, str, Record]]:
    for alias in view.model_aliases:
        if alias.alias in view.words(alias.source).production_aliases:
            yield alias.first_seen_at, alias.model, alias.version, alias
    for entry in view.once(in_production):
        if entry.finished_at and entry.model and entry.model_version:
            yield entry.finished_at, entry.model, entry.model_version, entry


def _older(view: TeamView, model: str, name: str, than: str) -> bool | None:
    versions = view.once(versions_by_name)
    ages = [versions[key].created_at if key in versions else None for key in ((model, name), (model, than))]
    if ages[0] is not None and ages[1] is not None:
        return ages[0] < ages[1]
    return int(name) < int(than) if name.isdecimal() and than.isdecimal() else None
