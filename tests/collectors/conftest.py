"""A server on loopback that answers what a test tells it to, and goes wrong when told to."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that tests import what they share by its own name


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Told:
    """An answer: `body` as bytes, or anything JSON can write."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    """`reset` cuts the connection, `stall` never answers, `short` promises more bytes than it sends."""

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class ScriptedServer:
    """`faults` are answered first, one a request; then `answer` is asked."""

    def __init__(self) -> None:
        self.answer: Callable[[Asked], Told] = lambda asked: Told(status=404)
        self.faults: deque[Told] = deque()
        self.asked: list[Asked] = []
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"script": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def behind(self, context: ssl.SSLContext) -> None:
        """From now on speak TLS."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    script: ScriptedServer

    def do_GET(self) -> None:
        script, parts = self.script, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, parse_qs(parts.query), body, headers)
        script.asked.append(asked)
        self._say(script.faults.popleft() if script.faults else script.answer(asked))

    def do_POST(self) -> None:
        self.do_GET()

    def _say(self, told: Told) -> None:
        if told.fault == "reset":
            linger = struct.pack("ii", 1, 0)  # close with RST, as a crashed server does
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        elif told.fault == "stall":
            self.script.released.wait(30)
        else:
            self._send(told)
        self.close_connection = self.close_connection or bool(told.fault)

    def _send(self, told: Told) -> None:
        content = told.content
        self.send_response(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) + (100 if told.fault == "short" else 0)))
        self.end_headers()
        self.wfile.write(content)

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def scripted_server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def told() -> type[Told]:
    """The class of scripted answers."""
    return Told
