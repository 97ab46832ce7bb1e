"""Compare a result with R's, number by number, within the tolerance of the golden file."""

from __future__ import annotations

import numpy as np
from r_values import Factor, Logical, Named

SPECIAL_NUMBERS = {"NA": np.nan, "NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf, "FALSE": 0.0, "TRUE": 1.0}
ITERATES = "svyglm_default_and_ciprop_logit_likelihood"
TOLERANCES = (
    ({"svyolr", "polr"}, "svyolr_polr"),
    ({"om", "omd"}, "omega_fa"),
    ({"svyglm"}, ITERATES),
    ({"statistic=lincom", "statistic=saddlepoint"}, ITERATES),  # R searches the saddlepoint to 1e-8
    ({"method=LRT"}, ITERATES),  # as above
    ({"prop2"}, "newcombe_mn"),
)
LABELS = {"rows", "cols", "method", "alternative", "call", "mcall"}  # what they label is compared
SMALL_P, ORDERS = 1e-12, 1e-3  # p-values below the first agree when their logarithms to base 10 do
CONVERGENCE, ITERATED = 1e-6, 1e-9  # where R iterates to the first, a value of 0 is one below the second
ZERO = 1e-30  # a variance this small is the square of rounding
ROUNDING = 1e-12  # relative to the estimates: a standard error or a covariance this small is a rounded zero


def plain(value):
    """Turn what a call gave into dicts, lists, numbers and texts."""
    if hasattr(value, "result"):
        return plain(value.result())
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return _plain_vector(value)


def _plain_vector(value):
    if isinstance(value, Named):
        return dict(zip(value.names, value.values.tolist(), strict=True))
    if isinstance(value, Factor):
        return [value.levels[code] if code >= 0 else None for code in value.codes]
    if isinstance(value, Logical):
        return value.values.tolist()
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def tolerance_of(functions, tolerance):
    """Pick the relative tolerance of a call from those of the file."""
    named = [key for of, key in TOLERANCES if functions & of]
    if "svyglm" in functions and "control=GC" in functions and "method=LRT" not in functions:
        named.insert(0, "svyglm_with_control_GC")
    if "svyciprop" in functions and not functions & {f"method={m}" for m in ("asin", "beta", "mean", "xlogit")}:
        named.append(ITERATES)
    return tolerance[named[0] if named else "linear"]


def differences(ours, theirs, tolerance):
    """List what differs, empty when everything R gives is given and agrees."""
    return list(_different("", ours, theirs, tolerance, _scale(theirs)))


def _scale(theirs):
    """The size of the estimates of a result, beside which rounding is judged."""
    if not isinstance(theirs, dict):
        return 0.0
    sizes = [np.abs(numbers(theirs[key])) for key in ("est", "ratio", "diff", "mean") if key in theirs]
    found = np.concatenate(sizes) if sizes else np.zeros(1)
    return float(found[np.isfinite(found)].max(initial=0.0))


def _different(path, ours, theirs, tolerance, scale):
    if theirs is None or path.rpartition(".")[2] in LABELS:
        return
    if isinstance(theirs, dict) and "values" in theirs:
        if theirs["values"]:
            yield from _unequal(path, ours, theirs["values"], tolerance, scale)
    elif isinstance(theirs, dict) and isinstance(ours, dict):
        yield from _unequal_dicts(path, ours, theirs, tolerance, scale)
    elif isinstance(theirs, dict):
        yield from _unequal(path, ours, list(theirs.values()), tolerance, scale)
    elif isinstance(theirs, list) and theirs and isinstance(theirs[0], dict):
        for place, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            yield from _different(f"{path}[{place}]", a, b, tolerance, scale)
    elif _has_text(theirs):
        same = [str(v) for v in np.ravel(ours)] == [str(v) for v in np.ravel(theirs)]
        yield from [] if same else [f"{path}: {ours} for {theirs}"]
    else:
        yield from _unequal(path, ours, theirs, tolerance, scale)


def _unequal_dicts(path, ours, theirs, tolerance, scale):
    inner = _scale(theirs) or scale
    if path.endswith("est") and list(ours) != list(theirs):
        yield f"{path}: names {list(ours)} for {list(theirs)}"
        return
    for key, value in theirs.items():
        if key not in ours:
            if value is not None and key not in LABELS:
                yield f"{path}.{key} is not given"
        else:
            yield from _different(f"{path}.{key}", ours[key], value, tolerance, inner)


def _has_text(theirs):
    flat = np.ravel(np.asarray(theirs, dtype=object))
    return any(isinstance(value, str) and value not in SPECIAL_NUMBERS for value in flat)


def numbers(value):
    """Flatten to floats; texts such as "NaN" are the numbers they name."""
    if isinstance(value, dict):
        value = value["values"] if "values" in value else list(value.values())
    if isinstance(value, list):
        return np.concatenate([numbers(part) for part in value]) if value else np.zeros(0)
    if isinstance(value, str):
        return np.array([SPECIAL_NUMBERS[value] if value in SPECIAL_NUMBERS else float(value)])
    return np.array([np.nan if value is None else float(value)])


def _unequal(path, ours, theirs, tolerance, scale):
    a, b = numbers(ours), numbers(theirs)
    if a.shape != b.shape:
        yield f"{path}: {len(a)} numbers for {len(b)}"
        return
    key = path.rpartition(".")[2]
    with np.errstate(invalid="ignore"):  # infinite less infinite; equal ones are let through below
        apart = np.abs(a - b) > tolerance * np.abs(b) + _slack(key, b, tolerance, scale)
    if key.startswith("p") or key == "coef":  # a table of coefficients ends with their p-values
        apart = np.where((b > 0) & (b < SMALL_P), _orders_apart(a, b) > ORDERS, apart)
    apart |= np.isnan(a) != np.isnan(b)
    apart &= (a != b) & ~((b == 0) & (np.abs(a) < ZERO))
    for place in np.flatnonzero(apart)[:3]:
        yield f"{path}[{place}]: {a[place]:.15g} for {b[place]:.15g}"


def _orders_apart(a, b):
    least = np.finfo(float).tiny
    return np.abs(np.log10(np.maximum(a, least)) - np.log10(np.maximum(b, least)))


def _slack(key, theirs, tolerance, scale):
    """Give the absolute part of the tolerance."""
    if key == "loadings":  # one near 0 is as exact as the others
        return tolerance * np.abs(theirs).max(initial=0.0)
    if key in {"vcov", "cov"}:
        return max(tolerance * np.abs(theirs).max(initial=0.0), (ROUNDING * scale) ** 2)
    return ROUNDING * scale + (ITERATED if tolerance >= CONVERGENCE else 0.0)
