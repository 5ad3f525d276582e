"""What the sources have brought, cached by the version of the dataset: runs, coverage and records."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.kept import Place
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.selection import Unselected, assign
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.records import RecordCount, count_records, read_records
from mlops_maturity.evidence.store.runs import StoredRun, read_runs


@st.cache_resource(show_spinner=False, max_entries=20)
def runs(version: str, _place: Place) -> tuple[StoredRun, ...]:
    """The newest runs of collectors, newest first."""
    return read_runs(_place.store, limit=500)


@st.cache_resource(show_spinner=False, max_entries=20)
def coverage(version: str, _place: Place) -> tuple[Coverage, ...]:
    """Which spans of which streams are known."""
    return read_coverage(_place.store)


@st.cache_resource(show_spinner=False, max_entries=20)
def record_counts(version: str, _place: Place) -> tuple[RecordCount, ...]:
    """How many records of each kind each source has given."""
    return tuple(count_records(_place.store))


@st.cache_resource(show_spinner=text.LOOKING_THROUGH_RECORDS, max_entries=20)
def unselected(version: str, _place: Place) -> tuple[Unselected, ...]:
    """The records that no team selects."""
    return assign(_place.settings.teams, read_records(_place.store)).unselected
