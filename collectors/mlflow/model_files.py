"""The `MLmodel` file of versions in use: whether it names dependencies and a signature. Read once each, on request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from mlops_maturity.collectors.interface import BadAnswer, Failing, Forbidden, NoAnswer, Unauthorized, Unsupported
from mlops_maturity.collectors.mlflow.client import MlflowSource
from mlops_maturity.collectors.unread import Unread

AT_ONCE = 200
"""Files read in one run: about 0.2 s each."""
_LARGEST = 1_000_000
_ENVIRONMENT = ("env", "conda_env", "virtualenv", "pip_requirements", "requirements")
Facts = Mapping[str, bool]
"""`dependencies` and `signature`."""


class ModelFiles:
    """What model files told, kept between runs in the cursor of the versions."""

    def __init__(self, source: MlflowSource, known: Mapping[str, Facts], unread: Unread) -> None:
        """`known` is what `kept` gave before; `unread` the versions of which the file could not be read."""
        self._source = source
        self._known = dict(known)
        self._unread = unread
        self._left = AT_ONCE if source.settings.read_model_files and source.settings.is_http else 0

    def facts(self, name: str, version: str, *, wanted: bool) -> Facts:
        """What is known of a version's file, read now where it is `wanted` and was not before; empty if not known.

        One that can't be read is asked for again with growing pauses, so that many of them leave the others their turn.
        Where files may not be read, or none is, the rest of the run asks for no more. Raises other SourceErrors.
        """
        key = f"{name}/{version}"
        if key not in self._known and wanted and self._left > 0 and not self._unread.rests(key):
            self._left -= 1
            facts = self._read(name, version)
            if facts:
                self._known[key] = facts
        return self._known.get(key, {})

    def kept(self, versions: Iterable[str]) -> dict[str, Facts]:
        """What to remember of the versions (`model/version`) that are still there."""
        return {key: self._known[key] for key in sorted(versions) if key in self._known}

    def _read(self, name: str, version: str) -> Facts:
        try:
            return self._unread.ask(f"{name}/{version}", partial(self._facts, name, version)) or {}
        except (Unauthorized, Failing, NoAnswer):  # the store of files fails, or is not ours: no matter of the registry
            self._left = 0
            return {}

    def _facts(self, name: str, version: str) -> Facts:
        asked = urlencode({"name": name, "version": version, "path": "MLmodel"})
        try:
            facts = facts_of(self._source.text(f"/model-versions/get-artifact?{asked}"))
        except (Forbidden, NoAnswer):
            self._left = 0
            raise
        except Failing:
            raise
        except BadAnswer as error:
            raise Unsupported(str(error)) from None
        if not facts:
            raise Unsupported(f"{self._source.settings.id}: {name} {version}: MLmodel is no model file")
        return facts


def facts_of(text: str) -> Facts:
    """What a model file tells; empty for anything that is none."""
    if len(text) > _LARGEST:
        return {}
    try:
        told: Any = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError):
        return {}
    flavours = told.get("flavors") if isinstance(told, dict) else None
    if not isinstance(flavours, dict):
        return {}
    signature = told.get("signature")
    return {
        "dependencies": any(isinstance(each, dict) and _has_environment(each) for each in flavours.values()),
        "signature": isinstance(signature, dict) and bool(signature.get("inputs") or signature.get("params")),
    }


def _has_environment(flavour: Mapping[str, Any]) -> bool:
    return any(flavour.get(name) for name in _ENVIRONMENT)
