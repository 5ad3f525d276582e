"""Where people and systems tell different things, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.facts.contradictions import newest_first
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.pager import one_page
from mlops_maturity.dashboard.words import contradictions as words
from mlops_maturity.evidence.contradictions import Case

SHOWN = 6
"""How many the short list has."""
_ROWS = 12


def cases_in_scope(visit: Visit) -> list[Case]:
    """The contradictions of the teams in scope that stand, the newest first."""
    found = [data.contradictions(visit.version, team.id, visit.day, visit.place) for team in visit.teams]
    return newest_first(case for cases in found for case in cases)


def newest_contradictions(visit: Visit, cases: Sequence[Case]) -> None:
    """The newest few, with a link to the rest."""
    with card(words.NEWEST_TITLE, words.NOTE, fill=False):
        if not cases:
            st.markdown(words.NONE)
        for case in cases[:SHOWN]:
            _line(visit, case)
        if len(cases) > SHOWN:
            concerned = list(dict.fromkeys(case.team for case in cases))
            scope = visit.scope.at_team(concerned[0]) if len(concerned) == 1 else visit.scope
            label = words.see_all(cases, [_title(visit, team) for team in concerned])
            st.page_link(
                visit.pages["gaps"],
                label=label,
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params=scope.params(),
            )


def all_contradictions(visit: Visit) -> None:
    """All of them, a page at a time; nothing where there is none."""
    cases = cases_in_scope(visit)
    if cases:
        with card(words.ALL_TITLE, words.NOTE, fill=False):
            for case in one_page("contradictions", cases, _ROWS):
                _line(visit, case)


def _line(visit: Visit, case: Case) -> None:
    scope = replace(visit.scope, team=case.team, aspect=case.aspect, practice=case.practice)
    team = "" if visit.team is not None else f"{text.safe(_title(visit, case.team), 40)} · "
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        label = text.safe(case.title)
        st.page_link(visit.pages["gaps"], label=label, icon="", query_params=scope.params(), width="content")
        st.markdown(text.muted(f"{team}{words.line(case, visit.day)}"), width="content")


def _title(visit: Visit, team: str) -> str:
    found = visit.settings.team(team)
    return found.title if found else team
