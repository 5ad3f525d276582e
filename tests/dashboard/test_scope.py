from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.dashboard.scope import Scope, read_scope, teams_of_group

TODAY = date(2026, 11, 23)
SETTINGS = Settings(
    organisation="Acme",
    teams=(
        Team(id="fraud", group="payments/risk"),
        Team(id="pricing", group="payments"),
        Team(id="shop", group="paymentsshop"),
        Team(id="lone"),
    ),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return builtin_catalogue()


def test_every_valid_parameter_is_followed_and_leads_back_to_itself(catalogue: Catalogue) -> None:
    params = {
        "team": "fraud",
        "group": "payments",
        "aspect": "ci-cd",
        "practice": "quality-gate",
        "as_of": "2026-05-03",
        "span": "24",
    }
    scope, notes = read_scope(params, SETTINGS, catalogue, TODAY)
    assert notes == ()
    assert scope.params() == params


@pytest.mark.parametrize("name", ["team", "group", "aspect", "practice", "as_of", "span"])
def test_an_unknown_value_falls_back_with_a_note_that_shows_it_as_text(name: str, catalogue: Catalogue) -> None:
    scope, notes = read_scope({name: "<b>no</b>"}, SETTINGS, catalogue, TODAY)
    assert scope == Scope()
    assert len(notes) == 1
    assert r"\<b\>no\<\/b\>" in notes[0]


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [("team", "FRAUD", "fraud"), ("group", "payment", "payments"), ("practice", "quality-gates", r"quality\-gate")],
)
def test_a_near_miss_is_hinted_at_and_not_followed(name: str, value: str, meant: str, catalogue: Catalogue) -> None:
    scope, (note,) = read_scope({name: value}, SETTINGS, catalogue, TODAY)
    assert scope == Scope()
    assert f"Did you mean **{meant}**?" in note


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_value_is_no_value_and_no_fault(value: str | None, catalogue: Catalogue) -> None:
    params = {} if value is None else {"team": value, "as_of": value}
    assert read_scope(params, SETTINGS, catalogue, TODAY) == (Scope(), ())


def test_a_day_to_come_is_today_with_a_note(catalogue: Catalogue) -> None:
    scope, notes = read_scope({"as_of": "2026-11-24"}, SETTINGS, catalogue, TODAY)
    assert scope.as_of is None
    assert len(notes) == 1


def test_today_needs_no_parameter(catalogue: Catalogue) -> None:
    assert read_scope({"as_of": "2026-11-23"}, SETTINGS, catalogue, TODAY) == (Scope(), ())


def test_a_practice_brings_its_aspect_with_it(catalogue: Catalogue) -> None:
    scope, _ = read_scope({"practice": "quality-gate", "aspect": "monitoring-governance"}, SETTINGS, catalogue, TODAY)
    assert scope.aspect == "ci-cd"


def test_a_team_outside_the_group_goes_before_the_group(catalogue: Catalogue) -> None:
    scope, notes = read_scope({"team": "lone", "group": "payments"}, SETTINGS, catalogue, TODAY)
    assert (scope.team, scope.group) == ("lone", None)
    assert len(notes) == 1


def test_groups_hold_the_groups_above_them() -> None:
    assert SETTINGS.groups == ("payments", "payments/risk", "paymentsshop")


def test_a_group_holds_the_teams_below_it_and_not_those_of_a_name_that_begins_alike() -> None:
    assert [team.id for team in teams_of_group(SETTINGS, "payments")] == ["fraud", "pricing"]


def test_another_aspect_leaves_the_practice_of_the_old_one_behind() -> None:
    scope = Scope(aspect="ci-cd", practice="quality-gate")
    assert scope.at_aspect("monitoring-governance").practice is None
    assert scope.at_aspect("ci-cd") == scope


def test_no_page_is_named_like_a_folder_that_streamlit_discovers_by_itself() -> None:
    import mlops_maturity.dashboard.views as views

    assert not (Path(views.__file__).parent.parent / "pages").exists()


@pytest.mark.parametrize("span", ["7", "-3", "3.0", "٣", "12 months"])
def test_a_span_that_there_is_not_is_answered_with_those_there_are(span: str, catalogue: Catalogue) -> None:
    scope, (note,) = read_scope({"span": span}, SETTINGS, catalogue, TODAY)
    assert (scope.span, scope.months) == (None, 12)
    assert "one of 3, 12, 24" in note


def test_the_usual_span_needs_no_parameter(catalogue: Catalogue) -> None:
    assert read_scope({"span": "12"}, SETTINGS, catalogue, TODAY) == (Scope(), ())
    assert read_scope({"span": "3"}, SETTINGS, catalogue, TODAY) == (Scope(span=3), ())
