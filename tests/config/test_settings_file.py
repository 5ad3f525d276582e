"""maturity.yaml: what is read, and how everything that is wrong in it is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.config.settings import Settings, SourceSettings
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.config.starter import starter_text

Types = Mapping[str, type[SourceSettings]]
Refused = Callable[[Callable[[], object]], list[str]]
Load = Callable[[str], Settings]

HEAD = "organisation: Acme\nteams: [{id: a}]\n"


@pytest.fixture
def load(tmp_path: Path, source_types: Types) -> Load:
    def from_text(text: str) -> Settings:
        path = tmp_path / "maturity.yaml"
        path.write_text(text, encoding="utf-8")
        return load_settings(path, source_types)

    return from_text


def source(lines: str, kind: str = "github", url: str = "https://h") -> str:
    """Settings of one source, its own lines from line 7 on."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return f"{HEAD}sources:\n  - id: s\n    type: {kind}\n    url: {url}\n{body}"


def test_the_example_is_read_as_it_is_meant(golden: Path, source_types: Types) -> None:
    settings = load_settings(golden / "maturity.example.yaml", source_types)

    (team,) = settings.teams
    assert (settings.organisation, settings.timezone, settings.store) == (
        "Acme",
        "Europe/Vienna",
        "sqlite:///maturity.db",
    )
    assert (team.id, team.title, team.group, team.criticality) == ("fraud", "Fraud detection", "payments/risk", "high")
    assert team.target is not None
    assert (team.target.level, team.target.by) == (2, date(2027, 6, 30))
    assert team.models == ("fraud-*",)
    assert team.prometheus == {"team": "fraud"}
    assert [source.type for source in settings.sources] == [
        "mlflow", "github", "gitlab", "jenkins", "buildbot", "prometheus", "alertmanager",
    ]  # fmt: skip
    by_id = {entry.id: entry.model_dump() for entry in settings.sources}
    assert by_id["tracking"]["production_aliases"] == ("champion", "production")
    assert by_id["github"]["rules"]["purpose"][0]["purpose"] == "training"
    assert by_id["gitlab"]["rules"] == by_id["github"]["rules"]  # by alias
    assert by_id["metrics"]["signals"][0]["promql"] == "avg(model_shadow_enabled{$team})"


def test_everything_but_organisation_and_a_team_has_a_default(load: Load) -> None:
    settings = load(HEAD)

    assert (settings.timezone, settings.store, settings.catalogue) == ("UTC", "sqlite:///maturity.db", "mlops")
    assert settings.sources == ()
    assert settings.teams[0].title == "a"
    assert settings.teams[0].kinds == ("classical",)


def test_the_only_team_that_selects_nothing_gets_everything(load: Load) -> None:
    (alone,) = load(HEAD).teams
    (choosy,) = load("organisation: A\nteams: [{id: a, prometheus: {team: a}}]\n").teams
    several = load("organisation: A\nteams: [{id: a}, {id: b}]\n").teams

    assert alone.models == alone.experiments == alone.repositories == ("*",)
    assert choosy.models == ()
    assert all(team.models == () for team in several)


def test_relative_paths_are_taken_from_the_file_but_for_the_store(load: Load, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    settings = load(
        "organisation: A\nteams: [{id: a}]\ncatalogue: ./mine\nsources:\n"
        "  - {id: t, type: mlflow, url: 'sqlite:///runs/mlflow.db', token_file: secrets/t, ca_bundle: /etc/ca.pem}\n"
        "  - {id: u, type: mlflow, url: 'sqlite:////srv/mlflow.db'}\n"
    )

    first, second = settings.sources
    assert first.token_file == tmp_path / "secrets/t"
    assert first.ca_bundle == Path("/etc/ca.pem")
    assert first.url == f"sqlite:///{tmp_path}/runs/mlflow.db"
    assert second.url == "sqlite:////srv/mlflow.db"
    assert settings.catalogue == str(tmp_path / "./mine")
    assert settings.store == "sqlite:///maturity.db"


def test_a_key_without_value_counts_as_left_out(load: Load) -> None:
    settings = load("organisation: A\ntimezone:\nteams:\n  - id: a\n    target:\n    models:\nsources:\n")

    assert settings.timezone == "UTC"
    assert settings.teams[0].target is None


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(load: Load, refused: Refused) -> None:
    text = """\
timezone: Europe/Vena
store: mysql://root:hunter2@db/x
organisaton: Acme
catalogue: mlps
teams:
  - id: Fraud Team
    kinds: [clasical]
    criticality: hgih
    target: {level: 4, by: 2027}
    modles: ["x"]
    models: fraud-*
    experiments: [""]
    prometheus: {team: 7, 8x: y}
    group: /payments
  - id: a
    target: {level: 2}
  - id: a
  - just a name
sources:
  - id: s
    type: githb
    timeout_s: 0
    token: hunter2
  - id: s
    type: github
    url: https://user:hunter2@h
    token_env: A
    token_file: b
    password: hunter2
    tokn_env: X
    timeout_s: .nan
    verify: no
    repositories: acme/x
    rules:
      purpose:
        - {pipelin: x, pipeline: y, is: ci}
        - {trigger: cron, is: trainin}
        - {is: ci}
      tiers: []
  - type: mlflow
    url:
    token_env: ghp_hunter2
  - 7
"""
    problems = refused(lambda: load(text))

    assert problems == [
        "maturity.yaml:1: timezone: no time zone is called 'Europe/Vena'; did you mean 'Europe/Vienna'?",
        "maturity.yaml:2: store: should be sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE",
        "maturity.yaml:3: organisaton: is not known; did you mean 'organisation'?",
        "maturity.yaml:4: catalogue: there is no catalogue 'mlps': no file or folder of that path; "
        "did you mean 'mlops'?",
        "maturity.yaml:6: teams.0.id: should begin with a-z or 0-9 and go on with a-z, 0-9, `.`, `_` or `-`; "
        "write 'fraud-team'",
        "maturity.yaml:7: teams.0.kinds.0: should be one of classical, genai, agent, not 'clasical'; "
        "did you mean 'classical'?",
        "maturity.yaml:8: teams.0.criticality: should be one of low, normal, high, not 'hgih'; did you mean 'high'?",
        "maturity.yaml:9: teams.0.target.level: should be at most 3, not 4",
        "maturity.yaml:9: teams.0.target.by: should be a date like 2027-06-30",
        "maturity.yaml:10: teams.0.modles: is not known; did you mean 'models'?",
        "maturity.yaml:11: teams.0.models: should be a list, written [a, b] or one `- a` a line, not 'fraud-*'",
        "maturity.yaml:12: teams.0.experiments.0: should not be empty, not ''",
        'maturity.yaml:13: teams.0.prometheus.team: should be text, so in quotes ("…"), not 7',
        "maturity.yaml:14: teams.0.group: should be a path such as payments/risk: no slash at its ends, no empty part",
        "maturity.yaml:16: teams.1.target.by: is needed",
        "maturity.yaml:17: teams.2.id: team 'a' is already in maturity.yaml:15; ids are unique",
        "maturity.yaml:18: teams.3: should be a mapping, written `key: value`, not 'just a name'",
        "maturity.yaml:20: sources.0.url: is needed",
        "maturity.yaml:21: sources.0.type: 'githb' is no type of source; did you mean 'github'?; known types are "
        "alertmanager, buildbot, github, gitlab, jenkins, mlflow, prometheus",
        "maturity.yaml:22: sources.0.timeout_s: should be more than 0, not 0",
        "maturity.yaml:23: sources.0.token: a secret is never written down here; name it with token_env or "
        "token_file, and change it if others saw it",
        "maturity.yaml:24: sources.1.id: source 's' is already in maturity.yaml:20; ids are unique",
        "maturity.yaml:26: sources.1.url: holds a user name or password; take it out and name it with *_env or *_file",
        "maturity.yaml:27: sources.1.token_env: token_env and token_file are both there; keep one of them",
        "maturity.yaml:29: sources.1.password: a secret is never written down here; name it with token_env or "
        "token_file, and change it if others saw it",
        "maturity.yaml:30: sources.1.tokn_env: is not known; did you mean 'token_env'?",
        "maturity.yaml:31: sources.1.timeout_s: should be a finite number, not nan",
        "maturity.yaml:32: sources.1.verify: should be true or false, without quotes, not 'no'",
        "maturity.yaml:33: sources.1.repositories: should be a list, written [a, b] or one `- a` a line, not 'acme/x'",
        "maturity.yaml:36: sources.1.rules.purpose.0.pipelin: is not known; did you mean 'pipeline'?",
        "maturity.yaml:37: sources.1.rules.purpose.1.trigger: 'cron' matches no trigger; "
        "there are push, pull_request, schedule, event, manual, unknown",
        "maturity.yaml:37: sources.1.rules.purpose.1.is: should be one of ci, training, evaluation, deployment, "
        "monitoring, other, not 'trainin'; did you mean 'training'?",
        "maturity.yaml:38: sources.1.rules.purpose.2: names no pattern; write one of pipeline, job, branch, trigger "
        '("*" matches all)',
        "maturity.yaml:39: sources.1.rules.tiers: is not known; did you mean 'tier'?",
        "maturity.yaml:40: sources.2.id: is needed",
        "maturity.yaml:41: sources.2.url: has no value; write one",
        "maturity.yaml:42: sources.2.token_env: should be the name of an environment variable, such as MY_TOKEN, "
        "and never the value itself",
        "maturity.yaml:43: sources.3: should be a mapping, written `key: value`",
    ]
    assert not [problem for problem in problems if "hunter2" in problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a\n- b\n", "maturity.yaml:1: should be a mapping with keys such as `teams:`"),
        ("just text\n", "maturity.yaml:1: should be a mapping with keys such as `teams:`"),
        ("", "maturity.yaml: is empty"),
        ("organisation: A\nteams: []\n", "maturity.yaml:2: teams: should not be empty"),
        ("organisation: A\nteams: {id: a}\n", "maturity.yaml:2: teams: should be a list, written [a, b]"),
        ("organisation: A\nteams:\n", "maturity.yaml:2: teams: has no value; write one"),
        ("organisation: ''\nteams: [{id: a}]\n", "maturity.yaml:1: organisation: should not be empty"),
        (f"{HEAD}sources: mlflow\n", "maturity.yaml:3: sources: should be a list"),
        (f"{HEAD}organisation: B\n", "maturity.yaml:3: organisation: is there twice, first in line 1"),
        (f"{HEAD}timezone: Europe\n", "maturity.yaml:3: timezone: no time zone is called 'Europe'"),
        (f"{HEAD}timezone: ''\n", "maturity.yaml:3: timezone: no time zone is called ''"),
        (f"{HEAD}timezone: +01:00\n", "maturity.yaml:3: timezone: no time zone is called '+01:00'"),
        (f"{HEAD}store: maturity.db\n", "maturity.yaml:3: store: should be sqlite:///FILE"),
        (f"{HEAD}catalogue: no/such/folder\n", "maturity.yaml:3: catalogue: there is no catalogue 'no/such/folder'"),
        (f"{HEAD}catalogue: '~nobody-here/x'\n", "maturity.yaml:3: catalogue: there is no catalogue"),
        (f"{HEAD}catalogue: {'x' * 5000}\n", "maturity.yaml:3: catalogue: there is no catalogue"),
        ("organisation: A\nteams: [{id: a, kinds: []}]\n", "maturity.yaml:2: teams.0.kinds: should not be empty"),
        ("organisation: A\nteams: [{id: 7}]\n", 'maturity.yaml:2: teams.0.id: should be text, so in quotes ("…")'),
        ("organisation: A\nteams: [{id: a, target: {level: true, by: 2027-01-01}}]\n",
         "maturity.yaml:2: teams.0.target.level: should be a whole number without quotes, not true"),
        ("organisation: A\nteams: [{id: a, target: {level: 0, by: 2027-01-01}}]\n",
         "maturity.yaml:2: teams.0.target.level: should be at least 1, not 0"),
        ("organisation: A\nteams: [{id: a, target: {level: 1, by: 2027-02-30}}]\n",
         "maturity.yaml:2: teams.0.target.by: looks like a day or time and isn't one"),
        ("organisation: A\nteams: [{id: a, target: {level: 1, by: soon}}]\n",
         "maturity.yaml:2: teams.0.target.by: should be a date like 2027-06-30"),
        (f"{HEAD}access: {{}}\n", "maturity.yaml:3: access: is not known; known are organisation, timezone, store"),
        (source("timeout_s: fast"), "maturity.yaml:7: sources.0.timeout_s: should be a number without quotes"),
        (source("timeout_s: .inf"), "maturity.yaml:7: sources.0.timeout_s: should be a finite number"),
        (source("deadline_s: -1"), "maturity.yaml:7: sources.0.deadline_s: should be more than 0, not -1"),
        (source("token_file: ''"), "maturity.yaml:7: sources.0.token_file: should be the path of a file"),
        (source("ca_bundle: 7"), "maturity.yaml:7: sources.0.ca_bundle: should be the path of a file, not 7"),
        (source("user: x"), "maturity.yaml:7: sources.0.user: is not known"),
        (source("rules: strict"), "maturity.yaml:7: sources.0.rules: should be a mapping, written `key: value`"),
        (source("api_key: hunter2"), "maturity.yaml:7: sources.0.api_key: a secret is never written down here"),
        (source("type: x"), "maturity.yaml:7: sources.0.type: is there twice"),
        (source("", url="http://169.254.169.254"), "maturity.yaml:6: sources.0.url: 169.254.169.254 is a link-local"),
        (source("", url="sqlite:///x.db"), "maturity.yaml:6: sources.0.url: should start with http:// or https://"),
        (source("", kind="[a]"), "maturity.yaml:5: sources.0.type: \"['a']\" is no type of source"),
        (f"{HEAD}sources: [{{id: s, url: 'https://h'}}]\n", "maturity.yaml:3: sources.0.type: is needed; known types"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_a_next_step(load: Load, refused: Refused, text: str, problem: str) -> None:
    (told,) = refused(lambda: load(text))

    assert told.startswith(problem)
    assert "hunter2" not in told


def test_a_source_may_widen_the_addresses_it_takes(load: Load) -> None:
    (tracking,) = load(source("", kind="mlflow", url="postgresql+psycopg://me@db/mlflow")).sources

    assert tracking.url == "postgresql+psycopg://me@db/mlflow"


@pytest.mark.parametrize("rest", ["me:hunter2@db/x", "me:hun@ter2@db/x", "db/x?user=me&password=hunter2"])
def test_a_password_in_the_url_of_the_store_is_refused_and_never_shown(load: Load, rest: str) -> None:
    with pytest.raises(InputRefused) as refused:
        load(f"{HEAD}store: postgresql+psycopg://{rest}\n")

    assert "store_password_env or store_password_file" in str(refused.value)
    assert "ter2" not in str(refused.value)


def test_the_password_of_the_store_comes_from_a_variable_or_a_file(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("hunter2\n")
    monkeypatch.setenv("STORE_PASSWORD", "hunter3")
    store = "store: postgresql+psycopg://me@db/x\n"

    def password(more: str) -> str | None:
        secret = load(f"{HEAD}{store}{more}").store_password(tmp_path)
        return secret.get_secret_value() if secret else None

    assert password("") is None
    assert password("store_password_file: secret\n") == "hunter2"
    assert password("store_password_env: STORE_PASSWORD\n") == "hunter3"
    with pytest.raises(LookupError, match="store_password_env of the settings names NO_SUCH_VARIABLE"):
        password("store_password_env: NO_SUCH_VARIABLE\n")


def test_the_starter_loads_as_it_is(load: Load) -> None:
    settings = load(starter_text())

    assert [team.models for team in settings.teams] == [("*",)]
    assert settings.sources == ()


def test_the_starter_loads_with_everything_uncommented(load: Load) -> None:
    head, sources = starter_text().split("sources:\n")
    wide = re.sub(r"(?m)^    # ", "    ", head) + "sources:\n" + sources.replace("\n#", "\n").removeprefix("#")

    settings = load(wide)

    assert [source.type for source in settings.sources] == ["mlflow", "github", "buildbot", "prometheus"]
    assert settings.teams[0].target is not None
    assert settings.teams[0].models == ("fraud-*",)


def test_what_an_alias_repeats_is_told_once(load: Load, refused: Refused) -> None:
    text = (
        f"{HEAD}sources:\n"
        '  - {id: a, type: github, url: "https://h", rules: &rules {tier: [{environment: "x", is: prod}]}}\n'
        '  - {id: b, type: gitlab, url: "https://h", rules: *rules}\n'
    )

    (problem,) = refused(lambda: load(text))

    assert problem.startswith("maturity.yaml:4: sources.0.rules.tier.0.is: ")


def test_a_password_that_looks_like_an_alias_a_tag_or_a_type_is_not_repeated(load: Load, refused: Refused) -> None:
    for text in ("token: *hunter2", "token: !hunter2 x", "token: !!hunter2 x", "type: http://ann:hunter2@h"):
        told = refused(lambda text=text: load(f"{HEAD}sources:\n  - id: a\n    {text}\n"))

        assert told
        assert "hunter2" not in "\n".join(told)
