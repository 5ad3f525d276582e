"""Sources: is the evidence fresh and complete?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from mlops_maturity.dashboard import collected, text
from mlops_maturity.dashboard.charts.spans import spans
from mlops_maturity.dashboard.facts import sources as facts
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.widgets.pager import one_page
from mlops_maturity.dashboard.words import sources as words

_NAMES = 20
"""How many names of records that no team selects are listed on a page."""


def render(visit: Visit) -> None:
    """Draw the page."""
    found = facts.sources(
        visit.settings,
        collected.runs(visit.version, visit.place),
        collected.coverage(visit.version, visit.place),
        collected.record_counts(visit.version, visit.place),
        visit.now,
    )
    visit.subtitle.markdown(text.muted(words.subtitle(found)))
    supplied = any(source.counts for source in found)
    if not supplied:
        title, step = words.collected_nothing(found)
        with card(title, fill=False):
            st.markdown(step)
    for source in one_page("sources", found, 12):
        _source(visit, source, found)
    if supplied:
        _unselected(visit)


def _source(visit: Visit, source: facts.SourceFacts, found: tuple[facts.SourceFacts, ...]) -> None:
    with card(text.safe(source.id), words.kind_words(source), fill=False):
        state, chart = st.columns([1, 1.6], gap="medium")
        with state:
            _state(visit, source)
        with chart:
            if source.counts:
                # Not drawn on a canvas: a phone breaks its words into lines, and shows the last column too.
                st.table(words.counts_table(source.counts), border="horizontal", hide_index=True)
            if source.spans:
                first = facts.first_day(found, visit.today)
                build = partial(spans, source.spans, first, visit.today)
                alt = words.spans_alt(source)
                draw(
                    "spans",
                    (visit.version, source.id, visit.today),
                    build,
                    alt=alt,
                    tokens=visit.tokens,
                    place=source.id,
                )
            else:
                st.markdown(words.no_spans(source))


def _state(visit: Visit, source: facts.SourceFacts) -> None:
    word, colour, icon = words.state_badge(source.state)
    st.badge(word, color=colour, icon=icon)
    st.markdown("  \n".join(words.state_lines(source, visit.now)))
    if source.run is not None and source.run.error:
        st.warning(text.safe(source.run.error, 600), icon=":material/error:")
    if source.troubles:
        with st.expander(words.troubles_label(source)):
            for trouble in source.troubles:
                st.markdown(words.trouble(trouble))


def _unselected(visit: Visit) -> None:
    with card(words.UNSELECTED_TITLE, words.UNSELECTED_NOTE, fill=False):
        groups = collected.unselected(visit.version, visit.place)
        if not groups:
            st.markdown(words.ALL_SELECTED)
            return
        # No table: a phone would cut off what stands beside a long name.
        for found in one_page("unselected", facts.by_name(groups), _NAMES):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.markdown(words.unselected_name(found), width="content")
                st.markdown(words.unselected_line(found), width="content")


PAGE = Page(
    path="sources",
    title="Sources",
    question="Is the evidence fresh and complete?",
    icon=":material/cable:",
    order=70,
    filters=False,
    render=render,
)
