"""What stands where there is nothing to show yet: what is missing, and the one step that brings it."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.facts.standing import level_of, worst_first
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.pager import one_page


def refused(problems: InputRefused) -> None:
    """The settings can't be taken: every reason, in place of any page."""
    st.title(text.REFUSED_TITLE, anchor=False)
    st.markdown(text.REFUSED_STEP)
    for problem in problems.problems:
        st.error(text.safe(str(problem)), icon=":material/error:")


def start(visit: Visit) -> None:
    """Nothing is known of anybody: three ways to begin."""
    with card(text.START_TITLE, text.START_NOTE):
        for step, (title, words) in enumerate(text.START_STEPS, start=1):
            st.markdown(f"**{step}. {title}**  \n{words}")
        st.page_link(visit.pages["assess"], label=text.START_LINK, icon=":material/arrow_forward:")


def nothing(title: str, words: str, visit: Visit, page: str, label: str) -> None:
    """One card: what is missing, and a link to what brings it."""
    with card(title):
        st.markdown(words)
        st.page_link(visit.pages[page], label=label, icon=":material/arrow_forward:", query_params=visit.scope.params())


def choose_team(visit: Visit, page: str) -> None:
    """The page is about one team: a link for each, the weakest first."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    with card(text.CHOOSE_TITLE, text.CHOOSE_NOTE, fill=False):
        teams = one_page("choose", worst_first(visit.teams, assessments), 24)
        with st.grid(3, min_column_width=240, gap="xsmall"):
            for team in teams:
                level = level_of(assessments[team.id].overall)
                label = f"{text.safe(team.title, 60)} · {f'level {level.level}' if level else 'no evidence'}"
                params = visit.scope.at_team(team.id).params()
                st.page_link(visit.pages[page], label=label, query_params=params)
