"""Ends exchanges from outside: a read time-out starts anew with every byte, so a server that sends its header a byte at
a time holds a reader for ever; and a thread that waits for a byte can't be told to stop.

A twin of each connection's socket is kept, and shut down when the time is over or somebody says so. Whoever reads or
writes then gets an end of file or an error at once.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class CutOff:
    """The connections of one client. `end` may come from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wires: list[tuple[socket.socket, socket.socket]] = []
        self._ended = False

    def watch(self, wire: socket.socket) -> None:
        """Take a new connection under watch; once ended, it is shut down at once."""
        twin = socket.socket(fileno=os.dup(wire.fileno()))
        with self._lock:
            self._wires.append((wire, twin))
            if self._ended:
                _shut(twin)

    @contextmanager
    def within(self, seconds: float) -> Iterator[threading.Event]:
        """An exchange that may last that long; the event is set where it did not come to its end in time."""
        over = threading.Event()

        def cut() -> None:
            over.set()
            self._shut_all()

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield over
        finally:
            timer.cancel()
            self._forget_closed()

    def end(self) -> None:
        """Shut down every connection, those still to come too."""
        self._ended = True
        self._shut_all()

    def _shut_all(self) -> None:
        with self._lock:
            for _, twin in self._wires:
                _shut(twin)

    def _forget_closed(self) -> None:
        """Close the twins of closed connections: each would keep its connection open."""
        with self._lock:
            for wire, twin in self._wires:
                if self._ended or wire.fileno() < 0:
                    twin.close()
            self._wires = [(wire, twin) for wire, twin in self._wires if twin.fileno() >= 0]

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """For httpx's `trace` extension: watches what it connects."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self.watch(info["return_value"].get_extra_info("socket"))


def _shut(twin: socket.socket) -> None:
    with suppress(OSError):
        twin.shutdown(socket.SHUT_RDWR)


def watched_pools(cut_off: CutOff) -> dict[str, type[HTTPConnectionPool]]:
    """What urllib3's pool managers make pools of, by scheme, so that each connection is under watch."""

    class Plain(_Watched, HTTPConnection):
        watch = cut_off

    class Secure(_Watched, HTTPSConnection):
        watch = cut_off

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Watched(HTTPConnection):
    watch: ClassVar[CutOff]

    def _new_conn(self) -> socket.socket:
        wire = super()._new_conn()
        self.watch.watch(wire)  # for the handshake: TLS gives it a new socket afterwards
        return wire

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, socket.socket):
            self.watch.watch(self.sock)
