"""The style rules of the product: what Streamlit has no option for. Without them nothing breaks."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.dashboard.theme import Tokens

PAIR = "pair"
"""What the key of a container begins with whose two columns stand below each other where one would be too narrow."""
_RULES = (
    # Two columns stand below each other where one of them would be too narrow: Streamlit waits until 640 pixels.
    "@media (max-width: 900px) {{ "
    f'[class*="st-key-{PAIR}-"] [data-testid="stHorizontalBlock"] {{{{ flex-wrap: wrap; }}}} '
    f'[class*="st-key-{PAIR}-"] [data-testid="stColumn"] {{{{ min-width: 100%; }}}} }}}}',
    # Tables of several columns are drawn closer together on a phone.
    '@media (max-width: 640px) {{ [data-testid="stTableStyledTable"] :is(th, td) {{ padding-inline: 0.1rem; }} }}',
    # The empty circles of choices get an edge that can be seen: the theme paints them in the faint card border.
    '[data-testid="stRadioOption"]:not(:has(input:checked)) > div > div:first-child {{ border-color: {muted}; }}',
    # Whoever goes by keyboard sees where they are: of links, and of buttons beside charts, the theme shows nothing.
    '[data-testid="stApp"] :is(a, button):focus-visible, [data-testid="stRadioOption"]:has(input:focus-visible) '
    "{{ outline: 2px solid {accent}; outline-offset: 2px; border-radius: 0.25rem; }}",
    # Answers of several lines stand apart, so that each circle is seen to belong to its own.
    '[data-testid="stRadioGroup"] {{ row-gap: 0.5rem; }}',
    # A grid within a grid is as high as its neighbour: a number without a line stands level with those that have one.
    '[data-testid="stGrid"] [data-testid="stGrid"] {{ flex-grow: 1; }}',
    # A name written from right to left shows its beginning too, and what is cut ends in dots.
    '[data-testid="stSelectbox"] input {{ unicode-bidi: plaintext; text-align: start; text-overflow: ellipsis; }}',
    # Links to pages are whole sentences here: on a phone they go on in the next line and are not cut.
    '[data-testid="stPageLink"] a {{ height: auto; }}',
    '[data-testid="stPageLink"] a * {{ white-space: normal; overflow: visible; font-weight: inherit; }}',
    # Its words begin where all others do.
    '[data-testid="stPageLink"] a {{ padding-left: 0; }}',
    # A link to another view of the same page is a link as all others are, not a mark of where the reader is.
    '[data-testid="stPageLink"] a:not(:hover) {{ background: none; }}',
)


def style(tokens: Tokens) -> None:
    """Put the rules into the page."""
    rules = " ".join(rule.format(muted=tokens.muted, accent=tokens.accent) for rule in _RULES)
    st.html(f"<style>{rules}</style>")
