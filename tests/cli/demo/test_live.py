"""The live demo: what was made up for real servers is what is collected from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.cli.demo.generate import SEED, team_records
from mlops_maturity.cli.demo.live import CHOSEN, YEAR, LiveDemo, orders, prepare_live
from mlops_maturity.cli.demo.period import Period
from mlops_maturity.cli.demo.servers import buildbot, mlflow, prometheus
from mlops_maturity.cli.demo.teams import TEAMS
from mlops_maturity.collectors.registry import source_types
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.evidence.records import Record, occurred_at
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.records import read_records

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=360)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds something else"), prepare_live(tmp_path, NOW):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "mine"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDemo]:
    if not (mlflow.is_installed() and prometheus.is_installed() and buildbot.is_installed()):
        pytest.skip("needs MLflow, Buildbot (extra `test`) and prometheus, promtool (apt-get install prometheus)")
    with prepare_live(tmp_path_factory.mktemp("live") / "demo", NOW) as running:
        yield running


@pytest.fixture(scope="module")
def store(demo: LiveDemo) -> Store:
    settings = load_settings(demo.settings, source_types())
    opened = open_store("sqlite:///maturity.db", demo.settings.parent)
    just_now = datetime.now(UTC)  # a real Buildbot builds by the real clock
    for source, now in (("tracking", NOW), ("metrics", NOW), ("buildbot", just_now)):
        (first,) = collect(opened, settings, now=now, since=now - timedelta(days=360), only=[source])
        assert (first.state, first.error) == ("ok", "")
        (again,) = collect(opened, settings, now=now, since=now - timedelta(days=360), only=[source])
        assert again.rows_changed == 0
    return opened


@pytest.fixture(scope="module")
def generated() -> list[Record]:
    period = Period(NOW.date())
    teams = [character for character in TEAMS if character.id in CHOSEN]
    return [record for character in teams for record in team_records(character, period, SEED)]


def collected(store: Store, kind: str, source: str) -> dict[str, Record]:
    return {record.id: record for record in read_records(store, kinds=[kind]) if record.source == source}


def of_kind(records: list[Record], kind: str, source: str, since: datetime | None = None) -> dict[str, Record]:
    chosen = (record for record in records if record.kind == kind and record.source == source)
    return {record.id: record for record in chosen if since is None or occurred_at(record) >= since}


@pytest.mark.live
@pytest.mark.xdist_group("live-demo")
class TestLive:
    def test_every_server_runs_and_is_named_in_the_settings(self, demo: LiveDemo) -> None:
        assert set(demo.urls) == {"tracking", "metrics", "buildbot"}
        assert demo.missing == ()
        assert all(url in demo.settings.read_text() for url in demo.urls.values())
        assert {line.split(",")[0] for line in demo.answers.read_text().splitlines()[1:]} == set(CHOSEN)

    def test_runs_come_back_as_they_were_made_up(self, store: Store, generated: list[Record]) -> None:
        made = {
            identity: record
            for identity, record in of_kind(generated, "training_run", "tracking", NOW - YEAR).items()
            if record.started_at >= SINCE
        }
        found = collected(store, "training_run", "tracking")
        assert set(made) <= set(found)
        for identity, record in made.items():
            assert _facts(found[identity]) == _facts(record)

    def test_models_versions_and_aliases_come_back(self, store: Store, generated: list[Record]) -> None:
        for kind in ("model", "model_version"):
            made, found = of_kind(generated, kind, "tracking"), collected(store, kind, "tracking")
            assert set(made) == set(found)
            assert {identity: found[identity].aliases for identity in made} == {
                identity: record.aliases for identity, record in made.items()
            }
            assert {identity: found[identity].described for identity in made} == {
                identity: record.described for identity, record in made.items()
            }

    def test_observations_come_back_on_the_days_of_the_looks(self, store: Store, generated: list[Record]) -> None:
        made = of_kind(generated, "observation", "metrics", NOW - YEAR + timedelta(days=8))
        found = collected(store, "observation", "metrics")
        looked = {
            identity: record
            for identity, record in made.items()
            if record.name in ("serving", "version_label", "target_up")
        }
        assert len(looked) > 1000
        assert {identity: found[identity].state for identity in looked} == {
            identity: record.state for identity, record in looked.items()
        }

    def test_alerts_come_back_as_incidents(self, store: Store, generated: list[Record]) -> None:
        def starts(records: dict[str, Record]) -> set[tuple[str | None, datetime]]:
            return {(record.subject, record.detected_at.replace(microsecond=0)) for record in records.values()}

        made = of_kind(generated, "incident", "metrics", SINCE)
        assert starts(made) <= starts(collected(store, "incident", "metrics"))

    def test_builds_come_back(self, store: Store) -> None:
        found = collected(store, "pipeline_run", "buildbot").values()
        assert len(list(found)) == len(orders([character for character in TEAMS if character.id in CHOSEN]))
        assert {record.repository for record in found} == {
            f"northwind-demo/{name}" for name in ("churn-model", "fraud-models", "maintenance-models", "pricing-models")
        }


def _facts(record: Record) -> dict[str, object]:
    names = (
        "experiment",
        "started_at",
        "finished_at",
        "outcome",
        "commit",
        "dirty",
        "datasets",
        "params",
        "metrics",
        "trigger",
    )
    facts = {name: getattr(record, name) for name in names}
    for name in ("started_at", "finished_at"):
        facts[name] = facts[name].replace(microsecond=facts[name].microsecond // 1000 * 1000)
    return facts
