from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urljoin

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from mlops_maturity.dashboard.too_deep import TooDeep

HOST = "http://here"


def _page(_: Request) -> HTMLResponse:
    return HTMLResponse("<h1>page</h1>")


def _data(_: Request) -> JSONResponse:
    return JSONResponse({"a": 1})


ROUTES = [Route("/_stcore/health", _data), Route("/{path:path}", _page)]


def get(asked: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=ROUTES, middleware=[Middleware(TooDeep)]))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.get(f"{HOST}{asked}")

    # In a thread of its own: in this one the loop of the tests with a browser may be running.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/gaps/x", "/gaps"),
        ("/gaps/x/y?team=a&as_of=2026-01-01", "/gaps?team=a&as_of=2026-01-01"),
        ("/gaps//x", "/gaps"),
        ("/a%2F%2Fevil.example/x", "/a"),
        ("/javascript:alert(1)/x", "/javascript%3Aalert%281%29"),
        ("/Übersicht/x", "/%C3%9Cbersicht"),
    ],
)
def test_an_address_with_too_many_parts_leads_to_its_first(asked: str, led: str) -> None:
    answer = get(asked)
    assert answer.status_code == 307
    assert answer.content == b""
    assert urljoin(str(answer.request.url), answer.headers["location"]) == f"{HOST}{led}"


@pytest.mark.parametrize("asked", ["/", "/gaps", "/gaps?team=a/b", "/component/x/index.html", "/_stcore/health"])
def test_pages_files_and_data_are_left_as_they_are(asked: str) -> None:
    assert get(asked).status_code == 200


def test_nobody_is_led_to_another_host() -> None:
    for asked in ("//evil.example/x", "/\\evil.example/x", "/%5C%5Cevil.example/x"):
        answer = get(asked)
        assert urljoin(f"{HOST}{asked}", answer.headers["location"]).startswith(f"{HOST}/")
