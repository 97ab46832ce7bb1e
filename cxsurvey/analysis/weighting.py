"""Weights that bring a sample to known margins of its population."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from cxsurvey.analysis.design import describe_weights, survey_design
from cxsurvey.analysis.margin_rows import read_margin_rows
from cxsurvey.analysis.margins import StudyMargin, study_margins
from cxsurvey.analysis.weights import MARGIN_COLUMNS, Diagnostics, Method, Weighting
from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.tables.totals import effective_n
from cxsurvey.numerics.weighting.calibration import calibrate
from cxsurvey.numerics.weighting.raking import Margin, margin_cells, rake, require_margins
from cxsurvey.study.answers import BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from cxsurvey.study.study import Study

PAIR: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """What a method gives, for the respondents with a base weight above zero."""

    weights: FloatArray
    rounds: int
    at_bound: BoolArray
    trimmed: BoolArray


def weigh(
    study: Study,
    margins: str | os.PathLike[str] | pd.DataFrame,
    *,
    method: Method = "rake",
    bounds: tuple[float, float] | None = None,
    trim: float | None = None,
) -> Weighting:
    """Weight respondents so that they meet known margins.

    Parameters
    ----------
    study : Study
        Its weight column gives the base weights; without one they are 1.
    margins : path-like or pandas.DataFrame
        Columns ``question``, ``response``, and ``share`` (fractions that sum to 1 in each question) or
        ``target`` (persons). A question is single or ordinal, or a ``[[group]]``; a response is a code or
        label, and empty for those without an answer.
    method : {"rake", "linear", "logit"}
        Of all weights that meet the margins, those nearest to the base weights: in Kullback-Leibler distance
        (``rake``), in squared relative distance (``linear``), or within bounds (``logit``).
    bounds : (low, high), optional
        Of each weight over its base weight, with ``0 <= low < 1 < high``. For shares the base weights keep
        their sum, so a factor of 1 is no change; for targets they are scaled to the population first.
    trim : float, optional
        No weight is above this many times the mean weight; above 1. With ``rake`` only: margins and limit hold
        together.

    Returns
    -------
    Weighting

    Raises
    ------
    RequestError
        ``margins-unreadable``, ``margins-invalid`` with every problem of the rows; ``unknown-option``,
        ``bad-option``, ``bounds-needed``, ``trim-without-raking``.
    DataFault
        ``margins-unfit`` with every target that nobody can carry and everybody whom no target covers;
        ``margins-disagree``; ``raking-no-convergence``, ``margin-beyond-limits``, ``limits-no-convergence`` or
        ``calibration-not-reached`` where no weights meet the margins; ``weights-turned-negative``.

    Notes
    -----
    Deming and Stephan (1940), *Annals of Mathematical Statistics* 11; Deville and Särndal (1992), *JASA* 87.

    Examples
    --------
    >>> import cxsurvey as cx
    >>> import pandas as pd
    >>> shares = {"Male": 0.48, "Female": 0.45, "Non-Binary": 0.01, "": 0.06}
    >>> rows = [("gender", response, share) for response, share in shares.items()]
    >>> margins = pd.DataFrame(rows, columns=["question", "response", "share"])
    >>> made = cx.weigh(cx.read_study("sfo2018"), margins)
    >>> made.margins["weighted"].round(6).tolist()
    [0.48, 0.45, 0.01, 0.06]
    >>> round(made.diagnostics.design_effect, 3)
    1.273
    """
    _check(method, bounds, trim)
    given = read_margin_rows(margins)
    base = np.where(study.kept, survey_design(study).weights, 0.0)
    found, notes = study_margins(study, given, base)
    kept = np.flatnonzero(base > 0)
    wanted = [item.among(kept) for item in found]
    require_margins(base[kept], wanted)
    total = float(wanted[0].targets.sum()) if given.unit == "target" else float(base.sum())
    wanted = [item.scaled(total) for item in wanted]
    fitted = _fit(base[kept] * (total / base.sum()), wanted, method, bounds, trim)
    weights = np.zeros(study.n)
    weights[kept] = fitted.weights
    weights.setflags(write=False)
    return Weighting(
        study=study.id,
        respondents=tuple(study.respondents()),
        weights=weights,
        base=base,
        margins=_table(found, base, weights),
        diagnostics=_diagnose(fitted, wanted),
        method=method,
        bounds=bounds,
        trim=trim,
        origin=describe_weights(study.file.design),
        notes=(*notes, *_replicate_note(study)),
    )


def _replicate_note(study: Study) -> tuple[str, ...]:
    given = study.file.design.replicates
    if given is None or given.make:
        return ()
    note = (
        "The replicate weights of the study belong to its old weight: weight them in the same way, one by one, "
        "or standard errors do not fit the new weights."
    )
    return (note,)


def _check(method: Method, bounds: tuple[float, float] | None, trim: float | None) -> None:
    if method not in get_args(Method):
        raise RequestError.unknown_option("method", method, get_args(Method))
    if bounds is not None and (len(bounds) != PAIR or not 0 <= bounds[0] < 1 < bounds[1] < np.inf):
        raise RequestError.bad_option("bounds", bounds, "two factors, low and high, with 0 <= low < 1 < high")
    if method == "logit" and bounds is None:
        raise RequestError.bounds_needed()
    if trim is None:
        return
    if method != "rake":
        raise RequestError.trim_without_raking(method)
    if not 1 < trim < np.inf:
        raise RequestError.bad_option("trim", trim, "a number above 1: times the mean weight")


def _fit(
    base: FloatArray,
    wanted: Sequence[Margin],
    method: Method,
    bounds: tuple[float, float] | None,
    trim: float | None,
) -> _Fitted:
    nobody = np.zeros(base.size, dtype=bool)
    if method != "rake":
        return _calibrated(base, wanted, method, bounds)
    if bounds is None and trim is None:
        raked = rake(base, wanted)
        return _Fitted(raked.weights, raked.rounds, nobody, nobody)
    from cxsurvey.numerics.weighting.bounded_raking import rake_within  # noqa: PLC0415 - where there are limits

    most = np.inf if trim is None else trim * base.sum() / base.size
    limited = rake_within(base, wanted, bounds=bounds, largest=float(most))
    return _Fitted(limited.weights, limited.rounds, limited.at_bound, limited.at_largest)


def _calibrated(
    base: FloatArray,
    wanted: Sequence[Margin],
    method: Literal["linear", "logit"],
    bounds: tuple[float, float] | None,
) -> _Fitted:
    """Calibrate the cells: respondents of one combination of categories get one factor."""
    cell, categories = margin_cells(wanted, base.size)
    carried = np.bincount(cell, base, minlength=len(categories))
    columns = [categories[:, [m]] == np.arange(item.targets.size) for m, item in enumerate(wanted)]
    names = [f"{item.name}: {label}" for item in wanted for label in item.labels]
    found = calibrate(
        carried,
        np.column_stack(columns).astype(np.float64),
        np.concatenate([item.targets for item in wanted]),
        distance=method,
        bounds=bounds,
        names=names,
    )
    weights = base * found.factor[cell]
    negative = int((weights < 0).sum())
    if negative:
        raise DataFault.negative_weights(negative)
    return _Fitted(weights, found.steps, found.at_bound[cell], np.zeros(base.size, dtype=bool))


def _diagnose(fitted: _Fitted, wanted: Sequence[Margin]) -> Diagnostics:
    weights = fitted.weights
    reached = [np.bincount(item.codes, weights, minlength=item.targets.size) for item in wanted]
    far = np.concatenate(
        [
            np.divide(
                np.abs(sums - item.targets), item.targets, out=np.zeros(sums.size), where=item.targets > 0
            )
            for item, sums in zip(wanted, reached, strict=True)
        ]
    )
    names = [f"{item.name}: {label}" for item in wanted for label in item.labels]
    worst = int(np.argmax(far))
    mean, smallest, largest = float(weights.mean()), float(weights.min()), float(weights.max())
    effective = effective_n(weights)
    return Diagnostics(
        converged=True,
        rounds=fitted.rounds,
        worst=float(far[worst]),
        worst_margin=names[worst],
        n=weights.size,
        n_effective=effective,
        design_effect=weights.size / effective,
        total=float(weights.sum()),
        smallest=smallest / mean,
        largest=largest / mean,
        ratio=largest / smallest if smallest > 0 else float("nan"),
        at_bound=int(fitted.at_bound.sum()),
        trimmed=int(fitted.trimmed.sum()),
    )


def _table(found: Sequence[StudyMargin], base: FloatArray, weights: FloatArray) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - 0.4 s, paid once the weights are there

    kept = base > 0
    rows = []
    for item in found:
        target = item.targets / item.targets.sum()
        shares = [_shares(item, column[kept], kept) for column in (np.ones(base.size), base, weights)]
        for k, label in enumerate(item.labels):
            unweighted, before, after = (float(share[k]) for share in shares)
            goal = float(target[k])
            rows.append((item.id, label, goal, unweighted, before, after, after - goal))
    return pd.DataFrame(rows, columns=list(MARGIN_COLUMNS))


def _shares(item: StudyMargin, weights: FloatArray, kept: BoolArray) -> FloatArray:
    sums = np.bincount(item.index[kept], weights, minlength=len(item.labels))
    shares: FloatArray = sums / sums.sum()
    return shares
