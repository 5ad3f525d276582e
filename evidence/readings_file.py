"""Ready-made readings as JSON lines: what users measure themselves and hand in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, BinaryIO, TextIO

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, field_validator

from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.evidence.import_report import ImportReport, ProblemList
from mlops_maturity.evidence.json_entries import TWICE, decoded_line
from mlops_maturity.evidence.json_problems import TOLERANCE, fields_of, future_reason, path_of, reason_of
from mlops_maturity.evidence.lines import numbered_lines
from mlops_maturity.evidence.record_sense import Fault, early_reason, seen_reason, signal_fault, too_early
from mlops_maturity.evidence.signals.interface import Measured, Proof
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.readings import StoredReading, write_readings

LONGEST_NOTE = 1_000
_Id = Annotated[str, Field(min_length=1, max_length=500)]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_Amount = Annotated[FiniteFloat, Field(ge=0)]


class ReadingLine(BaseModel):
    """One line: a value of a signal for a team on a day. All numbers finite."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    team: _Id
    signal: _Id
    on: date
    value: FiniteFloat
    """In the signal's unit."""
    seen: _Amount = 1
    """How much of what should be visible was."""
    scope: _Amount = 1
    """How much should be visible."""
    opportunities: _Amount = 1
    """How often the thing could have happened."""
    note: str = Field(default="", max_length=LONGEST_NOTE)
    """What a reader should know beside the number."""

    @field_validator("on", mode="before")
    @classmethod
    def _written_out(cls, day: object) -> object:
        # pydantic reads "1767225600" as a day too; whether it is seconds or milliseconds is a guess.
        if not isinstance(day, str) or not _DAY.fullmatch(day):
            return day
        try:
            return date.fromisoformat(day)
        except ValueError:
            return day

    def reading(self) -> StoredReading:
        """The line as the store keeps it."""
        result = Measured(
            value=self.value,
            seen=self.seen,
            scope=self.scope,
            opportunities=self.opportunities,
            proof=Proof(count=0),
            note=self.note,
        )
        return StoredReading(team=self.team, signal=self.signal, on=self.on, result=result, origin="imported")


def read_readings_file(
    stream: BinaryIO | TextIO,
    name: str,
    *,
    now: datetime,
    teams: Collection[str] | None = None,
    signals: Collection[str] | None = None,
    problems: ProblemList | None = None,
) -> Iterator[StoredReading]:
    """Yield the readings of a JSONL file; teams and signals that are not among the given ones are refused.

    A user's own signals (`user.…`) are always taken.

    With `problems` given, what is wrong is noted there and the line left out. Without, InputRefused is raised with
    every problem after the last line: keep nothing of a file before it is read to its end.
    """
    noted = ProblemList(name) if problems is None else problems
    known = {"team": teams, "signal": signals}
    for number, text in numbered_lines(stream, noted):
        if not text.strip():
            continue
        parsed = _parsed(text, known, now)
        if isinstance(parsed, ReadingLine):
            yield parsed.reading()
        else:
            for path, reason in parsed:
                noted.add(number, path, reason)
    if problems is None:
        noted.refuse()


def import_readings(
    store: Store,
    lines: BinaryIO | TextIO,
    name: str,
    *,
    now: datetime,
    keep_going: bool = False,
    teams: Collection[str] | None = None,
    signals: Collection[str] | None = None,
) -> ImportReport:
    """Store the readings of a JSONL file beside the computed ones, and before them where both are there.

    All of the file or, where it raises InputRefused, nothing of it; with `keep_going` everything but the broken
    lines, which the report names. The same file again changes nothing.
    """
    problems = ProblemList(name)
    readings = list(read_readings_file(lines, name, now=now, teams=teams, signals=signals, problems=problems))
    if not keep_going:
        problems.refuse()
    changes = write_readings(store, readings, now)
    return ImportReport(
        name=name,
        what="readings",
        counts=dict(sorted(Counter(reading.signal for reading in readings).items())),
        changes=changes,
        repeated=len(readings) - len({(reading.team, reading.signal, reading.on) for reading in readings}),
        problems=problems.listed,
        problems_found=problems.found,
    )


def _parsed(text: str, known: Mapping[str, Collection[str] | None], now: datetime) -> ReadingLine | list[Fault]:
    """The reading of a line, or everything wrong with it: what one field lacks hides nothing of the others."""
    faults: list[Fault] = []
    line: ReadingLine | None = None
    try:
        line = ReadingLine.model_validate_json(text, strict=True)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        faults = [(path_of(details["loc"]), reason_of(details, fields_of(ReadingLine))) for details in errors]
    try:
        given, twice = decoded_line(text)
    except (ValueError, RecursionError):
        return faults
    faults += [(path_of(path), TWICE) for path in twice]
    if isinstance(given, dict) and "" not in (path for path, _ in faults):
        broken = {path.partition(".")[0] for path, _ in faults}
        rest = {name: value for name, value in given.items() if name not in broken}
        faults += _beyond_fields(rest, known, now)
    return faults if line is None or faults else line


def _beyond_fields(
    given: Mapping[str, Any], known: Mapping[str, Collection[str] | None], now: datetime
) -> Iterator[Fault]:
    """What is wrong with fields that are right by themselves."""
    for name, names in known.items():
        fault = _name_fault(name, given.get(name, ""), names)
        if fault:
            yield name, fault
    if "on" in given:
        day = date.fromisoformat(given["on"])
        if day > (now + TOLERANCE).date():
            yield "on", future_reason(day, now)
        elif too_early(day):
            yield "on", early_reason(day)
    if "scope" in given and given.get("seen", 1) > given["scope"]:
        yield "seen", seen_reason(given.get("seen", 1), given["scope"])


def _name_fault(what: str, given: str, known: Collection[str] | None) -> str | None:
    if "\0" in given:
        return "holds a NUL character, which can't be stored"
    if not given or known is None or given in known:
        return None
    if what == "signal":
        return signal_fault(given, known)
    return f"{given[:80]!r} is no known {what}{did_you_mean(given, known)}"
