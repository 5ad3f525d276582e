"""Several processes on one store, and processes that are killed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers, read_answers
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.cursors import read_cursor
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import count_records, read_records

pytestmark = pytest.mark.slow

_HEAD = """
import sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Change
from mlops_maturity.evidence.store import records as store_records
from mlops_maturity.evidence.store.cursors import CursorUpdate, read_cursor
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import write_page

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

def write(store, page, size):
    records = [Change(source="scm", id=f"{n:06}", created_at=START + n * HOUR)
               for n in range(page * size, (page + 1) * size)]
    span = Coverage(source="scm", stream="change", scope="*", start=START, end=START + (page + 1) * size * HOUR)
    write_page(store, records, cursor=CursorUpdate(source="scm", stream="changes", cursor={"page": page}),
               coverage=[span], seen_at=START)
"""

_WRITE_PAGES = (
    _HEAD
    + """
store = open_store(sys.argv[1], Path("/"))
print("open", flush=True)
for page in range(int(sys.argv[2])):
    write(store, page, 100)
"""
)

_HANG_BEFORE_THE_CURSOR = (
    _HEAD
    + """
store = open_store(sys.argv[1], Path("/"))
for page in range(3):
    write(store, page, 100)

def hang(*_):
    print("half", flush=True)
    time.sleep(60)

store_records.put_cursor = hang
write(store, 3, 100)
"""
)

_GO_ON_FOR_EVER = (
    _HEAD
    + """
store = open_store(sys.argv[1], Path("/"))
page = read_cursor(store, "scm", "changes").get("page", -1)
while True:
    page += 1
    write(store, page, 50)
    print(page, flush=True)
"""
)

_COUNT_UP = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from mlops_maturity.evidence.store.answers import StoredAnswer, record_answer
from mlops_maturity.evidence.store.engine import open_store

def next_of(before):
    seen = int(before.comment) if before else 0
    return StoredAnswer(team="fraud", practice="p", respondent="ann", value=1, on=date(2026, 11, 23),
                        comment=str(seen + 1), recorded_at=datetime(2026, 11, 23, tzinfo=UTC))

store = open_store(sys.argv[1], Path("/"))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    record_answer(store, "fraud", "p", "ann", next_of)
"""

_OPEN_AT_ONCE = (
    _HEAD
    + """
from mlops_maturity.evidence.store.version import dataset_version
print("ready", flush=True)
sys.stdin.readline()
store = open_store(sys.argv[1], Path("/"))
write_page(store, [Change(source=sys.argv[2], id="1")], seen_at=START)
print(dataset_version(store).split("-")[0])
"""
)


def test_one_process_reads_and_writes_while_another_writes(store, store_url, start_python, now):
    writer = start_python(_WRITE_PAGES, store_url, "40")
    assert writer.stdout.readline() == "open\n"

    counts, said = [], 0
    while writer.poll() is None:
        counts.append(sum(count.records for count in count_records(store)))
        if said < 10:
            answer = StoredAnswer(
                team="t", practice="p", respondent="r", value=said % 4, on=date(2026, 1, 1), recorded_at=now
            )
            append_answers(store, [answer])
            said += 1

    assert writer.returncode == 0, writer.stderr.read()
    assert counts == sorted(counts)
    assert all(count % 100 == 0 for count in counts)
    assert sum(count.records for count in count_records(store)) == 4_000
    assert len(read_answers(store)) == said > 0


def test_nothing_of_a_page_is_there_after_a_kill_in_its_middle(store, store_url, start_python):
    writer = start_python(_HANG_BEFORE_THE_CURSOR, store_url)
    assert writer.stdout.readline() == "half\n"
    writer.kill()
    writer.wait()

    assert [record.id for record in read_records(store)] == [f"{n:06}" for n in range(300)]
    assert read_cursor(store, "scm", "changes") == {"page": 2}
    (span,) = read_coverage(store)
    assert (span.end - span.start).total_seconds() == 300 * 3600


def test_after_kills_at_any_moment_the_next_run_goes_on_as_if_undisturbed(store, store_url, start_python):
    for pages in (2, 4):
        writer = start_python(_GO_ON_FOR_EVER, store_url)
        for _ in range(pages):
            assert writer.stdout.readline().strip().isdigit(), writer.stderr.read()
        writer.kill()
        writer.wait()

        last = read_cursor(store, "scm", "changes")["page"]
        assert [record.id for record in read_records(store)] == [f"{n:06}" for n in range((last + 1) * 50)]
    assert last >= 5
    if store.engine.dialect.name == "sqlite":
        with store.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_two_processes_may_open_an_empty_database_at_once(store_url, start_python, tmp_path):
    processes = [start_python(_OPEN_AT_ONCE, store_url, f"source-{n}") for n in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()

    told = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], told
    assert len({out for out, _ in told}) == 1
    store = open_store(store_url, tmp_path)
    assert {record.source for record in read_records(store)} == {"source-0", "source-1"}
    store.close()


def test_two_processes_that_answer_on_top_of_what_stands_overlook_nothing_of_each_other(store, store_url, start_python):
    processes = [start_python(_COUNT_UP, store_url, "25") for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()

    told = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], told
    assert [answer.comment for answer in read_answers(store)] == [str(number) for number in range(1, 51)]
