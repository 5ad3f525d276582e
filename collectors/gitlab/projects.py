"""Which projects a source reads, and what GitLab says of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mlops_maturity.collectors.gitlab.api import Api, Row
from mlops_maturity.collectors.gitlab.settings import GitlabSettings
from mlops_maturity.collectors.interface import BadAnswer, Forbidden, SourceError, Unsupported

READ = "the scope read_api and at least the role Reporter"
_LEVEL = "_access_level"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as its own description has it."""

    path: str
    """What records call it: as the settings write it, else as GitLab does."""
    id: str
    default_branch: str | None
    pipeline_file: str
    """The name of the file that defines its pipelines."""
    switched_off: frozenset[str]
    """Parts that it has none of, in GitLab's words: builds, issues, merge_requests, environments."""

    @classmethod
    def of(cls, raw: Row, path: str | None = None) -> Project:
        """Raises KeyError or TypeError for what is no project."""
        return cls(
            path=path or str(raw["path_with_namespace"]),
            id=str(int(raw["id"])),
            default_branch=raw.get("default_branch") or None,
            pipeline_file=_file(raw.get("ci_config_path")),
            switched_off=frozenset(
                key.removesuffix(_LEVEL) for key in raw if key.endswith(_LEVEL) and raw[key] == "disabled"
            ),
        )

    @property
    def at(self) -> str:
        """Where its parts are asked for. By number: some proxies decode the slash in a path."""
        return f"projects/{self.id}"


class Projects:
    """Asks for each project once."""

    def __init__(self, api: Api, source: GitlabSettings) -> None:
        self._api, self._source = api, source
        self._known: dict[str, Project] = {}
        self.hidden: dict[str, SourceError] = {}
        """Groups that can't be read, and why."""

    def names(self) -> list[str]:
        """Those named, then those of the groups. Raises SourceError where nothing can be asked at all."""
        found = {name.casefold(): name for name in self._source.projects}
        for group in self._source.groups:
            try:
                listed = self._of_group(group)
            except Forbidden as error:
                self.hidden[group] = error
                continue
            for project in listed:
                name = found.setdefault(project.path.casefold(), project.path)
                self._known.setdefault(name, project)
        return list(found.values())

    def get(self, name: str) -> Project:
        """The project of that name. Raises SourceError, Forbidden where it is not there for the token."""
        if name not in self._known:
            try:
                raw = self._api.one(f"projects/{quote(name, safe='')}")
            except Unsupported:
                raise self._api.hidden(name, READ) from None
            self._known[name] = self._made(raw, name)
        return self._known[name]

    def _of_group(self, group: str) -> list[Project]:
        path = f"groups/{quote(group, safe='')}/projects"
        wanted = {
            "include_subgroups": "true",
            "archived": "false",
            "with_shared": "false",
            "order_by": "id",
            "sort": "asc",
        }
        try:
            return [self._made(row) for page in self._api.pages(path, wanted) for row in page.rows]
        except Unsupported:
            raise self._api.hidden(f"group {group}", READ) from None

    def _made(self, raw: Any, name: str | None = None) -> Project:
        try:
            return Project.of(raw, name)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadAnswer(
                f"{self._source.id}: what should be a project is none. Is `url` GitLab's address?"
            ) from None


def _file(path: Any) -> str:
    """`train.yml` of `ci/train.yml@group/project`; GitLab's own default where nothing is set."""
    named = str(path or "").partition("@")[0].rpartition("/")[2]
    return named or ".gitlab-ci.yml"


def switched_off(project: Project, part: str) -> Unsupported:
    """What a project has none of is not empty and not forbidden."""
    verb = "are" if part.endswith("s") else "is"
    return Unsupported(f"{project.path}: {part.replace('_', ' ')} {verb} switched off in this project")
