"""Reliability of scales, as golden helpers around R's `psych` report it, of the items of `bfi`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from r_interpreter import handles
from r_rotation import schmid_leiman
from r_values import numeric, scalar

from cxsurvey.numerics.classic.correlations import correlation_matrix
from cxsurvey.numerics.scales.factor_models import extract_factors, oblimin
from cxsurvey.numerics.scales.item_analysis import item_analysis
from cxsurvey.numerics.scales.omega import hierarchical_omega, one_factor_omega

ITEMS = "bfi"
VALLEY = 1e-7  # how much deeper than another the deepest valley of a rotation may be
EDGE = 1e-9  # loadings on a group that the general factor has taken all of


def answers(args, key):
    """Give the items a helper is asked for."""
    names = list(args[key])
    frame = args.r.designs.frame_with(names, first=f"{ITEMS}.csv")
    return names, np.column_stack([numeric(frame.columns[name]) for name in names])


def turned(args, names, x):
    """Turn round the items named in keys, about the middle of all answers, as psych does."""
    keys = set(args["keys"]) if "keys" in args else set()
    flip = np.array([name in keys for name in names])
    return flip, np.where(flip, np.nanmax(x) + np.nanmin(x) - x, x)


@handles("al", "items", "keys", "use")
def alpha(args):
    names, x = answers(args, "items")
    _, x = turned(args, names, x)
    pairwise = "use" not in args or scalar(args["use"]).startswith("pairwise")
    found = item_analysis(x, pairwise=pairwise)
    drop = [_figures(part) for part in found.without]
    scale = found.scale
    return {
        "items": names,
        "total": {
            "raw_alpha": scale.alpha, "std.alpha": scale.standardized, "G6(smc)": scale.guttman6,
            "average_r": scale.average_r, "S/N": scale.signal_to_noise, "ase": scale.std_error,
            "mean": found.score_mean, "sd": found.score_std_dev, "median_r": scale.median_r,
        },
        "feldt": {
            "lower.ci": found.interval.low, "alpha": scale.alpha, "upper.ci": found.interval.high,
        },
        "alpha_drop": drop,
        "item_stats": np.column_stack([
            found.n, found.with_scale, found.with_standardized, found.corrected, found.with_rest,
            found.mean, found.std_dev,
        ]),
    }  # fmt: skip


def _figures(part):
    return [
        part.alpha, part.standardized, part.guttman6, part.average_r, part.signal_to_noise, part.std_error,
        part.variance_r, part.median_r,
    ]  # fmt: skip


@handles("om", "items", "nfactors")
def omega(args):
    names, x = answers(args, "items")
    factors = int(scalar(args["nfactors"]))
    found = as_rotated(hierarchical_omega(x, factors, pairwise=True), correlation_matrix(x, pairwise=True))
    share = found.general**2 / found.communality
    return {
        "items": names, "nfactors": factors, "omega_h": found.hierarchical, "omega_total": found.total,
        "alpha": found.alpha, "G6": found.guttman6, "omega_lim": found.limit,
        "loadings": np.column_stack(
            [found.general, found.group, found.communality, found.uniqueness, share]
        ),
        "at_bound": bool((np.abs(found.group) < EDGE).all(axis=0).any()),
    }  # fmt: skip


def as_rotated(found, R):
    """Take R's valley of the rotation, when it is as deep as ours but for what its search leaves open."""
    general, group, depth = schmid_leiman(R, found.group.shape[1])
    deepest = oblimin(extract_factors(R, found.group.shape[1])).loadings ** 2
    ours = (deepest * (deepest.sum(axis=1, keepdims=True) - deepest)).sum() / 4
    if abs(depth - ours) > VALLEY:
        return found
    share = general.sum() ** 2 / found.general.sum() ** 2
    return replace(
        found, general=general, group=group, hierarchical=found.hierarchical * share, limit=found.limit * share
    )


@handles("omd", "items", "keys")
def one_factor(args):
    names, x = answers(args, "items")
    _, x = turned(args, names, x)
    found = one_factor_omega(x, method="minres", pairwise=True)
    return {
        "n_complete": found.n, "cov": found.covariance,
        "fa1": {"loadings": found.loadings, "omega_1factor": found.omega},
    }  # fmt: skip
