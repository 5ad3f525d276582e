from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.config.problems import Problem


@given(st.text(), st.text(), st.text())
def test_a_problem_is_one_printable_line_of_bounded_length(where: str, path: str, reason: str) -> None:
    told = str(Problem(where, path, reason * 50))

    assert told.isprintable()
    assert len(told) < 40_000


def test_what_a_file_holds_steers_no_terminal() -> None:
    assert str(Problem("f:1", "a\x1b[31m", "holds\nmore")) == r"f:1: a\x1b[31m: holds\nmore"


def test_a_long_value_does_not_hide_the_next_step() -> None:
    told = Problem("f:1", "x" * 5_000, f"{'9' * 5_000!r} is no signal; did you mean 'a'?")

    assert told.path == "x" * 80 + "…"
    assert told.reason.endswith("… is no signal; did you mean 'a'?")
    assert len(told.reason) < 200


def test_what_is_short_and_printable_stays_as_it_is() -> None:
    assert str(Problem("/srv/données/maturity.yaml:3", "teams.0", "is needed")) == (
        "/srv/données/maturity.yaml:3: teams.0: is needed"
    )
