"""The weekly past of teams under the catalogue in force, cached: as kept, or re-scored where the catalogue changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import streamlit as st

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.kept import Place, basis, kept, mark_of
from mlops_maturity.evidence.kept_past import KeptPast, kept_past, weeks_waiting
from mlops_maturity.evidence.store.history import HistoryRow, read_history


def weekly(version: str, team: str, day: date, place: Place) -> Sequence[HistoryRow]:
    """The rows of a team up to a day, oldest first."""
    stored = [row for row in _history(version, team, place) if row.on <= day]
    return _rescored(version, day, place).rows[team] if weeks_waiting(stored, place.catalogue) else stored


def waiting(version: str, teams: Sequence[Team], day: date, place: Place) -> Mapping[str, int]:
    """Of these teams, those with weeks that wait to be re-scored in the store, and how many."""
    weeks = {
        team.id: weeks_waiting([row for row in _history(version, team.id, place) if row.on <= day], place.catalogue)
        for team in teams
    }
    return {team: number for team, number in weeks.items() if number}


def _history(version: str, team: str, place: Place) -> tuple[HistoryRow, ...]:
    mark = f"{basis(version, place)}|{mark_of(version, team, place).past}"
    return kept("history", mark, team, partial(read_history, place.store, team=team))


@st.cache_resource(show_spinner=text.RESCORING, max_entries=4)
def _rescored(version: str, day: date, _place: Place) -> KeptPast:
    """All teams at once: it costs little more than one, and every verdict is judged among all of them."""
    return kept_past(_place.store, _place.catalogue, _place.settings.teams, day)
