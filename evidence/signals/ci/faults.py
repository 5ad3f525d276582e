"""Which production deployments went wrong, how that showed, and when it was put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from mlops_maturity.evidence.records import Deployment, Incident
from mlops_maturity.evidence.signals.ci.production import Rollout, content_of, finished, in_production, rollouts
from mlops_maturity.evidence.signals.view import TeamView

GRACE = timedelta(days=7)
"""How long after a deployment its failure may show, and a repair that names none is taken as its own."""
Key = tuple[str, str]


class Fate(NamedTuple):
    """What became of a production deployment."""

    deployment: Deployment
    at: datetime
    """When it finished."""
    shown: tuple[datetime, ...]
    """When incidents, roll-backs and hotfixes showed that it had failed, oldest first."""
    remedies: tuple[datetime, ...]
    """When incidents were resolved, and roll-backs and hotfixes finished, oldest first."""
    clear: bool
    """Whether a failure would have shown in what followed: that says if it was planned."""
    causes_since: datetime | None
    """When an incident first named its cause, of whatever deployment; None where none does."""

    def failed(self, by: datetime) -> bool:
        """Whether it was known to have failed before that instant."""
        return bool(self.shown) and self.shown[0] < by

    def tellable(self, by: datetime) -> bool:
        """Whether it was known before that instant that a failure would have shown."""
        return self.clear or (self.causes_since is not None and self.causes_since < by)


def fates(view: TeamView) -> tuple[Fate, ...]:
    """What became of each production deployment, in order of their finish."""
    shown: defaultdict[Key, list[datetime]] = defaultdict(list)
    remedies: defaultdict[Key, list[datetime]] = defaultdict(list)
    unclear: set[Key] = set()
    for sequence in view.once(rollouts).values():
        for rollout, victim in _repairs(view, sequence):
            shown[key_of(victim)].append(rollout.at)
            remedies[key_of(victim)].append(rollout.at)
        unclear |= {key_of(rollout.replaced) for rollout in _silent(sequence) if rollout.replaced is not None}
    causes = list(_caused(view))
    for incident, deployment in causes:
        shown[key_of(deployment)].append(incident.detected_at)
        if incident.resolved_at is not None:
            remedies[key_of(deployment)].append(incident.resolved_at)
    since = min((max(incident.detected_at, finished(cause)) for incident, cause in causes), default=None)
    return tuple(
        Fate(
            deployment=deployment,
            at=finished(deployment),
            shown=tuple(sorted(shown.get(key_of(deployment), ()))),
            remedies=tuple(sorted(remedies.get(key_of(deployment), ()))),
            clear=key_of(deployment) not in unclear,
            causes_since=since,
        )
        for deployment in view.once(in_production).dated
    )


def roll_backs(view: TeamView) -> frozenset[Key]:
    """The deployments that put something older back."""
    return frozenset(
        key_of(rollout.deployment)
        for sequence in view.once(rollouts).values()
        for rollout in sequence
        if _goes_back(rollout)
    )


def key_of(deployment: Deployment) -> Key:
    """What tells a deployment from others."""
    return deployment.source, deployment.id


def _repairs(view: TeamView, sequence: Iterable[Rollout]) -> Iterator[tuple[Rollout, Deployment]]:
    """Deployments that put right an earlier one, with that one."""
    known = view.once(_by_key)
    for rollout in sequence:
        deployment, replaced = rollout.deployment, rollout.replaced
        if deployment.rollback_of is not None:
            victim = _rolled_back(rollout, known.get((deployment.source, deployment.rollback_of)))
        else:
            victim = replaced if _soon(rollout) and (deployment.unplanned or rollout.returns) else None
        if victim is not None and view.production(victim):
            yield rollout, victim


def _rolled_back(rollout: Rollout, named: Deployment | None) -> Deployment | None:
    """What a roll-back undid. Sources name either that, or what it went back to: then both brought the same."""
    if named is None:
        return rollout.replaced
    same = content_of(named) is not None and content_of(named) == content_of(rollout.deployment)
    return rollout.replaced if same else named


def _soon(rollout: Rollout) -> bool:
    return rollout.replaced is not None and rollout.at - finished(rollout.replaced) <= GRACE


def _silent(sequence: Iterable[Rollout]) -> list[Rollout]:
    """Deployments soon after another one that don't say whether they were planned."""
    return [
        rollout
        for rollout in sequence
        if rollout.deployment.unplanned is None and _soon(rollout) and not _goes_back(rollout)
    ]


def _goes_back(rollout: Rollout) -> bool:
    return rollout.deployment.rollback_of is not None or (rollout.returns and _soon(rollout))


def _caused(view: TeamView) -> Iterator[tuple[Incident, Deployment]]:
    """Incidents that name the production deployment that caused them."""
    by_id: defaultdict[str, list[Deployment]] = defaultdict(list)
    for deployment in view.once(in_production).dated:
        by_id[deployment.id].append(deployment)
    for incident in view.incidents:
        if incident.caused_by is not None and incident.caused_by in by_id:
            yield incident, _likeliest(by_id[incident.caused_by], incident)


def _likeliest(named: list[Deployment], incident: Incident) -> Deployment:
    """Of several deployments with that id, one of the incident's own source, or the last before it."""
    own = [deployment for deployment in named if deployment.source == incident.source]
    before = [deployment for deployment in named if finished(deployment) <= incident.detected_at]
    return (own or before or named)[-1]


def _by_key(view: TeamView) -> Mapping[Key, Deployment]:
    return {key_of(deployment): deployment for deployment in view.deployments}
