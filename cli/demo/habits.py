"""What a team of a given maturity does: for each habit four numbers, for maturity 0, 1, 2 and 3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mlops_maturity.cli.demo.period import Period
from mlops_maturity.cli.demo.teams import AUTOMATION, COLLABORATION, DELIVERY, WATCHING, Character

Numbers = tuple[str, tuple[float, float, float, float]]
"""An aspect, and a number for maturity 0, 1, 2 and 3 in it."""

HABITS: dict[str, Numbers] = {
    # shares, 0 to 1
    "commit": (AUTOMATION, (0.03, 0.40, 0.90, 1.00)),
    "tracked": (AUTOMATION, (0.05, 0.50, 0.92, 1.00)),
    "dataset": (AUTOMATION, (0.00, 0.25, 0.85, 1.00)),
    "by_pipeline": (AUTOMATION, (0.00, 0.25, 0.85, 1.00)),
    "tracking_week": (AUTOMATION, (0.08, 0.40, 0.75, 0.98)),
    "registered": (AUTOMATION, (0.10, 0.45, 0.90, 1.00)),
    "aliased": (AUTOMATION, (0.00, 0.35, 0.90, 1.00)),
    "training_success": (AUTOMATION, (0.40, 0.62, 0.86, 0.99)),
    "auto_trigger": (AUTOMATION, (0.00, 0.15, 0.65, 0.97)),
    "described": (COLLABORATION, (0.00, 0.40, 0.90, 1.00)),
    "reviewed": (COLLABORATION, (0.10, 0.50, 0.91, 1.00)),
    "shared_repository": (COLLABORATION, (0.20, 0.50, 0.90, 1.00)),
    "validates_data": (AUTOMATION, (0.00, 0.20, 0.90, 1.00)),
    "templated": (AUTOMATION, (0.00, 0.25, 0.70, 0.95)),
    "locked": (AUTOMATION, (0.05, 0.40, 0.90, 1.00)),
    "protected": (AUTOMATION, (0.20, 0.45, 0.75, 1.00)),
    "owner_file": (COLLABORATION, (0.00, 0.40, 0.90, 1.00)),
    "model_card": (COLLABORATION, (0.00, 0.30, 0.85, 1.00)),
    "release_notes": (COLLABORATION, (0.00, 0.35, 0.85, 1.00)),
    "tests": (DELIVERY, (0.05, 0.45, 0.93, 1.00)),
    "scans": (DELIVERY, (0.00, 0.25, 0.90, 1.00)),
    "signs": (DELIVERY, (0.00, 0.00, 0.35, 0.95)),
    "runs_samples": (DELIVERY, (0.00, 0.20, 0.80, 0.98)),
    "evaluates_changes": (DELIVERY, (0.00, 0.20, 0.88, 1.00)),
    "gated": (DELIVERY, (0.00, 0.40, 0.95, 1.00)),
    "evaluated": (DELIVERY, (0.04, 0.45, 0.93, 1.00)),
    "ci_on_change": (DELIVERY, (0.40, 0.70, 1.00, 1.00)),
    "ci_success": (DELIVERY, (0.30, 0.67, 0.86, 0.99)),
    "deploy_by_pipeline": (DELIVERY, (0.03, 0.42, 0.93, 1.00)),
    "deployment_fails": (DELIVERY, (0.40, 0.13, 0.07, 0.03)),
    "deployment_aborts": (DELIVERY, (0.20, 0.10, 0.05, 0.02)),
    "target_up": (WATCHING, (0.30, 0.60, 0.98, 1.00)),
    "drift_metric": (WATCHING, (0.00, 0.35, 0.90, 1.00)),
    "drift_rule": (WATCHING, (0.00, 0.30, 0.90, 1.00)),
    "version_label": (WATCHING, (0.00, 0.40, 0.90, 1.00)),
    "alert_ignored": (WATCHING, (0.85, 0.40, 0.10, 0.00)),
    # numbers a week, and how much the gaps between them vary
    "versions_per_model": (AUTOMATION, (0.10, 0.20, 0.40, 0.60)),
    "irregularity": (AUTOMATION, (0.9, 0.7, 0.3, 0.1)),
    "spare_trainings_per_model": (AUTOMATION, (0.00, 0.15, 0.40, 0.60)),
    "runs_per_week": (AUTOMATION, (2.0, 3.0, 5.0, 7.0)),
    "deployments_per_week": (DELIVERY, (0.05, 0.35, 1.8, 5.4)),
    # durations
    "review_hours": (COLLABORATION, (200.0, 60.0, 16.0, 4.0)),
    "coding_hours": (DELIVERY, (160.0, 60.0, 26.0, 4.0)),
    "ci_minutes": (DELIVERY, (80.0, 45.0, 16.0, 7.0)),
    "recovery_hours": (DELIVERY, (500.0, 120.0, 16.0, 0.6)),
    "action_hours": (WATCHING, (500.0, 130.0, 30.0, 4.0)),
    # largest age declared for a version, as a multiple of the usual time between two
    "declared_age": (AUTOMATION, (0.15, 0.30, 0.60, 2.0)),
}
"""Habit to its aspect and its numbers; straight lines between them."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The habits of one team through the history."""

    character: Character
    period: Period

    def __call__(self, habit: str, day: date) -> float:
        """The number of that habit on a day."""
        return self.on_line(HABITS[habit], day)

    def on_line(self, line: Numbers, day: date) -> float:
        """The number on a day, on straight lines between those for whole rungs."""
        aspect, numbers = line
        maturity = self.maturity(aspect, day)
        below = min(2, int(maturity))
        return numbers[below] + (numbers[below + 1] - numbers[below]) * (maturity - below)

    def maturity(self, aspect: str, day: date) -> float:
        """How mature the team is in an aspect on a day, 0 to 3."""
        return self.character.maturity(self.period.month(day), aspect)

    def covers(self, habit: str, place: int, of: int, day: date) -> bool:
        """Whether a habit that spreads from model to model has reached the one in that place of `of`."""
        return (place + 0.5) / of < self(habit, day)
