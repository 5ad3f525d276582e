"""docs/frameworks.md as Markdown, made from the frameworks themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlops_maturity.config.framework import Framework, Item

EXAMPLE = """\
framework: acme                       # the id for --framework; not one of the package's
title: Acme's release standard
rule: staged                          # or tests, with `half:` and `full:` in items and `bands:` instead of `levels:`
sources:
  - {title: Engineering handbook, url: "https://handbook.acme.example/ml", year: 2026}
note: Covers delivery only.
levels:
  - {level: 0, name: Not released, summary: Nothing may go to customers.}
  - {level: 1, name: Released, summary: May serve customers under supervision.}
  - {level: 2, name: Trusted, summary: May decide by itself.}
parts:
  - {id: delivery, name: Delivery}
  - {id: watching, name: Watching}
items:
  - {id: rollback, part: delivery, level: 1, says: There is a way back., practices: {rollback: 2}}
  - {id: gate, part: delivery, level: 2, says: Limits stop a release., practices: {quality-gate: 3, ml-code-tests: 2}}
  - {id: quality, part: watching, level: 1, says: Quality is measured live., practices: {prediction-quality: 2}}
  - id: budget
    part: watching
    level: 2
    says: A budget is signed.
    not_judged: no practice asks for signatures
    related: [cost-control]
"""
_INTRODUCTION = f"""\
# Frameworks

`assess --framework ID` shows the same evidence through somebody else's model. A framework is a file that says, for each
thing it asks for, which practices of the catalogue show it and from which rung on. That mapping is this project's
judgement, and so is the wording; the levels, columns, sections and rules are the publications'.

## How a result is made

A practice has reached a rung where its value comes within the tolerance of it (0.15) and its confidence is at least
what the catalogue asks of the level of that number (0.15, 0.25, 0.55). So a fresh questionnaire alone reaches rung 2
and never 3, and a stale word reaches nothing. An item may name several practices: it takes all of them.

- `staged`: a part (a column) is at the highest level of which, and of all below, every item holds. Where a level asks
  for no more than the one before, a part that has reached the one is at the other too, and the table says so.
- `tests`: an item is worth 0, half a point or a whole one; each part (a section) is the sum.
- The whole is the least of the parts; a framework with tests may take their sum instead (`total: sum`).

**What is not known is not 0.** Every figure has a range. Its lower end is proven whatever the unknown turns out to be;
its upper end is what is possible, and asks for no confidence. A result that only missing evidence holds down says so,
and a team without any evidence gets no result. What can't be judged is listed with its reason:

| why an item isn't judged | `staged` | `tests` |
|---|---|---|
| no practice shows it | counts neither for nor against | a whole point more is possible |
| the catalogue in use has not got the practice | leaves the levels from it on open | likewise |
| its practices are waived, or for other kinds of model | counts neither for nor against | likewise |

*Decided by* are the practices that would move the whole: bringing all of them to their rung does.
`mlops-maturity assess --team T --framework ID` names each with what it lacks.

## One of your own

One file, beside `maturity.yaml`, and one key in that: `frameworks: [frameworks/]`, a list of files and folders.
`mlops-maturity check` tells every fault of it at once, with its line, and the practice that a misspelt one may mean.
All keys are in [configuration.md](configuration.md#keys-of-a-framework).

```yaml
{EXAMPLE}```
"""


def render_frameworks(frameworks: Mapping[str, Framework]) -> str:
    """The whole page."""
    lines = [_INTRODUCTION]
    for framework in frameworks.values():
        lines += _framework(framework)
    return "\n".join(lines).rstrip() + "\n"


def _framework(framework: Framework) -> Iterator[str]:
    yield f"## `{framework.id}`: {framework.title}"
    yield ""
    for source in framework.sources:
        yield f"Source: [{source.title}]({source.url}), {source.year}."
    yield ""
    yield framework.note
    yield ""
    if framework.stages:
        yield from _table(
            ("level", "name", "what it is like"),
            ((str(stage.level), stage.name, stage.summary) for stage in framework.stages),
        )
    if framework.bands:
        yield from _table(("score", "meaning"), _bands(framework))
    for part in framework.parts:
        yield f"### {part.name} (`{part.id}`)"
        yield ""
        yield from _table(_head(framework), (_item(item, framework) for item in framework.of_part(part.id)))


def _bands(framework: Framework) -> Iterator[tuple[str, str]]:
    below: float | None = None
    for band in framework.bands:
        start = "up to" if below is None else f"above {below:g}, up to"
        yield f"above {below:g}" if band.up_to is None else f"{start} {band.up_to:g}", band.name
        below = band.up_to


def _head(framework: Framework) -> tuple[str, ...]:
    if framework.rule == "staged":
        return "level", "item", "what is asked", "shown by", "touched by"
    return "test", "what is asked", "half a point", "a whole point", "touched by"


def _item(item: Item, framework: Framework) -> tuple[str, ...]:
    related = ", ".join(item.related)
    by_points = {step.points: _rungs(step.rungs) for step in item.steps}
    unjudged = f"not judged: {item.not_judged}" if item.not_judged else ""
    if framework.rule == "staged":
        return str(item.level), f"`{item.id}`", item.says, by_points.get(1.0, unjudged), related
    return f"`{item.id}`", item.says, by_points.get(0.5, ""), by_points.get(1.0, unjudged), related


def _rungs(rungs: Mapping[str, int]) -> str:
    return ", ".join(f"{practice} ≥ {rung}" for practice, rung in rungs.items())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""
