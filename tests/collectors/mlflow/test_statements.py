"""A database that is busy is told to stop, from another thread, at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from mlops_maturity.collectors.mlflow.statements import Statements

ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")


@pytest.fixture
def engine(tmp_path):
    made = create_engine(f"sqlite:///{tmp_path / 'busy.db'}")
    yield made
    made.dispose()


def test_a_statement_without_end_is_broken_off(engine):
    statements = Statements([engine, engine])
    begun = threading.Event()

    def stop():
        begun.wait(10)
        for _ in range(1000):  # the statement begins at some time after the signal
            if ended.wait(0.01):
                return
            statements.end()

    ended = threading.Event()
    stopper = threading.Thread(target=stop)
    stopper.start()
    with engine.connect() as connection:
        begun.set()
        with pytest.raises((OperationalError, RuntimeError), match=r"interrupted|no statement is begun"):
            connection.execute(ENDLESS)
    ended.set()
    stopper.join()


def test_no_statement_is_begun_afterwards_and_later_ones_are_free(engine):
    statements = Statements([engine])
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
        statements.end()
        with pytest.raises(RuntimeError):
            connection.execute(text("SELECT 2"))
    statements.end()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 3")).scalar() == 3


def test_an_end_with_nothing_at_hand_lets_go_at_once(engine):
    Statements([engine]).end()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
