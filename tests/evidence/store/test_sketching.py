"""Sketches and outlines follow the records, whoever changes them and whenever they are looked at."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.store import sketching, tables
from mlops_maturity.evidence.store.engine import Store, open_store, peek_store, reopened
from mlops_maturity.evidence.store.outline import read_entries, read_row_numbers, read_sketches
from mlops_maturity.evidence.store.readings import state_of_records
from mlops_maturity.evidence.store.records import write_page
from mlops_maturity.evidence.store.sketches import Names, read_names
from mlops_maturity.evidence.store.sketching import NOTHING, Unwritten, sketch_touched, unwritten

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)


def made(kind: str, identity: object, **more: Any) -> Record:
    return RECORD.validate_python({"kind": kind, "source": "src", "id": str(identity), **more})


def a_run(identity: object, repository: str, attempt: int = 1, days: int = 0, **more: Any) -> Record:
    at = AT + timedelta(days=days)
    return made("pipeline_run", identity, repository=repository, attempt=attempt, started_at=at, **more)


ids = st.integers(0, 4)
names = st.sampled_from(["a", "b", "c"])
records = st.one_of(
    st.builds(a_run, ids, names, st.integers(1, 2), st.integers(0, 9)),
    st.builds(lambda identity, name: made("training_run", identity, experiment=name), ids, names),
    st.builds(
        lambda identity, name, run: made("model_version", identity, model=name, version="1", created_at=AT, run=run),
        ids, names, st.one_of(st.none(), ids.map(str)),
    ),
    st.builds(lambda identity, name: made("change", identity, repository=name, merged_at=AT), ids, names),
)  # fmt: skip
steps = st.lists(
    st.one_of(
        st.lists(records, min_size=1, max_size=5),
        st.just("sketch"),
        st.tuples(st.just("take out"), ids),
        st.tuples(st.just("gone"), ids),
    ),
    max_size=10,
)
Told = dict[tuple[Any, ...], tuple[Any, ...]]


def take(store: Store, step: Any) -> None:
    if step == "sketch":
        sketch_touched(store)
    elif isinstance(step, tuple):
        column = tables.record.c.id == str(step[1])
        change = delete(tables.record) if step[0] == "take out" else update(tables.record).values(gone_at=AT)
        with store.begin() as connection:
            connection.execute(change.where(column))
    else:
        write_page(store, step, seen_at=AT)


def told(store: Store, beside: Unwritten) -> Told:
    """Record to what its outline and its sketch say."""
    entries = {entry.number: entry for entry in read_entries(store, beside)}
    columns = tables.record.c
    with store.connect() as connection:
        query = select(columns.number, columns.source, columns.kind, columns.id, columns.attempt)
        records = {row[0]: row[1:] for row in map(tuple, connection.execute(query))}
    sketches = list(read_sketches(store, beside, list(entries)))
    counted = Counter(sketch.outline for sketch in sketches)
    assert counted == {number: entry.records for number, entry in entries.items()}
    for number, entry in entries.items():
        of_entry = sum(sketch.content for sketch in sketches if sketch.outline == number)
        assert (of_entry - entry.digest) % 2**64 == 0
    assert {sketch.number for sketch in sketches} == records.keys()
    return {
        records[sketch.number]: (without_id(entries[sketch.outline].record), *sketch[2:]) for sketch in sketches
    }  # fmt: skip


def without_id(record: Record) -> str:
    return str(record.model_copy(update={"id": ""}))


def named_apart(store: Store) -> tuple[set[str], set[str]]:
    """The training runs that versions name and that are stored, and those that have an outline of their own."""
    with store.connect() as connection:
        all_names = [read_names(text) for text in connection.execute(select(tables.outline.c.names)).scalars()]
        runs = set(
            connection.execute(select(tables.record.c.id).where(tables.record.c.kind == "training_run")).scalars()
        )
    return {name.run for name in all_names if name.run} & runs, {name.own for name in all_names if name.own}


@given(steps=steps)
@example(steps=[[made("training_run", 1, experiment="a")], "sketch",
                [made("model_version", 1, model="a", version="1", run="1")], "sketch"])  # fmt: skip
@example(steps=[[made("model_version", 1, model="a", version="1", run="1")], "sketch",
                [made("training_run", 1, experiment="a")]])  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_step_by_step_comes_to_the_same_as_all_at_once(steps: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        store, other = (open_store(f"sqlite:///{name}.db", Path(folder)) for name in ("one", "other"))
        for step in steps:
            take(store, step)
            if step != "sketch":
                take(other, step)
        seen_through = told(store, unwritten(store))
        sketch_touched(store)
        sketch_touched(other)
        assert unwritten(store) == NOTHING
        assert told(store, NOTHING) == told(other, NOTHING) == seen_through
        of_versions, apart = named_apart(store)
        assert of_versions <= apart
        store.close()
        other.close()


RECORDS = (
    a_run(1, "acme/a", sha="s1", ref="main", attributes={"shared_workflows": ["x"]}),
    a_run(1, "acme/a", attempt=2, days=1, sha="s1", finished_at=AT + timedelta(days=2)),
    a_run(2, "acme/b", attributes={"shared_workflows": [], "labels": {"team": "x"}}),
    made("model", 1, name="fraud", created_at=AT),
    made(
        "observation", 1, subject="x", name="serving", state="yes", observed_at=AT, attributes={"labels": {"team": "x"}}
    ),
)


def test_a_sketch_tells_of_a_run_what_ties_it_to_others(store: Store) -> None:
    write_page(store, RECORDS, seen_at=AT)
    sketch_touched(store)
    entries = {entry.number: entry.record for entry in read_entries(store, NOTHING)}
    found = {
        (sketch.id, sketch.attempt): (entries[sketch.outline], sketch)
        for sketch in read_sketches(store, NOTHING, list(entries))
        if sketch.id is not None
    }
    assert found.keys() == {("1", 1), ("1", 2), ("2", 1)}
    again = found["1", 2][1]
    micros = int((AT + timedelta(days=1)).timestamp() * 1_000_000)
    assert (again.first_at, again.last_at) == (micros, micros + 86_400_000_000)
    assert [found[key][1].shared_workflows for key in sorted(found)] == [1, None, 0]
    assert (found["1", 1][1].sha, found["1", 1][1].ref) == ("s1", "main")
    labels = {str(record.attributes["labels"]) for record in entries.values()}
    assert labels == {"None", "{'team': 'x'}"}


def test_the_state_of_records_differs_with_any_content(store: Store) -> None:
    states = [state(store)]
    write_page(store, RECORDS, seen_at=AT)
    states.append(state(store))
    sketch_touched(store)
    states.append(state(store))
    sketch_touched(store)
    assert state(store) == states[-1]
    write_page(store, RECORDS, seen_at=AT + timedelta(days=1))
    assert state(store) == states[-1]
    for values in ({"payload": RECORDS[3].model_dump_json(), "content_hash": b"another text"}, {"gone_at": AT}):
        with store.begin() as connection:
            connection.execute(update(tables.record).where(tables.record.c.kind == "model").values(**values))
        states.append(state(store))
        sketch_touched(store)
        states.append(state(store))
    with store.begin() as connection:
        connection.execute(delete(tables.record).where(tables.record.c.kind == "model"))
    sketch_touched(store)
    states.append(state(store))
    assert len(set(states)) == len(states)


def state(store: Store) -> str:
    with store.connect() as connection:
        return state_of_records(connection)


def test_a_run_that_is_killed_is_gone_on_with(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write_page(store, RECORDS, seen_at=AT)
    monkeypatch.setattr(sketching, "_AT_ONCE", 2)
    write, pages = sketching._write, []

    def killed_in_the_second_page(*given: Any) -> None:
        pages.append(given)
        write(*given)
        if len(pages) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(sketching, "_write", killed_in_the_second_page)
    with pytest.raises(KeyboardInterrupt):
        sketch_touched(store)
    assert len(told(store, unwritten(store))) == len(RECORDS)
    sketch_touched(store)
    assert len(pages) == 4
    assert len(told(store, NOTHING)) == len(RECORDS)


def test_a_reader_of_many_touched_records_stores_the_sketches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write_page(store, RECORDS, seen_at=AT)
    assert len(unwritten(store).outlines) == 4
    monkeypatch.setattr(sketching, "_FEW", 4)
    assert unwritten(store) == NOTHING
    assert len(told(store, NOTHING)) == len(RECORDS)


def test_a_store_that_is_only_looked_at_is_seen_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store("sqlite:///records.db", tmp_path)
    write_page(store, RECORDS[:2], seen_at=AT)
    sketch_touched(store)
    write_page(store, RECORDS, seen_at=AT)
    monkeypatch.setattr(sketching, "_FEW", 1)
    looked_at = peek_store("sqlite:///records.db", tmp_path)
    assert looked_at is not None
    assert len(told(looked_at, unwritten(looked_at))) == len(RECORDS)
    looked_at.close()
    store.close()


def test_who_reads_while_another_stores_the_sketches_sees_each_record_once(store: Store) -> None:
    write_page(store, RECORDS[:2], seen_at=AT)
    sketch_touched(store)
    write_page(store, [RECORDS[0].model_copy(update={"sha": "s9"}), *RECORDS[2:]], seen_at=AT)
    beside = unwritten(store)
    sketch_touched(store)
    entries = read_entries(store, beside)
    rows = read_row_numbers(store, beside, [entry.number for entry in entries])
    with store.connect() as connection:
        assert rows == sorted(connection.execute(select(tables.record.c.number)).scalars())


def test_who_reads_sees_one_moment_of_sketches_and_outlines(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a reader works out what was touched, another process stores it: an outline it asked for is gone."""
    write_page(store, RECORDS, seen_at=AT)
    sketch_touched(store)
    changed = RECORDS[0].model_copy(update={"sha": "s9"})
    with store.begin() as connection:
        connection.execute(delete(tables.record).where(tables.record.c.kind == "model"))
    write_page(store, [changed], seen_at=AT)
    find, stored = sketching._numbers_of, []

    def stored_meanwhile(*given: Any) -> Any:
        if not stored:
            stored.append(True)
            sketch_touched(store)
        return find(*given)

    monkeypatch.setattr(sketching, "_numbers_of", stored_meanwhile)
    beside = unwritten(store)
    assert len(told(store, beside)) == len(RECORDS) - 1
    assert told(store, beside) == told(store, NOTHING)


@pytest.mark.live
def test_who_may_only_read_makes_the_sketches_of_many_touched_records_in_memory(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite knows no users")
    write_page(store, RECORDS, seen_at=AT)
    monkeypatch.setattr(sketching, "_FEW", 1)
    reader = f"reader_of_{store.engine.url.database}"
    with store.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {reader} LOGIN IN ROLE pg_read_all_data")
    looking = reopened(store.engine.url.set(username=reader))
    assert len(told(looking, unwritten(looking))) == len(RECORDS)
    looking.close()


@pytest.mark.live
def test_what_is_touched_before_and_seen_after_is_not_lost(store: Store) -> None:
    """A page that got its numbers first and is committed last."""
    if store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    write_page(store, RECORDS, seen_at=AT)
    sketch_touched(store)
    record = tables.record
    with store.begin() as slow:
        slow.execute(update(record).where(record.c.kind == "model").values(gone_at=AT))
        with store.begin() as quick:
            quick.execute(update(record).where(record.c.kind == "observation").values(gone_at=AT))
        sketch_touched(store)
    with store.connect() as connection:
        assert connection.execute(select(func.count()).select_from(tables.touched)).scalar() == 1
    before = told_contents(store)
    sketch_touched(store)
    assert told_contents(store) != before


def told_contents(store: Store) -> set[int]:
    return {sketch[1] for sketch in told(store, NOTHING).values()}


def test_names_are_read_as_they_were_written() -> None:
    told = Names("src", "observation", None, None, None, None, 'a"b', "x", None, '{"team":"é"}', "")
    assert read_names(told.text) == told
