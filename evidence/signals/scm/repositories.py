"""What repositories hold, and how they are protected.

Read from observations of a repository: `protected_branch`, `lockfile`, `owner_file`, `model_card`, `template`, and one
`release_notes` a release. A code host shows the present state only, so all but the last begin when we first looked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mlops_maturity.evidence.records import Deployment, Observation, Record, occurred_at
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.production import finished, in_production
from mlops_maturity.evidence.signals.figures import share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.serving import KNOWN, observed, refused, subjects
from mlops_maturity.evidence.signals.view import TeamView, bounds


def protected_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the repositories whose default branch is protected.

    Unit: percent of repositories.
    Window: 30 days, by the newest observation.
    Formula: 100 x repositories with a protected default branch / repositories of which that is known. Where production
        deployments name repositories, those; else all that were looked at.
    Unknown: a repository whose protection may not be read (forbidden) or was not looked at lowers seen.
    Seen: repositories judged, of those; opportunities are the repositories judged.
    Source: observations `protected_branch`.
    Missing: observations not read; no repository known; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "protected_branch")


def lockfile_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the repositories with pinned dependencies.

    Unit: percent of repositories.
    Window: 30 days, by the newest observation.
    Formula: 100 x repositories with a lock file / repositories of which that is known, chosen as for protection.
    Unknown: a repository that was not looked at, or may not be, lowers seen.
    Seen: repositories judged, of those; opportunities are the repositories judged.
    Source: observations `lockfile`.
    Missing: observations not read; no repository known; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "lockfile")


def owner_file_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the repositories with a file that names their owners.

    Unit: percent of repositories.
    Window: 30 days, by the newest observation.
    Formula: 100 x repositories with an owners file / repositories of which that is known, chosen as for protection.
        Whether those named are still there is not seen.
    Unknown: a repository that was not looked at, or may not be, lowers seen.
    Seen: repositories judged, of those; opportunities are the repositories judged.
    Source: observations `owner_file`.
    Missing: observations not read; no repository known; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "owner_file")


def model_card_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the repositories with a model or system card.

    Unit: percent of repositories.
    Window: 180 days, by the newest observation.
    Formula: 100 x repositories with a card / repositories of which that is known, chosen as for protection. Whether the
        card was changed with the last version is not seen.
    Unknown: a repository that was not looked at, or may not be, lowers seen.
    Seen: repositories judged, of those; opportunities are the repositories judged.
    Source: observations `model_card`.
    Missing: observations not read; no repository known; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "model_card")


def template_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the active repositories that use the shared template or shared workflows.

    Unit: percent of repositories.
    Window: 90 days.
    Formula: 100 x repositories made from a template (observation `template`), or with a pipeline run that used a
        workflow of another repository (`attributes.shared_workflows`) / repositories of which that is known. Active is
        a repository with a pipeline run in the window.
    Unknown: a repository that was not looked at, and whose runs don't say which workflows they used, lowers seen.
    Seen: repositories judged, of the active ones; opportunities are the repositories judged.
    Source: observations `template` and pipeline runs.
    Missing: pipeline runs not read; none in the window; of no repository is it known.
    """
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    newest = {run.repository: run for run in view.pipeline_runs.between(*bounds(window)) if run.repository}
    if not newest:
        return nothing("pipeline runs", window)
    used = _shared_workflows(view, bounds(window)[1])
    judged: list[tuple[bool | None, Record]] = []
    for name in sorted(newest):
        state, record = _state(view, window, "template", name)
        told = used.get(name)
        judged.append((True if told else state if state is not None else told, record or newest[name]))
    if all(verdict is None for verdict, _ in judged):
        return refused(view, window, "template") or too_little(
            f"Of none of {len(newest)} active repositories is known whether it uses a template."
        )
    return share(judged)


def release_note_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the releases that come with notes.

    Unit: percent of releases.
    Window: 180 days, by the publication.
    Formula: 100 x releases with a text of their own / releases.
    Unknown: a release whose text may not be read lowers seen.
    Seen: releases judged, of all; opportunities are the releases judged.
    Source: observations `release_notes`, one a release.
    Missing: observations not read; no release in the window; of none is it known.
    """
    if absent := unseen(view, window, "repository"):
        return absent
    timeline = view.observations.get("release_notes")
    releases = timeline.between(*bounds(window)) if timeline else ()
    if not releases:
        return refused(view, window, "release_notes") or nothing("releases", window)
    judged: list[tuple[bool | None, Record]] = [(_yes(release), release) for release in releases]
    if all(verdict is None for verdict, _ in judged):
        return refused(view, window, "release_notes") or too_little(f"Of none of {len(releases)} releases is it known.")
    return share(judged)


def _share(view: TeamView, window: Window, name: str) -> Measured | Missing:
    if absent := unseen(view, window, "repository"):
        return absent
    looked_at = subjects(view, name, window, (*KNOWN, "unknown", "forbidden", "unsupported"))
    end = bounds(window)[1]
    deployed = {name: first for name, first in view.once(_in_production).items() if finished(first) < end}
    repositories = sorted(deployed or looked_at)
    if not looked_at:
        return refused(view, window, name) or nothing(f"repositories were looked at (`{name}`)", window)
    judged: list[tuple[bool | None, Record]] = []
    for repository in repositories:
        state, record = _state(view, window, name, repository)
        judged.append((state, record or deployed[repository]))
    if all(verdict is None for verdict, _ in judged):
        return refused(view, window, name) or too_little(f"Of {len(repositories)} repositories `{name}` is not known.")
    return share(judged)


def _state(view: TeamView, window: Window, name: str, repository: str) -> tuple[bool | None, Observation | None]:
    """The state of a repository when it was last known, and the record that tells it."""
    seen = observed(view, name, repository, window)
    known = [entry for entry in seen if entry.state in KNOWN]
    if known:
        return known[-1].state == "yes", known[-1]
    return None, seen[-1] if seen else None


def _yes(observation: Observation) -> bool | None:
    return observation.state == "yes" if observation.state in KNOWN else None


def _in_production(view: TeamView) -> dict[str, Deployment]:
    """Repositories that production deployments name, with the first of those."""
    newest_first = reversed(view.once(in_production).dated)
    return {deployment.repository: deployment for deployment in newest_first if deployment.repository}


def _shared_workflows(view: TeamView, end: datetime) -> dict[str, bool]:
    """Repositories whose runs before `end` say which workflows they used, and whether one of another was among them."""
    told, shared = view.once(_telling_workflows), view.once(_sharing_workflows)
    return {name: name in shared and shared[name] < end for name, since in told.items() if since < end}


def _telling_runs(view: TeamView) -> list[tuple[str, datetime, list[object]]]:
    """Repository and instant of the runs that say which workflows of others they used, and which, in order of time."""
    return [
        (run.repository, moment, told)
        for run in view.pipeline_runs.dated
        if isinstance(told := run.attributes.get("shared_workflows"), list)
        and run.repository
        and (moment := occurred_at(run)) is not None
    ]


def _telling_workflows(view: TeamView) -> dict[str, datetime]:
    """Repositories to the first run that says which workflows of others it used, if any."""
    return {name: moment for name, moment, _ in reversed(view.once(_telling_runs))}


def _sharing_workflows(view: TeamView) -> dict[str, datetime]:
    """Repositories to the first run that used a workflow of another one."""
    return {name: moment for name, moment, told in reversed(view.once(_telling_runs)) if told}


def _signal(name: str, title: str, days: int, measure: Callable[[TeamView, Window], Measured | Missing]) -> Signal:
    return Signal(
        id=f"scm.{name}",
        title=title,
        unit="percent",
        window_days=days,
        better="higher",
        needs=("repository",),
        source="own definition",
        measure=measure,
        snapshot_only=name != "release_note_share",
        reads=("observation",) if name == "release_note_share" else ("observation", "deployment"),
        reaches="window" if name == "release_note_share" else "past",
    )


SIGNALS = (
    _signal("protected_share", "Repositories with a protected default branch", 30, protected_share),
    _signal("lockfile_share", "Repositories with pinned dependencies", 30, lockfile_share),
    _signal("owner_file_share", "Repositories that name their owners", 30, owner_file_share),
    _signal("model_card_share", "Repositories with a model card", 180, model_card_share),
    _signal("release_note_share", "Releases with notes", 180, release_note_share),
    Signal(
        id="ci.template_share",
        title="Repositories on the shared template or workflows",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("pipeline_run",),
        source="own definition",
        measure=template_share,
        reads=("pipeline_run", "observation"),
        reaches="past",
    ),
)
