"""Overview: how mature are we, and what is in the way?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.charts.heatmap import PICK, heatmap
from mlops_maturity.dashboard.charts.ladder import ladder, spread
from mlops_maturity.dashboard.facts import overview as facts
from mlops_maturity.dashboard.facts.past import points
from mlops_maturity.dashboard.facts.standing import counted, counts, disagreements, levels_of, worst_first
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets import empty
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.contradictions import contradiction_list
from mlops_maturity.dashboard.widgets.numbers import number_cards
from mlops_maturity.dashboard.widgets.pager import one_page
from mlops_maturity.dashboard.words import overview as words
from mlops_maturity.dashboard.words import standing as standing_words

ROWS = 20


def render(visit: Visit) -> None:
    """Draw the page."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    levels = levels_of(assessments)
    visit.subtitle.markdown(text.muted(words.subtitle(*_subject(visit), levels, _practices(visit), visit.day)))
    if not any(levels.values()):
        empty.start(visit)
        return
    _standing(visit)
    found = disagreements(
        visit.catalogue, data.dossiers(visit.version, visit.teams, visit.day, visit.place), assessments
    )
    pasts = data.pasts(visit.version, visit.teams, visit.day, visit.place)
    targets = {team.id: team.target.level for team in visit.teams if team.target}
    line = data.kept("points", visit.version, visit.key, partial(points, pasts, targets))
    number_cards(facts.numbers(visit.teams, assessments, line, found))
    _map(visit)
    contradiction_list(visit, found)


def _subject(visit: Visit) -> tuple[str, str]:
    return visit.settings.organisation, visit.team.title if visit.team else visit.scope.group or ""


def _practices(visit: Visit) -> int:
    if visit.team is None:
        return len(visit.catalogue.practices)
    assessment = data.assessment(visit.version, visit.team.id, visit.day, visit.place)
    return len(counted(visit.catalogue, assessment, visit.team))


def _standing(visit: Visit) -> None:
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    pasts = data.pasts(visit.version, visit.teams, visit.day, visit.place)
    names = [level.name for level in visit.catalogue.levels]
    with st.container(border=True):
        chart, story_place = st.columns([1.7, 1], vertical_alignment="center", gap="medium")
    if visit.team is not None:
        standing = facts.marks(visit.team, assessments[visit.team.id], pasts[visit.team.id])
        story = standing_words.team_story(visit.catalogue, assessments[visit.team.id], pasts[visit.team.id])
        build, alt = partial(ladder, names, standing), words.ladder_alt(visit.team.title, standing)
    else:
        amounts = counts(levels_of(assessments).values())
        story = standing_words.crowd_story(visit.catalogue, assessments, pasts)
        build, alt = partial(spread, names, amounts), words.spread_alt(amounts)
    with chart:
        draw("standing", (visit.version, visit.key), build, alt=alt, tokens=visit.tokens)
    with story_place:
        st.markdown(story)
        st.page_link(
            visit.pages["gaps"],
            label=words.SEE_GAPS,
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=visit.scope.params(),
        )


def _map(visit: Visit) -> None:
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    with card(words.MAP_TITLE, words.MAP_NOTE, fill=False):
        teams = one_page("teams", worst_first(visit.teams, assessments), ROWS)
        cells = facts.cells(visit.catalogue, teams, assessments)
        key = (visit.version, visit.day, tuple(team.id for team in teams))
        picked = draw("map", key, partial(heatmap, cells), alt=words.map_alt(cells), tokens=visit.tokens, pick=PICK)
    if picked:
        scope = visit.scope.at_team(picked[0]["team"])
        params = (scope.at_aspect(picked[0]["aspect"]) if picked[0]["aspect"] else scope).params()
        st.switch_page(visit.pages["gaps"], query_params=params)


PAGE = Page(
    path="",
    title="Overview",
    question="How mature is our machine learning?",
    icon=":material/dashboard:",
    order=10,
    render=render,
)
