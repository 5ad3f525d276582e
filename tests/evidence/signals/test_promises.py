"""What Prometheus shows beyond one state a model: versions, objectives, features, generative applications."""

from datetime import date

import pytest

from mlops_maturity.config.settings import Team

CANARY, MET, FRESH = "prom.canary_share", "prom.slo_met_percent", "prom.feature_freshness_percent"
GENAI, GUARD = "prom.genai_metric_share", "prom.guardrail_metric_share"
NAMES = [(CANARY, "version_overlap"), (MET, "slo_met"), (FRESH, "feature_fresh")]


@pytest.mark.parametrize(("signal", "name"), NAMES)
class TestWithoutAnything:
    def test_none_seen_and_not_read_are_told_apart(self, make, measure, cover, signal, name):
        assert measure(signal, [make.model()]).reason == "no_records"
        assert measure(signal, [make.model()], coverage=cover(kinds=["model"])).reason == "not_configured"
        assert measure(signal, [make.model()], coverage=cover(end="2026-01-01")).reason == "not_covered"

    @pytest.mark.parametrize(
        ("state", "reason"),
        [("unknown", "not_configured"), ("forbidden", "forbidden"), ("unsupported", "unsupported")],
    )
    def test_the_source_says_why(self, make, measure, signal, name, state, reason):
        said = make.observation(name, "2026-11-20", "*", state, attributes={"reason": f"{name} is off."})
        missing = measure(signal, [make.model(), said])
        assert (missing.reason, missing.detail) == (reason, f"`{name}` is not known: {name} is off.")


def versions(make, day, named, state="no", model="fraud-x", **labels):
    told = {"versions": named.split(), "labels": {"model": model, **labels}}
    extra = {"id": f"{model}/{day}/{labels}"} if labels else {}
    return make.observation("version_overlap", day, model, state, attributes=told, **extra)


class TestNewVersions:
    def test_the_first_one_known_is_not_new(self, make, measure):
        assert measure(CANARY, [versions(make, "2026-11-01", "1")]).reason == "no_records"

    def test_one_that_served_beside_the_old_one_and_one_that_did_not(self, make, measure):
        steps = [
            versions(make, "2026-10-01", "1"),
            versions(make, "2026-10-02", "1 2", "yes"),
            versions(make, "2026-10-03", "2"),
            versions(make, "2026-10-20", "2 3"),  # switched at some minute of the day
            versions(make, "2026-10-21", "3"),
        ]
        reading = measure(CANARY, steps)
        assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (50, 2, 2, 2)
        assert "1 all at once" in reading.note

    def test_steps_may_begin_on_a_later_day_but_not_weeks_later(self, make, measure):
        start = [versions(make, "2026-10-01", "1"), versions(make, "2026-10-02", "1 2")]
        assert measure(CANARY, [*start, versions(make, "2026-10-14", "1 2", "yes")]).value == 100
        assert measure(CANARY, [*start, versions(make, "2026-10-16", "1 2", "yes")]).value == 0

    def test_one_that_comes_back_is_not_new(self, make, measure):
        back = [versions(make, f"2026-10-0{day}", name) for day, name in ((1, "1"), (2, "2"), (3, "1"), (4, "2"))]
        assert measure(CANARY, back).opportunities == 1

    def test_what_was_there_before_the_window_is_not_new_in_it(self, make, measure):
        old = versions(make, "2026-01-01", "1")
        assert measure(CANARY, [old, versions(make, "2026-11-01", "1")]).reason == "no_records"
        assert measure(CANARY, [old, versions(make, "2026-11-01", "2")]).value == 0

    def test_copies_of_a_model_are_told_apart(self, make, measure):
        """The new version stands in staging for a day: that is no canary."""
        records = [
            versions(make, "2026-10-01", "1", env="prod"), versions(make, "2026-10-01", "1", env="staging"),
            versions(make, "2026-10-02", "1", env="prod"), versions(make, "2026-10-02", "2", env="staging"),
            versions(make, "2026-10-03", "2", env="prod"), versions(make, "2026-10-03", "2", env="staging"),
        ]  # fmt: skip
        reading = measure(CANARY, records)
        assert (reading.value, reading.opportunities) == (0, 2)

    def test_one_that_begins_as_the_day_ends_is_not_judged_yet(self, make, measure):
        begun = [versions(make, "2026-11-20", "1"), versions(make, "2026-11-22", "1 2")]
        assert measure(CANARY, begun, on=date(2026, 11, 22)).reason == "no_records"
        assert measure(CANARY, begun, on=date(2026, 11, 23)).value == 0

    def test_what_came_later_is_not_known_then(self, make, measure):
        start = [versions(make, "2026-10-01", "1"), versions(make, "2026-10-02", "1 2")]
        later = [*start, versions(make, "2026-10-05", "1 2", "yes")]
        assert measure(CANARY, later, on=date(2026, 10, 4)).value == 0

    @pytest.mark.parametrize("strange", [None, "12", [], {"1": 2}])
    def test_days_that_name_no_versions_are_left_out(self, make, measure, strange):
        odd = make.observation("version_overlap", "2026-10-02", attributes={"versions": strange})
        assert measure(CANARY, [versions(make, "2026-10-01", "1"), odd]).reason == "no_records"


def objective(make, day, name, state="yes", subject="fraud-x"):
    return make.observation(
        "slo_met", day, subject, state, id=f"{name}/{day}", attributes={"objective": name, "labels": {"slo": name}}
    )


class TestObjectives:
    def test_each_counts_by_its_newest_state(self, make, measure):
        records = [
            objective(make, "2026-11-01", "latency", "no"),
            objective(make, "2026-11-20", "latency"),
            objective(make, "2026-11-20", "errors", "no"),
            objective(make, "2026-11-21", "errors", "unknown"),
            objective(make, "2026-11-20", "batch", "unknown"),
        ]
        reading = measure(MET, records)
        assert (reading.value, reading.seen, reading.scope) == (50, 2, 3)

    def test_those_of_two_models_are_two(self, make, measure):
        two = [objective(make, "2026-11-20", "a"), objective(make, "2026-11-20", "b", "no", subject="fraud-y")]
        assert measure(MET, two).value == 50

    def test_one_that_is_gone_for_a_month_is_none(self, make, measure):
        assert measure(MET, [objective(make, "2026-10-20", "latency")]).reason == "no_records"


def table(make, day, name="fraud-orders", state="yes"):
    return make.observation("feature_fresh", day, name, state, attributes={"labels": {"table": name}})


class TestFeatureTables:
    def test_the_share_of_days_on_average_over_the_tables(self, make, measure):
        orders = [table(make, f"2026-11-{day:02}", state="no" if day == 4 else "yes") for day in range(1, 5)]
        clicks = [table(make, f"2026-11-{day:02}", "fraud-clicks") for day in range(1, 3)]
        reading = measure(FRESH, [*orders, *clicks])
        assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (87.5, 2, 2, 2)
        assert reading.note == "2 tables, 2 days each; 1 late at times"

    def test_days_on_which_the_age_is_unknown_are_not_late(self, make, measure):
        records = [table(make, "2026-11-01"), table(make, "2026-11-02", state="unknown")]
        assert measure(FRESH, records).value == 100
        reading = measure(FRESH, [*records, table(make, "2026-11-02", "fraud-clicks", "unknown")])
        assert (reading.value, reading.seen, reading.scope) == (100, 1, 2)


@pytest.mark.parametrize(("signal", "name"), [(GENAI, "genai_metric"), (GUARD, "guardrail_metric")])
class TestGenerativeApplications:
    MIXED = Team(id="team", models=("*",), kinds=("classical", "genai"))

    def seen(self, make, name, **states):
        serving = [make.observation("serving", "2026-11-20", model) for model in states]
        return serving + [make.observation(name, "2026-11-20", model, state) for model, state in states.items()]

    def test_only_generative_ones_count(self, make, measure, signal, name):
        kinds = [make.model("a", model_kind="genai"), make.model("b", model_kind="agent")]
        records = [*kinds, make.model("c", model_kind="classical"), *self.seen(make, name, a="yes", b="no", c="no")]
        reading = measure(signal, records, team=self.MIXED)
        assert (reading.value, reading.seen, reading.scope) == (50, 2, 2)

    def test_one_of_unknown_kind_that_exports_is_generative_and_one_that_does_not_may_not_be(
        self, make, measure, signal, name
    ):
        reading = measure(signal, self.seen(make, name, a="yes", b="no", c="no"), team=self.MIXED)
        assert (reading.value, reading.seen, reading.scope) == (100, 1, 3)

    def test_where_none_is_known_to_be_generative_nothing_can_be_told(self, make, measure, signal, name):
        missing = measure(signal, self.seen(make, name, a="no"), team=self.MIXED)
        assert missing.reason == "insufficient_data"
        assert "kind in the registry" in missing.detail

    def test_all_models_of_a_team_of_generative_kinds_only_are(self, make, measure, signal, name):
        team = Team(id="team", models=("*",), kinds=("genai", "agent"))
        assert measure(signal, self.seen(make, name, a="yes", b="no"), team=team).value == 50

    def test_a_team_without_generative_models_has_none(self, make, measure, signal, name):
        records = self.seen(make, name, a="no")
        assert measure(signal, records, team=Team(id="team", models=("*",))).reason == "no_records"

    def test_no_coverage_is_no_zero(self, make, measure, cover, signal, name):
        assert measure(signal, [make.model()], coverage=cover(kinds=["model"])).reason == "not_configured"

    @pytest.mark.parametrize(
        ("state", "reason"), [("unknown", "not_configured"), ("unsupported", "unsupported"), ("forbidden", "forbidden")]
    )
    def test_where_nothing_is_known_the_source_says_why(self, make, measure, signal, name, state, reason):
        records = [make.observation("serving", "2026-11-20", "a"), make.observation(name, "2026-11-20", "*", state)]
        team = Team(id="team", models=("*",), kinds=("genai",))
        assert measure(signal, records, team=team).reason == reason
