"""From a system's own names to our words: what a pipeline is for, what an environment is, who is a bot.

The rules are configuration (`config.rules`). Names are compared without regard to case. What no rule matches is
counted with examples, because an unmapped pipeline is the commonest wrong zero.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from pydantic import ValidationError

from mlops_maturity.config.rules import PurposeRule, Rules
from mlops_maturity.evidence.records import Outcome, Purpose, Tier, Trigger
from mlops_maturity.evidence.refs import plain_branch

AUTHOR_KEY_VARIABLE = "MLOPS_MATURITY_AUTHOR_KEY"
_HASH_DIGITS = 32
_REMEMBERED = 4096
"""Different runs of which the purpose is remembered: there are few names, and thousands of runs of each."""
_PLAIN_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/+-]*)?")
"""Addresses that are stored as they are; nearly all of them."""
T = TypeVar("T")
R = TypeVar("R")


def author_key(organisation: str) -> bytes:
    """The key of author hashes: MLOPS_MATURITY_AUTHOR_KEY, else one made from the organisation's name.

    The made one keeps names out of the store, yet whoever knows the organisation can try names against it; where that
    matters, set the variable to a random text and keep it, for with another key the same people look like others.
    """
    given = os.environ.get(AUTHOR_KEY_VARIABLE, "").strip()
    if given:
        return given.encode()
    return hashlib.sha256(b"mlops-maturity author key\0" + organisation.encode()).digest()


def author_hash(key: bytes, login: str) -> str:
    """HMAC-SHA256 of a login, cut to 128 bits: says who is the same person, and not who it is."""
    return hmac.new(key, login.strip().casefold().encode(), hashlib.sha256).hexdigest()[:_HASH_DIGITS]


class Mapper:
    """Applies the rules of one source."""

    def __init__(self, rules: Rules, key: bytes = b"", jobs_of: Sequence[str] = ()) -> None:
        """`key` is that of `author_hash`; `jobs_of` are globs on pipelines whose jobs are wanted for themselves."""
        self._rules = rules
        self._key = key
        self._jobs_of = tuple(jobs_of)
        self.needs_jobs = any(rule.job is not None for rule in rules.purpose)
        """Whether a purpose can hang on the names of jobs."""
        self._purpose_of = lru_cache(_REMEMBERED)(self._first_fitting)
        self.unmapped: Counter[str] = Counter()
        """Pipelines that no purpose rule matched, to how many of their runs."""
        self.unmapped_environments: Counter[str] = Counter()
        """Environments that no tier rule matched, to how many of their deployments."""

    @property
    def fingerprint(self) -> str:
        """What tells these rules from others: what was mapped by others is to be mapped again."""
        said = f"{self._rules.model_dump_json()}{self._jobs_of}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def reads_jobs(self) -> bool:
        """Whether the jobs of some pipeline are to be read."""
        return self.needs_jobs or bool(self._jobs_of)

    def needs_jobs_of(self, pipeline: str | None) -> bool:
        """Whether the jobs of that pipeline's runs are to be read, for its purpose or for themselves."""
        if self.needs_jobs or not self._jobs_of:
            return self.needs_jobs
        return any(_like(pipeline, pattern) for pattern in self._jobs_of)

    def purpose(
        self, pipeline: str | None, *, jobs: Sequence[str] = (), branch: str | None = None, trigger: Trigger = "unknown"
    ) -> Purpose:
        """What a run is for: the first rule all of whose patterns match; `other` where none does."""
        found = self._purpose_of(pipeline, tuple(jobs), branch, trigger)
        if found is None:
            self.unmapped[pipeline or "(no name)"] += 1
        return found or "other"

    def _first_fitting(
        self, pipeline: str | None, jobs: tuple[str, ...], branch: str | None, trigger: Trigger
    ) -> Purpose | None:
        rules = (rule for rule in self._rules.purpose if _fits(rule, pipeline, jobs, branch, trigger))
        return next((rule.purpose for rule in rules), None)

    def tier(self, environment: str | None, *, production: bool | None = None) -> Tier:
        """The tier of an environment; `production` is what the system itself says where no rule matches."""
        for rule in self._rules.tier:
            if _like(environment, rule.environment):
                return rule.tier
        if production:
            return "production"
        self.unmapped_environments[environment or "(no name)"] += 1
        return "other"

    def unplanned(self, branch: str | None, labels: Iterable[str] | None = None) -> bool | None:
        """Whether branch or labels mark an unplanned repair; None where neither is known."""
        if branch is None and labels is None:
            return None
        if any(_like(branch, pattern) for pattern in self._rules.hotfix.branches):
            return True
        return any(_like(label, pattern) for label in labels or () for pattern in self._rules.hotfix.labels)

    def bot(self, login: str) -> bool:
        """Whether a login is a program's."""
        return any(_like(login, pattern) for pattern in self._rules.bots)

    def author(self, login: str) -> str:
        """The keyed hash of a login."""
        return author_hash(self._key, login)


def _fits(rule: PurposeRule, pipeline: str | None, jobs: Sequence[str], branch: str | None, trigger: Trigger) -> bool:
    return (
        (rule.pipeline is None or _like(pipeline, rule.pipeline))
        and (rule.job is None or any(_like(job, rule.job) for job in jobs))
        and (rule.branch is None or _like(branch, rule.branch))
        and (rule.trigger is None or _like(trigger, rule.trigger))
    )


def _like(name: str | None, pattern: str) -> bool:
    return name is not None and fnmatchcase(name.casefold(), pattern.casefold())


_OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(("success", "succeeded", "passed"), "success"),
    **dict.fromkeys(("failure", "failed", "error", "timed_out", "startup_failure"), "failure"),
    **dict.fromkeys(("cancelled", "canceled", "aborted"), "cancelled"),
    **dict.fromkeys(("skipped", "neutral", "stale", "action_required", "not_built"), "skipped"),
    **dict.fromkeys(("unstable", "partiallysucceeded", "partially_succeeded", "warnings"), "unstable"),
    **dict.fromkeys(
        ("running", "in_progress", "queued", "pending", "waiting", "requested", "created", "blocked"), "running"
    ),
}


def outcome_of(word: str | None) -> Outcome:
    """A system's status word as an outcome; `unknown` for a word that is not known, or none.

    Cancelled is kept apart from failed: concurrency groups cancel runs that nothing is wrong with.
    """
    return _OUTCOMES.get((word or "").casefold(), "unknown")


def instant(text: str | None) -> datetime | None:
    """An RFC 3339 instant in UTC; None for none. Raises ValueError for one that is unreadable or has no offset."""
    if text is None or text == "":
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"the time {text!r} has no offset")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def lenient(text: Any) -> datetime | None:
    """An instant to steer by; None where it can't be read. What makes a record is read strictly."""
    try:
        return instant(text)
    except (ValueError, TypeError):
        return None


def written(moment: datetime) -> str:
    """An instant as RFC 3339 in UTC with whole seconds, as cursors and queries carry it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def link(text: Any) -> str | None:
    """A web address fit to be stored and clicked: http or https, without user, query and fragment; else None."""
    if isinstance(text, str) and _PLAIN_LINK.fullmatch(text):
        return text
    try:
        parts = urlsplit(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def branch_of(ref: str | None) -> str | None:
    """The name of a branch without what Git puts before it; None for none."""
    return plain_branch(ref) if ref else None


def change_id(repository: str, number: int) -> str:
    """How a change is called in records."""
    return f"{repository}#{number}"


def mapped(
    rows: Iterable[T], make: Callable[[T], R], name: Callable[[T], object], kind: str
) -> tuple[list[R], list[str]]:
    """What `make` makes of each row, and one line for each row that makes no valid record: which, and why."""
    made: list[R] = []
    refused: list[str] = []
    for row in rows:
        try:
            made.append(make(row))
        except (ValidationError, KeyError, TypeError, ValueError, AttributeError) as error:
            refused.append(f"{kind} {_named(row, name)}: {_why(error)}")
    return made, refused


def _named(row: Any, name: Callable[[Any], object]) -> str:
    try:
        return str(name(row))[:80]
    except (KeyError, TypeError, AttributeError, IndexError):
        return "(without id)"


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    if isinstance(error, KeyError):
        return f"the field {error.args[0]!r} is missing"
    return str(error)[:200] or type(error).__name__
