from __future__ import annotations

import pytest

from mlops_maturity.dashboard.facts.links import web_address


@pytest.mark.parametrize(
    "address",
    [
        "https://wiki.acme.example/runbook",
        "http://10.0.0.1:8080/a?b=c#d",
        "  https://acme.example  ",
        "HTTPS://A.EXAMPLE",
    ],
)
def test_plain_web_addresses_become_links(address: str) -> None:
    assert web_address(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "wiki",
        "//acme.example",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "ftp://acme.example",
        "https://",
        "https:///path",
        "https://user:secret@acme.example",
        "https://acme.example/a b",
        "https://acme.example/<img>",
        "https://acme.example/`x`",
        "https://acme.example:port",
        "https://acme.example/\u202e",
        "https://[::1",
        "https://acme.example/" + "x" * 2000,
    ],
)
def test_anything_else_stays_text(address: str) -> None:
    assert web_address(address) is None
