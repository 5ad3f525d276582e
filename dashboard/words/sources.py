"""Words of the Sources page. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.facts.sources import AT_REST, IMPORTED, NEVER, SourceFacts, Trouble, UnselectedName
from mlops_maturity.dashboard.text import ago, day, muted, safe, when
from mlops_maturity.evidence.selection import Unselected
from mlops_maturity.evidence.store.records import RecordCount

Colour = Literal["blue", "green", "orange", "gray"]
NONE_TITLE = "No source is configured"
NONE_STEP = (
    "Add one to `maturity.yaml` and run `mlops-maturity collect`; `mlops-maturity doctor` checks it first. Or import "
    "what you have from files: `mlops-maturity records import FILE`."
)
NOTHING_TITLE = "Nothing was collected yet"
NEVER_STEP = (
    "`mlops-maturity doctor` tells whether each source can be reached and what it can show; then run "
    "`mlops-maturity collect`, or `mlops-maturity collect --every 15m` to keep on reading."
)
FRUITLESS_STEP = (
    "The sources were read and gave no record. What went wrong stands below; mend that, see what "
    "`mlops-maturity doctor` says, and run `mlops-maturity collect` again."
)
NO_SPANS = "No span of this source is known yet. Run `mlops-maturity collect`."
NO_SPANS_MEANWHILE = "No span of this source is known yet; it is being read."
NO_SPANS_FAILED = (
    "No span of this source is known yet, as its last run could not read it. Mend what is told here, then run "
    "`mlops-maturity collect`; `mlops-maturity doctor` tells beforehand whether it will do."
)
NO_SPANS_EMPTY = "Its last run went well, but no span of this source is known: there was nothing to read."
NO_SPANS_IMPORTED = "No span of this source is known: the files that its records came from tell of no time."
NEWER_IMPORTED = "For newer ones: `mlops-maturity records import FILE`."
NEWER_READ = "For newer ones: `mlops-maturity collect`."
UNSELECTED_TITLE = "Records that no team selects"
UNSELECTED_NOTE = (
    "They are kept but count for nobody: let a selector of a team in maturity.yaml take them in, or leave them out at "
    "the source. By name, the most records first"
)
ALL_SELECTED = "Every record belongs to at least one team."

_STATES: dict[str, tuple[str, Colour, str]] = {
    "ok": ("up to date", "green", ":material/check:"),
    "partial": ("partly read", "orange", ":material/warning:"),
    "forbidden": ("no permission", "orange", ":material/lock:"),
    "unauthorized": ("credentials refused", "orange", ":material/lock:"),
    "unreachable": ("not reachable", "orange", ":material/cloud_off:"),
    "unsupported": ("not supported by this version", "orange", ":material/block:"),
    "error": ("failed", "orange", ":material/error:"),
    "busy": ("being read by another process", "blue", ":material/sync:"),
    "running": ("being read now", "blue", ":material/sync:"),
    "interrupted": ("stopped before its end", "orange", ":material/warning:"),
    NEVER: ("never read", "gray", ":material/help:"),
    IMPORTED: ("imported from files", "gray", ":material/upload_file:"),
}


def subtitle(found: Sequence[SourceFacts]) -> str:
    """How many sources there are, and how many are not well."""
    scope = "the whole organisation, as of now"
    if not found:
        return f"No source is configured, and nothing was imported · {scope}"
    never = sum(source.state == NEVER for source in found)
    poor = sum(not (source.well or source.state == NEVER) for source in found)
    parts = [f"{never} never read"] if never else []
    parts += [f"{poor} to look at"] if poor else []
    return f"{counted(len(found), 'source')} · {', '.join(parts) or 'all well'} · {scope}"


def collected_nothing(found: Sequence[SourceFacts]) -> tuple[str, str]:
    """Title and sentence for when no source has given any record yet: what to do next."""
    if not found:
        return NONE_TITLE, NONE_STEP
    if all(source.run is None for source in found):
        return NOTHING_TITLE, NEVER_STEP
    return NOTHING_TITLE, FRUITLESS_STEP


def kind_words(source: SourceFacts) -> str:
    """What kind of source it is, and where."""
    if not source.type:
        return "not in the settings: its records were imported"
    return f"{safe(source.type)} · {safe(source.host)}" if source.host else safe(source.type)


def state_badge(state: str) -> tuple[str, Colour, str]:
    """Word, colour and icon of a state."""
    return _STATES.get(state, (safe(state, 40) or "unknown", "gray", ":material/help:"))


def state_lines(source: SourceFacts, now: datetime) -> list[str]:
    """Last run, what it brought, and how old the newest known moment is."""
    lines = []
    if source.run is not None:
        at = source.run.started_at.astimezone(now.tzinfo)
        lines.append(f"Last run {when(at)} ({ago((now.date() - at.date()).days)}){_duration(source)}")
        lines.append(f"{source.run.rows_seen:,} records seen, {source.run.rows_changed:,} changed")
    if source.known_until is not None and source.lag is not None:
        until = source.known_until.astimezone(now.tzinfo)
        words = f"Known up to {when(until)} ({_span(source.lag)} behind)"
        lines.append(f":orange[:material/schedule: {words}]" if source.stale else words)
        if source.stale and source.state in AT_REST:
            lines.append(NEWER_IMPORTED if source.state == IMPORTED else NEWER_READ)
    return lines


def troubles_label(source: SourceFacts) -> str:
    """The heading over what went wrong in its streams."""
    return f"{counted(len(source.troubles), 'stream')} with remarks"


def trouble(found: Trouble) -> str:
    """One stream that did not end well."""
    word = state_badge(found.state)[0]
    return f"**{safe(found.stream)}**, {word}: {safe(found.reason, 600) or 'no reason given'}"


def counts_table(counts: Sequence[RecordCount]) -> dict[str, list[str]]:
    """Columns of Markdown: records by kind."""
    return {
        "Records": [safe(each.kind.replace("_", " ")) for each in counts],
        "Count": [f"{each.records:,}" for each in counts],
        "First": [_day(each.first) for each in counts],
        "Last": [_day(each.last) for each in counts],
    }


def no_spans(source: SourceFacts) -> str:
    """Why no span is drawn, and what to do about it."""
    if source.run is None:
        return NO_SPANS_IMPORTED if source.state == IMPORTED else NO_SPANS
    if source.state in {"running", "busy"}:
        return NO_SPANS_MEANWHILE
    return NO_SPANS_EMPTY if source.well else NO_SPANS_FAILED


def spans_alt(source: SourceFacts) -> str:
    """Plain text: the known spans in words."""
    told = (
        f"{span.row} {'known' if span.complete else 'not complete'} {day(span.start)} to {day(span.end)}"
        for span in source.spans[:12]
    )
    return f"Known spans of {source.id}: {'; '.join(told)}"


def unselected_name(found: UnselectedName) -> str:
    """What the records name."""
    return f"**{safe(found.name, 120)}**" if found.name else "*(no name)*"


def unselected_line(found: UnselectedName) -> str:
    """What they are and where from, what would take them in, and where they name nothing, some ids to look for."""
    parts = [
        f"{counted(group.count, _kind(group), _many(_kind(group)))} of {safe(group.source, 60)}"
        for group in found.groups
    ]
    if found.selectors:
        parts.append(f"taken in by {' or '.join(f'**{each}**' for each in found.selectors)}")
    elif found.groups[0].examples:
        parts.append(f"for example {safe(', '.join(found.groups[0].examples), 120)}")
    return muted(" · ".join(parts))


def _kind(group: Unselected) -> str:
    return safe(group.kind.replace("_", " "))


def _many(kind: str) -> str:
    return f"{kind}es" if kind.endswith("s") else f"{kind}s"


def _duration(source: SourceFacts) -> str:
    run = source.run
    if run is None or run.finished_at is None:
        return ""
    return f", took {_span(run.finished_at - run.started_at)}"


def _span(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 90 * 60:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86400} days"


def _day(moment: datetime | None) -> str:
    return "undated" if moment is None else day(moment.date())
