"""The HTTP core against a real socket: refused, cut off, dripping and silent."""

from __future__ import annotations

import contextlib
import socket

import pytest
from scripted_http import TOKEN, Sleeps, plain, real_server, source

from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import (
    Unreachable,
)
from mlops_maturity.collectors.patience import CONNECT_TRIES, FAULT_TRIES


def test_nobody_listening_is_told_at_once_over_a_real_socket():
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    sleeps = Sleeps()
    http = Http(source(f"http://127.0.0.1:{port}"), sleep=sleeps)
    with pytest.raises(
        Unreachable, match=rf"src: http://127.0.0.1:{port}/x: Connection refused. Is the server running"
    ):
        http.get("x")
    assert len(sleeps.taken) == CONNECT_TRIES - 1
    assert sum(sleeps.taken) < 2
    http.close()


def test_resets_and_truncated_bodies_over_a_real_socket():
    with real_server(b"", plain(b'{"a": 1', length=500), plain(b'{"a": 1}')) as (url, received):
        http = Http(source(url), sleep=Sleeps())
        assert http.get("x").data == {"a": 1}
        http.close()
    assert len(received) == 3
    assert TOKEN.encode() in received[0]


def test_a_server_that_drips_is_cut_off_after_the_time_out_over_a_real_socket():
    def drip(connection, done):
        with contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not done.wait(0.01):
                connection.sendall(b" ")

    with real_server(*[drip] * FAULT_TRIES) as (url, _):
        http = Http(source(url, timeout_s=0.1), sleep=Sleeps())
        with pytest.raises(Unreachable, match=r"longer than 0\.1 s"):
            http.get("x")
        http.close()


def test_a_server_that_stalls_is_told_after_the_time_out_over_a_real_socket():
    with real_server(*[lambda _, done: done.wait(5)] * FAULT_TRIES) as (url, _):
        http = Http(source(url, timeout_s=0.1), sleep=Sleeps())
        with pytest.raises(Unreachable, match=r"no answer within 0\.1 s"):
            http.get("x")
        http.close()
