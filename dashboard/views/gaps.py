"""Gaps: what do we claim that we can't show, and what blocks the next level?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.charts.claims import claims
from mlops_maturity.dashboard.facts import gaps as facts
from mlops_maturity.dashboard.facts.standing import counted, level_of, levels_of
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets import empty
from mlops_maturity.dashboard.widgets.aspects import aspect_pills
from mlops_maturity.dashboard.widgets.blocking import blocking_card
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.contradictions import all_contradictions
from mlops_maturity.dashboard.widgets.declared import declared_card
from mlops_maturity.dashboard.widgets.practice import practice_panel
from mlops_maturity.dashboard.widgets.practice_list import practice_list
from mlops_maturity.dashboard.widgets.style import PAIR
from mlops_maturity.dashboard.words import gaps as words
from mlops_maturity.scoring.silence import left_out


def render(visit: Visit) -> None:
    """Draw the page."""
    visit.subtitle.markdown(text.muted(words.GAPS_SUBTITLE))
    if visit.team is None:
        if not any(levels_of(data.assessments(visit.version, visit.teams, visit.day, visit.place)).values()):
            empty.nothing(visit)
        empty.choose_team(visit)
        all_contradictions(visit)
        return
    assessment = data.assessment(visit.version, visit.team.id, visit.day, visit.place)
    if level_of(assessment.overall) is None:
        empty.nothing(visit)
    aspect = aspect_pills(visit, facts.default_aspect(visit.catalogue, assessment))
    if not counted(visit.catalogue, assessment, visit.team, aspect):
        if not left_out(assessment.overall):
            st.info(words.ALL_WAIVED)
        declared_card(visit, visit.team, aspect)
        return
    level = level_of(assessment.aspects[aspect])
    if level is not None:
        with st.container(key=f"{PAIR}-claims"):
            chart, blocks = st.columns([1.6, 1])
        with chart:
            _claims(visit, visit.team, aspect)
        with blocks:
            blocking_card(visit, visit.team, aspect, level)
    elif level_of(assessment.overall) is not None:
        empty.nothing_of_aspect(visit, visit.team, aspect)
    declared_card(visit, visit.team, aspect)
    _practices(visit, visit.team, aspect)
    all_contradictions(visit)


def _claims(visit: Visit, team: Team, aspect: str) -> None:
    assessment = data.assessment(visit.version, team.id, visit.day, visit.place)
    practices = counted(visit.catalogue, assessment, team, aspect)
    rows = facts.claim_rows(practices, assessment, visit.catalogue.parameters.tolerance)
    name = next(each.name for each in visit.catalogue.aspects if each.id == aspect)
    with card(f"{text.safe(team.title, 60)} · {text.safe(name)}", words.CLAIMS_NOTE):
        build = partial(claims, rows, tolerance=visit.catalogue.parameters.tolerance)
        key = (visit.facts, team.id, visit.day, aspect)
        draw("claims", key, build, alt=words.claims_alt(rows), tokens=visit.tokens)


def _practices(visit: Visit, team: Team, aspect: str) -> None:
    assessment = data.assessment(visit.version, team.id, visit.day, visit.place)
    dossier = data.dossier(visit.version, team.id, visit.day, visit.place)
    rows = facts.rows(counted(visit.catalogue, assessment, team, aspect), assessment, dossier)
    with card(words.LIST_TITLE, words.LIST_NOTE, fill=False):
        practice_list(visit, rows)
    shown = visit.scope.practice
    if shown in {row.practice for row in rows} and shown is not None:
        practice_panel(visit, team, visit.catalogue.by_id[shown])
    elif shown is not None:
        st.info(words.practice_not_judged(visit.catalogue.by_id[shown]))


PAGE = Page(
    path="gaps",
    title="Gaps",
    question="What do we claim, and what can we show?",
    icon=":material/troubleshoot:",
    order=30,
    render=render,
)
