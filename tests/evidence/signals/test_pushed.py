"""What the built-in model uses is either computed or said to be pushed."""

from __future__ import annotations

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.signals.pushed import PUSHED
from mlops_maturity.evidence.signals.reference import render_signals
from mlops_maturity.evidence.signals.registry import signals


def test_every_signal_of_the_model_is_computed_or_pushed_and_none_is_both():
    used = {use.id for practice in builtin_catalogue().practices for use in practice.signals}
    pushed = [one.id for one in PUSHED]
    assert len(pushed) == len(set(pushed))
    assert used - signals().keys() == set(pushed)


def test_each_is_on_the_page_with_who_feeds_it():
    page = render_signals()
    for one in PUSHED:
        assert f"| `{one.id}` | {one.title} | {one.unit} | {one.fed_by} |" in page
