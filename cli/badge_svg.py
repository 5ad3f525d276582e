"""A badge as SVG: one small picture for a README, with nothing fetched from anywhere.

Both halves carry their own background and an outline, so it reads on light and on dark pages. The bar below the level
is the confidence. The colours of the levels are those of the pages; their lightness runs one way.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue, Parameters
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.percent import percent
from mlops_maturity.scoring.thresholds import reaches

LABEL = "MLOps maturity"
FILLS = ("#EFD9A7", "#8CC7BE", "#2A7F90", "#153F63")
"""Level 0 to 3."""
INKS = ("#0F1720", "#0F1720", "#FFFFFF", "#FFFFFF")
NO_FILL, NO_INK = "#C6CDD5", "#0F1720"
LABEL_FILL, LABEL_INK, OUTLINE = "#2B3642", "#FFFFFF", "#8792A0"
BANDS = ("very low confidence", "low confidence", "fair confidence", "high confidence")
"""Below what level 1, 2 and 3 ask of a practice, and from what level 3 asks."""
HEIGHT, PAD, BAR = 24, 9, 3
NARROW, WIDE = " .,:;'|!ijlIft()·", "mwMW%@"


def badge_svg(team: str, assessment: Assessment, catalogue: Catalogue) -> str:
    """The badge of a team; the same assessment always gives the same bytes."""
    overall = assessment.overall
    level, confidence = overall.level, overall.confidence or 0.0
    known = level is not None and confidence > 0
    if level is None:
        told, fill, ink = "not judged", NO_FILL, NO_INK
    elif not known:
        told, fill, ink = "no evidence", NO_FILL, NO_INK
    else:
        told = f"level {level} · {confidence_band(confidence, catalogue.parameters)}"
        fill, ink = FILLS[level], INKS[level]
    return _drawn(told, fill, ink, confidence, _in_full(team, assessment, catalogue, told))


def confidence_band(confidence: float, parameters: Parameters) -> str:
    """Confidence in words, cut where the levels ask for more of it."""
    floors = [parameters.min_confidence[level] for level in range(1, TOP_LEVEL + 1)]
    return BANDS[sum(reaches(confidence, floor) for floor in floors)]


def _in_full(team: str, assessment: Assessment, catalogue: Catalogue, told: str) -> str:
    """What the badge says, for those who hear it or point at it."""
    overall = assessment.overall
    if overall.level is None or not overall.confidence:
        return f"{LABEL} of {team}: {told}, {assessment.as_of}"
    name = next((level.name for level in catalogue.levels if level.level == overall.level), "")
    span = f"proven {overall.level_lo}, possible {overall.level_hi}"
    level = f"level {overall.level} of {TOP_LEVEL}{f' ({name})' if name else ''}"
    return f"{LABEL} of {team}: {level}, {span}, confidence {percent(overall.confidence)}, {assessment.as_of}"


def _drawn(told: str, fill: str, ink: str, confidence: float, in_full: str) -> str:
    left, right = _width(LABEL) + 2 * PAD, _width(told) + 2 * PAD
    whole = left + right
    bar = round(confidence * (right - 2 * PAD), 1)
    full = _plain(in_full)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" viewBox="0 0 {whole} {HEIGHT}" \
role="img" aria-label={quoteattr(full)}>
<title>{escape(full)}</title>
<path d="M{left} 0V{HEIGHT}H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="{LABEL_FILL}"/>
<path d="M{left} 0V{HEIGHT}H{whole - 4}a4 4 0 0 0 4-4V4a4 4 0 0 0-4-4z" fill="{fill}"/>
{_bar(left + PAD, right - 2 * PAD, bar, ink)}\
<rect x=".5" y=".5" width="{whole - 1}" height="{HEIGHT - 1}" rx="3.5" fill="none" stroke="{OUTLINE}"/>
<g font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">
{_text(LABEL, PAD, LABEL_INK)}
{_text(told, left + PAD, ink)}
</g>
</svg>
"""


def _bar(x: int, width: int, filled: float, ink: str) -> str:
    """The confidence as a share of the width; nothing where nothing is known."""
    if filled <= 0:
        return ""
    y = HEIGHT - BAR - 2
    track = f'<rect x="{x}" y="{y}" width="{width}" height="{BAR}" rx="1.5" fill="{ink}" fill-opacity="0.25"/>'
    return f'{track}\n<rect x="{x}" y="{y}" width="{filled:g}" height="{BAR}" rx="1.5" fill="{ink}"/>\n'


def _text(text: str, x: int, ink: str) -> str:
    """A line of text as wide as was reckoned, whatever font is there."""
    return f'<text x="{x}" y="14.5" textLength="{_width(text)}" fill="{ink}">{escape(text)}</text>'


def _width(text: str) -> int:
    """Pixels in the usual sans-serif of 11 px, near enough: `textLength` takes up the rest."""
    return round(sum(4.2 if char in NARROW else 9.6 if char in WIDE else 6.5 for char in text))


def _plain(text: str) -> str:
    """On one line, and without characters that XML can't hold."""
    return "".join(char if char.isprintable() else " " for char in text)
