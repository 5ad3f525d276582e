"""Secrets are read from where they are named, and never told."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_maturity.config.secrets import read_secret
from mlops_maturity.config.settings import SourceSettings


def test_a_secret_comes_from_the_variable_or_the_file_without_white_space(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("A_TOKEN", " s3cret\n")
    file = tmp_path / "token"
    file.write_text("from-file\r\n")

    from_env = read_secret("github", "token", "A_TOKEN", None)
    from_file = read_secret("github", "token", None, file)

    assert from_env is not None
    assert from_env.get_secret_value() == "s3cret"
    assert from_file is not None
    assert from_file.get_secret_value() == "from-file"
    assert "s3cret" not in repr(from_env)


def test_no_name_means_no_secret() -> None:
    assert read_secret("github", "token", None, None) is None


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A_TOKEN", raising=False)

    with pytest.raises(LookupError, match="token_env of github names A_TOKEN, which is not set"):
        read_secret("github", "token", "A_TOKEN", None)


@pytest.mark.parametrize("value", ["", "  \n"])
def test_an_empty_variable_is_no_secret(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("A_TOKEN", value)

    with pytest.raises(LookupError, match=r"A_TOKEN .* is empty"):
        read_secret("github", "token", "A_TOKEN", None)


def test_a_secret_of_two_lines_could_smuggle_a_header(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc\r\nX-Evil: 1")

    with pytest.raises(LookupError) as refused:
        read_secret("github", "token", None, file)

    assert "line breaks" in str(refused.value)
    assert "Evil" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"\xff\xfe\x00", "is not text"), (b"x" * 70_000, "is too large"), (b"\n", "is empty")]
)
def test_a_file_that_holds_no_secret_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)

    with pytest.raises(LookupError, match=reason) as refused:
        read_secret("github", "token", None, file)

    assert str(file) in str(refused.value)


def test_a_file_that_is_missing_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="can't be read: No such file"):
        read_secret("github", "token", None, tmp_path / "no")
    with pytest.raises(LookupError, match="can't be read: Is a directory"):
        read_secret("github", "token", None, tmp_path)


def test_a_source_knows_its_secrets_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "s3cret")
    source = SourceSettings(id="github", type="github", url="https://h", token_env="A_TOKEN")

    secret = source.secret()

    assert secret is not None
    assert secret.get_secret_value() == "s3cret"
    assert source.secret("user") is None
    assert "s3cret" not in repr(source)


@pytest.mark.parametrize("secret", ["abcdef0123456789abcdef01", "AKIAIOSFODNN7EXAMPLE", "dapi0f3c_77ab41cd90ef12"])
def test_a_secret_in_place_of_the_name_that_holds_it_is_not_repeated(secret: str, tmp_path: Path) -> None:
    for env, file in ((secret, None), (None, tmp_path / secret)):
        with pytest.raises(LookupError) as refused:
            read_secret("github", "token", env, file)

        assert secret not in str(refused.value)
        assert "looks like a secret itself" in str(refused.value)


@pytest.mark.parametrize("name", ["MLFLOW_TOKEN_2", "mlflow_token_2024_prod", "ACME_CI_2024_READER"])
def test_the_name_of_a_variable_is_told(name: str) -> None:
    with pytest.raises(LookupError, match=f"names {name}, which is not set"):
        read_secret("github", "token", name, None)
