"""Words of the Assess page. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.facts.assess import Elsewhere, Progress
from mlops_maturity.dashboard.text import clock, percent, safe
from mlops_maturity.dashboard.text import day as day_words
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.scoring.assessment import PracticeResult

SUBTITLE = "One aspect at a time; every answer is saved as you give it"
NAME_TITLE = "Who answers?"
NAME_NOTE = (
    "A role or a short name, so that your answers stay yours and count once. It is shown beside them, kept for this "
    "tab only, and never part of an address"
)
NAME_LABEL = "Your name or role"
NAME_BUTTON = "Begin"
SOMEBODY_ELSE = "Somebody else?"
NOTHING_TO_ASK = "Nothing is asked here: every practice of this aspect is waived or does not apply to this team."
DONT_KNOW = "Don't know"
COMMENT = "Comment"
COMMENT_HELP = (
    "It is saved as you type; “saved” with the time says that it is. "
    "Closed sooner, the tab asks whether you really want to leave"
)
LINK = "Link to an artefact"
LINK_HINT = "https://…"
LINK_HELP = (
    "A page that shows it: a runbook, a dashboard, a merged change. An answer with a link counts twice. "
    "It is saved when you leave the field or press Enter"
)
CHOOSE_FIRST = "Choose an answer first"
SAVING = "saving …"
NO_NAME = "Write a name or a role first: answers count once for each respondent."
READ_ONLY_TITLE = "This store is read-only"
READ_ONLY_STEP = (
    "Questions can be answered where the dashboard runs with the right to write to it. All other pages work."
)
EVIDENCE_HEAD = "**What systems show**"


def mail_name(reason: str) -> str:
    """Why a mail address is not taken for a name."""
    return f"This {reason}. Personal addresses are never stored."


def bad_link(fault: str, kept: str) -> str:
    """What is wrong with a link, and what is kept; both safe or plain text from here."""
    rest = f"The link stored before is kept: {safe(kept, 200)}" if kept else "The rest of the answer is saved."
    return f"This link is not saved: it {fault}. {rest}"


def not_saved(reason: str) -> str:
    """Why an answer is not in the store."""
    return f"This answer could not be saved: {safe(reason, 400)}. Choose it again in a moment."


def answering_as(name: str) -> str:
    """Under which name answers are stored."""
    return f"Answering as **{safe(name, 60)}**"


def progress_words(here: Progress, everywhere: Iterable[Progress]) -> str:
    """How many questions of this aspect are answered, and of all."""
    every = list(everywhere)
    answered, questions = sum(each.answered for each in every), sum(each.questions for each in every)
    return f"{here.answered} of {here.questions} answered here, {answered} of {questions} in all"


def past_day(shown: date) -> str:
    """Answers are always about today."""
    return f"Evidence is shown as of {day_words(shown)}. Your answers are recorded for today."


def shown(result: PracticeResult) -> str:
    """The rung that systems speak for, and how sure that is."""
    if result.shown is None:
        return "no evidence from systems"
    return f"rung {result.shown:.1f} of 3 · {percent(result.telemetry)} of the evidence that there could be"


def others(rungs: Sequence[int]) -> str:
    """What other respondents chose."""
    if not rungs:
        return "Nobody else has answered this yet"
    spread = f"rung {rungs[0]}" if rungs[0] == rungs[-1] else f"rungs {rungs[0]} to {rungs[-1]}"
    return f"{counted(len(rungs), 'other answer')}: {spread}"


def saved(answer: StoredAnswer, now: datetime) -> str:
    """When the stored answer was stored, or what day it is of; the store's word, not the form's."""
    at = answer.recorded_at.astimezone(now.tzinfo)
    when = f"saved {clock(at)}" if answer.on == now.date() else f"answered on {day_words(answer.on)}"
    linked = " · with a linked artefact" if answer.attested else ""
    return f":green[:material/check_circle: :small[{when}{linked}]]"


def answered_elsewhere(found: Elsewhere, now: datetime) -> str:
    """What came from another tab or an import, beside what this form says."""
    theirs, yours = found.theirs, found.yours
    at = theirs.recorded_at.astimezone(now.tzinfo)
    when = f"on {day_words(at.date())} at {clock(at)}"
    who = f" by {safe(theirs.author, 60)}" if theirs.author else ""
    end = (
        "Yours was saved last, so it counts; the other one is kept in the history."
        if found.counts == "yours"
        else "The newer one counts and is shown here; both are kept in the history."
    )
    return f"Answered elsewhere {when}{who}: {_said(theirs)}; yours: {_said(yours)}. {end}"


def _said(answer: StoredAnswer | None) -> str:
    if answer is None:
        return "no answer"
    comment = f", “{safe(answer.comment, 80)}”" if answer.comment else ""
    link = f", linked to {safe(answer.evidence_url, 80)}" if answer.evidence_url else ""
    value = "don't know" if answer.value is None else str(answer.value)
    return f"**{value}**{comment}{link}"


def onward(aspect: str) -> str:
    """The link to the next aspect."""
    return f"Next: {safe(aspect)}"
