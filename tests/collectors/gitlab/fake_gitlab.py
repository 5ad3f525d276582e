"""A stateful stand-in for the parts of GitLab's REST API that the collector reads, written from its documentation.

It keeps what a collector gets wrong: pages are offsets into a list whose rows move to its end when they change, totals
vanish above a number of rows, links name the configured address and not the asked one, retried jobs and child pipelines
are hidden unless asked for, a deployment's list has no end of its own, 404 for what a token must not see.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import httpx
from faulty import Faulty

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
CONFIGURED = "http://gitlab.internal:8181"
ROUTE = re.compile(r"^(?P<base>.*)/api/v4/(?P<rest>.*)$")
STARTED = ("success", "failed", "canceled", "running")


def iso(moment):
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sha(seed):
    return hashlib.sha1(str(seed).encode()).hexdigest()


def user(name):
    return None if name is None else {"id": len(name), "username": name, "name": f"{name} Doe", "state": "active"}


class Project:
    """One project's state."""

    def __init__(self, path, identity=7, *, archived=False, **more):
        self.path, self.id = path, identity
        self.description = {
            "id": identity,
            "path_with_namespace": path,
            "default_branch": "main",
            "ci_config_path": "",
            "archived": archived,
            "builds_access_level": "enabled",
            "issues_access_level": "enabled",
            **more,
        }
        self.pipelines, self.times, self.jobs = {}, {}, {}
        self.environments, self.deployments, self.links = {}, {}, {}
        self.merges, self.notes, self.approvals, self.commits = {}, {}, {}, {}
        self.issues = {}
        self.protected = False
        self.protections = None  # of environments; None = not of this tier
        self.files = set()
        """Paths on the default branch."""
        self.forbidden, self.absent = set(), set()
        """Parts of the API that answer 403 or 404 here."""

    @property
    def archived(self):
        return self.description["archived"]

    def add_pipeline(self, created, *, status="success", source="push", ref="main", name=None, **more):
        identity = more.pop("id", 1000 + len(self.pipelines))
        end = created + timedelta(minutes=10)
        self.pipelines[identity] = {
            "id": identity,
            "iid": len(self.pipelines) + 1,
            "project_id": self.id,
            "status": status,
            "source": source,
            "ref": ref,
            "sha": sha(identity),
            "name": name,
            "web_url": f"https://gitlab.example/{self.path}/-/pipelines/{identity}",
            "created_at": iso(created),
            "updated_at": iso(more.pop("updated", end)),
            **more,
        }
        self.times[identity] = {
            "started_at": iso(created + timedelta(seconds=5)) if status in STARTED else None,
            "finished_at": iso(end) if status in STARTED[:3] else None,
            "duration": 590 if status in STARTED[:3] else None,
        }
        self.jobs[identity] = []
        return identity

    def change_pipeline(self, identity, at, status, *, finished=None):
        self.pipelines[identity] |= {"status": status, "updated_at": iso(at)}
        self.times[identity]["finished_at"] = iso(finished)

    def add_job(self, pipeline, name, status="success", *, retried=False):
        number = 1 + sum(len(jobs) for jobs in self.jobs.values())
        self.jobs[pipeline].append({"id": number, "name": name, "status": status, "stage": "test", "retried": retried})

    def add_deployment(self, finished, commit, *, status="success", environment="production", ref="main", **more):
        identity = more.pop("id", 5000 + len(self.deployments))
        created, over = finished - timedelta(minutes=9), status in STARTED[:3]
        name = environment
        self.environments.setdefault(name, {"id": len(self.environments) + 1, "name": name, "tier": guessed(name)})
        job = {
            "id": identity + 90_000,
            "name": "deploy",
            "status": status,
            "started_at": iso(created + timedelta(minutes=1)),
            "finished_at": iso(finished) if over else None,
            "web_url": f"https://gitlab.example/{self.path}/-/jobs/{identity}?token=x",
            "user": user("ann"),
            "pipeline": {"id": more.pop("pipeline", identity + 1), "web_url": "https://gitlab.example/p"},
        }
        self.deployments[identity] = {
            "id": identity,
            "iid": len(self.deployments) + 1,
            "ref": ref,
            "sha": commit,
            "status": status,
            "created_at": iso(created),
            "updated_at": iso(more.pop("updated", finished + timedelta(seconds=1))),
            "user": user("ann"),
            "environment": {"id": self.environments[name]["id"], "name": name, "external_url": None},
            "deployable": more.pop("deployable", job),
        }
        self.links[identity] = list(more.pop("brings", ()))
        return identity

    def add_merge(self, number, created, merged=None, *, author="ann", branch="feature", labels=(), **more):
        state = more.pop("state", "merged" if merged else "closed")
        self.merges[number] = {
            "id": 10_000 + number,
            "iid": number,
            "project_id": self.id,
            "title": f"Change {number}",
            "state": state,
            "created_at": iso(created),
            "updated_at": iso(more.pop("updated", merged or created + timedelta(hours=1))),
            "merged_at": iso(merged),
            "merge_commit_sha": sha(f"merge {number}") if merged else None,
            "squash_commit_sha": None,
            "sha": sha(f"head {number}"),
            "author": user(author),
            "source_branch": branch,
            "labels": list(labels),
            "web_url": f"https://gitlab.example/{self.path}/-/merge_requests/{number}",
            **more,
        }
        self.notes[number], self.approvals[number], self.commits[number] = [], [], []
        self.add_commit(number, created - timedelta(hours=2))
        return self.merges[number]["merge_commit_sha"]

    def add_note(self, number, at, author="bob", body="Looks good", *, system=False):
        self.notes[number].append(
            {
                "id": len(self.notes[number]),
                "body": body,
                "system": system,
                "author": user(author),
                "created_at": iso(at),
            }
        )

    def approve(self, number, at, author="bob", *, dated=True):
        self.add_note(number, at, author, "approved this merge request", system=True)
        self.approvals[number].append({"user": user(author), **({"approved_at": iso(at)} if dated else {})})

    def add_commit(self, number, at):
        commit = {"id": sha(at), "author_name": "Ann Doe", "author_email": "ann@example.org"}
        dates = {"authored_date": iso(at), "committed_date": iso(at), "created_at": iso(at)}
        self.commits[number].insert(0, {**commit, **dates})

    def add_issue(self, number, created, closed=None, *, kind="incident", severity="UNKNOWN", **more):
        self.issues[number] = {
            "id": 70_000 + number,
            "iid": number,
            "title": "Ann broke it",
            "state": "closed" if closed else "opened",
            "created_at": iso(created),
            "updated_at": iso(more.pop("updated", closed or created)),
            "closed_at": iso(closed),
            "issue_type": kind,
            "type": kind.upper(),
            "severity": severity,
            "author": user("ann"),
            "web_url": f"https://gitlab.example/{self.path}/-/issues/{number}",
            **more,
        }


def guessed(environment):
    """How GitLab guesses a tier from a name, near enough."""
    for tier, words in {"production": ("prod", "live"), "staging": ("stag",), "development": ("review", "dev")}.items():
        if any(word in environment for word in words):
            return tier
    return "other"


class FakeGitlab(Faulty):
    """GitLab with these projects, all in the group `ml`."""

    def __init__(self, *projects, base="", totals_to=10_000, date=None, version="17.4.0-ee"):
        super().__init__()
        self.projects = {project.path: project for project in projects}
        self.base, self.totals_to, self.date, self.version = base, totals_to, date, version
        self.limit = None
        """(limit, remaining, reset) of requests a minute."""
        self.before = lambda request: None
        """Called before each answer: what others change meanwhile."""

    def answer(self, request):
        assert "authorization" not in request.headers
        assert not {"access_token", "private_token"} & set(request.url.params)
        self.before(request)
        answer = self._route(request)
        if self.date:
            answer.headers["date"] = self.date
        if self.limit:
            for name, value in zip(("limit", "remaining", "reset"), self.limit, strict=True):
                answer.headers[f"ratelimit-{name}"] = str(value)
        return answer

    def asked(self, end):
        """How many requests were for what ends so."""
        return sum(request.url.path.endswith(end) for request in self.requests)

    def _route(self, request):
        raw = request.url.raw_path.decode().partition("?")[0]
        match = ROUTE.match(raw)
        if match is None or match["base"] != self.base:
            return httpx.Response(404, text="<html>Not found</html>")
        parts = [unquote(part) for part in match["rest"].split("/")]
        match parts:
            case ["version"]:
                return httpx.Response(200, json={"version": self.version, "revision": "abc"})
            case ["groups", group, "projects"]:
                return self._of_group(request, group)
            case ["projects", name, *rest]:
                project = self._project(name)
                if project is None or project.absent & {*rest, "" if rest else "project"}:
                    return absent()
                if project.forbidden & set(rest):
                    return httpx.Response(403, json={"message": "403 Forbidden"})
                return self._of_project(request, project, rest)
        return absent()

    def _project(self, name):
        numbered = [project for project in self.projects.values() if str(project.id) == name]
        by_path = [project for path, project in self.projects.items() if path.casefold() == name.casefold()]
        return next(iter(numbered + by_path), None)

    def _of_group(self, request, group):
        if group != "ml":
            return absent()
        assert request.url.params["include_subgroups"] == "true"
        wanted = [one for one in self.projects.values() if not one.archived and one.path.startswith("ml/")]
        return self._page(request, [one.description for one in wanted])

    def _of_project(self, request, project, rest):  # noqa: C901 - one line an endpoint
        params = request.url.params
        match rest:
            case []:
                return httpx.Response(200, json=project.description)
            case ["pipelines"]:
                child = params.get("source") == "parent_pipeline"
                rows = [row for row in project.pipelines.values() if (row["source"] == "parent_pipeline") == child]
                return self._updated(request, rows)
            case ["pipelines", number]:
                found = project.pipelines.get(int(number))
                return httpx.Response(200, json={**found, **project.times[int(number)]}) if found else absent()
            case ["pipelines", number, "jobs"]:
                rows = [
                    job
                    for job in project.jobs[int(number)]
                    if params.get("include_retried") == "true" or not job["retried"]
                ]
                return self._page(request, rows[::-1])
            case ["repository", "branches", branch]:
                there = branch == project.description["default_branch"]
                row = {"name": branch, "default": True, "protected": project.protected, "can_push": False}
                return httpx.Response(200, json=row) if there else absent()
            case ["repository", "files", path]:
                there = path in project.files and params["ref"] == project.description["default_branch"]
                row = {"file_path": path, "file_name": path.rpartition("/")[2], "encoding": "base64", "content": "Kg=="}
                return httpx.Response(200, json=row) if there else absent()
            case ["protected_environments"]:
                return absent() if project.protections is None else self._page(request, project.protections)
            case ["environments"]:
                return self._page(request, list(project.environments.values()))
            case ["deployments"]:
                return self._deployments(request, project)
            case ["deployments", number]:
                found = project.deployments.get(int(number))
                return httpx.Response(200, json=found) if found else absent()
            case ["deployments", number, "merge_requests"]:
                return self._page(request, [project.merges[one] for one in project.links[int(number)]])
            case ["merge_requests"]:
                assert (params["scope"], params["state"]) == ("all", "all")
                return self._updated(request, list(project.merges.values()))
            case ["merge_requests", number]:
                found = project.merges.get(int(number))
                return httpx.Response(200, json=found) if found else absent()
            case ["merge_requests", number, "notes"]:
                assert (params["sort"], params["order_by"]) == ("asc", "created_at")
                return self._page(request, sorted(project.notes[int(number)], key=lambda note: note["created_at"]))
            case ["merge_requests", number, "commits"]:
                return self._page(request, project.commits[int(number)])
            case ["merge_requests", number, "approvals"]:
                return httpx.Response(200, json={"approved_by": project.approvals[int(number)]})
            case ["issues"]:
                rows = [one for one in project.issues.values() if one.get("issue_type") in (params["issue_type"], None)]
                return self._updated(request, rows)
        return absent()

    def _deployments(self, request, project):
        params = request.url.params
        if ("updated_after" in params or "updated_before" in params) != (params.get("order_by") == "updated_at"):
            return httpx.Response(400, json={"message": "`updated_at` filter and `updated_at` sorting must be paired"})
        rows = list(project.deployments.values())
        rows = [row for row in rows if params.get("environment") in (row["environment"]["name"], None)]
        rows = [row for row in rows if params.get("status") in (row["status"], None)]
        return self._updated(request, sorted(rows, key=lambda row: -row["id"]))

    def _updated(self, request, rows):
        params = request.url.params
        after, before = (
            datetime.fromisoformat(params.get(f"updated_{end}", "9999-01-01T00:00:00Z")) for end in ("after", "before")
        )
        if "updated_after" in params:
            rows = [row for row in rows if datetime.fromisoformat(row["updated_at"]) > after]
        rows = [row for row in rows if datetime.fromisoformat(row["updated_at"]) < before]
        order = params.get("order_by", "id")
        return self._page(
            request, sorted(rows, key=lambda row: row[order], reverse=params.get("sort", "desc") == "desc")
        )

    def _page(self, request, rows):
        size, number = min(100, int(request.url.params.get("per_page", 20))), int(request.url.params.get("page", 1))
        following = number + 1 if number * size < len(rows) else None
        headers = {"x-page": str(number), "x-per-page": str(size), "x-next-page": str(following or "")}
        link = f'<{CONFIGURED}{request.url.path}?page={{}}>; rel="{{}}"'
        links = [link.format(following, "next")] if following else []
        if len(rows) <= self.totals_to:
            headers |= {"x-total": str(len(rows)), "x-total-pages": str(-(-len(rows) // size))}
            links.append(link.format(-(-len(rows) // size), "last"))
        headers["link"] = ", ".join(links)
        return httpx.Response(200, json=rows[(number - 1) * size : number * size], headers=headers)


def absent():
    return httpx.Response(404, json={"message": "404 Project Not Found"})
