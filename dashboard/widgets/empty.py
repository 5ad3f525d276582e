"""What stands where there is nothing to show yet: what is missing, and the one step that brings it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.facts.standing import level_of, worst_first
from mlops_maturity.dashboard.state import change_scope
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.pager import one_page
from mlops_maturity.evidence.history import first_day


def refused(problems: InputRefused) -> None:
    """The settings can't be taken: every reason, in place of any page."""
    st.title(text.REFUSED_TITLE, anchor=False)
    st.markdown(text.REFUSED_STEP)
    for problem in problems.problems:
        st.error(text.safe(str(problem)), icon=":material/error:")


def nothing(visit: Visit) -> None:
    """Nothing counts of anybody in scope on the day shown: when something does, or how to begin."""
    dossiers = data.dossiers(visit.version, visit.teams, visit.today, visit.place)
    first = min((day for each in dossiers if (day := first_day(each)) is not None), default=None)
    if first is None:
        _start(visit)
        return
    title = text.before_evidence(visit.day, first)
    with card(title, text.NO_EVIDENCE_THEN):
        for label, day in ((text.see_first(first), first), (text.SEE_TODAY, None)):
            scope = replace(visit.scope, as_of=day)
            st.page_link(visit.pages[visit.page], label=label, query_params=scope.params())


def _start(visit: Visit) -> None:
    with card(text.START_TITLE if visit.team is None else text.START_TEAM_TITLE, text.START_NOTE):
        for step, (title, words) in enumerate(text.START_STEPS, start=1):
            st.markdown(f"**{step}. {title}**  \n{words}")
        st.page_link(
            visit.pages["assess"],
            label=text.START_LINK,
            icon=":material/arrow_forward:",
            query_params=visit.scope.params(),
        )


def choose_team(visit: Visit) -> None:
    """The page is about one team: all in scope to choose from, the weakest first."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    with card(text.CHOOSE_TITLE, text.CHOOSE_NOTE, fill=False):
        teams = one_page("choose", worst_first(visit.teams, assessments), 24)
        with st.grid(3, min_column_width=240, gap="xsmall"):
            for team in teams:
                level = level_of(assessments[team.id].overall)
                label = f"{text.safe(team.title, 60)} · {f'level {level.level}' if level else 'no evidence'}"
                st.button(label, key=f"choose-{team.id}", width="stretch", on_click=_choose, args=(team.id,))


def _choose(team: str) -> None:
    change_scope(lambda scope: scope.at_team(team))
