"""Signals that no collector can tell: their values come as measurements or readings that somebody hands in.

Wordings and units after the practices that use them; why nothing is computed stands beside each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pushed:
    """One of them."""

    id: str
    title: str
    unit: str
    fed_by: str
    """Who knows the numbers."""
    why: str
    """Why they are not computed from records."""


PUSHED = (
    Pushed(
        "ci.iac_apply_share",
        "Infrastructure changes applied by a pipeline",
        "percent",
        "the audit log of the cloud account, against the runs of the pipeline that applies",
        "a change by hand leaves no trace in any source that is read, so that runs alone would always read 100",
    ),
    Pushed(
        "scm.cross_role_review_share",
        "Merged changes with author and reviewer of different roles",
        "percent",
        "whoever keeps the list of people and roles",
        "people are kept as keyed hashes and without roles, and reviewers not at all",
    ),
    Pushed(
        "other.access_review_days",
        "Days since it was last reviewed who may change or promote models",
        "days",
        "the access management",
        "no source that is read keeps reviews of rights",
    ),
    Pushed(
        "other.active_owner_share",
        "Models whose named owner was active in the last 90 days",
        "percent",
        "the directory of people",
        "owners are kept as keyed hashes or teams, and who still works there is known to the directory",
    ),
    Pushed(
        "other.feedback_items",
        "Labelled or reviewed production examples",
        "per 1,000 predictions",
        "the labelling tool, against the counter of predictions",
        "labelling tools have no common interface",
    ),
    Pushed(
        "other.idle_model_share",
        "Deployed models without traffic for 30 days",
        "percent",
        "the platform that deploys",
        "metrics tell of models that answer; which others are deployed is known to the platform",
    ),
    Pushed(
        "other.inventory_coverage",
        "Models that are seen and stand in the inventory",
        "percent",
        "the inventory",
        "inventories have no common interface",
    ),
    Pushed(
        "other.kpi_reported_share",
        "Production models with a business value recorded in the last quarter",
        "percent",
        "whoever reports the value",
        "no source that is read holds it",
    ),
    Pushed(
        "other.log_retention_days",
        "Days for which logs of predictions and events are kept",
        "days",
        "the settings of the log store",
        "no source that is read holds it",
    ),
    Pushed(
        "other.postmortem_share",
        "Incidents of models with a written review and an action that was closed",
        "percent",
        "the tracker of incidents",
        "trackers tell incidents, and not which page is the review of which",
    ),
    Pushed(
        "other.risk_class_share",
        "Entries of the inventory with purpose, owner and risk class",
        "percent",
        "the inventory",
        "inventories have no common interface",
    ),
    Pushed(
        "other.trace_drill_minutes",
        "Minutes to trace a prediction to version, data, code and approver",
        "minutes",
        "whoever runs the drill",
        "it is a drill of people",
    ),
    Pushed(
        "other.training_share",
        "People in roles around models with training on record",
        "percent",
        "the record of trainings",
        "no source that is read holds it",
    ),
)
