"""What a regression explains an answer with: numbers, and factors spread over columns of 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cxsurvey.errors import DataFault, RequestError
from cxsurvey.numerics.arrays import (
    Bools,
    Floats,
    Ints,
    as_floats,
    checked_codes,
    frozen,
    label_codes,
    same_length,
)
from cxsurvey.numerics.sampling.fitted import domain_mask

if TYPE_CHECKING:
    import numpy.typing as npt

CONSTANT = "constant"
SOME = 2_000  # respondents whose values tell whether a number has few
LARGE = 2.0**53  # below it every whole number is a double


@dataclass(frozen=True, slots=True)
class Number:
    """A predictor that is a number.

    Attributes
    ----------
    name : str
    values : (n,) float
        NaN where it is not known.
    """

    name: str
    values: npt.ArrayLike


@dataclass(frozen=True, slots=True)
class Factor:
    """A predictor that is one answer of several.

    Attributes
    ----------
    name : str
    codes : (n,) int
        0 to L-1, and -1 where there is no answer.
    labels : sequence of L str
    baseline : int
        The level that the others are compared with.
    """

    name: str
    codes: npt.ArrayLike
    labels: Sequence[str]
    baseline: int = 0


Predictor: TypeAlias = Number | Factor


@dataclass(frozen=True, slots=True)
class Term:
    """The columns of one predictor.

    Attributes
    ----------
    name : str
    start, stop : int
        Its columns, from the first to before the last.
    levels : tuple of str
        The levels of a factor, the baseline first, as far as anybody in the domain gave them; empty for a
        number.
    """

    name: str
    start: int
    stop: int
    levels: tuple[str, ...] = ()

    @property
    def columns(self) -> Ints:
        """Positions of its columns."""
        return np.arange(self.start, self.stop)


@dataclass(frozen=True, slots=True)
class Predictors:
    """The design matrix of a regression, each distinct row of it once. Make one with :func:`predictors`.

    Attributes
    ----------
    kinds : (m, p) float
        The rows that occur. With factors and numbers of few values they are far fewer than respondents, and a
        model is fitted to their totals; otherwise each respondent of the domain is a kind.
    kind : (n,) int
        Which of them each respondent has; -1 outside.
    inside : (n,) bool
        Respondents of the domain for whom every predictor is known.
    terms : tuple of Term
        The constant, when there is one, first.
    """

    kinds: Floats
    kind: Ints
    inside: Bools
    terms: tuple[Term, ...]

    @property
    def columns(self) -> Floats:
        """The whole design matrix: (n, p), 0 in the rows outside."""
        columns = np.zeros((len(self.kind), self.kinds.shape[1]))
        columns[self.inside] = self.kinds[self.kind[self.inside]]
        return columns

    def members(self, size: int) -> Bools:
        """Say who is in a model of ``size`` parameters: (n, size), one column seen so many times."""
        return np.broadcast_to(self.inside[:, None], (len(self.inside), size))

    def totals(self, values: Floats) -> Floats:
        """Add up what the respondents of each kind have: (n,) to (m,). Those outside are left out."""
        slots = self.kind if self.inside.all() else self.kind[self.inside]
        given = values if len(slots) == len(values) else values[self.inside]
        return np.bincount(slots, given, minlength=len(self.kinds)).astype(np.float64, copy=False)

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each column: ``size=large`` for a level of a factor."""
        found: list[str] = []
        for term in self.terms:
            found += [f"{term.name}={level}" for level in term.levels[1:]] if term.levels else [term.name]
        return tuple(found)

    def term(self, name: str) -> Term:
        """Find a predictor by name.

        Raises
        ------
        RequestError
            ``unknown-option``.
        """
        known = {term.name: term for term in self.terms}
        if name not in known:
            raise RequestError.unknown_option("variable", name, list(known))
        return known[name]

    def without(self, name: str) -> Predictors:
        """Leave a predictor out; those who did not answer it stay outside.

        Raises
        ------
        RequestError
            ``unknown-option``.
        """
        gone = self.term(name)
        width = gone.stop - gone.start
        later = [
            replace(t, start=t.start - width, stop=t.stop - width) for t in self.terms if t.start > gone.start
        ]
        earlier = [t for t in self.terms if t.start < gone.start]
        return replace(self, kinds=np.delete(self.kinds, gone.columns, axis=1), terms=(*earlier, *later))

    def with_everybody(self, name: str, level: int) -> Floats:
        """Give the kinds as they would be if everybody had one level of a factor: (m, p).

        Parameters
        ----------
        name : str
        level : int
            Position in the levels of the term, 0 for the baseline.

        Raises
        ------
        RequestError
            ``unknown-option`` for no predictor, ``bad-option`` for one that is no factor.
        """
        term = self.term(name)
        if not term.levels:
            raise RequestError.bad_option("variable", name, "a predictor with groups")
        changed = self.kinds.copy()
        changed[:, term.columns] = 0.0
        if level:
            changed[:, term.start + level - 1] = 1.0
        return changed

    def without_columns(self, columns: Sequence[int]) -> Predictors:
        """Leave columns out, of the same respondents; a level of a factor then counts as its baseline.

        A number without its column and a factor without any are left out as a whole.
        """
        gone, start, terms = set(columns), 0, []
        for term in self.terms:
            kept = [column for column in range(term.start, term.stop) if column not in gone]
            levels = tuple(term.levels[1 + column - term.start] for column in kept) if term.levels else ()
            if kept or (term.levels and term.start == term.stop):
                terms.append(Term(term.name, start, start + len(kept), (*term.levels[:1], *levels)))
            start += len(kept)
        return replace(self, kinds=np.delete(self.kinds, sorted(gone), axis=1), terms=tuple(terms))


def predictors(
    given: Sequence[Predictor], *, domain: npt.ArrayLike | None = None, constant: bool = True
) -> Predictors:
    """Put predictors side by side.

    Parameters
    ----------
    given : sequence of Number or Factor
        A factor of L levels becomes L - 1 columns, one for each level but the baseline (treatment coding).
    domain : (n,) bool, optional
        Leave out those whose outcome is not known. Respondents with a predictor that is not known are left out
        as well, and then levels that nobody has; when the baseline is one of them the first level that
        somebody has takes its place.
    constant : bool
        Begin with a column of ones; a proportional-odds model has thresholds instead.

    Returns
    -------
    Predictors

    Raises
    ------
    RequestError
        ``array-shape`` when the predictors are of different lengths or there is neither a predictor nor a
        domain, ``code-out-of-range``, ``bad-option`` for a baseline that is no level and a name used twice.
    DataFault
        ``predictor-infinite``.

    Examples
    --------
    >>> size = Factor("size", [0, 1, 2, -1], ["small", "medium", "large"])
    >>> made = predictors([Number("age", [30, 40, 50, 60]), size])
    >>> made.names
    ('constant', 'age', 'size=medium', 'size=large')
    >>> made.columns[2].tolist(), made.inside.tolist()
    ([1.0, 50.0, 0.0, 1.0], [True, True, True, False])
    """
    n = _respondents(given, domain)
    _different_names([CONSTANT] * constant + [one.name for one in given])
    inside = domain_mask(domain, n)
    for one in given:
        inside = inside & _known(one, n)
    first, kind = _kinds(given, inside)
    parts: list[tuple[str, Floats, tuple[str, ...]]] = []
    if constant:
        parts.append((CONSTANT, np.ones((len(first), 1)), ()))
    parts += [(one.name, *_spread(one, first)) for one in given]
    ends = np.cumsum([0, *(part.shape[1] for _, part, _ in parts)]).tolist()
    terms = tuple(
        Term(name, start, stop, levels)
        for (name, _, levels), start, stop in zip(parts, ends[:-1], ends[1:], strict=True)
    )
    kinds = np.column_stack([part for _, part, _ in parts]) if parts else np.zeros((len(first), 0))
    for array in (kinds, kind, inside):
        frozen(array)
    return Predictors(kinds, kind, inside, terms)


def _kinds(given: Sequence[Predictor], inside: Bools) -> tuple[Ints, Ints]:
    """Number the combinations of predictors that occur: a respondent of each (m,), and that of each (n,)."""
    rows = np.flatnonzero(inside)
    joint, size = np.zeros(len(rows), dtype=np.intp), 1
    for one in given:
        levels = _levels(one, rows)
        if levels is None:
            joint, size = np.arange(len(rows)), len(rows)
            break
        joint, size = joint * levels[1] + levels[0], size * levels[1]
        if size > len(rows):
            joint, size = label_codes("predictors", joint)
    else:
        joint, size = label_codes("predictors", joint)
    first, kind = np.zeros(size, dtype=np.intp), np.full(len(inside), -1, dtype=np.intp)
    first[joint[::-1]], kind[rows] = rows[::-1], joint
    return first, kind


def _levels(one: Predictor, rows: Ints) -> tuple[Ints, int] | None:
    """Number the values of a predictor; None for a number that takes a value of its own for most."""
    if isinstance(one, Factor):
        return np.asarray(one.codes)[rows].astype(np.intp, copy=False), max(len(one.labels), 1)
    values = as_floats(one.values)[rows]
    if len(np.unique(values[:SOME])) > len(values[:SOME]) / 2:
        return None
    whole = np.abs(values) < LARGE
    if whole.all() and (values == (integers := values.astype(np.intp))).all():
        return label_codes(one.name, integers)
    codes, size = label_codes(one.name, values)
    return None if size > len(rows) / 2 else (codes, size)


def _respondents(given: Sequence[Predictor], domain: npt.ArrayLike | None) -> int:
    first = [one.values if isinstance(one, Number) else one.codes for one in given[:1]]
    if not first and domain is None:
        raise RequestError.array_shape("given", "at least one predictor, or a domain", ())
    return len(np.asarray(first[0] if first else domain))


def _different_names(names: list[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise RequestError.bad_option("name", name, "a name that no other predictor has")


def _known(one: Predictor, n: int) -> Bools:
    if isinstance(one, Factor):
        codes = checked_codes(one.name, one.codes, n, len(one.labels))
        if not 0 <= one.baseline < max(len(one.labels), 1):
            raise RequestError.bad_option("baseline", one.baseline, f"a level of '{one.name}'")
        answered: Bools = codes >= 0
        return answered
    values = as_floats(one.values)
    same_length(one.name, values, n)
    infinite = int(np.isinf(values).sum())
    if infinite:
        raise DataFault.predictor_infinite(one.name, infinite)
    return ~np.isnan(values)


def _spread(one: Predictor, first: Ints) -> tuple[Floats, tuple[str, ...]]:
    if isinstance(one, Number):
        return as_floats(one.values)[first][:, None], ()
    codes = np.asarray(one.codes)[first]
    present = np.unique(codes).tolist()
    if one.baseline in present:
        present = [one.baseline, *(level for level in present if level != one.baseline)]
    columns = (codes[:, None] == np.array(present[1:], dtype=np.intp)).astype(np.float64)
    return columns, tuple(str(one.labels[level]) for level in present)
