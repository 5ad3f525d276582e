"""Why a level moved, in sentences: which practices stand otherwise before it, with what they had and what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.evidence.explain import Proofs, Told
from mlops_maturity.evidence.store.waivers import StoredWaiver
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.level_moves import GateSide, LevelMove, Stance, Status, Turn, Unasked
from mlops_maturity.scoring.level_weeks import Week
from mlops_maturity.scoring.parts import CAUSES, Cause, Parts
from mlops_maturity.scoring.practice_change import AnswerTurn, Piece, ReadingTurn
from mlops_maturity.scoring.thresholds import reaches

NAMED = 6
"""Respondents, and practices of a week, named in one sentence; JSON has all of them."""
DETAILED = 4
"""Practices of a level, and pieces of evidence of a practice, told in detail; every practice is named."""
WEEKS = 12
"""Weeks told in sentences, the newest; JSON has all of them."""
LEAST, MOST = 2, 10
"""Decimals: as few as tell a figure from what it needs, and never more than rounding leaves."""
UNKNOWN = "unknown"
CAUSE: Mapping[Cause, str] = {"ageing": "ageing", "new_evidence": "new evidence", "model": "the model"}
_WAS: Mapping[Status, str] = {"met": "met it", "short": "fell short", "blocks": "barred it", "unasked": "had no part"}
_IS: Mapping[Status, str] = {"met": "meets it", "short": "falls short", "blocks": "bars it", "unasked": "has no part"}
_UNASKED: Mapping[Unasked, str] = {
    "not_in_catalogue": "not in the catalogue",
    "waived": "waived",
    "other_kinds": "concerns other kinds of model",
    "not_required": "no rung is asked of it",
}


def move_lines(moves: Iterable[LevelMove], told: Told, catalogue: Catalogue) -> Iterator[str]:
    """Each level that an aspect gained or lost: by which rule, and by which practices.

    What moved a practice is told at the first level at which it turned; it is the same at the next.
    """
    behind: set[str] = set()
    for move in moves:
        yield f"  Level {move.level} {'gained' if move.gained else 'lost'}: {_rule(move)}"
        detailed = 0
        for turn in sorted(move.turns, key=lambda turn: (not turn.toward, not turn.alone)):
            yield f"    {_turned(turn, told, catalogue)}"
            if detailed < DETAILED and turn.practice not in behind:
                yield from (f"      {line}" for line in _behind(turn, told))
                behind.add(turn.practice)
                detailed += 1


def unknown_lines(moves: Sequence[LevelMove], told: Told) -> Iterator[str]:
    """Levels of an aspect of which nothing was known on one of the days: no practice turned, they came or went."""
    levels = " and ".join(str(move.level) for move in moves)
    if not levels:
        return
    gained, change = moves[0].gained, told.explanation
    how = (
        f"gained: nothing was known of the aspect on {change.since}, so all it rests on came since"
        if gained
        else f"lost: nothing of the aspect counts any more on {change.until}"
    )
    practices = counted(len({turn.practice for move in moves for turn in move.turns}), "practice")
    yield f"  Level {levels} {how}; {practices} turned."


def overall_line(told: Told, catalogue: Catalogue) -> str:
    """Which aspects the overall level is that of, on both days: the least ones."""
    change = told.explanation
    was, now = (_least(side, catalogue) for side in (change.before, change.after))
    levels = arrow(level_word(change.before, OVERALL), level_word(change.after, OVERALL))
    return (
        f"Overall level {levels}: the least of the aspects. On {change.since} that was {was}, on {change.until} {now}."
    )


def _least(assessment: Assessment, catalogue: Catalogue) -> str:
    if assessment.overall.confidence == 0:
        return UNKNOWN
    told = [aspect for aspect, each in assessment.aspects.items() if each.level is not None]
    least = [aspect for aspect in told if assessment.aspects[aspect].level == assessment.overall.level]
    names = {aspect.id: aspect.name for aspect in catalogue.aspects}
    return "every one" if least == told else ", ".join(names.get(aspect, aspect) for aspect in least)


def week_lines(told: Told, catalogue: Catalogue) -> Iterator[str]:
    """The newest weeks in which a level moved, with the practices that moved it."""
    names = {OVERALL: "overall", **{aspect.id: aspect.name for aspect in catalogue.aspects}}
    if len(told.weeks) > WEEKS:
        earlier = counted(len(told.weeks) - WEEKS, "earlier week")
        first = told.weeks[0].before.as_of
        yield f"  {earlier}, from {first} on: a shorter span tells them, `--format json` all of them."
    for week in told.weeks[-WEEKS:]:
        moved = "; ".join(f"{names.get(scope, scope)} {_levels(week, scope)}" for scope in week.scopes)
        by = " ".join(_short(move, told, catalogue) for move in week.moves)
        yield f"  {week.before.as_of} to {week.after.as_of}: {moved}.{' ' if by else ''}{by}"


def level_word(assessment: Assessment, scope: str) -> str:
    """The level of overall or an aspect; a level of which nothing is known is no finding."""
    part = assessment.overall if scope == OVERALL else assessment.aspects.get(scope)
    if part is None or part.level is None:
        return "none"
    return UNKNOWN if part.confidence == 0 else str(part.level)


def arrow(before: str, after: str) -> str:
    """What was and what is, or just the one."""
    return after if before == after else f"{before} → {after}"


def answer_word(value: int | None) -> str:
    """A rung as said, or that somebody doesn't know."""
    return "don't know" if value is None else str(value)


def decimals(pairs: Iterable[tuple[float, float]]) -> int:
    """So many that no figure that lacks something looks like what it needs, nor the other way round."""
    kept = list(pairs)
    for count in range(LEAST, MOST):
        if all((round(figure, count) >= round(needs, count)) is reaches(figure, needs) for figure, needs in kept):
            return count
    return MOST


def _levels(week: Week, scope: str) -> str:
    return arrow(level_word(week.before, scope), level_word(week.after, scope))


def _rule(move: LevelMove) -> str:
    alone = [turn for turn in move.turns if turn.alone]
    weight = _weight(move.before, move.after)
    if alone:
        also = "" if move.before.enough == move.after.enough else f"; besides, {weight}"
        return f"{counted(len(alone), 'practice')} that can't be outvoted {'turned' if also else 'decided'}{also}."
    if not any(turn.toward for turn in move.turns):
        return f"no practice turned; it is what the catalogue asks for and weighs: {weight}."
    return f"none bars it alone, the weight of all decides: {weight}."


def _weight(before: GateSide, after: GateSide) -> str:
    pairs = [(100 * side.share, 100 * side.needs_share) for side in (before, after) if side.share is not None]
    count = decimals(pairs) if decimals(pairs) > LEAST else 1
    shares = [UNKNOWN if side.share is None else f"{100 * side.share:.{count}f} %" for side in (before, after)]
    takes = arrow(*(f"{100 * side.needs_share:.3g} %" for side in (before, after)))
    return f"practices with {arrow(*shares)} of the weight asked for meet it, and it takes {takes}"


def _turned(turn: Turn, told: Told, catalogue: Catalogue) -> str:
    against = "" if turn.toward else "against that, "
    days = told.explanation.since, told.explanation.until
    was, now = (
        _status(words, stance, told.proofs.waiver_on(turn.practice, day))
        for words, stance, day in zip((_WAS, _IS), (turn.before, turn.after), days, strict=True)
    )
    return f"{against}“{_title(turn.practice, catalogue)}” {was}, now {now}{_figures(turn)}."


def _status(words: Mapping[Status, str], stance: Stance, waiver: StoredWaiver | None) -> str:
    return f"{words[stance.status]}{_reason(stance, waiver)}"


def _reason(stance: Stance, waiver: StoredWaiver | None) -> str:
    if stance.unasked == "waived" and waiver is not None:
        return f" (waived from {waiver.start} to {waiver.until}: {waiver.reason})"
    if stance.unasked is not None:
        return f" ({_UNASKED[stance.unasked]})"
    if stance.confidence == 0:
        return " (nothing known of it)"
    if stance.status != "blocks":
        return ""
    reasons = ["can't be outvoted"] if stance.key else []
    return f" ({', '.join([*reasons, *(['too far behind'] if stance.lags else [])])})"


def _figures(turn: Turn) -> str:
    """What there is and what it takes; where nothing is known, a value of 0 is none."""
    sides = turn.before, turn.after
    value = _needed("value", [(each.value if each.confidence else None, each.needs) for each in sides])
    confidence = _needed("confidence", [(each.confidence, each.needs_confidence) for each in sides])
    return f": {value}; {confidence}"


def _needed(name: str, sides: Sequence[tuple[float | None, float | None]]) -> str:
    pairs = [(figure, needs) for figure, needs in sides if figure is not None and needs is not None]
    count = decimals(pairs)
    figures = arrow(*(UNKNOWN if figure is None else f"{figure:.{count}f}" for figure, _ in sides))
    asked = arrow(*("nothing" if needs is None else _trimmed(needs, count) for _, needs in sides))
    return f"{name} {figures} (needs {asked})"


def _trimmed(needs: float, count: int) -> str:
    whole, _, rest = f"{needs:.{count}f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(LEAST, '0')}"


def _behind(turn: Turn, told: Told) -> Iterator[str]:
    """What moved the practice, and where to look."""
    if turn.change is None:
        return
    yield f"{_split('value', turn.change.value)}; {_split('confidence', turn.change.confidence)}"
    strongest = sorted(turn.change.pieces, key=lambda piece: -max(abs(piece.value), abs(piece.confidence)))
    for piece in strongest[:DETAILED]:
        if _shown(piece.value) or _shown(piece.confidence):
            yield (
                f"{CAUSE[piece.cause]}: {_evidence(piece, turn.practice, told.proofs)} "
                f"(value {_signed(piece.value)}, confidence {_signed(piece.confidence)})"
            )


def _shown(change: float) -> bool:
    """Whether a reader would see a change at all."""
    return abs(change) >= 0.5 * 0.1**LEAST


def _split(name: str, parts: Parts) -> str:
    causes = ", ".join(
        f"{CAUSE[cause]} {_signed(getattr(parts, cause))}" for cause in CAUSES if _shown(getattr(parts, cause))
    )
    return f"{name} {_signed(parts.total)}" + (f" by {causes}" if causes else "")


def _signed(change: float) -> str:
    return f"{change:+.{LEAST}f}" if _shown(change) else "±0"


def _evidence(piece: Piece, practice: str, proofs: Proofs | None) -> str:
    """What a piece is; with `proofs` also where to look. Only a space follows a link, so that it can be opened."""
    said = [_answer(each, practice, proofs) for each in piece.answers[:NAMED]]
    more = [f"{counted(len(piece.answers) - NAMED, 'respondent')} more"] if len(piece.answers) > NAMED else []
    return " · ".join([*(_reading(each, proofs) for each in piece.readings), *said, *more])


def _reading(turn: ReadingTurn, proofs: Proofs | None) -> str:
    before, after = turn.before, turn.after
    if after is None:
        return f"{turn.signal} went dark" + (f" (was {before.value:.4g} on {before.on})" if before else "")
    if before == after:
        return f"{turn.signal} {after.value:.4g} of {after.on}, not read since"
    was = "nothing" if before is None else f"{before.value:.4g}"
    told = f"{turn.signal} {arrow(was, f'{after.value:.4g}')} on {after.on}"
    behind = proofs.readings.get((turn.signal, after.on)) if proofs is not None else None
    if behind is None:
        return told
    link = next((url for *_, url in behind.proof.sample if url), None)
    return f"{told} from {counted(behind.proof.count, 'record')}{f', e.g. {link}' if link else ''}"


def _answer(turn: AnswerTurn, practice: str, proofs: Proofs | None) -> str:
    before, after = turn.before, turn.after
    was = "nothing" if before is None else answer_word(before.value)
    if turn.unsure_on is not None:
        return f"{turn.respondent} {was} → {answer_word(None)} on {turn.unsure_on}"
    if after is None:
        return f"{turn.respondent} said {was} too long ago"
    if before == after:
        return f"{turn.respondent} said {after.value} on {after.on}"
    behind = proofs.answers.get((practice, turn.respondent, after.on)) if proofs is not None else None
    link = f", see {behind.evidence_url}" if behind is not None and behind.evidence_url else ""
    return f"{turn.respondent} {was} → {answer_word(after.value)} on {after.on}{link}"


def _short(move: LevelMove, told: Told, catalogue: Catalogue) -> str:
    """The practices that turned the way the level went, with the figures that turned and what moved them most."""
    turns = [turn for turn in move.turns if turn.toward]
    named = ", ".join(f"“{_title(turn.practice, catalogue)}”{_figures(turn)}{_mostly(turn)}" for turn in turns[:NAMED])
    more = f", {counted(len(turns) - NAMED, 'practice')} more" if len(turns) > NAMED else ""
    gained = "gained" if move.gained else "lost"
    return f"Level {move.level} {gained} by {named or 'what the catalogue asks for and weighs'}{more}."


def _mostly(turn: Turn) -> str:
    pieces = () if turn.change is None else turn.change.pieces
    piece = max(pieces, key=lambda each: max(abs(each.value), abs(each.confidence)), default=None)
    return "" if piece is None else f", mostly by {CAUSE[piece.cause]}: {_evidence(piece, turn.practice, None)}"


def _title(practice: str, catalogue: Catalogue) -> str:
    known = catalogue.by_id.get(practice)
    return practice if known is None else known.title
