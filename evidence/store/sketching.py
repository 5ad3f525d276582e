"""Sketches kept up to date: those of the records that were touched are made again, all others stay as they are.

Who brings readings up to date stores them. Who only reads sees through what is stored to what it would be
(`Unwritten`): a reader must not wait for a writer, and a store may be read-only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from string import Template

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store, StoreUnavailable
from mlops_maturity.evidence.store.rows import among, rows_of
from mlops_maturity.evidence.store.sketches import Names, Sketch, hash_of, read_names, run_key, sketch_of
from mlops_maturity.evidence.store.upsert import Row
from mlops_maturity.evidence.store.version import take_turns

_AT_ONCE = 50_000
"""Touched records that are sketched in one transaction: rows of an outline lie together, so that the more there are of
each, the fewer pages are written again and again."""
_FEW = 50_000
"""Touched records up to which a reader sketches them for itself."""
_MODULUS = 1 << 64
_INSERT = Template("INSERT INTO sketch ($columns) VALUES ($marks)")


@dataclass(frozen=True, slots=True)
class Outline:
    """Records that name the same: their names as stored, and what they are together."""

    names: str
    records: int = 0
    digest: int = 0
    """The sum of their contents, modulo 2**64 and signed."""

    def changed(self, records: int, digest: int) -> Outline:
        """With so many records more, and that added to the digest."""
        total = (self.digest + digest + _MODULUS // 2) % _MODULUS - _MODULUS // 2
        return Outline(self.names, self.records + records, total)


@dataclass(frozen=True, slots=True)
class Unwritten:
    """What sketches and outlines would be, beside those stored."""

    outdated: frozenset[int] = frozenset()
    """Rows whose stored sketch, if there is one by now, does not count."""
    sketches: Mapping[int, Sequence[Sketch]] = field(default_factory=dict)
    """By number of the outline; of one that is not stored yet it is below 0."""
    outlines: Mapping[int, Outline] = field(default_factory=dict)
    """Those that differ from what is stored; without records: such a one is to go."""


NOTHING = Unwritten()


def sketch_touched(store: Store) -> None:
    """Bring sketches and outlines up to date with the records. Whoever is killed meanwhile lost one page of work."""
    while _any_touched(store):
        with store.begin() as connection, no_search_for_cycles():
            take_turns(connection)
            columns = tables.touched.c
            query = select(columns.number, columns.record).order_by(columns.number).limit(_AT_ONCE)
            touched = connection.execute(query).all()
            _write(connection, _sketched(connection, {record for _, record in touched}))
            # These and no others: a number given before may come to be seen after them.
            done = among(connection, columns.number, [number for number, _ in touched])
            connection.execute(delete(tables.touched).where(done))


def unwritten(store: Store) -> Unwritten:
    """What a reader has to know beside what is stored. Of many touched records the sketches are stored, where that can
    be done."""
    if not store.read_only and _many_touched(store):
        # Not to be written by this user, say: then all of them are made in memory.
        with suppress(StoreUnavailable):
            sketch_touched(store)
    with store.connect() as connection:
        touched = set(connection.execute(select(tables.touched.c.record)).scalars())
        return _sketched(connection, touched) if touched else NOTHING


def _many_touched(store: Store) -> bool:
    with store.connect() as connection:
        return connection.execute(select(func.count()).select_from(tables.touched)).scalar_one() > _FEW


def _any_touched(store: Store) -> bool:
    with store.connect() as connection:
        return connection.execute(select(tables.touched.c.number).limit(1)).first() is not None


def _sketched(connection: Connection, touched: set[int]) -> Unwritten:
    """What the records of these rows change."""
    found = _with_named_runs(connection, touched)
    outdated = touched.union(found)
    columns = tables.sketch.c
    query = select(columns.outline, columns.content).where(among(connection, columns.number, list(outdated)))
    totals: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for outline, content in connection.execute(query):
        _add(totals[outline], -1, -content)
    numbers, new = _numbers_of(connection, {names for names, _ in found.values()})
    sketches: defaultdict[int, list[Sketch]] = defaultdict(list)
    for names, sketch in found.values():
        outline = numbers[names]
        sketches[outline].append(Sketch(outline, *sketch[1:]))
        _add(totals[outline], 1, sketch.content)
    known = new | _outlines(connection, [outline for outline in totals if outline not in new])
    outlines = {outline: known[outline].changed(*more) for outline, more in totals.items()}
    return Unwritten(frozenset(outdated), sketches, outlines)


def _add(total: list[int], records: int, content: int) -> None:
    total[0] += records
    total[1] += content


def _with_named_runs(connection: Connection, touched: set[int]) -> dict[int, tuple[Names, Sketch]]:
    """Row to sketch of what was touched, and of the training runs that a touched version names: each such run has an
    outline of its own."""
    found: dict[int, tuple[Names, Sketch]] = {}
    runs: dict[int, str] = {}
    made_by: dict[int, tuple[str, str]] = {}
    pending = sorted(touched)
    while pending:
        for row in rows_of(connection, pending):
            names, _ = found[row.number] = sketch_of(row)
            if row.kind == "training_run":
                runs[row.number] = row.id
            elif row.kind == "model_version" and names.run is not None:
                made_by[run_key(names.source, names.run)] = names.source, names.run
        pending = [number for number in _stored_runs(connection, made_by.values()) if number not in found]
    keys = {number: run_key(found[number][0].source, identity) for number, identity in runs.items()}
    column = tables.outline.c.made_by
    named = connection.execute(select(column).where(among(connection, column, list(keys.values())))).scalars()
    own = {*made_by, *named} if keys else set()
    for number, key in keys.items():
        if key in own:
            names, sketch = found[number]
            found[number] = names._replace(own=runs[number]), sketch
    return found


def _stored_runs(connection: Connection, runs: Iterable[tuple[str, str]]) -> list[int]:
    """The rows of training runs, by source and id."""
    by_source: defaultdict[str, list[str]] = defaultdict(list)
    for source, identity in runs:
        by_source[source].append(identity)
    columns = tables.record.c
    rows: list[int] = []
    for source, ids in by_source.items():
        known = columns.source == source, columns.kind == "training_run", among(connection, columns.id, ids)
        rows += connection.execute(select(columns.number).where(*known)).scalars()
    return rows


def _numbers_of(connection: Connection, wanted: set[Names]) -> tuple[dict[Names, int], dict[int, Outline]]:
    """Names to the number of their outline, and the outlines that are not stored yet, by numbers below 0."""
    columns = tables.outline.c
    by_hash = {hash_of(text): (names, text) for names in wanted for text in (names.text,)}
    stored = connection.execute(
        select(columns.hash, columns.number).where(among(connection, columns.hash, list(by_hash)))
    )
    numbers = {by_hash[known][0]: number for known, number in stored}
    new: dict[int, Outline] = {}
    for names, text in by_hash.values():
        if names not in numbers:
            numbers[names] = -len(new) - 1
            new[numbers[names]] = Outline(text)
    return numbers, new


def _outlines(connection: Connection, numbers: Sequence[int]) -> dict[int, Outline]:
    columns = tables.outline.c
    query = select(columns.number, columns.names, columns.records, columns.digest)
    rows = connection.execute(query.where(among(connection, columns.number, numbers)))
    return {number: Outline(names, records, digest) for number, names, records, digest in rows}


def _new_row(outline: Outline) -> Row:
    names = read_names(outline.names)
    made_by = run_key(names.source, names.run) if names.kind == "model_version" and names.run is not None else None
    return {
        "hash": hash_of(outline.names),
        "names": outline.names,
        "made_by": made_by,
        "records": outline.records,
        "digest": outline.digest,
    }


_UPDATE = (
    update(tables.outline)
    .where(tables.outline.c.number == bindparam("of"))
    .values(records=bindparam("count"), digest=bindparam("total"))
)


def _write(connection: Connection, changes: Unwritten) -> None:
    table = tables.sketch
    if changes.outdated:
        connection.execute(delete(table).where(among(connection, table.c.number, list(changes.outdated))))
    numbers = _write_outlines(connection, changes.outlines)
    rows = [
        (numbers.get(outline, outline), *sketch[1:])
        for outline, sketches in sorted(changes.sketches.items())
        for sketch in sketches
    ]
    if rows:
        # As tuples: Core names every value, which takes longer than all else.
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        columns = Sketch._fields
        text = _INSERT.substitute(columns=", ".join(columns), marks=", ".join([mark] * len(columns)))
        connection.exec_driver_sql(text, rows)


def _write_outlines(connection: Connection, outlines: Mapping[int, Outline]) -> dict[int, int]:
    """Store them; numbers below 0 to those that they got."""
    table = tables.outline
    left = [
        {"of": number, "count": outline.records, "total": outline.digest}
        for number, outline in outlines.items()
        if number >= 0
    ]
    empty = [row["of"] for row in left if not row["count"]]
    if kept := [row for row in left if row["count"]]:
        connection.execute(_UPDATE, kept)
    if empty:
        connection.execute(delete(table).where(among(connection, table.c.number, empty)))
    new = {number: outline for number, outline in outlines.items() if number < 0}
    if not new:
        return {}
    rows = [_new_row(outline) for outline in new.values()]
    connection.execute(insert(table), rows)
    columns = table.c
    query = select(columns.hash, columns.number)
    given = dict(connection.execute(query.where(among(connection, columns.hash, [row["hash"] for row in rows]))).all())
    return {number: given[row["hash"]] for number, row in zip(new, rows, strict=True)}
