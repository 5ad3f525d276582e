"""The look: colour tokens for the light and the dark theme, and Streamlit's theme options made from them.

Lightness of the level colours runs one way through the levels (down in the light theme, up in the dark one), so that
grey print and every kind of colour blindness keep their order. No level is red or green: a level is not an alarm.
Orange is kept for what needs attention (target, worse, contradiction), and always comes with a second cue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FONT = "Inter, system-ui, -apple-system, 'Segoe UI', sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The colours of one theme."""

    name: str
    background: str
    surface: str
    ink: str
    muted: str
    border: str
    grid: str
    accent: str
    better: str
    worse: str
    no_data: str
    levels: tuple[str, str, str, str]
    """Fill of level 0 to 3."""
    level_ink: tuple[str, str, str, str]
    """Text on the fill of level 0 to 3."""
    bands: tuple[str, str, str, str]
    """Faint background of level 0 to 3 behind a chart."""
    better_soft: str
    """The weaker companion of `better`: the same, but only said."""
    worse_soft: str
    worse_faint: str
    """Background of a warning."""
    categories: tuple[str, ...]


LIGHT = Tokens(
    name="light",
    background="#FFFFFF",
    surface="#F4F6F8",
    ink="#0F1720",
    muted="#5B6675",
    border="#DDE2E8",
    grid="#E6EAEE",
    accent="#0F5C8C",
    better="#0B6E6E",
    worse="#B4481B",
    no_data="#C6CDD5",
    levels=("#EFD9A7", "#8CC7BE", "#2A7F90", "#153F63"),
    level_ink=("#0F1720", "#0F1720", "#FFFFFF", "#FFFFFF"),
    bands=("#FBF6EA", "#EFF7F5", "#E6F1F3", "#E3E9EF"),
    better_soft="#9CCFCB",
    worse_soft="#EBBBA3",
    worse_faint="#FBF0EA",
    categories=("#0F5C8C", "#B4481B", "#0B6E6E", "#7A4FA3", "#8A6A00", "#5B6675"),
)

DARK = Tokens(
    name="dark",
    background="#14181D",
    surface="#1C2229",
    ink="#E8ECF1",
    muted="#9AA5B1",
    border="#323B45",
    grid="#2A323B",
    accent="#7CC4E8",
    better="#6FD0C5",
    worse="#F0A07A",
    no_data="#4A5561",
    levels=("#5A5038", "#2F6B73", "#4FAAB0", "#BDEBDD"),
    level_ink=("#FFFFFF", "#FFFFFF", "#000000", "#000000"),
    bands=("#1F1E1A", "#182125", "#1A2730", "#1E2E36"),
    better_soft="#3B716C",
    worse_soft="#7A5442",
    worse_faint="#2C231E",
    categories=("#7CC4E8", "#F0A07A", "#6FD0C5", "#C3A2E8", "#E0C066", "#9AA5B1"),
)

TOKENS = {tokens.name: tokens for tokens in (LIGHT, DARK)}


def tokens_for(theme: str | None) -> Tokens:
    """The tokens of a theme by its name; light where it is not known (yet)."""
    return TOKENS.get(theme or "light", LIGHT)


def streamlit_options() -> dict[str, Any]:
    """Streamlit's theme options by their dotted names: the same tokens, so that charts and page can't drift apart."""
    options: dict[str, Any] = {
        "theme.font": FONT,
        "theme.fontFaces": _font_faces(),
        "theme.baseFontSize": 16,
        "theme.baseRadius": "0.5rem",
        "theme.headingFontSizes": ["1.65rem", "1.1rem", "1rem"],
        "theme.headingFontWeights": [650, 600, 600],
        "theme.metricValueFontSize": "1.85rem",
        "theme.metricValueFontWeight": 600,
        "theme.paddingTop": "1.1rem",
        "theme.paddingBottom": "3rem",
        "theme.showWidgetBorder": True,
    }
    for tokens in TOKENS.values():
        options |= {f"theme.{tokens.name}.{name}": value for name, value in _colours(tokens).items()}
    return options


def _colours(tokens: Tokens) -> dict[str, Any]:
    return {
        "primaryColor": tokens.accent,
        "backgroundColor": tokens.background,
        "secondaryBackgroundColor": tokens.surface,
        "textColor": tokens.ink,
        "linkColor": tokens.accent,
        "borderColor": tokens.border,
        "dataframeBorderColor": tokens.border,
        # st.metric paints its arrows red and green: these make it follow the palette.
        "redColor": tokens.worse,
        "redTextColor": tokens.worse,
        "orangeColor": tokens.worse,
        "orangeTextColor": tokens.worse,
        "orangeBackgroundColor": tokens.worse_faint,
        "yellowColor": tokens.worse,
        "yellowTextColor": tokens.worse,
        "yellowBackgroundColor": tokens.worse_faint,
        "greenColor": tokens.better,
        "greenTextColor": tokens.better,
        "blueColor": tokens.accent,
        "blueTextColor": tokens.accent,
        "grayColor": tokens.muted,
        "grayTextColor": tokens.muted,
        "chartCategoricalColors": list(tokens.categories),
    }


def _font_faces() -> list[dict[str, str]]:
    latin = "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122"
    marks = "U+2190-2193, U+2212, U+2215, U+25B2, U+25BC, U+FEFF, U+FFFD"
    extended = "U+0100-0130, U+0132-0151, U+0154-02BA, U+02BD-02C5, U+1E00-1E9F, U+1EF2-1EFF, U+20A0-20AB, U+20AD-20C0"
    faces = (("inter-latin-wght-normal", f"{latin}, {marks}"), ("inter-latin-ext-wght-normal", extended))
    return [
        {
            "family": "Inter",
            "url": f"app/static/{file}.woff2",
            "weight": "100 900",
            "style": "normal",
            "unicodeRange": span,
        }
        for file, span in faces
    ]
