"""Every word a reader sees that is not data, and how data is put into words.

What comes from outside (names, comments, reasons, addresses) goes through `safe` before it meets Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from string import punctuation
from unicodedata import bidirectional, east_asian_width

from mlops_maturity.scoring.percent import percent as written

PRODUCT = "Maturity"

_MARKDOWN = re.compile(
    # What becomes a link, a typographic sign or a picture even where each of its signs is escaped: bare addresses of
    # pages and people, arrows and the like, and two short codes. They are taken apart at their first sign.
    r"(?P<apart>h(?=ttps?://)|w(?=ww\.)|@|[<>~-](?=[>=-])|:(?=streamlit:|material_))|[!-/:-@\[-`{-~]",
    re.IGNORECASE,
)
# Control and bidirectional characters: they can't be seen, and can make text read as something else.
_JOINERS = "\u200c\u200d"
# The two joiners (U+200C, U+200D) stay between signs that they shape: Persian words, emoji made of several.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
    "|(?<![^\u0000-\u024f\u2000-\u200f])[\u200c\u200d]|[\u200c\u200d](?![^\u0000-\u024f\u2000-\u200f])"
)


def plain(words: str, most: int = 400) -> str:
    """Outside text on one line, without characters that can't be seen, cut after `most` characters."""
    line = " ".join(_UNSEEN.sub("", words).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip(_JOINERS)}…"


def safe(words: str, most: int = 400) -> str:
    """Outside text for Markdown: shown as it is, whatever it holds. HTML, links and directives stay text.

    Words written from right to left keep to themselves (U+2068, U+2069): they would else draw the numbers and signs
    beside them to their other side.
    """
    told = _MARKDOWN.sub(_told, plain(words, most))
    return f"\u2068{told}\u2069" if any(bidirectional(sign) in {"R", "AL"} for sign in told) else told


def _told(found: re.Match[str]) -> str:
    sign = f"\\{found[0]}" if found[0] in punctuation else found[0]
    # A colour without one: a neutral span of its own, across which Streamlit recognises nothing.
    return f":color[{sign}]" if found["apart"] else sign


def muted(markdown: str) -> str:
    """Markdown in the weaker text colour, small. What is put in has to be safe already."""
    return f":gray[:small[{unbroken(markdown)}]]"


def unbroken(words: str) -> str:
    """Words in which no line ends between a number and its per cent sign."""
    return words.replace(" %", "\N{NO-BREAK SPACE}" + "%")


def day(moment: date) -> str:
    """`3 May 2026`."""
    return f"{moment.day} {moment:%b %Y}"


def month(moment: date) -> str:
    """`May 2026`."""
    return f"{moment:%b %Y}"


def clock(moment: datetime) -> str:
    """`14:03`."""
    return f"{moment:%H:%M}"


def when(moment: datetime) -> str:
    """`3 May 2026, 14:03`."""
    return f"{day(moment)}, {clock(moment)}"


def ago(days: int) -> str:
    """`today`, `3 days ago`, `5 weeks ago`, `14 months ago`."""
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 21:
        return f"{days} days ago"
    return f"{days // 7} weeks ago" if days < 120 else f"{round(days / 30.44)} months ago"


def percent(share: float | None) -> str:
    """A share 0 to 1 as `47 %`; a dash where it is unknown."""
    return "–" if share is None else unbroken(written(share))


def number(value: float) -> str:
    """A number in about three significant digits, without trailing zeros: `0.25`, `97.6`, `1,240`."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def unit(name: str) -> str:
    """A unit as it is written after a number."""
    return {"percent": "%"}.get(name, name)


def join(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def wrap(words: str, width: int) -> list[str]:
    """Words in lines of about `width` characters, for labels in charts, where nothing wraps by itself."""
    lines: list[str] = []
    for word in plain(words).split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines or [""]


def fit(words: str, width: int, most: int) -> list[str]:
    """Outside text in at most that many lines of that many columns, for labels in charts; what is cut ends in dots.

    A word longer than a line is broken; a Chinese, Japanese or Korean sign takes two columns, as it does on a screen.
    """
    lines: list[str] = []
    line, room = "", width
    for word in plain(words).split():
        for part in _parts(word, width):
            if line and _columns(part) + 1 > room:
                lines, line, room = [*lines, line], "", width
            line = f"{line} {part}" if line else part
            room = width - _columns(line)
    lines.append(line)
    return lines if len(lines) <= most else [*lines[: most - 1], f"{_parts(f'{lines[most - 1]}', width - 1)[0]}…"]


def ends(words: str, width: int) -> list[str]:
    """Outside text as two lines of at most that many columns: its beginning, dots, and its end."""
    line = plain(words)
    first, tail = _parts(line, width - 1)[0].rstrip(), line
    while _columns(tail) > width:
        tail = tail[1:]
    return [f"{first}…", tail.lstrip()]


def _parts(word: str, width: int) -> list[str]:
    """A word in parts no wider than `width` columns."""
    parts = [""]
    for sign in word:
        if parts[-1] and _columns(parts[-1] + sign) > width:
            parts.append("")
        parts[-1] += sign
    return parts


def _columns(words: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in words)


def note_unknown_value(name: str, value: str, near: str | None = None) -> str:
    """A query parameter names something that is not there; `near` is what it may have meant."""
    hint = f" Did you mean **{safe(near, 60)}**?" if near else ""
    return (
        f"The address asks for {_PARAMETERS[name]} **{safe(value, 60)}**, which is not here.{hint} Showing the default."
    )


def note_bad_day(value: str) -> str:
    """`as_of` is no day."""
    return f"The address asks for the day **{safe(value, 60)}**. Write it as 2026-11-23. Showing today."


def note_future_day(asked: date) -> str:
    """`as_of` has not come yet."""
    return f"The address asks for **{day(asked)}**, which is still to come. Showing today."


def note_team_outside_group(team: str, group: str) -> str:
    """Team and group don't belong together."""
    return f"Team **{safe(team, 60)}** is not in group **{safe(group, 60)}**. Showing the team."


def note_unknown_span(value: str, known: Sequence[int], usual: int) -> str:
    """`span` is none of the lengths that there are."""
    lengths = ", ".join(map(str, known))
    return (
        f"The address asks for the span **{safe(value, 60)}**. It is a number of months, one of {lengths}. "
        f"Showing {usual} months."
    )


_PARAMETERS = {
    "team": "the team",
    "group": "the group",
    "aspect": "the aspect",
    "practice": "the practice",
    "framework": "the framework",
}

STORE_MOVED_ON = "There is new evidence or a new answer in the store."
SETTINGS_CHANGED = "The settings or the model of maturity have changed."
SHOW_IT = "Show it"
REFUSED_TITLE = "The settings can't be read"
REFUSED_STEP = (
    "Mend what is named here: the page comes back by itself soon after."
    " `mlops-maturity check` says the same in a terminal."
)

OWN_LEVELS = "Cloudflight levels"

NOT_FOUND = "There is no such page"
NOT_FOUND_STEP = "These are the pages"


def not_found(asked: str, near: str) -> str:
    """Which page was asked for, with the likeliest one (`page_name`) if any is near."""
    hint = f"; did you mean **{near}**?" if near else ""
    return f"Nothing is at **/{safe(asked, 80)}**{hint}"


def page_name(path: str, title: str) -> str:
    """A page by its address and its name: `/trends (Trends)`."""
    return safe(f"/{path} ({title})")


def link(words: str, address: str) -> str:
    """A Markdown link; the address must have gone through `web_address`, which leaves no way out of the brackets."""
    return f"[{safe(words, 60)}](<{address}>)"


WORKING_OUT_DAY = "Working that day out from the records …"
RESCORING = "Re-scoring the past under the changed model…"
LOOKING_THROUGH_RECORDS = "Looking through the records …"
