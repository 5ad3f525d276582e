from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.evidence.store.engine import Store, open_store

sys.path.insert(0, str(Path(__file__).parent))  # so that tests import what they share by its own name


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("sqlite:///store.db", tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def problems_of() -> Callable[[Callable[[], object]], list[str]]:
    """The problems that a call is refused with, as a user reads them."""

    def run(call: Callable[[], object]) -> list[str]:
        with pytest.raises(InputRefused) as refused:
            call()
        return [str(problem) for problem in refused.value.problems]

    return run


@pytest.fixture
def pipe() -> Callable[[bytes], BinaryIO]:
    """A stream that can be read once, from start to end, as from another program."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise OSError("Illegal seek")

    return Pipe
