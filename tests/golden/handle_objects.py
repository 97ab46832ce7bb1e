"""Functions that make and reshape objects: data frames, cut numbers, tables of counts, matrices."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from r_interpreter import handles, special
from r_language import NotUnderstood, deparse, terms
from r_values import Factor, Frame, Logical, Scope, Table, as_factor, missing, numeric, scalar, take, vector


@handles("data.frame", "stringsAsFactors", more=True)
def data_frame(args):
    if args.rest:
        raise NotUnderstood("a data frame with columns without names")
    n = max(len(column) for column in args.extra.values())
    return Frame({name: take(column, np.arange(n) % len(column)) for name, column in args.extra.items()}, n)


@handles("rd", "f")
def read_data(args):
    """Golden helper: a data file."""
    return args.r.designs.frame(scalar(args["f"]))


@handles("cut", "x", "breaks", "labels", "right")
def cut(args):
    """Part numbers at breaks, each interval with its upper end."""
    x, breaks = numeric(args["x"]), numeric(args["breaks"])
    place = np.searchsorted(breaks, x, side="left") - 1
    outside = np.isnan(x) | (x <= breaks[0]) | (x > breaks[-1])
    if "right" in args and not scalar(args["right"]):
        raise NotUnderstood("intervals with their lower ends")
    ends = [f"{value:.3g}" for value in breaks]
    levels = tuple(f"({low},{high}]" for low, high in pairwise(ends))
    if "labels" in args:
        levels = tuple(args["labels"])
    return Factor(np.where(outside, -1, place), levels)


def counted(factors, names, counts=None):
    """Count the combinations of factors, those with a missing one left out."""
    known = np.logical_and.reduce([factor.codes >= 0 for factor in factors])
    cells = np.zeros([len(factor.levels) for factor in factors])
    each = np.ones(int(known.sum())) if counts is None else counts[known]
    np.add.at(cells, tuple(factor.codes[known] for factor in factors), each)
    return Table(cells, tuple(factor.levels for factor in factors), names)


@handles("table", more=True)
def table(args):
    return counted([as_factor(part) for part in args.rest], ("",) * len(args.rest))


@handles("xtabs", "formula", "data")
def xtabs(args):
    scope = Scope(dict(args["data"].columns))
    nodes = terms(args["formula"].right)
    counts = None if args["formula"].left is None else numeric(args.r.value(args["formula"].left, scope))
    factors = [as_factor(args.r.value(node, scope)) for node in nodes]
    return counted(factors, tuple(deparse(node) for node in nodes), counts)


@handles("matrix", "data", "nrow", "ncol", "byrow")
def matrix(args):
    values = numeric(args["data"])
    rows = int(scalar(args["nrow"])) if "nrow" in args else -1
    columns = int(scalar(args["ncol"])) if "ncol" in args else -1
    if rows < 0 and columns < 0:
        rows = len(values)
    by_row = "byrow" in args and scalar(args["byrow"])
    return values.reshape(rows, columns, order="C" if by_row else "F")


@handles("rowSums", "x")
def row_sums(args):
    return counts_of(args["x"]).sum(axis=1)


@handles("colSums", "x")
def column_sums(args):
    return counts_of(args["x"]).sum(axis=0)


def counts_of(value):
    """Give a table or matrix as an array."""
    return value.counts if isinstance(value, Table) else np.asarray(value, dtype=float)


@handles("na.omit", "object")
def na_omit(args):
    value = args["object"]
    if isinstance(value, Frame):
        gone = np.logical_or.reduce([missing(column) for column in value.columns.values()])
        return value.rows(np.flatnonzero(~gone))
    return take(value, np.flatnonzero(~missing(value)))


@handles("as.matrix", "x")
def as_matrix(args):
    value = args["x"]
    if isinstance(value, Frame):
        return np.column_stack([numeric(column) for column in value.columns.values()])
    return counts_of(value)


@handles("seq_len", "n")
def seq_len(args):
    return np.arange(1.0, scalar(args["n"]) + 1)


@handles("as.character", "x")
def as_character(args):
    factor = as_factor(args["x"])
    return np.array([None if code < 0 else factor.levels[code] for code in factor.codes], dtype=object)


@handles("as.logical", "x")
def as_logical(args):
    x = numeric(args["x"])
    return Logical(np.where(np.isnan(x), np.nan, (x != 0).astype(float)))


@handles("nlevels", "x")
def n_levels(args):
    return vector(len(as_factor(args["x"]).levels))


@special("dfl")
def columns_of(here):
    """Golden helper: a data frame as a list of its columns."""
    value = here.value(here.call.arguments[0][1])
    return value.columns if isinstance(value, Frame) else value
