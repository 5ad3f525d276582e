"""Which records belong to which team, by the selectors of the settings.

A record belongs to every team that selects it: by a glob on what the record names, by the labels of its series, by the
experiment that an observation was made in, or by naming the team itself. What no team selects is counted and listed,
so that a wrong selector shows.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from itertools import chain

from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.records import Deployment, Incident, ModelVersion, Record, RecordKind, TrainingRun

WHOLE_SOURCE = "*"
"""Subject of an observation about a whole source, such as a metric that is not exported: nobody's, and not lost."""
EXAMPLES = 3
"""How many ids of each unselected group are kept to look at."""

_NAMING: dict[str, tuple[tuple[str, str], ...]] = {
    "pipeline_run": (("repository", "repositories"),),
    "deployment": (("repository", "repositories"), ("model", "models")),
    "change": (("repository", "repositories"),),
    "incident": (("subject", "subjects"),),
    "training_run": (("experiment", "experiments"),),
    "model_version": (("model", "models"),),
    "model": (("name", "models"),),
    "model_alias": (("model", "models"),),
    "observation": (("subject", "subjects"),),
    "measurement": (("subject", "subjects"),),
}
"""Kind of record to the fields that name something, each with the selector that speaks of it."""
_SELECTORS = {
    "models": ("models",), "experiments": ("experiments",), "repositories": ("repositories",),
    "subjects": ("models", "repositories"),
}  # fmt: skip
"""What a name is judged by, to the selectors of a team that speak of it."""
_GIVE_A_TEAM: dict[str, RecordKind] = {"training_run": "model_version", "incident": "deployment"}
"""Kind of record to the kind that may say whose it is."""
_Group = tuple[str, str, str]
"""Source, kind and what is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unselected:
    """Records of one name that no team selects."""

    source: str
    kind: str
    name: str
    """What the records name: repository, experiment, model or subject; empty where they name nothing."""
    count: int
    examples: tuple[str, ...]
    """Ids of a few of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The records of every team, and what is left over."""

    by_team: dict[str, list[Record]]
    unselected: tuple[Unselected, ...]
    """Largest groups first."""
    behind_versions: Mapping[str, frozenset[tuple[str, str]]]
    """Team to the training runs (source, id) that are its own only as makers of a version it selects."""


class _Globs:
    """The globs of many teams, found by how they begin: a name is held against few of them."""

    def __init__(self, teams: Iterable[Team], selectors: Sequence[str]) -> None:
        self._by_start: defaultdict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        for team in teams:
            for glob in chain.from_iterable(getattr(team, selector) for selector in selectors):
                start = re.split(r"[*?[]", glob, maxsplit=1)[0]
                self._by_start[start].append((team.id, re.compile(translate(glob))))
        self._lengths = sorted({len(start) for start in self._by_start})

    def matching(self, name: str) -> frozenset[str]:
        """The teams with a glob for the name."""
        candidates = chain.from_iterable(self._by_start.get(name[:length], ()) for length in self._lengths)
        return frozenset(team for team, glob in candidates if glob.match(name))


class Selectors:
    """The selectors of some teams, compiled once; remembers the names it has judged."""

    def __init__(self, teams: Sequence[Team]) -> None:
        self._teams = frozenset(team.id for team in teams)
        self._globs = {name: _Globs(teams, selectors) for name, selectors in _SELECTORS.items()}
        self._labels = {team.id: tuple(team.prometheus.items()) for team in teams if team.prometheus}
        self._judged: dict[tuple[str, str], frozenset[str]] = {}

    def takers(self, record: Record) -> frozenset[str]:
        """The teams to which the record belongs by what it says itself.

        Three things need the other records and the other teams, and are done by `assign`: training runs behind a
        selected model version, incidents of a repository that deploys a team's models, and the only team of an
        organisation that takes everything.
        """
        teams: frozenset[str] = frozenset()
        for attribute, selector in _NAMING[record.kind]:
            name = getattr(record, attribute)
            if name:
                teams |= self.naming(selector, name)
        subject = getattr(record, "subject", None)
        if subject in self._teams:
            teams |= {subject}
        return teams | self._labelled(record) | self._tracked(record) if record.attributes else teams

    def naming(self, selector: str, name: str) -> frozenset[str]:
        """The teams with a glob for that name: `models`, `experiments`, `repositories`; `subjects` is either
        of models and repositories.

        Globs are case-sensitive everywhere, and `*` matches `/` too.
        """
        known = self._judged.get((selector, name))
        if known is None:
            known = self._judged[selector, name] = self._globs[selector].matching(name)
        return known

    def _labelled(self, record: Record) -> frozenset[str]:
        labels = record.attributes.get("labels")
        if not isinstance(labels, dict):
            return frozenset()
        return frozenset(
            team for team, wanted in self._labels.items() if all(labels.get(name) == value for name, value in wanted)
        )

    def _tracked(self, record: Record) -> frozenset[str]:
        """The teams of the experiment that an observation was made in, such as one of traces."""
        experiment = record.attributes.get("experiment") if record.kind == "observation" else None
        return self.naming("experiments", experiment) if isinstance(experiment, str) else frozenset()


def selectors_of(kind: str) -> tuple[str, ...]:
    """The selectors of a team that globs on what a record of the kind names may be written into."""
    spoken = [selector for _, selector in _NAMING[kind]]
    return ("models", "repositories") if spoken == ["subjects"] else tuple(spoken)


def takes_everything(teams: Sequence[Team]) -> bool:
    """Whether there is one team only, without any selector: then every record is its own."""
    return len(teams) == 1 and not has_selectors(teams[0])


def has_selectors(team: Team) -> bool:
    """Whether the team has any selector at all."""
    return bool(team.models or team.experiments or team.repositories or team.prometheus)


def assign(teams: Sequence[Team], records: Iterable[Record]) -> Assignment:
    """Every record to each team that selects it, and two kinds by what other records say of them.

    A training run belongs also to the teams of a version made by it. An incident that nobody selects by its subject
    belongs, where that is a repository, to the teams that select every model deployed from it: in a repository that
    deploys for others as well, nothing tells whose the incident is.
    """
    if takes_everything(teams):
        return Assignment(by_team={teams[0].id: list(records)}, unselected=(), behind_versions={})
    links = _Links(Selectors(teams))
    by_team: dict[str, list[Record]] = {team.id: [] for team in teams}
    behind: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    left_over: list[Record] = []
    for record, takers in links.followed(records):
        owners = takers | links.further(record, takers)
        for team in sorted(owners):
            by_team[team].append(record)
        for team in owners - takers if isinstance(record, TrainingRun) else ():
            behind[team].add((record.source, record.id))
        if not owners and _is_about_something(record):
            left_over.append(record)
    return Assignment(
        by_team=by_team,
        unselected=_grouped(left_over),
        behind_versions={team: frozenset(runs) for team, runs in behind.items()},
    )


class _Links:
    """What records say of the teams of other records."""

    def __init__(self, selectors: Selectors) -> None:
        self._selectors = selectors
        self._makers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._deploying: dict[str, frozenset[str]] = {}

    def heard(self, record: Record) -> frozenset[str]:
        """The teams that a record names; what it says of others is remembered."""
        takers = self._selectors.takers(record)
        self._note(record, takers)
        return takers

    def followed(self, records: Iterable[Record]) -> Iterator[tuple[Record, frozenset[str]]]:
        """Each record with the teams it names; those that others may speak of come last, when all is known."""
        held_back: list[tuple[Record, frozenset[str]]] = []
        for record in records:
            takers = self.heard(record)
            if isinstance(record, TrainingRun) or (isinstance(record, Incident) and not takers):
                held_back.append((record, takers))
            else:
                yield record, takers
        yield from held_back

    def further(self, record: Record, takers: frozenset[str]) -> frozenset[str]:
        """The teams to which other records assign this one."""
        if isinstance(record, TrainingRun):
            return self.makers_of(record.source, record.id)
        if isinstance(record, Incident) and not takers:
            return self.deployers_of(record.subject or "")
        return frozenset()

    def makers_of(self, source: str, run: str) -> frozenset[str]:
        """The teams of the versions that a training run made."""
        return frozenset(self._makers.get((source, run), ()))

    def deployers_of(self, repository: str) -> frozenset[str]:
        """The teams that select every model deployed from a repository."""
        return self._deploying.get(repository, frozenset())

    def _note(self, record: Record, takers: frozenset[str]) -> None:
        if isinstance(record, ModelVersion) and record.run is not None:
            self._makers[record.source, record.run].update(takers)
        if isinstance(record, Deployment) and record.repository and record.model:
            owners = self._selectors.naming("models", record.model)
            self._deploying[record.repository] = owners & self._deploying.get(record.repository, owners)


class Leftovers:
    """Which of the records that pass by no team selects, as `assign` has it; keeps counts, and ids where it must."""

    def __init__(self, teams: Sequence[Team]) -> None:
        self._links = _Links(Selectors(teams))
        self._asked = bool(teams) and not takes_everything(teams)
        self._counts: Counter[_Group] = Counter()
        self._ids: defaultdict[_Group, list[str]] = defaultdict(list)

    def watch(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass records on, and note those that no team selects by what they say themselves."""
        for record in records:
            if self._asked and not self._links.heard(record) and _is_about_something(record):
                group = _group_of(record)
                self._counts[group] += 1
                # Other records may yet give a team to a training run, one by one.
                if isinstance(record, TrainingRun) or len(self._ids[group]) < EXAMPLES:
                    self._ids[group].append(record.id)
            yield record

    @property
    def asks(self) -> frozenset[RecordKind]:
        """Kinds of stored records that may give a team to what is left."""
        kinds = {kind for _, kind, _ in self._counts}
        return frozenset(_GIVE_A_TEAM[kind] for kind in kinds & _GIVE_A_TEAM.keys())

    def unselected(self, others: Iterable[Record]) -> tuple[Unselected, ...]:
        """What no team selects, largest groups first; `others` are the stored records of the kinds asked for."""
        for record in others:
            self._links.heard(record)
        left: dict[_Group, tuple[int, list[str]]] = {}
        for (source, kind, name), count in self._counts.items():
            ids = self._ids[source, kind, name]
            if kind == "training_run":
                ids = [run for run in ids if not self._links.makers_of(source, run)]
                count = len(ids)
            if count and not (kind == "incident" and self._links.deployers_of(name)):
                left[source, kind, name] = (count, ids)
        return _largest_first(left)


def _is_about_something(record: Record) -> bool:
    return getattr(record, "subject", None) != WHOLE_SOURCE


def _names(record: Record) -> list[str]:
    return [name for attribute, _ in _NAMING[record.kind] if (name := getattr(record, attribute))]


def _group_of(record: Record) -> _Group:
    return record.source, record.kind, next(iter(_names(record)), "")


def _grouped(records: Iterable[Record]) -> tuple[Unselected, ...]:
    groups: defaultdict[_Group, list[str]] = defaultdict(list)
    for record in records:
        groups[_group_of(record)].append(record.id)
    return _largest_first({group: (len(ids), ids) for group, ids in groups.items()})


def _largest_first(groups: Mapping[_Group, tuple[int, Sequence[str]]]) -> tuple[Unselected, ...]:
    listed = (
        Unselected(source=source, kind=kind, name=name, count=count, examples=tuple(ids[:EXAMPLES]))
        for (source, kind, name), (count, ids) in groups.items()
    )
    return tuple(sorted(listed, key=lambda group: (-group.count, group.source, group.kind, group.name)))
