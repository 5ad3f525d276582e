from __future__ import annotations

import pytest
from pydantic import ValidationError

from mlops_maturity.collectors.prometheus.presets import preset, preset_names
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.collectors.registry import build, source_types
from mlops_maturity.config.settings import Settings, Team


def settings(**given: object) -> PrometheusSettings:
    return PrometheusSettings.model_validate(
        {"id": "metrics", "type": "prometheus", "url": "http://prometheus:9090", **given}
    )


def test_every_shipped_preset_is_valid():
    assert len(preset_names()) >= 6
    for name in preset_names():
        source = settings(preset=name)
        assert set(preset(name)) <= set(PrometheusSettings.model_fields)
        assert (name == "custom") == (preset(name) == {})
        assert all(getattr(source, key) == value for key, value in preset(name).items() if key != "labels")
    assert {name for name in preset_names() if settings(preset=name).serving_metric is None} == {
        "custom", "evidently", "feast", "pyrra", "sloth",
    }  # fmt: skip


def test_keys_that_are_written_count_more_than_the_preset():
    source = settings(preset="seldon-core-1", drift_metric="mine", labels={"model": "deployment_name"})
    assert source.drift_metric == "mine"
    assert source.serving_metric == "seldon_api_executor_server_requests_seconds_count"
    assert source.labels["model"] == "deployment_name"
    assert source.labels["version"] == "model_version"


def test_several_presets_fill_in_for_each_other_and_the_first_counts_most():
    source = settings(preset="kserve", presets=["sloth", "evidently", "feast"])
    assert source.serving_metric == "request_predict_seconds_count"
    assert source.slo_budget_metric == "slo:period_error_budget_remaining:ratio"
    assert source.drift_metric == "evidently:data_drift:dataset_drift"
    assert source.labels == {
        "model": "model_name", "version": "model_version", "objective": "sloth_id", "feature_table": "feature_view",
    }  # fmt: skip


def test_labels_that_are_left_out_have_their_usual_names():
    usual = {"model": "model", "version": "version", "feature_table": "feature_table", "objective": "objective"}
    assert settings().labels == usual
    assert settings(labels={"model": "name"}).labels == {**usual, "model": "name"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"preset": "grafana"}, "no preset is called 'grafana'; known are custom"),
        ({"presets": ["sloth", "slot"]}, "no preset is called 'slot'; did you mean 'sloth'?"),
        ({"slo_attained_metric": "x"}, "go together"),
        ({"quality_metric": "a b"}, "is no metric"),
        ({"feature_max_age_hours": 0}, "greater than 0"),
        ({"labels": {"modell": "x"}}, "not one of model, version"),
        ({"labels": {"model": 'x"'}}, "no name of a label"),
        ({"drift_metric": "rate(x[1d])"}, "is no metric"),
        ({"serving_metric": "a b"}, "is no metric"),
        ({"drift_alerts": "Model(Drift"}, "no regular expression"),
        ({"signals": [{"id": "a", "promql": "x"}, {"id": "a", "promql": "y"}]}, "two signals are called 'a'"),
        ({"url": "prometheus:9090"}, "should start with"),
        ({"signals": [{"id": "a", "promql": ""}]}, "promql"),
        ({"tenant": "ml\r\nHost: evil"}, "tenant"),
        ({"serving_metric": '{env="prod"}'}, "is no metric"),
        ({"serving_metric": '{"requests.total} or x{"'}, "is no metric"),
    ],
    ids=str,
)
def test_refuses_with_the_next_step(given, words):
    with pytest.raises(ValidationError, match=words):
        settings(**given)


def test_is_found_by_its_type_and_has_the_streams_that_are_configured():
    assert source_types()["prometheus"] is PrometheusSettings
    organisation = Settings(organisation="Acme", teams=(Team(id="a"),))

    def streams(**given: object) -> list[str]:
        collector = build(settings(**given), organisation)
        collector.close()
        return [stream.name for stream in collector.streams()]

    assert streams() == ["observations"]
    assert streams(slo_alerts="Latency") == ["observations", "rules"]
    assert streams(drift_alerts="Drift") == ["observations", "rules", "incidents"]
    assert streams(signals=[{"id": "a", "promql": "x"}]) == ["observations", "signals"]


def test_names_of_prometheus_3_are_written_as_in_promql():
    source = settings(serving_metric='{"requests.total", env="prod"}', latency_histogram='{ "took.seconds" }')
    assert source.serving_metric == '{"requests.total", env="prod"}'
    assert source.latency_metric == '{ "took.seconds_bucket" }'
