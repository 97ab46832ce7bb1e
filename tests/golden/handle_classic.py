"""Classic tests of simple samples."""

from __future__ import annotations

import numpy as np
from handle_objects import counted, counts_of
from r_interpreter import handles
from r_language import NotUnderstood, deparse
from r_search import COARSE, as_searched, range_searched
from r_values import Formula, Frame, Scope, as_factor, missing, numeric, scalar, vector

from cxsurvey.numerics.classic.contingency import chi_square, goodness_of_fit, mantel_haenszel, mcnemar
from cxsurvey.numerics.classic.correlations import correlation_matrix, kendall, pearson, spearman
from cxsurvey.numerics.classic.exact_tests import binomial_test, first_cell, fisher_2x2, fisher_table
from cxsurvey.numerics.classic.mean_comparisons import (
    anova,
    bartlett,
    hedges_g,
    mean_test,
    t_test,
    tukey,
    welch_anova,
)
from cxsurvey.numerics.classic.normality import shapiro_wilk
from cxsurvey.numerics.classic.pairwise import pairwise, pairwise_means, pairwise_shares
from cxsurvey.numerics.classic.rank_sums import (
    friedman,
    kolmogorov_smirnov,
    kruskal_wallis,
    mann_whitney,
    ranked,
    signed_rank,
)
from cxsurvey.numerics.classic.tested import directed_p, level_of, one_ended
from cxsurvey.numerics.classic.two_proportions import (
    agresti_coull,
    jeffreys,
    miettinen_nurminen,
    unpooled_z,
    wald_gap_interval,
    yates_z,
)
from cxsurvey.numerics.probability.multiplicity import adjust_p
from cxsurvey.numerics.probability.upper_tails import range_p, range_quantile
from cxsurvey.numerics.tables.inference import (
    clopper_pearson,
    cohen_d,
    cohen_h,
    newcombe,
    normal_two_sided_p,
    two_proportion_z,
    wilson,
)

ADJUSTMENTS = {"BH": "bh", "fdr": "bh", "BY": "by"}
EXACT_PAIRS = 50


def flag(args, name, *, default):
    return bool(scalar(args[name])) if args.get(name) is not None else default


def number(args, name, default):
    return float(scalar(args[name])) if args.get(name) is not None else default


def adjustment(args):
    method = scalar(args["p.adjust.method"]) if "p.adjust.method" in args else "holm"
    names = ("holm", "hochberg", "hommel", "bonferroni", "BH", "BY", "fdr", "none")
    method = next((name for name in names if name.startswith(method)), method)
    return ADJUSTMENTS.get(method, method)


def test_result(test, **more):
    found = {"statistic": test.statistic, "p_value": test.p_value}
    if not np.isnan(test.df):
        found["parameter"] = [test.df] if np.isnan(test.df2) else [test.df, test.df2]
    return found | more


def limits(interval):
    return [float(interval.low), float(interval.high)]


def grouped(args, key="formula"):
    """Part numbers by a factor: from a formula, or from numbers and a factor; levels in use only."""
    first = args[key]
    if isinstance(first, Formula):
        data = args.get("data")
        scope = Scope(dict(data.columns) if isinstance(data, Frame) else {})
        values, group = (args.r.value(side, scope) for side in (first.left, first.right))
    else:
        values, group = first, args["g"]
    x, factor = numeric(values), as_factor(group)
    present = sorted(set(factor.codes.tolist()) - {-1})
    return [x[factor.codes == code] for code in present], [factor.levels[code] for code in present]


def two_samples(args):
    """Give the two samples of a formula or of x and y; y is None for one sample."""
    if isinstance(args["x"], Formula):
        samples, _ = grouped(args, "x")
        if len(samples) != 2:
            raise NotUnderstood("two groups are wanted")
        return samples
    return [numeric(args["x"]), numeric(args["y"]) if args.get("y") is not None else None]


def side(args):
    """Give the alternative of a test."""
    return scalar(args["alternative"]).replace(".", "-") if "alternative" in args else "two-sided"


def fisher_as_r(table, alternative="two-sided", level=0.95):
    """Give Fisher's test with its odds ratios searched for as R does."""
    found = fisher_2x2(table, alternative=alternative, level=level)
    count = table[0][0]
    tail = (1 - level) / (2 if alternative == "two-sided" else 1)
    estimate = as_searched(found.odds_ratio, lambda odds: _first_cell(table, odds).mean, count)
    low = as_searched(found.conf_low, lambda odds: _first_cell(table, odds).at_least, tail)
    high = as_searched(found.conf_high, lambda odds: -_first_cell(table, odds).at_most, -tail)
    return {"p_value": found.p_value, "estimate": estimate, "conf_int": [low, high]}


def _first_cell(table, odds):
    return first_cell(table, odds) if odds > 0 else first_cell(table, np.finfo(float).tiny)


def crossed(args):
    """Give a table, or that of two factors; without the empty rows and columns of their levels."""
    if args.get("y") is None:
        return counts_of(args["x"])
    table = counted([as_factor(args["x"]), as_factor(args["y"])], ("", "")).counts
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]


@handles("prop2", "x1", "n1", "x2", "n2")
def prop2(args):
    """Golden helper: two independent proportions, all there is to say."""
    a, m, b, n = (float(scalar(args[key])) for key in ("x1", "n1", "x2", "n2"))
    fisher = fisher_as_r([[a, m - a], [b, n - b]])
    pooled = two_proportion_z(a, m, b, n)
    return {
        "x": [a, b], "n": [m, n], "diff": a / m - b / n,
        "z_pooled": pooled.statistic, "z_unpooled": unpooled_z(a, m, b, n).statistic,
        "p_pooled": pooled.p_value, "p_yates": yates_z(a, m, b, n).p_value,
        "wald_ci": limits(wald_gap_interval(a, m, b, n, 0.95)),
        "wald_ci_yates": limits(wald_gap_interval(a, m, b, n, 0.95, continuity=True)),
        "wilson1": limits(wilson(a / m, m, 0.95)), "wilson2": limits(wilson(b / n, n, 0.95)),
        "newcombe_ci": limits(newcombe(a / m, m, b / n, n, 0.95)),
        "miettinen_nurminen_ci": limits(miettinen_nurminen(a, m, b, n, 0.95)),
        "cohens_h": cohen_h(a / m, b / n), "clopper1": limits(clopper_pearson(a / m, m, 0.95)),
        "jeffreys1": limits(jeffreys(a, m, 0.95)), "agresti_coull1": limits(agresti_coull(a, m, 0.95)),
        "fisher_p": fisher["p_value"], "odds_ratio_cond": fisher["estimate"],
        "fisher_ci": fisher["conf_int"],
        "rr": a / m / (b / n) if b else float("inf"),
    }  # fmt: skip


@handles("chisq.test", "x", "y", "correct", "p", "rescale.p")
def chisq_test(args):
    counts = crossed(args)
    if "rescale.p" in args and scalar(args["rescale.p"]):
        args["p"] = numeric(args["p"]) / numeric(args["p"]).sum()
    if counts.ndim == 1:
        return test_result(goodness_of_fit(counts, numeric(args["p"]) if "p" in args else None))
    return test_result(chi_square(counts, continuity=flag(args, "correct", default=True)).test)


@handles("cramer", "t")
def cramer(args):
    """Golden helper: Cramér's V with expected counts and residuals."""
    found = chi_square(counts_of(args["t"]))
    return {
        "chisq": found.test.statistic, "V": found.cramers_v, "expected": found.expected,
        "stdres": found.standardized, "residuals": found.residuals,
    }  # fmt: skip


@handles("fisher.test", "x", "y", "workspace", "alternative", "conf.level")
def fisher_test(args):
    counts = crossed(args)
    if counts.shape != (2, 2):
        return {"p_value": fisher_table(counts)}
    return fisher_as_r(counts.tolist(), side(args), number(args, "conf.level", 0.95))


@handles("binom.test", "x", "n", "p", "alternative", "conf.level")
def binom_test(args):
    x = numeric(args["x"])
    count, base = (x[0], x.sum()) if len(x) == 2 else (x[0], float(scalar(args["n"])))
    found = binomial_test(
        int(count), int(base), number(args, "p", 0.5),
        alternative=side(args), level=number(args, "conf.level", 0.95),
    )  # fmt: skip
    return {
        "statistic": count, "parameter": base, "p_value": found.p_value, "estimate": found.share,
        "conf_int": [found.conf_low, found.conf_high],
    }  # fmt: skip


@handles("mcnemar.test", "x", "y", "correct")
def mcnemar_test(args):
    x = args["x"] if "y" not in args else counted([as_factor(args["x"]), as_factor(args["y"])], ("", ""))
    counts = counts_of(x)
    if counts.shape != (2, 2):
        raise NotUnderstood("mcnemar.test of more than two answers")
    correct = flag(args, "correct", default=True)
    return test_result(mcnemar(counts[0, 1], counts[1, 0], continuity=correct))


@handles("mantelhaen.test", "x", "correct", "conf.level")
def mantelhaen_test(args):
    tables = np.moveaxis(counts_of(args["x"]), 2, 0)
    if tables.shape[1:] != (2, 2):
        raise NotUnderstood("mantelhaen.test of other than two by two")
    correct = flag(args, "correct", default=True)
    found = mantel_haenszel(tables, continuity=correct, level=number(args, "conf.level", 0.95))
    return test_result(found.test, estimate=found.odds_ratio, conf_int=[found.conf_low, found.conf_high])


@handles(
    "wilcox.test", "x", "y", "data", "paired", "correct", "exact", "conf.int", "alternative", "mu"
)  # fmt: skip
def wilcox_test(args):
    if flag(args, "conf.int", default=False):
        raise NotUnderstood("wilcox.test with an interval")
    options = {"continuity": flag(args, "correct", default=True), "alternative": side(args)}
    if "exact" in args and not flag(args, "exact", default=True):
        options["exact"] = False
    x, y = two_samples(args)
    x, paired = x - number(args, "mu", 0.0), flag(args, "paired", default=False)
    return test_result(signed_rank(x, y, **options) if paired or y is None else mann_whitney(x, y, **options))


@handles("kruskal.test", "formula", "g", "data")
def kruskal_test(args):
    return test_result(kruskal_wallis(grouped(args)[0]))


@handles("friedman.test", "y")
def friedman_test(args):
    return test_result(friedman(counts_of(args["y"])))


@handles("ks.test", "x", "y", "exact")
def ks_test(args):
    x, y = numeric(args["x"]), numeric(args["y"])
    small = (~np.isnan(x)).sum() * (~np.isnan(y)).sum() < 10_000
    if flag(args, "exact", default=small):
        raise NotUnderstood("exact ks.test")
    return test_result(kolmogorov_smirnov(x, y))


@handles("shapiro.test", "x")
def shapiro_test(args):
    return test_result(shapiro_wilk(numeric(args["x"])))


@handles("bartlett.test", "formula", "data", "g")
def bartlett_test(args):
    return test_result(bartlett(grouped(args)[0]))


@handles("t.test", "x", "y", "data", "paired", "var.equal", "mu", "conf.level", "alternative")
def student_test(args):
    x, y = two_samples(args)
    mu, options = (
        number(args, "mu", 0.0),
        {"level": number(args, "conf.level", 0.95), "alternative": side(args)},
    )
    if y is None:
        found = mean_test(x, mu, **options)
        estimate = found.difference + mu
    else:
        paired = flag(args, "paired", default=False)
        found = t_test(x - mu, y, pooled=flag(args, "var.equal", default=False), paired=paired, **options)
        estimate = found.difference + mu if paired else [np.nanmean(x), np.nanmean(y)]
    ends = [found.conf_low + mu, found.conf_high + mu]
    return test_result(found.test, estimate=estimate, conf_int=ends)


@handles("oneway.test", "formula", "data", "var.equal")
def oneway_test(args):
    samples, _ = grouped(args)
    return test_result(anova(samples).test if flag(args, "var.equal", default=False) else welch_anova(samples))


@handles("aov", "formula", "data")
def aov(args):
    samples, levels = grouped(args)
    return {"samples": samples, "levels": levels, "factor": deparse(args["formula"].right)}


@handles("summary", "object")
def summary(args):
    model = args["object"]
    if not isinstance(model, dict) or "samples" not in model:
        raise NotUnderstood("a summary of this")
    found = anova(model["samples"])
    return [{
        "Df": [found.test.df, found.test.df2], "Sum Sq": [found.between, found.within],
        "Mean Sq": list(found.mean_squares), "F value": [found.test.statistic, np.nan],
        "Pr(>F)": [found.test.p_value, np.nan],
    }]  # fmt: skip


@handles("TukeyHSD", "x", "which", "ordered", "conf.level")
def tukey_hsd(args):
    model = args["x"]
    if flag(args, "ordered", default=False):
        raise NotUnderstood("ordered TukeyHSD")
    level = number(args, "conf.level", 0.95)
    found = tukey(model["samples"], level=level)
    groups, df = (
        len(model["samples"]),
        sum((~np.isnan(s)).sum() for s in model["samples"]) - len(model["samples"]),
    )
    solved = range_quantile(level, groups, df)
    searched_for = range_searched(level, groups, df, lambda q: 1 - range_p(q, groups, df))
    stretch = searched_for / solved if abs(searched_for - solved) <= COARSE else 1.0
    half = (found.conf_high - found.conf_low) / 2 * stretch
    columns = [found.difference, found.difference - half, found.difference + half, found.p_value]
    return {model["factor"]: np.column_stack(columns)}


def lower_triangle(tests):
    """Give p-values as R prints them: groups 2 to K by groups 1 to K - 1."""
    whole = np.tril(tests.matrix(), -1)
    upper = np.triu(np.ones(whole.shape, dtype=bool))
    return {"p.value": np.where(upper, np.nan, whole)[1:, :-1]}


@handles("pairwise.t.test", "x", "g", "p.adjust.method", "pool.sd", "paired", "alternative")
def pairwise_t_test(args):
    if flag(args, "paired", default=False) or side(args) != "two-sided":
        raise NotUnderstood("paired or one-sided pairwise tests")
    pooled = flag(args, "pool.sd", default=True)
    return lower_triangle(pairwise_means(grouped(args, "x")[0], pooled=pooled, adjust=adjustment(args)))


@handles("pairwise.wilcox.test", "x", "g", "p.adjust.method", "paired", "exact", "correct")
def pairwise_wilcox_test(args):
    if flag(args, "paired", default=False):
        raise NotUnderstood("paired pairwise tests")
    exact = None if flag(args, "exact", default=True) else False
    correct = flag(args, "correct", default=True)

    def p_value(a, b):
        return mann_whitney(a, b, exact=exact, continuity=correct).p_value

    return lower_triangle(pairwise(grouped(args, "x")[0], p_value, adjust=adjustment(args)))


@handles("pairwise.prop.test", "x", "n", "p.adjust.method", "correct")
def pairwise_prop_test(args):
    counts = counts_of(args["x"])
    yes, base = (counts[:, 0], counts.sum(axis=1)) if counts.ndim == 2 else (counts, numeric(args["n"]))
    continuity = flag(args, "correct", default=True)
    return lower_triangle(pairwise_shares(yes, base, continuity=continuity, adjust=adjustment(args)))


@handles("cohd", "x", "g")
def cohd(args):
    """Golden helper: Cohen's d, and Hedges' g with the gamma function and with its approximation."""
    samples, _ = grouped(args, "x")
    first, second = (sample[~np.isnan(sample)] for sample in samples)
    sizes = [len(first), len(second)]
    d = cohen_d(first.mean() - second.mean(), first.std(ddof=1), sizes[0], second.std(ddof=1), sizes[1])
    df = sum(sizes) - 2
    return {"d": d, "hedges_g": hedges_g(d, df), "hedges_g_approx": d * (1 - 3 / (4 * df - 1)), "n": sizes}


@handles("cor.test", "x", "y", "method", "exact", "conf.level", "continuity", "alternative")
def cor_test(args):
    x, y = numeric(args["x"]), numeric(args["y"])
    method = scalar(args["method"]) if "method" in args else "pearson"
    if method == "pearson":
        found = pearson(x, y, level=number(args, "conf.level", 0.95), alternative=side(args))
        return test_result(found.test, estimate=found.estimate, conf_int=[found.conf_low, found.conf_high])
    if flag(args, "continuity", default=False) or not _approximate(args, x, y):
        raise NotUnderstood("cor.test by the exact distribution")
    if method == "kendall":
        found = kendall(x, y, alternative=side(args))
        return test_result(found.test, estimate=found.estimate)
    found = spearman(x, y, alternative=side(args))
    statistic = (found.n**3 - found.n) * (1 - found.estimate) / 6
    return {"statistic": statistic, "p_value": found.test.p_value, "estimate": found.estimate}


def _approximate(args, x, y):
    """Whether R takes the approximation: when told so, or when there are ties."""
    if "exact" in args and not flag(args, "exact", default=True):
        return True
    known = ~(missing(x) | missing(y))
    return any(bool(ranked(values[known])[1].any()) for values in (x, y))


@handles("cor", "x", "y", "use", "method")
def cor(args):
    method = scalar(args["method"]) if "method" in args else "pearson"
    if "y" in args:
        sides = [numeric(args[key]) for key in ("x", "y")]
        if "use" not in args and np.isnan(sides).any():
            raise NotUnderstood("correlations with missing values")
        return vector({"pearson": pearson, "kendall": kendall, "spearman": spearman}[method](*sides).estimate)
    if method != "pearson":
        raise NotUnderstood("cor of ranks")
    data = args["x"]
    matrix = np.column_stack([numeric(column) for column in data.columns.values()])
    use = scalar(args["use"]) if "use" in args else "everything"
    if use == "everything" and np.isnan(matrix).any():
        raise NotUnderstood("correlations with missing values")
    return correlation_matrix(matrix, pairwise=use.startswith("pairwise"))


@handles("adj", "p")
def adj(args):
    """Golden helper: p-values by every method of p.adjust."""
    names = ("none", "bonferroni", "holm", "hochberg", "hommel", "BH", "BY", "fdr")
    p = numeric(args["p"])
    return {name: adjust_p(p, ADJUSTMENTS.get(name, name)).p_adjusted for name in names}


@handles("prop.test", "x", "n", "correct", "conf.level", "alternative")
def prop_test(args):
    """Two groups: the chi-square is the square of the pooled z."""
    counts = counts_of(args["x"])
    x, n = (counts[:, 0], counts.sum(axis=1)) if counts.ndim == 2 else (counts, numeric(args["n"]))
    if len(x) > 2:
        found = chi_square(np.column_stack([x, n - x]), continuity=False).test
        return test_result(found, estimate=x / n)
    if len(x) != 2:
        raise NotUnderstood("prop.test of one group")
    correct = flag(args, "correct", default=True)
    z = (yates_z if correct else two_proportion_z)(x[0], n[0], x[1], n[1]).statistic
    level = level_of(number(args, "conf.level", 0.95), side(args))
    interval = wald_gap_interval(x[0], n[0], x[1], n[1], level, continuity=correct)
    p = directed_p(z, float(normal_two_sided_p(z)), side(args))
    return {
        "statistic": z**2, "parameter": 1.0, "p_value": p, "estimate": x / n,
        "conf_int": one_ended(*limits(interval), side(args), widest=1.0),
    }  # fmt: skip
