"""Who answered, how far they agree, and what rests on one voice."""

from __future__ import annotations

import pytest

from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.respondents import Voices, responses
from mlops_maturity.scoring.score import score


@pytest.fixture
def catalogue(bench):
    return bench.catalogue(
        bench.practice("p"), bench.practice("q"), bench.practice("r"), bench.practice("g", applies_to=("genai",))
    )


def _of(bench, catalogue, *answers, **more):
    return responses(catalogue, Evidence(answers=answers, **more), bench.today)


def test_spread_and_single_voices_are_told_by_practice(bench, catalogue):
    found = _of(
        bench, catalogue, bench.said(1, "p"), bench.said(3, "p", "bob", attested=True), bench.said(2, "q"),
        bench.said(2, "p", "bob", days_ago=9),
    )  # fmt: skip
    assert found.practices == (
        Voices(practice="p", respondents=2, spread=2, attested=1),
        Voices(practice="q", respondents=1, spread=0, attested=0),
    )
    assert (found.single, found.unanswered) == (("q",), ("r", "g"))


def test_the_longest_silent_stands_first_with_what_still_counts_of_theirs(bench, catalogue):
    found = _of(
        bench, catalogue, bench.said(1, "p", "ann", 10), bench.said(2, "q", "ann", 800), bench.said(1, "p", "bob", 900),
        bench.said(None, "r", "cleo", 3),
    )  # fmt: skip
    assert [(each.id, each.silent_days, each.answered) for each in found.respondents] == [
        ("bob", 900, 0), ("ann", 10, 1), ("cleo", 3, 0),
    ]  # fmt: skip


def test_what_is_to_come_waived_or_for_others_plays_no_part(bench, catalogue):
    found = _of(
        bench, catalogue, bench.said(1, "p", "dan", -1), bench.said(1, "q", "eve"), bench.said(1, "g", "flo"),
        kinds=frozenset({"classical"}), waivers=(bench.waived("q"),),
    )  # fmt: skip
    assert (found.respondents, found.practices, found.unanswered) == ((), (), ("p", "r"))


@pytest.mark.parametrize(("people", "told"), [(0, "there is none"), (1, "there is one"), (4, "there are 4")])
def test_agreement_takes_five_respondents(bench, catalogue, people, told):
    found = _of(bench, catalogue, *(bench.said(n % 4, "p", f"r{n}") for n in range(people)))
    assert found.alpha is None
    assert told in (found.why_no_alpha or "")


def test_five_who_agree_read_one_and_five_without_difference_read_nothing(bench, catalogue):
    agreed = [bench.said(value, practice, f"r{n}") for n in range(5) for practice, value in (("p", 0), ("q", 3))]
    assert _of(bench, catalogue, *agreed).alpha == pytest.approx(1)
    same = _of(bench, catalogue, *(bench.said(2, "p", f"r{n}") for n in range(5)))
    assert (same.alpha, "all answers are the same" in (same.why_no_alpha or "")) == (None, True)


def test_an_old_answer_no_more_makes_a_fifth_respondent(bench, catalogue):
    four = [bench.said(n % 4, "p", f"r{n}") for n in range(4)]
    assert _of(bench, catalogue, *four, bench.said(1, "p", "r5", 721)).alpha is None
    assert _of(bench, catalogue, *four, bench.said(1, "p", "r5", 720)).alpha is not None


def test_ten_thousand_answers_of_one_practice_are_read_as_the_score_reads_them(bench, catalogue):
    answers = tuple(bench.said(n % 4, "p", f"r{n % 2000}", n // 2000) for n in range(10_000))
    found = _of(bench, catalogue, *answers)
    part = score(catalogue, Evidence(answers=answers), bench.today).practices["p"].answers
    (voices,) = found.practices
    assert (voices.respondents, voices.spread) == (part.respondents, part.spread) == (2000, 3)
    assert found.alpha is not None
