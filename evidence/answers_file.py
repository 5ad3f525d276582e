"""Answers as CSV: `team,practice,respondent,value,on,attested,comment,evidence_url`, in and out without loss."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, TextIO

from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.evidence.csv_table import read_table
from mlops_maturity.evidence.import_report import ImportReport, ProblemList
from mlops_maturity.evidence.json_problems import TOLERANCE, future_reason
from mlops_maturity.evidence.spreadsheet import shielded
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers, read_answers
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.web_address import address_fault

COLUMNS = ("team", "practice", "respondent", "value", "on", "attested", "comment", "evidence_url")
NEEDED = COLUMNS[:5]
"""The others may be left out of the header."""

MAIL_RESPONDENT = "is a mail address; write a role or a made-up word that stays the same for them"
_MAIL = re.compile(r"[^\s@]@[^\s@]")
_RUNG = re.compile(r"[0-3](\.0+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The teams and practices there are; None = any is taken."""

    teams: Collection[str] | None = None
    practices: Collection[str] | None = None


def read_answers_file(
    stream: BinaryIO | TextIO,
    name: str,
    *,
    now: datetime,
    author: str | None = None,
    known: Known = Known(),
    problems: ProblemList | None = None,
) -> Iterator[StoredAnswer]:
    """Yield the answers of a CSV file, recorded at `now` (aware) by `author` (the file's name where None).

    With `problems` given, what is wrong is noted there and the row left out. Without, InputRefused is raised with
    every problem after the last row: keep nothing of a file before it is read to its end.
    """
    noted = ProblemList(name) if problems is None else problems
    for line, cells in read_table(stream, COLUMNS, NEEDED, noted):
        row = _Row(cells, line, noted)
        answer = row.answer(now, author or name, known)
        if answer is not None:
            yield answer
    if problems is None:
        noted.refuse()


def names_a_mail_address(respondent: str) -> bool:
    """Whether a respondent is a personal address: such never enter the store."""
    return _MAIL.search(respondent) is not None


def import_answers(
    store: Store,
    lines: BinaryIO | TextIO,
    name: str,
    *,
    now: datetime,
    keep_going: bool = False,
    author: str | None = None,
    teams: Collection[str] | None = None,
    practices: Collection[str] | None = None,
) -> ImportReport:
    """Append the answers of a CSV file to the store, as `append_answers` does: the same file again changes nothing.

    All of the file or, where it raises InputRefused, nothing of it; with `keep_going` everything but the broken
    rows, which the report names. Teams and practices that are not among the given ones are refused.
    """
    problems = ProblemList(name)
    known = Known(teams=teams, practices=practices)
    # All of it in memory: what repeats what is stored can be told of a whole file only.
    answers = list(read_answers_file(lines, name, now=now, author=author, known=known, problems=problems))
    if not keep_going:
        problems.refuse()
    changes = append_answers(store, answers)
    return ImportReport(
        name=name,
        what="answers",
        counts=dict(sorted(Counter(answer.team for answer in answers).items())),
        changes=changes,
        problems=problems.listed,
        problems_found=problems.found,
    )


def export_answers(store: Store, out: TextIO, team: str | None = None) -> int:
    """Write answers as CSV, in the order in which they were recorded; how many. Importing them gives the same.

    Lines end with CR and LF, as RFC 4180 has it: open `out` with `newline=""`.
    """
    answers = read_answers(store, team)
    write_answers(answers, out)
    return len(answers)


def write_answers(answers: Iterable[StoredAnswer], out: TextIO) -> None:
    """Write answers as CSV with a header."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for answer in answers:
        writer.writerow([shielded(_cell(getattr(answer, column))) for column in COLUMNS])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class _Row:
    """One row, read cell by cell, so that every wrong cell of it is told."""

    def __init__(self, cells: Mapping[str, str], line: int, problems: ProblemList) -> None:
        self._cells = cells
        self._line = line
        self._problems = problems
        self._before = problems.found

    def answer(self, now: datetime, author: str, known: Known) -> StoredAnswer | None:
        """The answer, or None where a cell is wrong."""
        team = self._one_of("team", known.teams)
        practice = self._one_of("practice", known.practices)
        respondent = self._respondent()
        value = self._value()
        on = self._day(now)
        attested = self._attested()
        url = self._url()
        comment = self._text("comment")
        if self._problems.found > self._before or on is None:
            return None
        return StoredAnswer(
            team=team,
            practice=practice,
            respondent=respondent,
            value=value,
            on=on,
            attested=attested or bool(url),
            comment=comment,
            evidence_url=url,
            recorded_at=now,
            author=author,
        )

    def _wrong(self, column: str, reason: str) -> None:
        self._problems.add(self._line, column, reason)

    def _text(self, column: str) -> str:
        text = self._cells[column]
        if "\0" in text:
            self._wrong(column, "holds a NUL character, which can't be stored")
        return text

    def _needed(self, column: str) -> str:
        text = self._text(column).strip()
        if not text:
            self._wrong(column, "is needed")
        return text

    def _one_of(self, column: str, known: Collection[str] | None) -> str:
        text = self._needed(column)
        if text and known is not None and text not in known:
            self._wrong(column, f"{text!r} is no known {column}{did_you_mean(text, known)}")
        return text

    def _respondent(self) -> str:
        text = self._needed("respondent")
        if names_a_mail_address(text):
            self._wrong("respondent", MAIL_RESPONDENT)
        return text

    def _value(self) -> int | None:
        text = self._cells["value"].strip()
        if not text:
            return None
        if not _RUNG.fullmatch(text):
            self._wrong("value", f'should be 0, 1, 2 or 3, or empty for "don\'t know", not {text!r}')
            return None
        return int(text[0])

    def _day(self, now: datetime) -> date | None:
        text = self._needed("on")
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            self._wrong("on", f"should be a day such as 2026-01-31, not {text!r}")
        elif day > (now + TOLERANCE).date():
            self._wrong("on", future_reason(day, now))
        return day

    def _attested(self) -> bool:
        text = self._cells["attested"].strip()
        told = _YES_NO.get(text.casefold())
        if told is None:
            self._wrong("attested", f"should be true or false, or empty for false, not {text!r}")
        return bool(told)

    def _url(self) -> str:
        text = self._text("evidence_url").strip()
        fault = address_fault(text) if text else ""
        if fault:
            self._wrong("evidence_url", fault)
        return text
