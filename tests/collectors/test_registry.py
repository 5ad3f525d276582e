"""Adding a collector is adding a module with a KIND, and nothing else."""

from __future__ import annotations

import sys

import pytest

import mlops_maturity.collectors as room
from mlops_maturity.collectors.registry import build, kinds, source_types
from mlops_maturity.config.settings import Settings, SourceSettings, Team

MODULE = """
from mlops_maturity.config.settings import SourceSettings

class Kind:
    type = {word!r}
    settings = SourceSettings

    def build(self, source, settings):
        return (source.id, settings.organisation)

KIND = Kind()
"""


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Adds a module to the room for the time of a test."""

    def add(word):
        (tmp_path / "extra_for_a_test.py").write_text(MODULE.format(word=word))
        monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path)])
        kinds.cache_clear()

    yield add
    sys.modules.pop("mlops_maturity.collectors.extra_for_a_test", None)
    vars(room).pop("extra_for_a_test", None)
    kinds.cache_clear()


def test_the_kinds_that_are_there_are_found():
    assert {"github", "buildbot", "mlflow", "prometheus"} <= set(source_types())
    assert list(kinds()) == sorted(kinds())
    assert all(issubclass(settings, SourceSettings) for settings in source_types().values())


def test_a_new_module_with_a_kind_is_found(added):
    added("extra")
    assert source_types()["extra"] is SourceSettings
    source = SourceSettings(id="s", type="extra", url="https://x.example")
    assert build(source, Settings(organisation="Acme", teams=(Team(id="t"),))) == ("s", "Acme")


def test_two_modules_of_one_word_are_a_mistake(added):
    added("github")
    with pytest.raises(RuntimeError, match="two collectors read sources of type 'github'"):
        kinds()


def test_an_unknown_word_is_a_key_error():
    source = SourceSettings(id="s", type="nothing", url="https://x.example")
    with pytest.raises(KeyError):
        build(source, Settings(organisation="Acme", teams=(Team(id="t"),)))
