"""Leads an address with too many parts to the page that its first part names.

Streamlit answers any address with its one HTML page, which asks for its scripts relative to the address: below the
first part there are none, and the reader would be left with a blank page.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class TooDeep:
    """ASGI middleware: in place of HTML at `/gaps/x?team=a`, a redirect to `/gaps?team=a`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        shallow = _shallow(scope) if scope["type"] == "http" else None
        if shallow is None:
            await self._app(scope, receive, send)
            return
        redirected = False

        async def send_instead(message: Message) -> None:
            nonlocal redirected
            if message["type"] == "http.response.start" and _is_page(message):
                redirected = True
                headers = [(b"location", shallow), (b"content-length", b"0")]
                await send({"type": "http.response.start", "status": 307, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
            elif not redirected:
                await send(message)

        await self._app(scope, receive, send_instead)


def _shallow(scope: Scope) -> bytes | None:
    """Where to instead, relative to the address, as a proxy may serve it below a path; None for one part or a file."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    parts = [part for part in path.split("/") if part]
    if len(parts) < 2 or "." in parts[-1]:
        return None
    query = scope.get("query_string", b"")
    return f"{'../' * (path.count('/') - 1)}{quote(parts[0], safe='')}".encode() + (b"?" + query if query else b"")


def _is_page(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
