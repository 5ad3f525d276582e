"""Changes built before the merge: tied by commit or branch, and unknown where nothing ties them."""

SIGNAL = "ci.change_build_share"


def test_by_the_last_commit_of_the_change(make, measure):
    head = {"head_sha": "h"}
    built = make.change("2026-11-02", attributes=head)
    assert measure(SIGNAL, [built, make.run("2026-11-01", "ci", sha="h")]).value == 100
    assert measure(SIGNAL, [built, make.run("2026-11-03", "ci", sha="h")]).value == 0
    assert measure(SIGNAL, [built, make.run("2026-11-01", "ci", "failure", sha="h")]).value == 100
    assert measure(SIGNAL, [built, make.run("2026-11-01", "ci", "cancelled", sha="h")]).value == 0
    assert measure(SIGNAL, [built, make.run("2026-11-01", "training", sha="h")]).value == 0


def test_by_branch_within_the_life_of_the_change(make, measure):
    change = make.change("2026-11-05", created_at="2026-11-03", attributes={"branch": "fix"})
    assert measure(SIGNAL, [change, make.run("2026-11-04", "ci", ref="refs/heads/fix")]).value == 100
    # The branch of that name was another change's.
    assert measure(SIGNAL, [change, make.run("2026-10-04", "ci", ref="fix")]).value == 0
    assert measure(SIGNAL, [change, make.run("2026-11-04", "ci", ref="fix", repository="acme/other")]).reason == (
        "insufficient_data"
    )


def test_a_merged_commit_built_after_the_merge_only_says_nothing_of_before(make, measure):
    records = [make.change("2026-11-02", merge_sha="m"), make.run("2026-11-03", "ci", sha="m")]
    assert measure(SIGNAL, records).reason == "insufficient_data"
    assert measure(SIGNAL, [records[0], make.run("2026-11-01", "ci", sha="m")]).value == 100


def test_bots_and_repositories_without_runs_do_not_count(make, measure):
    records = [
        make.change("2026-11-02", attributes={"head_sha": "h"}),
        make.change("2026-11-02", author_kind="bot", attributes={"head_sha": "x"}),
        make.change("2026-11-02", repository="acme/silent", attributes={"head_sha": "y"}),
        make.run("2026-11-01", "ci", sha="h"),
    ]
    reading = measure(SIGNAL, records)
    assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)
    assert "1 by bots left out" in reading.note


def test_missing_where_either_is_not_read_or_nothing_merged(make, measure, cover):
    run, change = make.run("2026-11-01", "ci"), make.change("2026-11-02")
    assert measure(SIGNAL, [run]).reason == "no_records"
    assert measure(SIGNAL, [change, run], coverage=cover(kinds=["change"])).reason == "not_configured"
    assert measure(SIGNAL, [change, run], coverage=cover(kinds=["pipeline_run"])).reason == "not_configured"
