"""Designs of a golden file, built from what it says of them, and domains of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from r_language import NotUnderstood, parse
from r_values import Factor, Frame, Logical, Scope, as_factor, read_frame

from cxsurvey.numerics.sampling.multistage import Multistage, multistage_design
from cxsurvey.numerics.sampling.replication import Replicated, replicate_design

SPEC = {
    "data", "ids", "strata", "weights", "probs", "fpc", "nest", "prep", "note", "made_by", "repweights",
    "combined", "scale", "rscales", "mse", "degf",
}  # fmt: skip
LONELY = {"fail": "error"}  # R's names of the rules; the others are the same


@dataclass(frozen=True)
class Design:
    """A design with its data, and the domain that is asked about."""

    frame: Frame
    survey: Multistage | Replicated
    domain: np.ndarray

    @property
    def n(self):
        return int(self.domain.sum())

    @property
    def df(self):
        return self.survey.degrees_of_freedom(self.domain)

    @property
    def weights(self):
        return self.survey.weights[self.domain]

    def variables(self):
        return self.frame.rows(np.flatnonzero(self.domain))

    def within(self, mask):
        return replace(self, domain=self.domain & mask)


class DataMissing(Exception):
    """A data file is not here: cases that need it are skipped and counted."""


class Designs:
    """The designs and data files of one golden file."""

    def __init__(self, declared, folders, golden=None):
        self.declared, self.folders, self.golden, self.known = declared, folders, golden, {}

    def frame(self, file):
        path = next((folder / file for folder in self.folders if (folder / file).is_file()), None)
        if path is None:
            raise DataMissing(file)
        return self._kept(file, lambda: read_frame(path))

    def frame_with(self, names, *, first):
        """Give the data file that has columns of these names, a known one before the others."""
        files = [path.name for folder in self.folders for path in sorted(folder.glob("*.csv"))]
        for file in sorted(dict.fromkeys(files), key=lambda name: name != first):
            path = next(folder / file for folder in self.folders if (folder / file).is_file())
            with path.open(encoding="utf-8") as lines:
                header = next(lines, "").strip().replace('"', "").split(",")
            if set(names) <= set(header):
                return self.frame(file)
        raise DataMissing(first)

    @property
    def complete(self):
        """Whether every data file that a design names is here."""
        named = {spec["spec"]["data"] for spec in self.declared.values() if spec["spec"].get("data")}
        return all(any((folder / file).is_file() for folder in self.folders) for file in named)

    def _kept(self, key, make):
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]

    def named(self, name, options):
        """Find a design or a data frame by the name that a call uses; None when there is neither."""
        if name in self.declared:
            spec = self.declared[name]["spec"]
            if "data" not in spec:
                return None
            key = (name, lonely_rule(options), adjusts_domain(options))
            return self._kept(key, lambda: self._design(spec, options))
        stem, _, part = name.rpartition("_")
        if part == "csv" and stem in self.declared:
            return self.frame(f"{stem}.csv")
        known = {spec["spec"].get("data") for spec in self.declared.values()}
        if f"{name}.csv" in known or any((folder / f"{name}.csv").is_file() for folder in self.folders):
            return self.frame(f"{name}.csv")
        return None

    def unweighed(self, name):
        """Whether a name is of a design with weights of 0."""
        design = self.named(name, {}) if name in self.declared else None
        return isinstance(design, Design) and not design.survey.weights.all()

    def text_of(self, name):
        """The R call that made a design, for those that have no data file of their own."""
        return self.declared[name]["r"] if name in self.declared else None

    def _design(self, spec, options):
        more = {key for key, value in spec.items() if value not in (None, False)} - SPEC
        if more:
            raise NotUnderstood(f"a design with {', '.join(sorted(more))}")
        frame = prepared(self.frame(spec["data"]), spec.get("prep", ""))
        if "repweights" in spec:
            return Design(frame, self._replicated(spec), np.ones(frame.n, dtype=bool))
        columns = {key: _listed(spec.get(key)) for key in ("ids", "strata", "fpc")}
        weights = None if spec.get("weights") in {None, "from fpc"} else self._column(frame, spec["weights"])
        if spec.get("probs"):
            weights = 1 / self._column(frame, spec["probs"])
        labels = {key: [self._column(frame, name) for name in names] for key, names in columns.items()}
        return linearized(frame, weights, labels, nest=bool(spec.get("nest")), options=options)

    def _column(self, frame, text):
        """Give a column by its name, or what an expression of columns comes to."""
        from r_interpreter import Interpreter  # noqa: PLC0415 - it imports this module

        if text in frame.columns:
            return frame.columns[text]
        return Interpreter(self, {}).value(parse(text), Scope(dict(frame.columns)))

    def _replicated(self, spec):
        table = self.frame(spec["repweights"]).columns
        base = table[spec["weights"]]
        columns = np.column_stack([table[name] for name in table if name != spec["weights"]])
        return replicate_design(
            base, columns, combined=bool(spec.get("combined", True)), scale=spec["scale"],
            rscales=np.ravel(spec["rscales"]), mse=bool(spec.get("mse")), df=spec.get("degf"),
            drop_undefined=True,
        )  # fmt: skip


def lonely_rule(options):
    rule = options.get("survey.lonely.psu", "fail")
    return LONELY.get(rule, rule)


def adjusts_domain(options):
    return bool(options.get("survey.adjust.domain.lonely", False))


def linearized(frame, weights, labels, *, nest, options):
    """Make a design of stages from columns."""
    if weights is None and not labels["fpc"]:
        weights = np.ones(frame.n)  # R warns and supposes equal chances
    survey = multistage_design(
        weights,
        clusters=[plain(column) for column in labels["ids"]],
        strata=[plain(column) for column in labels["strata"]],
        fpc=labels["fpc"],
        nest=nest,
        lonely=lonely_rule(options),
        adjust_domain=adjusts_domain(options),
    )
    return Design(frame, survey, np.ones(frame.n, dtype=bool))


def plain(column):
    """Give labels as text, which sorts as R's factors do; a missing one stays missing."""
    factor = as_factor(column)
    if (factor.codes < 0).any():
        return np.array([None if code < 0 else factor.levels[code] for code in factor.codes], dtype=object)
    return np.array(factor.levels)[factor.codes]


def prepared(frame, note):
    """Carry out the preparation that a design names, such as "race as factor"."""
    for step in filter(None, (part.strip() for part in note.split(","))):
        name, _, kind = step.partition(" as ")
        if kind != "factor" or name not in frame.columns:
            raise NotUnderstood(f"preparation '{step}'")
        frame = Frame({**frame.columns, name: as_factor(frame.columns[name])}, frame.n)
    return frame


def _listed(names):
    return [] if names is None else [names] if isinstance(names, str) else list(names)


@dataclass(frozen=True)
class Columns:
    """What a formula asks for, as columns over all rows of a design."""

    values: np.ndarray  # (n, K), NaN where missing
    names: tuple[str, ...]

    @cached_property
    def complete(self):
        return ~np.isnan(self.values).any(axis=1)


def indicator_columns(value, label):
    """Spread a factor or a logical vector over columns of 0 and 1; a number is one column."""
    if isinstance(value, Logical):
        value = Factor(np.where(np.isnan(value.values), -1, value.values).astype(int), ("FALSE", "TRUE"))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return Columns(value[:, None], (label,))
    factor = as_factor(value)
    columns = (factor.codes[:, None] == np.arange(len(factor.levels))).astype(float)
    columns[factor.codes < 0] = np.nan
    return Columns(columns, tuple(f"{label}{level}" for level in factor.levels))
