"""Why a signal has no value, in one sentence with the next step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mlops_maturity.evidence.signals.interface import Missing, MissingReason, Window
from mlops_maturity.evidence.signals.view import TeamView, days_of

PLURAL: Mapping[str, str] = {
    "pipeline_run": "pipeline runs",
    "deployment": "deployments",
    "change": "changes",
    "incident": "incidents",
    "training_run": "training runs",
    "model_version": "model versions",
    "model": "models",
    "model_alias": "model aliases",
    "observation": "observations of serving",
    "repository": "facts of repositories",
    "measurement": "measurements",
}
"""Record kinds as words."""

_REASONS: tuple[tuple[str, MissingReason], ...] = (
    ("permission", "forbidden"),
    ("forbidden", "forbidden"),
    ("unsupported", "unsupported"),
    ("not configured", "not_configured"),
)
"""Words in the reason of a coverage row, and what they mean for a signal."""


def unseen(view: TeamView, window: Window, *kinds: str) -> Missing | None:
    """Why records that a signal can't do without are not known in the window; None where all of them are."""
    for kind in kinds:
        if not view.covered(kind, window):
            return _unseen_kind(view, window, kind)
    return None


def unseen_all(view: TeamView, window: Window, *kinds: str) -> Missing | None:
    """Why none of these kinds is known in the window; None where one of them is."""
    if any(view.covered(kind, window) for kind in kinds):
        return None
    return _unseen_kind(view, window, kinds[0])


def nothing(what: str, window: Window) -> Missing:
    """The sources were read and hold nothing to judge by."""
    return Missing(
        reason="no_records",
        detail=f"No {what} from {window.first} to {window.last}; if there should be some, check the team's selectors.",
    )


def too_little(what: str) -> Missing:
    """There is something, and too little of it."""
    return Missing(reason="insufficient_data", detail=what)


def _unseen_kind(view: TeamView, window: Window, kind: str) -> Missing:
    words = PLURAL[kind]
    sight = view.sights.get(kind)
    if sight is not None:
        return _unread(words, sight.reason(days_of(window)), sight.first, window)
    if kind in view.around.sights:
        return Missing(
            reason="no_records",
            detail=f"The sources that give {words} hold none of this team: check its selectors.",
        )
    return Missing(
        reason="not_configured",
        detail=f"No source has given {words} yet: connect one that has them, and collect.",
    )


def _unread(words: str, given: str, first: date | None, window: Window) -> Missing:
    state: MissingReason = next((state for word, state in _REASONS if word in given.lower()), "not_covered")
    since = f" (known from {first} on)" if first else ""
    because = f": {given}" if given else ""
    return Missing(
        reason=state,
        detail=f"The {words} of {window.first} to {window.last} were not read{since}{because}.",
    )
