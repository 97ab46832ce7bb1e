"""What counts would plausibly be where claims leave them open: rough shares, and joint tables made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from cxsurvey.published.claims.records import EVERY, Claim, GroupRef, Statistic
from cxsurvey.published.synthesis.counts import Factor
from cxsurvey.published.synthesis.factors import BLANK, CHOSEN
from cxsurvey.published.synthesis.measures import Asked, Model
from cxsurvey.published.synthesis.tables import Table
from cxsurvey.published.synthesis.uses import response_codes
from cxsurvey.study.answers import FloatArray
from cxsurvey.study.codebook import Question, by_id

RATINGS_CORRELATE: Final = 0.65
"""Of customer insight with customer engagement, as latent normal scores: an assumption of our own."""
FALLING: Final = 0.85  # each further response of a multi question is chosen this much less often
FIRST: Final = 0.5
NEARLY: Final = 0.97  # of the number that a share is nearly
APART: Final = 0.08  # how far apart groups are expected that are said to differ, without numbers
MARGIN: Final = 0.03  # how far beyond a threshold a share is expected
BLANK_WEIGHT: Final = 20.0
ROOM: Final = 0.9  # of the answers that a cap allows, how many are given
Shares = dict[str, float]


@dataclass(frozen=True, slots=True)
class Known:
    """Shares that are printed, or nearly said, by statistic."""

    shares: dict[Statistic, float] = field(default_factory=dict)

    def of(self, question: str, response: str, group: GroupRef) -> float | None:
        """The share, or None."""
        return self.shares.get(Statistic(question, response, group))


def known_shares(claims: Sequence[Claim], expected: Mapping[str, Mapping[str, float]]) -> Known:
    """Collect what claims print, as fractions; what they only hint at, where nothing is expected of it.

    Parameters
    ----------
    claims : sequence of Claim
    expected : mapping of str to mapping of str to float
        By question and response: ``[synthesis] expected``, which goes before a hint.

    Returns
    -------
    Known
    """
    found: dict[Statistic, float] = {}
    for claim in claims:
        hints = {} if claim.value is None else _hints(claim)
        for statistic, share in hints.items():
            said = statistic.group.is_all and statistic.response in expected.get(statistic.question, {})
            if claim.prints_share or (statistic not in found and not said):
                found[statistic] = min(max(share, 0.0), 1.0)
    for claim in claims:
        if claim.kind == "comparison":
            found = _apart(claim, expected) | found
    return Known(found)


def _hints(claim: Claim) -> dict[Statistic, float]:
    """About how large the shares of a share or threshold claim are."""
    if claim.kind not in {"share", "threshold"} or claim.value is None:
        return {}
    shift = {"more_than": MARGIN, "at_least": MARGIN, "less_than": -MARGIN, "at_most": -MARGIN}
    near = NEARLY if claim.qualifier == "nearly" else 1.0
    share = near * float(claim.value) / 100 + shift.get(claim.qualifier, 0.0)
    return dict.fromkeys(claim.statistics, share)


def _apart(claim: Claim, expected: Mapping[str, Mapping[str, float]]) -> dict[Statistic, float]:
    """Two groups that are said to differ, without numbers: some way to both sides of what is expected."""
    found: dict[Statistic, float] = {}
    half = APART / 2 if claim.qualifier == "more" else -APART / 2
    for own, other in claim.pairs:
        same = (own.question, own.response) == (other.question, other.response)
        if same and own.group != other.group and EVERY not in (own.response, other.group.member):
            middle = expected.get(own.question, {}).get(own.response, FIRST)
            found |= {own: min(max(middle + half, 0.0), 1.0), other: min(max(middle - half, 0.0), 1.0)}
    return found


def aim(model: Model, claims: Sequence[Claim]) -> None:
    """Give every count of a model a plausible target.

    Parameters
    ----------
    model : Model
        Its program is given the targets.
    claims : sequence of Claim
        Those that are calibrated.

    Notes
    -----
    Joint tables: factors independent, but the two segment ratings, which follow a bivariate normal with
    correlation 0.65 cut at their shares. Responses: ``[synthesis] expected``, else printed shares; groups in
    which a share is not printed take what the printed total leaves, else the mean of the printed groups;
    what is printed nowhere is spread evenly (one answer) or falls smoothly below the least printed share
    (several answers).
    """
    synthesis = model.file.synthesis
    known = known_shares(claims, synthesis.expected if synthesis is not None else {})
    for place, table in enumerate(model.tables):
        shares = _cell_shares(model, table, known)
        model.program.expect(dict(zip(model.cells[place], (model.n * shares).tolist(), strict=True)))
    for asked in model.asked.values():
        _aim_question(model, asked, known)


def _cell_shares(model: Model, table: Table, known: Known) -> FloatArray:
    """Plausible share of each cell; shape (C,)."""
    questions = by_id(model.file.question)
    ratings = _ratings(model, table)
    margins = {
        name: _margin(model, questions[name], known)
        for name in dict.fromkeys(f.question for f in table.factors)
    }
    shares = np.ones(len(table.cells))
    for factor in table.factors:
        if factor not in ratings:
            margin = margins[factor.question]
            shown = model.used[factor.question].shown
            shares *= [
                _value_share(answers[factor], factor, margin, asked=shown.holds(answers))
                for answers in table.answers
            ]
    if ratings:
        joint = _rating_pairs([questions[f.question] for f in ratings], [margins[f.question] for f in ratings])
        shares *= [joint.get((answers[ratings[0]], answers[ratings[1]]), 0.0) for answers in table.answers]
    return shares


def _ratings(model: Model, table: Table) -> list[Factor]:
    declared = model.file.segments
    if declared is None or not declared.insight or not declared.engagement:
        return []
    own = [Factor(declared.insight), Factor(declared.engagement)]
    return own if own[0] != own[1] and all(factor in table.factors for factor in own) else []


def _value_share(value: str, factor: Factor, margin: Shares, *, asked: bool) -> float:
    """The share of an answer among those asked; whoever is not asked is blank, and others hardly ever."""
    if value == BLANK:
        return 0.0 if asked else 1.0
    if not factor.response:
        return margin[value]
    share = margin[factor.response]
    return share if value == CHOSEN else 1.0 - share


def _margin(model: Model, question: Question, known: Known) -> Shares:
    found = {
        code: share for code in question.codes if (share := known.of(question.id, code, GroupRef())) is not None
    }
    nets = {net.id: known.of(question.id, net.id, GroupRef()) for net in question.nets}
    return fill(model, question, found, {name: share for name, share in nets.items() if share is not None})


def fill(model: Model, question: Question, found: Shares, nets: Shares) -> Shares:
    """Complete the shares of a question's responses.

    Parameters
    ----------
    model : Model
    question : Question
    found : dict of str to float
        By response; those that are known.
    nets : dict of str to float
        By net; those that are known.

    Returns
    -------
    dict of str to float
        By every response, in questionnaire order.
    """
    synthesis = model.file.synthesis
    expected = synthesis.expected.get(question.id, {}) if synthesis is not None else {}
    given = {**expected, **found}
    if question.type == "multi":
        return _falling(question, found, expected)
    for name, share in nets.items():
        codes = response_codes(question, name)
        rest = [code for code in codes if code not in given]
        left = share - sum(given.get(code, 0.0) for code in codes)
        given |= dict.fromkeys(rest, max(left, 0.0) / max(len(rest), 1))
    rest = [code for code in question.codes if code not in given]
    left = max(1.0 - sum(given.get(code, 0.0) for code in question.codes), 0.0)
    given |= dict.fromkeys(rest, left / max(len(rest), 1))
    return _to_one(question, given, found)


def _to_one(question: Question, given: Shares, found: Shares) -> Shares:
    """Make shares of single answers add up to 1, what is printed kept."""
    fixed = sum(found.values())
    loose = sum(given[code] for code in question.codes if code not in found)
    scale = max(1.0 - fixed, 0.0) / loose if loose > 0 else 1.0
    return {code: given[code] if code in found else given[code] * scale for code in question.codes}


def _falling(question: Question, found: Shares, expected: Mapping[str, float]) -> Shares:
    """Unprinted responses of a multi question fall smoothly below the least printed share."""
    least = min([*found.values(), FIRST])
    loose: Shares = {}
    for code in question.codes:
        if code not in found:
            loose[code] = expected.get(code, least * FALLING ** (1 + len(loose)))
    total = sum(loose.values())
    fixed = sum(found.values())
    most = ROOM * (question.cap if question.cap is not None else len(question.codes)) - fixed
    fewest = (1.05 - fixed) if question.blank == "skipped" else 0.0
    scale = 1.0
    if total > max(most, 0.0):
        scale = max(most, 0.0) / total
    elif 0 < total < fewest:
        scale = fewest / total
    return {code: found[code] if code in found else min(loose[code] * scale, 1.0) for code in question.codes}


def _rating_pairs(questions: Sequence[Question], margins: Sequence[Shares]) -> dict[tuple[str, str], float]:
    """Shares of pairs of ratings under a bivariate normal; ratings without a value apart from the rest."""
    rated = [
        [code for value, code in sorted(zip(q.values, q.codes, strict=True)) if not math.isnan(value)]
        for q in questions
    ]
    sizes = [np.array([margin[code] for code in codes]) for codes, margin in zip(rated, margins, strict=True)]
    rows, columns = (size / max(float(size.sum()), 1e-12) for size in sizes)
    cells = normal_cells(rows, columns, RATINGS_CORRELATE)
    return {(a, b): float(cells[i, j]) for i, a in enumerate(rated[0]) for j, b in enumerate(rated[1])}


def normal_cells(rows: FloatArray, columns: FloatArray, correlation: float) -> FloatArray:
    """Cut a bivariate normal into cells with given margins.

    Formula: with F the row's cumulative share and u uniform on its interval, the cell is the mean over u of
    the differences of Phi((c - r Phi^-1(u)) / sqrt(1 - r^2)) at the column's cut points c.

    Parameters
    ----------
    rows, columns : ndarray, shape (R,), (C,)
        Shares, each adding up to 1.
    correlation : float
        Between -1 and 1, ends excluded.

    Returns
    -------
    ndarray, shape (R, C)

    Examples
    --------
    >>> normal_cells(np.array([0.5, 0.5]), np.array([0.5, 0.5]), 0.5).round(4)
    array([[0.3333, 0.1667],
           [0.1667, 0.3333]])
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415 - heavy

    nodes, weights = np.polynomial.legendre.leggauss(64)
    ends = np.concatenate([[0.0], np.cumsum(rows)]).clip(0.0, 1.0)
    cuts = ndtri(np.concatenate([[0.0], np.cumsum(columns)[:-1], [1.0]]).clip(0.0, 1.0))
    cells = np.zeros((len(rows), len(columns)))
    for i in np.flatnonzero(rows > 0):
        u = ends[i] + (ends[i + 1] - ends[i]) * (nodes + 1) / 2
        z = ndtri(u)[:, None]
        below = ndtr((cuts[None, :] - correlation * z) / np.sqrt(1 - correlation**2))
        cells[i] = rows[i] * (weights / 2) @ np.diff(below, axis=1)
    return cells


def _aim_question(model: Model, asked: Asked, known: Known) -> None:
    question = asked.strata.question
    sizes = np.array([max(model.program.expected(size), 0.0) for size in asked.sizes])
    for k, shares in enumerate(class_shares(model, asked, known, sizes)):
        own = {code: sizes[k] * share for code, share in shares.items()}
        for code, count in zip(question.codes, asked.counts[k], strict=True):
            if len(count.terms) == 1 and model.program.weights[count.terms[0][0]] == 0:
                model.program.expect({count.terms[0][0]: float(own[code])})
        answered = asked.answering[k]
        if len(answered.terms) == 1 and model.program.weights[answered.terms[0][0]] == 0:
            model.program.expect({answered.terms[0][0]: float(sizes[k])}, weight=BLANK_WEIGHT)


def class_shares(model: Model, asked: Asked, known: Known, sizes: FloatArray) -> list[Shares]:
    """Plausible shares of each response in each class of respondents."""
    question = asked.strata.question
    groups = model.used[question.id].groups
    own = Factor(question.id)
    inside = {
        group: np.array([formula.holds(answers) for answers in asked.strata.answers], dtype=bool)
        for group, formula in groups.items()
        if not group.is_all and own not in formula.factors
    }
    order = sorted(inside, key=lambda group: (float(sizes[inside[group]].sum()), group))
    names = [*question.codes, *(net.id for net in question.nets)]
    table = {name: _spread(known, question.id, name, order, inside, sizes) for name in names}
    found = []
    for k in range(len(sizes)):
        here = {name: share[k] for name, share in table.items() if share[k] is not None}
        codes = {code: float(here[code] or 0.0) for code in question.codes if code in here}
        nets = {net.id: float(here[net.id] or 0.0) for net in question.nets if net.id in here}
        found.append(fill(model, question, codes, nets))
    return found


def _spread(
    known: Known,
    question: str,
    response: str,
    order: Sequence[GroupRef],
    inside: Mapping[GroupRef, FloatArray],
    sizes: FloatArray,
) -> list[float | None]:
    """The share of one response by class: of the smallest group that prints it, else what the total leaves."""
    found: list[float | None] = [None] * len(sizes)
    for group in reversed(order):
        share = known.of(question, response, group)
        if share is not None:
            found = [share if inside[group][k] else old for k, old in enumerate(found)]
    overall = known.of(question, response, GroupRef())
    told = [(share, sizes[k]) for k, share in enumerate(found) if share is not None]
    rest = sum(sizes[k] for k, share in enumerate(found) if share is None)
    if overall is not None:
        left = overall * float(sizes.sum()) - sum(share * size for share, size in told)
        other: float | None = min(max(left / rest, 0.0), 1.0) if rest > 0 else overall
    else:
        other = sum(share for share, _ in told) / len(told) if told else None
    return [other if share is None else share for share in found]
