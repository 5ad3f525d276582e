"""The catalogues that results were published under, so that a change of the catalogue can be told from a change of
the team."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from mlops_maturity.config.catalogue import Catalogue, digest
from mlops_maturity.config.catalogue_json import NotACatalogue, catalogue_of
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.upsert import insert_or_nothing

_COLUMNS = tables.catalogue.c


def keep_catalogue(connection: Connection, catalogue: Catalogue, now: datetime) -> None:
    """Keep a catalogue by its hash, in the caller's transaction; one that is kept already stays as it is."""
    row = {"hash": catalogue.hash, "payload": catalogue.canonical, "first_used_at": now}
    insert_or_nothing(connection, tables.catalogue, [row])


def kept_hashes(store: Store) -> frozenset[str]:
    """The hashes of the catalogues that are kept."""
    with store.connect() as connection:
        return frozenset(connection.execute(select(_COLUMNS.hash)).scalars())


def read_catalogue(store: Store, catalogue_hash: str) -> Catalogue | None:
    """The catalogue of that hash; None where it was never kept, or can't be read by this program."""
    with store.connect() as connection:
        text = connection.execute(select(_COLUMNS.payload).where(_COLUMNS.hash == catalogue_hash)).scalar_one_or_none()
    if text is None or digest(text) != catalogue_hash:
        return None
    try:
        return catalogue_of(text)
    except NotACatalogue:
        return None
