"""The configuration reference as Markdown, made from the models that read the files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import BaseModel

from mlops_maturity.config import rules
from mlops_maturity.config.catalogue import Parameters
from mlops_maturity.config.catalogue_format import CatalogueFormat
from mlops_maturity.config.framework_format import FrameworkFormat
from mlops_maturity.config.schema_words import default_in_words, holds_list, kind_in_words, nested, without_none
from mlops_maturity.config.settings import Settings, SourceSettings

_INTRODUCTION = """\
# Configuration

`mlops-maturity init` writes a commented starter; `mlops-maturity check` names every problem at once, as
`file:line: path: what is wrong`. Files are YAML 1.2 in UTF-8: yes, no and on are text there, anchors and aliases
(`&rules`, `*rules`) work, and a key that is not known, or stands there twice, is refused.

**Secrets** are never written into a file. `token_env: NAME` names an environment variable, `token_file: PATH` a file
that holds nothing else; the same goes for every other key that ends so. An `url` takes no user name and no password.

**Patterns** are globs: `*` any text, `?` one character, `[ab]` one of these, `[[]` a bracket itself.

**The only team**, where it selects nothing at all, gets every record.
"""
_CATALOGUE = """\
## The catalogue

One file, or a folder of `.yaml` files (at any depth, in the order of their names) that together hold the same keys.
In a folder a file may also be one practice, with the keys of a practice at its top. Lists are joined; any other key
stands in one file only. A bad catalogue is refused with every reason at once.
"""
_FRAMEWORK = """\
## A framework

One file, named under `frameworks:` in the settings. What the rules mean is in [frameworks.md](frameworks.md).
"""


def render_configuration(source_types: Mapping[str, type[SourceSettings]]) -> str:
    """All of docs/configuration.md; `source_types` as `load_settings` takes them."""
    page = _Page()
    page.lines += [_INTRODUCTION]
    page.section("## `maturity.yaml`", Settings, "", skip={"sources"})
    page.section("## Every source", SourceSettings, "sources[].", link_to="sources")
    for kind, model in sorted(source_types.items()):
        page.section(f"### `type: {kind}`", model, "", skip=_common_keys(model))
    if "Rules" in page.headings:
        page.lines += _presets()
    page.lines += [_CATALOGUE]
    page.section("### Top of a catalogue", CatalogueFormat, "", overrides=_parameters())
    page.lines += [_FRAMEWORK]
    page.section("### Keys of a framework", FrameworkFormat, "frameworks[].")
    return "\n".join(page.lines).rstrip() + "\n"


@dataclass(slots=True)
class _Page:
    """The page so far, and which nested models it holds already."""

    lines: list[str] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    """Name of a model to the heading it is described under."""

    def section(
        self,
        heading: str,
        model: type[BaseModel],
        path: str,
        *,
        skip: Iterable[str] = (),
        link_to: str = "",
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """One model as a table of its keys, then each model nested in it that the page doesn't hold yet."""
        schema = model.model_json_schema()
        self._describe(heading, schema, path, schema.get("$defs", {}), frozenset(skip), overrides or {})
        if link_to:
            self.headings[model.__name__] = heading

    def _describe(
        self,
        heading: str,
        schema: Mapping[str, Any],
        path: str,
        models: Mapping[str, Any],
        skip: frozenset[str],
        overrides: Mapping[str, Mapping[str, Any]],
    ) -> None:
        keys = {key: value for key, value in schema.get("properties", {}).items() if key not in skip}
        below = list(self._new_models(keys, path))
        self.headings.update({name: f"{'#' * (_depth(heading) + 1)} `{place}`" for name, place in below})
        self.lines += [heading, ""]
        if schema.get("description"):
            self.lines += [schema["description"].strip(), ""]
        if keys:
            needed = frozenset(schema.get("required", ()))
            self.lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
            self.lines += [
                self._row(key, value | overrides.get(key, {}), key in needed, models) for key, value in keys.items()
            ]
            self.lines.append("")
        for name, place in below:
            deeper = _of_model(name, overrides)
            self._describe(self.headings[name], models[name], f"{place}.", models, frozenset(), deeper)

    def _new_models(self, keys: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
        seen = set(self.headings)
        for key, value in keys.items():
            for name in nested(value):
                if name not in seen:
                    seen.add(name)
                    yield name, f"{path}{key}{'[]' if holds_list(value) else ''}"

    def _row(self, key: str, schema: Mapping[str, Any], needed: bool, models: Mapping[str, Any]) -> str:
        # A key that is described just as its model is has no description of its own in the schema.
        described = [schema, *(models[name] for name in nested(schema))]
        cells = (
            f"`{key}`",
            kind_in_words(schema, self._link),
            default_in_words(schema, needed),
            " ".join(next((part["description"] for part in described if part.get("description")), "").split()),
        )
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    def _link(self, name: str) -> str:
        text = self.headings[name].lstrip("# ")
        anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        return f"[{text}](#{anchor})"


def _depth(heading: str) -> int:
    return min(len(heading) - len(heading.lstrip("#")), 5)


def _common_keys(model: type[SourceSettings]) -> set[str]:
    """Keys a kind of source takes over as they are; what it says otherwise is worth a row."""
    own, common = (cls.model_json_schema()["properties"] for cls in (model, SourceSettings))
    return {"id", "type"} | {key for key in common if without_none(own[key]) == without_none(common[key])}


def _of_model(name: str, overrides: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return overrides.get(f"{name}.", {})


def _parameters() -> Mapping[str, Mapping[str, Any]]:
    """The scoring's defaults, which the format itself leaves to the scoring."""
    defaults = {
        name: {"default": {str(key): part for key, part in value.items()} if isinstance(value, Mapping) else value}
        for name, value in asdict(Parameters()).items()
    }
    return {"ParametersFormat.": defaults}


def _presets() -> Iterator[str]:
    yield "### Preset of `rules`"
    yield ""
    yield "Counts list by list, where a list is not written."
    yield ""
    yield "```yaml"
    yield "rules:"
    yield "  purpose:"
    yield from (f'    - {{pipeline: "{rule.pipeline}", is: {rule.purpose}}}' for rule in rules.PURPOSES)
    yield "  tier:"
    yield from (f'    - {{environment: "{rule.environment}", is: {rule.tier}}}' for rule in rules.TIERS)
    hotfix = rules.HotfixRule()
    yield f"  hotfix: {{branches: {_texts(hotfix.branches)}, labels: {_texts(hotfix.labels)}}}"
    yield f"  bots: {_texts(rules.Rules().bots)}"
    yield "```"
    yield ""


def _texts(texts: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"
