"""Words about evidence: practices, signals, answers, sources. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from mlops_maturity.config.catalogue import Catalogue, Practice
from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.charts.budget import LABELS, Budget
from mlops_maturity.dashboard.charts.claims import Claim
from mlops_maturity.dashboard.charts.rungs import Moment
from mlops_maturity.dashboard.facts.standing import Level
from mlops_maturity.dashboard.text import ago, day, link, number, percent, safe, unit
from mlops_maturity.dashboard.words.standing import range_words
from mlops_maturity.evidence.signals.interface import Measured, Missing
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.scoring.assessment import PracticeResult

if TYPE_CHECKING:
    from mlops_maturity.dashboard.facts.gaps import SignalLine

APART = 1.0
"""Rungs from which on answers and systems don't agree, whether or not there is evidence enough to call it."""
GAPS_SUBTITLE = "Answers to the questionnaire beside what systems show"
CLAIMS_NOTE = (
    "Ring: what people say. Dot: what systems show, the larger the surer. Line: how far they are apart, orange where "
    "they contradict each other. Orange tick: what the next level asks for"
)
LIST_TITLE = "Practices"
LIST_NOTE = (
    "Select one to see everything behind it. Overclaim: people say more than systems show; underclaim: less. "
    "Confidence: what is known, as a share of what could be known"
)
SHOWN_BELOW = "Shown below"
ALL_WAIVED = "Every practice of this aspect is waived or does not apply to this team, so it has no level."
NOTHING_BLOCKS = "Nothing blocks it."
ANSWER_ASPECT = "Answer the questions of this aspect"
ANSWER_NOW = "Answer now"

BUDGET_TITLE = "Where the number comes from"
PAST_TITLE = "The last year"
PAST_NOTE = "Rung, and the range that it may lie in"
SAID_TITLE = "What people say"
SAID_NOTE = "The newest answer of each respondent"
BUDGET_HELP = (
    "Measurements fill the bar first, answers fill what those leave open, and the rest is unknown. Confidence is what "
    "is known as a share of what could be known; as answers never fill the whole bar, the two need not make 100 %"
)
SHOWN_TITLE = "What systems show"
SHOWN_NOTE = "Signals that speak for this practice"
NO_RUNG = "No evidence yet: it stands on no rung, which is not the same as rung 0."
NO_ANSWERS = "Nobody has answered this question yet."
NOT_FED = (
    "no collector feeds this signal: push it as a `measurement` with `mlops-maturity records import`, or define it in "
    "`maturity.yaml`"
)
NO_SIGNALS = "No system can show this practice: it rests on answers alone."

_REASONS = {
    "no_records": "No records",
    "not_covered": "Not read",
    "not_configured": "Not configured",
    "unsupported": "Not supported",
    "forbidden": "No permission",
    "insufficient_data": "Too little data",
}


def needed_for(level: int | None) -> str:
    """The mark on the rung that the next level asks for."""
    return f":orange-badge[:material/flag: needed for level {level}]"


def claims_alt(rows: Sequence[Claim]) -> str:
    """Plain text: the chart's rows in words."""

    def side(value: float | None, verb: str) -> str:
        return f"nothing {verb}" if value is None else f"{verb} {value:.1f}"

    told = (f"{row.title}: {side(row.said, 'said')}, {side(row.shown, 'shown')}" for row in rows)
    return f"Claim against evidence in rungs 0 to 3. {'; '.join(told)}."


def blocking_title(level: Level) -> tuple[str, str]:
    """Heading of the card, and the muted line under it."""
    if level.level == 3:
        return "At the top", "What would bring it down is in the list of practices"
    return f"What blocks level {level.level + 1}", "Rungs now and needed. *Must*: no other practice can make up for it"


def standing_line(catalogue: Catalogue, level: Level) -> str:
    """Level, index and confidence of an aspect, with what its range means."""
    name = safe(catalogue.levels[level.level].name)
    numbers = f"index {level.index:.0f}, confidence {percent(level.confidence)}"
    return f"**Level {level.level}, {name}** · {numbers}. {range_words(level)}"


def waived(catalogue: Catalogue, practices: Sequence[str]) -> str:
    """Which practices are left out."""
    titles = ", ".join(safe(catalogue.by_id[each].title) for each in practices if each in catalogue.by_id)
    return f"Left out: {titles}"


def practice_not_judged(practice: Practice) -> str:
    """The address names a practice that does not count for this team."""
    return f"**{safe(practice.title)}** does not count for this team here: it is waived, or for other kinds of model."


def state_line(result: PracticeResult) -> str:
    """Which rung it stands on, and how answers and systems stand to each other."""
    rung = f"Rung {result.level}" if result.confidence > 0 else "No rung"
    told = _state(result)
    return f":small[**{rung}** · {f':orange[{told}]' if result.contradiction is not None else told}]"


def _state(result: PracticeResult) -> str:
    if result.contradiction is not None:
        sign = "▲" if result.contradiction.kind == "overclaim" else "▼"
        return f"{sign}\u00a0{result.contradiction.kind}\u00a0by\u00a0{result.contradiction.gap:.1f}"
    if any(part.expired for part in result.signals):
        return "a signal went dark"
    if result.claimed is not None and result.shown is not None:
        apart = abs(result.claimed - result.shown)
        return "agree" if apart < APART else f"{apart:.1f} apart, little evidence"
    if result.claimed is None:
        return "no evidence" if result.shown is None else "systems only"
    return "answers only"


def figures_line(result: PracticeResult, newest: date | None, today: date) -> str:
    """What is said and shown, how far the value may reach, how sure it is, and how old the newest evidence is."""
    if newest is None and result.confidence <= 0:
        return "nothing said, nothing shown"
    said = f"said {result.claimed:.1f}" if result.claimed is not None else "nothing said"
    shown = f"shown {result.shown:.1f}" if result.shown is not None else "nothing shown"
    reach = f"may lie {result.value_lo:.1f} to {result.value_hi:.1f}"
    age = "" if newest is None else f" · newest {ago((today - newest).days)}"
    return f"{said}, {shown} · {reach} · confidence {percent(result.confidence)}{age}"


def budget_note(result: PracticeResult) -> str:
    """What the bar explains."""
    if result.confidence <= 0:
        return "All of the budget is unknown"
    return (
        f"Value {result.value:.2f} of 3, may lie between {result.value_lo:.1f} and {result.value_hi:.1f}; "
        f"confidence {percent(result.confidence)}"
    )


def budget_words(parts: Budget) -> str:
    """The parts of the bar in words, for those too small to be labelled in it."""
    good, bad = "{} speaks for it", "{} against it"
    measured = f"{good.format(percent(parts.measured_good))}, {bad.format(percent(parts.measured_bad))}"
    said = f"{good.format(percent(parts.said_good))}, {bad.format(percent(parts.said_bad))}"
    return f"Measured: {measured}. Said: {said}. Unknown: {percent(parts.unknown)}."


def budget_alt(parts: Budget) -> str:
    """Plain text: the parts of the bar."""
    return "Evidence budget: " + ", ".join(f"{label} {percent(getattr(parts, part))}" for part, label in LABELS.items())


def past_alt(moments: Sequence[Moment]) -> str:
    """Plain text: first and last value."""
    known = [each for each in moments if each.value is not None]
    if not known:
        return "No evidence in the last year"
    return f"Rung {known[0].value:.1f} on {day(known[0].on)}, {known[-1].value:.1f} on {day(known[-1].on)}"


def answer_head(answer: StoredAnswer) -> str:
    """Who said what."""
    said = "doesn't know" if answer.value is None else f"says rung {answer.value}"
    return f"**{safe(answer.respondent, 80)}** {said}"


def answer_when(answer: StoredAnswer, today: date) -> str:
    """How old an answer is, and whether something is linked to it."""
    linked = ", with a linked artefact: counts twice" if answer.attested else ""
    return f"{day(answer.on)}, {ago((today - answer.on).days)}{linked}"


def signal_head(line: SignalLine) -> str:
    """What was measured, with its value."""
    reading, title = line.reading, safe(line.title or _title_of(line.id))
    if reading is None or not isinstance(reading.result, Measured):
        return f"**{title}** · *no evidence*"
    return f"**{title}** · **{number(reading.result.value)}**\N{NO-BREAK SPACE}{safe(unit(line.unit))}"


def signal_state(line: SignalLine, today: date) -> str:
    """When, of how much, with what remark."""
    reading = line.reading
    if reading is None or not isinstance(reading.result, Measured):
        return f"{safe(line.id)}{'' if line.title else f' · {NOT_FED}'}"
    seen = f"saw {number(reading.result.seen)} of {number(reading.result.scope)}"
    note = f" · {safe(reading.result.note)}" if reading.result.note else ""
    dark = " · went dark: too old to count" if line.part.expired else ""
    return f"{day(reading.on)}, {ago((today - reading.on).days)} · {seen}{note}{dark}"


def _title_of(signal: str) -> str:
    """The id of a signal as words: `other.access_review_days` is `Access review days`."""
    return signal.rpartition(".")[2].replace("_", " ").capitalize()


def signal_missing(missing: Missing) -> str:
    """Why there is no (newer) value."""
    return f":material/info: {_REASONS.get(missing.reason, 'Missing')}: {safe(missing.detail)}"


def signal_weight(line: SignalLine) -> str:
    """How it was weighed."""
    part = line.part
    speaks = "" if part.value is None else f" · speaks for rung {part.value:.1f}"
    return (
        f"fills {percent(part.mass)} of at most {percent(line.share)} of the budget{speaks} · "
        f"coverage {percent(part.coverage)}, sample {percent(part.sample)}, freshness {percent(part.freshness)}"
    )


def proofs(line: SignalLine) -> str:
    """Some of the records behind a reading: links, or names with their source where that has no page for them."""
    some = ", for example" if 0 < len(line.proofs) < line.proof_count else ""
    rests = f"Rests on {counted(line.proof_count, 'record')}{some}"
    named = " · ".join(
        link(name, address) if address else f"{safe(name, 60)} in {safe(source, 40)}"
        for name, address, source in line.proofs
    )
    return f":small[{rests}{': ' if named else ''}{named}]"
