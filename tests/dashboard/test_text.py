from __future__ import annotations

import re
from datetime import date
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as texts

from mlops_maturity.dashboard import text

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


# Long runs of the signs that mean something are what random text hardly ever makes.
OUTSIDE = texts.text(max_size=80) | texts.text("<>~-=@:/w.htps_[]\\ ", max_size=40) | texts.sampled_from(
    ["https://x.example/www.y.example", "HTTP://X.EXAMPLE", "a <-> b --- c >= d", ":streamlit: :material_delete:"]
)  # fmt: skip
APART = re.compile(r":color\[(\\?[^\\])\]|\\(.)", re.DOTALL)
"""A sign in a span of its own, or an escaped one."""


@given(OUTSIDE)
def test_safe_text_leaves_no_sign_of_markdown_or_html_unescaped(words: str) -> None:
    assert not set(APART.sub("", text.safe(words))) & set(PUNCTUATION)


@given(OUTSIDE)
def test_safe_text_says_the_same_as_plain_text(words: str) -> None:
    told = APART.sub(lambda found: (found[1] or found[2])[-1], text.safe(words))
    assert told.removeprefix("\u2068").removesuffix("\u2069") == text.plain(words)


def test_words_from_right_to_left_draw_nothing_beside_them_to_their_other_side() -> None:
    assert text.safe("צוות א") == "\u2068צוות א\u2069"
    assert text.safe("\u202eabc") == "abc"


@given(texts.text(max_size=60), texts.integers(4, 20), texts.integers(1, 3))
def test_a_label_fits_its_lines(words: str, width: int, most: int) -> None:
    lines = text.fit(words, width, most)
    assert 1 <= len(lines) <= most
    assert all(sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line) <= width for line in lines)


def test_a_label_is_broken_at_spaces_first_and_says_where_it_is_cut() -> None:
    assert text.fit("Predictive Maintenance", 13, 2) == ["Predictive", "Maintenance"]
    assert text.fit("Unbreakable_and_long_name", 13, 2) == ["Unbreakable_a", "nd_long_name"]
    assert text.fit("one two three four five six", 8, 2) == ["one two", "three…"]
    assert text.fit("不正検知チーム・クレジット", 13, 2) == ["不正検知チー", "ム・クレジッ…"]


@given(OUTSIDE)
def test_no_run_of_safe_text_is_an_address_an_arrow_or_a_picture(words: str) -> None:
    """What Streamlit recognises, it looks for in one run of text after the escapes are gone."""
    runs = re.split(r":color\[(?:\\?[^\\])\]", text.safe(words))
    bare = [re.sub(r"\\(.)", r"\1", run) for run in runs]
    assert not [
        run for run in bare if re.search(r"https?://|www\.|@|<-|->|--|[<>~]=|:streamlit:|:material_", run, re.I)
    ]


def test_plain_text_has_no_line_breaks_and_no_signs_that_turn_the_reading_direction() -> None:
    assert text.plain("a\n\n b\u202ec\u200b\x00d") == "a bcd"


@pytest.mark.parametrize(
    "words", ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f3f3\ufe0f\u200d\U0001f308", "می\u200cخواهم"]
)
def test_signs_made_of_several_are_not_taken_apart(words: str) -> None:
    assert text.plain(words) == words


@pytest.mark.parametrize("words", ["ad\u200dmin", "ad\u200cmin", "\u200dadmin", "admin\u200c", "admin\u200d\U0001f467"])
def test_joiners_that_shape_nothing_are_taken_out(words: str) -> None:
    assert "\u200c" not in text.plain(words)
    assert "\u200d" not in text.plain(words)


def test_a_cut_leaves_no_joiner_at_the_end() -> None:
    assert text.plain("\U0001f468\u200d\U0001f469\u200d\U0001f467", 3) == "\U0001f468…"


def test_long_outside_text_is_cut() -> None:
    assert text.plain("x" * 500, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "today"),
        (0, "today"),
        (1, "yesterday"),
        (20, "20 days ago"),
        (21, "3 weeks ago"),
        (119, "17 weeks ago"),
        (400, "13 months ago"),
    ],
)
def test_age_in_words(days: int, words: str) -> None:
    assert text.ago(days) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (0.25, "0.25"), (12.5, "12.5"), (1240.4, "1,240"), (0.00012, "0.00012"), (80, "80")]
)
def test_numbers_are_short(value: float, words: str) -> None:
    assert text.number(value) == words


def test_an_unknown_share_is_a_dash_and_never_zero() -> None:
    assert text.percent(None) == "–"
    assert text.percent(0.0) == "0\u00a0%"


def test_words_are_wrapped_at_spaces_only() -> None:
    assert text.wrap("Automated ML workflows", 13) == ["Automated ML", "workflows"]
    assert text.wrap("", 13) == [""]
    assert text.wrap("Unbreakablyverylong x", 5) == ["Unbreakablyverylong", "x"]


def test_days_are_written_out() -> None:
    assert text.day(date(2026, 5, 3)) == "3 May 2026"


def test_lists_are_joined_as_in_speech() -> None:
    assert text.join([]) == ""
    assert text.join(["a"]) == "a"
    assert text.join(["a", "b", "c"]) == "a, b and c"


def test_no_line_ends_between_a_number_and_its_per_cent_sign() -> None:
    assert text.muted("known to 66 %.") == ":gray[:small[known to 66\u00a0%.]]"
    assert " %" not in text.percent(0.66)


@given(texts.text(min_size=1), texts.integers(3, 30))
def test_the_two_ends_of_a_name_fit_their_lines(words: str, width: int) -> None:
    first, last = text.ends(words, width)
    assert first.endswith("…")
    assert text.plain(words).startswith(first[:-1])
    assert text.plain(words).endswith(last)
    assert max(map(text._columns, (first, last))) <= width


def test_names_alike_at_their_beginning_differ_at_their_end() -> None:
    assert text.ends("Recommendations of the northern region, batch", 20) == [
        "Recommendations of…",
        "rthern region, batch",
    ]
