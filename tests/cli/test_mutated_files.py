"""Whatever bytes a file holds, each reader ends with data or with `InputRefused`, told in printable lines."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mlops_maturity.collectors.files.interface import Reading
from mlops_maturity.collectors.files.registry import formats
from mlops_maturity.collectors.mapping import Mapper, author_key
from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.catalogue_file import builtin_catalogue, load_catalogue
from mlops_maturity.config.dora_editions import load_edition
from mlops_maturity.config.framework_file import load_framework
from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.config.rules import Rules
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.evidence.answers_file import Known, read_answers_file
from mlops_maturity.evidence.evidence_file import load_evidence
from mlops_maturity.evidence.import_report import ProblemList
from mlops_maturity.evidence.readings_file import read_readings_file
from mlops_maturity.evidence.records_file import read_records_file
from mlops_maturity.evidence.what_if_file import load_weightings, load_what_if

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_ROOT = Path(__file__).parents[2]
_GOLDEN = _ROOT / "tests" / "golden"
_CATALOGUE = load_catalogue(_GOLDEN / "catalogue.yaml")
Reader = Callable[[Path], object]

_RUN = {
    "kind": "pipeline_run",
    "source": "ci",
    "id": "1",
    "attempt": 1,
    "started_at": "2026-03-01T00:00:00Z",
    "jobs": [{"name": "a", "outcome": "success"}],
    "attributes": {"a": [1, {"b": 1.5}]},
}
_VALUE = {"signal": "user.x", "value": 1, "seen": 1, "scope": 2, "on": "2026-11-01"}
_EVENT = {
    "context": {
        "id": "1",
        "source": "s",
        "type": "dev.cdevents.change.merged.0.2.0",
        "timestamp": "2026-11-01T10:00:00Z",
    },
    "subject": {"id": "7", "content": {"repository": {"id": "a/b"}}},
    "customData": {"sha": "1f"},
}
_SCORECARD = {"date": "2026-11-01", "repo": {"name": "github.com/a/b"}, "checks": [{"name": "SAST", "score": 9}]}


def _imported(name: str) -> Reader:
    def read(path: Path) -> object:
        problems = ProblemList("f")
        reading = Reading(problems=problems, now=_NOW, mapper=Mapper(Rules(), author_key("acme")))
        with path.open("rb") as stream:
            found = list(formats()[name].read(stream, reading))
        problems.refuse()
        return found

    return read


def _lines(*entries: object) -> bytes:
    return "\n".join(map(json.dumps, entries)).encode()


LINES: dict[str, tuple[bytes, Reader]] = {
    "records": (
        _lines(_RUN, {"kind": "measurement", "source": "a", "id": "1", "subject": "s", **_VALUE}),
        lambda path: list(read_records_file(io.BytesIO(path.read_bytes()), "f", now=_NOW, signals=())),
    ),
    "readings": (
        _lines({"team": "fraud", "opportunities": 2, "note": "n", **_VALUE}),
        lambda path: list(
            read_readings_file(io.BytesIO(path.read_bytes()), "f", now=_NOW, teams=["fraud"], signals=())
        ),
    ),
    "answers": (
        b"team,practice,respondent,value,on,attested,comment,evidence_url\n"
        b'fraud,registry,ann,3,2026-11-01,true,"a ""b""",\n',
        lambda path: list(
            read_answers_file(
                io.BytesIO(path.read_bytes()), "f", now=_NOW, known=Known(teams=["fraud"], practices=["x"])
            )
        ),
    ),
    "evidence": ((_GOLDEN / "evidence.json").read_bytes(), lambda path: load_evidence(path, _CATALOGUE)),
    "cdevents": (_lines(_EVENT, {"specversion": "1.0", "data": _EVENT}), _imported("cdevents")),
    "scorecard": (_lines(_SCORECARD), _imported("scorecard")),
    "measurements": (
        b"signal,subject,on,value,seen,scope\nuser.x,fraud,2026-11-01,62.5,10,16\n",
        _imported("measurements"),
    ),
}
YAML: dict[str, tuple[bytes, Reader]] = {
    "settings": (
        (_GOLDEN / "maturity.example.yaml").read_bytes(),
        lambda path: load_settings(path, source_types()),
    ),
    "catalogue": ((_GOLDEN / "catalogue.yaml").read_bytes(), load_catalogue),
    "framework": (
        (_ROOT / "config" / "frameworks" / "ml_test_score.yaml").read_bytes()[:2_500],
        lambda path: load_framework(path, builtin_catalogue().by_id.keys()),
    ),
    "edition": ((_ROOT / "config" / "editions" / "2024.yaml").read_bytes(), load_edition),
    "what-if": (
        b"answers:\n  - {practice: registry, value: 3}\n"
        b"readings:\n  - {signal: registered_share, value: 0.9, seen: 1}\n"
        b"weights: {aspects: {automation: 2}, practices: {registry: 3}}\nparameters: {share: 0.7}\n",
        lambda path: load_what_if(path, _CATALOGUE, []),
    ),
    "weightings": (
        b"weightings:\n  a: {aspects: {automation: 2}}\n  b: {practices: {registry: 3}}\n",
        lambda path: load_weightings(path, _CATALOGUE),
    ),
}

HOSTILE = st.sampled_from(
    [
        b"1e400", b"NaN",
        b"-Infinity", b"null", b"true", b"[]", b"{}", b'""', b'"', b"'", b"\\ud800", b"\\u0000", b"\0",
        b"\xff", b"\xf0\x9f", b"9" * 5_000, b"-18", b"0o17", b"017", b"1_000", b"[" * 300, b"{" * 70, b"]]]", b"&a *a",
        b"&x [*x]", b"<<: {a: 1}", b"<<: 3", b"!!python/object/apply:os.system [ls]", b"!!binary aGk=", b"!!set {a}",
        b"!!timestamp x", b"!!int x", b"2026-13-45", b"0001-01-01", b"9999-12-31T23:59:59-14:00", b"\t", b"\r", b"\r\n",
        b"\xe2\x80\xa8", b"\xc2\x85", b"---\n", b"...\n", b"%YAML 9.9\n", b"? ", b"- ", b": ", b",", b";", b"#", b"no",
        b"\xef\xbb\xbf",
        b".inf", b"1:2:3", b"\x1b[31m", b"|\n", b"@", b"{[a]: b}", b"99999999999999999999", b"\x1f\x8b",
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 15), st.one_of(HOSTILE, st.binary(max_size=4))), min_size=1, max_size=5
)


def mutated(content: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """The content with some of it replaced: from which share of its length on, how many bytes, by what."""
    for share, length, junk in edits:
        start = int(share * len(content))
        content = content[:start] + junk + content[start + length :]
    return content


def is_read_or_refused(read: Reader, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    problems = refusal_of(lambda: read(path))
    assert problems is None or problems
    assert all(problem.reason and str(problem).isprintable() for problem in problems or ())


def refusal_of(call: Callable[[], object]) -> tuple[Problem, ...] | None:
    """The problems a call is refused with; None where it is not. Anything else it raises is a fault of ours."""
    try:
        call()
    except InputRefused as refused:
        return refused.problems
    return None


def often(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.mark.parametrize("name", LINES)
@often(200)
@given(edits=EDITS)
@example(edits=[(0.5, 0, b"\r")])
@example(edits=[(0.3, 0, b"\\ud800")])
def test_files_of_entries_are_read_or_refused(name: str, edits: list[tuple[float, int, bytes]], tmp_path: Path) -> None:
    content, read = LINES[name]

    is_read_or_refused(read, tmp_path / "f", mutated(content, edits))


@pytest.mark.slow
@pytest.mark.parametrize("name", YAML)
@often(60)
@given(edits=EDITS)
def test_yaml_is_read_or_refused(name: str, edits: list[tuple[float, int, bytes]], tmp_path: Path) -> None:
    content, read = YAML[name]

    is_read_or_refused(read, tmp_path / "f.yaml", mutated(content, edits))


LAUGHS = b"a: &a [x]\n" + b"".join(
    b"k%d: &%c [%s]\n" % (n, 98 + n, b",".join([b"*%c" % (97 + n)] * 10)) for n in range(9)
)
"""Each list names the one before ten times."""


@pytest.mark.parametrize(
    "content",
    [
        b"a: " + b"[" * 100_000,
        b"a: " + b"{a: " * 100_000,
        b"- " * 100_000,
        LAUGHS,
        b"a: &a {<<: *a}\n",
    ],
    ids=["brackets", "braces", "dashes", "billion laughs", "merge of itself"],
)
def test_yaml_that_grows_without_bound_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(content)

    with pytest.raises(InputRefused, match=r"nested too deeply|once its aliases are written out|holds itself"):
        load_settings(path, source_types())


def test_every_example_is_read_as_it_stands(tmp_path: Path) -> None:
    for name, (content, read) in {**LINES, **YAML}.items():
        if name not in ("answers", "framework", "what-if"):
            (tmp_path / "f").write_bytes(content)
            read(tmp_path / "f")
