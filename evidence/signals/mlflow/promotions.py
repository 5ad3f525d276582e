"""When model versions were first promoted to production, and which those are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mlops_maturity.evidence.records import ModelVersion, Record
from mlops_maturity.evidence.signals.interface import Window
from mlops_maturity.evidence.signals.view import TeamView, bounds

_Firsts = Mapping[tuple[str, str], tuple[datetime, Record]]


@dataclass(frozen=True, slots=True)
class Promoted:
    """The first promotion of one version. `version` is None where it is not among the records."""

    model: str
    at: datetime
    version: ModelVersion | None
    sign: Record
    """The alias or deployment that shows it."""

    @property
    def record(self) -> Record:
        """What proves it best."""
        return self.version or self.sign


def promoted(view: TeamView, window: Window) -> list[Promoted]:
    """The versions first promoted in the window, oldest promotion first.

    A promotion is the day on which a production alias was first seen on the version, or the finish of its first
    successful production deployment.
    """
    start, end = bounds(window)
    return [entry for entry in view.once(_all_promoted) if start <= entry.at < end]


def promoted_before(view: TeamView, end: datetime) -> list[Promoted]:
    """Every version whose first promotion lies before an instant, oldest promotion first."""
    return [entry for entry in view.once(_all_promoted) if entry.at < end]


def _all_promoted(view: TeamView) -> tuple[Promoted, ...]:
    versions = {(version.model, version.version): version for version in view.model_versions}
    return tuple(
        Promoted(model=key[0], at=at, version=versions.get(key), sign=sign) for key, (at, sign) in _firsts(view).items()
    )


def _firsts(view: TeamView) -> _Firsts:
    """Model and version to its first promotion and the record that shows it, in order of time."""
    seen: list[tuple[datetime, tuple[str, str], Record]] = [
        (alias.first_seen_at, (alias.model, alias.version), alias)
        for alias in view.model_aliases
        if alias.alias in view.words(alias.source).production_aliases
    ]
    seen += [
        (deployment.finished_at, (deployment.model, deployment.model_version), deployment)
        for deployment in view.deployments
        if view.production(deployment)
        and deployment.finished_at and deployment.model and deployment.model_version
    ]  # fmt: skip
    first: dict[tuple[str, str], tuple[datetime, Record]] = {}
    for moment, key, record in sorted(seen, key=lambda entry: (entry[0], entry[1], entry[2].source, entry[2].id)):
        first.setdefault(key, (moment, record))
    return first
