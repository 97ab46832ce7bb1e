"""Where cxsurvey differs from R on purpose. README.md gives the reason of each by its name.

A rule looks at the call and at both results, never at the id of a case.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from golden_compare import numbers

from cxsurvey.errors import CxSurveyError

EDGE = 1e-9
INTERPOLATION = 3e-5
TUKEY = 1e-7
OMEGA, LOADING, AT_BOUND = 2e-3, 0.1, 10
SHORT_SEARCH = 0.05
NEAR_ZERO = 1e-6  # log-odds
CALIBRATED = 1e-6
UNDERFLOW = 1e-15


@dataclass(frozen=True)
class Difference:
    """A case that differs: what it is, which functions it calls, our answer, and what is unlike R's."""

    case: dict
    functions: frozenset
    ours: object
    found: tuple[str, ...]
    declared: dict = field(default_factory=dict)  # designs of the file
    unweighed: bool = False  # whether a design that it names has weights of 0

    @property
    def raised(self):
        return isinstance(self.ours, CxSurveyError)

    def theirs(self, key):
        """R's numbers of a name; none where R raises or gives none of it."""
        found = self.case.get("result")
        return numbers(found.get(key, [])) if isinstance(found, dict) else numbers([])

    def marked(self, key):
        """Whether our answer carries a mark that a handler set."""
        return isinstance(self.ours, dict) and self.ours.get(key) is True


def deviation_of(difference):
    """Give the name of the deviation that explains a difference, or an empty text."""
    return next((name for name, explains in DEVIATIONS.items() if explains(difference)), "")


def _exact_at_edge(difference):
    if "svyciprop" not in difference.functions or difference.raised:
        return False
    share = numbers(difference.ours.get("est", []))
    at_edge = len(share) > 0 and bool(((share < EDGE) | (share > 1 - EDGE)).all())
    return at_edge and all(text.startswith((".ci", ".est", ".se", "R raises")) for text in difference.found)


def _empty_domain(difference):
    if difference.raised or not isinstance(difference.ours, dict):
        return False
    if "error" in difference.case:
        return bool(np.isnan(numbers(difference.ours.get("estimate", 0.0))).all())
    if "svymean" not in difference.functions:
        return False
    ours, theirs = numbers(difference.ours.get("est", [])), difference.theirs("est")
    return 0 < len(ours) == len(theirs) and bool(np.isnan(ours).all() and (theirs == 0).all())


def _negative_weights(difference):
    return difference.raised and difference.ours.code == "weights-negative"


def _score_interval(difference):
    return "interval.type=score" in difference.functions and not difference.raised


def _replicate_likelihood(difference):
    return "method=likelihood" in difference.functions and difference.marked("replicated")


def _likelihood_profile(difference):
    """Apart by as little as R's interpolation, or some respondents did not answer."""
    if "method=likelihood" not in difference.functions or difference.raised:
        return False
    ours, theirs = numbers(difference.ours.get("ci", [])), difference.theirs("ci")
    near = len(ours) == len(theirs) > 0 and bool((np.abs(ours / theirs - 1) < INTERPOLATION).all())
    return near or difference.marked("unanswered")


def _empty_level(difference):
    """R's answer is NaN; ours leaves levels out that the subset emptied."""
    if "svychisq" not in difference.functions or difference.raised:
        return False
    failed = "error" in difference.case or bool(np.isnan(difference.theirs("p_value")).all())
    return failed and difference.marked("empty_level")


def _refused(*codes):
    return lambda difference: difference.raised and difference.ours.code in codes


def _short_calibration(difference):
    """Calibrated only to the 1e-7 that R takes when it is not told."""
    if difference.raised or not difference.functions & {"calibrate", "rake"}:
        return False
    if "epsilon" in difference.case["call"]:
        return False
    parts = [(float(a), float(b)) for a, b in map(_two_numbers, difference.found)]
    return all(abs(a - b) <= CALIBRATED * abs(b) for a, b in parts)


def _zero_denominator(difference):
    """A ratio of something to nothing."""
    theirs = difference.theirs("ratio")
    return "svyratio" in difference.functions and len(theirs) > 0 and bool(np.isinf(theirs).any())


def _no_underflow(difference):
    """R's p-value is 0 and ours too small for R's way to it."""
    theirs = difference.theirs("p_value")
    ours = numbers(difference.ours.get("p_value", [])) if isinstance(difference.ours, dict) else theirs
    only = all(text.startswith(".p_value") for text in difference.found)
    return only and len(theirs) == len(ours) > 0 and bool(((theirs == 0) & (ours < UNDERFLOW)).all())


def _one_sample_unanswered(difference):
    return "svyttest" in difference.functions and difference.marked("unanswered")


def _replicate_trim(difference):
    made = [difference.declared[name]["r"] for name in difference.functions & set(difference.declared)]
    return "trimWeights" in difference.functions and any("svrepdesign(" in call for call in made)


def _two_numbers(text):
    """Take the two numbers out of "path: ours for theirs"."""
    ours, _, theirs = text.rpartition(": ")[2].partition(" for ")
    return ours, theirs


def _omega_search(difference):
    """Everything within what R's search for the general factor leaves open."""
    if "om" not in difference.functions or difference.raised:
        return False
    parts = [(float(a), float(b)) for a, b in map(_two_numbers, difference.found) if "is not given" not in a]
    slack = OMEGA * (AT_BOUND if difference.marked("at_bound") else 1)
    return all(abs(a - b) <= slack * max(abs(b), LOADING) for a, b in parts)


def _no_freedom(difference):
    """A regression with as many coefficients as the design has degrees of freedom."""
    df = difference.theirs("df_residual")
    return "svyglm" in difference.functions and len(df) > 0 and bool((df <= 0).all())


def _only(difference, *paths):
    return not difference.raised and all(text.startswith(paths) for text in difference.found)


def _unweighed(difference):
    """Standard errors of weights fitted to totals, where some weights are 0."""
    fitted = difference.functions & {"rake", "postStratify"}
    return bool(fitted) and difference.unweighed and _only(difference, ".se", ".ci")


def _uneven_levels(difference):
    """Shares of a factor() made in each group, which has other levels there: R's result is no table."""
    found = difference.case.get("result")
    estimates = found.get("est") if isinstance(found, dict) else None
    return isinstance(estimates, dict) and any(isinstance(part, list) for part in estimates.values())


def _whole_denominator(difference):
    return difference.marked("whole_denominator") and _only(difference, ".p_value")


def _one_table(difference):
    """The odds ratio of margins that allow one table only."""
    estimate = numbers(difference.ours.get("estimate", 0.0)) if isinstance(difference.ours, dict) else None
    return "fisher.test" in difference.functions and _only(difference, ".estimate") and np.isnan(estimate).all()


def _separated(difference):
    return difference.marked("separated")


def _replicate_odds(difference):
    if "svyolr" not in difference.functions or not difference.marked("replicated"):
        return False
    parts = [(text.startswith(".table"), *map(float, _two_numbers(text))) for text in difference.found]
    return all(abs(a - b) <= max(SHORT_SEARCH * abs(b) * table, NEAR_ZERO) for table, a, b in parts)


def _tukey_root(difference):
    """Limits as far apart as R's root is from the solution, beside the widest of them."""
    if "TukeyHSD" not in difference.functions or difference.raised:
        return False
    parts = [(float(a), float(b)) for a, b in map(_two_numbers, difference.found)]
    widest = np.nanmax(np.abs(numbers(difference.case["result"])), initial=0.0)
    return all(abs(a - b) <= TUKEY * widest for a, b in parts)


DEVIATIONS = {
    "exact-at-edge": _exact_at_edge,
    "empty-domain": _empty_domain,
    "negative-weights": _negative_weights,
    "score-interval": _score_interval,
    "replicate-likelihood": _replicate_likelihood,
    "likelihood-profile": _likelihood_profile,
    "empty-level": _empty_level,
    "one-sample-unanswered": _one_sample_unanswered,
    "replicate-at-edge": lambda difference: difference.marked("replicate_at_edge"),
    "quantile-at-step": lambda difference: difference.marked("tie"),
    "quantile-first-step": lambda difference: difference.marked("first_step"),
    "replicate-trim": _replicate_trim,
    "tukey-root": _tukey_root,
    "omega-search": _omega_search,
    "separated": _separated,
    "zero-denominator": _zero_denominator,
    "refused": _refused(
        "predictors-collinear", "weights-zero", "not-a-fraction", "fpc-not-usable", "trimming-impossible"
    ),
    "many-tables": _refused("too-many-tables"),
    "short-calibration": _short_calibration,
    "no-underflow": _no_underflow,
    "nearest-step": lambda difference: "qrule=hf3" in difference.functions and not difference.raised,
    "replicate-odds": _replicate_odds,
    "zero-weights-fitted": _unweighed,
    "uneven-levels": _uneven_levels,
    "whole-denominator": _whole_denominator,
    "one-table": _one_table,
    "no-freedom": _no_freedom,
}
