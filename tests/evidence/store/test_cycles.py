"""The search for cycles stands still for a while, and goes on whatever happens."""

from __future__ import annotations

import gc

import pytest

from mlops_maturity.evidence.store.cycles import no_search_for_cycles


def test_the_search_stands_still_within_and_goes_on_afterwards() -> None:
    with no_search_for_cycles():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_a_failure() -> None:
    with pytest.raises(ValueError, match="no"), no_search_for_cycles():
        raise ValueError("no")
    assert gc.isenabled()


def test_who_switched_it_off_finds_it_off() -> None:
    with no_search_for_cycles():
        with no_search_for_cycles():
            pass
        assert not gc.isenabled()
