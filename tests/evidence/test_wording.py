"""What may stand beside a figure: one plain line that names nobody."""

from __future__ import annotations

import pytest

from mlops_maturity.evidence.wording import LONGEST_NAME, LONGEST_REASON, name_fault, reason_fault


@pytest.mark.parametrize("text", ["no personal data", "Entfällt bis Mai: „kein“ Scoring", "x" * LONGEST_REASON, "=1+1"])
def test_a_plain_line_is_a_reason(text: str) -> None:
    assert reason_fault(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is needed"),
        (" \t\n", "is needed"),
        ("two\nlines", "U+000A"),
        ("bell\a", "U+0007"),
        ("nul\0", "U+0000"),
        ("turned \u202etxet", "U+202E"),
        ("half a pair \ud800", "U+D800"),
        ("x" * (LONGEST_REASON + 1), "501 characters"),
        ("ask ann.lee@acme.example", "mail address"),
    ],
)
def test_what_is_no_reason_is_told(text: str, told: str) -> None:
    fault = reason_fault(text)
    assert fault is not None
    assert told in fault


@pytest.mark.parametrize("text", ["platform-team", "Platform team", "Qualität"])
def test_a_role_or_team_answers_for_it(text: str) -> None:
    assert name_fault(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "is needed"), ("ann@acme.example", "personal data"), ("a\tb", "U+0009"), ("x" * (LONGEST_NAME + 1), "65")],
)
def test_who_can_not_answer_for_it_is_told(text: str, told: str) -> None:
    fault = name_fault(text)
    assert fault is not None
    assert told in fault
    assert "ann@" not in fault
