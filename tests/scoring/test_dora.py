"""Bands by edition, and the Quick Check's score against its authors' own figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.config.dora import Edition
from mlops_maturity.config.dora_editions import EditionFile, editions
from mlops_maturity.scoring.dora import quick_check, standings

OFTEN, LEAD, FAIL, RECOVERY, REWORK = (
    "ci.deployments_per_week", "ci.lead_time_hours", "ci.change_fail_percent", "ci.recovery_hours", "ci.rework_percent",
)  # fmt: skip


def band(edition, signal, value):
    return {entry.signal: entry.band for entry in standings(editions()[edition], {signal: value})}[signal]


@pytest.mark.parametrize(("edition", "signal", "value", "expected"), [
    ("2023", OFTEN, 5, "elite"), ("2023", OFTEN, 1, "high"), ("2023", OFTEN, 0.99, "medium"), ("2023", OFTEN, 0, "low"),
    ("2023", LEAD, 24, "elite"), ("2023", LEAD, 24.1, "high"), ("2023", LEAD, 1e6, "low"),
    ("2023", FAIL, 5, "elite"), ("2023", FAIL, 15.1, "low"), ("2021", FAIL, 20, "high to low"),
    ("2021", FAIL, 31, "beyond the table"), ("2024", RECOVERY, 5, "high or medium"),
])  # fmt: skip
def test_a_value_stands_in_the_band_of_that_edition(edition, signal, value, expected):
    assert band(edition, signal, value) == expected


def test_where_the_clusters_have_no_order_there_is_no_band_and_it_says_why():
    (entry,) = [entry for entry in standings(editions()["2024"], {FAIL: 8}) if entry.signal == FAIL]
    assert entry.band is None
    assert "no order" in entry.why_none


def test_what_is_not_known_has_no_band_and_no_score():
    assert all(entry.value is None and entry.band is None for entry in standings(editions()["2023"], {}))
    nothing = quick_check(editions()["2025"], {})
    assert (nothing.overall, nothing.throughput, nothing.stability) == (None, None, None)
    assert quick_check(editions()["2023"], {LEAD: 1}) is None


def test_the_mean_of_all_industries_is_the_one_that_its_authors_test_for():
    assert quick_check(editions()["2025"], {}).mean == pytest.approx(6.72)


def test_scores_by_hand_and_what_is_left_out_counts_nowhere():
    check = quick_check(editions()["2025"], {LEAD: 100, OFTEN: 1, FAIL: 20})
    assert check.scores == {LEAD: 6, OFTEN: 6, FAIL: 8}
    assert (check.throughput, check.stability) == (6, 8)
    assert check.overall == pytest.approx(20 / 3)


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_a_better_value_never_scores_less(one, other):
    worse, better = max(one, other), min(one, other)
    edition = editions()["2025"]
    for signal in (LEAD, RECOVERY):
        assert quick_check(edition, {signal: better}).overall >= quick_check(edition, {signal: worse}).overall
    assert quick_check(edition, {OFTEN: worse}).overall >= quick_check(edition, {OFTEN: better}).overall


@pytest.mark.parametrize("edition", editions().values(), ids=lambda edition: edition.edition)
def test_every_edition_names_its_source_and_whether_it_was_checked(edition: Edition):
    assert "DORA" in edition.source
    assert edition.verified or "not checked" in edition.source or "DevLake" in edition.source


def test_bands_out_of_order_are_refused():
    metric = {"signal": LEAD, "bands": [[168, "high"], [24, "elite"]]}
    with pytest.raises(ValueError, match="not in order"):
        EditionFile.model_validate({"edition": "x", "title": "x", "source": "x", "verified": True, "metrics": [metric]})
