"""What `doctor` says of a Jenkins source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mlops_maturity.collectors.interface import Probe, SourceError
from mlops_maturity.collectors.jenkins.api import Api
from mlops_maturity.collectors.jenkins.facts import Build, environment_of, pipeline_run, rules_of
from mlops_maturity.collectors.jenkins.jobs import Project, projects
from mlops_maturity.collectors.jenkins.settings import JenkinsSettings
from mlops_maturity.collectors.mapping import Mapper, mapped
from mlops_maturity.collectors.probe_lines import LOOKED_AT, mapped_names, not_reached

_NEWEST = 10
"""Builds that are looked at of each project."""


def probes(api: Api, source: JenkinsSettings) -> list[Probe]:
    """Lines for `doctor`; where the source can't be reached or shows no job, only that."""
    found: list[Probe] = []
    try:
        found.append(_version(api, source))
        named = projects(api, source.jobs)
        builds = [build for project in named[:LOOKED_AT] for build in _newest(api, source, project)]
    except SourceError as error:
        told = not_reached(error, "with its path, such as /jenkins; and the names under `jobs`")
        return [*found, replace(told, name="jobs") if found else told]
    jobs = sum(len(project.jobs) for project in named)
    found.append(Probe(name="jobs", state="ok", detail=f"{jobs} to read, of {len(named)} projects"))
    if source.stages:
        found.append(_stages(builds))
    return [*found, *_mapped(source, builds)]


def _version(api: Api, source: JenkinsSettings) -> Probe:
    version = api.version().headers.get("x-jenkins", "") or "without a version"
    who = "with a token" if source.token_env or source.token_file else "as anonymous"
    return Probe(name="reachable", state="ok", detail=f"Jenkins {version}, {who}")


def _newest(api: Api, source: JenkinsSettings, project: Project) -> list[Build]:
    job = project.jobs[0]
    return [
        Build(
            raw=row,
            project=project,
            job=job,
            stages=api.stages(job.parts, row["number"]) if source.stages and job.pipeline else (),
        )
        for row in api.builds(job.parts, 0, _NEWEST)
        if isinstance(row.get("number"), int)
    ]


def _stages(builds: Sequence[Build]) -> Probe:
    of_pipelines = [build for build in builds if build.job.pipeline]
    with_stages = sum(bool(build.stages) for build in of_pipelines)
    detail = f"{with_stages} of the newest {len(of_pipelines)} builds of pipelines tell their stages"
    if of_pipelines and not with_stages:
        fix = "install the plug-in Pipeline: REST API if a rule hangs on stages, or set `stages: false`"
        return Probe(name="stages", state="warning", detail=detail, fix=fix)
    return Probe(name="stages", state="ok", detail=detail)


def _mapped(source: JenkinsSettings, builds: Sequence[Build]) -> list[Probe]:
    """What the newest builds are taken for; an unmapped job is the commonest wrong zero."""
    mapper, tiers = Mapper(rules_of(source)), Counter[str]()
    made, _ = mapped(
        builds, lambda build: (build, pipeline_run(source, build, mapper, repository="")), lambda build: "", "build"
    )
    for build, run in made:
        if run.purpose == "deployment":
            tiers[mapper.tier(environment_of(source, build))] += 1
    purposes = Counter(str(run.purpose) for _, run in made)
    named_by = ", ".join(source.environment_parameters)
    return [
        mapped_names("pipelines", "builds", purposes, mapper.unmapped, "say under rules.purpose what they are"),
        mapped_names(
            "environments",
            "deployments",
            tiers,
            mapper.unmapped_environments,
            f"say under rules.tier what they are, and under `environments` where a job deploys to that has none of the "
            f"parameters {named_by}",
        ),
    ]
