"""JSON as servers send it: read quickly, and never taken otherwise than the standard library takes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.collectors.http_json import parsed

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
)


@given(ANY_JSON)
def test_whatever_is_written_is_read_as_it_was(value: Any) -> None:
    assert parsed(json.dumps(value).encode()) == value


@given(st.binary() | st.text(alphabet='{}[]",:0123456789.eE+-truefalsn \\ud8', max_size=40).map(str.encode))
def test_whatever_the_standard_library_takes_or_refuses_is_taken_or_refused(body: bytes) -> None:
    try:
        wanted = repr(json.loads(body, parse_constant=_refused))
    except ValueError:
        with pytest.raises(ValueError):
            parsed(body)
    else:
        assert repr(parsed(body)) == wanted


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"title": "\\ud83d"}', id="half of a surrogate pair"),
        pytest.param('{"title": "Übung"}'.encode("utf-16"), id="another encoding"),
        pytest.param(b"\xef\xbb\xbf{}", id="a byte order mark"),
        pytest.param(b"[" * 400 + b"]" * 400, id="nested deeply"),
        pytest.param(b'{"id": 123456789012345678901234567890}', id="a number beyond 64 bits"),
        pytest.param(b'{"a": 1, "a": 2}', id="a key twice"),
    ],
)
def test_what_is_odd_and_taken_elsewhere_is_taken(body: bytes) -> None:
    assert parsed(body) == json.loads(body)


@pytest.mark.parametrize("body", [b"NaN", b"[-Infinity]", b"", b"{", b'"\xff"', b"{}{}"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        parsed(body)


def _refused(name: str) -> Any:
    raise ValueError(name)
