"""Assess: what is true today? One aspect at a time, every answer saved as it is given."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.config.catalogue import Practice
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.facts import assess as facts
from mlops_maturity.dashboard.facts import gaps
from mlops_maturity.dashboard.facts.standing import counted
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets import empty
from mlops_maturity.dashboard.widgets.answer import Question, answer_form, answer_key
from mlops_maturity.dashboard.widgets.aspects import aspect_pills
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.leaving import ask_before_leaving
from mlops_maturity.dashboard.widgets.practice import signal_list
from mlops_maturity.dashboard.widgets.respondent import respondent_name
from mlops_maturity.dashboard.words import assess as words
from mlops_maturity.evidence.signals.registry import signals


def render(visit: Visit) -> None:
    """Draw the page."""
    visit.subtitle.markdown(text.muted(words.SUBTITLE))
    if visit.team is None:
        empty.choose_team(visit)
        return
    if visit.place.store.read_only:
        with card(words.READ_ONLY_TITLE, words.READ_ONLY_STEP):
            st.markdown(text.safe(visit.place.store.read_only))
        return
    name = respondent_name()
    if name is None:
        return
    _settle(visit, visit.team, name)
    assessment = data.assessment(visit.version, visit.team.id, visit.day, visit.place)
    dossier = data.dossier(visit.version, visit.team.id, visit.day, visit.place)
    own = facts.own_answers(dossier.answers, name)
    progress = facts.progress(visit.catalogue, assessment, visit.team, own)
    marks = {aspect: f"{each.answered}/{each.questions}" for aspect, each in progress.items()}
    aspect = aspect_pills(visit, visit.catalogue.aspects[0].id, marks)
    st.progress(progress[aspect].share, words.progress_words(progress[aspect], progress.values()))
    if visit.scope.as_of is not None:
        st.info(words.past_day(visit.day))
    practices = counted(visit.catalogue, assessment, visit.team, aspect)
    if not practices:
        st.info(words.NOTHING_TO_ASK)
    for practice in practices:
        _question(visit, visit.team, practice, name)
    _onward(visit, aspect)
    # Last, as what can't be seen leaves a gap all the same.
    ask_before_leaving((words.LINK,))


def _settle(visit: Visit, team: Team, name: str) -> None:
    """Once a session: store what another tab of this respondent left a moment ago, so that the form begins with it."""
    begun = f"assess-begun-{team.id}-{name}"
    if begun in st.session_state:
        return
    st.session_state[begun] = True
    keys = [answer_key(team.id, practice.id, name) for practice in visit.catalogue.practices]
    # What was stored by itself between the beginning of this run and here waits no longer, and is not on this page.
    if [key for key in keys if data.drafts().flush(key)] or data.version_of(visit.place) != visit.version:
        st.rerun()


def _question(visit: Visit, team: Team, practice: Practice, name: str) -> None:
    assessment = data.assessment(visit.version, team.id, visit.day, visit.place)
    dossier = data.dossier(visit.version, team.id, visit.day, visit.place)
    stored = facts.own_answers(dossier.answers, name).get(practice.id)
    with card(text.safe(practice.title), text.safe(practice.why), fill=False):
        form, evidence = st.columns([1.6, 1], gap="large")
        with form:
            answer_form(visit, Question(team=team.id, practice=practice, respondent=name, stored=stored))
        with evidence:
            st.markdown(words.EVIDENCE_HEAD)
            st.markdown(text.muted(words.shown(assessment.practices[practice.id])))
            lines = gaps.signal_lines(practice, assessment.practices[practice.id], dossier, signals(), visit.day)
            signal_list(visit, lines, brief=True)
            st.markdown(text.muted(words.others(facts.others(practice.id, dossier.answers, name))))


def _onward(visit: Visit, aspect: str) -> None:
    following = facts.following(visit.catalogue, aspect)
    st.page_link(
        visit.pages["assess"],
        label=words.onward(following.name),
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params=visit.scope.at_aspect(following.id).params(),
    )


PAGE = Page(
    path="assess",
    title="Assess",
    question="What is true today?",
    icon=":material/fact_check:",
    order=40,
    typed_on=True,
    render=render,
)
