"""A team without a level, in words: why there is none, and what to do first."""

from __future__ import annotations

from typing import assert_never

from mlops_maturity.config.plural import counted
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.silence import silence

ASK = "answer the questions (`serve` has a page for it, `answers import` takes a file)"


def silence_lines(team: Team, result: Assessment, settings: Settings) -> list[str]:
    """What is the case, and the first step; nothing for a team that has a level."""
    match silence(result):
        case None:
            return []
        case "no evidence":
            return [
                f"Nothing is known of {team.title} on {result.as_of}: it has no level, which is not level 0.",
                f"First {first_step(settings)}.",
            ]
        case "waived":
            waived = counted(sum(len(aspect.waived) for aspect in result.aspects.values()), "practice")
            return [
                f"Nothing is judged of {team.title} on {result.as_of}: {waived} waived, none is left.",
                f"`waivers list --team {team.id}` shows until when, and why.",
            ]
        case "not asked":
            kinds = f" ({', '.join(team.kinds)})" if team.kinds else ""
            return [
                f"Nothing is judged of {team.title} on {result.as_of}: every practice is for other kinds of model.",
                f"Look at `kinds` of the team in the settings{kinds}, and at `applies_to` in the catalogue.",
            ]
        case never:
            assert_never(never)


def first_step(settings: Settings) -> str:
    """How evidence comes."""
    if not settings.sources:
        return f"{ASK}, hand facts in (`records import`), or name a source in the settings and run `collect`"
    sources = counted(len(settings.sources), "source")
    return f"{ASK}, or ask `doctor` what the {sources} can give, and which records no team selects"
