"""The same evidence through somebody else's model: a table of the teams, and of one team its parts and what decides."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.config.framework import Framework
from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.facts.frameworks import lowest_first
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import frameworks as words


def framework_card(visit: Visit, framework: Framework) -> None:
    """What the framework says of the teams in scope."""
    views = {
        team.id: data.through(visit.version, framework.id, team.id, visit.day, visit.place) for team in visit.teams
    }
    teams = lowest_first(visit.teams, views)
    with card(text.safe(framework.title), words.NOTE, fill=False):
        rows = [(team.title, views[team.id]) for team in teams]
        st.table(words.team_table(rows, framework), border="horizontal", hide_index=True)
    if len(teams) == 1:
        view = views[teams[0].id]
        with card(words.PARTS_TITLE, fill=False):
            st.table(words.part_table(view, framework), border="horizontal", hide_index=True)
        with card(words.DECIDING_TITLE, fill=False):
            st.markdown("\n".join(f"- {line}" for line in words.remarks(view, framework, visit.catalogue)))
    with card(words.ABOUT_TITLE, fill=False):
        st.markdown("  \n".join(words.about(framework)))
