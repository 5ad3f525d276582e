"""The session that client libraries are given: sizes, slow answers, closing, trust."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mlops_maturity.collectors.bounded_session import BoundedSession, json_of
from mlops_maturity.collectors.interface import BadAnswer, Unreachable
from mlops_maturity.collectors.prometheus.client import PrometheusSource
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.config.settings import SourceSettings

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def settings(url, **more):
    return SourceSettings.model_validate({"id": "source", "type": "any", "url": url, **more})


def test_an_answer_beyond_the_greatest_size_is_refused(scripted_server, told):
    scripted_server.answer = lambda asked: told(b"x" * 2000)
    session = BoundedSession(settings(scripted_server.url), max_bytes=1000)
    with pytest.raises(BadAnswer, match="larger than 1,000 bytes"):
        session.request("GET", scripted_server.url)
    session.close()


def test_an_answer_that_trickles_ends_by_the_clock(scripted_server, told):
    scripted_server.answer = lambda asked: told(b"x" * 200_000)
    ticks = iter(range(0, 10_000, 20))
    session = BoundedSession(
        settings(scripted_server.url), clock=lambda: float(next(ticks)), sleep=lambda seconds: None
    )
    with pytest.raises(Unreachable, match="no whole answer within 30 s"):
        session.request("GET", scripted_server.url)
    session.close()


def test_a_server_that_sends_a_byte_at_a_time_is_left_at_the_time_out():
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip():
        while not done.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not done.wait(0.05):
                    connection.sendall(b"x")

    threading.Thread(target=drip, daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    ticks = iter(range(0, 100_000, 10))
    session = BoundedSession(settings(url), clock=lambda: float(next(ticks)), sleep=lambda seconds: None)
    with pytest.raises(Unreachable, match="no whole answer within 30 s"):
        session.request("GET", url)
    done.set()
    session.close()
    listener.close()


def test_a_page_that_echoes_the_token_is_shown_without_it(scripted_server, told, monkeypatch):
    monkeypatch.setenv("ECHOED", "s3cr3tT0ken")
    scripted_server.answer = lambda asked: told(
        f"<html>{ {name.lower(): value for name, value in asked.headers.items()}['authorization'] }</html>".encode()
    )
    session = BoundedSession(settings(scripted_server.url, token_env="ECHOED"))
    with pytest.raises(BadAnswer) as refused:
        json_of(session.request("GET", scripted_server.url), "source")
    assert "s3cr3tT0ken" not in str(refused.value)
    assert "***" in str(refused.value)
    session.close()


def test_closing_ends_a_wait_between_tries(scripted_server, told):
    scripted_server.answer = lambda asked: told(status=429, headers={"Retry-After": "50"})
    session = BoundedSession(settings(scripted_server.url))
    raised: list[Exception] = []

    def ask():
        try:
            session.request("GET", scripted_server.url)
        except Exception as error:  # noqa: BLE001 - looked at below
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while not scripted_server.asked:
        thread.join(0.01)
    session.close()
    thread.join(5)
    assert not thread.is_alive()
    assert "stopped" in str(raised[0])


def test_a_rate_limit_that_is_too_long_ends_every_further_request_without_asking(scripted_server, told):
    scripted_server.answer = lambda asked: told(status=429, headers={"Retry-After": "7200"})
    session = BoundedSession(settings(scripted_server.url))
    for _ in range(3):
        with pytest.raises(Exception, match="asks to wait"):
            session.request("GET", scripted_server.url)
    assert len(scripted_server.asked) == 1
    session.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of its own authority for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return tmp_path / "cert.pem", tmp_path / "key.pem"


@pytest.fixture
def secure(scripted_server, told, certificate):
    """The scripted server behind TLS; its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    scripted_server.behind(context)
    scripted_server.answer = lambda asked: told(
        {"status": "success", "data": {"resultType": "scalar", "result": [1, "42"]}}
    )
    return scripted_server.url.replace("http://", "https://")


def ask(url, **more):
    source = PrometheusSource(PrometheusSettings.model_validate({"id": "m", "type": "prometheus", "url": url, **more}))
    try:
        return source.at("x", NOW)[0].points
    finally:
        source.close()


def test_a_certificate_nobody_vouches_for_is_refused_with_the_setting_to_make(secure):
    with pytest.raises(Unreachable, match=r"certificate is not trusted\. Set `ca_bundle`"):
        ask(secure)


def test_a_certificate_of_the_own_authority_is_trusted(secure, certificate):
    assert ask(secure, ca_bundle=str(certificate[0])) == ((1.0, 42.0),)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_checking_can_be_switched_off(secure):
    assert ask(secure, verify=False) == ((1.0, 42.0),)


def test_trusting_an_authority_takes_no_other_away(secure, certificate):
    session = BoundedSession(settings(secure, ca_bundle=str(certificate[0])))
    trust = session.get_adapter(secure).poolmanager.connection_pool_kw["ssl_context"]
    assert len(trust.get_ca_certs()) > 1 or not Path(requests.certs.where()).exists()
    session.close()
