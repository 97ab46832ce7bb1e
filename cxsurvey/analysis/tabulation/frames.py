"""The book as long data frames: every number, and every comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsurvey.analysis.base_policy import whole_numbers
from cxsurvey.analysis.tabulation.comparisons import REST
from cxsurvey.analysis.tabulation.records import Table, TableColumn

if TYPE_CHECKING:
    import pandas as pd

FRAME_COLUMNS: Final = (
    "table", "question", "row", "kind", "banner", "column", "statistic", "value", "n", "letters", "rest",
    "wave", "flag",
)  # fmt: skip
TEST_COLUMNS: Final = (
    "table", "question", "row", "banner", "column_a", "column_b", "kind", "test", "estimate_a", "estimate_b",
    "gap", "std_error", "statistic", "df", "p_value", "p_adjusted", "family", "n_a", "n_b", "n_effective_a",
    "n_effective_b", "n_overlap", "level", "letter", "response_label", "column_a_label", "column_b_label",
    "letter_a", "letter_b",
)  # fmt: skip
PICKED: Final = (
    "estimate_a", "estimate_b", "gap", "std_error", "statistic", "df", "p_value", "p_adjusted", "n_a", "n_b",
    "n_effective_a", "n_effective_b", "n_overlap", "level", "test",
)  # fmt: skip
NUMBERS: Final = ("count", "row_share", "index", "std_error", "conf_low", "conf_high")
BASES: Final = ("n_a", "n_b", "n_overlap")
OTHERS, BEFORE = "rest", "wave before"
EVERYONE_ELSE: Final = "everyone else"
BASE_ROWS: Final = ("n", "n_weighted", "n_effective")


def long_frame(tables: Sequence[Table]) -> pd.DataFrame:
    """Write every number of the tables as a row of its own.

    Parameters
    ----------
    tables : sequence of Table

    Returns
    -------
    pandas.DataFrame
        Columns ``table question row kind banner column statistic value n letters rest wave flag``;
        ``statistic`` is ``share``, ``mean``, ``median`` or ``nps``, and of every row also ``n_answers``,
        ``count``, ``row_share``, ``index``, ``std_error``, ``conf_low`` and ``conf_high``. Rows ``base`` hold
        ``n``, ``n_weighted`` and ``n_effective``; rows ``missing`` hold a reason each. ``n`` is the unweighted
        base, NaN where it is hidden.
    """
    import pandas as pd  # noqa: PLC0415 - the table is made last

    parts = [part for table in tables for part in _parts(table)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in FRAME_COLUMNS}
    return pd.DataFrame(columns, columns=list(FRAME_COLUMNS))


def _parts(table: Table) -> list[dict[str, np.ndarray]]:
    """The bases, missing answers and rows of one table, statistic by statistic."""
    none = np.full(len(table.columns), "", dtype=object)
    bases = (table.n.astype(np.float64), table.n_weighted, table.n_effective)
    parts = [
        _part(table, "base", "base", name, values, none) for name, values in zip(BASE_ROWS, bases, strict=True)
    ]
    parts += [
        _part(table, "missing", "missing", reason, values, none) for reason, values in table.missing.items()
    ]
    for r, row in enumerate(table.rows):
        parts.append(_row_part(table, r, row.statistic, table.cells.estimate[r], marked=True))
        parts.append(_row_part(table, r, "n_answers", table.cells.n[r]))
        parts += [
            _row_part(table, r, name, getattr(table.cells, name)[r])
            for name in NUMBERS
            if row.statistic == "share" or name not in {"row_share", "index"}
        ]
    return parts


def _part(
    table: Table, row: str, kind: str, statistic: str, values: np.ndarray, marks: np.ndarray
) -> dict[str, np.ndarray]:
    size = len(table.columns)
    return {
        "table": np.full(size, table.number),
        "question": np.full(size, table.question, dtype=object),
        "row": np.full(size, row, dtype=object),
        "kind": np.full(size, kind, dtype=object),
        "banner": np.array([column.banner for column in table.columns], dtype=object),
        "column": np.array([column.id for column in table.columns], dtype=object),
        "statistic": np.full(size, statistic, dtype=object),
        "value": values,
        "n": table.n,
        "letters": marks,
        "rest": marks,
        "wave": marks,
        "flag": np.array(table.flags, dtype=object),
    }


def _row_part(
    table: Table, r: int, statistic: str, values: np.ndarray, *, marked: bool = False
) -> dict[str, np.ndarray]:
    none = np.full(len(table.columns), "", dtype=object)
    part = _part(table, table.rows[r].id, table.rows[r].kind, statistic, values, none)
    cells = table.cells
    flags = np.where(cells.hidden[r], "suppressed", part["flag"])
    part |= {"n": whole_numbers(cells.base[r]), "flag": flags.astype(object)}
    if marked:
        part |= {"letters": cells.letters[r], "rest": cells.rest[r], "wave": cells.wave[r]}
    return part


def comparison_frame(tables: Sequence[Table], *, marked: bool = False) -> pd.DataFrame:
    """Write comparisons as rows.

    Parameters
    ----------
    tables : sequence of Table
    marked : bool
        Only those that gave a letter or a mark; ``column_a`` is then the column that carries it.

    Returns
    -------
    pandas.DataFrame
        Columns ``table question row banner column_a column_b kind test estimate_a estimate_b gap std_error
        statistic df p_value p_adjusted family n_a n_b n_effective_a n_effective_b n_overlap level letter
        response_label column_a_label column_b_label letter_a letter_b``.
    """
    import pandas as pd  # noqa: PLC0415 - as above

    parts = [part for table in tables if (part := _test_part(table, marked=marked)) is not None]
    if not parts:
        return pd.DataFrame({name: [] for name in TEST_COLUMNS})
    columns = {name: np.concatenate([part[name] for part in parts]) for name in TEST_COLUMNS}
    return pd.DataFrame(columns, columns=list(TEST_COLUMNS))


def _test_part(table: Table, *, marked: bool) -> dict[str, np.ndarray] | None:
    tests = table.tests
    wanted = ~np.isnan(tests.level if marked else tests.p_value)
    r, j = np.nonzero(wanted)
    if not len(r):
        return None
    picked = {name: getattr(tests, name)[r, j] for name in PICKED}
    picked |= {name: whole_numbers(picked[name]) for name in BASES}
    kinds = np.array(tests.kind, dtype=object)[j]
    a, b = tests.a[j], np.where(tests.b[j] == REST, tests.a[j], tests.b[j])
    turned = marked & (kinds == "pair") & (picked["gap"] < 0)
    _turn(picked, turned)
    first, second = np.where(turned, b, a), np.where(turned, a, b)
    names = np.array([column.id for column in table.columns], dtype=object)
    others = np.where(kinds == "rest", OTHERS, np.where(kinds == "wave", BEFORE, names[second]))
    return {
        **picked,
        "table": np.full(len(r), table.number),
        "question": np.full(len(r), table.question, dtype=object),
        "row": np.array([row.id for row in table.rows], dtype=object)[r],
        "banner": np.array([column.banner for column in table.columns], dtype=object)[first],
        "column_a": names[first],
        "column_b": others.astype(object),
        "kind": kinds,
        "family": np.array(tests.family, dtype=object)[j],
        "letter": _letters(table, picked, kinds, first, second),
        "response_label": np.array([row.label for row in table.rows], dtype=object)[r],
        **_wording(table, kinds, first, second),
    }


def _wording(table: Table, kinds: np.ndarray, first: np.ndarray, second: np.ndarray) -> dict[str, np.ndarray]:
    """Names and letters of the columns compared; what a column is compared with may have no letter."""
    labels = np.array([" > ".join(column.path[1::2]) or column.label for column in table.columns], dtype=object)
    letters = np.array([column.letter for column in table.columns], dtype=object)
    rest, wave = kinds == "rest", kinds == "wave"
    others = np.where(rest, EVERYONE_ELSE, np.where(wave, f"{BEFORE}: " + labels[second], labels[second]))
    return {
        "column_a_label": labels[first],
        "column_b_label": others.astype(object),
        "letter_a": letters[first],
        "letter_b": np.where(rest | wave, "", letters[second]).astype(object),
    }


def _turn(picked: dict[str, np.ndarray], turned: np.ndarray) -> None:
    """Put the higher column first: swap the sides, and the signs of what compares them."""
    for name in ("estimate", "n", "n_effective"):
        a, b = picked[f"{name}_a"], picked[f"{name}_b"]
        picked[f"{name}_a"], picked[f"{name}_b"] = np.where(turned, b, a), np.where(turned, a, b)
    for name in ("gap", "statistic"):
        picked[name] = np.where(turned, -picked[name], picked[name])


def _letters(
    table: Table, picked: dict[str, np.ndarray], kinds: np.ndarray, first: np.ndarray, second: np.ndarray
) -> np.ndarray:
    """What stands in the table for each comparison; ``""`` where nothing does."""
    levels = table.tests.levels
    found = []
    for kind, gap, level, a, b in zip(kinds, picked["gap"], picked["level"], first, second, strict=True):
        found.append(_mark(kind, gap, level, table.columns[b if gap > 0 else a], strict=level == levels[0]))
    return np.array(found, dtype=object)


def _mark(kind: str, gap: float, level: float, lower: TableColumn, *, strict: bool) -> str:
    if np.isnan(level):
        return ""
    name = lower.letter if kind == "pair" else "+" if gap > 0 else "-"
    if kind == "pair":
        return name if strict else name.lower()
    return name if strict else f"({name})"
