"""A look at one repository as it is: how its default branch is protected, and which files it holds.

Four or five requests, whatever its size: the repository, its default branch, the rules of that branch unless it is
protected already, and one listing of all files. `/branches/{b}/protection` is not asked: without administration rights
it answers 404 for protected branches as well, while `protected` of the branch itself needs only to read. The rules
(`/rules/branches/{b}`) are those in force, those of the organisation included.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from mlops_maturity.collectors.github.api import Api, Row, hidden, path_of
from mlops_maturity.collectors.github.files import Finder, RepositoryFiles, pinned
from mlops_maturity.collectors.interface import BadAnswer, Failing, Forbidden, SourceError, Unsupported
from mlops_maturity.collectors.repository_facts import Finding

PROTECTING = frozenset(
    {
        "pull_request", "required_status_checks", "non_fast_forward", "deletion", "update", "merge_queue", "workflows",
        "required_signatures", "required_linear_history", "required_deployments", "code_scanning",
    }
)  # fmt: skip
"""Kinds of rules that keep something from the branch; those on names and messages protect nothing."""
_RULE_PAGES = 3
_READ_LISTS = 3
"""Lists of requirements that are read at most."""
_LARGEST_LIST = 1_000_000
"""Bytes of such a list: a larger one is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """What a listing of all files gave."""

    blobs: Mapping[str, Row]
    """Path to its entry in the listing."""
    finder: Finder
    whole: bool


class Look:
    """Looks at one repository once."""

    def __init__(self, api: Api, repository: str, files: RepositoryFiles) -> None:
        self._api, self._repository, self._globs = api, repository, files
        self._at = path_of(repository)

    def findings(self) -> dict[str, Finding]:
        """The facts by name. Raises SourceError where nothing can be told, Forbidden for a hidden repository."""
        about = self._about()
        branch = about["default_branch"]
        try:
            described: Row | Forbidden | Failing = self._branch(branch)
        except (Forbidden, Failing) as error:
            described = error
        except Unsupported:
            return self._without_branch(about, branch)
        files = self._files(branch if isinstance(described, SourceError) else described["commit"]["sha"])
        return {
            "protected_branch": self._protection(described, branch),
            "lockfile": self._lockfile(files),
            "owner_file": _held(files, self._globs.owner_file),
            "model_card": _held(files, self._globs.model_card),
            "template": _template(about, files, self._globs.template),
        }

    def _about(self) -> Row:
        try:
            about = self._api.one(self._at)
        except Unsupported:
            raise hidden(self._api.source, self._repository, "Metadata") from None
        if not isinstance(about.get("default_branch"), str):
            raise BadAnswer(f"{self._api.source}: {self._repository} has no default branch. Is `url` GitHub's address?")
        return about

    def _branch(self, branch: str) -> Row:
        described = self._api.one(f"{self._at}/branches/{quote(branch, safe='')}")
        commit = described.get("commit")
        if not isinstance(described.get("protected"), bool) or not isinstance(commit, dict) or "sha" not in commit:
            raise BadAnswer(f"{self._api.source}: {self._repository}: the answer for the branch {branch} is none")
        return described

    def _without_branch(self, about: Row, branch: str) -> dict[str, Finding]:
        """Of an empty repository nothing can be told but what it was made from."""
        empty = Finding(state="unknown", reason=f"there is no branch {branch}: the repository is empty, or was renamed")
        found = dict.fromkeys(("protected_branch", "lockfile", "owner_file", "model_card"), empty)
        return {**found, "template": _template(about, empty, ())}

    def _protection(self, described: Row | Forbidden | Failing, branch: str) -> Finding:
        if not isinstance(described, SourceError) and described["protected"]:
            return Finding(state="yes", shown_by="branch protection")
        path = f"{self._at}/rules/branches/{quote(branch, safe='')}"
        try:
            rules = [row.get("type") for page in self._api.pages(path, most=_RULE_PAGES) for row in page.rows]
        except Unsupported:
            rules = []  # a server from before there were rules
        except (Forbidden, Failing) as error:
            return Finding.refused(error)
        except AttributeError:
            raise BadAnswer(f"{self._api.source}: {self._repository}: the list of rules holds what is none") from None
        protecting = sorted({str(rule) for rule in rules} & PROTECTING)
        if protecting:
            return Finding(state="yes", shown_by=f"rules: {', '.join(protecting)}")
        if isinstance(described, SourceError):
            return Finding.refused(described)
        return Finding(state="no")

    def _files(self, ref: str) -> _Files | Finding:
        path = f"{self._at}/git/trees/{quote(str(ref), safe='')}"
        try:
            tree = self._api.one(path, {"recursive": "1"})
        except (Forbidden, Failing) as error:
            return Finding.refused(error)
        except Unsupported as error:
            return Finding(state="unknown", reason=str(error))
        try:
            blobs = {str(row["path"]): row for row in tree["tree"] if row.get("type") == "blob"}
        except (KeyError, TypeError, AttributeError):
            raise BadAnswer(f"{self._api.source}: {self._repository}: the list of files is none") from None
        return _Files(
            blobs=blobs, finder=Finder(blobs, self._globs.ignored_folders), whole=not tree.get("truncated", True)
        )

    def _lockfile(self, files: _Files | Finding) -> Finding:
        held = _held(files, self._globs.lockfile)
        if held.state == "yes" or isinstance(files, Finding):
            return held
        lists = files.finder.all(self._globs.requirements)
        read = [(path, self._pinned(files.blobs[path])) for path in lists[:_READ_LISTS]]
        if read and all(verdict is True for _, verdict in read) and len(read) == len(lists):
            return Finding(state="yes", shown_by=read[0][0])
        if any(verdict is False for _, verdict in read):
            return held
        if lists:
            return Finding(state="unknown", reason=f"not all of {len(lists)} lists of requirements can be read")
        return held

    def _pinned(self, entry: Row) -> bool | None:
        """Whether a list of requirements is pinned; None where it can't be read."""
        if not isinstance(entry.get("size"), int) or entry["size"] > _LARGEST_LIST:
            return None
        try:
            content = self._api.one(f"{self._at}/git/blobs/{quote(str(entry.get('sha')), safe='')}").get("content")
            return pinned(b64decode(str(content)).decode())
        except (Forbidden, Failing, Unsupported, binascii.Error, UnicodeDecodeError):
            return None


def _held(files: _Files | Finding, patterns: Sequence[str]) -> Finding:
    """Whether a file is there. In a list that is cut off, only what is in it is known."""
    if isinstance(files, Finding):
        return files
    found = files.finder.all(patterns)
    if found:
        return Finding(state="yes", shown_by=found[0])
    if not files.whole:
        return Finding(state="unknown", reason="GitHub lists the files of so large a repository only in part")
    return Finding(state="no")


def _template(about: Row, files: _Files | Finding, patterns: Sequence[str]) -> Finding:
    origin = about.get("template_repository")
    if isinstance(origin, dict):
        return Finding(state="yes", shown_by=str(origin.get("full_name") or "template_repository"))
    held = _held(files, patterns)
    if held.state == "no" and not {"template_repository", "is_template"} & set(about):
        return Finding(state="unknown", reason="this server does not say what a repository was made from")
    return held
