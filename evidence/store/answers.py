"""Answers in the store: append-only, in the order in which they were recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.upsert import CHUNK
from mlops_maturity.evidence.store.version import move_version, take_turns

_Key = tuple[str, str, str, date]
_Content = tuple[int | None, bool, str, str]
_COLUMNS = [column for column in tables.answer.columns if column.key != "number"]
_NAMES = [column.key for column in _COLUMNS]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What one respondent of a team said of one practice on one day, and who recorded that when."""

    team: str
    practice: str
    respondent: str
    value: int | None
    """Rung 0 to 3; None = "don't know"."""
    on: date
    attested: bool = False
    """Whether an artefact is linked to it."""
    comment: str = ""
    evidence_url: str = ""
    recorded_at: datetime
    """Aware, UTC."""
    author: str = ""
    """Who recorded it: a person on the Assess page, or the file it was imported from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What came of recording one answer."""

    before: StoredAnswer | None
    """What stood until then for the practice and respondent."""
    answer: StoredAnswer
    """What stands now."""
    added: bool
    """Whether that is a new row: what stood already is not written twice."""


def append_answers(store: Store, answers: Sequence[StoredAnswer]) -> Changes:
    """Append answers in their order, in one transaction.

    For each team, practice, respondent and day: where what is handed in equals the newest of what is stored, in
    the same order, nothing is written. So 2, 3, 2 on one day ends at 2, and a file read twice changes nothing.
    """
    with store.begin() as connection:
        changes = put_answers(connection, answers)
        if changes.changed:
            move_version(connection)
    return changes


def record_answer(
    store: Store, team: str, practice: str, respondent: str, make: Callable[[StoredAnswer | None], StoredAnswer]
) -> Recorded:
    """Append what `make` says on top of the newest answer that stands; read and appended in one transaction.

    No other writer, of whatever process, comes between the two: what `make` is told is what it is stored on top of.
    """
    with store.begin() as connection:
        take_turns(connection)
        before = _newest(connection, team, practice, respondent)
        answer = make(before)
        changes = put_answers(connection, [answer])
        if changes.changed:
            move_version(connection)
    # What is said again on the same day is not written again: the row that stands is the answer.
    standing = answer if changes.inserted or before is None else before
    return Recorded(before=before, answer=standing, added=bool(changes.inserted))


def put_answers(connection: Connection, answers: Sequence[StoredAnswer]) -> Changes:
    """Append answers in the caller's transaction, who also moves the dataset version."""
    if not answers:
        return Changes()
    # Reading what is there and appending to it must not be interleaved with another writer doing the same.
    take_turns(connection)
    stored = _stored_contents(connection, {answer.team for answer in answers})
    incoming: dict[_Key, list[_Content]] = defaultdict(list)
    for answer in answers:
        incoming[_key(answer)].append(_content(answer))
    known = {key for key, contents in incoming.items() if stored.get(key, [])[-len(contents) :] == contents}
    new = [asdict(answer) for answer in answers if _key(answer) not in known]
    for first in range(0, len(new), CHUNK):
        connection.execute(insert(tables.answer), new[first : first + CHUNK])
    return Changes(seen=len(answers), inserted=len(new), unchanged=len(answers) - len(new))


def read_answers(store: Store, team: str | None = None) -> tuple[StoredAnswer, ...]:
    """All answers, or those of one team, in the order in which they were recorded."""
    query = select(*_COLUMNS).order_by(tables.answer.c.number)
    if team is not None:
        query = query.where(tables.answer.c.team == team)
    with store.connect() as connection:
        return tuple(StoredAnswer(**dict(zip(_NAMES, row, strict=True))) for row in connection.execute(query).all())


def _newest(connection: Connection, team: str, practice: str, respondent: str) -> StoredAnswer | None:
    """The answer of the newest day; of those of one day the last recorded."""
    columns = tables.answer.c
    query = (
        select(*_COLUMNS)
        .where(columns.team == team, columns.practice == practice, columns.respondent == respondent)
        .order_by(columns.on.desc(), columns.number.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else StoredAnswer(**row._asdict())


def _stored_contents(connection: Connection, teams: set[str]) -> dict[_Key, list[_Content]]:
    columns = tables.answer.c
    contents: dict[_Key, list[_Content]] = defaultdict(list)
    for team in sorted(teams):
        query = (
            select(
                columns.practice,
                columns.respondent,
                columns.on,
                columns.value,
                columns.attested,
                columns.comment,
                columns.evidence_url,
            )
            .where(columns.team == team)
            .order_by(columns.number)
        )
        for practice, respondent, on, *content in connection.execute(query):
            contents[team, practice, respondent, on].append((content[0], content[1], content[2], content[3]))
    return contents


def _key(answer: StoredAnswer) -> _Key:
    return answer.team, answer.practice, answer.respondent, answer.on


def _content(answer: StoredAnswer) -> _Content:
    return answer.value, answer.attested, answer.comment, answer.evidence_url
