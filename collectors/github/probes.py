"""What `doctor` says of a GitHub source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from mlops_maturity.collectors.github.api import Api, hidden, path_of
from mlops_maturity.collectors.github.facts import Listed, pipeline_run
from mlops_maturity.collectors.interface import Probe, SourceError, Unsupported
from mlops_maturity.collectors.mapping import Mapper, mapped
from mlops_maturity.collectors.probe_lines import LOOKED_AT, mapped_names, not_reached, part_not_read, rights

_RIGHTS = (
    ("runs", "actions/runs", "workflow_runs", "Actions"),
    ("repository", "releases", None, "Contents"),
    ("deployments", "deployments", None, "Deployments"),
    ("changes", "pulls", None, "Pull requests"),
)


def probes(api: Api, mapper: Mapper, repositories: Callable[[], Sequence[str]]) -> list[Probe]:
    """Lines for `doctor`; where the source can't be reached at all, only that."""
    try:
        found = [_version(api)]
    except SourceError as error:
        return [not_reached(error, "Enterprise: https://HOST/api/v3")]
    try:
        names = repositories()
    except SourceError as error:
        absent = "check its name; where it is right, give the token read access to Metadata"
        return [*found, replace(part_not_read("repositories", error, absent=absent), state="error")]
    found.append(Probe(name="repositories", state="ok" if names else "warning", detail=f"{len(names)} to read"))
    looked_at = list(names)[:LOOKED_AT]
    for name, path, key, right in _RIGHTS:
        ask = partial(_ask, api, path, key, right)
        found.append(rights(name, ask, looked_at, ("repository", "repositories"), f"read access to {right}"))
    return [*found, *_unmapped(api, mapper, looked_at)]


def _ask(api: Api, path: str, key: str | None, right: str, repository: str) -> None:
    """Reads a list of a repository. Raises SourceError; a 404 is told by whether the repository itself can be read."""
    try:
        api.page(f"{path_of(repository)}/{path}", {"per_page": 1}, key=key)
    except Unsupported:
        try:
            api.one(path_of(repository))
        except Unsupported:
            raise hidden(api.source, repository, right) from None
        raise Unsupported(f"{api.source}: there is no /{path}, though the repository itself can be read") from None


def _version(api: Api) -> Probe:
    try:
        answer = api.http.get("rate_limit")
    except Unsupported:  # GitHub Enterprise Server with limits switched off
        answer = api.http.get("meta")
    version = answer.headers.get("x-github-enterprise-version")
    server = f"GitHub Enterprise Server {version}" if version else "GitHub"
    left, limit = answer.headers.get("x-ratelimit-remaining"), answer.headers.get("x-ratelimit-limit")
    quota = f"; {left} of {limit} requests left this hour" if left and limit else ""
    if limit == "60":
        return Probe(
            name="reachable",
            state="warning",
            detail=f"{server}, without a token{quota}",
            fix="set token_env to a token with read access; without one GitHub gives 60 requests an hour",
        )
    return Probe(name="reachable", state="ok", detail=f"{server}{quota}")


def _unmapped(api: Api, mapper: Mapper, repositories: Sequence[str]) -> list[Probe]:
    """What the newest runs and deployments are taken for; an unmapped pipeline is the commonest wrong zero."""
    purposes: Counter[str] = Counter()
    tiers: Counter[str] = Counter()
    for repository in repositories:
        try:
            runs = api.page(f"{path_of(repository)}/actions/runs", {"per_page": 100}, key="workflow_runs").rows
            deployments = api.page(f"{path_of(repository)}/deployments", {"per_page": 100}).rows
        except SourceError:
            continue  # told above
        made, _ = mapped(runs, lambda row: pipeline_run("probe", "probe", row, mapper, default_branch=None), str, "run")
        purposes.update(run.purpose for run in made)
        listed, _ = mapped(deployments, Listed.of, str, "deployment")
        tiers.update(mapper.tier(one.environment, production=one.production) for one in listed)
    return [
        mapped_names("pipelines", "runs", purposes, mapper.unmapped, "say under rules.purpose what they are"),
        mapped_names(
            "environments", "deployments", tiers, mapper.unmapped_environments, "say under rules.tier what they are"
        ),
    ]
