"""Which generative applications a team runs, and which of them a prompt or an experiment belongs to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from mlops_maturity.evidence.records import Model, is_gone
from mlops_maturity.evidence.signals.interface import Missing, Window
from mlops_maturity.evidence.signals.view import TeamView, bounds

GENERATIVE = frozenset({"genai", "agent"})
_SEPARATORS = "-_./: "


def applications(view: TeamView, window: Window) -> tuple[str, ...]:
    """The generative applications known by the end of the window, in order of their names.

    A registered model that the registry says to be one; for a team of such kinds only, each of its models, registered
    or seen serving, that the registry does not call classical.
    """
    end = bounds(window)[1]
    kinds = {model.name: model.model_kind for model in view.models if _is_there(model, end)}
    if not view.kinds <= GENERATIVE:
        return tuple(sorted(name for name, kind in kinds.items() if kind in GENERATIVE))
    serving = view.observations.get("serving")
    named = {*kinds, *(entry.model for entry in view.model_versions.before(end) if not is_gone(entry, end))}
    named |= {entry.subject for entry in serving.before(end) if entry.state == "yes"} if serving else set()
    return tuple(sorted(name for name in named if kinds.get(name) != "classical"))


def application_of(name: str, known: Collection[str]) -> str | None:
    """The application that a prompt or experiment is named after; the only one there is; None where it can't be told.

    `support-agent-greeting`, `team/support-agent` and `support-agent` are all named after `support-agent`.
    """
    fitting = [application for application in known if _named_after(name, application)]
    if fitting:
        return max(fitting, key=len)
    return next(iter(known)) if len(known) == 1 else None


def no_application(view: TeamView, window: Window) -> Missing:
    """What is said where a team has no generative application."""
    kinds = ", ".join(sorted(view.kinds))
    return Missing(
        reason="no_records",
        detail=f"No generative application of this team (kinds: {kinds}) is known by {window.last}; if there should be "
        "some, register it and set its kind in the registry.",
    )


def _named_after(name: str, application: str) -> bool:
    if name == application or name.endswith(f"/{application}"):
        return True
    return name.startswith(application) and name[len(application)] in _SEPARATORS


def _is_there(model: Model, end: datetime) -> bool:
    return (model.created_at is None or model.created_at < end) and not is_gone(model, end)
