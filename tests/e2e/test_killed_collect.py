"""`collect` killed in the middle of a backfill, as by the kernel or a lost battery, and started again.

A program of its own plays GitHub on loopback, and the command line is the real one. Each process is told the time, so
that what is read does not hang on the day of the test, and nobody waits for the lease of a process that was killed.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
LATENCY_S = 0.01
RUNS, DEPLOYMENTS, CHANGES = 450, 40, 45
FAKES = Path(__file__).parents[1] / "collectors"
SETTINGS = """
organisation: Acme
teams: [{{id: fraud, repositories: ["acme/*"]}}]
sources: [{{id: github, type: github, url: "{url}", repositories: [acme/fraud]}}]
"""
CLOCK = """
import os, time_machine
time_machine.travel(os.environ["TEST_CLOCK"], tick=True).start()
"""


class Place:
    """A folder with settings, a store, and a clock that goes on by a minute from one command to the next."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir()
        self.folder, self.now = folder, NOW
        (folder / "sitecustomize.py").write_text(CLOCK)
        (folder / "maturity.yaml").write_text(SETTINGS.format(url=url))

    def begin(self, *command: str) -> subprocess.Popen[str]:
        self.now += timedelta(minutes=1)
        return subprocess.Popen(
            [sys.executable, "-m", "mlops_maturity.cli", *command, "-c", str(self.folder / "maturity.yaml")],
            env=_environment(self.folder, self.now),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str) -> str:
        return ended_well(self.begin(*command))

    def stored(self) -> int:
        """How many records are committed; 0 while there is no store yet."""
        try:
            with closing(sqlite3.connect(f"file:{self.folder / 'maturity.db'}?mode=ro", uri=True)) as connection:
                (count,) = connection.execute("SELECT count(*) FROM record").fetchone()
        except sqlite3.OperationalError:
            return 0
        return int(count)

    def kill_collect_at(self, records: int) -> int:
        """Starts `collect`, and ends it without warning once that many records are stored; how many there are then."""
        with self.begin("collect") as process:
            while self.stored() < records and process.poll() is None:
                time.sleep(0.02)
            process.kill()
            said, _ = process.communicate()
        assert process.returncode == -9, f"it should have been killed at {records} records, but came to its end: {said}"
        return self.stored()


def ended_well(process: subprocess.Popen[str]) -> str:
    """What a command said until its end."""
    with process:
        said, _ = process.communicate()
    assert process.returncode == 0, said
    return said


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "sitecustomize.py").write_text(CLOCK)
    with _github(tmp_path) as address:
        yield address


def test_a_collect_that_is_killed_again_and_again_ends_in_the_same_store(tmp_path: Path, url: str) -> None:
    undisturbed, disturbed = Place(tmp_path / "undisturbed", url), Place(tmp_path / "disturbed", url)
    whole = RUNS + DEPLOYMENTS + CHANGES
    moments = [RUNS // 2, RUNS + DEPLOYMENTS // 2, whole - CHANGES // 2]
    with undisturbed.begin("collect") as beside:
        left = [disturbed.kill_collect_at(moment) for moment in moments]
        told = ended_well(beside)
        found = re.search(r"([\d,]+) changed rows from 1 source\.", told)
        assert found, told
        everything = int(found[1].replace(",", ""))
        assert everything >= whole, "and what the repository holds, looked at once a day"
    assert left == sorted(set(left)), f"each start goes on from where the one before it was killed: {left}"
    assert left[-1] < whole

    disturbed.run("collect")
    exports = [place.begin("records", "export", "-o", "records.jsonl") for place in (undisturbed, disturbed)]
    for export in exports:
        ended_well(export)
    one, other = ((place.folder / "records.jsonl").read_bytes() for place in (undisturbed, disturbed))
    assert one.count(b"\n") == everything
    assert one == other
    assert "0 changed rows from 1 source." in disturbed.run("collect")


def _environment(clock: Path, now: datetime) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(clock), "TEST_CLOCK": now.isoformat()}


@contextmanager
def _github(clock: Path) -> Iterator[str]:
    """The fake GitHub as a process; its address."""
    with (
        (clock / "github.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, __file__],
            env=_environment(clock, NOW),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()  # the server ends with its input
            process.wait(timeout=10)


def _serve(paths: Sequence[Path]) -> None:
    """Plays GitHub until standard input ends."""
    sys.path[:0] = [str(path) for path in paths]
    from fake_github import FakeGithub, Repo, served

    repo = Repo("acme/fraud")
    for number in range(RUNS):
        repo.add_run(NOW - 400 * DAY + number * DAY * 0.85, name="train" if number % 3 else "deploy-api")
    for number in range(1, CHANGES + 1):
        created = NOW - (400 - 8 * number) * DAY
        merge = repo.add_pull(number, created, created + 2 * DAY)
        repo.add_review(number, created + DAY)
        if number <= DEPLOYMENTS:
            repo.add_deployment(created + 3 * DAY, merge, "success")
    fake = FakeGithub(repo)
    answer = fake.handle

    def late(request: object) -> object:
        time.sleep(LATENCY_S)
        return answer(request)

    fake.handle = late
    with served(fake) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    _serve([FAKES / "github", FAKES])
