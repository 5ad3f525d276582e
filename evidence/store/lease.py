"""Who may work on something now: a lease with a time to live, and a token that fences off whoever lost it.

Times are given by the caller. On several hosts their clocks should agree to well under the time to live; where
they don't, two holders can believe in themselves for a moment, and the token still keeps the older one from writing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.columns import from_micros
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.upsert import insert_for


class LeaseLost(RuntimeError):
    """Somebody else has taken the lease over: stop, and write nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease as it was got or renewed."""

    name: str
    holder: str
    token: int
    """Rises with every holder of the name."""
    expires_at: datetime


def acquire_lease(store: Store, name: str, holder: str, *, now: datetime, ttl: timedelta) -> Lease | None:
    """Take the lease `name` if it is free or run out; None while somebody (also this holder) has it."""
    with store.begin() as connection:
        insert = insert_for(connection, tables.lease).values(name=name, holder=holder, token=1, expires_at=now + ttl)
        take = insert.on_conflict_do_update(
            index_elements=["name"],
            set_={
                "holder": insert.excluded.holder,
                "token": tables.lease.c.token + 1,
                "expires_at": insert.excluded.expires_at,
            },
            where=tables.lease.c.expires_at <= now,
        )
        token = connection.execute(take.returning(tables.lease.c.token)).scalar_one_or_none()
    return None if token is None else Lease(name=name, holder=holder, token=token, expires_at=now + ttl)


def renew_lease(store: Store, lease: Lease, *, now: datetime, ttl: timedelta) -> Lease:
    """Hold it for another `ttl`. Raises LeaseLost if somebody else has it by now."""
    columns = tables.lease.c
    with store.begin() as connection:
        statement = (
            update(tables.lease)
            .where(columns.name == lease.name, columns.token == lease.token)
            .values(expires_at=now + ttl)
            .returning(columns.token)
        )
        if connection.execute(statement).scalar_one_or_none() is None:
            raise _lost(lease)
    return replace(lease, expires_at=now + ttl)


def release_lease(store: Store, lease: Lease) -> None:
    """Give it back; nothing happens if somebody else has it by now."""
    columns = tables.lease.c
    with store.begin() as connection:
        connection.execute(
            update(tables.lease)
            .where(columns.name == lease.name, columns.token == lease.token)
            .values(expires_at=from_micros(0))
        )


def require_lease(connection: Connection, lease: Lease) -> None:
    """Raise LeaseLost unless the lease is still this holder's; it stays so to the end of the transaction."""
    columns = tables.lease.c
    query = select(columns.token).where(columns.name == lease.name).with_for_update()
    if connection.execute(query).scalar_one_or_none() != lease.token:
        raise _lost(lease)


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(f"another process has taken over {lease.name!r} from {lease.holder}; this one stops")
