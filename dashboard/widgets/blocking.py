"""What keeps an aspect from its next level."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.facts.standing import Level
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import gaps as words
from mlops_maturity.dashboard.words import standing as stories


def blocking_card(visit: Visit, team: Team, aspect: str, level: Level) -> None:
    """What stands before the next level of an aspect that has one, and what is left out of it."""
    assessment = data.assessment(visit.version, team.id, visit.day, visit.place)
    result = assessment.aspects[aspect]
    title, note = words.blocking_title(level)
    with card(title, note):
        st.markdown(words.standing_line(visit.catalogue, level))
        lines = [f"- {stories.blocking_words(visit.catalogue, block, assessment)}" for block in result.blocking]
        st.markdown("\n".join(lines) or words.NOTHING_BLOCKS)
        if result.waived:
            st.markdown(text.muted(words.waived(visit.catalogue, result.waived)))
        params = visit.scope.at_team(team.id).at_aspect(aspect).params()
        st.page_link(visit.pages["assess"], label=words.ANSWER_ASPECT, query_params=params)
