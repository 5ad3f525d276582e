"""What people declared of a team's figures, where the figures are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import data
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import declared as words
from mlops_maturity.evidence.declared import Declared, declared


def declared_card(visit: Visit, team: Team, aspect: str | None = None) -> None:
    """Targets, waivers and explanations of a team, of one aspect or of all; nothing where there is none."""
    found = data.kept("declared", visit.version, (team.id, visit.day), partial(_declared, visit, team))
    lines = words.lines(found, visit.catalogue, aspect)
    if lines:
        with card(words.TITLE, words.NOTE, fill=False):
            _list(lines)
            for label, folded in words.folds(found, aspect):
                with st.expander(label):
                    _list(folded)


def _list(lines: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {line}" for line in lines))


def _declared(visit: Visit, team: Team) -> Declared:
    # `dossier.team` is the one of the settings, so that a target set for it is not taken for one of theirs.
    dossier = data.dossier(visit.version, team.id, visit.day, visit.place)
    assessment = data.assessment(visit.version, team.id, visit.day, visit.place)
    return declared(visit.place.store, visit.settings, visit.catalogue, [dossier], {team.id: assessment})[team.id]
