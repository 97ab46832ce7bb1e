"""A plan for synthetic respondents: counts that satisfy every claim, or the claims that conflict."""

from __future__ import annotations

import numpy as np

from cxsurvey.published.claims.records import Claims
from cxsurvey.published.synthesis.conflict_report import conflict_error
from cxsurvey.published.synthesis.constraints import demands
from cxsurvey.published.synthesis.counts import Plan
from cxsurvey.published.synthesis.measures import build_model
from cxsurvey.published.synthesis.parts import plan_of
from cxsurvey.published.synthesis.sample import binding_bases, blanks, respondents
from cxsurvey.published.synthesis.search import blocks, counts
from cxsurvey.published.synthesis.targets import aim
from cxsurvey.published.synthesis.uses import calibrated, uses
from cxsurvey.study.codebook import StudyFile


def plan(file: StudyFile, claims: Claims) -> Plan:
    """Find counts of respondents that satisfy every calibrated claim and the codebook.

    Parameters
    ----------
    file : StudyFile
    claims : Claims
        Those with ``calibrate = no`` are left aside.

    Returns
    -------
    Plan
        The same for the same study file and claims, on every machine.

    Raises
    ------
    ClaimsError
        ``claims-no-respondents``, ``claims-group-unusable``, ``claims-table-too-large``,
        ``claims-rank-unusable``.
    DataFault
        ``claims-conflict`` with the smallest set of claims that cannot all hold; ``claims-undecided``.

    Notes
    -----
    One integer program (HiGHS), parted into blocks that share no counts. Shares are exact: a printed share
    holds when the count over the base, both unknown, rounds half up to what is printed. Counts come as near
    as they can to plausible ones (see :func:`cxsurvey.published.synthesis.targets.aim`).
    """
    chosen = calibrated(claims)
    n = respondents(file, chosen)
    bases = binding_bases(file, chosen)
    model = build_model(file, n, uses(file, chosen), blanks(chosen, bases, n))
    aim(model, chosen)
    demanded = demands(model, chosen, bases)
    rows = [*model.program.rows, *demanded.rows]
    values = np.zeros(len(model.program.highest), dtype=np.int64)
    impossible = []
    for block in blocks(rows, demanded.relations):
        found = counts(model.program, block.rows, block.relations)
        if found is None:
            impossible.append(block)
        else:
            values += found
    if impossible:
        raise conflict_error(model, chosen, impossible)
    return plan_of(model, values)
