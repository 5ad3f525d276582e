"""What people declared of a team's figures, as it bears on an assessment: never a number in it, always beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.contradictions import Case, standing_cases
from mlops_maturity.evidence.store.contradictions import Statement, read_statements
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.targets import read_targets, standing_targets
from mlops_maturity.evidence.targets import Pursued, pursued, targets_of
from mlops_maturity.evidence.waivers import Waived, waived_on
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.respondents import Responses, responses


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What stands beside the assessment of one team on its day."""

    waived: tuple[Waived, ...] = ()
    """In the order of the catalogue."""
    contradictions: tuple[Case, ...] = ()
    """Those that stand, the widest first."""
    responses: Responses | None = None
    """Who answered, and how far they agree; None where nobody looked."""
    targets: tuple[Pursued, ...] = ()

    def of_aspect(self, aspect: str) -> Iterable[Waived]:
        """The waivers that touch the figures of an aspect."""
        return (each for each in self.waived if each.aspect == aspect)


NOTHING = Declared()


def declared(
    store: Store,
    settings: Settings,
    catalogue: Catalogue,
    dossiers: Sequence[Dossier],
    assessments: Mapping[str, Assessment],
) -> dict[str, Declared]:
    """Team id to what is declared of it on the day of its assessment.

    Forecasts, which tell whether a target is on course, are made for a single team only: many would take long.
    """
    targets = standing_targets(read_targets(store))
    alone = len(dossiers) == 1
    statements: defaultdict[str, list[Statement]] = defaultdict(list)
    for row in read_statements(store, dossiers[0].team.id if alone else None):
        statements[row.team].append(row)
    found = {}
    for dossier in dossiers:
        team, assessment = dossier.team, assessments[dossier.team.id]
        found[team.id] = Declared(
            waived=waived_on(dossier.waivers, catalogue, assessment.as_of),
            contradictions=standing_cases(dossier, assessment, catalogue, statements[team.id], settings.zone),
            responses=responses(catalogue, dossier.evidence, assessment.as_of),
            targets=pursued(
                targets_of(team, targets), assessment, catalogue, evidence=dossier.evidence if alone else None
            ),
        )
    return found
