"""Trends: what moves, and what is stuck?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import cast

import streamlit as st

from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.charts.trend import Crowd, Week, crowd_trend, team_trend
from mlops_maturity.dashboard.facts import trends as facts
from mlops_maturity.dashboard.facts.looks import Look, looks
from mlops_maturity.dashboard.facts.standing import levels_of, telling
from mlops_maturity.dashboard.facts.together import together
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.scope import SPANS, USUAL_SPAN
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.state import change_scope
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.weekly import waiting
from mlops_maturity.dashboard.widgets import empty
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.together import draw_together
from mlops_maturity.dashboard.words import trends as words
from mlops_maturity.dashboard.words.survivors import older_weeks
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.survivors import together as together_of
from mlops_maturity.scoring.rollup import enough

_SPAN = "trend-months"


def render(visit: Visit) -> None:
    """Draw the page."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    visit.subtitle.markdown(text.muted(words.SUBTITLE))
    pasts = data.pasts(visit.version, visit.teams, visit.day, visit.place)
    if not any(levels_of(assessments).values()) and not any(
        len(past) > len(visit.catalogue.aspects) + 1 for past in pasts.values()
    ):
        empty.nothing(visit)
        return
    months = _span(visit)
    if waits := words.waits(waiting(visit.version, visit.teams, visit.day, visit.place)):
        st.markdown(text.muted(waits))
    first = facts.first_day(visit.day, months)
    found = data.trends(visit.version, tuple(team.id for team in visit.teams), visit.day, visit.place)
    ahead = data.ahead(visit.version, visit.team.id, visit.day, visit.place) if visit.team is not None else {}
    then = data.published(visit.version, visit.team.id, visit.day, visit.place) if visit.team is not None else ()
    make = partial(
        facts.panels, visit.catalogue, assessments, pasts, visit.day, first, partial(_looks, visit), found, ahead, then
    )
    panels = data.kept("panels", visit.facts, (*visit.key, visit.day, first, len(then)), make)
    st.markdown(text.muted(words.reading(panels, len(visit.teams), visit.day)))
    least = enough(visit.catalogue)
    known = len(telling(levels_of(assessments).values(), least))
    if len(visit.teams) > 1 and (note := words.left_out(known, len(visit.teams), least)):
        st.markdown(text.muted(note))
    if look := words.newest_look(panels, signals(), len(visit.teams)):
        st.markdown(text.muted(look))
    biased = together_of(data.biased(visit.version, team, visit.day, first, visit.place) for team in visit.teams)
    for older in older_weeks(biased, signals()):
        st.markdown(text.muted(older))
    whole, *aspects = panels
    _panel(visit, whole, months)
    with st.grid(2, min_column_width=320):
        for panel in aspects:
            _panel(visit, panel, months)
    if facts.is_crowd(visit.teams):
        as_one = partial(together, visit.catalogue, visit.teams, assessments, pasts, first, visit.day)
        key = (*visit.key, visit.day, first)
        draw_together(visit, data.kept("together", visit.facts, key, as_one), months)


def _span(visit: Visit) -> int:
    """Lets choose how far back to look; the choice is part of the address."""
    st.session_state[_SPAN] = visit.scope.months
    st.segmented_control(
        words.SPAN_LABEL,
        SPANS,
        required=True,
        format_func=words.span,
        key=_SPAN,
        on_change=_pick_span,
        label_visibility="collapsed",
    )
    return visit.scope.months


def _pick_span() -> None:
    picked: int = st.session_state[_SPAN]
    change_scope(lambda scope: replace(scope, span=None if picked == USUAL_SPAN else picked))


def _panel(visit: Visit, panel: facts.Panel, months: int) -> None:
    first = facts.first_day(visit.day, months)
    with card(text.safe(panel.title), words.now(panel, first, len(visit.teams))):
        ends = (first, visit.day, words.marks(panel, signals(), len(visit.teams)))
        if facts.is_crowd(visit.teams):
            build = partial(crowd_trend, cast("tuple[Crowd, ...]", panel.line), *ends)
        else:
            line, slope = cast("tuple[Week, ...]", panel.line), facts.slope(panel)
            build = partial(team_trend, line, *ends, slope=slope, published=panel.published)
        key = (visit.facts, visit.key, visit.day, panel.scope, months, len(panel.published))
        if told := words.verdicts(panel, {team.id: team.title for team in visit.teams}):
            st.markdown(text.muted(told))
        draw("trend", key, build, alt=words.alt(panel), tokens=visit.tokens, place=panel.scope)
        for told in words.model_changes(panel.breaks, len(visit.teams)):
            st.markdown(text.muted(told))
        if wait := words.ahead(panel, visit.catalogue):
            st.markdown(text.muted(wait))


def _looks(visit: Visit, scope: str) -> tuple[Look, ...]:
    firsts = {team.id: data.first_seen(visit.version, team.id, visit.place) for team in visit.teams}
    seen = {team: {signal: day for signal, day in days.items() if day <= visit.day} for team, days in firsts.items()}
    return looks(visit.catalogue, visit.teams, seen, scope)


PAGE = Page(
    path="trends",
    title="Trends",
    question="What moves, and what is stuck?",
    icon=":material/trending_up:",
    order=20,
    render=render,
)
