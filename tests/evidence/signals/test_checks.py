"""What pipeline runs check: by the names of their jobs, by their commit, and unknown where jobs are not known."""

from datetime import date
from types import SimpleNamespace

import pytest

from mlops_maturity.config.rules import CheckRule, Rules

TEST, SCAN, DATA = "ci.test_job_share", "ci.scan_share", "ci.data_check_share"
SMOKE, EVAL, STOPS = "ci.pipeline_smoke_share", "ci.eval_gate_share", "ci.gate_stops"


def jobs(*named, outcome="success"):
    return [{"name": name, "outcome": outcome} for name in named]


@pytest.mark.parametrize(("signal", "purpose", "job"), [
    (TEST, "ci", "Unit-Tests"), (SCAN, "ci", "trivy image"), (DATA, "training", "validate-data"),
    (SMOKE, "ci", "smoke run"), (EVAL, "ci", "evaluate prompts"),
])  # fmt: skip
def test_a_job_of_that_name_counts_and_a_run_without_one_does_not(make, measure, signal, purpose, job):
    runs = [
        make.run("2026-11-01", purpose, trigger="pull_request", jobs=jobs("lint", job)),
        make.run("2026-11-02", purpose, trigger="pull_request", jobs=jobs("lint", job, outcome="skipped")),
        make.run("2026-11-03", purpose, "failure", trigger="pull_request", jobs=jobs(job, outcome="failure")),
        make.run("2026-11-04", purpose, trigger="pull_request", jobs=jobs("lint")),
        make.run("2026-11-05", purpose, trigger="pull_request"),
    ]
    reading = measure(signal, runs)
    assert (reading.value, reading.seen, reading.scope) == (50, 4, 5)
    assert "1 with unknown jobs" in reading.note


@pytest.mark.parametrize("signal", [TEST, SCAN])
def test_of_no_known_jobs_nothing_is_known_which_is_not_zero(make, measure, signal):
    missing = measure(signal, [make.run("2026-11-01", "ci")])
    assert missing.reason == "not_configured"
    assert "let the source read jobs" in missing.detail
    assert measure(signal, [make.run("2026-11-01", "training")]).reason == "no_records"


def test_a_pipeline_of_that_name_counts_for_its_commit_but_not_before_it_ran(make, measure):
    build = make.run("2026-11-01", "ci", sha="a", jobs=jobs("build"))
    scan = make.run("2026-11-09", "other", sha="a", pipeline="nightly scan")
    assert measure(SCAN, [build, scan]).value == 100
    assert measure(SCAN, [build, scan], on=date(2026, 11, 8)).value == 0


def test_an_evaluation_pipeline_of_the_same_commit_counts(make, measure):
    change = make.run("2026-11-02", "ci", sha="a", trigger="pull_request", jobs=jobs("lint"))
    assert measure(EVAL, [change, make.run("2026-11-01", "evaluation", sha="a", pipeline="evals")]).value == 100


def test_an_earlier_attempt_that_tested_counts(make, measure):
    runs = [
        make.run("2026-11-01", "ci", "failure", id="7", jobs=jobs("test", outcome="failure")),
        make.run("2026-11-02", "ci", id="7", attempt=2, jobs=jobs("deploy-docs")),
    ]
    assert measure(TEST, runs).value == 100


def test_the_rules_of_the_source_decide(make, measure):
    rules = Rules(checks=(CheckRule.model_validate({"job": "prüfung", "is": "test"}),))
    runs = [make.run("2026-11-01", "ci", jobs=jobs("Prüfung")), make.run("2026-11-01", "ci", jobs=jobs("unit-test"))]
    assert measure(TEST, runs, sources=[SimpleNamespace(id="src", rules=rules)]).value == 50


def test_stops_are_counted_among_the_decisions_of_the_gate(make, measure):
    runs = [
        make.run("2026-11-01", jobs=jobs("train", "quality-gate")),
        make.run("2026-11-02", outcome="failure", jobs=[*jobs("train"), *jobs("quality-gate", outcome="failure")]),
        make.run("2026-11-03", outcome="failure", jobs=jobs("train", outcome="failure")),  # not reached
        make.run("2026-11-04", "evaluation", "failure", pipeline="model gate"),
    ]
    reading = measure(STOPS, runs)
    assert (reading.value, reading.opportunities, reading.seen, reading.scope) == (2, 3, 3, 4)
    assert measure(STOPS, runs[2:3]).reason == "insufficient_data"


def test_a_gate_that_never_stopped_anything_reads_zero(make, measure):
    assert measure(STOPS, [make.run("2026-11-01", jobs=jobs("quality-gate"))]).value == 0


def test_jobs_do_not_count_where_runs_were_not_read(make, measure, cover):
    assert measure(TEST, [], coverage=cover(kinds=["change"])).reason == "not_configured"
