"""The built-in model as data: every part is there, and none contradicts another."""

from __future__ import annotations

import pytest

from mlops_maturity.config.catalogue import Catalogue, Practice, SignalUse
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.signals.registry import signals

PRESENCE = {
    "mlflow.active_tracking_weeks",
    "mlflow.alias_share",
    "mlflow.contributors_per_experiment",
    "mlflow.env_signature_share",
    "mlflow.fairness_artifact_share",
    "mlflow.prompt_registry_share",
    "mlflow.trace_coverage",
    "mlflow.version_doc_share",
    "scm.lockfile_share",
    "scm.model_card_share",
    "scm.multi_contributor_share",
    "scm.owner_file_share",
    "scm.protected_share",
    "scm.release_note_share",
    "ci.coverage_percent",
    "ci.data_check_share",
    "ci.duration_minutes",
    "ci.scan_share",
    "ci.template_share",
    "ci.test_job_share",
    "prom.cost_metric_share",
    "prom.drift_metric_share",
    "prom.drift_rule_share",
    "prom.genai_metric_share",
    "prom.guardrail_metric_share",
    "prom.quality_metric_share",
    "prom.slo_rule_share",
    "prom.target_coverage",
    "prom.version_label_share",
    "other.log_retention_days",
    "other.risk_class_share",
    "other.training_share",
}
"""Signals that show that something exists, not that it is worked with."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return builtin_catalogue()


def uses(catalogue: Catalogue) -> dict[str, list[SignalUse]]:
    found: dict[str, list[SignalUse]] = {}
    for practice in catalogue.practices:
        for use in practice.signals:
            found.setdefault(use.id, []).append(use)
    return found


def test_each_level_describes_each_aspect(catalogue: Catalogue) -> None:
    aspects = {aspect.id for aspect in catalogue.aspects}

    assert [entry.level for entry in catalogue.levels] == [0, 1, 2, 3]
    for entry in catalogue.levels:
        assert set(entry.aspects) == aspects
        assert entry.typical_evidence
        assert entry.main_risk
        assert entry.when_it_is_enough
        assert entry.next_steps
    assert len({text for entry in catalogue.levels for text in entry.aspects.values()}) == 16


def test_every_answer_is_its_own_sentence(catalogue: Catalogue) -> None:
    for practice in catalogue.practices:
        assert len(set(practice.answers)) == 4, practice.id
        for text in (practice.question, practice.why, *practice.answers):
            assert text.strip() == text
            assert text[-1] in ".?", f"{practice.id}: {text}"


def test_a_signal_ages_alike_wherever_it_is_used(catalogue: Catalogue) -> None:
    for signal, found in uses(catalogue).items():
        assert len({use.half_life_days for use in found}) == 1, signal
        assert all(use.half_life_days >= 28 for use in found), signal


def test_what_only_shows_presence_can_not_show_the_top_rung(catalogue: Catalogue) -> None:
    found = uses(catalogue)

    assert set(found) >= PRESENCE
    tops = {signal: max(rung for use in found[signal] for _, rung in use.anchors) for signal in found}
    assert {signal for signal, top in tops.items() if top < 3} == PRESENCE
    assert all(top == 3 for signal, top in tops.items() if signal not in PRESENCE)


def test_answers_keep_a_part_of_every_practice(catalogue: Catalogue) -> None:
    for practice in catalogue.practices:
        assert practice.telemetry_share <= 0.85, practice.id


def test_a_key_practice_is_required_from_the_level_on_which_it_is_key(catalogue: Catalogue) -> None:
    for practice in catalogue.practices:
        if practice.key_from is not None:
            assert practice.required[practice.key_from - 1] == practice.key_from, practice.id


def test_prerequisites_exist_and_lead_nowhere_in_a_circle(catalogue: Catalogue) -> None:
    def above(practice: Practice, path: tuple[str, ...]) -> None:
        assert practice.id not in path, path
        for name in practice.prerequisites:
            above(catalogue.by_id[name], (*path, practice.id))

    for practice in catalogue.practices:
        above(practice, ())


def test_no_practice_claims_to_come_from_the_questionnaire_that_is_not_public(catalogue: Catalogue) -> None:
    for practice in catalogue.practices:
        assert "cloudflight" not in repr(practice).lower()


def test_every_signal_is_better_in_the_direction_in_which_it_is_measured(catalogue: Catalogue) -> None:
    known = signals()

    assert len(catalogue.signal_ids & set(known)) >= 29  # the rest is pushed
    for signal, found in uses(catalogue).items():
        for use in found:
            rungs = [rung for _, rung in use.anchors]
            assert max(rungs) > min(rungs), signal
            if signal in known:
                assert rungs == sorted(rungs, reverse=known[signal].better == "lower"), signal
                window = known[signal].window_days
                assert max(28, window / 3) <= use.half_life_days <= max(28, window), signal
