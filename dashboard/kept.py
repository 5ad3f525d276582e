"""What cached facts hang on: marks of the store, by team, so that an answer of one team is no news of the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import streamlit as st

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.framework import Framework
from mlops_maturity.config.settings import Settings
from mlops_maturity.dashboard.memory import Memory
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.marks import TeamMark, team_marks

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Place:
    """Settings, catalogue and store, opened once for all sessions; nobody changes them."""

    settings: Settings
    catalogue: Catalogue
    frameworks: Mapping[str, Framework]
    """Further models to look through, by id."""
    store: Store
    stamp: str
    """Differs when the settings file or the catalogue differs."""
    files: tuple[str, ...]
    """The files and folders that it was made from."""
    seen: str
    """Their stamp when it was made."""


@st.cache_resource(show_spinner=False)
def _memory() -> Memory:
    return Memory()


def kept(name: str, mark: str, key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` works out, once as long as the mark is the same; the last one of this name and key is kept."""
    return _memory().get((name, key), mark, make)


def marks(version: str, place: Place) -> Mapping[str, TeamMark]:
    """Team to its marks."""
    return kept("marks", version, (), partial(team_marks, place.store))


def mark_of(version: str, team: str, place: Place) -> TeamMark:
    """What the facts of a team hang on, beside `basis`: an answer of one team leaves those of all others alone."""
    return marks(version, place).get(team, TeamMark())


def basis(version: str, place: Place) -> str:
    """Which store, settings and catalogue."""
    return f"{version.partition('-')[0]}|{place.stamp}"


def evidence_mark(version: str, team: str, place: Place) -> str:
    """What an assessment of a team hangs on."""
    return f"{basis(version, place)}|{mark_of(version, team, place).evidence}"
