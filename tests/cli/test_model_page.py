from __future__ import annotations

from dataclasses import replace

from mlops_maturity.cli.model_page import render_model
from mlops_maturity.config.catalogue import SignalUse
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.signals.registry import signals

CATALOGUE = builtin_catalogue()
PAGE = render_model(CATALOGUE, signals())


def row_of(anchors: tuple[tuple[float, float], ...]) -> str:
    """What the page says of a signal with these anchors."""
    practice = CATALOGUE.by_id["rollback"]
    use = SignalUse(id="own.signal", share=0.5, half_life_days=30, anchors=anchors, source="judgement")
    page = render_model(replace(CATALOGUE, practices=(replace(practice, signals=(use,)),)), {})
    (row,) = (line for line in page.splitlines() if "own.signal" in line)
    return row


def test_every_practice_is_there_with_its_answers_and_reached_by_its_link() -> None:
    for practice in CATALOGUE.practices:
        assert f"](#{practice.id})" in PAGE
        assert f'<a id="{practice.id}"></a>' in PAGE
        for text in (practice.question, practice.why, *practice.answers, *practice.tools):
            assert text in PAGE
        for use in practice.signals:
            assert f"`{use.id}`" in PAGE


def test_the_page_says_whose_model_it_is_and_what_is_not_verified() -> None:
    told = " ".join(PAGE.split())

    assert "nothing reproduces that questionnaire" in told
    assert "not calibrated on real organisations" in told
    assert "unverified" in told


def test_thresholds_are_the_least_good_value_of_each_rung() -> None:
    assert "| 25 | 80 | 98 |" in row_of(((0, 0), (25, 1), (80, 2), (98, 3)))
    assert "| 168 | 24 | 1 |" in row_of(((0, 3), (1, 3), (24, 2), (168, 1), (730, 0)))
    assert "| 30 | 60 | top 2.4 |" in row_of(((0, 0), (60, 2), (95, 2.4)))
    assert "| – | 0 | 1 |" in row_of(((0, 2), (1, 3)))
    assert "| 2,880 | 60 | 10 |" in row_of(((0, 3), (10, 3), (60, 2), (2880, 1), (20160, 0)))


def test_a_signal_without_a_collector_is_told_apart() -> None:
    assert "`own.signal`, pushed" in row_of(((0, 0), (1, 3)))
    assert "[`ci.recovery_hours`](signals.md#cirecovery_hours)" in PAGE
