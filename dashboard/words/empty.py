"""Words where there is nothing to show yet. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.facts.silence import Supply
from mlops_maturity.dashboard.text import day

NO_EVIDENCE_THEN = "So there is no level for that day, which is not the same as level 0"
SEE_TODAY = "See today"

START_TITLE = "Nothing is known yet"
START_TEAM_TITLE = "Nothing is known of this team yet"
START_ASPECT_TITLE = "Nothing is known of this aspect yet"
START_NOTE = "So there is no level, which is not the same as level 0. Any one of these steps is enough to begin"
START_LINK = "Start with the questions"
SOURCES_LINK = "See the sources"

WAIVED_NOTE = "So there is no level, which is not the same as level 0: nothing is asked"
SEE_WAIVERS = "See the practices, by aspect"

CHOOSE_TITLE = "Choose a team"
CHOOSE_NOTE = "This page is about one team. The ones with the lowest level come first"


def before_evidence(shown: date, first: date) -> str:
    """Why a day in the past has nothing to show."""
    if shown < first:
        return f"No evidence before {day(first)}"
    return f"No evidence that still counts on {day(shown)}"


def see_first(first: date) -> str:
    """The link to the first day of which anything is known."""
    return f"See {day(first)}, where the evidence begins"


def start_steps(supply: Supply, questions: int) -> tuple[tuple[str, str], ...]:
    """What to do first: a title and a sentence each. `questions` is how many are asked."""
    return (
        _first_step(supply),
        ("Import what you have", "`mlops-maturity records import FILE` and `mlops-maturity answers import FILE`."),
        (
            "Answer the questions",
            f"{counted(questions, 'question')}, answered for one team at a time; every answer is saved at once.",
        ),
    )


def _first_step(supply: Supply) -> tuple[str, str]:
    sources = counted(supply.configured, "source")
    if supply.imported and not supply.asked:
        # Whoever imports may have no system that can be read: "collect" would be no step.
        return (
            "Look why the imported records show nothing",
            f"{counted(supply.imported, 'record')} imported, but nothing in them speaks here: the selectors in "
            "`maturity.yaml` may miss this part; the page of the sources lists what no team selects.",
        )
    if not supply.configured:
        return "Connect your systems", "Add a source to `maturity.yaml` and run `mlops-maturity collect`."
    if not supply.asked:
        return "Read your systems", f"{sources} configured, none read so far: run `mlops-maturity collect`."
    if not supply.read:
        return (
            "Look why the systems can't be read",
            f"{supply.asked} of {sources} asked, and none could be read. The page of the sources tells why; mend that, "
            "then run `mlops-maturity collect`.",
        )
    return (
        "Look why the systems show nothing",
        f"{supply.read} of {sources} read, but nothing in them speaks here: the selectors in `maturity.yaml` may miss "
        "this part, or rights may be lacking. The page of the sources tells which.",
    )


def waived_title(teams: int, waived: bool) -> str:
    """Why nothing is judged: waivers, or practices that are for other kinds of model."""
    whose = "of this team" if teams == 1 else f"of these {teams} teams"
    return f"Every practice {whose} {'is waived' if waived else 'is waived or for other kinds of model'}"


def lasts_until(ends: Sequence[date]) -> str:
    """When the first of the waivers ends, and the last."""
    if not ends:
        return ""
    first, last = min(ends), max(ends)
    if first == last:
        return f"It stays so until {day(last)}, when the waivers end."
    return f"The first waiver ends on {day(first)}, the last on {day(last)}: with the first, a level can come back."
