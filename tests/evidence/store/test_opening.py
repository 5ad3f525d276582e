from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.evidence.store import address, engine, migrations, schema, tables
from mlops_maturity.evidence.store.engine import Store, StoreUnavailable, open_store, peek_store
from mlops_maturity.evidence.store.records import read_records, write_page
from mlops_maturity.evidence.store.version import dataset_version

NEXT = f"{int(schema.HEAD) + 1:04}"
"""The revision that the next version of the program will bring."""


def _refusal(url: str, base: Path) -> str:
    with pytest.raises(InputRefused) as refused:
        open_store(url, base)
    assert len(refused.value.problems) == 1
    return str(refused.value)


def test_a_relative_path_is_taken_from_the_folder_of_the_settings(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    open_store("sqlite:///maturity.db", tmp_path).close()

    assert (tmp_path / "maturity.db").is_file()
    assert list(elsewhere.iterdir()) == []


def test_an_absolute_path_stays_as_it_is(tmp_path):
    open_store(f"sqlite:///{tmp_path}/a.db", Path("/nowhere")).close()

    assert (tmp_path / "a.db").is_file()


def test_sqlite_is_set_up_for_several_processes(tmp_path):
    store = open_store("sqlite:///a.db", tmp_path)
    with store.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        }
    store.close()

    assert settings == {"journal_mode": "wal", "busy_timeout": 60_000, "foreign_keys": 1, "synchronous": 2}


def test_a_restored_backup_works_with_several_processes_again(tmp_path):
    open_store("sqlite:///a.db", tmp_path).close()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
    connection.close()

    store = open_store("sqlite:///backup.db", tmp_path)
    with store.connect() as reader:
        assert reader.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()


def test_opening_again_keeps_what_is_there(store, store_url, make_run, now, tmp_path):
    write_page(store, [make_run()], seen_at=now)
    again = open_store(store_url, tmp_path)

    assert list(read_records(again)) == [make_run()]
    assert dataset_version(again) == dataset_version(store)
    again.close()


def test_opening_does_not_wait_for_a_writer(store, store_url, tmp_path):
    with store.begin():
        open_store(store_url, tmp_path).close()


def test_two_stores_never_have_the_same_version(tmp_path):
    one, other = open_store("sqlite:///a.db", tmp_path), open_store("sqlite:///b.db", tmp_path)

    assert dataset_version(one) != dataset_version(other)
    one.close()
    other.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://", "has to be a file"),
        ("sqlite:///:memory:", "has to be a file"),
        ("sqlite:///file:a.db?mode=ro&uri=true", "has to be a file"),
        ("sqlite://maturity.db", "three slashes"),
        ("sqlite:///missing/maturity.db", "mkdir -p"),
        ("sqlite:///.", "this is a folder"),
        ("mysql://ann:s3cret@db/maturity", "mysql is not supported; write sqlite:///maturity.db"),
        ("duckdb:///maturity.db", "duckdb is not supported"),
        ("postgresql://ann:s3cret@db", "name of the database is missing"),
        ("maturity.db", "not a database URL; write sqlite:///maturity.db"),
        ("postgresql://ann:s3cret@db:port/maturity", "not a database URL"),
        ("", "not a database URL"),
    ],
)
def test_a_url_that_can_not_be_used_is_refused_with_what_to_write(tmp_path, url, reason):
    told = _refusal(url, tmp_path)

    assert reason in told
    assert "s3cret" not in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:s3cret@127.0.0.1:1/maturity?connect_timeout=2",
        "postgresql+psycopg://ann@127.0.0.1:1/maturity?password=s3cret",
    ],
)
def test_a_server_that_does_not_answer_is_told_without_the_password(tmp_path, url):
    told = _refusal(url, tmp_path)

    assert "127.0.0.1:1/maturity" in told
    assert "refused" in told
    assert "check that the server runs" in told
    assert "s3cret" not in told


def test_the_password_is_in_no_text_of_an_open_store(store):
    assert "***" in store.url or store.engine.url.password is None
    assert store.engine.url.render_as_string(hide_password=True) == store.url


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "notes.db"
    file.write_text("these are my notes, and not a database at all\n" * 100)
    before = file.read_bytes()

    told = _refusal("sqlite:///notes.db", tmp_path)

    assert "not an SQLite database" in told
    assert str(file) in told
    assert file.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path):
    connection = sqlite3.connect(tmp_path / "mlflow.db")
    connection.execute("CREATE TABLE experiments (name TEXT)")
    connection.close()
    before = (tmp_path / "mlflow.db").read_bytes()

    told = _refusal("sqlite:///mlflow.db", tmp_path)

    assert "tables of something else (experiments)" in told
    assert (tmp_path / "mlflow.db").read_bytes() == before


def test_a_writer_that_waits_in_vain_is_told_why(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    one, other = open_store("sqlite:///a.db", tmp_path), open_store("sqlite:///a.db", tmp_path)

    with one.begin(), pytest.raises(StoreUnavailable, match="another process has been writing"), other.begin():
        pass

    one.close()
    other.close()


def test_a_damaged_file_is_told(tmp_path):
    store = open_store("sqlite:///store.db", tmp_path)
    with store.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    content = (tmp_path / "store.db").read_bytes()
    (tmp_path / "store.db").write_bytes(content[:4096] + bytes(len(content) - 4096))

    assert "the file is damaged; restore a backup" in _refusal("sqlite:///store.db", tmp_path)


def test_a_mistake_in_a_statement_is_not_blamed_on_the_database(store):
    with pytest.raises(DBAPIError, match="nowhere"), store.connect() as connection:
        connection.execute(text("SELECT * FROM nowhere"))


@pytest.fixture
def read_only_store():
    """A folder with a store that this user may read and not write; root is somebody else for as long."""
    folder = Path(tempfile.mkdtemp(prefix="maturity-readonly-"))
    open_store("sqlite:///a.db", folder).close()
    (folder / "a.db").chmod(0o444)
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_file_that_this_user_may_not_write_is_refused(read_only_store):
    assert "a.db can't be written by this user" in _refusal("sqlite:///a.db", read_only_store)


def test_a_folder_that_this_user_may_not_write_is_refused(read_only_store):
    assert f"{read_only_store} can't be written by this user" in _refusal("sqlite:///new.db", read_only_store)


def test_who_only_reads_may_read_a_store_that_is_not_theirs_to_write(read_only_store):
    store = open_store("sqlite:///a.db", read_only_store, writes=False)
    assert list(read_records(store)) == []
    with pytest.raises(StoreUnavailable, match=r"read-only: .*a.db can't be written by this user"):
        write_page(store, [], seen_at=datetime(2026, 11, 23, tzinfo=UTC))
    store.close()
    assert [path.name for path in read_only_store.iterdir()] == ["a.db"]


def test_a_reader_of_a_store_not_its_own_sees_what_the_owner_writes(tmp_path, make_run, monkeypatch):
    owner = open_store("sqlite:///a.db", tmp_path)
    monkeypatch.setattr(address, "_writable", lambda place: False)
    reader = open_store("sqlite:///a.db", tmp_path, writes=False)
    write_page(owner, [make_run()], seen_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert len(list(read_records(reader))) == 1
    owner.close()
    assert len(list(read_records(reader))) == 1
    reader.close()


def test_looking_at_a_store_makes_and_changes_nothing(tmp_path, make_run):
    assert peek_store("sqlite:///a.db", tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    owner = open_store("sqlite:///a.db", tmp_path)
    write_page(owner, [make_run()], seen_at=datetime(2026, 11, 23, tzinfo=UTC))
    owner.close()
    before = (tmp_path / "a.db").read_bytes()

    peeked = peek_store("sqlite:///a.db", tmp_path)

    assert len(list(read_records(peeked))) == 1
    peeked.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]
    assert (tmp_path / "a.db").read_bytes() == before


def test_an_old_store_that_can_not_be_upgraded_names_the_next_step(tmp_path):
    store = open_store("sqlite:///a.db", tmp_path)
    with store.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '0000'"))
    store.close()
    with pytest.raises(InputRefused, match=r"older version.*mlops-maturity db upgrade"):
        peek_store("sqlite:///a.db", tmp_path)


def test_the_program_knows_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", schema.MIGRATIONS)

    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_the_migrations_make_the_tables_that_the_code_uses(store):
    with store.connect() as connection:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata)

    assert differences == []


def test_a_store_of_an_older_version_is_brought_up_to_date_with_all_its_rows(store, make_run, now, tmp_path):
    write_page(store, [make_run()], seen_at=now)
    newer = _with_another_migration(tmp_path)

    with store.begin() as connection:
        schema.upgrade(connection, migrations=newer, head=NEXT)

    with store.connect() as connection:
        assert schema.stored_revision(connection) == NEXT
        assert connection.execute(text("SELECT id, note FROM record")).one() == ("000000", "")


def test_waivers_and_targets_of_the_first_schema_are_kept(store_url, tmp_path):
    first = create_engine(store_url)
    with first.begin() as connection:
        schema.upgrade(connection, head="0001")
        connection.execute(
            text(
                "INSERT INTO waiver (number, team, practice, start, until, reason, owner, recorded_at) "
                "VALUES (1, 'fraud', 'fairness', '2026-01-01', '2026-06-30', 'no personal data', 'lead', 5)"
            )
        )
        connection.execute(
            text(
                'INSERT INTO target (number, subject, level, "by", author, recorded_at) '
                "VALUES (1, 'fraud', 2, '2027-06-30', 'lead', 5)"
            )
        )
    first.dispose()

    store = open_store(store_url, tmp_path)

    with store.connect() as connection:
        assert connection.execute(text("SELECT reason, author FROM waiver")).one() == ("no personal data", "")
        assert connection.execute(select(tables.target.c["level", "kind", "aspect", "dropped"])).one() == (
            2, "team", "", False,
        )  # fmt: skip
    store.close()


@pytest.mark.parametrize("table", ["waiver", "target", "contradiction"])
def test_what_people_declared_can_be_neither_changed_nor_deleted(store, now, table):
    _declare(store, now)
    sqlite = store.engine.dialect.name == "sqlite"
    replace = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if sqlite else f"TRUNCATE {table}"

    for statement in (f"UPDATE {table} SET author = 'x'", f"DELETE FROM {table}", replace):
        with pytest.raises(DBAPIError, match="append-only"), store.begin() as connection:
            connection.execute(text(statement))

    with store.connect() as connection:
        assert connection.execute(text(f"SELECT author FROM {table}")).scalars().all() == ["lead"]


def _declare(store: Store, now: datetime) -> None:
    """One row each of what people declare."""
    day = now.date()
    rows = {
        tables.waiver: {"team": "t", "practice": "p", "start": day, "until": day, "reason": "r", "owner": "o"},
        tables.target: {"subject": "t", "kind": "team", "aspect": "", "level": 2, "by": day, "dropped": False},
        tables.contradiction: {"team": "t", "practice": "p", "kind": "overclaim", "state": "open", "reason": ""},
    }
    with store.begin() as connection:
        for table, row in rows.items():
            connection.execute(insert(table), {**row, "author": "lead", "recorded_at": now})


def test_a_store_is_as_before_if_its_upgrade_fails(store, tmp_path):
    broken = _with_another_migration(tmp_path, then="raise RuntimeError('power cut')")

    with pytest.raises(RuntimeError, match="power cut"), store.begin() as connection:
        schema.upgrade(connection, migrations=broken, head=NEXT)

    with store.connect() as connection:
        assert schema.stored_revision(connection) == schema.HEAD
        assert "note" not in {column["name"] for column in inspect(connection).get_columns("record")}


def test_a_store_of_a_newer_version_is_refused_with_what_to_do(store, store_url, tmp_path):
    with store.begin() as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '0099'"))

    told = _refusal(store_url, tmp_path)

    assert "newer mlops-maturity (schema 0099" in told
    assert "upgrade the program" in told


def _with_another_migration(folder: Path, then: str = "pass") -> Path:
    """The program's own migrations and one more, as a later version would have it."""
    copy = folder / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / f"r{NEXT}_note.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision = '{NEXT}'\n"
        f"down_revision = '{schema.HEAD}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('record') as batch:\n"
        "        batch.add_column(sa.Column('note', sa.Text, nullable=False, server_default=''))\n"
        f"    {then}\n"
    )
    return copy
