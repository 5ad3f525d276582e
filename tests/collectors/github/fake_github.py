"""A stateful stand-in for the parts of GitHub's REST API that the collector reads.

It keeps what a collector gets wrong: newest first with links, the cap on filtered lists (pages past it come back
empty, `total_count` stays true), re-runs that keep id and time of creation, deployments without a state, 404 for what
a token must not see. Each object is checked against `shapes.json`.
"""

from __future__ import annotations

import hashlib
import re
import threading
from base64 import b64encode
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import jsonschema
from description import read_shapes
from faulty import Faulty

SHAPES = read_shapes()
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LISTS = {
    "commits": "commit-comparison",
    "environments": "/repos/{owner}/{repo}/environments",
    "jobs": "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs",
    "workflow_runs": "/repos/{owner}/{repo}/actions/runs",
}
"""The key of the rows of a list that is an object, to its shape."""
PAGES = re.compile(r"^/repos/(?P<repo>[^/]+/[^/]+)(?P<rest>/.*)?$")


def iso(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha(seed):
    return hashlib.sha1(str(seed).encode()).hexdigest()


@cache
def validator(kind):
    return jsonschema.Draft202012Validator(SHAPES[kind])


def check(kind, value):
    """The value, if it has every field of its shape with one of its types."""
    validator(kind).validate(value)
    return value


class Repo:
    """One repository's state."""

    def __init__(self, name, *, archived=False, default_branch="main"):
        self.name, self.archived, self.default_branch = name, archived, default_branch
        self.environments = {}  # name to protection rules
        self.runs = {}  # id -> attempts, oldest first
        self.deployments, self.statuses = {}, {}
        self.pulls, self.reviews, self.commits = {}, {}, {}
        self.jobs = {}
        self.history = []  # shas of the default branch, oldest first
        self.hidden = set()  # parts of the API that answer 403 here
        self.files, self.truncated, self.protected, self.rules = {}, False, False, []
        self.releases, self.template = {}, None
        self.issues = []  # when issues that are no pull requests changed

    def add_run(
        self, created, *, name="ci", conclusion="success", status="completed", event="push", branch="main", **more
    ):
        identity = more.pop("id", 1000 + len(self.runs))
        self.runs[identity] = [
            check(
                "workflow-run",
                {
                    "id": identity,
                    "name": name,
                    "head_branch": branch,
                    "head_sha": sha(identity),
                    "path": f".github/workflows/{name}.yml",
                    "run_number": len(self.runs) + 1,
                    "run_attempt": 1,
                    "event": event,
                    "status": status,
                    "conclusion": conclusion if status == "completed" else None,
                    "workflow_id": 7,
                    "html_url": f"https://github.example/{self.name}/actions/runs/{identity}",
                    "created_at": iso(created),
                    "run_started_at": iso(created + timedelta(seconds=5)),
                    "updated_at": iso(created + timedelta(minutes=10)),
                    "actor": {"login": "ann"},
                    **more,
                },
            )
        ]
        return identity

    def finish_run(self, identity, at, conclusion):
        attempts = self.runs[identity]
        ended = {**attempts[-1], "status": "completed", "conclusion": conclusion, "updated_at": iso(at)}
        attempts[-1] = check("workflow-run", ended)

    def run_again(self, identity, at, conclusion="success"):
        last = self.runs[identity][-1]
        again = {
            **last,
            "run_attempt": last["run_attempt"] + 1,
            "run_started_at": iso(at),
            "updated_at": iso(at + timedelta(minutes=10)),
            "conclusion": conclusion,
        }
        self.runs[identity].append(check("workflow-run", again))

    def add_deployment(self, created, commit, *states, environment="production", ref="main", production=True, **more):
        identity = more.pop("id", 5000 + len(self.deployments))
        self.deployments[identity] = check(
            "deployment",
            {
                "id": identity,
                "sha": commit,
                "ref": ref,
                "task": "deploy",
                "environment": environment,
                "created_at": iso(created),
                "updated_at": iso(created),
                "transient_environment": False,
                "production_environment": production,
                "creator": {"login": "ann"},
                **more,
            },
        )
        self.statuses[identity] = []
        for number, state in enumerate(states, 1):
            self.add_status(identity, created + timedelta(minutes=number), state)
        return identity

    def add_status(self, identity, at, state, run=None):
        link = f"https://github.example/{self.name}/actions/runs/{run}/job/1?token=x" if run else ""
        status = {
            "id": len(self.statuses[identity]),
            "state": state,
            "created_at": iso(at),
            "target_url": link,
            "log_url": link,
        }
        self.statuses[identity].append(check("deployment-status", status))

    def add_pull(
        self, number, created, merged=None, *, author="ann", kind="User", updated=None, branch="feature", labels=()
    ):
        commit = sha(f"merge {self.name} {number}")
        self.pulls[number] = check(
            "pull-request-simple",
            {
                "number": number,
                "state": "closed",
                "title": f"Change {number}",
                "created_at": iso(created),
                "updated_at": iso(updated or merged or created + timedelta(hours=1)),
                "merged_at": iso(merged) if merged else None,
                "merge_commit_sha": commit,
                "html_url": f"https://github.example/{self.name}/pull/{number}",
                "user": check("simple-user", {"login": author, "type": kind}) if author else None,
                "head": {"ref": branch, "sha": sha(f"head {self.name} {number}")},
                "labels": [{"name": label} for label in labels],
            },
        )
        if merged:
            self.history.append(commit)
        self.reviews[number], self.commits[number] = [], [self._commit(created - timedelta(hours=2))]
        return commit

    def add_review(self, number, at, state="APPROVED", *, author="bob", kind="User"):
        user = check("simple-user", {"login": author, "type": kind}) if author else None
        review = {"user": user, "state": state, "submitted_at": iso(at)}
        self.reviews[number].append(check("pull-request-review", review))

    def add_commit(self, number, at):
        self.commits[number].append(self._commit(at))

    def _commit(self, at, identity=None):
        person = {"name": "A", "email": "a@example.org", "date": iso(at)}
        inner = {"author": person, "committer": person, "message": "m"}
        return check("commit", {"sha": identity or sha(at), "commit": inner})

    def add_release(self, tag, published, body="Faster, and the column `age` is gone.", *, draft=False, **more):
        self.releases[tag] = check(
            "release",
            {
                "tag_name": tag,
                "name": tag,
                "body": body,
                "draft": draft,
                "prerelease": False,
                "created_at": iso(published - timedelta(hours=1)),
                "published_at": None if draft else iso(published),
                "html_url": f"https://github.example/{self.name}/releases/tag/{tag}",
                "author": {"login": "ann"},
                **more,
            },
        )

    def tree(self):
        blobs = [
            {"path": path, "mode": "100644", "type": "blob", "sha": sha(path), "size": len(text)}
            for path, text in self.files.items()
        ]
        folders = {path.rpartition("/")[0] for path in self.files if "/" in path}
        folded = [{"path": path, "mode": "040000", "type": "tree", "sha": sha(path)} for path in folders]
        return {"sha": sha("tree"), "tree": [*folded, *blobs], "truncated": self.truncated}

    def blob(self, wanted):
        texts = [text for path, text in self.files.items() if sha(path) == wanted]
        content = b64encode(texts[0].encode()).decode() if texts else None
        return texts and {"sha": wanted, "size": len(texts[0]), "content": content, "encoding": "base64"}

    def compare(self, base, head):
        if base not in self.history or head not in self.history:
            return None
        between = self.history[self.history.index(base) + 1 : self.history.index(head) + 1]
        return [self._commit(NOW, commit) for commit in between]


class FakeGithub(Faulty):
    """GitHub with these repositories."""

    def __init__(self, *repos, cap=1000, limit=5000, date=None, listed=None, says_so=True):
        """`listed`: items of a list that there are pages for; beyond is 422, or unless it `says_so` no link."""
        super().__init__()
        self.listed, self.says_so = listed, says_so
        self.repos = {repo.name: repo for repo in repos}
        self.cap, self.limit, self.date = cap, limit, date
        self.used = self.unchanged = 0

    def answer(self, request):
        assert request.headers["x-github-api-version"] == "2022-11-28"
        answer = self._conditional(request, self._route(request))
        if request.url.path != "/rate_limit" and answer.status_code != 304:
            self.used += 1
        answer.headers["x-ratelimit-limit"] = str(self.limit)
        answer.headers["x-ratelimit-remaining"] = str(max(0, self.limit - self.used))
        answer.headers["x-ratelimit-reset"] = str(int(NOW.timestamp()) + 1800)
        if self.date:
            answer.headers["date"] = self.date
        return answer

    def _conditional(self, request, answer):
        if answer.status_code != 200:
            return answer
        answer.headers["etag"] = f'W/"{hashlib.sha1(answer.content).hexdigest()}"'
        if request.headers.get("if-none-match") != answer.headers["etag"]:
            return answer
        self.unchanged += 1
        return httpx.Response(304, headers={"etag": answer.headers["etag"]})

    def paths(self):
        return [request.url.path for request in self.requests]

    def _route(self, request):
        path = request.url.path
        if path == "/rate_limit":
            rate = {"limit": self.limit, "remaining": self.limit - self.used, "reset": 1, "used": self.used}
            return httpx.Response(200, json=check("rate-limit-overview", {"resources": {}, "rate": rate}))
        if path == "/orgs/acme/repos":
            rows = [
                check("minimal-repository", {"full_name": repo.name, "archived": repo.archived, "disabled": False})
                for repo in self.repos.values()
            ]
            return self._page(request, rows)
        match = PAGES.match(path)
        repo = self.repos.get(match["repo"]) if match else None
        if repo is None:
            return absent()
        parts = tuple(part for part in (match["rest"] or "").split("/") if part)
        if repo.hidden & set(parts):
            return httpx.Response(403, json={"message": "Resource not accessible by personal access token"})
        return self._of_repo(request, repo, parts)

    def _of_repo(self, request, repo, parts):  # noqa: C901 - one line an endpoint
        match parts:
            case ():
                return httpx.Response(200, json=check("full-repository", described(repo)))
            case ("branches", branch):
                row = {"name": branch, "commit": {"sha": sha("tip")}, "protected": repo.protected}
                there = branch == repo.default_branch and repo.files
                return httpx.Response(200, json=check("branch-with-protection", row)) if there else absent()
            case ("rules", "branches", branch):
                rows = [check("repository-rule-detailed", {"type": rule, "ruleset_id": 1}) for rule in repo.rules]
                return self._page(request, rows)
            case ("git", "trees", ref):
                assert request.url.params["recursive"]
                there = repo.files and ref in (sha("tip"), repo.default_branch)
                return httpx.Response(200, json=check("git-tree", repo.tree())) if there else absent()
            case ("git", "blobs", wanted):
                found = repo.blob(wanted)
                return httpx.Response(200, json=check("blob", found)) if found else absent()
            case ("releases",):
                newest = sorted(repo.releases.values(), key=lambda one: one["created_at"], reverse=True)
                return self._page(request, newest)
            case ("actions", "runs"):
                return self._runs(request, repo)
            case ("actions", "runs", run):
                attempts = repo.runs.get(int(run), [])
                return httpx.Response(200, json=attempts[-1]) if attempts else absent()
            case ("actions", "runs", run, "attempts", number):
                attempts = repo.runs.get(int(run), [])
                found = [attempt for attempt in attempts if attempt["run_attempt"] == int(number)]
                return httpx.Response(200, json=found[0]) if found else absent()
            case ("actions", "runs", run, "attempts", number, "jobs"):
                rows = repo.jobs.get((int(run), int(number)), [])
                return self._page(request, [check("job", job) for job in rows], key="jobs")
            case ("deployments",):
                newest = sorted(repo.deployments.values(), key=lambda one: (one["created_at"], one["id"]), reverse=True)
                wanted = request.url.params.get("environment")
                return self._limited(request, [one for one in newest if wanted in (None, one["environment"])])
            case ("environments",):
                names = sorted({one["environment"] for one in repo.deployments.values()} | set(repo.environments))
                rows = [environment(repo, name, number) for number, name in enumerate(names, 1)]
                return self._page(request, rows, key="environments")
            case ("issues",):
                return self._issues(request, repo)
            case ("pulls", number):
                found = repo.pulls.get(int(number))
                return httpx.Response(200, json=check("pull-request", found)) if found else absent()
            case ("deployments", one):
                found = repo.deployments.get(int(one))
                return httpx.Response(200, json=found) if found else absent()
            case ("deployments", one, "statuses"):
                return self._page(request, repo.statuses[int(one)][::-1]) if int(one) in repo.statuses else absent()
            case ("pulls",):
                wanted = request.url.params.get("state", "open")
                rows = [pull for pull in repo.pulls.values() if pull["state"] == wanted]
                return self._limited(request, sorted(rows, key=lambda pull: pull["updated_at"], reverse=True))
            case ("pulls", number, "reviews"):
                return self._page(request, repo.reviews[int(number)])
            case ("pulls", number, "commits"):
                return self._page(request, repo.commits[int(number)])
            case ("compare", span):
                return self._compare(request, repo, *span.split("..."))
        return absent()

    def _runs(self, request, repo):
        rows = sorted((attempts[-1] for attempts in repo.runs.values()), key=lambda run: (run["created_at"], run["id"]))
        created = request.url.params.get("created")
        if created:
            first, _, last = created.partition("..")
            rows = [run for run in rows if first <= run["created_at"] <= last]
        return self._page(request, rows[::-1], key="workflow_runs", cap=self.cap if created else None)

    def _compare(self, request, repo, base, head):
        rows = repo.compare(base, head)
        if rows is None:
            return absent()
        return self._page(request, rows, key="commits", total="total_commits")

    def _issues(self, request, repo):
        """Pull requests among other issues, as issues: without commits and branch."""
        assert request.url.params["sort"] == "updated"
        assert request.url.params["direction"] == "asc"
        named = ("number", "state", "created_at", "updated_at", "html_url", "user", "labels")
        issue = {"state": "closed", "html_url": "https://github.example/issue", "user": None, "labels": ["bug"]}
        rows = [
            check("issue", {**{name: pull[name] for name in named}, "pull_request": {"merged_at": pull["merged_at"]}})
            for pull in repo.pulls.values()
        ] + [
            check("issue", {**issue, "number": 10_000 + number, "updated_at": at, "created_at": at})
            for number, at in enumerate(repo.issues)
        ]
        rows = [row for row in rows if row["updated_at"] >= request.url.params["since"]]
        return self._limited(request, sorted(rows, key=lambda row: (row["updated_at"], row["number"])))

    def _limited(self, request, rows):
        """A list that ends after `listed` items."""
        number, size = int(request.url.params.get("page", 1)), int(request.url.params["per_page"])
        if self.listed is None or number * size <= self.listed:
            answer = self._page(request, rows)
            if self.listed is not None and not self.says_so and number * size >= self.listed:
                del answer.headers["link"]
            return answer
        return httpx.Response(422, json={"message": "pagination is limited for this resource"})

    def _page(self, request, rows, *, key=None, cap=None, total="total_count"):
        size = min(100, int(request.url.params.get("per_page", 30)))
        number = int(request.url.params.get("page", 1))
        shown = rows if cap is None else rows[:cap]
        body = shown[(number - 1) * size : number * size]
        headers = {}
        if number * size < len(shown):
            following = request.url.copy_set_param("page", number + 1)
            headers["link"] = f'<{following}>; rel="next"'
        if key is None:
            return httpx.Response(200, json=body, headers=headers)
        return httpx.Response(200, json=check(LISTS[key], {total: len(rows), key: body}), headers=headers)


def described(repo):
    made_from = {"full_name": repo.template} if repo.template else None
    return {
        "full_name": repo.name,
        "default_branch": repo.default_branch,
        "is_template": False,
        "template_repository": made_from,
    }


def environment(repo, name, number):
    """One environment; where its rules are None, of a server from before there were any."""
    rules = repo.environments.get(name, [])
    row = {
        "id": number,
        "node_id": f"EN_{number}",
        "name": name,
        "url": f"https://api.github.example/repos/{repo.name}/environments/{name}",
        "html_url": f"https://github.example/{repo.name}/deployments/activity_log?environments_filter={name}",
        "created_at": iso(NOW),
        "updated_at": iso(NOW),
        "protection_rules": rules or [],
        "deployment_branch_policy": None,
    }
    return {**check("environment", row), "protection_rules": rules}


def absent():
    return httpx.Response(404, json={"message": "Not Found"})


@contextmanager
def served(fake):
    """The fake on a real loopback socket; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            url = f"http://{self.headers['host']}{self.path}"
            answer = fake.handle(httpx.Request("GET", url, headers=dict(self.headers.items())))
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in ("content-length", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
