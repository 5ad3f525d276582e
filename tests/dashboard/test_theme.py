from __future__ import annotations

import pytest

from mlops_maturity.dashboard.theme import DARK, LIGHT, Tokens, streamlit_options, tokens_for

THEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@THEMES
def test_text_can_be_read_on_every_background(tokens: Tokens) -> None:
    for background in (tokens.background, tokens.surface):
        for ink in (tokens.ink, tokens.muted, tokens.accent, tokens.better, tokens.worse):
            assert contrast(ink, background) >= 4.5, (ink, background)
    for band in tokens.bands:
        assert contrast(tokens.ink, band) >= 4.5


@THEMES
def test_the_number_on_each_level_can_be_read(tokens: Tokens) -> None:
    for fill, ink in zip(tokens.levels, tokens.level_ink, strict=True):
        assert contrast(fill, ink) >= 4.5


@THEMES
def test_warnings_can_be_read(tokens: Tokens) -> None:
    assert contrast(tokens.worse, tokens.worse_faint) >= 4.5


@THEMES
def test_labels_in_the_evidence_budget_can_be_read(tokens: Tokens) -> None:
    assert contrast(tokens.background, tokens.better) >= 4.5
    assert contrast(tokens.background, tokens.worse) >= 4.5
    assert contrast(tokens.ink, tokens.better_soft) >= 4.5
    assert contrast(tokens.ink, tokens.worse_soft) >= 4.5


@THEMES
def test_lightness_runs_one_way_through_the_levels(tokens: Tokens) -> None:
    lightness = [_luminance(fill) for fill in tokens.levels]
    assert lightness == sorted(lightness, reverse=tokens.name == "light")


def test_an_unknown_theme_is_light() -> None:
    assert tokens_for(None) is LIGHT
    assert tokens_for("sepia") is LIGHT
    assert tokens_for("dark") is DARK


def test_the_page_is_painted_with_the_same_tokens_and_no_foreign_font() -> None:
    options = streamlit_options()
    assert options["theme.dark.backgroundColor"] == DARK.background
    assert all(not face["url"].startswith("http") for face in options["theme.fontFaces"])
