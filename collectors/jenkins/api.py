"""Jenkins' remote access API: what it shows of jobs, builds and stages, never more than is named in `tree`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

from mlops_maturity.collectors.http import Answer, Http
from mlops_maturity.collectors.interface import BadAnswer, Unsupported

Row = Mapping[str, Any]

_DEPTH = 4
"""Levels of folders seen with one request."""
_JOB = "name,nextBuildNumber"
_BUILD = (
    "number,result,building,timestamp,duration,"
    # Causes and parameters tell more than is wanted here, names of people too: causes are known by class alone.
    "actions[causes[_class],parameters[name,value],remoteUrls,lastBuiltRevision[SHA1,branch[name]]]"
)


class Api:
    """The few questions that are asked of one controller. Every method raises SourceError."""

    def __init__(self, source: str, http: Http) -> None:
        self.source = source
        self.http = http
        self._has_stages: bool | None = None

    def version(self) -> Answer:
        """The cheapest answer there is; its headers name the version."""
        return self.http.get("api/json", {"tree": "mode"})

    def items(self, parts: Sequence[str]) -> list[Row]:
        """What is in a folder (the root: no parts), some levels deep; a row with `jobs` is a folder itself."""
        return self._rows(path_of(parts), f"jobs[{_nested(_DEPTH)}]", "jobs")

    def numbers(self, parts: Sequence[str], start: int, end: int) -> list[Row]:
        """Number and time of the builds from the `start`-th newest to before the `end`-th."""
        return self._rows(path_of(parts), f"allBuilds[number,timestamp]{{{start},{end}}}", "allBuilds")

    def builds(self, parts: Sequence[str], start: int, end: int) -> list[Row]:
        """The builds from the `start`-th newest to before the `end`-th."""
        return self._rows(path_of(parts), f"allBuilds[{_BUILD}]{{{start},{end}}}", "allBuilds")

    def build(self, parts: Sequence[str], number: int | Literal["lastBuild"]) -> Row | None:
        """One build, or the newest; None where it is not there (any more)."""
        try:
            return self._object(f"{path_of(parts)}{number}/", {"tree": _BUILD})
        except Unsupported:
            return None

    def stages(self, parts: Sequence[str], number: int) -> list[Row]:
        """The stages of a build; none where it has none, where it is gone, or where Jenkins has no plug-in for them."""
        if self._has_stages is False:
            return []
        try:
            found = self._object(f"{path_of(parts)}{number}/wfapi/describe").get("stages")
        except Unsupported:
            self._has_stages = self._has_stages or self._tells_stages(parts)
            return []
        self._has_stages = True
        if not isinstance(found, list) or not all(isinstance(stage, dict) for stage in found):
            raise BadAnswer(f"{self.source}: {path_of(parts)}{number}/ answered no list 'stages'. Is it a Jenkins'?")
        return found

    def _tells_stages(self, parts: Sequence[str]) -> bool:
        """Whether the plug-in is there: the job itself still is, even where one of its builds is gone."""
        try:
            self.http.get(f"{path_of(parts)}wfapi/describe")
        except Unsupported:
            return False
        return True

    def _rows(self, path: str, tree: str, name: str) -> list[Row]:
        rows = self._object(path, {"tree": tree}).get(name)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadAnswer(
                f"{self.source}: {path or '/'} answered no list {name!r}. Is `url` a Jenkins' address, and its root?"
            )
        return rows

    def _object(self, path: str, params: Mapping[str, str] | None = None) -> Row:
        data = self.http.get(f"{path}api/json" if params else path, params).data
        if not isinstance(data, dict):
            raise BadAnswer(f"{self.source}: {path or '/'} answered no object. Is `url` a Jenkins' address?")
        return data


def path_of(parts: Sequence[str]) -> str:
    """The path of a job below the root, with a slash at its end. Names of branches come encoded and are so again."""
    return "".join(f"job/{quote(part, safe='')}/" for part in parts)


def _nested(depth: int) -> str:
    """At the lowest level, only whether there is more."""
    return f"{_JOB},jobs[{_nested(depth - 1) if depth > 1 else 'name'}]"
