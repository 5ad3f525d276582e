"""The stream of workflow runs of one repository.

GitHub can't list what changed, only what was created when; and a re-run keeps its id and time of creation. So every
reading goes back over the 30 days in which a run can be run again, week by week: a week in which nothing changed costs
no quota.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import quote

from mlops_maturity.collectors.github.api import PER_PAGE, Api, Row, Rows, hidden, path_of
from mlops_maturity.collectors.github.facts import attempt_of, pipeline_of, pipeline_run
from mlops_maturity.collectors.github.memory import Remembered, Span, monday_of, weeks
from mlops_maturity.collectors.github.run_state import REREAD, opened
from mlops_maturity.collectors.github.windows import SECOND, Window, windows
from mlops_maturity.collectors.interface import Forbidden, Page, ReadRequest, Unsupported
from mlops_maturity.collectors.mapping import Mapper, lenient, mapped, written
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import PipelineRun

CAP = 1000
"""Results that a filtered list gives at most."""
CAP_WITH_JOBS = 100
"""Runs of a window where each may cost a request for its jobs: what a stop by the budget has read again at most."""
_GAPS = 50
_KEY = "workflow_runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What one page of GitHub's came to."""

    records: Sequence[PipelineRun] = ()
    refused: Sequence[str] = ()
    attempts: Mapping[str, int] = field(default_factory=dict)
    """Run id to how many earlier attempts these records bring; for the cursor once they are stored."""


@dataclass(slots=True)
class _Listing:
    """What has been listed of a window."""

    total: int
    """How many runs GitHub counts."""
    seen: set[str] = field(default_factory=set)
    etags: list[str | None] = field(default_factory=list)
    attempts: dict[str, int] = field(default_factory=dict)

    @property
    def remembered(self) -> Remembered | None:
        """What to ask by whether it is still the same; None where it was not listed whole, or can't be asked so."""
        etags = tuple(etag for etag in self.etags if etag)
        whole = not self.missing and len(etags) == len(self.etags)
        return Remembered(etags=etags, attempts=self.attempts) if whole else None

    @property
    def missing(self) -> str:
        """Why it is not whole; empty where it is."""
        return f"GitHub listed {len(self.seen)} of {self.total} runs" if len(self.seen) < self.total else ""


class RunStream:
    """Reads the runs of one repository once."""

    def __init__(self, api: Api, mapper: Mapper, repository: str, request: ReadRequest) -> None:
        self._api, self._mapper, self._repository = api, mapper, repository
        self._now = request.now.replace(microsecond=0)
        alive = partial(api.one, path_of(repository))
        self._state, self._start = opened(request, self._now, mapper.fingerprint, alive)
        self._changed_since = None if request.backfill or not request.cursor else self._state.high_water
        self._seen_attempts: dict[str, int] = {}
        self._cap = min(CAP, CAP_WITH_JOBS) if mapper.reads_jobs else CAP

    def pages(self) -> Iterator[Page]:
        """Pages in order of the runs' creation, newest first within a window."""
        self._ask_default_branch()
        again, self._state.gaps = self._state.gaps, []
        before = [(start, min(end, self._start - SECOND)) for start, end in again]
        for span in [*before, *self._spans()]:
            if self._is_unchanged(span):
                yield self._kept(span)
                continue
            self._state.memory.drop(span)
            for window in windows(self._first_page, *span, self._cap):
                yield from self._window(window)
        yield from self._again()
        self._state.memory.keep_from(self._now - REREAD)
        self._state.high_water = max(self._state.high_water, self._api.settled(self._now))
        self._state.attempts = self._seen_attempts
        told = self._state.unread.remarks(f"{self._repository}: jobs or attempts")
        yield Page(records=(), cursor=self._state.as_json(), warnings=told, progress="up to date", done=1.0)

    def _spans(self) -> Iterator[Span]:
        """What to read: in one what is read once, in weeks what is read again."""
        again_from = max(self._start, monday_of(self._now - REREAD))
        if self._start < again_from:
            yield self._start, again_from - SECOND
        for first, last in weeks(again_from, self._now):
            yield from self._state.memory.parts((max(first, again_from), last))

    def _is_unchanged(self, span: Span) -> bool:
        """Whether every page of a span is still what it was; a page that is not has the whole span read again."""
        remembered = self._state.memory.of(span)
        if remembered is None:
            return False
        return all(self._ask(span, page, etag).unchanged for page, etag in enumerate(remembered.etags, 1))

    def _kept(self, span: Span) -> Page:
        remembered = self._state.memory.of(span)
        made = _Made(attempts=remembered.attempts if remembered else {})
        return self._end(span, made, "")

    def _window(self, window: Window) -> Iterator[Page]:
        """The pages of a window; the last one moves the cursor behind it and says what is known."""
        progress = _progress((window.start, window.end))
        listing = _Listing(window.total)
        held: _Made | None = None
        for made in self._twice(window, listing):
            if held is not None:
                yield self._page(held, progress)
            held = made
        span = window.start, window.end
        if listing.missing:
            self._state.gaps = [*self._state.gaps, span][-_GAPS:]
        if listing.remembered is not None and window.end >= self._now - REREAD:
            self._state.memory.put(span, listing.remembered)
        yield self._end(span, held or _Made(), listing.missing)

    def _end(self, span: Span, made: _Made, missing: str) -> Page:
        """The last page of a span."""
        settled = self._api.settled(self._now)
        self._state.high_water = max(self._state.high_water, min(span[1], settled))
        share = (span[1] - self._start) / max(self._now - self._start, SECOND)
        return self._page(made, _progress(span), coverage=self._coverage(span, missing), done=min(0.99, share))

    def _page(
        self, made: _Made, progress: str, *, coverage: Sequence[Coverage] = (), done: float | None = None
    ) -> Page:
        self._state.unread.check_server()
        self._state.attempts.update(made.attempts)
        self._seen_attempts.update(made.attempts)
        return Page(
            records=made.records,
            refused=made.refused,
            cursor=self._state.as_json(),
            coverage=coverage,
            progress=progress,
            done=done,
        )

    def _twice(self, window: Window, listing: _Listing) -> Iterator[_Made]:
        """The window's pages; once more where GitHub listed less than it counted."""
        yield from self._listed(window.first, listing)
        if listing.missing:
            first = self._first_page(window.start, window.end)
            listing.total, listing.etags = first.total or 0, []
            yield from self._listed(first, listing)

    def _listed(self, first: Rows, listing: _Listing) -> Iterator[_Made]:
        for page in self._api.follow(first, key=_KEY, most=CAP // PER_PAGE + 1):
            made = self._records(page.rows, listing.seen)
            listing.etags.append(page.etag)
            listing.attempts.update(made.attempts)
            yield made

    def _first_page(self, start: datetime, end: datetime) -> Rows:
        return self._ask((start, end))

    def _ask(self, span: Span, page: int = 1, etag: str | None = None) -> Rows:
        created = f"{written(span[0])}..{written(span[1])}"
        path = f"{path_of(self._repository)}/actions/runs"
        wanted: dict[str, str | int] = {"created": created, "per_page": PER_PAGE}
        if page > 1:
            wanted["page"] = page
        try:
            return self._api.page(path, wanted, key=_KEY, etag=etag)
        except Unsupported:
            raise hidden(self._api.source, self._repository, "Actions") from None

    def _again(self) -> Iterator[Page]:
        """Runs of which a detail was refused in an earlier reading, one a page, to the first that is refused anew."""
        for identity, row in self._state.unread.again(lambda identity: self._api.one(self._path(identity))):
            self._state.attempts.pop(identity, None)
            made = _Made() if row is None else self._records([row], set(), whole=True)
            yield self._page(made, f"run {identity}, of which a detail was refused")

    def _records(self, rows: Sequence[Row], seen: set[str], *, whole: bool = False) -> _Made:
        """The rows' records, and those of earlier attempts that are not stored yet; `whole`: due or not."""
        wanted: list[tuple[Row, Sequence[Row]]] = []
        attempts: dict[str, int] = {}
        for row in rows:
            if not isinstance(row, dict) or "id" not in row:
                wanted.append((row, ()))
                continue
            identity, attempt = str(row["id"]), attempt_of(row)
            seen.add(identity)
            if attempt > 1:
                if self._can_run_again(row):
                    attempts[identity] = attempt - 1
                wanted += [(earlier, self._jobs(earlier)) for earlier in self._earlier_attempts(row)]
            if whole or self._due(row):
                wanted.append((row, self._jobs(row)))
        records, refused = mapped(wanted, self._record, lambda pair: pair[0]["id"], "workflow run")
        return _Made(records=records, refused=refused, attempts=attempts)

    def _record(self, pair: tuple[Row, Sequence[Row]]) -> PipelineRun:
        raw, jobs = pair
        return pipeline_run(
            self._api.source, self._repository, raw, self._mapper, default_branch=self._state.default_branch, jobs=jobs
        )

    def _due(self, row: Row) -> bool:
        """Whether the run has to be stored again. Only where its jobs cost a request, an unchanged one is left out."""
        if self._changed_since is None or not self._mapper.needs_jobs_of(pipeline_of(row)):
            return True
        updated = lenient(row.get("updated_at"))
        return row.get("status") != "completed" or updated is None or updated >= self._changed_since

    def _earlier_attempts(self, row: Row) -> list[Row]:
        """Attempts before the listed one, each fetched once: an attempt is final when the next one begins."""
        identity = str(row["id"])
        found = []
        for number in range(self._state.attempts.get(identity, 0) + 1, attempt_of(row)):
            path = f"{self._path(identity)}/attempts/{number}"
            one = self._state.unread.ask(identity, partial(self._api.one, path))
            if one is not None:  # else it is gone, and the later attempts tell enough; or asked for again
                found.append(one)
        return found

    def _can_run_again(self, row: Row) -> bool:
        created = lenient(row.get("created_at"))
        return created is not None and created >= self._now - REREAD

    def _jobs(self, row: Row) -> Sequence[Row]:
        """Names and outcomes of the jobs; asked only where a rule hangs on them, or the settings want them."""
        if not self._mapper.needs_jobs_of(pipeline_of(row)):
            return ()
        identity = str(row["id"])
        path = f"{self._path(identity)}/attempts/{attempt_of(row)}/jobs"
        return self._state.unread.ask(identity, partial(self._listed_jobs, path)) or ()

    def _listed_jobs(self, path: str) -> list[Row]:
        return [job for page in self._api.pages(path, key="jobs") for job in page.rows]

    def _path(self, identity: str) -> str:
        return f"{path_of(self._repository)}/actions/runs/{quote(identity, safe='')}"

    def _ask_default_branch(self) -> None:
        state = self._state
        try:
            found, etag = self._api.one_if_changed(path_of(self._repository), state.repository_etag)
        except (Unsupported, Forbidden):
            state.default_branch = state.repository_etag = None
            return
        if found is not None:
            branch = found.get("default_branch")
            state.default_branch, state.repository_etag = branch if isinstance(branch, str) else None, etag

    def _coverage(self, span: Span, reason: str) -> Sequence[Coverage]:
        end = min(span[1] + SECOND, self._api.settled(self._now))
        if end <= span[0]:
            return ()
        return (
            Coverage(
                source=self._api.source,
                stream="pipeline_run",
                scope=self._repository,
                start=span[0],
                end=end,
                complete=not reason,
                reason=reason,
            ),
        )


def _progress(span: Span) -> str:
    return f"{span[0]:%Y-%m-%d} … {span[1]:%Y-%m-%d}"
