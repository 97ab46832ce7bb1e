"""An audit on one page: what was found of each tested claim, the weakest claims first."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cxsurvey.display import alt_text
from cxsurvey.display.card import Body, Card, FigureText, assemble, moved
from cxsurvey.display.forms import audit_notes
from cxsurvey.display.forms.audit_prints import audited_claims
from cxsurvey.display.forms.audit_rows import (
    LINE,
    Columns,
    columns_of,
    draw_claims,
    draw_tiles,
)
from cxsurvey.display.forms.audit_scale import HUNDRED, RATIO
from cxsurvey.display.forms.audit_words import TILES, WEAKEST_FIRST, claim_words, in_words
from cxsurvey.display.measure import wrap
from cxsurvey.display.ops import Text
from cxsurvey.display.style import ASCENT, CONTENT, LEFT, MAX_HEIGHT, N_PT, PALETTE, Palette
from cxsurvey.errors import RequestError
from cxsurvey.published.audit.verdicts import Audit, Finding
from cxsurvey.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.display.ops import Op

FORM: Final = "audit"
NO_ROWS: Final = ("figure", "row_id", "label", "verdict", "printed", "found", "p_range", "p_adjusted", "drawn")
TILES_GAP: Final = 0.08
LINES_GAP: Final = 0.03


def audit_card(
    audit: Audit,
    *,
    headline: str = "",
    source: str = "",
    key: str = "audit",
    number: str = "1",
    palette: Palette = PALETTE,
) -> Card:
    """Draw an audit on one page.

    Parameters
    ----------
    audit : Audit
        From :func:`cxsurvey.audit`.
    headline : str
        The finding; the count of claims that hold by default.
    source : str
        The source line; the sources of the claims by default.
    key, number : str
        Name of the figure's files, and its number as printed.
    palette : Palette

    Returns
    -------
    Card
        At most as tall as a page. Where the tested claims are too many, the weakest verdicts are drawn, then
        supported claims with the largest p-values; the others are counted. Its table has every tested claim.

    Raises
    ------
    RequestError
        ``figure-empty`` for an audit of no claims; ``figure-too-tall`` when the headline leaves no room.

    Examples
    --------
    >>> from cxsurvey.published.claims.records import Claim
    >>> claim = Claim("a", "Leaders lead", "comparison", "more")
    >>> sides = {"measure": "gap", "estimate_a": 0.25, "estimate_b": 0.1, "estimate": 0.15, "p_value": 0.001}
    >>> card = audit_card(Audit("tiny", 0.95, "holm", 1, 0.1, (Finding(claim, "supported", "", **sides),)))
    >>> card.text.headline
    'The one testable claim holds'
    """
    if not audit.findings:
        raise RequestError.figure_empty(key)
    ordered = in_order(audit.findings)
    text = FigureText(
        key=key,
        number=number,
        headline=headline or audit_notes.headline(audit),
        descriptor=f"Printed claims of {audit.study}, tested on their printed percentages and bases",
        notes=audit_notes.notes(audit, ordered),
        source=source or audit_notes.sources(audit),
    )
    columns = columns_of(ordered, audited_claims(audit)) if ordered else None

    def composed(count: int) -> Card:
        return _composed(audit, text, ordered, count, columns, palette)

    fitting = bisect_left(range(len(ordered)), 1, key=lambda count: composed(count + 1).height > MAX_HEIGHT)
    card = composed(fitting)
    if card.height > MAX_HEIGHT:
        raise RequestError.figure_too_tall(key, card.height, MAX_HEIGHT)
    return card


def study_audit(study: Study) -> Audit | None:
    """Audit the claims beside a study file, at its level and with its correction; None where there are none.

    Raises
    ------
    ClaimsError
        As :func:`cxsurvey.read_claims`.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> study_audit(cx.read_study("sfo2018")) is None
    True
    """
    from cxsurvey.published.audit.audit import audit  # noqa: PLC0415 - the page itself needs no tests
    from cxsurvey.published.claims.file import claims_beside, claims_path  # noqa: PLC0415 - as above

    if not claims_path(study.path).is_file():
        return None
    claims = claims_beside(study.path, study.file)
    settings = study.file.settings
    return audit(claims, level=settings.level, adjust=settings.adjust, codebook=study.file)


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Tested claims, the weakest verdicts first, and those of one verdict by falling p-value.

    Claims without a p-value come last in their verdict, and ties stay in the order of the report.
    """

    def weakness(finding: Finding) -> tuple[int, float]:
        p = finding.p_high if math.isnan(finding.p_value) else finding.p_value
        return WEAKEST_FIRST.index(finding.verdict), math.inf if math.isnan(p) else -p

    return sorted((finding for finding in findings if finding.tested), key=weakness)


def _composed(
    audit: Audit,
    text: FigureText,
    ordered: Sequence[Finding],
    count: int,
    columns: Columns | None,
    palette: Palette,
) -> Card:
    """Draw the first ``count`` claims and count the others."""
    tiles, y = draw_tiles(audit.counts, palette)
    ops: list[Op] = list(tiles)
    if columns is not None and count:
        rows, height = draw_claims(
            ordered[:count],
            columns,
            palette,
            claims=audited_claims(audit),
            totals=Counter(item.verdict for item in ordered),
            level=audit.level,
        )
        ops += [moved(op, down=y + TILES_GAP) for op in rows]
        y += TILES_GAP + height
    for line in [*audit_notes.more(ordered[count:]), *audit_notes.untested(audit)]:
        y += LINES_GAP
        for part in wrap(line, CONTENT, N_PT):
            ops.append(Text(LEFT, y + ASCENT * N_PT / 72, part, N_PT, colour=palette.ink2, role="more"))
            y += LINE
    return assemble(
        text,
        Body(tuple(ops), y),
        form=FORM,
        table=_table(text.key, audit, ordered, count),
        alt_long=_alt(audit, text, ordered[:count], ordered[count:]),
        palette=palette,
    )


def _table(key: str, audit: Audit, ordered: Sequence[Finding], count: int) -> pd.DataFrame:
    """Every tested claim: shares in percent, gaps in points, ratios as multiples."""
    import pandas as pd  # noqa: PLC0415 - the table is made last

    claims = audited_claims(audit)
    words = [claim_words(item, claims) for item in ordered]
    rows = [
        {
            "figure": key,
            "row_id": item.claim.id,
            "label": item.claim.statement,
            "verdict": item.verdict,
            "printed": said.printed,
            "found": f"{said.value} ({said.interval})" if said.interval else said.value,
            "p_range": said.p_range,
            "measure": item.measure,
            "share_a": HUNDRED * item.estimate_a,
            "n_a": item.n_a,
            "share_b": HUNDRED * item.estimate_b,
            "n_b": item.n_b,
            "value": _scale(item) * item.estimate,
            "lo": _scale(item) * item.conf_low,
            "hi": _scale(item) * item.conf_high,
            "p_low": item.p_low,
            "p_high": item.p_high,
            "p_adjusted": item.p_adjusted,
            "test": item.test,
            "reason": item.reason,
            "drawn": place < count,
        }
        for place, (item, said) in enumerate(zip(ordered, words, strict=True))
    ]
    return pd.DataFrame(rows, columns=None if rows else list(NO_ROWS))


def _scale(finding: Finding) -> float:
    return 1.0 if finding.measure == RATIO else HUNDRED


def _alt(audit: Audit, text: FigureText, drawn: Sequence[Finding], left_out: Sequence[Finding]) -> str:
    counted = ", ".join(
        f"{words} {audit.counts[name]:,}" for name, words in TILES.items() if audit.counts[name]
    )
    claims = audited_claims(audit)
    variants = [
        [f"{alt_text.cut(item.claim.statement, longest)}: {in_words(item, claims)}" for item in drawn]
        for longest in alt_text.LABEL_CHARACTERS
    ]
    tail = " ".join(audit_notes.more(left_out))
    return alt_text.fitted(
        [alt_text.opening("Audit of claims", text), f"Verdicts: {counted}."], variants, [tail]
    )
