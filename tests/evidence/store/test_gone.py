"""What a source does not hold any more is marked, kept, and taken back when it is there again."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from mlops_maturity.evidence.records import GONE_AT, Model, is_gone
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.readings import state_of_records
from mlops_maturity.evidence.store.records import read_payloads, read_records, write_page
from mlops_maturity.evidence.store.version import dataset_version

DAY = timedelta(days=1)


def model(name, source="tracking"):
    return Model(source=source, id=name, name=name)


def look(store, names, at):
    return write_page(store, [model(name) for name in names], seen_at=at, present=("tracking", {"model": list(names)}))


def gone(store):
    return {record.id: record.attributes.get(GONE_AT) for record in read_records(store)}


def test_what_a_whole_look_lacks_is_marked_once_and_kept(store, now):
    look(store, ["a", "b"], now)
    assert look(store, ["a"], now + DAY) == Changes(seen=1, unchanged=1, removed=1)
    look(store, ["a"], now + 2 * DAY)
    marked = gone(store)
    assert marked["a"] is None
    assert marked["b"] == (now + DAY).astimezone(UTC).isoformat()


def test_what_comes_back_is_there_again(store, now):
    look(store, ["a", "b"], now)
    look(store, ["a"], now + DAY)
    look(store, ["a", "b"], now + 2 * DAY)
    assert gone(store) == {"a": None, "b": None}


def test_other_sources_and_kinds_are_left_alone(store, now, make_run):
    others = [make_run(1), model("b", source="elsewhere")]
    write_page(store, others, seen_at=now)
    look(store, ["a"], now)
    look(store, ["c"], now + DAY)
    assert {name for name, at in gone(store).items() if at} == {"a"}


def test_an_empty_listing_marks_nothing(store, now):
    look(store, ["a"], now)
    look(store, [], now + DAY)
    assert gone(store) == {"a": None}


def test_a_mark_is_a_change_of_the_data_and_no_part_of_what_is_exported(store, now):
    look(store, ["a", "b"], now)
    before, version = list(read_payloads(store)), dataset_version(store)
    with store.connect() as connection:
        state = state_of_records(connection)
    look(store, ["a"], now + DAY)
    with store.connect() as connection:
        assert state_of_records(connection) != state
    assert dataset_version(store) != version
    assert list(read_payloads(store)) == before


def test_more_than_one_statement_takes(store, now):
    names = [f"m{number}" for number in range(1203)]
    look(store, names, now)
    assert look(store, names[:1], now + DAY).removed == 1202


@pytest.mark.parametrize(("offset", "verdict"), [(-1, False), (0, False), (1, True)])
def test_gone_from_its_instant_on(now, offset, verdict):
    record = model("a").model_copy(update={"attributes": {GONE_AT: now.isoformat()}})
    assert is_gone(record, now + offset * DAY) is verdict
    assert is_gone(model("a"), now) is False


@pytest.mark.parametrize("junk", ["soon", "2026-01-01T00:00:00", 3, None])
def test_what_others_wrote_there_marks_nothing(now, junk):
    assert is_gone(model("a").model_copy(update={"attributes": {GONE_AT: junk}}), now) is False
