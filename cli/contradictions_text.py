"""Contradictions in a terminal, as CSV, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from mlops_maturity.cli.grid import Field, Grid
from mlops_maturity.cli.tables import csv_text, markdown_text
from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.evidence.contradictions import Against, Case, nearest_rung
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.signals.registry import signals

COLUMNS = (
    "team", "practice", "aspect", "kind", "state", "gap", "said", "shown", "since", "until", "age_days", "respondents",
    "against", "reason", "explained_until", "author", "ended_by",
)  # fmt: skip
_HEAD = ("team", "practice", "people say", "systems show", "gap", "since", "state")
FIELDS = (
    Field(name="contradiction", least=32),
    Field(name="gap", exact=True, right=True),
    Field(name="since", exact=True),
    Field(name="state", least=8, rank=1),
)
_ENDINGS = {"answer": "a new answer", "reading": "new readings", "ageing": "its evidence faded"}


def as_table(cases: Sequence[Case], catalogue: Catalogue) -> Grid:
    """A row a contradiction: both sides stand under each other, so that 80 columns are enough."""
    rows = []
    for case in cases:
        team, title, said, shown, gap, since, state = _cells(case, catalogue, linked=False)
        both = f"{team}: {title}\nsaid {said}\nshown {shown}"
        rows.append((both, gap, since.replace(" (", "\n("), state))
    return Grid(fields=FIELDS, rows=rows, instead="--format csv", ruled=True)


def links(cases: Iterable[Case]) -> Iterator[str]:
    """Where to look, a line a signal: an address in a narrow cell would break, and could not be opened."""
    for case in cases:
        for against in case.against:
            link = _link(against)
            if link is not None:
                yield f"{case.team}, {case.title}: {against.signal} rests for example on {link}"


def as_markdown(cases: Sequence[Case], catalogue: Catalogue) -> str:
    """A Markdown table, a row a contradiction."""
    rows = [_HEAD, *(tuple(map(markdown_text, _cells(case, catalogue))) for case in cases)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(_HEAD), *lines[1:]])


def as_csv(cases: Iterable[Case], catalogue: Catalogue) -> str:
    """A row a contradiction; an empty cell does not apply."""
    return csv_text(COLUMNS, (_csv_row(as_json(case, catalogue)) for case in cases))


def as_json(case: Case, catalogue: Catalogue) -> dict[str, Any]:
    """One contradiction with everything behind it. Numbers unrounded."""
    statement = case.statement
    return {
        "team": case.team,
        "practice": case.practice,
        "title": case.title,
        "aspect": case.aspect,
        "kind": case.episode.kind,
        "state": case.state,
        "gap": case.episode.gap,
        "said": _side(case.said, case, catalogue),
        "shown": _side(case.shown, case, catalogue),
        "since": case.episode.first.isoformat(),
        "until": None if case.stands else case.episode.last.isoformat(),
        "age_days": case.age_days,
        "respondents": [
            {"respondent": answer.respondent, "value": answer.value, "on": answer.on.isoformat(),
             "attested": answer.attested}
            for answer in case.answers
        ],
        "against": [_against_json(each) for each in case.against],
        "reason": statement.reason if statement else None,
        "explained_until": _iso(statement.until) if statement else None,
        "author": statement.author if statement else None,
        "said_at": statement.recorded_at.isoformat() if statement else None,
        "ended_by": case.ended_by,
    }  # fmt: skip


def in_a_line(case: Case) -> str:
    """What an assessment says of it."""
    sides = f"answers say {case.said:.1f}, telemetry shows {case.shown:.1f}"
    return f"Contradiction ({case.episode.kind}) in {case.title!r} since {_since(case)}: {sides}; {_state(case)}."


def _cells(case: Case, catalogue: Catalogue, *, linked: bool = True) -> tuple[str, ...]:
    practice = catalogue.by_id[case.practice]
    speakers = ", ".join(f"{answer.respondent} {answer.value}" for answer in case.answers)
    said = f"{case.said:.1f}: {practice.answers[nearest_rung(case.said)]} ({speakers})"
    shown = f"{case.shown:.1f}: {practice.answers[nearest_rung(case.shown)]}"
    if case.against:
        shown += f" ({'; '.join(_against_words(each, linked) for each in case.against)})"
    gap = f"{'+' if case.episode.kind == 'overclaim' else '-'}{case.episode.gap:.1f}"
    return case.team, case.title, said, shown, gap, _since(case), _state(case)


def _csv_row(row: dict[str, Any]) -> list[Any]:
    flat = {
        **row,
        "said": row["said"]["value"],
        "shown": row["shown"]["value"],
        "respondents": " ".join(each["respondent"] for each in row["respondents"]),
        "against": " ".join(each["signal"] for each in row["against"]),
    }
    return [flat[column] for column in COLUMNS]


def _side(value: float, case: Case, catalogue: Catalogue) -> dict[str, Any]:
    rung = nearest_rung(value)
    return {"value": value, "rung": rung, "words": catalogue.by_id[case.practice].answers[rung]}


def _since(case: Case) -> str:
    days = case.age_days
    age = counted(days // 7, "week") if days >= 14 else counted(days, "day")
    return f"{case.episode.first} ({age})"


def _state(case: Case) -> str:
    if case.ended_by is not None:
        return f"{case.state} on {case.episode.last}: {_ENDINGS[case.ended_by]}"
    if case.statement is None:
        return "open"
    told = f"{case.statement.reason} ({case.statement.author})"
    if case.state == "explained":
        return f"explained until {case.statement.until}: {told}"
    return f"open again: {told}" if case.statement.reason else f"opened again ({case.statement.author})"


def _against_words(against: Against, linked: bool) -> str:
    result = against.reading.result
    assert isinstance(result, Measured)
    known = signals().get(against.signal)
    value = f"{result.value:.4g} {known.unit}" if known else f"{result.value:.4g}"
    link = _link(against) if linked else None
    count = counted(result.proof.count, "record")
    return f"{against.signal} {value} on {against.reading.on} ({count}{f', {link}' if link else ''})"


def _link(against: Against) -> str | None:
    """Of the first record behind it that has one."""
    result = against.reading.result
    assert isinstance(result, Measured)
    return next((url for *_, url in result.proof.sample if url), None)


def _against_json(against: Against) -> dict[str, Any]:
    result = against.reading.result
    assert isinstance(result, Measured)
    known = signals().get(against.signal)
    return {
        "signal": against.signal,
        "rung": against.rung,
        "mass": against.mass,
        "value": result.value,
        "unit": known.unit if known else None,
        "on": against.reading.on.isoformat(),
        "records": {
            "count": result.proof.count,
            "sample": [
                {"source": source, "kind": kind, "id": record, "url": url}
                for source, kind, record, url in result.proof.sample
            ],
        },
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
