"""Which files of a repository tell what: globs as data, and what they match in a list of paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase, translate

from packaging.requirements import InvalidRequirement, Requirement

from mlops_maturity.config.file_model import FileModel
from mlops_maturity.config.rules import Pattern

_COMMIT = re.compile(r"@[0-9a-f]{40}\b")
_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTIONS = re.compile(r"\s--?[a-z].*$")


class RepositoryFiles(FileModel):
    """Globs on files. One without a slash means the name in any folder, one with a slash the path from the root; upper
    and lower case differ. A list that is written replaces its preset as a whole."""

    lockfile: tuple[Pattern, ...] = (
        "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "pylock.*.toml", "conda-lock.yml",
        "*.conda-lock.yml", "pixi.lock", "renv.lock", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock",
        "pnpm-lock.yaml", "bun.lock", "Cargo.lock", "go.sum", "Gemfile.lock", "composer.lock", "gradle.lockfile",
        "packages.lock.json", "flake.lock",
    )  # fmt: skip
    """Files that pin dependencies."""
    requirements: tuple[Pattern, ...] = ("requirements*.txt", "requirements/*.txt")
    """Lists for pip that count as lock file where every line names one version. Up to three are read, one request
    each, and only of repositories without a lock file."""
    owner_file: tuple[Pattern, ...] = ("/CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS")
    """Files that name owners; the preset is where GitHub looks."""
    model_card: tuple[Pattern, ...] = (
        "MODEL_CARD*.md", "model_card*.md", "model-card*.md", "ModelCard*.md", "modelcard*.md", "MODELCARD*.md",
        "SYSTEM_CARD*.md", "system_card*.md", "system-card*.md",
    )  # fmt: skip
    """Model or system cards."""
    template: tuple[Pattern, ...] = (".cruft.json", ".copier-answers*.yml", ".copier-answers*.yaml")
    """Marks of a template; a repository that GitHub itself made from one needs none."""
    ignored_folders: tuple[Pattern, ...] = (
        "node_modules", "vendor", "third_party", "test", "tests", "testdata", "fixtures", "examples", ".venv",
    )  # fmt: skip
    """Folders that hold what belongs to others, or examples; globs on the folder's name at any depth."""


class Finder:
    """Finds files among the paths of one repository."""

    def __init__(self, paths: Iterable[str], ignored_folders: Sequence[str]) -> None:
        outside = _any(ignored_folders)
        self._paths = [
            path
            for path in paths
            if outside is None or not any(outside.match(folder) for folder in path.split("/")[:-1])
        ]

    def all(self, patterns: Sequence[str]) -> list[str]:
        """The paths that some pattern matches, those nearest to the root first."""
        by_name = _any([pattern for pattern in patterns if "/" not in pattern])
        by_path = [pattern.removeprefix("/") for pattern in patterns if "/" in pattern]
        found = [
            path
            for path in self._paths
            if (by_name is not None and by_name.match(path.rpartition("/")[2]))
            or any(path.count("/") == pattern.count("/") and fnmatchcase(path, pattern) for pattern in by_path)
        ]
        return sorted(found, key=lambda path: (path.count("/"), path))


def pinned(text: str) -> bool:
    """Whether every requirement of a list for pip (PEP 508 lines) names one version, address or commit.

    Options and references to other lists say nothing; an editable one, or what can't be read, is not pinned.
    """
    lines = [_COMMENT.sub("", line).strip() for line in text.replace("\\\n", " ").splitlines()]
    named = [line for line in lines if line and (not line.startswith("-") or line.startswith(("-e", "--editable")))]
    return bool(named) and all(_names_one(line) for line in named)


def _names_one(line: str) -> bool:
    if line.startswith("-"):
        return False
    try:
        requirement = Requirement(_OPTIONS.sub("", line))
    except InvalidRequirement:
        return _COMMIT.search(line) is not None
    if requirement.url:
        return not requirement.url.startswith("git+") or _COMMIT.search(requirement.url) is not None
    return any(
        spec.operator == "===" or (spec.operator == "==" and not spec.version.endswith(".*"))
        for spec in requirement.specifier
    )


def _any(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(translate(pattern) for pattern in patterns)) if patterns else None
