"""What people declared of a team's figures, as it bears on an assessment: never a number in it, always beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.contradictions import Case, standing_cases
from mlops_maturity.evidence.store.contradictions import read_statements
from mlops_maturity.evidence.store.engine import Store
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

    def of_aspect(self, aspect: str) -> Iterable[Waived]:
        """The waivers that touch the figures of an aspect."""
        return (each for each in self.waived if each.aspect == aspect)


NOTHING = Declared()


def declared_of(
    store: Store, settings: Settings, catalogue: Catalogue, dossier: Dossier, assessment: Assessment
) -> Declared:
    """What is declared of the team of `dossier`, on the day of its `assessment`."""
    statements = read_statements(store, dossier.team.id)
    return Declared(
        waived=waived_on(dossier.waivers, catalogue, assessment.as_of),
        contradictions=standing_cases(dossier, assessment, catalogue, statements, settings.zone),
        responses=responses(catalogue, dossier.evidence, assessment.as_of),
    )
