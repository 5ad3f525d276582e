"""Every signal is found, told in full, and has a place in the catalogue."""

from types import ModuleType

import pytest

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.signals.interface import Signal
from mlops_maturity.evidence.signals.reference import PARTS, parts_of, render_signals
from mlops_maturity.evidence.signals.registry import collect, signals


def test_the_built_in_catalogue_uses_every_signal_of_the_registry():
    unused = signals().keys() - builtin_catalogue().signal_ids
    # Delivery of models is shown, and not graded a second time beside what it is made of.
    assert {signal_id.partition(".")[0] for signal_id in unused} <= {"ml"}
    assert len(signals()) >= 29


def test_ids_say_the_system_and_are_in_order():
    assert list(signals()) == sorted(signals())
    assert {signal_id.partition(".")[0] for signal_id in signals()} <= {"mlflow", "ml", "prom", "ci", "scm"}


@pytest.mark.parametrize("signal", signals().values(), ids=lambda signal: signal.id)
def test_a_signal_tells_unit_window_formula_source_and_what_makes_it_missing(signal: Signal):
    told = parts_of(signal)
    assert set(told) == {"", *PARTS}
    assert told["Unit"].startswith(signal.unit.rstrip("s"))
    assert told["Window"].startswith(f"{signal.window_days} days")
    assert signal.needs
    assert signal.source


@pytest.mark.parametrize("signal", signals().values(), ids=lambda signal: signal.id)
def test_the_page_holds_the_signal(signal: Signal):
    page = render_signals()
    assert f"## `{signal.id}`" in page
    assert f"| [`{signal.id}`](#{signal.id.replace('.', '')}) |" in page


def test_a_docstring_that_lacks_a_part_is_named():
    def silent(view, window):
        """Something.

        Unit: percent.
        """

    signal = next(iter(signals().values()))
    broken = Signal(**{f: getattr(signal, f) for f in signal.__slots__} | {"measure": silent})
    with pytest.raises(ValueError, match=f"{signal.id} does not tell: Window, Formula"):
        parts_of(broken)


def test_two_signals_of_one_id_are_refused():
    module = ModuleType("twice")
    module.SIGNALS = tuple(signals().values())[:1] * 2
    with pytest.raises(ValueError, match="two signals are called"):
        collect([module])


def test_a_module_without_signals_has_none():
    assert collect([ModuleType("empty")]) == {}
