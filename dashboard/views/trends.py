"""Trends: what moves, and what is stuck?"""

from __future__ import annotations

from functools import partial
from typing import cast

import streamlit as st

from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.charts.trend import Crowd, Week, crowd_trend, team_trend
from mlops_maturity.dashboard.facts import trends as facts
from mlops_maturity.dashboard.facts.standing import levels_of
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets import empty
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import trends as words


def render(visit: Visit) -> None:
    """Draw the page."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    visit.subtitle.markdown(text.muted(words.SUBTITLE))
    pasts = data.pasts(visit.version, visit.teams, visit.today, visit.place)
    if not any(levels_of(assessments).values()) and not any(
        len(past) > len(visit.catalogue.aspects) + 1 for past in pasts.values()
    ):
        empty.start(visit)
        return
    months = st.segmented_control(
        words.SPAN_LABEL,
        facts.SPANS,
        default=12,
        required=True,
        format_func=words.span,
        key="trend-months",
        persist_state="session",
        label_visibility="collapsed",
    )
    first = facts.first_day(visit.today, months or 12)
    make = partial(facts.panels, visit.catalogue, assessments, pasts, visit.day, first)
    panels = data.kept("panels", visit.version, (*visit.key, visit.today, first), make)
    st.markdown(text.muted(words.reading(panels, len(visit.teams), visit.scope.as_of is not None)))
    whole, *aspects = panels
    _panel(visit, whole, months or 12)
    with st.grid(2, min_column_width=320):
        for panel in aspects:
            _panel(visit, panel, months or 12)
    if facts.older_catalogue(visit.catalogue, pasts):
        st.markdown(text.muted(words.OLDER_CATALOGUE))


def _panel(visit: Visit, panel: facts.Panel, months: int) -> None:
    first = facts.first_day(visit.today, months)
    with card(text.safe(panel.title), words.now(panel, first, len(visit.teams))):
        if facts.is_crowd(visit.teams):
            build = partial(crowd_trend, cast("tuple[Crowd, ...]", panel.line), first, visit.today, visit.scope.as_of)
        else:
            build = partial(team_trend, cast("tuple[Week, ...]", panel.line), first, visit.today, visit.scope.as_of)
        key = (visit.version, visit.key, visit.today, panel.scope, months)
        draw("trend", key, build, alt=words.alt(panel, first), tokens=visit.tokens, place=panel.scope)


PAGE = Page(
    path="trends",
    title="Trends",
    question="What moves, and what is stuck?",
    icon=":material/trending_up:",
    order=20,
    render=render,
)
