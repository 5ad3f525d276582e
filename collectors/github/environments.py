"""How the environments of one repository are protected: reviewers, waits and restricted branches, as they are today.

`GET /repos/{owner}/{repo}/environments` needs read access to Actions ("REST API endpoints for deployment environments",
GitHub docs). Reviewers are counted, never named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlops_maturity.collectors.github.api import Api, Row, path_of
from mlops_maturity.collectors.interface import Failing, Forbidden, Unsupported
from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.collectors.repository_facts import EVERY, Finding
from mlops_maturity.config.plural import counted

_PAGES = 5
"""A repository with an environment for each pull request has thousands; those of production are old, and come first."""


def protected_environments(api: Api, repository: str, mapper: Mapper) -> dict[str, Finding]:
    """By environment: those that are protected, and those of production that are not; `EVERY` where none can be told.

    Raises SourceError, but not Forbidden, Failing and Unsupported.
    """
    try:
        pages = list(api.pages(f"{path_of(repository)}/environments", key="environments", most=_PAGES))
    except (Forbidden, Failing) as error:
        return {EVERY: Finding.refused(error)}
    except Unsupported as error:
        return {EVERY: Finding(state="unsupported", reason=str(error))}
    rows = [row for page in pages for row in page.rows if isinstance(row, dict) and isinstance(row.get("name"), str)]
    found = {row["name"]: _finding(row) for row in rows}
    return {name: one for name, one in found.items() if one.state != "no" or mapper.tier(name) == "production"}


def _finding(row: Row) -> Finding:
    rules = row.get("protection_rules")
    if rules is None:
        return Finding(state="unknown", reason="this server does not say how environments are protected")
    if not isinstance(rules, list):
        return Finding(state="unknown", reason="the list of protection rules is none")
    shown = _shown(rules)
    return Finding(state="yes", shown_by=", ".join(shown)) if shown else Finding(state="no")


def _shown(rules: Sequence[Any]) -> list[str]:
    """What the rules come to, in words; a wait of no minutes is none."""
    shown = []
    for rule in rules:
        kind = rule.get("type") if isinstance(rule, dict) else None
        if kind == "required_reviewers":
            shown.append(counted(len(rule.get("reviewers") or ()), "reviewer"))
        elif kind == "wait_timer":
            shown += [f"a wait of {rule['wait_timer']} min"] if rule.get("wait_timer") else []
        elif kind == "branch_policy":
            shown.append("restricted branches")
        elif kind:
            shown.append(f"rule {kind}")
    return shown
