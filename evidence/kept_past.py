"""The weekly past as it is kept, and where it waits to be re-scored, as it will be once it is.

A past is kept under the catalogue in force when facts came in last. When the catalogue has changed since, its weeks
can't be compared with today's: a change of the model would look like one of the team. Nobody has to wait for the next
collection to see a trend, so what reads a past scores those weeks on the spot, by the rule that keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.baseline import Past
from mlops_maturity.evidence.organisation import read_known
from mlops_maturity.evidence.past import past_on
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.history import HistoryRow, read_history
from mlops_maturity.scoring.history import OVERALL


@dataclass(frozen=True, slots=True)
class KeptPast:
    """The weekly past of teams under the catalogue in force."""

    rows: Mapping[str, Sequence[HistoryRow]]
    """Team to its rows, in the order of their days."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Team to its weeks that the store holds under another catalogue, and that are re-scored here; only of such
    teams."""


def kept_past(
    store: Store, catalogue: Catalogue, teams: Sequence[Team], day: date, since: date | None = None
) -> KeptPast:
    """The past of these teams from `since`, or from the beginning, to `day`, both included."""
    rows: dict[str, list[HistoryRow]] = {team.id: [] for team in teams}
    for row in read_history(store, since=since, until=day):
        if row.team in rows:
            rows[row.team].append(row)
    waiting = {team: weeks for team, past in rows.items() if (weeks := weeks_waiting(past, catalogue))}
    if not waiting:
        return KeptPast(rows)
    late = [team for team in teams if team.id in waiting]
    return KeptPast({**rows, **_rescored(store, catalogue, late, rows, day)}, waiting)


def weeks_waiting(past: Past, catalogue: Catalogue) -> int:
    """How many of these weeks are kept under another catalogue; what is chained is of an older one on purpose."""
    return sum(
        row.scope == OVERALL and row.basis == "restated" and row.catalogue_hash != catalogue.hash for row in past
    )


def waits(weeks: int, teams: int = 1) -> str:
    """What is to say where weeks wait, as a sentence (plain text): the cause, and what to do.

    `weeks` is the most of any team, `teams` how many teams have such weeks.
    """
    whose = f"{counted(weeks, 'week')} kept" if teams == 1 else f"up to {counted(weeks, 'week')} of {teams} teams"
    are = "is" if weeks == teams == 1 else "are"
    return (
        f"The catalogue has changed since facts came in last: {whose} under the old one {are} scored anew for this;"
        " `mlops-maturity collect`, or any import of answers or records, keeps them so, and what the change"
        " itself brought."
    )


def _rescored(
    store: Store, catalogue: Catalogue, teams: Sequence[Team], kept: Mapping[str, Past], day: date
) -> dict[str, list[HistoryRow]]:
    """The days that are kept, scored anew; the change of the catalogue counts from `day` on: its own is not known."""
    days = {team.id: {row.on for row in kept[team.id]} for team in teams}
    known, every = read_known(store, teams), sorted(set[date]().union(*days.values()))
    pasts = past_on(store, catalogue, known, every, day)
    return {team: [row for row in rows if row.on in days[team]] for team, rows in pasts}
