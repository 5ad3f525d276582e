"""Marks of what is known of each team: they differ when it differs, so that an answer of one team is no news of others.

The dataset's version tells that anything changed, for one row read. These tell of which team, for a look through the
tables, and are worth asking for when the version moved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Date, Integer, Select, Table, cast, func, literal, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMark:
    """Texts of one team, without a meaning of their own."""

    said: str = ""
    """Of its answers, waivers, and what was said of its contradictions."""
    readings: str = ""
    past: str = ""
    """Of its weekly history as it is kept."""

    @property
    def evidence(self) -> str:
        """Of all that an assessment rests on."""
        return f"{self.said}|{self.readings}"


def team_marks(store: Store) -> Mapping[str, TeamMark]:
    """Team to its marks; a team that is not there has nothing."""
    marks: dict[str, dict[str, str]] = defaultdict(dict)
    with store.connect() as connection:
        said = [_appended(connection, table) for table in (tables.answer, tables.waiver, tables.contradiction)]
        for team in set().union(*said):
            marks[team]["said"] = "|".join(own.get(team, "") for own in said)
        for team, *told in connection.execute(_readings()):
            marks[team]["readings"] = _text(told)
        for team, *told in connection.execute(_history(connection)):
            marks[team]["past"] = f"{marks[team].get('past', '')}|{_text(told)}"
    return {team: TeamMark(**own) for team, own in marks.items()}


def _appended(connection: Connection, table: Table) -> dict[str, str]:
    """Of rows that are only ever added, the highest number tells."""
    query = select(table.c.team, func.count(), func.max(table.c.number)).group_by(table.c.team)
    return {team: _text(told) for team, *told in connection.execute(query)}


def _readings() -> Select[Any]:
    # A row that changes counts its revision up; one that takes a deleted one's number is computed later than it.
    columns = tables.reading.c
    figures = (func.count(), func.max(columns.number), func.sum(columns.revision), func.max(columns.computed_at))
    return select(columns.team, *figures).group_by(columns.team)


def _history(connection: Connection) -> Select[Any]:
    """History has no revision: its figures are summed, weighted by their day, so that weeks can't change places."""
    columns = tables.history.c
    if connection.dialect.name == "postgresql":
        day = cast(columns.on - cast(literal("1970-01-01"), Date), Integer)
    else:
        day = cast(func.julianday(columns.on), Integer)
    figures = [columns.level_lo, columns.level, columns.level_hi, columns.index_lo, columns.index, columns.index_hi,
               columns.confidence, columns.model_effect]  # fmt: skip
    sums = [told for figure in figures for told in (func.count(figure), func.sum(figure), func.sum(figure * day))]
    names = (columns.catalogue_hash, columns.basis)
    ends = [told for name in names for told in (func.min(name), func.max(name), func.sum(func.length(name) * day))]
    query = select(columns.team, columns.scope, func.count(), func.sum(day), *sums, *ends)
    return query.group_by(columns.team, columns.scope).order_by(columns.team, columns.scope)


def _text(told: Iterable[object]) -> str:
    return "/".join(map(str, told))
