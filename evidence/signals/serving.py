"""What was observed of served models: their newest states, and which version serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from mlops_maturity.evidence.records import ModelVersion, Observation, is_gone
from mlops_maturity.evidence.signals.ci.production import in_production
from mlops_maturity.evidence.signals.interface import Missing, MissingReason, Window
from mlops_maturity.evidence.signals.view import TeamView, Timeline, bounds

KNOWN = ("yes", "no")
_States = Mapping[str, Mapping[str, Timeline[Observation]]]
_REFUSALS: Mapping[str, tuple[MissingReason, str]] = {
    "forbidden": ("forbidden", "the source refuses to tell"),
    "unsupported": ("unsupported", "the source can't tell"),
    "unknown": ("not_configured", "the metric it is read from is not exported; name the right one in the settings"),
}


def by_subject(view: TeamView) -> _States:
    """Name of the observation to subject to its observations in order of time."""
    return {
        name: dict(sorted(timeline.parted(attrgetter("subject")).items()))
        for name, timeline in view.observations.items()
    }


def observed(view: TeamView, name: str, subject: str, window: Window) -> tuple[Observation, ...]:
    """The observations of one property of one subject in the window, oldest first."""
    timeline = view.once(by_subject).get(name, {}).get(subject)
    return timeline.between(*bounds(window)) if timeline else ()


def subjects(view: TeamView, name: str, window: Window, states: Sequence[str] = KNOWN) -> list[str]:
    """The subjects of which a state among `states` was observed in the window."""
    known = view.once(by_subject).get(name, {})
    start, end = bounds(window)
    return [
        subject
        for subject, timeline in known.items()
        if any(observation.state in states for observation in timeline.between(start, end))
    ]


def served_models(view: TeamView, window: Window) -> list[str]:
    """The models that were seen answering requests in the window."""
    return subjects(view, "serving", window, ("yes",))


def refused(view: TeamView, window: Window, name: str) -> Missing | None:
    """Why a property was not observed of anything in the window, where a source said why."""
    start, end = bounds(window)
    own = view.observations.get(name)
    said = [*(own.between(start, end) if own else ())]
    said += [r for r in view.around.remarks if r.name == name and start <= r.observed_at < end]
    states = {observation.state for observation in said}
    for state, (reason, text) in _REFUSALS.items():
        if state in states and not states & set(KNOWN):
            told = next((_reason(entry) for entry in reversed(said) if entry.state == state and _reason(entry)), text)
            return Missing(reason=reason, detail=f"`{name}` is not known: {told}.")
    return None


def _reason(observation: Observation) -> str:
    """What the source itself said of it."""
    reason = observation.attributes.get("reason")
    return reason.strip().rstrip(".") if isinstance(reason, str) else ""


@dataclass(frozen=True, slots=True)
class Serving:
    """A model with the version that serves. `version` is None where it is known to serve, but not which version."""

    model: str
    version: ModelVersion | None


def is_current(view: TeamView, window: Window) -> bool:
    """Whether the window ends on the newest day of the registry, of which alone its present state speaks."""
    day = registry_day(view, window.days)
    return day is None or window.last >= day


def registry_day(view: TeamView, window_days: int) -> date | None:
    """The newest day to which the registry is read, for a window of that length; None where it is not."""
    sights = (view.sights.get(kind) for kind in ("model", "model_version", "model_alias"))
    newest = (sight.newest(window_days) for sight in sights if sight is not None)
    return max((day for day in newest if day is not None), default=None)


def served_versions(view: TeamView, window: Window) -> list[Serving]:
    """The version that serves of each model, at the end of the window.

    By what is most certain: a production alias seen in the window, the present alias or stage of a version (on the
    newest day only), the newest successful production deployment that names model and version. A model that was seen
    serving and has none of these is there without a version.
    """
    served: dict[str, str | None] = dict.fromkeys(served_models(view, window))
    served |= _deployed(view, bounds(window)[1])
    if is_current(view, window):
        served |= _marked_now(view, bounds(window)[1])
    served |= _aliased(view, window)
    versions = view.once(versions_by_name)
    return [Serving(model, versions.get((model, version or ""))) for model, version in sorted(served.items())]


def _deployed(view: TeamView, end: datetime) -> dict[str, str]:
    return {
        deployment.model: deployment.model_version
        for deployment in view.once(in_production).before(end)
        if deployment.model and deployment.model_version
    }


def _marked_now(view: TeamView, end: datetime) -> dict[str, str]:
    """By the marks on the versions that the registry still holds."""
    return {
        version.model: version.version
        for version in view.model_versions
        if marked(view, version) and not is_gone(version, end)
    }


def marked(view: TeamView, version: ModelVersion) -> bool:
    """Whether a production alias or stage is on the version at present."""
    aliases = view.words(version.source).production_aliases
    return bool(aliases & set(version.aliases)) or (version.stage or "").lower() == "production"


def _aliased(view: TeamView, window: Window) -> dict[str, str]:
    start, end = bounds(window)
    return {
        alias.model: alias.version
        for alias in view.model_aliases.before(end)
        if alias.last_seen_at >= start and alias.alias in view.words(alias.source).production_aliases
    }


def versions_by_name(view: TeamView) -> Mapping[tuple[str, str], ModelVersion]:
    """Model and name of a version to the version. For `view.once`."""
    return {(version.model, version.version): version for version in view.model_versions}
