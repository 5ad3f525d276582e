"""What holds for every signal whatever the records: laws on random organisations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from math import isfinite
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.signals.assembly import views_of
from mlops_maturity.evidence.signals.interface import Measured, Missing, Window
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.view import TeamView

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
DAY = date(2026, 8, 30)  # a Sunday, half a year later
KINDS = (
    "pipeline_run",
    "deployment",
    "change",
    "incident",
    "training_run",
    "model_version",
    "model",
    "model_alias",
    "observation",
)

moments = st.integers(0, 60 * 24 * 182 - 1).map(lambda minutes: START + timedelta(minutes=minutes))
maybe = partial(st.one_of, st.none())
repositories = st.sampled_from(["acme/a", "acme/b"])
models = st.sampled_from(["m1", "m2"])
versions = st.sampled_from(["1", "2", "3"])
shas = maybe(st.sampled_from(["s1", "s2", "s3"]))
outcomes = st.sampled_from(["success", "failure", "cancelled", "skipped", "unstable", "running", "unknown"])
ids = st.integers(0, 6).map(str)


def pieces(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    given_id = fields.pop("id", ids)
    return st.fixed_dictionaries(
        {"kind": st.just(kind), "source": st.sampled_from(["a", "b"]), "id": given_id, **fields}
    )


runs = (
    pieces(
        "pipeline_run", repository=repositories, purpose=st.sampled_from(["training", "ci", "evaluation"]),
        trigger=st.sampled_from(["push", "pull_request", "schedule", "manual", "unknown"]), attempt=st.integers(1, 3),
        ref=maybe(st.just("main")), sha=shas, started_at=maybe(moments), finished_at=maybe(moments), outcome=outcomes,
    ),
)  # fmt: skip
delivery = (
    pieces(
        "deployment", repository=repositories, environment=st.just("prod"), outcome=outcomes, sha=shas,
        tier=st.sampled_from(["production", "staging"]), model=maybe(models), model_version=maybe(versions),
        finished_at=maybe(moments), rollback_of=maybe(ids), unplanned=maybe(st.booleans()), pipeline_run=maybe(ids),
        changes=st.lists(ids, max_size=2),
    ),
    pieces(
        "change", repository=repositories, author=maybe(st.sampled_from(["x", "y"])), first_commit_at=maybe(moments),
        author_kind=maybe(st.sampled_from(["human", "bot"])), created_at=maybe(moments), merge_sha=shas,
        first_review_at=maybe(moments), merged_at=maybe(moments), approvals=maybe(st.integers(0, 2)),
    ),
    pieces(
        "incident", subject=maybe(models), category=st.sampled_from(["drift", "quality", "service"]),
        detected_at=moments, resolved_at=maybe(moments), caused_by=maybe(ids),
        origin=maybe(st.sampled_from(["alert", "tracker"])),
    ),
)  # fmt: skip
registry = (
    pieces(
        "training_run", experiment=st.sampled_from(["e1", "e2"]), started_at=maybe(moments), outcome=outcomes,
        finished_at=maybe(moments), commit=shas, datasets=st.sampled_from([(), ("d",)]),
        params=maybe(st.integers(0, 2)), metrics=maybe(st.integers(0, 2)),
        trigger=st.sampled_from(["automation", "person", "unknown"]),
    ),
    pieces(
        "model_version", model=models, version=versions, created_at=maybe(moments), run=maybe(ids),
        aliases=st.sampled_from([(), ("champion",)]), described=maybe(st.booleans()), validated=maybe(st.booleans()),
        tags=st.sampled_from([{}, {"max_age_days": "30"}, {"max_age_days": "x"}]),
    ),
    pieces("model", name=models, created_at=maybe(moments), owner=maybe(st.just("o"))),
    pieces(
        "model_alias", model=models, alias=st.sampled_from(["champion", "x"]), version=versions,
        first_seen_at=moments, last_seen_at=moments,
    ),
    pieces(
        "observation", subject=models, observed_at=moments,
        name=st.sampled_from([
            "serving", "serving", "drift_metric", "drift_rule", "target_up", "version_label", "version_overlap",
            "feature_fresh", "slo_met", "genai_metric",
        ]),
        attributes=st.sampled_from([{}, {"versions": ["1"]}, {"versions": ["1", "2"]}, {"versions": ["2"]}]),
        state=st.sampled_from(["yes", "no", "unknown", "forbidden", "unsupported"]),
    ),
)  # fmt: skip


def key(fields: dict[str, Any]) -> tuple[Any, ...]:
    return fields["source"], fields["kind"], fields["id"], fields.get("attempt")


def worlds_of(*kinds: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.one_of(*kinds), max_size=25, unique_by=key)


worlds = st.one_of(worlds_of(*runs, *delivery, *registry), worlds_of(*delivery), worlds_of(*registry))
thorough = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def coverage_of(shift: timedelta = timedelta()) -> list[Coverage]:
    return [
        Coverage(source=s, stream=k, scope="*", start=START + shift, end=START + timedelta(days=182) + shift)
        for s in ("a", "b")
        for k in KINDS
    ]


def view_of(records: list[Record], shift: timedelta = timedelta()) -> TeamView:
    organisation = Settings.model_construct(
        organisation="Acme", timezone="UTC", teams=(Team(id="t", kinds=("classical", "genai")),), sources=()
    )
    return views_of(organisation, records, coverage_of(shift))["t"]


def everything(records: list[Record], on: date = DAY, shift: timedelta = timedelta()) -> dict[str, Measured | Missing]:
    view = view_of(records, shift)
    return {
        signal.id: signal.measure(
            view, Window(first=on - timedelta(days=signal.window_days - 1), last=on, zone=view.zone)
        )
        for signal in signals().values()
    }


def records_of(world: list[dict[str, Any]]) -> list[Record]:
    return [RECORD.validate_python(fields) for fields in world]


def shifted(fields: dict[str, Any], by: timedelta) -> dict[str, Any]:
    return {name: value + by if isinstance(value, datetime) else value for name, value in fields.items()}


@given(worlds)
@thorough
def test_readings_are_finite_shares_lie_between_0_and_100_and_no_more_is_seen_than_there_is(world):
    for signal_id, result in everything(records_of(world)).items():
        if isinstance(result, Missing):
            assert result.detail
            continue
        unit = signals()[signal_id].unit
        assert isfinite(result.value), signal_id
        assert result.value >= 0, signal_id
        assert unit != "percent" or result.value <= 100, signal_id
        assert 0 <= result.seen <= result.scope, signal_id
        assert result.opportunities >= 0, signal_id
        assert len(result.proof.sample) <= min(20, result.proof.count), signal_id


@given(worlds, st.randoms(use_true_random=False))
@thorough
def test_the_order_of_records_does_not_matter(world, random):
    mixed = list(world)
    random.shuffle(mixed)
    assert everything(records_of(mixed)) == everything(records_of(world))


@given(worlds, st.sampled_from([-52, -3, 1, 40]))
@thorough
def test_all_times_moved_by_whole_weeks_change_nothing(world, weeks):
    by = timedelta(weeks=weeks)
    later = everything(records_of([shifted(fields, by) for fields in world]), DAY + by, by)
    for signal_id, result in everything(records_of(world)).items():
        if isinstance(result, Missing):
            assert isinstance(later[signal_id], Missing)
            assert later[signal_id].reason == result.reason
        else:
            assert later[signal_id] == result


@given(worlds)
@thorough
def test_what_happens_later_changes_no_reading_of_the_past(world):
    on = date(2026, 6, 28)
    end = datetime(2026, 6, 29, tzinfo=UTC)
    events = [f for f in world if f["kind"] in ("deployment", "pipeline_run", "incident", "change")]
    before = [f for f in events if all(v < end for v in f.values() if isinstance(v, datetime))]
    after = [f for f in events if all(v >= end for v in f.values() if isinstance(v, datetime)) and begun(f)]
    names = ["ci.deployments_per_week", "ci.lead_time_hours", "ci.recovery_hours", "ci.training_success_percent",
             "scm.review_share", "scm.first_review_hours", "prom.ignored_alert_share"]  # fmt: skip
    past, known = everything(records_of(before), on), everything(records_of(before + after), on)
    for name in names:
        one, other = past[name], known[name]
        assert isinstance(one, Missing) == isinstance(other, Missing), name
        if isinstance(one, Measured) and isinstance(other, Measured):
            assert (one.value, one.opportunities) == (other.value, other.opportunities), name


def begun(fields: dict[str, Any]) -> bool:
    return any(isinstance(value, datetime) for value in fields.values())


@given(worlds, moments)
@thorough
def test_one_more_failed_deployment_never_lowers_the_fail_rate(world, finished):
    """Of a service of its own: within one, a failure can take over the blame for a repair that follows."""
    extra = [
        {"kind": "deployment", "source": "a", "id": "new", "repository": "acme/new", "tier": "production",
         "outcome": "success", "finished_at": finished},
        {"kind": "incident", "source": "a", "id": "new", "detected_at": finished, "caused_by": "new"},
    ]  # fmt: skip
    before = everything(records_of(world))["ci.change_fail_percent"]
    after = everything(records_of([*world, *extra]))["ci.change_fail_percent"]
    if isinstance(before, Measured):
        assert isinstance(after, Measured)
        assert after.value >= before.value
    elif isinstance(after, Measured):
        assert after.value == 100


@pytest.mark.parametrize("signal", signals().values(), ids=lambda signal: signal.id)
def test_no_record_and_no_coverage_is_never_a_value(signal):
    organisation = Settings.model_construct(organisation="Acme", timezone="UTC", teams=(Team(id="t"),), sources=())
    view = views_of(organisation, [], [])["t"]
    window = Window(first=DAY - timedelta(days=signal.window_days - 1), last=DAY, zone=view.zone)
    assert signal.measure(view, window).reason == "not_configured"
