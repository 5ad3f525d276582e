"""The page that tells the built-in model: levels, aspects, and every practice with what counts for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

from mlops_maturity.config.catalogue import TOP_LEVEL, Aspect, Catalogue, Level, Practice, SignalUse
from mlops_maturity.evidence.signals.interface import Signal
from mlops_maturity.scoring.percent import percent

RUNGS = range(1, TOP_LEVEL + 1)
FRAMEWORKS = {"google": "Google level", "microsoft": "Microsoft level", "ml_test_score": "ML Test Score", "other": ""}
HEAD = """\
# The model

What the built-in catalogue (`config/model/`, {id} {version}) asks, expects and counts: {practices} practices in
{aspects} aspects, {signals} signals. How evidence becomes a level is in [scoring](scoring.md), how each signal is
measured in [signals](signals.md), how to write a model of one's own in [configuration](configuration.md#the-catalogue).

**Whose it is.** Four levels and four aspects follow the outline that Cloudflight published of its MLOps maturity model.
Its questions, level texts, weights and scoring rule are not public. Everything below is this project's own wording and
choice; nothing reproduces that questionnaire or stands for it.

**Where the numbers come from.** Weights, efforts, shares, half-lives and most thresholds are judgement: proposed by us,
fitted to each other by [a simulation](benchmarks.md#calibration-python-benchmarkscalibrationpy), not calibrated on real
organisations. Thresholds from a publication name it. Of these:

- Deployments about daily, weekly or monthly, lead times of a day, a week or a month: DORA, Accelerate State of DevOps
  2024, table of clusters. Checked against second-hand copies that agree; the report itself was not at hand.
- 5, 10, 15 and 64 % of changes that fail, recovery within an hour, a day, a week or longer: DORA, Accelerate State of
  DevOps 2023, table of clusters. Checked against a second-hand copy that does not name the year: **year unverified**.
- Logs kept for six months (183 days): Regulation (EU) 2024/1689. Article 19(1) was checked against a copy of its text,
  Article 26(6), for deployers, second-hand.

Of the places named in other texts, those in Regulation (EU) 2024/1689 were checked against its list of articles, and
those in the NIST AI RMF 1.0 against a copy of its subcategories. Places in ISO/IEC 42001 could not be checked and are
not given. Sections of the Marvelous MLOps assessment, the AWS roadmap and the others are as we read them:
**unverified**. None of them decides anything in the score.
"""
READING = """\
## How to read a practice

- **Answers** are for rung 0, 1, 2 and 3; **effort** is person-days, low to high, of the step to that rung from the one
  below, for one team of four to eight people with one to five models in production.
- **Weight** is the benefit: 1 nice to have, 3 a clear gain in operation, 5 removes a common cause of outage, loss or
  audit failure. **Asked for** is the rung that level 1, 2 and 3 ask for (– = none). **Key** practices can't be
  outvoted from that level on.
- **Evidence**: each signal fills its share of the practice's budget at best and weighs half after its half-life; what
  signals leave open is left to the answers. The columns are the values that speak for rung 1, 2 and 3, with straight
  lines between them. `top 2.4` is the highest rung a signal can show: what shows only that something exists stops short
  of 3. *Pushed* signals have no collector yet; `records import` takes them as measurements.
"""


def render_model(catalogue: Catalogue, signals: Mapping[str, Signal]) -> str:
    """The page, as Markdown; `signals` are those that are measured, by id."""
    head = HEAD.format(
        id=catalogue.id,
        version=catalogue.version,
        practices=len(catalogue.practices),
        aspects=len(catalogue.aspects),
        signals=len(catalogue.signal_ids),
    )
    lines = [head, "## Levels", ""]
    lines += [line for level in catalogue.levels for line in _level(level)]
    lines += ["## Aspects", ""]
    lines += [line for aspect in catalogue.aspects for line in _aspect(aspect, catalogue)]
    lines += [READING, "## Practices", ""]
    lines += [line for aspect in catalogue.aspects for line in _practices(aspect, catalogue, signals)]
    return "\n".join(lines).rstrip() + "\n"


def _level(level: Level) -> Iterator[str]:
    yield from (f"### Level {level.level}: {level.name}", "", level.summary, "")
    yield f"- **Expect to find**: {'; '.join(level.typical_evidence)}."
    yield f"- **Main risk**: {level.main_risk}"
    yield f"- **Enough for**: {level.when_it_is_enough}"
    yield from (f"- **Next steps**: {'; '.join(level.next_steps)}.", "")


def _aspect(aspect: Aspect, catalogue: Catalogue) -> Iterator[str]:
    total = sum(each.weight for each in catalogue.aspects)
    yield from (f"### {aspect.name}", "", f"{aspect.intent} {percent(aspect.weight / total)} of the overall index.", "")
    yield from ("| level | what it looks like |", "|---|---|")
    yield from (f"| {level.level} | {level.aspects[aspect.id]} |" for level in catalogue.levels)
    yield ""


def _practices(aspect: Aspect, catalogue: Catalogue, signals: Mapping[str, Signal]) -> Iterator[str]:
    practices = catalogue.of_aspect(aspect.id)
    yield from (f"### {aspect.name}: {len(practices)} practices", "")
    yield from ("| practice | weight | asked for | key from level | models |", "|---|---|---|---|---|")
    for practice in practices:
        yield (
            f"| [{practice.title}](#{practice.id}) | {practice.weight:g} | {_required(practice)} "
            f"| {practice.key_from or '–'} | {_kinds(practice)} |"
        )
    yield ""
    for practice in practices:
        yield from _practice(practice, signals)


def _practice(practice: Practice, signals: Mapping[str, Signal]) -> Iterator[str]:
    yield from (f'#### <a id="{practice.id}"></a>{practice.title}', "")
    yield from (f"**{practice.question}** {practice.why}", "")
    yield from ("| rung | answer | effort |", "|---|---|---|", f"| 0 | {practice.answers[0]} | |")
    for rung in RUNGS:
        low, high = practice.effort_days[rung]
        yield f"| {rung} | {practice.answers[rung]} | {low:g}–{high:g} |"
    yield ""
    key = f", key from level {practice.key_from}" if practice.key_from else ""
    asked = f"asked for {_required(practice)}{key}"
    yield f"`{practice.id}` · weight {practice.weight:g} · {asked} · {_kinds(practice)} models"
    yield ""
    yield from _evidence(practice, signals)
    if practice.prerequisites:
        yield f"- **First**: {', '.join(f'[{name}](#{name})' for name in practice.prerequisites)}"
    yield f"- **Tools that help**: {', '.join(practice.tools)}"
    yield from (f"- **Elsewhere**: {_crosswalk(practice.crosswalk)}", "")


def _evidence(practice: Practice, signals: Mapping[str, Signal]) -> Iterator[str]:
    if not practice.signals:
        yield from ("Answers only.", "")
        return
    yield "| signal | share | rung 1 | rung 2 | rung 3 | half-life | thresholds from |"
    yield "|---|---|---|---|---|---|---|"
    for use in practice.signals:
        values = " | ".join(_value_at(use, rung) for rung in RUNGS)
        share, half_life = percent(use.share), f"{use.half_life_days:g} d"
        yield f"| {_signal(use.id, signals)} | {share} | {values} | {half_life} | {use.source} |"
    yield from (f"| *answers* | {percent(1 - practice.telemetry_share)} and what is not seen | | | | | |", "")


def _signal(name: str, signals: Mapping[str, Signal]) -> str:
    known = signals.get(name)
    if known is None:
        return f"`{name}`, pushed"
    return f"[`{name}`](signals.md#{name.replace('.', '')}): {known.title}, {known.unit}"


def _value_at(use: SignalUse, rung: int) -> str:
    """The least good value that speaks for a rung, or why there is none."""
    for (x0, y0), (x1, y1) in pairwise(use.anchors):
        if y0 != y1 and min(y0, y1) <= rung <= max(y0, y1):
            return f"{round(x0 + (x1 - x0) * (rung - y0) / (y1 - y0), 2):,g}"
    top = max(anchor[1] for anchor in use.anchors)
    return f"top {top:g}" if rung > top else "–"


def _required(practice: Practice) -> str:
    return " / ".join(str(rung) if rung else "–" for rung in practice.required)


def _kinds(practice: Practice) -> str:
    every: Collection[str] = ("classical", "genai", "agent")
    kinds = practice.applies_to or every
    return "all" if set(kinds) == set(every) else ", ".join(kinds)


def _crosswalk(crosswalk: Mapping[str, Any]) -> str:
    told = []
    for framework, places in crosswalk.items():
        words = ", ".join(map(str, places)) if isinstance(places, tuple | list) else str(places)
        if words:
            told.append(f"{FRAMEWORKS.get(framework, framework)} {words}".strip())
    return "; ".join(told) or "nothing"
