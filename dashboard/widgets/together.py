"""Many teams as one, below the trends: what moved their mean, and who stands out."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.together import funnel_chart, mean_line
from mlops_maturity.dashboard.facts.together import Together
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import together as words
from mlops_maturity.scoring.rollup import enough


def draw_together(visit: Visit, found: Together, months: int) -> None:
    """Draw the two cards beside each other."""
    titles = {team.id: team.title for team in visit.teams}
    key = (visit.facts, visit.key, visit.day, months)
    least = enough(visit.catalogue)
    with st.grid(2, min_column_width=320):
        with card(words.MEAN_TITLE, words.moved(found, titles, least)):
            _mean(visit, found, key)
        funnel = found.group.funnel
        with card(words.FUNNEL_TITLE, words.FUNNEL_NOTE if funnel is not None else words.too_few(found, least)):
            if funnel is not None:
                build = partial(funnel_chart, words.dots(funnel, titles), found.limits, funnel.centre)
                draw("funnel", key, build, alt=words.funnel_alt(funnel), tokens=visit.tokens)
                st.markdown(text.muted(words.outside(funnel, titles)))
            if told := words.left_out(found, titles, least):
                st.markdown(text.muted(told))


def _mean(visit: Visit, found: Together, key: tuple[object, ...]) -> None:
    first, last = found.mean[0].on if found.mean else visit.day, visit.day
    steady = st.toggle(words.COHORT, key="trend-cohort", persist_state="session")
    if steady:
        st.markdown(text.muted(words.cohort(found)))
    line, beside = (found.cohort, found.mean) if steady else (found.mean, ())
    if line:
        build = partial(mean_line, line, beside, first, last, words.COHORT if steady else "Mean index")
        draw("mean", (*key, steady), build, alt=words.mean_alt(found, steady), tokens=visit.tokens)
