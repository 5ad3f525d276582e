"""What a reading holds comes back from its text as it went in; its proof is taken apart only when it is looked at."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.store.reading_contents import from_text, to_text

NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
PROOFS = st.builds(
    Proof,
    count=st.integers(0, 10**6),
    sample=st.lists(st.tuples(WORDS, WORDS, WORDS, st.none() | WORDS), max_size=3).map(tuple),
)
RESULTS = st.builds(
    Measured, value=NUMBERS, seen=NUMBERS, scope=NUMBERS, opportunities=NUMBERS, proof=PROOFS, note=WORDS
)
ONE = Measured(value=1, seen=2, scope=3, opportunities=4.5, proof=Proof(count=9, sample=(("s", "k", "id", None),)))


@given(RESULTS)
def test_what_was_measured_comes_back(result: Measured) -> None:
    read = from_text(to_text(result))
    assert read == result
    assert result == read
    assert hash(read) == hash(result)
    assert to_text(read) == to_text(result)
    assert [type(read.value), type(read.seen)] == [type(result.value), type(result.seen)]


@given(WORDS)
def test_what_is_missing_comes_back(detail: str) -> None:
    result = Missing(reason="forbidden", detail=detail)
    assert from_text(to_text(result)) == result


def test_a_proof_that_nobody_looked_at_can_be_copied() -> None:
    text = to_text(ONE)
    for twin in (pickle.loads(pickle.dumps(from_text(text))), copy.deepcopy(from_text(text))):
        assert twin == ONE
        assert twin.proof.sample == ONE.proof.sample
    assert replace(from_text(text), note="more").proof == ONE.proof


def test_another_proof_is_another_result() -> None:
    assert from_text(to_text(ONE)) != replace(ONE, proof=Proof(count=9))
    assert from_text(to_text(ONE)).proof != (9, ONE.proof.sample)


def test_a_proof_has_nothing_else() -> None:
    with pytest.raises(AttributeError, match="samples"):
        _ = from_text(to_text(ONE)).proof.samples
