"""Waivers as CSV, as `waivers list --format csv` writes them: many at once, all of a file or nothing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import BinaryIO, TextIO

from mlops_maturity.evidence.csv_table import read_table
from mlops_maturity.evidence.import_report import ImportReport, ProblemList
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.waivers import (
    StoredWaiver,
    declare_waivers,
    overlapping,
    read_waivers,
    standing_waivers,
)
from mlops_maturity.evidence.waivers import Draft, Known, waiver_of
from mlops_maturity.evidence.wording import name_fault

NEEDED = ("team", "practice", "until", "reason", "owner")
TOLD = ("state", "recorded_at")
"""Columns that a list has and an import works out itself: they may be there, and are not read."""
COLUMNS = ("team", "practice", "from", "until", "reason", "owner", "author", *TOLD)


def import_waivers(
    store: Store,
    lines: BinaryIO | TextIO,
    name: str,
    *,
    known: Known,
    now: datetime,
    today: date,
    keep_going: bool = False,
) -> ImportReport:
    """Declare the waivers of a CSV file, as `declare_waivers` does: the same file again changes nothing.

    All of the file or, where it raises InputRefused, nothing of it; with `keep_going` everything but the broken
    rows, which the report names. `now` is aware, `today` the organisation's day.
    """
    problems = ProblemList(name)
    standing = list(standing_waivers(read_waivers(store)))
    rows = _Rows(standing, known, problems, now, today)
    waivers = [
        waiver
        for line, cells in read_table(lines, COLUMNS, NEEDED, problems)
        if (waiver := rows.waiver(line, cells)) is not None
    ]
    if not keep_going:
        problems.refuse()
    return ImportReport(
        name=name,
        what="waivers",
        counts=dict(sorted(Counter(waiver.team for waiver in waivers).items())),
        changes=declare_waivers(store, waivers),
        problems=problems.listed,
        problems_found=problems.found,
    )


class _Rows:
    """Rows of a file one after the other, each beside what is declared already, by the store or further up."""

    def __init__(
        self, standing: list[StoredWaiver], known: Known, problems: ProblemList, now: datetime, today: date
    ) -> None:
        self._standing, self._known, self._problems = standing, known, problems
        self._now, self._today = now, today
        self._lines: dict[tuple[str, str, date], int] = {}

    def waiver(self, line: int, cells: Mapping[str, str]) -> StoredWaiver | None:
        """The waiver of a row, or None where anything of it is wrong."""
        given = {column: text.strip() for column, text in cells.items()}
        draft = Draft(
            team=given["team"], practice=given["practice"], start=given["from"], until=given["until"],
            reason=given["reason"], owner=given["owner"],
        )  # fmt: skip
        author = given["author"] or given["owner"]
        waiver, faults = waiver_of(draft, self._known, author=author, now=self._now, today=self._today)
        own = [row for row in self._standing if (row.team, row.practice) == (draft.team, draft.practice)]
        if any(row.says_too(waiver) and row.until.isoformat() == draft.until for row in own):
            self._lines.setdefault((waiver.team, waiver.practice, waiver.start), line)
            return waiver  # recorded already, and may have ended since
        fault = name_fault(author) if given["author"] else None
        faults += [("author", fault)] if fault else []
        faults = faults or list(self._beside(line, waiver))
        for column, told in faults:
            self._problems.add(line, column, told)
        if faults:
            return None
        self._lines[waiver.team, waiver.practice, waiver.start] = line
        self._standing = [row for row in self._standing if not row.corrected_by(waiver)] + [waiver]
        return waiver

    def _beside(self, line: int, waiver: StoredWaiver) -> Iterator[tuple[str, str]]:
        """What keeps a waiver that is right by itself from standing beside the others."""
        before = self._lines.get((waiver.team, waiver.practice, waiver.start))
        if before is not None:
            yield (
                "from",
                f"line {before} says something else of this team, practice and first day; keep one of them",
            )
            return
        other = overlapping(self._standing, waiver)
        if other is not None:
            held = (
                f"{other.practice!r} is waived for team {other.team!r} from {other.start} until {other.until} already"
            )
            yield "from", f"{held}; begin after that to go on, on {other.start} to correct it, or end it first"
