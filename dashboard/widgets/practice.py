"""Everything behind one practice: the question, the rungs, the evidence on both sides, the budget, the past."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from mlops_maturity.config.catalogue import Practice
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.charts.budget import budget
from mlops_maturity.dashboard.charts.rungs import rungs
from mlops_maturity.dashboard.facts import gaps as facts
from mlops_maturity.dashboard.facts.links import web_address
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import gaps as words
from mlops_maturity.dashboard.words.survivors import older_weeks
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.evidence.survivors import of_signals
from mlops_maturity.scoring.assessment import PracticeResult


def practice_panel(visit: Visit, team: Team, practice: Practice) -> None:
    """Draw all of it."""
    assessment = data.assessment(visit.version, team.id, visit.day, visit.place)
    dossier = data.dossier(visit.version, team.id, visit.day, visit.place)
    result = assessment.practices[practice.id]
    with card(text.safe(practice.title), text.safe(practice.question), fill=False):
        _ladder(practice, result, facts.next_level(assessment, practice.aspect))
    budget_place, past_place = st.columns([1.25, 1])
    with budget_place, card(words.BUDGET_TITLE, words.budget_note(result)):
        parts = facts.budget_of(result)
        key = (visit.facts, team.id, visit.day, practice.id)
        draw("budget", key, partial(budget, parts), alt=words.budget_alt(parts), tokens=visit.tokens)
        st.markdown(text.muted(words.budget_words(parts)), help=words.BUDGET_HELP)
    with past_place, card(words.PAST_TITLE, words.PAST_NOTE):
        days = facts.history_days(visit.day, dossier)
        moments = facts.moments(practice.id, data.practice_past(visit.version, team.id, days, visit.place))
        draw("rungs", key, partial(rungs, moments), alt=words.past_alt(moments), tokens=visit.tokens)
        biased = data.biased(visit.version, team, visit.day, min(days), visit.place)
        for older in older_weeks(of_signals(biased, {use.id for use in practice.signals}), signals()):
            st.markdown(text.muted(older))
    said_place, shown_place = st.columns([1, 1.25])
    with said_place, card(words.SAID_TITLE, words.SAID_NOTE):
        _answers(visit, facts.answers_on(practice.id, dossier.answers, visit.day), practice)
    with shown_place, card(words.SHOWN_TITLE, words.SHOWN_NOTE):
        lines = facts.signal_lines(practice, result, dossier, signals(), visit.day)
        signal_list(visit, lines)


def signal_list(visit: Visit, lines: Sequence[facts.SignalLine], *, brief: bool = False) -> None:
    """What each signal says, with its proof; `brief` leaves out how it was weighed."""
    if not lines:
        st.markdown(words.NO_SIGNALS)
    for line in lines:
        with st.container(gap="xxsmall"):
            st.markdown(words.signal_head(line))
            st.markdown(text.muted(words.signal_state(line, visit.day)))
            if line.missing is not None:
                st.markdown(words.signal_missing(line.missing), width="stretch")
            if not brief:
                st.markdown(text.muted(words.signal_weight(line)))
                if line.proofs or line.proof_count:
                    st.markdown(words.proofs(line))


def _ladder(practice: Practice, result: PracticeResult, level: int | None) -> None:
    known = result.confidence > 0
    needed = practice.required[level - 1] if level is not None else 0
    for rung, answer in enumerate(practice.answers):
        here = known and rung == result.level
        told = f"**{text.safe(answer)}**" if here else text.safe(answer)
        with st.container(border=here, horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            st.badge(f"Rung {rung}", color="blue" if here else "gray", icon=":material/check:" if here else None)
            # The mark flows with the words: beside them it would leave them no room on a phone.
            st.markdown(f"{told} {words.needed_for(level)}" if needed == rung > 0 else told, width="stretch")
    if not known:
        st.markdown(text.muted(words.NO_RUNG))


def _answers(visit: Visit, answers: Sequence[StoredAnswer], practice: Practice) -> None:
    if not answers:
        st.markdown(words.NO_ANSWERS)
        scope = visit.scope.at_aspect(practice.aspect)
        st.page_link(visit.pages["assess"], label=words.ANSWER_NOW, query_params=scope.params())
    for answer in answers:
        with st.container(gap="xxsmall"):
            st.markdown(words.answer_head(answer))
            if answer.comment:
                st.text(text.plain(answer.comment, 2000))
            address = web_address(answer.evidence_url)
            link = f" · {text.link('artefact', address)}" if address else ""
            st.markdown(f"{text.muted(words.answer_when(answer, visit.day))}{link}")
