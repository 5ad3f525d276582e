"""An HTTP core whose server follows a script, in memory or on a socket, and a sleep that takes no time."""

from __future__ import annotations

import contextlib
import socket
import threading

import httpx
from pydantic import SecretStr

from mlops_maturity.collectors.http import Http
from mlops_maturity.config.settings import SourceSettings

TOKEN = "ghp_verysecret"
DATE = {"date": "Mon, 02 Mar 2026 10:00:00 GMT"}


class Source(SourceSettings):
    token: str | None = TOKEN

    def secret(self, name="token"):
        return None if self.token is None else SecretStr(self.token)


class Sleeps:
    """A sleep that takes no time, and the clock that sees it."""

    def __init__(self):
        self.taken, self.now = [], 0.0

    def __call__(self, seconds):
        self.taken.append(seconds)
        self.now += seconds

    def clock(self):
        return self.now


def source(url="https://api.example/base", **more):
    """Unchecked: the core has to hold by itself what the settings refuse as well."""
    return Source.model_construct(id="src", type="test", url=url, **more)


def scripted(*answers, url="https://api.example/base", sleeps=None, **more):
    """An Http whose server gives these answers in order (the last for ever), and the requests it got."""
    got = []

    def answer(request):
        got.append(request)
        step = answers[min(len(got), len(answers)) - 1]
        if isinstance(step, Exception):
            raise step
        return (
            step(request)
            if callable(step)
            else httpx.Response(step[0], headers=dict(*step[1:]))
            if isinstance(step, tuple)
            else step
        )

    sleeps = sleeps or Sleeps()
    http = Http(
        more.pop("settings", None) or source(url),
        sleep=sleeps,
        clock=sleeps.clock,
        transport=httpx.MockTransport(answer),
        **more,
    )
    return http, got, sleeps


def ok(data, **headers):
    return httpx.Response(200, json=data, headers={name.replace("_", "-"): value for name, value in headers.items()})


@contextlib.contextmanager
def real_server(*scripts):
    """A loopback server that plays one script a connection (bytes to send, or a function of the socket)."""
    listener = socket.create_server(("127.0.0.1", 0))
    received, done = [], threading.Event()

    def serve():
        for script in scripts:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                received.append(connection.recv(65536))
                if callable(script):
                    script(connection, done)
                else:
                    connection.sendall(script)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
    finally:
        done.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def plain(body: bytes, length: int | None = None) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (length or len(body), body)
