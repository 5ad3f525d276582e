"""The generated pages of docs/ say what the code says, and nobody is left out."""

from __future__ import annotations

from pathlib import Path
from pkgutil import iter_modules

import pytest

from mlops_maturity.cli import commands
from mlops_maturity.cli.docs import NOTE, pages
from mlops_maturity.evidence.records import RECORD

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", pages())
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == NOTE + pages()[name](), "run `make docs`"


def test_every_command_there_is_stands_on_its_page() -> None:
    written = (DOCS / "commands.md").read_text(encoding="utf-8")
    modules = [found.name for found in iter_modules(commands.__path__)]
    assert len(modules) > 15
    assert [name for name in modules if f"## `mlops-maturity {name}" not in written] == []


def test_every_record_kind_and_field_is_documented() -> None:
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    common = {"kind", "source", "id", "url", "attributes"}
    for kind in RECORD.json_schema()["$defs"].values():
        if "kind" in kind["properties"]:
            row = next(
                line for line in text.splitlines() if line.startswith(f"| `{kind['properties']['kind']['const']}`")
            )
            for field in kind["properties"].keys() - common:
                assert f"`{field}`" in row
