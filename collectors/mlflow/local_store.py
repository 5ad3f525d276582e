"""MLflow's SQL stores, opened without writing: MLflow itself would create or upgrade a database that it opens."""

# MLflow's stores carry no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from mlops_maturity.collectors.http_client import token_of
from mlops_maturity.collectors.interface import Unreachable, Unsupported
from mlops_maturity.collectors.mlflow.settings import MlflowSettings
from mlops_maturity.collectors.mlflow.statements import Statements

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

_CONNECT_S = 5


def local_client(source: MlflowSettings) -> tuple[MlflowClient, Statements]:
    """A client on the database itself, and what breaks off its statements.

    Raises Unreachable, or Unsupported where this MLflow can't read it.
    """
    place = f"{source.id}: {source.url}"
    if importlib.util.find_spec("mlflow.store.tracking.sqlalchemy_store") is None:
        raise Unsupported(
            f"{place}: only the whole MLflow reads a database. Install mlops-maturity[local], or name a server"
        )
    address = _address(source, place)
    _refuse_missing_file(address, place)
    try:
        engine = create_engine(address, connect_args=_connect_arguments(address))
    except (NoSuchModuleError, ImportError):
        raise Unsupported(f"{place}: no driver for it. Install mlops-maturity[postgres]") from None
    try:
        _refuse_other_schema(engine, place)
    finally:
        engine.dispose()
    from mlflow.tracking import MlflowClient

    uri = address.render_as_string(hide_password=False)
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    stores = client._tracking_client.store, client._get_registry_client().store
    return client, Statements([store.engine for store in stores])


def _address(source: MlflowSettings, place: str) -> URL:
    try:
        address = make_url(source.url)
    except ArgumentError:
        raise Unreachable(f"{place}: is no database address. Write it like sqlite:////srv/mlflow.db") from None
    password = token_of(source)
    return address if password is None else address.set(password=password)


def _refuse_missing_file(address: URL, place: str) -> None:
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise Unreachable(
            f"{place}: there is no such file. An absolute path has four slashes: sqlite:////srv/mlflow.db"
        )


def _connect_arguments(address: URL) -> dict[str, int]:
    return {"connect_timeout": _CONNECT_S} if address.get_backend_name() == "postgresql" else {}


def _refuse_other_schema(engine: Engine, place: str) -> None:
    """Only a store of exactly this MLflow's schema, in use already: any other would be written to."""
    from mlflow.store.db.utils import _all_tables_exist, _get_latest_schema_revision

    try:
        if "experiments" not in inspect(engine).get_table_names():
            raise Unsupported(f"{place}: holds no MLflow store. Give the `--backend-store-uri` of your MLflow server")
        with engine.connect() as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            begun = connection.execute(text("SELECT 1 FROM experiments WHERE experiment_id = 0")).scalar()
        whole = _all_tables_exist(engine)
    except SQLAlchemyError as error:
        raise Unreachable(
            f"{place}: can't be read ({type(error).__name__}). Is it up, and the address right?"
        ) from None
    if not whole or not begun or revision != _get_latest_schema_revision():
        raise Unsupported(
            f"{place}: its schema is of another MLflow version than the one installed here. "
            "Start a server on it and give the server's http URL"
        )
