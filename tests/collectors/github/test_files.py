"""Which files tell what, and when a list of requirements is pinned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.collectors.github.files import Finder, RepositoryFiles, pinned

FILES = RepositoryFiles()


def found(fact, *paths):
    return Finder(paths, FILES.ignored_folders).all(getattr(FILES, fact))


@pytest.mark.parametrize(
    ("fact", "path"),
    [
        ("lockfile", "uv.lock"),
        ("lockfile", "services/api/poetry.lock"),
        ("lockfile", "env/linux.conda-lock.yml"),
        ("lockfile", "pylock.train.toml"),
        ("owner_file", "CODEOWNERS"),
        ("owner_file", ".github/CODEOWNERS"),
        ("owner_file", "docs/CODEOWNERS"),
        ("model_card", "MODEL_CARD.md"),
        ("model_card", "docs/model-card-fraud.md"),
        ("model_card", "models/churn/model_card.md"),
        ("template", ".cruft.json"),
        ("template", ".copier-answers.yml"),
    ],
)
def test_a_file_is_found_where_it_counts(fact, path):
    assert found(fact, "README.md", path) == [path]


@pytest.mark.parametrize(
    ("fact", "path"),
    [
        ("lockfile", "node_modules/left-pad/package-lock.json"),
        ("lockfile", "tests/fixtures/uv.lock"),
        ("lockfile", "uv.lock.bak"),
        ("lockfile", "my-uv.lock/readme.md"),
        ("owner_file", "src/CODEOWNERS"),
        ("owner_file", "docs/old/CODEOWNERS"),
        ("owner_file", "codeowners"),
        ("model_card", "models/card.md"),
        ("template", "cookiecutter.json"),
    ],
)
def test_a_file_elsewhere_or_of_another_name_does_not_count(fact, path):
    assert found(fact, path) == []


def test_the_file_nearest_to_the_root_is_named_first():
    assert found("lockfile", "b/c/uv.lock", "z/uv.lock", "a/uv.lock") == ["a/uv.lock", "z/uv.lock", "b/c/uv.lock"]


def test_without_patterns_nothing_is_found_and_nothing_is_left_out():
    assert Finder(["tests/uv.lock"], []).all(["uv.lock"]) == ["tests/uv.lock"]
    assert Finder(["uv.lock"], []).all([]) == []


HASH = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "text",
    [
        "numpy==2.2.1",
        "# made by pip-compile\nnumpy==2.2.1  # via pandas\n\npandas[sql]===2.3.0 ; python_version < '3.13'\n",
        "numpy==2.2.1 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def\n",
        "-r base.txt\n--index-url https://example.org\nnumpy==2.2.1",
        "tool @ https://example.org/tool-1.0-py3-none-any.whl",
        f"tool @ git+https://example.org/tool@{HASH}",
        f"git+https://example.org/tool@{HASH}#egg=tool",
        "numpy==2.2.1\r\npandas==2.3.0\r\n",
    ],
)
def test_a_list_that_names_one_version_of_each_is_pinned(text):
    assert pinned(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet",
        "-r base.txt",
        "numpy",
        "numpy>=2",
        "numpy==2.*",
        "numpy==2.2.1\npandas~=2.3",
        "-e .",
        "tool @ git+https://example.org/tool@main",
        "git+https://example.org/tool@main",
        "./local/wheel.whl",
        "<<<<<<< HEAD",
    ],
)
def test_a_list_that_leaves_a_choice_is_not(text):
    assert not pinned(text)


@given(st.text())
def test_any_text_can_be_judged(text):
    assert pinned(text) in (True, False)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n")), max_size=20))
def test_what_is_found_is_among_the_paths(paths):
    for fact in ("lockfile", "requirements", "owner_file", "model_card", "template"):
        assert set(found(fact, *paths)) <= set(paths)
