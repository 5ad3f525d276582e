"""A stand-in for Buildbot's REST API, version 2, with answers shaped like those of a real Buildbot 4.3.

It keeps what was seen there: filters `field__op`, the same one several times = any of them; `limit=0` gives nothing;
a filter it does not know is HTTP 400; properties are [value, source] pairs; times are epoch seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
OPERATORS = {
    "eq": lambda value, given: value in given,
    "gt": lambda value, given: value > given[0],
    "ge": lambda value, given: value >= given[0],
    "lt": lambda value, given: value < given[0],
    "le": lambda value, given: value <= given[0],
}
FIELDS = {"builds": {"buildid", "started_at"}, "buildrequests": {"buildrequestid"}, "buildsets": {"bsid"}}


def epoch(moment):
    return int(moment.timestamp())


class FakeBuildbot:
    def __init__(self, *builders):
        self.builders = [
            {"builderid": number, "name": name, "masterids": [1], "tags": []} for number, name in enumerate(builders, 1)
        ]
        self.builds, self.requests_, self.sets, self.steps = {}, {}, {}, {}
        self.requests, self.faults = [], []

    def add(
        self,
        builder,
        started,
        *,
        results=0,
        seconds=60,
        reason="The Nightly scheduler named 'n' triggered this build",
        repository="https://git.example/acme/fraud.git",
        revision=None,
        branch="main",
        rebuilt=None,
        properties=None,
        steps=(("fit", 0),),
        stamps=None,
        **more,
    ):
        number = more.get("buildid", max(self.builds, default=0) + 1)
        complete = results is not None
        stamp = {"branch": branch, "codebase": "", "project": "app", "repository": repository, "revision": revision}
        self.sets[number + 200] = {
            "bsid": number + 200,
            "reason": reason,
            "rebuilt_buildid": rebuilt,
            "sourcestamps": [stamp] if stamps is None else stamps,
        }
        self.requests_[number + 100] = {
            "buildrequestid": number + 100,
            "buildsetid": number + 200,
            "submitted_at": epoch(started) - 5,
        }
        named = {"owner": "Ann <ann@example.org>", "scheduler": "n", **(properties or {})}
        self.builds[number] = {
            "buildid": number,
            "builderid": next(row["builderid"] for row in self.builders if row["name"] == builder),
            "buildrequestid": number + 100,
            "number": number,
            "complete": complete,
            "complete_at": epoch(started) + seconds if complete else None,
            "started_at": epoch(started),
            "results": results,
            "state_string": "build",
            "properties": {name: [value, "Test"] for name, value in named.items()},
            **more,
        }
        self.steps[number] = [
            {"name": name, "results": result, "complete": True, "hidden": False} for name, result in steps
        ]
        return number

    def finish(self, number, at, results):
        self.builds[number] |= {"complete": True, "complete_at": epoch(at), "results": results}

    def handle(self, request):  # noqa: C901 - one line an endpoint
        number = len(self.requests)
        self.requests.append(request)
        for fault in self.faults:
            answer = fault(request, number)
            if isinstance(answer, Exception):
                raise answer
            if answer is not None:
                return answer
        path = request.url.path.removeprefix("/api/v2/")
        match path.split("/"):
            case ["builders"]:
                return told("builders", self.builders)
            case ["masters"]:
                return told("masters", [{"masterid": 1, "active": True}])
            case ["application.spec"]:
                return httpx.Response(200, json={"specs": []}, headers={"server": "TwistedWeb/26"})
            case ["builds"]:
                return self._list("builds", self.builds, request)
            case ["buildrequests"]:
                return self._list("buildrequests", self.requests_, request)
            case ["buildsets"]:
                return self._list("buildsets", self.sets, request)
            case ["builds", build, "steps"] if int(build) in self.steps:
                return told("steps", self.steps[int(build)])
        return httpx.Response(404, json={"error": "invalid path"})

    def _list(self, what, rows, request):
        params = request.url.params
        found = list(rows.values())
        for name in set(params) - {"order", "limit", "property"}:
            field, _, operator = name.partition("__")
            if field not in FIELDS[what] or operator not in OPERATORS:
                return httpx.Response(400, json={"error": f"unrecognized query parameter '{name}'"})
            given = [int(value) for value in params.get_list(name)]
            found = [row for row in found if OPERATORS[operator](row[field], given)]
        order = params.get("order", "")
        if order:
            found.sort(key=lambda row: row[order.lstrip("-")], reverse=order.startswith("-"))
        found = found[: int(params.get("limit", 10**6))]
        if "property" not in params:
            found = [{key: value for key, value in row.items() if key != "properties"} for row in found]
        return told(what, found)


def told(what, rows):
    return httpx.Response(200, json={what: rows, "meta": {"total": len(rows)}})
