"""What a table book is made of: rows, columns, cells and tests as arrays, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from cxsurvey.study.answers import BoolArray, FloatArray, IntArray
from cxsurvey.study.codebook import Statistic

RowKind = Literal["response", "net", "top_box", "bottom_box", "mean", "median", "nps"]
TestKind = Literal["pair", "rest", "wave"]
Strings = npt.NDArray[np.object_]

TOTAL_COLUMN: Final = 0
HIGHER, LOWER = "+", "-"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table.

    Attributes
    ----------
    id : str
        Response code, net id, ``top2``, ``bottom2``, ``mean``, ``median`` or ``nps``.
    label : str
    kind : {"response", "net", "top_box", "bottom_box", "mean", "median", "nps"}
    statistic : {"share", "mean", "median", "nps"}
        What the estimates of the row are.
    bounds : tuple of float, or None
        The lowest and highest value of a mean or median, where that is known.
    decimals : int
        Usual in print: 0 for percentages and net promoter scores, more for means.
    """

    id: str
    label: str
    kind: RowKind
    statistic: Statistic
    bounds: tuple[float, float] | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of the banner; the first is the total.

    Attributes
    ----------
    id : str
        ``total``, ``industry=bank``, or ``industry=bank > size=large`` where banners are nested.
    label : str
        Of the column itself.
    path : tuple of str
        The heads above the column and its own label, outermost first: ``("Industry", "Bank")``.
    banner : str
        Id of the banner variable; ``""`` for the total.
    letter : str
        By which letters refer to the column; ``""`` for the total, which is no group.
    """

    id: str
    label: str
    path: tuple[str, ...]
    banner: str
    letter: str


@dataclass(frozen=True, slots=True)
class BannerVariable:
    """Columns that belong together: compared with one another and with no others.

    Attributes
    ----------
    id, label : str
    columns : tuple of int
        Positions of its columns in the banner.
    overlapping : bool
        A respondent can be in several columns (a multi question).
    """

    id: str
    label: str
    columns: tuple[int, ...]
    overlapping: bool


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The numbers of a table, each of shape (R, C). Hidden and undefined numbers are NaN.

    Attributes
    ----------
    n : ndarray of float
        Respondents behind the cell, unweighted: those who gave the answer, or whose mean it is.
    count : ndarray of float
        The same, weighted.
    estimate : ndarray of float
        Column share (a fraction), mean, median, or net promoter score (-100 to 100).
    row_share : ndarray of float
        Of the row's weighted count in the total; NaN in rows that are no shares.
    index : ndarray of float
        100 times the column share over the total's; NaN in rows that are no shares.
    std_error, conf_low, conf_high : ndarray of float
    base : ndarray of float
        Respondents that the estimate is of. Of hidden cells it is shown too, but not where it is smaller than
        the base of the table, such as that of a mean without the answers that are not scored.
    base_effective : ndarray of float
        Kish's effective number of them.
    hidden : ndarray of bool
        Suppressed.
    letters : ndarray of str
        Letters of the columns that this one is higher than: upper case at the first level, lower case at the
        second; parted by spaces where a letter has two characters.
    rest : ndarray of str
        ``+`` higher or ``-`` lower than everyone else in the total together, at the first level;
        ``(+)`` and ``(-)`` at the second.
    wave : ndarray of str
        The same against the column in the wave before.
    """

    n: FloatArray
    count: FloatArray
    estimate: FloatArray
    row_share: FloatArray
    index: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    base: FloatArray
    base_effective: FloatArray
    hidden: BoolArray
    letters: Strings
    rest: Strings
    wave: Strings


@dataclass(frozen=True, slots=True, eq=False)
class Tests:
    """Every comparison of a table: J of them in each of R rows; NaN where nothing was tested.

    Attributes
    ----------
    kind : tuple of {"pair", "rest", "wave"}, length J
    a, b : ndarray of int, shape (J,)
        Positions of the columns; ``b`` is -1 for the rest, and ``a`` again for the wave before.
    estimate_a, estimate_b, gap, std_error, statistic, df, p_value, p_adjusted : ndarray, shape (R, J)
        ``gap`` is a less b.
    n_a, n_b, n_overlap : ndarray of float, shape (R, J)
        Bases, and the respondents in both; NaN where they are hidden with the comparison.
    n_effective_a, n_effective_b : ndarray of float, shape (R, J)
    test : ndarray of str, shape (R, J)
        ``""`` where nothing was tested.
    level : ndarray of float, shape (R, J)
        The level at which the comparison is marked, NaN where it is not.
    family : tuple of str, length J
        What its p-values are corrected together with.
    levels : tuple of float
    """

    kind: tuple[TestKind, ...]
    a: IntArray
    b: IntArray
    estimate_a: FloatArray
    estimate_b: FloatArray
    gap: FloatArray
    std_error: FloatArray
    statistic: FloatArray
    df: FloatArray
    p_value: FloatArray
    p_adjusted: FloatArray
    n_a: FloatArray
    n_b: FloatArray
    n_overlap: FloatArray
    n_effective_a: FloatArray
    n_effective_b: FloatArray
    test: Strings
    level: FloatArray
    family: tuple[str, ...]
    levels: tuple[float, ...]

    @property
    def tested(self) -> int:
        """Comparisons with a p-value."""
        return int((~np.isnan(self.p_value)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One question by the banner.

    Attributes
    ----------
    number : int
        Place in the book, from 1.
    question, text, label : str
        Id, wording and short name.
    type : str
        ``single``, ``multi``, ``ordinal``, ``number``, ``scale`` or ``segment``.
    base, filter : str
        Who was asked, and whom the book is limited to, in words; ``""`` for everyone.
    instruction : str
        Such as "Select up to five".
    rows : tuple of TableRow, length R
    columns : tuple of TableColumn, length C
    cells : Cells
    n : ndarray of int, shape (C,)
        Respondents, unweighted: the base of the shares, or of the mean where there are none.
    n_weighted, n_effective : ndarray of float, shape (C,)
        NaN where the column is hidden.
    flags : tuple of str, length C
        Of each base: ``""``, ``*``, ``**``, ``suppressed`` or ``empty``.
    missing : dict of str to ndarray of float, shape (C,)
        Respondents of each column without an answer, by reason; NaN where the column is hidden.
    tests : Tests
    notes : tuple of str
    """

    number: int
    question: str
    text: str
    label: str
    type: str
    base: str
    filter: str
    instruction: str
    rows: tuple[TableRow, ...]
    columns: tuple[TableColumn, ...]
    cells: Cells
    n: IntArray
    n_weighted: FloatArray
    n_effective: FloatArray
    flags: tuple[str, ...]
    missing: dict[str, FloatArray]
    tests: Tests
    notes: tuple[str, ...] = ()
