from __future__ import annotations

import json

import pytest


def _result(*checks, date="2026-11-20T06:00:00Z", name="github.com/acme/fraud"):
    return json.dumps({"date": date, "repo": {"name": name, "commit": "a"}, "score": 6.1, "checks": [
        {"name": check, "score": score, "reason": "because", "details": None} for check, score in checks
    ]})  # fmt: skip


@pytest.mark.parametrize(
    ("score", "state", "value"), [(10, "yes", 10), (6, "yes", 6), (5, "no", 5), (-1, "unknown", None)]
)
def test_a_grade_becomes_yes_or_no_and_what_is_inconclusive_stays_unknown(read, score, state, value):
    (seen,), reading = read("scorecard", _result(("Branch-Protection", score)))
    assert (seen.subject, seen.name, seen.state, seen.value) == ("acme/fraud", "protected_branch", state, value)
    assert reading.problems.found == 0


def test_checks_we_do_not_use_are_counted_and_a_gitlab_path_keeps_its_groups(read):
    seen, reading = read("scorecard", _result(("SAST", 0), ("Fuzzing", 3), name="gitlab.com/a/b/c"))
    assert [entry.subject for entry in seen] == ["a/b/c"]
    assert reading.left_out == {"check Fuzzing": 1}


def test_a_day_without_time_and_several_results_in_one_file(read):
    text = _result(("SAST", 9), date="2026-11-19") + "\n" + _result(("SAST", 9), date="2026-11-20")
    seen, _ = read("scorecard", text)
    assert [entry.id for entry in seen] == [
        "static_analysis/acme/fraud/2026-11-19",
        "static_analysis/acme/fraud/2026-11-20",
    ]


@pytest.mark.parametrize(("text", "told"), [
    ("{}", "checks: should be the list of checks"),
    (_result(("SAST", 1), date="soon"), "date: should be the day"),
    (_result(("SAST", 1), date="2030-01-01"), "is in the future"),
    (_result(("SAST", 1), name=""), "repo.name: is needed"),
    (_result(("SAST", 11)), "checks.0: should have a name and a score"),
    (_result(("SAST", "9")), "checks.0: should have a name and a score"),
    ('{"date": NaN}', "repo.name"),
    ("<html>", "is not JSON"),
])  # fmt: skip
def test_a_broken_result_is_named_by_place_and_reason(read, text, told):
    seen, reading = read("scorecard", text)
    assert seen == []
    assert any(told in str(problem) for problem in reading.problems.listed), reading.problems.listed
