"""Repositories by what was observed of them; forbidden and not looked at are not a no."""

import pytest

SHARES = {
    "scm.protected_share": "protected_branch",
    "scm.lockfile_share": "lockfile",
    "scm.owner_file_share": "owner_file",
    "scm.model_card_share": "model_card",
}
TEMPLATE, NOTES = "ci.template_share", "scm.release_note_share"


@pytest.mark.parametrize(("signal", "name"), SHARES.items())
class TestShares:
    def test_the_newest_known_state_of_each(self, make, measure, signal, name):
        records = [
            make.observation(name, "2026-11-01", "acme/a", "no"),
            make.observation(name, "2026-11-20", "acme/a", "yes"),
            make.observation(name, "2026-11-21", "acme/a", "forbidden"),
            make.observation(name, "2026-11-20", "acme/b", "no"),
            make.observation(name, "2026-11-20", "acme/c", "forbidden"),
        ]
        reading = measure(signal, records)
        assert (reading.value, reading.seen, reading.scope) == (50, 2, 3)

    def test_repositories_that_are_deployed_from_are_those_that_count(self, make, measure, signal, name):
        records = [
            make.observation(name, "2026-11-20", "acme/fraud", "yes"),
            make.observation(name, "2026-11-20", "acme/notes", "no"),
            make.deployment("2026-10-01", repository="acme/fraud"),
            make.deployment("2026-10-01", repository="acme/unseen"),
        ]
        reading = measure(signal, records)
        assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)

    def test_forbidden_everywhere_is_forbidden_and_never_looked_is_not_configured(self, make, measure, signal, name):
        assert measure(signal, [make.observation(name, "2026-11-20", "acme/a", "forbidden")]).reason == "forbidden"
        assert measure(signal, [make.deployment("2026-11-01")]).reason == "not_configured"


def test_a_template_or_a_workflow_of_another_repository(make, measure):
    shared = {"shared_workflows": ["acme/workflows"]}
    records = [
        make.run("2026-11-01", repository="acme/a", attributes=shared),
        make.run("2026-11-01", repository="acme/b", attributes={"shared_workflows": []}),
        make.run("2026-11-01", repository="acme/c"),
        make.run("2026-11-01", repository="acme/d"),
        make.observation("template", "2026-11-20", "acme/c", "yes"),
    ]
    reading = measure(TEMPLATE, records)
    assert (reading.value, reading.seen, reading.scope) == (pytest.approx(200 / 3), 3, 4)
    assert measure(TEMPLATE, records[3:4]).reason == "insufficient_data"


def test_each_release_counts_by_its_own_day(make, measure):
    records = [
        make.observation("release_notes", "2026-11-01", "acme/a", "yes", id="1"),
        make.observation("release_notes", "2026-11-01", "acme/a", "no", id="2"),
        make.observation("release_notes", "2026-01-01", "acme/a", "no", id="3"),
    ]
    reading = measure(NOTES, records)
    assert (reading.value, reading.opportunities) == (50, 2)
    assert measure(NOTES, records[2:]).reason == "no_records"


def test_a_code_host_that_answers_does_not_make_a_silent_metrics_server_look_alive(make, measure, cover):
    records = [
        make.observation("serving", "2026-09-01", source="prom"),
        make.observation("drift_metric", "2026-09-01", source="prom"),
        make.observation("lockfile", "2026-11-20", "acme/a", source="hub"),
    ]
    coverage = [
        *cover(end="2026-09-02", source="prom", kinds=["observation"]),
        *cover(source="hub", kinds=["observation"]),
    ]
    assert measure("prom.drift_metric_share", records, coverage=coverage).reason == "not_covered"
    assert measure("scm.lockfile_share", records, coverage=coverage).value == 100
