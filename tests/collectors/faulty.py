"""What goes wrong on networks and in servers, for every fake server of the collectors' tests."""

from __future__ import annotations

import httpx

from mlops_maturity.collectors.interface import BadAnswer, Forbidden, RateLimited, Unauthorized, Unreachable


class Faulty:
    """A fake that can be told to fail. `faults` are functions of (request, number) that may give another answer."""

    def __init__(self):
        self.requests, self.faults = [], []

    def handle(self, request):
        number = len(self.requests)
        self.requests.append(request)
        for fault in self.faults:
            told = fault(request, number)
            if isinstance(told, Exception):
                raise told
            if told is not None:
                return told
        return self.answer(request)

    def answer(self, request):
        raise NotImplementedError


def answer(status, **more):
    return httpx.Response(status, **more)


PASSING = {
    "429 3 s": lambda: answer(429, headers={"retry-after": "3"}),
    "429": lambda: answer(429),
    "503 2 s": lambda: answer(503, headers={"retry-after": "2"}),
    "500": lambda: answer(500),
    "502": lambda: answer(502, text="<html>Bad gateway"),
    "reset": lambda: httpx.ReadError("reset by peer"),
    "stall": lambda: httpx.ReadTimeout("stalled"),
    "short": lambda: httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
    "refused": lambda: httpx.ConnectError("refused"),
}
"""What may be over at the next try."""

LASTING = {
    "401": (answer(401), Unauthorized),
    "403": (answer(403, json={"message": "Forbidden"}), Forbidden),
    "500": (answer(500), BadAnswer),
    "truncated": (answer(200, text='[{"id": 3, "iid'), BadAnswer),
    "empty": (answer(200, text=""), BadAnswer),
    "html": (answer(200, text="<!doctype html><title>Sign in"), BadAnswer),
    "other shape": (answer(200, json={"message": "not what was asked for"}), BadAnswer),
    "redirect": (answer(302, headers={"location": "https://evil.example/users/sign_in"}), BadAnswer),
    "429 1 h": (answer(429, headers={"retry-after": "3600"}), RateLimited),
    "refused": (httpx.ConnectError("refused"), Unreachable),
    "stalled": (httpx.ReadTimeout("stalled"), Unreachable),
}
"""What stays, and what it is to be told as."""
