"""A conflict in words: the claims, what they print, and why they cannot all hold."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cxsurvey.errors import DataFault
from cxsurvey.published.claims.records import Claim, Statistic
from cxsurvey.published.synthesis.conflicts import find_conflict
from cxsurvey.published.synthesis.constraints import share_zone
from cxsurvey.published.synthesis.factors import CODED, SEGMENT
from cxsurvey.published.synthesis.measures import Model
from cxsurvey.published.synthesis.search import Block
from cxsurvey.published.synthesis.uses import response_codes, spoken_of
from cxsurvey.study.codebook import SEGMENT_ORDER, by_id

HUNDRED = 100


def conflict_error(model: Model, claims: Sequence[Claim], blocks: Sequence[Block]) -> DataFault:
    """Find the claims that conflict and make the error that names them.

    Parameters
    ----------
    model : Model
    claims : sequence of Claim
        Those that are calibrated.
    blocks : sequence of Block
        Each of which cannot hold; the conflict of the fewest claims is told.

    Returns
    -------
    DataFault
        ``claims-conflict``.
    """
    questions = list(dict.fromkeys(s.question for claim in claims for s in claim.statistics))
    about = {claim.id: {s.question for s in spoken_of(claim, model.file)} for claim in claims}
    groups = [[name for name, spoken in about.items() if spoken == {question}] for question in questions]
    every = [find_conflict(model.program, block, model.question_of(), groups) for block in blocks]
    found = min(every, key=lambda conflict: len(conflict.claims))
    named = [claim for claim in claims if claim.id in set(found.claims)]
    rules = [*found.rules, *_structural(model, named, found.rules)]
    return DataFault.claims_conflict(
        model.file.study.id,
        [_line(claim) for claim in named],
        [f"{model.n:,} respondents", *rules],
        why=_why(model, named),
        smallest=all(conflict.smallest for conflict in every),
        undecided=found.open,
    )


def _line(claim: Claim) -> str:
    unit = {"share": "%", "threshold": "%", "ratio": " times"}.get(claim.kind, "")
    printed = ""
    if claim.value is not None:
        printed = f", prints {claim.printed}{unit if '/' not in claim.printed else ''}"
        if claim.base is not None and claim.base.origin == "stated":
            printed += f" of {claim.base}"
    return f"{claim.id} (row {claim.row}{printed}): {claim.statement}"


def _structural(model: Model, named: Sequence[Claim], rules: Sequence[str]) -> list[str]:
    """Rules that cells of a joint table keep by themselves, where the conflict is about such a question."""
    factors = {factor.question for table in model.tables for factor in table.factors if not factor.response}
    spoken = [s for claim in named for s in spoken_of(claim, model.file)]
    found = [
        f"{name}: one answer each"
        for name in dict.fromkeys(s.question for s in spoken)
        if name in factors or name == SEGMENT
    ]
    return [rule for rule in found if rule not in rules]


def _why(model: Model, named: Sequence[Claim]) -> str:
    """What is wrong, where it is a matter of sums; empty otherwise."""
    if any(claim.kind not in {"share", "threshold"} or claim.value is None for claim in named):
        return ""
    bounds: dict[Statistic, tuple[Fraction, Fraction]] = {}
    for claim in named:
        allowed = share_zone(claim)
        for statistic in claim.statistics:
            low, high = bounds.get(statistic, (Fraction(0), Fraction(HUNDRED)))
            bounds[statistic] = (
                max(low, allowed.low or low),
                min(high, high if allowed.high is None else allowed.high),
            )
    if any(low > high for low, high in bounds.values()):
        return "They give one share two values."
    places = {(statistic.question, statistic.group) for statistic in bounds}
    return _of_one_question(model, places.pop()[0], bounds) if len(places) == 1 else ""


def _of_one_question(model: Model, name: str, bounds: dict[Statistic, tuple[Fraction, Fraction]]) -> str:
    question = by_id(model.file.question).get(name)
    codes = {
        s: frozenset(response_codes(question, s.response) if question is not None else (s.response,))
        for s in bounds
    }
    everything = frozenset(question.codes if question is not None else SEGMENT_ORDER)
    least = sum(low for low, _ in bounds.values())
    disjoint = sum(len(item) for item in codes.values()) == len(frozenset().union(*codes.values()))
    for part, whole in ((a, b) for a in bounds for b in bounds if codes[a] < codes[b]):
        if len(bounds) == 2 and bounds[part][0] > bounds[whole][1]:  # noqa: PLR2004 - a part and a whole
            return (
                f"The share of '{part.response}' is larger than that of '{whole.response}', which contains it."
            )
    if question is not None and question.type not in CODED:
        if question.cap is not None and disjoint and least > HUNDRED * question.cap:
            return (
                f"They add up to {float(least):g} answers of 100 respondents, who give {question.cap} at most."
            )
        return ""
    most = sum(high for _, high in bounds.values())
    if disjoint and least > HUNDRED:
        return f"Their shares add up to {float(least):g}% at the least."
    if disjoint and frozenset().union(*codes.values()) == everything and most <= HUNDRED:
        return f"Their shares add up to less than {float(most):g}%, and there is no other response."
    return ""
