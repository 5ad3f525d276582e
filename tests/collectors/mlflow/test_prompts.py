"""Prompts as observations: what is registered today, what was released since, and what the source can't tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors.mlflow.collector import PROMPTS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def prompt(name, aliases=None, tags=None):
    told = {"mlflow.prompt.is_prompt": "true", **(tags or {})}
    return {
        "name": name,
        "aliases": [{"alias": alias, "version": version} for alias, version in (aliases or {}).items()],
        "tags": [{"key": key, "value": value} for key, value in told.items()],
    }


def seen(kept, name):
    return [record for (_, _), record in sorted(kept.records.items()) if record.name == name]


def test_each_prompt_once_a_day_and_that_they_were_looked_for(fake, read):
    fake.prompts = [prompt("chat-a", {"champion": "3"}), prompt("chat-b", tags={"application": "mail"})]
    kept = read(stream=PROMPTS)
    read(kept, stream=PROMPTS, now=NOW + timedelta(hours=2))
    assert kept.changed == 0
    found = {
        record.subject: (record.state, record.value, record.attributes) for record in seen(kept, "prompt_registered")
    }
    assert found == {
        "*": ("yes", 2, {}),
        "chat-a": ("yes", None, {"prompt": "chat-a"}),
        "mail": ("no", None, {"prompt": "chat-b"}),
    }
    assert {record.observed_at for record in kept.records.values()} == {NOW.replace(hour=0)}


def test_prompts_beyond_one_page(fake, read):
    fake.prompts = [prompt(f"p{number:04}") for number in range(1203)]
    assert len(read(stream=PROMPTS).ids("observation")) == 1204


def test_a_release_is_an_alias_that_moved_between_two_looks(fake, read):
    fake.prompts = [prompt("chat", {"champion": "1", "test": "1"})]
    kept = read(stream=PROMPTS)
    assert seen(kept, "prompt_released") == []
    fake.prompts = [prompt("chat", {"champion": "2", "test": "9"}), prompt("new", {"production": "1"})]
    read(kept, stream=PROMPTS, now=NOW + DAY)
    read(kept, stream=PROMPTS, now=NOW + 2 * DAY)
    released = [
        (record.subject, record.attributes["version"], record.observed_at) for record in seen(kept, "prompt_released")
    ]
    assert released == [("chat", "2", NOW + DAY), ("new", "1", NOW + DAY)]


def test_none_there_is_told_apart_from_no_prompt_registry(fake, read):
    (none,) = read(stream=PROMPTS).records.values()
    assert (none.subject, none.state, none.value) == ("*", "no", 0)
    fake.version = "2.20.3"
    (old,) = read(stream=PROMPTS).records.values()
    assert (old.subject, old.state) == ("*", "unsupported")
    assert "2.20 has no prompt registry" in old.attributes["reason"]


@pytest.mark.parametrize(("status", "state"), [(401, "forbidden"), (403, "forbidden"), (404, "unsupported")])
def test_a_refusal_is_told_and_fails_nothing(fake, read, scripted_server, told, status, state):
    fake.prompts = [prompt("chat", {"champion": "1"})]
    kept = read(stream=PROMPTS)
    scripted_server.faults.extend([told(b"3.17.2"), told(b"no", status=status)])
    before = dict(kept.cursor)
    read(kept, stream=PROMPTS, now=NOW + DAY)
    assert kept.records["observation", "prompt_registered/*/2026-11-24"].state == state
    assert kept.cursor == before
