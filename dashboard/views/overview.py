"""Overview: how mature are we, and what is in the way?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.charts.heatmap import PICK, heatmap
from mlops_maturity.dashboard.facts import overview as facts
from mlops_maturity.dashboard.facts.members import turnover
from mlops_maturity.dashboard.facts.past import points
from mlops_maturity.dashboard.facts.standing import counted, levels_of, worst_first
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.state import leave_for
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets import empty
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.contradictions import cases_in_scope, newest_contradictions
from mlops_maturity.dashboard.widgets.declared import declared_card
from mlops_maturity.dashboard.widgets.framework import framework_card
from mlops_maturity.dashboard.widgets.map_links import map_key_and_links
from mlops_maturity.dashboard.widgets.numbers import number_cards
from mlops_maturity.dashboard.widgets.pager import one_page
from mlops_maturity.dashboard.widgets.standing import standing_card
from mlops_maturity.dashboard.words import overview as words
from mlops_maturity.dashboard.words.means import of_whom
from mlops_maturity.scoring.rollup import enough

ROWS = 20


def render(visit: Visit) -> None:
    """Draw the page."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    levels = levels_of(assessments)
    visit.subtitle.markdown(text.muted(words.subtitle(*_subject(visit), assessments, _practices(visit), visit.day)))
    if not any(levels.values()):
        empty.nothing(visit)
        if visit.team is not None:
            declared_card(visit, visit.team)
        return
    if visit.scope.framework is not None:
        framework_card(visit, visit.place.frameworks[visit.scope.framework])
        return
    standing_card(visit)
    if visit.team is not None:
        declared_card(visit, visit.team)
    found = cases_in_scope(visit)
    pasts = data.pasts(visit.version, visit.teams, visit.day, visit.place)
    targets = {team.id: team.target.level for team in visit.teams if team.target}
    weights = {team.id: team.weight for team in visit.teams}
    least = enough(visit.catalogue) if visit.team is None else 0.0
    line = data.kept("points", visit.facts, visit.key, partial(points, pasts, targets, least, weights))
    shown = line[-facts.WEEKS :] if visit.team is None else ()
    aside = of_whom(turnover(shown), {team.id: team.title for team in visit.teams})
    number_cards(facts.numbers(visit.teams, assessments, line, found, least, aside))
    _map(visit)
    newest_contradictions(visit, found)


def _subject(visit: Visit) -> tuple[str, str]:
    return visit.settings.organisation, visit.team.title if visit.team else visit.scope.group or ""


def _practices(visit: Visit) -> int:
    if visit.team is None:
        return len(visit.catalogue.practices)
    assessment = data.assessment(visit.version, visit.team.id, visit.day, visit.place)
    return len(counted(visit.catalogue, assessment, visit.team))


def _map(visit: Visit) -> None:
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    with card(words.MAP_TITLE, words.map_note(len(visit.teams)), fill=False):
        teams = one_page("teams", worst_first(visit.teams, assessments), ROWS)
        cells = facts.cells(visit.catalogue, teams, assessments, enough(visit.catalogue))
        key = (visit.facts, visit.day, tuple(team.id for team in teams))
        picked = draw("map", key, partial(heatmap, cells), alt=words.map_alt(cells), tokens=visit.tokens, pick=PICK)
        map_key_and_links(visit, cells)
    if picked:
        scope = visit.scope.at_team(picked[0]["team"])
        scope = scope.at_aspect(picked[0]["aspect"]) if picked[0]["aspect"] else scope
        st.switch_page(visit.pages["gaps"], query_params=leave_for(scope))


PAGE = Page(
    path="",
    title="Overview",
    question="How mature is our machine learning?",
    icon=":material/dashboard:",
    order=10,
    frameworks=True,
    render=render,
)
