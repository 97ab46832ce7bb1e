"""R's own functions, as far as golden calls use them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from r_interpreter import handles, special
from r_language import Call, Name, NotUnderstood
from r_values import Factor, Frame, Logical, Named, Table, as_factor, missing, numeric, scalar, take, vector

from cxsurvey.numerics.probability.hommel import hommel_p
from cxsurvey.numerics.probability.multiplicity import adjust_p
from cxsurvey.numerics.probability.tails import t_two_sided_p

ARITHMETIC = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power}
COMPARISON = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, ">": np.greater, "<=": np.less_equal,
    ">=": np.greater_equal,
}  # fmt: skip
SAME = ("as.vector", "unclass", "suppressWarnings", "I", "invisible")


def _arithmetic(symbol):
    @handles(symbol, "a", "b")
    def run(args):
        a = numeric(args["a"])
        if "b" not in args:
            return -a if symbol == "-" else a
        b = numeric(args["b"])
        if a.ndim == 2 and b.ndim == 1 and len(b) == len(a):
            b = b[:, None]  # R goes down the columns
        with np.errstate(divide="ignore", invalid="ignore"):  # R gives Inf and NaN
            return ARITHMETIC[symbol](a, b)


def _comparison(symbol):
    @handles(symbol, "a", "b")
    def run(args):
        a, b = _comparable(args["a"], args["b"])
        unknown = missing(a) | missing(b)
        a, b = (v.values if isinstance(v, Logical) else v for v in (a, b))
        return Logical(np.where(unknown, np.nan, COMPARISON[symbol](a, b).astype(float)))


def _comparable(a, b):
    """Give both sides as text when one of them is text or a factor."""
    if not (_is_text(a) or _is_text(b)):
        return numeric(a), numeric(b)
    return _texts(a), _texts(b)


def _is_text(value):
    return isinstance(value, Factor) or (isinstance(value, np.ndarray) and value.dtype.kind == "O")


def _texts(value):
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return value
    factor = as_factor(value)
    return np.array([None if code < 0 else factor.levels[code] for code in factor.codes], dtype=object)


def _same(name):
    @handles(name, "x")
    def run(args):
        return args["x"]


for each in ARITHMETIC:
    _arithmetic(each)
for each in COMPARISON:
    _comparison(each)
for each in SAME:
    _same(each)


@handles("&", "a", "b")
def both(args):
    a, b = numeric(args["a"]), numeric(args["b"])
    no = (a == 0) | (b == 0)
    return Logical(np.where(no, 0.0, np.where(np.isnan(a) | np.isnan(b), np.nan, 1.0)))


@handles("|", "a", "b")
def either(args):
    a, b = numeric(args["a"]), numeric(args["b"])
    yes = (np.nan_to_num(a) != 0) | (np.nan_to_num(b) != 0)
    return Logical(np.where(yes, 1.0, np.where(np.isnan(a) | np.isnan(b), np.nan, 0.0)))


@handles("!", "a")
def negate(args):
    return Logical(1.0 - numeric(args["a"]))


@handles("%in%", "x", "table")
def among(args):
    wanted = set(_texts(args["table"]).tolist())
    return Logical(np.array([float(value in wanted) for value in _texts(args["x"])]))


@handles("is.na", "x")
def is_na(args):
    return Logical(missing(args["x"]).astype(float))


@handles(":", "a", "b")
def span(args):
    a, b = scalar(args["a"]), scalar(args["b"])
    return np.arange(a, b + 1) if b >= a else np.arange(a, b - 1, -1)


@handles("c", more=True)
def combine(args):
    parts = [*args.rest, *args.extra.values()]
    if parts and all(_is_text(part) for part in parts):
        return np.concatenate([_texts(part) for part in parts])
    if parts and all(isinstance(part, Logical) for part in parts):
        return Logical(np.concatenate([part.values for part in parts]))
    values = np.concatenate([numeric(part) for part in parts]) if parts else np.array([])
    return Named(values, tuple(args.extra)) if args.extra and not args.rest else values


@handles("rep", "x", "times", "each")
def repeat(args):
    each = int(scalar(args["each"])) if "each" in args else 1
    times = int(scalar(args["times"])) if "times" in args else 1
    index = np.tile(np.repeat(np.arange(len(args["x"])), each), times)
    return take(args["x"], index)


@handles("list", more=True)
def make_list(args):
    return dict(args.extra) if args.extra else list(args.rest)


@handles("structure", ".Data", "class")
def structure(args):
    return args[".Data"]


def _by_element(name, function):
    @handles(name, "x")
    def run(args):
        with np.errstate(divide="ignore", invalid="ignore"):  # R gives -Inf and NaN
            return function(numeric(args["x"]))


for each, of in {"log": np.log, "exp": np.exp, "sqrt": np.sqrt}.items():
    _by_element(each, of)


def _extreme(name, function):
    @handles(name, more=True)
    def run(args):
        values = np.concatenate([numeric(part) for part in args.rest])
        if "na.rm" in args.extra and scalar(args.extra["na.rm"]):
            values = values[~np.isnan(values)]
        return vector(function(values))


_extreme("max", np.max)
_extreme("min", np.min)


@handles("as.numeric", "x")
def as_numeric(args):
    value = args["x"]
    if isinstance(value, Factor):
        return np.where(value.codes < 0, np.nan, value.codes + 1.0)
    return numeric(value)


@handles("ifelse", "test", "yes", "no")
def if_else(args):
    test = numeric(args["test"])
    sides = [args[key] for key in ("yes", "no")]
    text = any(_is_text(side) for side in sides)
    yes, no = (np.broadcast_to(_texts(side) if text else numeric(side), test.shape) for side in sides)
    chosen = np.where(test == 1, yes, no)
    chosen[np.isnan(test)] = None if text else np.nan
    return chosen


@handles("order", "x")
def order(args):
    x = numeric(args["x"])
    return np.argsort(x, kind="stable") + 1.0


@handles("relevel", "x", "ref")
def relevel(args):
    made, first = as_factor(args["x"]), scalar(args["ref"])
    levels = (first, *(level for level in made.levels if level != first))
    place = np.array([levels.index(level) for level in made.levels])
    return Factor(np.where(made.codes < 0, -1, place[made.codes]), levels)


@handles("abs", "x")
def absolute(args):
    return np.abs(numeric(args["x"]))


@handles("sum", more=True)
def total(args):
    return vector(sum(numeric(part).sum() for part in args.rest))


@handles("mean", "x")
def mean(args):
    return vector(numeric(args["x"]).mean())


@handles("length", "x")
def length(args):
    return vector(len(args["x"]))


@handles("which", "x")
def which(args):
    return np.flatnonzero(numeric(args["x"]) == 1) + 1.0


@handles("nrow", "x")
def nrow(args):
    return vector(args["x"].n if isinstance(args["x"], Frame) else len(args["x"]))


@handles("names", "x")
def names(args):
    value = args["x"]
    found = value.names if isinstance(value, Named) else tuple(value)
    return np.array(found, dtype=object)


@handles("factor", "x", "levels", "labels")
def factor(args):
    made = as_factor(args["x"])
    levels = tuple(_texts(args["levels"])) if "levels" in args else made.levels
    used = [
        level for level in levels if "levels" in args or made.levels.index(level) in set(made.codes.tolist())
    ]
    place = {level: code for code, level in enumerate(used)}
    codes = [place.get(made.levels[code], -1) if code >= 0 else -1 for code in made.codes]
    labels = tuple(_texts(args["labels"])) if "labels" in args else tuple(used)
    if len(labels) != len(used):
        raise NotUnderstood("labels of another number than levels")
    return Factor(np.array(codes), labels)


@handles("interaction", more=True)
def interaction(args):
    factors = [as_factor(part) for part in args.rest]
    codes, levels = factors[0].codes, factors[0].levels
    for other in factors[1:]:
        unknown = (codes < 0) | (other.codes < 0)
        codes = np.where(unknown, -1, codes + len(levels) * other.codes)
        levels = tuple(f"{first}.{second}" for second in other.levels for first in levels)
    return Factor(codes, levels)


@handles("complete.cases", more=True)
def complete_cases(args):
    return Logical(1.0 - np.logical_or.reduce([missing(part) for part in args.rest]))


@handles("cbind", more=True)
def cbind(args):
    return np.column_stack([numeric(part) for part in args.rest])


@handles("t", "x")
def transpose(args):
    return np.asarray(args["x"]).T


@handles("combn", "x", "m")
def combn(args):
    pairs = combinations(range(1, int(scalar(args["x"])) + 1), int(scalar(args["m"])))
    return np.array(list(pairs), dtype=float).T


@handles("apply", "X", "MARGIN", "FUN")
def apply(args):
    matrix, along = np.asarray(args["X"]), int(scalar(args["MARGIN"]))
    parts = matrix.T if along == 2 else matrix
    return np.concatenate([numeric(args.r.apply(args["FUN"], [part], {})) for part in parts])


@handles("pt", "q", "df", "lower.tail")
def pt(args):
    """Below zero only: the tail that a two-sided p-value doubles."""
    q, df = numeric(args["q"]), numeric(args["df"])
    if (q > 0).any() or "lower.tail" in args:
        raise NotUnderstood("pt above zero")
    return t_two_sided_p(q, df) / 2


@handles("p.adjust", "p", "method")
def p_adjust(args):
    method = scalar(args["method"]) if "method" in args else "holm"
    p = numeric(args["p"])
    if method == "hommel":
        return hommel_p(p)
    return adjust_p(p, {"BH": "bh", "fdr": "bh"}.get(method, method)).p_adjusted


@handles("mat", "m")
def mat(args):
    return np.asarray(args["m"])


@handles("norm", "x")
def norm(args):
    return args["x"]


@special("<-")
def assign(here):
    (_, target), (_, source) = here.call.arguments
    value = here.value(source)
    _store(here, target, value)
    return value


def _store(here, target, value):
    if isinstance(target, Name):
        here.scope.values[target.name] = value
        return
    if not isinstance(target, Call) or target.function not in {Name("$"), Name("[")}:
        raise NotUnderstood("an assignment to what is no variable")
    inside = target.arguments[0][1]
    whole = here.value(inside)
    if target.function == Name("$"):
        column = _recycled(value, whole.n)
        changed = Frame({**whole.columns, target.arguments[1][1].value: column}, whole.n)
    else:
        changed = np.array(numeric(whole))
        changed[_positions(here.value(target.arguments[1][1]), len(changed))] = numeric(value)
    _store(here, inside, changed)


def _recycled(value, n):
    if isinstance(value, Factor) or len(value) == n:
        return value
    return take(value, np.arange(n) % len(value))


@handles("$", "x", "name")
def element(args):
    whole, name = args["x"], scalar(args["name"])
    if name == "variables" and hasattr(whole, "variables"):
        return whole.variables()
    columns = whole.columns if isinstance(whole, Frame) else whole
    name = next((known for known in (name, name.replace(".", "_")) if known in columns), name)
    if name not in columns:
        raise NotUnderstood(f"no element '{name}'")
    return columns[name]


@handles("[[", "x", "i")
def one_element(args):
    whole, wanted = args["x"], scalar(args["i"])
    if isinstance(whole, Frame):
        whole = whole.columns
    if isinstance(wanted, str):
        return whole[wanted]
    return (list(whole.values()) if isinstance(whole, dict) else whole)[int(wanted) - 1]


@special("[")
def index(here):
    whole, *wanted = [None if node is None else here.value(node) for _, node in here.call.arguments]
    if isinstance(whole, Frame):
        return _of_frame(whole, wanted)
    if len(wanted) == 1 and isinstance(whole, dict):
        return {name: whole[name] for name in _texts(wanted[0])}
    if len(wanted) == 1:
        return take(whole, _positions(wanted[0], len(whole)))
    return _of_array(whole, wanted)


def _of_frame(frame, wanted):
    rows, columns = wanted if len(wanted) == 2 else (None, wanted[0])
    if columns is not None:
        names = list(frame.columns)
        if not _is_text(columns):
            columns = [names[place] for place in _positions(columns, len(names))]
        if set(columns) - set(names):
            raise NotUnderstood(f"columns {', '.join(map(str, columns))}")
        frame = Frame({name: frame.columns[name] for name in columns}, frame.n)
    if rows is not None:
        frame = frame.rows(_positions(rows, frame.n))
    alone = len(wanted) == 2 and columns is not None and len(frame.columns) == 1
    return next(iter(frame.columns.values())) if alone else frame


def _of_array(whole, wanted):
    """Index each axis, dropping those that one position is taken of."""
    cells = whole.counts if isinstance(whole, Table) else np.asarray(whole)
    if cells.ndim != len(wanted):
        raise NotUnderstood("an index of another number of axes")
    places = [
        np.arange(size) if part is None else _positions(part, size)
        for part, size in zip(wanted, cells.shape, strict=True)
    ]
    taken = cells[np.ix_(*places)]
    if not isinstance(whole, Table):
        return np.squeeze(taken, tuple(axis for axis, place in enumerate(places) if len(place) == 1))
    kept = [axis for axis, place in enumerate(places) if len(place) > 1]
    if len(kept) < 2:
        return taken.ravel()
    levels = tuple(tuple(whole.levels[axis][code] for code in places[axis]) for axis in kept)
    shape = [len(places[axis]) for axis in kept]
    return Table(taken.reshape(shape), levels, tuple(whole.names[axis] for axis in kept))


def _positions(wanted, n):
    if isinstance(wanted, Logical):
        return np.flatnonzero(wanted.true)
    numbers = numeric(wanted).astype(int)
    if (numbers < 0).all():
        return np.setdiff1d(np.arange(n), -numbers - 1)
    return numbers - 1
