"""Deployments that reached production, in the order in which they followed one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from mlops_maturity.evidence.records import Deployment
from mlops_maturity.evidence.signals.view import TeamView, Timeline

Service = tuple[str, str, str]
"""Repository, model and environment: deployments of the same three replace one another."""


Content = tuple[str | None, str | None]
"""Commit and model version: what a deployment brings."""


class Rollout(NamedTuple):
    """A deployment in production, and the one of the same service that it replaced."""

    deployment: Deployment
    at: datetime
    """When it finished."""
    replaced: Deployment | None
    returns: bool
    """Whether it brought back what had been deployed before, in place of something else."""


def in_production(view: TeamView) -> Timeline[Deployment]:
    """Successful deployments to production by their finish; by their start where no finish is known."""
    return view.deployments.where(view.production)


def finished(deployment: Deployment) -> datetime:
    """The instant a dated deployment is filed under. Raises ValueError for an undated one."""
    moment = deployment.finished_at or deployment.started_at
    if moment is None:
        raise ValueError(f"deployment {deployment.id} has neither finish nor start")
    return moment


def rollouts(view: TeamView) -> Mapping[Service, tuple[Rollout, ...]]:
    """The deployments of each service, oldest first."""
    services: defaultdict[Service, list[Rollout]] = defaultdict(list)
    brought: defaultdict[Service, set[Content]] = defaultdict(set)
    for deployment in view.once(in_production).dated:
        key, content = service(deployment), content_of(deployment)
        sequence, earlier = services[key], brought[key]
        before = sequence[-1].deployment if sequence else None
        other = before is not None and content_of(before) not in (None, content)
        sequence.append(Rollout(deployment, finished(deployment), before, other and content in earlier))
        if content is not None:
            earlier.add(content)
    return {key: tuple(sequence) for key, sequence in services.items()}


def service(deployment: Deployment) -> Service:
    """What a deployment is a deployment of."""
    return deployment.repository or "", deployment.model or "", deployment.environment or ""


def content_of(deployment: Deployment) -> Content | None:
    """What a deployment brought; None where neither commit nor model version is known."""
    content = deployment.sha, deployment.model_version
    return None if content == (None, None) else content
