"""What is kept of names, people and model files: counts, flags and keyed hashes, never the words themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from mlops_maturity.collectors.mlflow.collector import MODELS, VERSIONS
from mlops_maturity.collectors.mlflow.metric_names import MetricNames
from mlops_maturity.collectors.mlflow.model_files import facts_of
from mlops_maturity.collectors.mlflow.settings import MlflowSettings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILE = b"""
artifact_path: model
flavors:
  python_function: {env: {conda: conda.yaml, virtualenv: python_env.yaml}, loader_module: mlflow.sklearn}
signature:
  inputs: '[{"type": "double", "name": "x"}]'
  outputs: null
"""


def settings(**given):
    return MlflowSettings.model_validate({"id": "t", "type": "mlflow", "url": "http://h", **given})


@pytest.mark.parametrize(
    ("names", "counts"),
    [
        (("auc", "val_loss", "train/loss", "system/cpu_utilization_percentage"), {}),
        (("auc/region:north", "auc/region:south", "f1/region:south"), {"slices": 2}),
        (("auc/slice_new-users", "eval/auc/slice.old"), {"slices": 1}),
        (("Demographic_Parity_difference", "shap_mean"), {"fairness": 2}),
    ],
)
def test_counts_by_names(names, counts):
    assert MetricNames(settings()).counts(names) == counts


def test_patterns_are_the_users():
    names = MetricNames(settings(slice_metric=r"(?P<slice>\w+)__\w+", fairness_metrics=["bias_*"]))
    assert names.counts(["eu__auc", "us__auc", "us__f1", "bias_gap", "shap_mean"]) == {"slices": 2, "fairness": 1}
    assert MetricNames(settings(fairness_metrics=[])).counts(["shap_mean"]) == {}


@pytest.mark.parametrize(("pattern", "words"), [("auc/(.*)", "group"), ("(?P<slice>", "no regular expression")])
def test_a_pattern_that_names_no_slice_is_refused(pattern, words):
    with pytest.raises(ValidationError, match=words):
        settings(slice_metric=pattern)


def test_a_run_keeps_counts_and_no_names(fake, read, make_run):
    fake.runs = [make_run("r1", NOW - timedelta(days=1), names=("auc/region:north", "auc/region:south", "shap_x"))]
    run = read()["r1"]
    assert (run.metrics, run.attributes) == (3, {"slices": 2, "fairness": 1})
    assert "north" not in str(run)


def model(name, aliases=None, **tags):
    return {
        "name": name,
        "creation_timestamp": 1_780_000_000_000,
        "aliases": [{"alias": alias, "version": version} for alias, version in (aliases or {}).items()],
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }


def version(name, number, user="", **tags):
    return {
        "name": name,
        "version": str(number),
        "creation_timestamp": 1_780_000_000_000 + number,
        "user_id": user,
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }


def test_approver_and_maker_are_the_same_hash_where_they_are_the_same_person(fake, read, make_run):
    fake.runs = [make_run("r1", NOW - timedelta(days=1), tags={"mlflow.user": "ann"})]
    fake.versions = [
        version("m", 1, user="Ann ", approved_by="bob"),
        version("m", 2, approver="ann", fairness_report="s3://x"),
        version("m", 3, approved_by=" "),
    ]
    kept = read(stream=VERSIONS)
    first, second, third = (kept.records["model_version", f"m/{number}"].attributes for number in (1, 2, 3))
    author = read()["r1"].author
    assert first["registered_by"] == second["approver"] == author
    assert first["approver"] != author
    assert second["fairness"] is True
    assert third == {}
    assert "bob" not in str(kept.records)


@pytest.mark.parametrize(("said", "known"), [("true", True), ("No", False), ("perhaps", None), ("", None)])
def test_whether_a_model_affects_people(fake, read, said, known):
    fake.models = [model("m", affects_people=said)]
    assert read(stream=MODELS).records["model", "m"].attributes.get("affects_people") is known


class TestModelFiles:
    def test_read_once_of_versions_in_use_and_remembered(self, fake, read, scripted_server):
        fake.models = [model("m", {"champion": "2"})]
        fake.versions = [version("m", 1), version("m", 2)]
        fake.files = {"m/1": FILE, "m/2": FILE}
        kept = read(stream=VERSIONS, read_model_files=True)
        both = {"dependencies": True, "signature": True}
        assert kept.records["model_version", "m/2"].attributes == both
        assert kept.records["model_version", "m/1"].attributes == {}
        fake.models, fake.files = [model("m", {"champion": "1"})], {"m/1": b"flavors: {sklearn: {code: null}}"}
        read(kept, stream=VERSIONS, read_model_files=True)
        assert kept.records["model_version", "m/2"].attributes == both
        assert kept.records["model_version", "m/1"].attributes == {"dependencies": False, "signature": False}

    def test_not_read_unless_asked_for(self, fake, read):
        fake.models, fake.versions, fake.files = [model("m", {"champion": "1"})], [version("m", 1)], {"m/1": FILE}
        assert read(stream=VERSIONS).records["model_version", "m/1"].attributes == {}

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_one_that_may_not_be_read_is_unknown(self, fake, read, told, status, scripted_server):
        fake.models = [model("m", {"champion": "1", "x": "2"})]
        fake.versions = [version("m", 1), version("m", 2)]
        whole = fake.answer
        refusal = told(b"no", status=status)
        scripted_server.answer = lambda asked: refusal if "get-artifact" in asked.path else whole(asked)
        kept = read(stream=VERSIONS, read_model_files=True)
        assert kept.records["model_version", "m/1"].attributes == {}
        assert len(kept.coverage) == 1

    @pytest.mark.parametrize("status", [404, 500])
    def test_those_that_can_t_be_read_rest_and_leave_others_their_turn(
        self, fake, read, told, status, scripted_server, monkeypatch
    ):
        monkeypatch.setattr("mlops_maturity.collectors.mlflow.model_files.AT_ONCE", 2)
        names = ["1", "2", "3"]
        fake.models = [model("m", {f"a{name}": name for name in names})]
        fake.versions = [version("m", int(name)) for name in names]
        fake.files = {f"m/{name}": FILE for name in names}
        whole, asked = fake.answer, []

        def answer(request):
            if "get-artifact" in request.path:
                asked.append(str(request.query["version"]).strip("[]'"))
                if asked[-1] in ("1", "2") and refusing:
                    return told(b"no", status=status)
            return whole(request)

        scripted_server.answer, refusing = answer, [True]
        kept = read(stream=VERSIONS, read_model_files=True)
        assert set(asked) == {"1", "2"}
        assert any("model files of versions of 2 could not be read" in line for line in kept.warnings)
        asked.clear()
        kept = read(kept, stream=VERSIONS, read_model_files=True, now=NOW + timedelta(minutes=30))
        assert asked == ["3"]
        asked.clear()
        refusing.clear()
        kept = read(kept, stream=VERSIONS, read_model_files=True, now=NOW + timedelta(hours=1))
        assert set(asked) == {"1", "2"}
        assert all(kept.records["model_version", f"m/{name}"].attributes for name in names)

    @pytest.mark.parametrize("text", ["", "- a", "<html>", "flavors: 3", "{", "a: &a [*a]", "x" * 1_000_001])
    def test_what_is_no_model_file_tells_nothing(self, text):
        assert facts_of(text) == {}

    def test_a_flavour_without_environment_and_no_signature_are_a_no(self):
        assert facts_of("flavors: {keras: {data: d}}\nsignature: null") == {"dependencies": False, "signature": False}
