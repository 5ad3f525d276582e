"""The page that tells every signal, made from the docstrings beside the formulas."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping

from mlops_maturity.evidence.signals.absence import PLURAL
from mlops_maturity.evidence.signals.interface import Signal
from mlops_maturity.evidence.signals.pushed import PUSHED
from mlops_maturity.evidence.signals.registry import signals

PARTS = ("Unit", "Window", "Formula", "Unknown", "Seen", "Source", "Missing")
"""What the docstring of a signal's function has to tell, each as `Part: text`."""

_PART = re.compile(rf"^({'|'.join(PARTS)}): ", re.MULTILINE)
_HEAD = """# Signals

A signal is one number worked out from the records of a team. Every reading of it bears the day it was computed for,
how much of what should be visible was seen (`seen` of `scope`), and how often the thing could have happened
(`opportunities`); the score takes each of them into account. Where there is no value, the reading says why:
`no_records` (read, and nothing there), `not_covered` (not read for that span), `not_configured`, `unsupported` (the
source can't tell), `forbidden`, or `insufficient_data`. Unknown is never counted as no, and missing is never 0.

- Days and ISO weeks are cut in the organisation's time zone; lengths are measured between instants.
- The lower median of an even number of values is the smaller of the two in the middle.
- An interval in a note is the 95 % Wilson score interval of the rate.
- A reading of the past uses only what had happened by then. Signals marked *snapshot* show what only a look at the
  present shows: their history starts on the day we first looked.
"""
_PUSHED_HEAD = """Practices of the model use these as well, and no collector can tell them. They are handed in as
measurements, by day and subject (`records import measured.csv --as measurements`), or as readings of a team
(`readings import`); formats are in [formats.md](formats.md). Until somebody does they are unknown, and cost confidence
instead of points."""


def render_signals() -> str:
    """The page, as Markdown. Raises ValueError for a signal whose docstring lacks a part."""
    every = signals().values()
    sections = (line for signal in every for line in _section(signal))
    return "\n".join([_HEAD, *_table(every), "", *sections, *_pushed()])


def parts_of(signal: Signal) -> Mapping[str, str]:
    """What the docstring of a signal tells: its first sentence under "", then its parts. Raises ValueError."""
    text = inspect.getdoc(signal.measure) or ""
    opening, *rest = _PART.split(text)
    told = {"": _joined(opening)} | {name: _joined(words) for name, words in zip(rest[::2], rest[1::2], strict=True)}
    lacking = [name or "first sentence" for name in ("", *PARTS) if not told.get(name)]
    if lacking:
        raise ValueError(f"the docstring of {signal.id} does not tell: {', '.join(lacking)}")
    return told


def _table(every: Iterable[Signal]) -> Iterable[str]:
    yield "| signal | what | unit | window | better | from |"
    yield "|---|---|---|---|---|---|"
    for signal in every:
        kinds = ", ".join(PLURAL[kind] for kind in signal.needs)
        window = f"{signal.window_days} days{', snapshot' if signal.snapshot_only else ''}"
        anchor = signal.id.replace(".", "")
        yield f"| [`{signal.id}`](#{anchor}) | {signal.title} | {signal.unit} | {window} | {signal.better} | {kinds} |"


def _section(signal: Signal) -> Iterable[str]:
    told = parts_of(signal)
    yield from (f"## `{signal.id}`", "", told[""], "")
    yield from (f"- **{name}**: {told[name]}" for name in PARTS)
    yield from (f"- **Definition**: {signal.source}.", "")


def _pushed() -> Iterable[str]:
    yield from ("## Pushed signals", "", _PUSHED_HEAD, "")
    yield from ("| signal | what | unit | fed by | why it is not computed |", "|---|---|---|---|---|")
    for one in PUSHED:
        yield f"| `{one.id}` | {one.title} | {one.unit} | {one.fed_by} | {one.why} |"
    yield ""


def _joined(text: str) -> str:
    return " ".join(text.split())
