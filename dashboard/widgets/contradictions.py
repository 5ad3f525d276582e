"""Where people and systems tell different things, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.facts.standing import Disagreement
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import overview as words

SHOWN = 6


def contradiction_list(visit: Visit, found: Sequence[Disagreement]) -> None:
    """The newest ones, each with a link to the practice."""
    with card(words.CONTRADICTIONS_TITLE, words.CONTRADICTIONS_NOTE, fill=False):
        if not found:
            st.markdown(words.NO_CONTRADICTIONS)
        for each in found[:SHOWN]:
            practice = visit.catalogue.by_id[each.practice]
            scope = replace(visit.scope, team=each.team, aspect=practice.aspect, practice=practice.id)
            team = visit.settings.team(each.team)
            name = text.safe(team.title if team else each.team, 40)
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.page_link(visit.pages["gaps"], label=text.safe(practice.title), query_params=scope.params())
                st.markdown(text.muted(f"{name} · {words.disagreement(each, visit.day)}"), width="content")
        if len(found) > SHOWN:
            st.markdown(text.muted(words.more(len(found) - SHOWN)))
