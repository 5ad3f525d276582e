"""Waivers from a file: many at once, every fault with its line, and nothing of a file that has one."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.evidence.import_report import ImportReport
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.waivers import read_waivers, standing_waivers
from mlops_maturity.evidence.waivers import Known
from mlops_maturity.evidence.waivers_file import import_waivers

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HEAD = "team,practice,from,until,reason,owner,author\n"
KNOWN = Known(teams=["fraud", "pricing"], practices=[f"practice-{number}" for number in range(50)])
RIGHT = "fraud,practice-1,2026-11-01,2027-02-28,nothing to serve yet,board,\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///maturity.db", tmp_path)


def take(store: Store, text: str, *, now: datetime = NOW, keep_going: bool = False) -> ImportReport:
    lines = io.BytesIO(text.encode())
    return import_waivers(store, lines, "w.csv", known=KNOWN, now=now, today=now.date(), keep_going=keep_going)


def faults(store: Store, text: str) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        take(store, text)
    assert read_waivers(store) == ()
    return [str(problem) for problem in refused.value.problems]


def test_fifty_at_once_and_the_same_file_again_changes_nothing(store: Store) -> None:
    text = HEAD + "".join(
        f"fraud,practice-{number},,2027-02-28,not served from here,board,lead\n" for number in range(50)
    )
    first, again = take(store, text), take(store, text, now=NOW + timedelta(hours=1))
    assert (first.changes.inserted, again.changes.inserted, again.changes.unchanged) == (50, 0, 50)
    (one, *_) = standing_waivers(read_waivers(store))
    assert (one.start, one.until, one.author) == (NOW.date(), date(2027, 2, 28), "lead")
    assert "50 waivers: 50 new" in first.summary()


def test_a_file_that_was_taken_says_the_same_when_its_waivers_have_ended(store: Store) -> None:
    take(store, HEAD + RIGHT)
    later = take(store, HEAD + RIGHT, now=datetime(2027, 6, 1, 9, tzinfo=UTC))
    assert (later.changes.changed, later.changes.unchanged) == (0, 1)


def test_columns_come_in_any_order_and_those_of_a_list_may_stay(store: Store) -> None:
    head = "owner,state,reason,until,practice,team,recorded_at\n"
    take(store, head + "board,holds,nothing to serve yet,2027-02-28,practice-1,fraud,2026-11-01T09:00:00+00:00\n")
    (one,) = read_waivers(store)
    assert (one.team, one.start, one.author, one.recorded_at) == ("fraud", NOW.date(), "board", NOW)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "fruad,practice-1,,2027-02-28,nothing to serve yet,board,\n",
            "w.csv:3: team: 'fruad' is not known; did you mean",
        ),
        ("fraud,practise-1,,2027-02-28,nothing to serve yet,board,\n", "w.csv:3: practice: 'practise-1' is not known"),
        ("fraud,practice-2,,2027-02-30,nothing to serve yet,board,\n", "w.csv:3: until: '2027-02-30' is not a date"),
        ("fraud,practice-2,,,nothing to serve yet,board,\n", "w.csv:3: until: is needed"),
        (
            "fraud,practice-2,2025-12-01,2026-01-01,nothing to serve yet,board,\n",
            "w.csv:3: until: 2026-01-01 lies in the past",
        ),
        ("fraud,practice-2,,2029-01-01,nothing to serve yet,board,\n", "w.csv:3: until: a waiver lasts a year at most"),
        ("fraud,practice-2,,2027-02-28,,board,\n", "w.csv:3: reason: "),
        ("fraud,practice-2,,2027-02-28,nothing to serve yet,ann@acme.example,\n", "w.csv:3: owner: "),
        ("fraud,practice-2,,2027-02-28,nothing to serve yet,board,ann@acme.example\n", "w.csv:3: author: "),
        ("fraud,practice-1,2026-11-01,2027-03-01,something else,board,\n", "w.csv:3: from: line 2 says something else"),
        ("fraud,practice-1,2026-12-01,2027-03-01,something else,board,\n", "w.csv:3: from: 'practice-1' is waived"),
        ("fraud,practice-2\n", "w.csv:3: has 2 cells where the header has 7"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_nothing_is_kept(store: Store, row: str, told: str) -> None:
    (problem,) = faults(store, HEAD + RIGHT + row)
    assert problem.startswith(told)
    assert take(store, HEAD + RIGHT + row, keep_going=True).changes.inserted == 1


def test_every_fault_is_told_at_once_and_a_wrong_header_by_itself(store: Store) -> None:
    rows = "fruad,practice-1,,x,,board,\n,,,,,,\n"
    assert len(faults(store, HEAD + rows)) > 6
    (problem,) = faults(store, "team,practice,untill,until,reason,owner\n")
    assert problem == "w.csv:1: untill: is not a known column; did you mean 'until'?"
    assert faults(store, "")[0].endswith("its first line names the columns: team,practice,until,reason,owner")


def test_what_the_store_holds_is_corrected_by_its_first_day_and_not_overlapped(store: Store) -> None:
    take(store, HEAD + RIGHT)
    with pytest.raises(InputRefused) as refused:
        take(store, HEAD + "fraud,practice-1,2026-11-20,2027-05-01,still nothing to serve,board,\n")
    assert "from 2026-11-01 until 2027-02-28 already; begin after that" in str(refused.value.problems[0])
    done = take(store, HEAD + "fraud,practice-1,2026-11-01,2027-05-01,still nothing to serve,board,\n")
    assert done.changes.updated == 1
    (one,) = standing_waivers(read_waivers(store))
    assert one.until == date(2027, 5, 1)


@pytest.mark.parametrize("turned", [False, True])
def test_a_file_that_says_two_things_is_refused_though_the_store_holds_one_of_them(store: Store, turned: bool) -> None:
    """Else the second row would correct the first, and the same file again would be refused."""
    rows = [RIGHT, RIGHT.replace("2027-02-28", "2027-03-31")]
    take(store, HEAD + RIGHT)
    with pytest.raises(InputRefused, match="line 2 says something else of this team, practice and first day"):
        take(store, HEAD + "".join(rows[::-1] if turned else rows))
    (one,) = standing_waivers(read_waivers(store))
    assert one.until == date(2027, 2, 28)
