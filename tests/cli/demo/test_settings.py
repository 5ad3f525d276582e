"""The settings file of the demo organisation: one that the product itself accepts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mlops_maturity.cli.demo.generate import SEED, demo_settings, team_records
from mlops_maturity.cli.demo.period import Period
from mlops_maturity.cli.demo.sources import SOURCES
from mlops_maturity.cli.demo.teams import TEAMS, repository
from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.settings import Settings, Target
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.evidence.selection import assign

END = date(2026, 11, 23)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "maturity.yaml"
    file.write_text(demo_settings(END), encoding="utf-8")
    return load_settings(file, source_types())


def test_the_product_accepts_it_with_every_team_and_source(settings: Settings) -> None:
    assert [team.id for team in settings.teams] == [team.id for team in TEAMS]
    assert {source.id: source.type for source in settings.sources} == {source.id: source.type for source in SOURCES}


def test_no_secret_is_asked_for_and_no_real_host_is_named(settings: Settings) -> None:
    for source in settings.sources:
        assert source.token_env is None
        assert source.token_file is None
        assert source.url.split("/")[2].endswith(".example")


def test_targets_lie_ahead_of_the_end_and_are_left_out_where_it_is_not_known(settings: Settings) -> None:
    team = settings.team("pricing")

    assert team is not None
    assert team.target == Target(level=3, by=date(2027, 8, 1))
    assert all(team.target is None or team.target.by > END for team in settings.teams)
    assert "target" not in demo_settings()


def test_each_team_selects_its_own_records_and_no_other(settings: Settings) -> None:
    character = next(team for team in TEAMS if team.id == "delivery-eta")
    records = list(team_records(character, Period(END), SEED))
    selected = assign(settings.teams, records)

    assert repository("eta-models") in {getattr(record, "repository", None) for record in records}
    assert selected.unselected == ()
    assert len(selected.by_team["delivery-eta"]) == len(records)
    assert all(not found for team, found in selected.by_team.items() if team != "delivery-eta")
