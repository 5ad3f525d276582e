"""What becomes of alerts about models."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from mlops_maturity.evidence.records import Incident, Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen, unseen_all
from mlops_maturity.evidence.signals.ci.runs import of_purpose
from mlops_maturity.evidence.signals.figures import counted, hours, lower_median, notes, proof, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.serving import refused
from mlops_maturity.evidence.signals.view import TeamView, bounds

UNANSWERED_AFTER = timedelta(days=30)
"""An alert without an action for so long will not get one."""
SELF_CLOSED_WITHIN = timedelta(hours=1)
"""An alert that ends by itself so soon called for no action."""
_RULE = "drift_rule"
"""The observation whether an alert rule of the names in the settings watches a model."""
IGNORED_AFTER = timedelta(days=7)


class _Action(NamedTuple):
    at: datetime
    models: frozenset[str]
    """The models it is about; empty where that is not known."""
    record: Record


@dataclass(frozen=True, slots=True)
class _Alert:
    incident: Incident
    action: _Action | None
    """The first one that may answer it, within `UNANSWERED_AFTER`."""


def drift_action_hours(view: TeamView, window: Window) -> Measured | Missing:
    """Hours from a drift or quality alert to the first action that may answer it.

    Unit: hours.
    Window: 180 days, by the start of the alert.
    Formula: lower median over answered alerts of (first action - start of the alert). Actions are the start of a
        training run or training pipeline that succeeded, a roll-back, and a ticket (of a repository: about the
        models deployed from it); what is known to concern other models only, the team's or another team's, does not
        count, nor what starts more than 30 days later.
    Unknown: alerts without any action for 30 days are counted apart as unanswered and lower seen; where all are, the
        value is the 720 hours that went by at least. Younger ones are waiting, and neither. Alerts that ended by
        themselves within an hour called for no action, and are counted apart.
    Seen: answered alerts, of the answered and unanswered; opportunities are both.
    Source: incidents of category drift and quality, training runs, pipeline runs, deployments, tickets. Formula
        after the metric "drift alert to retrain".
    Missing: incidents not read, or nothing that could show an action; no alert, or none that could be one: the source
        has no alert rule of the names in the settings; all still waiting.
    """
    absent = unseen(view, window, "incident")
    absent = absent or unseen_all(view, window, "training_run", "pipeline_run", "deployment")
    if absent:
        return absent
    start, end = bounds(window)
    alerts = [alert for alert in view.once(_alerts) if start <= alert.incident.detected_at < end]
    if not alerts:
        return _misnamed(view, window) or nothing("drift or quality alerts", window)
    answered = [(alert, alert.action) for alert in alerts if alert.action is not None and alert.action.at < end]
    open_ = [alert.incident for alert in alerts if alert.action is None or alert.action.at >= end]
    closed = [incident for incident in open_ if (over := _end_of_blip(incident)) is not None and over < end]
    open_ = [incident for incident in open_ if incident not in closed]
    unanswered = [incident for incident in open_ if incident.detected_at + UNANSWERED_AFTER <= end]
    waiting = len(open_) - len(unanswered)
    remarks = notes(
        counted(len(answered), "answered"),
        counted(len(unanswered), "unanswered for 30 days"),
        counted(waiting, "waiting for an action"),
        counted(len(closed), "ended by themselves within an hour"),
    )
    if not answered and not unanswered:
        return too_little(f"No drift or quality alert can be judged yet: {remarks}.")
    delays = [hours(alert.incident.detected_at, action.at) for alert, action in answered]
    return Measured(
        value=lower_median(delays) if delays else UNANSWERED_AFTER / timedelta(hours=1),
        seen=len(answered) or len(unanswered),
        scope=len(answered) + len(unanswered),
        opportunities=len(answered) + len(unanswered),
        proof=proof([record for alert, action in answered for record in (alert.incident, action.record)] or unanswered),
        note=notes("" if delays else "at least: no alert was answered", remarks),
    )


def _misnamed(view: TeamView, window: Window) -> Missing | None:
    """Why there are no drift alerts, where a source that tells of incidents has no rule that could fire as one."""
    sight = view.sights.get("incident")
    telling = {unit.source for unit in sight.units} if sight is not None else set()
    if any(remark.name == _RULE and remark.source in telling for remark in view.around.remarks):
        return refused(view, window, _RULE)
    return None


def ignored_alert_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of model alerts that fired for more than seven days.

    Unit: percent of alerts.
    Window: 30 days; every alert that fired at some time in it, whenever it began.
    Formula: 100 x alerts that fired for more than 7 x 24 hours / alerts of which that is known.
    Unknown: an alert that has been firing for less and has not ended is not judged yet, and counted apart.
    Seen: alerts judged, of those; opportunities are the alerts judged.
    Source: incidents that are alerts (not tickets), of any category.
    Missing: incidents not read; no alert fired; none can be judged yet.
    """
    if absent := unseen(view, window, "incident"):
        return absent
    start, end = bounds(window)
    fired = [incident for incident in view.incidents.before(end) if _fires(incident, start)]
    if not fired:
        return nothing("alerts fired", window)
    judged: list[tuple[bool | None, Record]] = [(_ignored(incident, end), incident) for incident in fired]
    young = sum(verdict is None for verdict, _ in judged)
    judged = [entry for entry in judged if entry[0] is not None]
    if not judged:
        return too_little(f"{young} alerts fire, none for seven days yet.")
    return share(judged, remarks=[counted(young, "still firing, for less than seven days")])


def _fires(incident: Incident, start: datetime) -> bool:
    return incident.origin != "tracker" and (incident.resolved_at is None or incident.resolved_at >= start)


def _ignored(incident: Incident, end: datetime) -> bool | None:
    ended = incident.resolved_at is not None and incident.resolved_at < end
    until = incident.resolved_at if ended and incident.resolved_at else end
    if until - incident.detected_at > IGNORED_AFTER:
        return True
    return False if ended else None


def _end_of_blip(incident: Incident) -> datetime | None:
    """When an alert ended that was over so soon that it called for no action; None for any other alert."""
    resolved = incident.resolved_at
    return resolved if resolved is not None and resolved - incident.detected_at <= SELF_CLOSED_WITHIN else None


def _alerts(view: TeamView) -> list[_Alert]:
    own = _own_models(view)
    actions = [action for action in _actions(view) if not action.models or action.models & own]
    actions.sort(key=attrgetter("at", "record.source", "record.id"))
    moments = [action.at for action in actions]
    found = []
    for incident in view.incidents:
        if incident.category in ("drift", "quality") and incident.origin != "tracker":
            limit = _end_of_blip(incident) or incident.detected_at + UNANSWERED_AFTER
            possible = actions[bisect_left(moments, incident.detected_at) : bisect_right(moments, limit)]
            about = _models_of(view, incident)
            answers = (action for action in possible if not action.models or not about or action.models & about)
            found.append(_Alert(incident, next(answers, None)))
    return found


def _models_of(view: TeamView, incident: Incident) -> frozenset[str]:
    """The models that an incident is about; empty where that is not known.

    A tracker names a project, which stands for the models deployed from it; a subject may also be the team itself.
    """
    subject = incident.subject
    if subject is None or subject == view.team:
        return frozenset()
    deployed = view.around.makers.get(("repository", "", subject), frozenset())
    return deployed if subject in view.around.repositories else deployed | {subject}


def _own_models(view: TeamView) -> frozenset[str]:
    """The models that the team's records name: what is known to be about others only is none of its actions."""
    named = {version.model for version in view.model_versions} | {model.name for model in view.models}
    named |= {deployment.model for deployment in view.deployments if deployment.model}
    named |= {incident.subject for incident in view.incidents if incident.subject}
    named |= {observation.subject for observation in view.observations.get("serving", ())}
    return frozenset(named)


def _actions(view: TeamView) -> Iterator[_Action]:
    made = view.around.makers
    for run in view.training_runs:
        if run.outcome == "success" and run.started_at is not None:
            about = made.get(("run", run.source, run.id))
            about = about or made.get(("experiment", run.source, run.experiment or ""), frozenset())
            yield _Action(run.started_at, about, run)
    for job in of_purpose(view, "training"):
        if job.outcome == "success" and job.started_at is not None:
            yield _Action(job.started_at, made.get(("repository", "", job.repository or ""), frozenset()), job)
    for deployment in view.deployments.dated:
        at = deployment.finished_at or deployment.started_at
        if deployment.rollback_of is not None and view.production(deployment) and at is not None:
            own = frozenset({deployment.model}) if deployment.model else None
            about = own or made.get(("repository", "", deployment.repository or ""), frozenset())
            yield _Action(at, about, deployment)
    for incident in view.incidents:
        if incident.origin == "tracker":
            yield _Action(incident.detected_at, _models_of(view, incident), incident)


def _known_elsewhere(view: TeamView) -> Iterator[tuple[date | None, str]]:
    """What the answers to alerts hang on beside the records around them: which models are the team's own, which ones
    its runs, experiments, repositories and alerts are about, and which sources tell of incidents."""
    made = view.around.makers
    yield from ((None, model) for model in _own_models(view))
    experiments = {("experiment", run.source, run.experiment or "") for run in view.training_runs}
    repositories = {("repository", "", job.repository or "") for job in (*view.pipeline_runs, *view.deployments)}
    for maker in experiments | repositories:
        yield None, f"{maker} {sorted(made.get(maker, ()))}"
    for run in view.training_runs:
        if (models := made.get(("run", run.source, run.id))) and run.started_at is not None:
            yield view.local_day(run.started_at), f"{run.source} {run.id} {sorted(models)}"
    about = {incident.subject: _models_of(view, incident) for incident in view.incidents}
    yield from ((None, f"{subject} {sorted(models)}") for subject, models in about.items())
    sight = view.sights.get("incident")
    yield from ((None, f"told by {unit.source}") for unit in (sight.units if sight is not None else ()))


SIGNALS = (
    Signal(
        id="prom.drift_action_hours",
        title="Time from a drift alert to an action",
        unit="hours",
        window_days=180,
        better="lower",
        needs=("incident",),
        source="own definition",
        measure=drift_action_hours,
        reads=("incident", "training_run", "pipeline_run", "deployment", "observation"),
        reaches="past",
        hangs_on=_known_elsewhere,
    ),
    Signal(
        id="prom.ignored_alert_share",
        title="Alerts that fire for more than a week",
        unit="percent",
        window_days=30,
        better="lower",
        needs=("incident",),
        source="own definition",
        measure=ignored_alert_share,
        reads=("incident",),
        reaches="past",
    ),
)
