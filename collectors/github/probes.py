"""What `doctor` says of a GitHub source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from mlops_maturity.collectors.github.api import Api, path_of
from mlops_maturity.collectors.github.facts import Listed, pipeline_run
from mlops_maturity.collectors.interface import Probe, SourceError, Unsupported
from mlops_maturity.collectors.mapping import Mapper, mapped
from mlops_maturity.collectors.probe_lines import mapped_names

_LOOKED_AT = 10
"""Repositories that are probed at most, so that `doctor` answers soon."""
_RIGHTS = (
    ("runs", "actions/runs", "workflow_runs", "Actions"),
    ("deployments", "deployments", None, "Deployments"),
    ("changes", "pulls", None, "Pull requests"),
)


def probes(api: Api, mapper: Mapper, repositories: Callable[[], Sequence[str]]) -> list[Probe]:
    """Lines for `doctor`; where the source can't be reached at all, only that."""
    try:
        found = [_version(api)]
        names = repositories()
    except SourceError as error:
        return [Probe(name="reachable", state="error", detail=str(error), fix=_fix(error))]
    found.append(Probe(name="repositories", state="ok" if names else "warning", detail=f"{len(names)} to read"))
    looked_at = list(names)[:_LOOKED_AT]
    found += [_rights(api, looked_at, *right) for right in _RIGHTS]
    return [*found, *_unmapped(api, mapper, looked_at)]


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


def _rights(api: Api, repositories: Sequence[str], name: str, path: str, key: str | None, right: str) -> Probe:
    refused: list[str] = []
    for repository in repositories:
        try:
            api.page(f"{path_of(repository)}/{path}", {"per_page": 1}, key=key)
        except SourceError as error:
            refused.append(f"{repository}: {error}")
    if not refused:
        return Probe(name=name, state="ok", detail=f"readable in {len(repositories)} repositories")
    return Probe(
        name=name,
        state="error",
        detail=f"not readable in {len(refused)} of {len(repositories)} repositories: {refused[0]}",
        fix=f"check the names, and give the token read access to {right}",
    )


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


def _fix(error: SourceError) -> str:
    return {
        "unauthorized": "set token_env or token_file to a valid token",
        "forbidden": "give the token read access",
        "unreachable": "check url, network and proxy",
        "unsupported": "check url (Enterprise: https://HOST/api/v3) and the name of the organisation",
    }.get(error.state, "look at the message")
