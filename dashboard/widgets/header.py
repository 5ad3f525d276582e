"""The row on top of every page: the question it answers on the left, what it is about on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mlops_maturity.config.settings import Settings
from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.data import Place
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.scope import Scope, teams_of_group
from mlops_maturity.dashboard.state import change_scope

ALL = ""
_WHO_WIDTH, _FRAMEWORK_WIDTH, _DAY_WIDTH = 268, 285, 150
"""Pixels: a group and how many teams it has, that of a framework, a day beside its icon."""
_WHO, _DAY, _FRAMEWORK = "filter-who", "filter-day", "filter-framework"


def header(page: Page, place: Place, scope: Scope, today: date, notes: Sequence[str]) -> DeltaGenerator:
    """Draw heading and filters; the place of the line under the heading."""
    filters = [partial(_who_filter, place.settings, scope)] if page.filters else []
    filters += [partial(_framework_filter, place, scope)] if page.frameworks else []
    filters += [partial(_day_filter, scope, today)] if page.filters else []
    # Beside each other where there is room, else below each other: columns would cut what is chosen.
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", gap="small"):
        with st.container(gap="xxsmall", width="content"):
            st.title(page.question, anchor=False, width="content")
            subtitle = st.empty()
        if filters:
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content"):
                for draw in filters:
                    draw()
    for note in notes:
        st.warning(note, icon=":material/link_off:")
    return subtitle


def _who_filter(settings: Settings, scope: Scope) -> None:
    choices = _choices(settings)
    st.session_state[_WHO] = f"team:{scope.team}" if scope.team else f"group:{scope.group}" if scope.group else ALL
    st.selectbox(
        "Team or group",
        list(choices),
        format_func=choices.__getitem__,
        key=_WHO,
        on_change=_pick_who,
        width=_WHO_WIDTH,
    )


def _framework_filter(place: Place, scope: Scope) -> None:
    titles = {ALL: text.OWN_LEVELS} | {name: text.plain(each.title, 60) for name, each in place.frameworks.items()}
    st.session_state[_FRAMEWORK] = scope.framework or ALL
    st.selectbox(
        "Seen through",
        list(titles),
        format_func=titles.__getitem__,
        key=_FRAMEWORK,
        on_change=_pick_framework,
        width=_FRAMEWORK_WIDTH,
    )


def _pick_framework() -> None:
    picked = str(st.session_state[_FRAMEWORK])
    change_scope(lambda scope: replace(scope, framework=picked or None))


def _day_filter(scope: Scope, today: date) -> None:
    st.session_state[_DAY] = scope.as_of or today
    st.date_input(
        "As of",
        key=_DAY,
        max_value=today,
        min_value=date(2000, 1, 1),
        format="YYYY-MM-DD",
        on_change=_pick_day,
        args=(today,),
        width=_DAY_WIDTH,
    )


def _choices(settings: Settings) -> dict[str, str]:
    """Key to label: all, then each group with its teams under it, then the teams without a group."""
    choices = {ALL: f"All teams ({len(settings.teams)})"}
    for group in settings.groups:
        members = teams_of_group(settings, group)
        path = text.plain(group, 60).replace("/", " › ")
        choices[f"group:{group}"] = f"Group {path} ({len(members)})"
        for team in members:
            if team.group.strip("/") == group:
                choices[f"team:{team.id}"] = text.plain(team.title, 60)
    for team in settings.teams:
        choices.setdefault(f"team:{team.id}", text.plain(team.title, 60))
    return choices


def _pick_who() -> None:
    kind, _, name = str(st.session_state[_WHO]).partition(":")
    change_scope(
        lambda scope: replace(scope, team=name if kind == "team" else None, group=name if kind == "group" else None)
    )


def _pick_day(today: date) -> None:
    picked: date | None = st.session_state[_DAY]
    change_scope(lambda scope: replace(scope, as_of=None if picked is None or picked >= today else picked))
