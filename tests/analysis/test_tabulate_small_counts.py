"""Small counts that a study hides: what a reader can work out of everything a book says of them.

The reader writes each number of a book as an equation about unknown counts: cells, bases, row shares and
indexes times the column they stand in, and both sides of every test times its base. A hidden count is safe when
no combination of these is that count.
"""

import numpy as np
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.analysis.tabulation.comparisons import REST

LIMIT = 5
ANSWERS = {"1": 1, "2": 1, "3": 1, "4": 1, "9": 0}  # and whether the mean counts them
TOML = (
    "[settings]\nsuppress_cells_below = 5\ntest_from = 5\n"
    + question("g", responses=["a", "b", "c"])
    + question("h", responses=["x", "y"])
    + question("w", responses=["1", "2"])
    + question(
        "y",
        "ordinal",
        raw="responses = ["
        + ", ".join(
            f'{{ code = {code}, label = "L{code}"{"" if scored else ", scored = false"} }}'
            for code, scored in ANSWERS.items()
        )
        + "]",
    )
)


def answers(seed, waves):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 160))
    frame = {
        "G": rng.choice(list("abc"), n, p=[0.5, 0.3, 0.2]),
        "H": rng.choice(list("xy"), n),
        "W": rng.choice(list("12"), n) if waves else np.full(n, "2"),
        "Y": rng.choice(list(ANSWERS), n, p=[0.4, 0.3, 0.1, 0.1, 0.1]),
    }
    return {name: values.tolist() for name, values in frame.items()}


class Reader:
    """Equations about the counts of every answer of every combination of groups, wave by wave."""

    def __init__(self, table):
        self.table = table
        self.codes = list(ANSWERS)
        self.known = []
        atoms = [(g, h, w) for w in "21" for g in "abc" for h in "xy"]
        self.wave = {w: np.array([atom[2] == w for atom in atoms]) for w in "21"}
        self.columns = [np.ones(len(atoms), bool)]
        self.columns += [np.array([atom[0] == g for atom in atoms]) for g in "abc"]
        self.columns += [np.array([atom[1] == h for atom in atoms]) for h in "xy"]
        self.rows = [self.answers_of(row.id) for row in table.rows]
        self.bases = [self.answers_of("base" if row.statistic == "share" else "mean") for row in table.rows]

    def answers_of(self, row):
        if row in self.codes:
            return np.array([code == row for code in self.codes])
        wanted = {"top2": "34", "bottom2": "12", "base": "12349", "mean": "1234"}[row]
        return np.array([code in wanted for code in self.codes])

    def count(self, rows, column, wave="2"):
        return np.outer(self.columns[column] & self.wave[wave], rows).ravel().astype(float)

    def read(self):
        table, cells = self.table, self.table.cells
        for r, row in enumerate(table.rows):
            for c in range(len(table.columns)):
                share = row.statistic == "share"
                base, count = self.count(self.bases[r], c), self.count(self.rows[r], c)
                self.known += [base] if not np.isnan(cells.base[r, c]) else []
                said = [cells.n, cells.estimate, cells.count, cells.std_error, cells.conf_low]
                if any(not np.isnan(array[r, c]) for array in said):
                    self.known.append(count if share else base)
                if not np.isnan(cells.row_share[r, c]) or not np.isnan(cells.index[r, c]):
                    self.known += [count, self.count(self.rows[r], 0)]
        self.known += [self.count(np.ones(len(self.codes)), c) for c in range(len(table.columns))]
        self.read_tests()
        return np.unique(self.known, axis=0)

    def read_tests(self):
        tests = self.table.tests
        for r, row in enumerate(self.table.rows):
            for j, kind in enumerate(tests.kind):
                for side in "ab":
                    n = getattr(tests, f"n_{side}")[r, j]
                    estimate = getattr(tests, f"estimate_{side}")[r, j]
                    rows = self.rows[r] if row.statistic == "share" else self.bases[r]
                    self.known += [self.side(self.bases[r], tests, j, kind, side)] if not np.isnan(n) else []
                    if not np.isnan(estimate):
                        self.known.append(self.side(rows, tests, j, kind, side))

    def side(self, rows, tests, j, kind, side):
        a, b = int(tests.a[j]), int(tests.b[j])
        if side == "a":
            return self.count(rows, a)
        if kind == "wave":
            return self.count(rows, a, "1")
        return self.count(rows, 0) - self.count(rows, a) if b == REST else self.count(rows, b)


def span(equations):
    """Orthonormal rows that span the equations."""
    _, values, basis = np.linalg.svd(equations, full_matrices=False)
    return basis[values > 1e-9 * values[0]]


def follows(one, known):
    return np.linalg.norm(one - known.T @ (known @ one)) < 1e-7


def counts_under_the_limit(frame, wave):
    """Small counts of single answers in the columns of a wave: the answer and the column."""
    y, inside = np.array(frame["Y"]), np.array(frame["W"]) == wave
    columns = [inside] + [inside & (np.array(frame["G"]) == g) for g in "abc"]
    columns += [inside & (np.array(frame["H"]) == h) for h in "xy"]
    for code in ANSWERS:
        for c, member in enumerate(columns):
            count = int((member & (y == code)).sum())
            if 0 < count < LIMIT:
                yield code, c


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.booleans())
def test_no_small_count_follows_from_all_that_a_book_says(seed, waves):
    frame = answers(seed, waves)
    book = cx.tabulate(study_of(TOML, frame), ["g", "h"], questions="y", wave="w" if waves else None)
    reader = Reader(book.tables[0])
    known = span(reader.read())
    for wave in "21" if waves else "2":
        for code, c in counts_under_the_limit(frame, wave):
            one = reader.count(reader.answers_of(code), c, wave)
            assert not follows(one, known), (code, c, wave)


def test_the_reader_can_find_something():
    frame = answers(3, waves=False)
    book = cx.tabulate(study_of(TOML.replace("below = 5", "below = 0"), frame), ["g", "h"], questions="y")
    reader = Reader(book.tables[0])
    code, c = next(counts_under_the_limit(frame, "2"))
    assert follows(reader.count(reader.answers_of(code), c), span(reader.read()))


def test_a_hidden_total_leaves_no_row_share_index_or_rest():
    """Answer 3: once in each group; with it the totals of answer 2 are hidden."""
    sizes = {"a": [30, 29, 1], "b": [28, 21, 1], "c": [17, 22, 1]}
    group = [g for g, row in sizes.items() for n in row for _ in range(n)]
    answer = [str(k + 1) for row in sizes.values() for k, n in enumerate(row) for _ in range(n)]
    toml = "[settings]\nsuppress_cells_below = 5\n" + question("g", responses=["a", "b", "c"])
    toml += question("y", responses=["1", "2", "3"])
    table = cx.tabulate(study_of(toml, {"G": group, "Y": answer}), "g", questions="y").tables[0]
    gone = table.cells.hidden[:, 0]
    assert gone.any()
    assert (~table.cells.hidden[gone][:, 1:]).any()
    for name in ("row_share", "index"):
        assert np.isnan(getattr(table.cells, name)[gone]).all(), name
    rest = np.array(table.tests.kind) == "rest"
    for name in ("estimate_a", "estimate_b", "gap", "p_value"):
        assert np.isnan(getattr(table.tests, name)[gone][:, rest]).all(), name


SPLIT = "responses = [{ code = 1, label = 'Low' }, { code = 2, label = 'High' }, "
SPLIT += "{ code = 9, label = 'Unsure', scored = false }]"


def unsure():
    """Group c of four, one of them unsure."""
    group = ["a"] * 60 + ["b"] * 50 + ["c"] * 4
    answer = [str(1 + i % 2) for i in range(113)] + ["9"]
    toml = question("g", responses=["a", "b", "c"]) + question("y", "ordinal", raw=SPLIT)
    return study_of(toml, {"G": group, "Y": answer})


def test_the_base_of_a_mean_is_hidden_with_its_column():
    book = cx.tabulate(unsure(), "g", questions="y")
    table = book.tables[0]
    assert table.n.tolist() == [114, 60, 50, 4]
    np.testing.assert_array_equal(table.cells.base[-1], [113, 60, np.nan, np.nan])
    np.testing.assert_array_equal(table.cells.base[0], [114, 60, 50, 4])
    frame = book.frame
    means = frame[(frame["row"] == "mean") & (frame["statistic"] == "mean")]
    assert means["n"].isna().tolist() == [False, False, True, True]
    assert [n for n in means["n"] if n == n] == [113, 60]  # noqa: PLR0124 - not NaN
    hidden = np.isnan(table.tests.gap[-1])
    assert np.isnan(table.tests.n_a[-1][hidden]).all()


@pytest.mark.parametrize("statistic", ["mean", "median"])
def test_the_base_of_a_hidden_mean_is_hidden_in_estimates_and_gaps(statistic):
    study = unsure()
    frame = cx.estimate(study, "y", by="g", statistic=statistic).frame
    assert frame["n"].isna().tolist() == [False, True, True]
    assert frame["n"].iloc[0] == 60
    shares = cx.estimate(study, "y", by="g").frame
    assert shares["n"].tolist() == [60] * 3 + [50] * 3 + [4] * 3
    assert shares["n"].dtype.kind == "i"
    gaps = cx.gaps(study, by="g", question="y", statistic=statistic).frame
    assert gaps["n_b"].isna().all()
    assert gaps["n_a"].isna().tolist() == [False, False, True]
