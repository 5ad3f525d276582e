"""What `doctor` says of a GitLab source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mlops_maturity.collectors.gitlab.api import Api, Row
from mlops_maturity.collectors.gitlab.facts import pipeline_run, tier_of
from mlops_maturity.collectors.gitlab.projects import READ, Project, Projects
from mlops_maturity.collectors.gitlab.stream import UpdatedStream
from mlops_maturity.collectors.interface import Probe, SourceError, Unauthorized, Unsupported
from mlops_maturity.collectors.mapping import Mapper, mapped
from mlops_maturity.collectors.probe_lines import LOOKED_AT, mapped_names, not_reached, part_not_read, rights


def probes(
    api: Api, mapper: Mapper, projects: Projects, streams: Sequence[type[UpdatedStream]], *, has_token: bool
) -> list[Probe]:
    """Lines for `doctor`; where the source can't be reached at all, only that."""
    try:
        reachable = _version(api, has_token)
        names = projects.names()
    except SourceError as error:
        return [not_reached(error, "GitLab's address as in the browser")]
    count = Probe(name="projects", state="ok" if names else "warning", detail=f"{len(names)} to read")
    looked_at = names[:LOOKED_AT]
    return [
        reachable,
        count,
        *(_hidden(group, error) for group, error in projects.hidden.items()),
        *(_rights(api, projects, looked_at, stream) for stream in streams),
        *_taken_for(api, mapper, projects, looked_at),
    ]


def _version(api: Api, has_token: bool) -> Probe:
    try:
        version = str(api.one("version").get("version", "without a version"))[:40]
    except Unauthorized:
        if has_token:
            raise
        fix = f"set token_env to a token with {READ}; without one only public projects are read, and not all of them"
        return Probe(name="reachable", state="warning", detail="GitLab, without a token", fix=fix)
    return Probe(name="reachable", state="ok", detail=f"GitLab {version}")


def _hidden(group: str, error: SourceError) -> Probe:
    return part_not_read(f"group {group}", error, absent="check its name", right=READ)


def _rights(api: Api, projects: Projects, names: Sequence[str], stream: type[UpdatedStream]) -> Probe:
    def ask(name: str) -> None:
        project = projects.get(name)
        if stream.part in project.switched_off:
            return
        try:
            api.page(f"{project.at}/{stream.path}", {**stream.lists[""], "per_page": 1})
        except Unsupported:
            text = f"{api.source}: there is no /{stream.path}, though the project itself can be read"
            raise Unsupported(text) from None

    return rights(stream.name, ask, names, ("project", "projects"), READ)


def _taken_for(api: Api, mapper: Mapper, projects: Projects, names: Sequence[str]) -> list[Probe]:
    """What the newest pipelines and the environments are taken for; an unmapped one is the commonest wrong zero."""
    purposes, tiers, nameless = Counter[str](), Counter[str](), 0
    for name in names:
        try:
            project = projects.get(name)
            pipelines = _rows(api, f"{project.at}/pipelines")
            environments = _rows(api, f"{project.at}/environments")
        except SourceError:
            continue  # told above
        purposes.update(_purposes(pipelines, project, mapper))
        nameless += sum(not row.get("name") for row in pipelines)
        tiers.update(tier_of(row.get("tier"), str(row.get("name")), mapper) for row in environments)
    environments_fix = "set their tier in GitLab, or say under rules.tier what they are"
    return [
        _named(purposes, nameless, mapper),
        mapped_names("environments", "environments", tiers, mapper.unmapped_environments, environments_fix),
    ]


def _rows(api: Api, path: str) -> list[Row]:
    return [row for row in api.page(path).rows if isinstance(row, dict)]


def _purposes(pipelines: Sequence[Row], project: Project, mapper: Mapper) -> list[str]:
    made, _ = mapped(pipelines, lambda row: pipeline_run("probe", project, row, None, (), mapper), str, "pipeline")
    return [run.purpose for run in made]


def _named(purposes: Counter[str], nameless: int, mapper: Mapper) -> Probe:
    """Pipelines without a name are all called like their file: only their jobs tell what they are for."""
    if nameless and not mapper.needs_jobs:
        return Probe(
            name="pipelines",
            state="warning",
            detail=f"{nameless} of the newest {purposes.total()} pipelines have no name, which rules need",
            fix="name them in .gitlab-ci.yml (`workflow:name`), or write rules.purpose with `job`",
        )
    return mapped_names("pipelines", "pipelines", purposes, mapper.unmapped, "say under rules.purpose what they are")
