"""Promotions of model versions to production, as aliases and deployments show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mlops_maturity.evidence.records import ModelVersion, Record, TrainingRun
from mlops_maturity.evidence.signals.view import TeamView


@dataclass(frozen=True, slots=True)
class Promotion:
    """A version that came to serve: by a production alias as first seen, or by a production deployment."""

    model: str
    version: str
    at: datetime
    record: Record
    back: bool | None
    """Whether it took the place of a newer version; None where the age of either is not known."""
    first: bool
    """Whether this version was never in production before."""


def promotions(view: TeamView) -> tuple[Promotion, ...]:
    """Every promotion in order of time; the same version again, with none in between, is none."""
    serving: dict[str, str] = {}
    before: set[tuple[str, str]] = set()
    found = []
    for at, model, version, record in sorted(_moments(view), key=lambda entry: (entry[0], entry[1], entry[2])):
        previous = serving.get(model)
        if previous == version:
            continue
        back = False if previous is None else _older(view, model, version, previous)
        found.append(Promotion(model, version, at, record, back, (model, version) not in before))
        serving[model] = version
        before.add((model, version))
    return tuple(found)


def version_of(view: TeamView, promotion: Promotion) -> ModelVersion | None:
    """The promoted version, where it is among the records."""
    return view.once(_versions).get((promotion.model, promotion.version))


def run_of(view: TeamView, promotion: Promotion) -> TrainingRun | None:
    """The run that made the promoted version, where both are among the records."""
    version = version_of(view, promotion)
    return view.runs_by_id.get((version.source, version.run)) if version is not None and version.run else None


def _moments(view: TeamView) -> list[tuple[datetime, str, str, Record]]:
    """Aliases count from when they were first seen, which is never claimed as the moment of change."""
    found: list[tuple[datetime, str, str, Record]] = [
        (alias.first_seen_at, alias.model, alias.version, alias)
        for alias in view.model_aliases
        if alias.alias in view.words(alias.source).production_aliases
    ]
    found += [
        (deployment.finished_at, deployment.model, deployment.model_version, deployment)
        for deployment in view.deployments
        if view.production(deployment) and deployment.finished_at and deployment.model and deployment.model_version
    ]
    return found


def _older(view: TeamView, model: str, version: str, than: str) -> bool | None:
    versions = view.once(_versions)
    ages = [versions[key].created_at if key in versions else None for key in ((model, version), (model, than))]
    if ages[0] is not None and ages[1] is not None:
        return ages[0] < ages[1]
    return int(version) < int(than) if version.isdecimal() and than.isdecimal() else None


def _versions(view: TeamView) -> Mapping[tuple[str, str], ModelVersion]:
    return {(version.model, version.version): version for version in view.model_versions}
