"""Letters as other tools compute them, from the same counts: what each does is described in the methods pages.

``spss``
    Custom Tables of SPSS Statistics: weights are frequencies, so counts and bases are weighted and rounded;
    pooled z test of column proportions, t test of means with the variance of the two columns (the
    deviations with the unweighted n / (n - 1)); Bonferroni over
    the pairs of a row; shares of 0 and 1 are not tested; overlaps are ignored; no least base.
``unicom``
    Survey Reporter: effective bases, pooled shares, the overlap subtracted; t with e1 + e2 - e0 - 2 degrees of
    freedom; not tested under 30; nothing corrected.
``q``
    Q and Displayr: effective bases; columns by z, each column also against its complement; false discovery rate
    of one question, banner variable and kind of comparison decides whether there is a mark, the p-value itself
    decides its case.
``naive``
    Many spreadsheets and online tools: z with weighted bases as if they were a simple sample, the total as if
    it were another group, nothing corrected, no least base.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.analysis.tabulation.comparisons import Comparisons
from cxsurvey.analysis.tabulation.records import Strings
from cxsurvey.numerics.probability.multiplicity import AnyAdjustment
from cxsurvey.numerics.tables.inference import EDGE, at_edge, normal_two_sided_p, t_two_sided_p
from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.table_plan import Profile

if TYPE_CHECKING:
    from cxsurvey.analysis.tabulation.banner import Banner
    from cxsurvey.numerics.banners.records import BannerTable


@dataclass(frozen=True, slots=True)
class ProfileRules:
    """How a tool tests.

    Attributes
    ----------
    bases : {"weighted", "rounded", "effective"}
        What stands for n in its formulas.
    overlap : bool
        Whether it subtracts what two columns share.
    whole : bool
        Whether it tests a column against the total as if that were another group.
    edges : bool
        Whether it tests shares of 0 and 1.
    student : bool
        Whether shares are tested by t.
    adjust : {"none", "bonferroni", "bh"}
    by_row, case_by_raw : bool
        See :class:`.letters.Marking`.
    least : int
        Unweighted base from which it tests.
    """

    bases: str
    adjust: AnyAdjustment = "none"
    overlap: bool = False
    whole: bool = False
    edges: bool = True
    student: bool = False
    by_row: bool = False
    case_by_raw: bool = False
    least: int = 2


PROFILES: Final[dict[Profile, ProfileRules]] = {
    "spss": ProfileRules("rounded", adjust="bonferroni", edges=False, by_row=True),
    "unicom": ProfileRules("effective", overlap=True, student=True, least=30),
    "q": ProfileRules("effective", adjust="bh", case_by_raw=True),
    "naive": ProfileRules("weighted", whole=True),
}
TESTS: Final = {
    "rounded": "z, weights as frequencies",
    "weighted": "z, weighted bases",
    "effective": "z, effective bases",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """Both sides of T targets by J comparisons, in the tool's own bases."""

    p: FloatArray
    q: FloatArray
    m: FloatArray
    n: FloatArray
    shared: FloatArray
    spread_a: FloatArray
    spread_b: FloatArray


def as_profile(profile: Profile, found: Comparisons, table: BannerTable, banner: Banner) -> Comparisons:
    """Test the comparisons of one banner variable as another tool does.

    Parameters
    ----------
    profile : {"spss", "unicom", "q", "naive"}
    found : Comparisons
        Of one kind and one variable.
    table : BannerTable
        Of that variable.
    banner : Banner

    Returns
    -------
    Comparisons
        The same columns and estimates, with the tool's standard error, statistic and p-value. The rest is the
        total where the tool tests a column against it.
    """
    rules = PROFILES[profile]
    start = banner.variables[int(found.variable[0])].columns[0] - 1
    sides = _sides(rules, found, table, start)
    shares = table.is_share[:, None]
    z, error = _share_test(rules, sides)
    t, spread = _mean_test(sides)
    statistic, std_error = np.where(shares, z, t), np.where(shares, error, spread)
    df = sides.m + sides.n - sides.shared - 2
    plain = normal_two_sided_p(statistic)
    student = t_two_sided_p(statistic, df)
    by_t = np.broadcast_to(~shares | rules.student, statistic.shape)
    gone = np.isnan(statistic)
    return replace(
        found,
        estimate_b=sides.q,
        gap=sides.p - sides.q,
        std_error=std_error,
        statistic=statistic,
        df=np.where(by_t & ~gone, df, np.nan),
        p_value=np.where(gone, np.nan, np.where(by_t, student, plain)),
        test=_names(rules, shares & ~gone, gone),
    )


def _names(rules: ProfileRules, shares: BoolArray, gone: BoolArray) -> Strings:
    """The name of each test; ``""`` where there is none."""
    by_z = TESTS[rules.bases]
    by_t = f"t{by_z[1:]}"
    names = np.where(shares, by_t if rules.student else by_z, by_t)
    return np.where(gone, "", names).astype(object)


def _sides(rules: ProfileRules, found: Comparisons, table: BannerTable, start: int) -> _Sides:
    of = table.base_of
    bases = _bases(rules, table.bases.weight, table.bases.n_effective)[of]
    a = found.a - start
    shared = np.zeros(found.gap.shape)
    if found.kind[0] == "pair":
        b: IntArray = found.b - start
        if rules.overlap:
            shared = _shared(rules, table, a, b)[of]
        return _Sides(
            table.estimate[:, a], table.estimate[:, b], bases[:, a], bases[:, b], shared,
            table.deviation[:, a], table.deviation[:, b],
        )  # fmt: skip
    if rules.whole:
        total = np.zeros_like(a)
        return _Sides(
            table.estimate[:, a], table.estimate[:, total], bases[:, a], bases[:, total], shared,
            table.deviation[:, a], table.deviation[:, total],
        )  # fmt: skip
    rest = table.rest
    others = _bases(rules, rest.bases.weight, rest.bases.n_effective)[of]
    own = a - 1
    return _Sides(
        table.estimate[:, a], rest.estimate[:, own], bases[:, a], others[:, own], shared,
        table.deviation[:, a], rest.deviation[:, own],
    )  # fmt: skip


def _bases(rules: ProfileRules, weighted: FloatArray, effective: FloatArray) -> FloatArray:
    if rules.bases == "effective":
        return effective
    return np.floor(weighted + 0.5) if rules.bases == "rounded" else weighted


def _shared(rules: ProfileRules, table: BannerTable, a: IntArray, b: IntArray) -> FloatArray:
    """The base that two columns share, effective where the tool uses effective bases."""
    weight = table.overlaps.weight[:, a, b]
    if rules.bases != "effective":
        return weight
    squares = table.overlaps.weight_squared[:, a, b]
    return np.divide(weight**2, squares, out=np.zeros_like(weight), where=squares > 0)


def _share_test(rules: ProfileRules, sides: _Sides) -> tuple[FloatArray, FloatArray]:
    """Pooled z of two shares, with the overlap of their bases."""
    p, q, m, n = sides.p, sides.q, _positive(sides.m), _positive(sides.n)
    x, y = p * m, q * n
    if rules.bases == "rounded":
        x, y = np.floor(x + 0.5), np.floor(y + 0.5)
        p, q = x / m, y / n
    pooled = (x + y) / (m + n)
    variance = pooled * (1 - pooled) * (1 / m + 1 / n - 2 * sides.shared / (m * n))
    error = np.sqrt(np.where(variance > EDGE, variance, np.nan))
    z = (p - q) / error
    if not rules.edges:
        z = np.where(at_edge(p) | at_edge(q), np.nan, z)
    return z, error


def _mean_test(sides: _Sides) -> tuple[FloatArray, FloatArray]:
    """Student's t with the pooled standard deviation of the two columns."""
    m, n = _positive(sides.m), _positive(sides.n)
    freedom = _positive(m + n - 2)
    squares = ((m - 1) * sides.spread_a**2 + (n - 1) * sides.spread_b**2) / freedom
    variance = squares * (1 / m + 1 / n - 2 * sides.shared / (m * n))
    error = np.sqrt(np.where(variance > 0, variance, np.nan))
    return (sides.p - sides.q) / error, error


def _positive(values: FloatArray) -> FloatArray:
    return np.where(values > 0, values, np.nan)
