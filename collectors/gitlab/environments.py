"""How the environments of one project are protected: who may deploy, and how many have to approve, as it is today.

`GET /projects/:id/protected_environments` is of the paid tiers ("Protected environments API", GitLab docs); elsewhere
it answers 404, which is `unsupported`. Who may deploy is counted, never named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlops_maturity.collectors.gitlab.api import Api
from mlops_maturity.collectors.gitlab.facts import tier_of
from mlops_maturity.collectors.gitlab.projects import Project
from mlops_maturity.collectors.interface import Failing, Forbidden, Unsupported
from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.collectors.repository_facts import EVERY, Finding
from mlops_maturity.config.plural import counted

_PAGES = 5


def protected_environments(api: Api, project: Project, mapper: Mapper) -> dict[str, Finding]:
    """By environment: those that are protected, and those of production that are not; `EVERY` where none can be told.

    Raises SourceError, but not Forbidden, Failing and Unsupported.
    """
    if "environments" in project.switched_off:
        return {}
    try:
        found = {
            row["name"]: Finding(state="yes", shown_by=_shown(row))
            for page in api.pages(f"{project.at}/protected_environments", most=_PAGES)
            for row in page.rows
            if isinstance(row, dict) and isinstance(row.get("name"), str)
        }
        return {**dict.fromkeys(_production(api, project, mapper), Finding(state="no")), **found}
    except (Forbidden, Failing) as error:
        return {EVERY: Finding.refused(error)}
    except Unsupported as error:
        return {EVERY: Finding(state="unsupported", reason=str(error))}


def _production(api: Api, project: Project, mapper: Mapper) -> list[str]:
    rows = [row for page in api.pages(f"{project.at}/environments", most=_PAGES) for row in page.rows]
    named = [row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]
    return [row["name"] for row in named if tier_of(row.get("tier"), row["name"], mapper) == "production"]


def _shown(row: Mapping[str, Any]) -> str:
    allowed = counted(len(row.get("deploy_access_levels") or ()), "role, user or group", "roles, users or groups")
    rules = row.get("approval_rules") or ()
    asked = [rule.get("required_approvals") for rule in rules if isinstance(rule, dict)]
    approvals = sum(number for number in asked if isinstance(number, int)) or row.get("required_approval_count") or 0
    return f"{allowed} may deploy, {counted(approvals, 'approval')} needed"
