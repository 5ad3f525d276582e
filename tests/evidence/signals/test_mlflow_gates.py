"""What is recorded of a version before it serves, and how many people log to one experiment."""

import pytest

from mlops_maturity.config.settings import Team

APPROVED, SLICED = "mlflow.approval_share", "mlflow.slice_eval_share"
FAIR, FILES = "mlflow.fairness_artifact_share", "mlflow.env_signature_share"
PEOPLE = "mlflow.contributors_per_experiment"


def promoted(make, number, *, run=None, **attributes):
    """A version that got its alias on a day of October, with what its run says."""
    made = make.tracked(f"2026-10-{number:02}", **(run or {}))
    version = make.version(f"2026-10-{number:02}", version=str(number), run=made.id, attributes=attributes)
    alias = make.alias("fraud-x", str(number), f"2026-10-{number:02} 12:00", f"2026-10-{number:02} 13:00")
    return [made, version, alias]


CASES = [
    (APPROVED, {"run": {"author": "ann"}, "approver": "bob"}, {"run": {"author": "ann"}}),
    (SLICED, {"run": {"attributes": {"slices": 2}}}, {"run": {"attributes": {"slices": 1}}}),
]


@pytest.mark.parametrize(("signal", "good", "bad"), CASES)
class TestOfPromotedVersions:
    def test_share(self, make, measure, signal, good, bad):
        records = [*promoted(make, 1, **good), *promoted(make, 2, **good), *promoted(make, 3, **bad)]
        reading = measure(signal, records)
        assert reading.value == pytest.approx(200 / 3)
        assert (reading.seen, reading.scope, reading.opportunities) == (3, 3, 3)

    def test_a_convention_that_nobody_ever_followed_is_no_zero(self, make, measure, signal, good, bad):
        none = [record for day in (1, 2) for record in promoted(make, day)]
        assert measure(signal, none).reason == "not_configured"
        reading = measure(signal, [*none, *promoted(make, 3, **good)])
        assert reading.value == pytest.approx(100 / 3)

    def test_one_followed_only_before_the_window_makes_the_later_ones_a_no(self, make, measure, signal, good, bad):
        early = promoted(make, 1, **good)
        early[2] = early[2].model_copy(update={"first_seen_at": early[1].created_at.replace(year=2025)})
        assert measure(signal, [*early, *promoted(make, 2)]).value == 0

    def test_a_version_that_is_gone_is_unknown(self, make, measure, signal, good, bad):
        lost = make.alias("fraud-x", "9", "2026-10-09", "2026-10-10")
        reading = measure(signal, [*promoted(make, 1, **good), lost])
        assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)

    def test_nothing_promoted_and_not_read_are_told_apart(self, make, measure, cover, signal, good, bad):
        run, version, _ = promoted(make, 1, **good)
        assert measure(signal, [run, version]).reason == "no_records"
        unread = measure(signal, [run, version], coverage=cover(kinds=["model_version"]))
        assert unread.reason == "not_configured"
        assert "connect" in unread.detail


@pytest.mark.parametrize(
    ("run", "attributes", "verdict"),
    [
        ({"author": "ann"}, {"approver": "ann"}, 0),
        ({"author": "ann"}, {"approver": "bob", "registered_by": "bob"}, 0),
        ({"author": "ann"}, {"approver": "ann", "registered_by": "bob"}, 100),
        ({"trigger": "automation"}, {"approver": "bob"}, 100),
        ({}, {"approver": "bob"}, None),
    ],
    ids=["own run", "own version", "registry counts more", "made by automation", "maker unknown"],
)
def test_who_approved_must_be_somebody_else(make, measure, run, attributes, verdict):
    reading = measure(APPROVED, promoted(make, 1, run=run, **attributes))
    assert getattr(reading, "value", None) == verdict
    assert verdict is not None or reading.reason == "insufficient_data"


def test_slices_and_fairness_may_be_measured_by_a_child_run(make, measure):
    run, version, alias = promoted(make, 1)
    child = make.tracked("2026-10-01", parent=run.id, attributes={"slices": 3, "fairness": 1})
    assert measure(SLICED, [run, version, alias, child]).value == 100
    people = make.model(attributes={"affects_people": True})
    now = make.alias("fraud-x", "1", "2026-10-02")
    assert measure(FAIR, [run, version, now, child, people]).value == 100


def test_a_version_whose_run_is_gone_has_no_known_slices(make, measure):
    known = promoted(make, 1, run={"attributes": {"slices": 2}})
    reading = measure(SLICED, [*known, *promoted(make, 2)[1:]])
    assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)


@pytest.mark.parametrize("junk", ["many", None, [1], {"a": 1}])
def test_what_is_no_count_counts_nothing(make, measure, junk):
    assert measure(SLICED, promoted(make, 1, run={"attributes": {"slices": junk}})).reason == "not_configured"


def serving(make, name, *, affects=None, fairness=0, version=None, **facts):
    attributes = {} if affects is None else {"affects_people": affects}
    run = make.tracked("2026-10-01", attributes={"fairness": fairness} if fairness else {})
    return [
        make.model(name, attributes=attributes),
        run,
        make.version("2026-10-01", name, version="1", run=run.id, attributes=version or {}, **facts),
        make.alias(name, "1", "2026-10-02"),
    ]


class TestFairness:
    def test_share_of_the_models_that_say_they_affect_people(self, make, measure):
        records = [
            *serving(make, "a", affects=True, fairness=2),
            *serving(make, "b", affects=True, version={"fairness": True}),
            *serving(make, "c", affects=True),
            *serving(make, "d", affects=False),
        ]
        reading = measure(FAIR, records)
        assert reading.value == pytest.approx(200 / 3)
        assert (reading.seen, reading.scope) == (3, 3)

    def test_a_model_that_does_not_say_is_unknown(self, make, measure):
        reading = measure(FAIR, [*serving(make, "a", affects=True, fairness=1), *serving(make, "b")])
        assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)

    def test_where_no_model_says_so_there_is_no_value(self, make, measure, cover):
        assert measure(FAIR, serving(make, "a", fairness=1)).reason == "not_configured"
        assert measure(FAIR, serving(make, "a", affects=False)).reason == "not_configured"
        assert measure(FAIR, [make.model()]).reason == "insufficient_data"
        assert measure(FAIR, [make.model()], coverage=cover(kinds=["model"])).reason == "not_configured"


class TestFiles:
    def test_both_facts_make_a_yes_and_one_no_a_no(self, make, measure):
        records = [
            *serving(make, "a", version={"dependencies": True, "signature": True}),
            *serving(make, "b", version={"dependencies": True, "signature": False}),
            *serving(make, "c", version={"signature": False}),
            *serving(make, "d", version={"dependencies": True}),
            *serving(make, "e"),
        ]
        reading = measure(FILES, records)
        assert reading.value == pytest.approx(100 / 3)
        assert (reading.seen, reading.scope) == (3, 5)

    def test_unread_files_are_no_zero(self, make, measure):
        assert measure(FILES, serving(make, "a")).reason == "not_configured"
        assert measure(FILES, [make.model()]).reason == "insufficient_data"


class TestPeople:
    def runs(self, make, experiment, *authors, **fields):
        return [make.tracked("2026-10-01", experiment=experiment, author=author, **fields) for author in authors]

    def test_the_lower_median_over_experiments(self, make, measure):
        records = [
            *self.runs(make, "fraud/a", "ann", "ann", "bob", "eve"),
            *self.runs(make, "fraud/b", "ann"),
            *self.runs(make, "fraud/c", "ann", "bob"),
            *self.runs(make, "fraud/d", "ann", "bob"),
        ]
        reading = measure(PEOPLE, records)
        assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (2, 4, 4, 4)

    def test_automation_is_nobody_and_an_unnamed_person_unknown(self, make, measure):
        automatic = self.runs(make, "fraud/a", "svc", trigger="automation")
        unnamed = self.runs(make, "fraud/b", None)
        reading = measure(PEOPLE, [*automatic, *unnamed, *self.runs(make, "fraud/c", "ann", None)])
        assert (reading.value, reading.seen, reading.scope) == (1, 1, 2)
        assert measure(PEOPLE, automatic).reason == "insufficient_data"
        assert measure(PEOPLE, unnamed).reason == "insufficient_data"

    def test_only_the_windows_runs_of_selected_experiments_count(self, make, measure, cover):
        team = Team(id="fraud", models=("fraud-*",), experiments=("fraud/*",))
        own = self.runs(make, "fraud/a", "ann")
        elsewhere = make.tracked("2026-10-01", experiment="shared", author="bob")
        version = make.version("2026-10-01", run=elsewhere.id)
        reading = measure(PEOPLE, [*own, elsewhere, version], team=team)
        assert (reading.value, reading.scope) == (1, 1)
        old = make.tracked("2026-01-01", author="ann")
        assert measure(PEOPLE, [old]).reason == "no_records"
        assert measure(PEOPLE, [old], coverage=cover(kinds=["model"])).reason == "not_configured"
