"""Words on the teams that a mean is of. Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.facts.members import Turnover
from mlops_maturity.dashboard.text import day, join, safe

_MOST = 5


def of_whom(found: Turnover, titles: Mapping[str, str]) -> str:
    """Sentences to be put behind a help text: who came and went within the line, and what the change compares."""
    if not found.joined and not found.left:
        return ""
    came = f" Counted since: {_named(found.joined, titles)}." if found.joined else ""
    went = f" No longer counted since: {_named(found.left, titles)}." if found.left else ""
    return (
        ". A team counts from the week in which enough is known of it, and then the line steps though no team changed."
        f"{came}{went} The change compares the teams known at both ends"
    )


def _named(teams: Sequence[tuple[str, date]], titles: Mapping[str, str]) -> str:
    more = [counted(len(teams) - _MOST, "other team")] if len(teams) > _MOST else []
    return join([*(f"{safe(titles[team], 40)} ({day(since)})" for team, since in teams[-_MOST:]), *more])
