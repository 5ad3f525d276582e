"""A stateful stand-in for Jenkins' remote access API, written from its documentation (the page `/api/` of a Jenkins,
and the plug-in Pipeline: REST API).

It keeps what a collector gets wrong: `tree` with nested properties and ranges `{from,to}` by position, newest first;
names of branches encoded within names of jobs; times in milliseconds; a length of 0 while building; numbers that go on
after builds are deleted and begin anew with a new job; actions of which most are empty.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import httpx
from faulty import Faulty

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
FOLDER = "com.cloudbees.hudson.plugins.folder.Folder"
MULTIBRANCH = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
FREESTYLE = "hudson.model.FreeStyleProject"
PIPELINE = "org.jenkinsci.plugins.workflow.job.WorkflowJob"
TIMER = "hudson.triggers.TimerTrigger$TimerTriggerCause"
REPO = "https://git.example/acme/fraud.git"


def ms(moment):
    return round(moment.timestamp() * 1000)


def sha(seed):
    return f"{seed:040x}" if isinstance(seed, int) else seed


class Folder:
    def __init__(self, name, kind):
        self.name, self.kind, self.items = name, kind, {}

    def exported(self):
        return {
            "_class": self.kind,
            "name": self.name,
            "description": "who to ask: Ann <ann@example.org>",
            "jobs": [item.exported() for item in self.items.values()],
        }


class Job:
    def __init__(self, name, kind):
        self.name, self.kind = name, kind
        self.builds, self.stages = {}, {}
        self.next_number = 1
        self.unlisted = set()  # builds that are there, and not in the list

    def add(
        self,
        begun,
        result="SUCCESS",
        *,
        seconds=60,
        causes=(TIMER,),
        checkouts=((REPO, 1, "refs/remotes/origin/main"),),
        parameters=None,
        stages=(("Fit", "SUCCESS"),),
        **more,
    ):
        number = self.next_number
        self.next_number += 1
        named = [{"_class": cause, "shortDescription": "Started by Ann", "userName": "Ann"} for cause in causes]
        git = [
            {
                "_class": "hudson.plugins.git.util.BuildData",
                "remoteUrls": [url],
                "lastBuiltRevision": {"SHA1": sha(commit), "branch": [{"SHA1": sha(commit), "name": branch}]},
            }
            for url, commit, branch in checkouts
        ]
        given = [{"name": name, "value": value} for name, value in (parameters or {}).items()]
        self.builds[number] = {
            "_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun",
            "number": number,
            "building": result == "building",
            "result": None if result == "building" else result,
            "timestamp": ms(begun),
            "duration": 0 if result == "building" else round(seconds * 1000),
            "fullDisplayName": f"{self.name} #{number}",
            "url": f"http://elsewhere.example/job/{self.name}/{number}/",
            "actions": [{"_class": "hudson.model.CauseAction", "causes": named}, {}, *git, {"parameters": given}],
            "changeSets": [{"items": [{"authorEmail": "ann@example.org"}]}],
            **more,
        }
        self.stages[number] = stages
        return number

    def finish(self, number, result, seconds=60):
        self.builds[number] |= {"building": False, "result": result, "duration": round(seconds * 1000)}

    def delete(self, *numbers):
        for number in numbers:
            del self.builds[number]

    def listed(self):
        return [self.builds[number] for number in sorted(self.builds, reverse=True) if number not in self.unlisted]

    def exported(self):
        return {
            "_class": self.kind,
            "name": self.name,
            "color": "blue",
            "nextBuildNumber": self.next_number,
            "allBuilds": self.listed(),
            "builds": self.listed()[:100],
        }


class FakeJenkins(Faulty):
    """Jenkins at the root of an address."""

    def __init__(self, *, user=None, token=None, wfapi=True, date=None):
        super().__init__()
        self.root = Folder("", "hudson.model.Hudson")
        self.credential = f"Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}" if user else None
        self.wfapi, self.date = wfapi, date

    def folder(self, name, kind=FOLDER):
        here = self.root
        for part in name.split("/"):
            here = here.items.setdefault(part, Folder(part, kind if part == name.split("/")[-1] else FOLDER))
        return here

    def job(self, name, kind=PIPELINE):
        above, _, last = name.rpartition("/")
        here = self.folder(above) if above else self.root
        return here.items.setdefault(last, Job(last, kind))

    def branch(self, project, branch):
        encoded = quote(branch, safe="")
        return self.folder(project, MULTIBRANCH).items.setdefault(encoded, Job(encoded, PIPELINE))

    def answer(self, request):
        if self.credential is not None and request.headers.get("authorization") != self.credential:
            return httpx.Response(401, text="<html>Unauthorized")
        answer = self._route(request)
        answer.headers["x-jenkins"] = "2.504.1"
        if self.date:
            answer.headers["date"] = self.date
        return answer

    def paths(self):
        return [path_of(request) for request in self.requests]

    def _route(self, request):
        parts = path_of(request).strip("/").split("/")
        here = self.root
        while parts[:1] == ["job"]:
            # One decoding, as a servlet container does: what is left of a branch's name is its encoded name.
            here = here.items.get(unquote(parts[1])) if isinstance(here, Folder) else None
            parts = parts[2:]
            if here is None:
                return absent()
        return self._of(here, parts, request)

    def _of(self, here, parts, request):
        tree = request.url.params.get("tree")
        match parts:
            case ["api", "json"]:
                assert tree, "a bare api/json loads every build from disk"
                return told(pruned(here.exported(), parsed(tree)))
            case ["wfapi", "describe"] if self.wfapi:
                return told({"name": here.name, "runCount": len(here.builds)})
            case [number, "api", "json"]:
                last = max(here.builds, default=0)
                build = here.builds.get(last if number == "lastBuild" else int(number))
                return told(pruned(build, parsed(tree))) if build else absent()
            case [number, "wfapi", "describe"] if self.wfapi and int(number) in here.builds:
                rows = [
                    {"name": name, "status": status, "startTimeMillis": 1, "pauseDurationMillis": sum(paused)}
                    for name, status, *paused in here.stages[int(number)]
                ]
                return told({"id": number, "stages": rows})
        return absent()


def path_of(request):
    return request.url.raw_path.decode().partition("?")[0]


def told(body):
    return httpx.Response(200, json=body)


def absent():
    return httpx.Response(404, text="<html>Not Found")


def parsed(tree):
    """`a,b[c]{0,2}` as {name: (properties below, range)}."""
    tokens = re.findall(r"\w+|\{\d*,\d*\}|[\[\],]", tree)
    assert "".join(tokens) == tree, f"no such tree: {tree}"
    found, rest = _properties(tokens)
    assert not rest, f"no such tree: {tree}"
    return found


def _properties(tokens):
    found, name = {}, None
    while tokens:
        token, tokens = tokens[0], tokens[1:]
        if token == "[":
            below, tokens = _properties(tokens)
            found[name] = (below, None)
        elif token == "]":
            break
        elif token.startswith("{"):
            first, last = token.strip("{}").split(",")
            found[name] = (found[name][0], (int(first or 0), int(last) if last else None))
        elif token != ",":
            name = token
            found[name] = ({}, None)
    return found, tokens


def pruned(value, tree):
    shown = {"_class": value["_class"]} if "_class" in value else {}
    for name, (below, span) in tree.items():
        if name in value:
            shown[name] = _shown(value[name], below, span)
    return json.loads(json.dumps(shown))


def _shown(value, below, span):
    if isinstance(value, list):
        part = value if span is None else value[slice(*span)]
        return [_shown(one, below, None) for one in part]
    return pruned(value, below) if isinstance(value, dict) else value
