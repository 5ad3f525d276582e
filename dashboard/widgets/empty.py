"""What stands where there is nothing to show yet: what is missing, and the one step that brings it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import collected, data, text
from mlops_maturity.dashboard.facts.silence import supply as supply_of
from mlops_maturity.dashboard.facts.standing import counted, worst_first
from mlops_maturity.dashboard.scope import Scope
from mlops_maturity.dashboard.state import change_scope
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.pager import one_page
from mlops_maturity.dashboard.words import empty as words
from mlops_maturity.dashboard.words.standing import standing_word
from mlops_maturity.evidence.history import first_day
from mlops_maturity.evidence.waivers import waived_on
from mlops_maturity.scoring.rollup import enough
from mlops_maturity.scoring.silence import left_out


def refused(problems: InputRefused) -> None:
    """The settings can't be taken: every reason, in place of any page."""
    st.title(text.REFUSED_TITLE, anchor=False)
    st.markdown(text.REFUSED_STEP)
    for problem in problems.problems:
        st.error(text.safe(str(problem)), icon=":material/error:")


def nothing(visit: Visit) -> None:
    """Nothing counts of anybody in scope on the day shown: why, when something does, or how to begin."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    asked = [team for team in visit.teams if not left_out(assessments[team.id].overall)]
    if not asked:
        _waived(visit)
        return
    dossiers = data.dossiers(visit.version, asked, visit.today, visit.place)
    first = min((day for each in dossiers if (day := first_day(each)) is not None), default=None)
    if first is None:
        _start(visit, words.START_TITLE if visit.team is None else words.START_TEAM_TITLE, visit.scope)
        return
    with card(words.before_evidence(visit.day, first), words.NO_EVIDENCE_THEN, fill=False):
        others = ((words.see_first(first), first), (words.SEE_TODAY, None))
        for label, day in others if visit.scope.as_of is not None else others[:1]:
            scope = replace(visit.scope, as_of=day)
            st.page_link(visit.pages[visit.page], label=label, query_params=scope.params())


def nothing_of_aspect(visit: Visit, team: Team, aspect: str) -> None:
    """Nothing is known of one aspect of a team of which something is known."""
    _start(visit, words.START_ASPECT_TITLE, visit.scope.at_team(team.id).at_aspect(aspect))


def _start(visit: Visit, title: str, scope: Scope) -> None:
    supply = supply_of(
        visit.settings, collected.runs(visit.version, visit.place), collected.record_counts(visit.version, visit.place)
    )
    with card(title, words.START_NOTE, fill=False):
        for step, (name, told) in enumerate(words.start_steps(supply, _questions(visit, scope)), start=1):
            st.markdown(f"**{step}. {name}**  \n{told}")
        with st.container(horizontal=True, gap="medium"):
            for page, label in (("assess", words.START_LINK), ("sources", words.SOURCES_LINK)):
                st.page_link(visit.pages[page], label=label, query_params=scope.params(), width="content")


def _questions(visit: Visit, scope: Scope) -> int:
    """How many questions are asked of the one team; of many teams, how many there are."""
    if visit.team is None:
        return len(visit.catalogue.practices)
    assessment = data.assessment(visit.version, visit.team.id, visit.day, visit.place)
    return len(counted(visit.catalogue, assessment, visit.team, scope.aspect))


def _waived(visit: Visit) -> None:
    """No practice counts for anybody in scope."""
    dossiers = data.dossiers(visit.version, visit.teams, visit.day, visit.place)
    holding = [each for dossier in dossiers for each in waived_on(dossier.waivers, visit.catalogue, visit.day)]
    every = len(holding) == len(visit.teams) * len(visit.catalogue.practices)
    with card(words.waived_title(len(visit.teams), every), words.WAIVED_NOTE, fill=False):
        if holding:
            st.markdown(words.lasts_until([each.waiver.until for each in holding]))
        if visit.team is not None and visit.page == "gaps":
            return
        for team in visit.teams:
            label = words.SEE_WAIVERS if visit.team is not None else text.safe(team.title, 60)
            st.page_link(visit.pages["gaps"], label=label, query_params=visit.scope.at_team(team.id).params())


def choose_team(visit: Visit) -> None:
    """The page is about one team: all in scope to choose from, the weakest first."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    least = enough(visit.catalogue)
    with card(words.CHOOSE_TITLE, words.CHOOSE_NOTE, fill=False):
        teams = one_page("choose", worst_first(visit.teams, assessments), 24)
        with st.grid(3, min_column_width=240, gap="xsmall"):
            for team in teams:
                label = f"{text.safe(team.title, 120)} · {standing_word(assessments[team.id], None, least)}"
                st.button(label, key=f"choose-{team.id}", width="stretch", wrap=True, on_click=_choose, args=(team.id,))


def _choose(team: str) -> None:
    change_scope(lambda scope: scope.at_team(team))
