"""Teams taken from the store one by one are those that all records together make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.extents import records_of
from mlops_maturity.evidence.portions import stored_portions
from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.signals.assembly import views_of
from mlops_maturity.evidence.signals.view import TeamView
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.records import read_records, write_page

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
TEAMS = (
    Team(id="fraud", models=("fraud-*",), repositories=("acme/fraud",), experiments=("fraud/*",)),
    Team(id="pricing", models=("pricing-*",), repositories=("acme/shop",), prometheus={"team": "pricing"}),
)


def made(kind: str, identity: str, **more: Any) -> Record:
    return RECORD.validate_python({"kind": kind, "source": "src", "id": identity, **more})


RECORDS = (
    made("pipeline_run", "1", repository="acme/fraud", started_at=AT),
    made("pipeline_run", "1", repository="acme/fraud", started_at=AT + timedelta(days=1), attempt=2),
    made("pipeline_run", "2", repository="acme/other", started_at=AT),
    made("deployment", "1", repository="acme/shop", model="fraud-a", finished_at=AT),
    made("change", "1", repository="acme/shop", merged_at=AT),
    made("incident", "by subject", subject="fraud-a", detected_at=AT),
    made("incident", "of the repository", subject="acme/deploys", detected_at=AT),
    made("deployment", "2", repository="acme/deploys", model="pricing-a", finished_at=AT),
    made("training_run", "own", experiment="fraud/x", finished_at=AT),
    made("training_run", "behind", experiment="of another", finished_at=AT),
    made("training_run", "nobody's", experiment="of another", finished_at=AT),
    made("model_version", "1", model="pricing-a", version="1", created_at=AT, run="behind"),
    made("model_version", "2", model="pricing-a", version="2", created_at=AT - timedelta(days=3), run="gone"),
    made("model", "1", name="fraud-a"),
    made("model", "2", name="registered elsewhere", created_at=AT),
    made("model_alias", "1", model="fraud-a", alias="a", version="1", first_seen_at=AT, last_seen_at=AT),
    made("observation", "late remark", subject="*", name="serving", state="forbidden", observed_at=AT),
    made("observation", "remark", subject="*", name="serving", state="no", observed_at=AT - timedelta(days=1)),
    made("observation", "1", subject="acme/fraud", name="lockfile", state="yes", observed_at=AT),
    made("observation", "labels", subject="x", name="serving", state="yes", observed_at=AT,
         attributes={"labels": {"team": "pricing", "pod": "1"}}),
    made("observation", "no labels", subject="y", name="serving", state="yes", observed_at=AT,
         attributes={"labels": "team=pricing", "experiment": 7}),
    made("observation", "traces", subject="z", name="trace_day", state="yes", observed_at=AT,
         attributes={"experiment": "fraud/x"}),
    made("measurement", "1", signal="user.own", subject="pricing", on="2026-11-02", value=1),
)  # fmt: skip


@pytest.mark.parametrize("teams", [TEAMS, (Team(id="all"),)], ids=["two teams", "one that takes everything"])
def test_views_are_those_of_all_records_at_once(store: Store, teams: tuple[Team, ...]) -> None:
    spans = [
        Coverage(source="src", stream=kind, scope="*", start=AT - timedelta(days=9), end=AT)
        for kind in ("pipeline_run", "observation", "model")
    ]
    write_page(store, RECORDS, coverage=spans, seen_at=AT)
    settings = Settings(organisation="Acme", teams=teams)
    whole = views_of(settings, read_records(store), read_coverage(store))
    around, portions = stored_portions(store, settings)
    views = {portion.portion.team.id: portion.view(store, around) for portion in portions}
    assert {team: told(view) for team, view in views.items()} == {team: told(view) for team, view in whole.items()}


def told(view: TeamView) -> Any:
    records = sorted(map(str, records_of(view)))
    around = view.around
    return records, view.sights, view.behind_versions, around.registered, around.makers, around.repositories, (
        around.sights, around.remarks, sorted(around.sources)
    )  # fmt: skip


def test_the_ground_of_a_team_is_another_one_when_a_content_is(store: Store) -> None:
    settings = Settings(organisation="Acme", teams=TEAMS)
    write_page(store, RECORDS, seen_at=AT)
    before = grounds(store, settings)
    assert grounds(store, settings) == before
    write_page(store, [made("change", "1", repository="acme/shop", merged_at=AT, approvals=1)], seen_at=AT)
    after = grounds(store, settings)
    assert after["fraud"] == before["fraud"]
    assert after["pricing"] != before["pricing"]


def grounds(store: Store, settings: Settings) -> dict[str, str]:
    return {portion.portion.team.id: portion.ground for portion in stored_portions(store, settings)[1]}
