"""Where a team, or many, stand: the picture on the left, the sentence on the right."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mlops_maturity.dashboard import data
from mlops_maturity.dashboard.charts.ladder import ladder, spread
from mlops_maturity.dashboard.facts import overview as facts
from mlops_maturity.dashboard.facts.standing import at_the_top, counts, levels_of, telling
from mlops_maturity.dashboard.specs import draw
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.style import PAIR
from mlops_maturity.dashboard.words import overview as words
from mlops_maturity.dashboard.words import standing as stories
from mlops_maturity.scoring.rollup import enough


def standing_card(visit: Visit) -> None:
    """A team on the ladder, or the spread of many, beside the story in words."""
    assessments = data.assessments(visit.version, visit.teams, visit.day, visit.place)
    pasts = data.pasts(visit.version, visit.teams, visit.day, visit.place)
    least, levels = enough(visit.catalogue), levels_of(assessments)
    names = [level.name for level in visit.catalogue.levels]
    with st.container(border=True, key=f"{PAIR}-standing"):
        chart, story_place = st.columns([1.7, 1], vertical_alignment="center", gap="medium")
    if visit.team is not None:
        standing = facts.marks(visit.team, assessments[visit.team.id], pasts[visit.team.id], least)
        story = stories.team_story(visit.catalogue, assessments[visit.team.id], pasts[visit.team.id])
        build, alt = partial(ladder, names, standing), words.ladder_alt(visit.team.title, standing)
    else:
        amounts = counts(telling(levels.values(), least))
        story = stories.crowd_story(visit.catalogue, assessments, pasts)
        build, alt = partial(spread, names, amounts), words.spread_alt(amounts)
    with chart:
        draw("standing", (visit.facts, visit.key), build, alt=alt, tokens=visit.tokens)
    with story_place:
        st.markdown(story)
        st.page_link(
            visit.pages["gaps"],
            label=words.SEE_PROOF if at_the_top(levels.values()) else words.SEE_GAPS,
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params=visit.scope.params(),
        )
