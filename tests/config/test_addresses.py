"""Which addresses a source may have."""

from __future__ import annotations

import pytest

from mlops_maturity.config.addresses import address_reason, forbidden_host

WEB = ("http", "https")


@pytest.mark.parametrize(
    "url",
    [
        "https://mlflow.acme.example",
        "http://127.0.0.1:5000",
        "http://[::1]:9090/prometheus/",
        "http://10.1.2.3:8080/a/b",
        "HTTPS://Host.example",
        "http://metadata.acme.example",
    ],
)
def test_servers_of_the_web_and_of_the_own_network_are_taken(url: str) -> None:
    assert address_reason(url, WEB) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mlflow.acme.example", "should start with http:// or https://"),
        ("localhost:5000", "should start with http:// or https://"),
        ("htps://mlflow", "did you mean 'https'?"),
        ("file:///etc/passwd", "should start with"),
        ("sqlite:///x.db", "should start with"),
        ("https://", "names no host"),
        ("https://h:99999", "is no address"),
        ("https://[::1", "is no address"),
        ("https://h/a b", "white space"),
        ("https://h/\nX: 1", "white space or control characters"),
        ("https://h?token=hunter2", "should end with its path"),
        ("https://h#x", "should end with its path"),
        ("https://user:hunter2@h", "holds a user name or password"),
        ("https://hunter2@h", "holds a user name or password"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_a_credential(url: str, reason: str) -> None:
    told = address_reason(url, WEB)

    assert told is not None
    assert reason in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.0.1",
        "2852039166",
        "0xa9fea9fe",
        "0xA9.0xFE.0xA9.0xFE",
        "0251.0376.0251.0376",
        "169.254.43518",
        "１６９.254.169.254",
        "::ffff:169.254.169.254",
        "[fe80::1]",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "metadata.google.internal",
        "METADATA.google.internal.",
    ],
)
def test_metadata_addresses_are_refused_however_they_are_spelt(host: str) -> None:
    assert forbidden_host(host) is not None


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "::1", "fd12::1", "100.100.100.201", "169.255.0.1", "h"])
def test_private_and_public_hosts_are_allowed(host: str) -> None:
    assert forbidden_host(host) is None


def test_databases_may_name_a_user_but_no_password() -> None:
    schemes = (*WEB, "sqlite", "postgresql")

    assert address_reason("sqlite:///mlflow.db", schemes) is None
    assert address_reason("postgresql+psycopg://me@db/mlflow", schemes) is None
    told = address_reason("postgresql://me:hunter2@db/mlflow", schemes)
    assert told is not None
    assert "holds a password" in told
    assert "hunter2" not in told
