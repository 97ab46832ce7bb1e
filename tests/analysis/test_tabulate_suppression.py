"""Nobody can be recovered: linear algebra over what tables show, independent of how columns were chosen.

What a table shows of its columns are sums over people, so a reader knows the sum over every linear
combination of the shown columns. The tests solve for combinations that are about fewer people than the limit
by brute force: over every set of people of that size, whether the columns without them have a lower rank.
"""

from itertools import combinations, product

import numpy as np
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import cxsurvey as cx
from cxsurvey.analysis import base_policy
from cxsurvey.analysis.tabulation.suppressed_cells import CellSums, closed
from cxsurvey.analysis.tabulation.suppression import disclosed, hidden_columns, is_safe

LIMIT = 5


def rank(rows):
    return np.linalg.matrix_rank(rows.astype(float)) if rows.size else 0


def known_small_set(people, shown, limit, exempt):
    """Brute force: a smallest set of fewer people than the limit that a combination is about."""
    columns = people[:, shown]
    whole = rank(columns)
    smaller = []
    for size in range(1, limit):
        for out in combinations(range(len(people)), size):
            if any(part <= set(out) for part in smaller) or rank(np.delete(columns, out, axis=0)) == whole:
                continue
            smaller.append(set(out))
            if not exempt(list(out)):
                return out
    return None


@st.composite
def banners(draw):
    """A few people in two or three banner variables, one of which may overlap.

    Those of code -1 gave no answer; those of code -2 gave one that is in no column.
    """
    n = draw(st.integers(4, 10))
    parts = [np.ones((n, 1), dtype=bool)]
    outside = []
    for _ in range(draw(st.integers(1, 2))):
        groups = draw(st.integers(2, 3))
        codes = np.array(
            draw(st.lists(st.integers(draw(st.integers(-2, 0)), groups - 1), min_size=n, max_size=n))
        )
        parts.append(codes[:, None] == np.arange(groups))
        outside.append(codes == -1)
    if draw(st.booleans()):
        ticks = draw(st.lists(st.lists(st.booleans(), min_size=2, max_size=2), min_size=n, max_size=n))
        parts.append(np.array(ticks))
    return np.hstack(parts), outside


@settings(deadline=None, max_examples=40)
@given(banners(), st.integers(2, 3))
def test_no_combination_of_shown_columns_is_about_a_few_people(banner, limit):
    people, outside = banner
    atoms, place = np.unique(people, axis=0, return_inverse=True)
    place = place.reshape(-1)
    counts = np.bincount(place)
    marks = [np.bincount(place, ~own) == 0 for own in outside]
    hidden = hidden_columns(atoms, counts, limit, outside=marks)
    sizes = people.sum(axis=0)
    assert hidden[(sizes > 0) & (sizes < limit)].all()
    assert not hidden[sizes == 0].any()
    in_hidden = people[:, hidden].any(axis=1)

    def exempt(out):
        return not in_hidden[out].any() and any(own[out].all() for own in outside)

    assert known_small_set(people, ~hidden & (sizes > 0), limit, exempt) is None


@pytest.mark.parametrize("groups", [2, 3])
def test_one_variable_gives_the_rule_of_estimates_and_gaps(groups):
    """All 9 ** groups vectors of sizes."""
    atoms = np.hstack([np.ones((groups, 1)), np.eye(groups)]).astype(bool)
    for sizes in product(range(9), repeat=groups):
        counts = np.array(sizes)
        if counts.sum() >= LIMIT:
            expected = base_policy.suppressed(counts, LIMIT)
            assert (hidden_columns(atoms, counts, LIMIT)[1:] == expected).all(), sizes


def test_the_check_can_fail():
    atoms = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]], dtype=bool)
    alone = np.array([False, True, False, False])
    assert disclosed(atoms, np.array([3, 40, 50]), alone, LIMIT).tolist() == [True, False, False]
    two = np.array([False, True, True, False])
    assert disclosed(atoms, np.array([3, 40, 50]), two, LIMIT) is None


def test_a_second_variable_that_nests_the_first_gives_nothing_away():
    """Regions within areas: the area less its other region is the hidden one."""
    area, region = np.repeat([0, 1], [43, 57]), np.repeat([0, 1, 2], [3, 40, 57])
    people = np.hstack([np.ones((100, 1)), area[:, None] == [0, 1], region[:, None] == [0, 1, 2]]).astype(bool)
    hidden = hidden_columns(people, np.ones(100, dtype=int), LIMIT)
    assert hidden.tolist() == [False, False, False, True, True, False]
    columns = people[:, ~hidden].astype(float)
    wanted = people[:, 3].astype(float)
    assert rank(np.column_stack([columns, wanted])) > rank(columns)


def test_those_who_did_not_choose_an_option_are_a_group_too():
    """Option A of 100 in 103: the total less A is about three people."""
    people = np.column_stack([np.ones(103), np.arange(103) < 100, np.arange(103) % 2]).astype(bool)
    hidden = hidden_columns(people, np.ones(103, dtype=int), LIMIT)
    assert hidden.tolist() == [False, True, False]


def test_a_few_without_an_answer_to_the_banner_hide_nothing():
    codes = np.repeat([0, 1, -1], [60, 40, 2])
    people = np.hstack([np.ones((102, 1)), codes[:, None] == [0, 1]]).astype(bool)
    counts = np.ones(102, dtype=int)
    assert not hidden_columns(people, counts, LIMIT, outside=[codes < 0]).any()
    assert hidden_columns(people, counts, LIMIT).tolist() == [False, False, True]
    one_answered = (codes < 0) & (np.arange(102) != 101)
    assert hidden_columns(people, counts, LIMIT, outside=[one_answered]).tolist() == [False, False, True]


OWN = question("q", responses=["One team", "Several", "Nobody"]) + question("pay", "number")
TEAMS = '[[group]]\nid = "own"\nlabel = "Own"\nquestion = "q"\nmembers = [\n'
TEAMS += '{ id = "one", label = "One", responses = ["One team"] },\n'
TEAMS += '{ id = "several", label = "Several", responses = ["Several"] },\n]\n'


def left_over(others, filler):
    """200 people in two groups, and some others in none."""
    teams = ["One team"] * 90 + ["Several"] * 110 + others
    columns = {"Q": teams, "PAY": [str(10 + i % 7) for i in range(len(teams))], **filler(len(teams))}
    return study_of(OWN + TEAMS + question("h", responses=["x", "y"]), columns)


def halves(n):
    return {"H": [("x", "y")[i % 2] for i in range(n)]}


@pytest.mark.parametrize(
    ("others", "hidden"),
    [
        ([], False),
        (["Nobody"] * 2, True),
        (["Nobody"] * 2 + [""], True),
        (["Nobody"] + [""] * 4, False),
        (["Nobody"] * 5, False),
        ([""] * 3, False),
    ],
)
def test_a_few_who_answered_and_are_in_no_column_count_as_a_hidden_one(others, hidden):
    study = left_over(others, halves)
    for banner in ("own", ["own", "h"]):
        table = cx.tabulate(study, banner, questions="pay").tables[0]
        assert table.cells.hidden[0].any() == hidden, banner
    frame = cx.estimate(study, "pay", by="own", total=True).frame.set_index("group")
    assert frame["flag"].eq("suppressed").to_dict() == {"total": False, "one": hidden, "several": False}
    assert frame["estimate"].isna().tolist() == [False, hidden, False]
    alone = cx.estimate(study, "pay", by="own").frame  # without the total they are in no sum
    assert not alone["flag"].eq("suppressed").any()


@pytest.mark.parametrize(("other", "hidden"), [("Nobody", True), ("", False)])
def test_a_few_in_no_combination_of_crossed_columns(other, hidden):
    study = left_over([other] * 3, halves)
    assert cx.tabulate(study, "own > h", questions="pay").tables[0].cells.hidden[0].any() == hidden


def test_those_who_are_in_two_members_or_in_no_segment_are_a_group_too():
    ticks = [("1", "0")] * 100 + [("0", "1")] * 120 + [("1", "1")] * 3 + [("", "")]
    options = '{ code = "a", label = "A", column = "A" }, { code = "b", label = "B", column = "B" }'
    toml = question("m", "multi", raw=f"responses = [{options}]") + question("pay", "number")
    toml += '[[group]]\nid = "t"\nlabel = "T"\nquestion = "m"\noverlap = "exclude"\nmembers = [\n'
    toml += '{ id = "x", label = "X", responses = ["a"] },\n{ id = "y", label = "Y", responses = ["b"] },\n]\n'
    columns = {"A": [a for a, _ in ticks], "B": [b for _, b in ticks], "PAY": ["7"] * len(ticks)}
    study = study_of(toml, columns)
    assert cx.tabulate(study, "t", questions="pay").tables[0].cells.hidden[0].tolist() == [False, True, False]
    frame = cx.estimate(study, "pay", by="t", total=True).frame
    assert frame["flag"].tolist() == ["", "suppressed", ""]
    scored = question("s", "number") + '[segments]\nrule = "cuts"\n[segments.rules.cuts]\nkind = "cuts"\n'
    scored += 'scores = ["s", "pay"]\nleader = 6\nlaggard = 4\n' + question("pay", "number")
    n = 150
    scores = [str(1 + i % 9) for i in range(n)]
    pay = ["" if i < 3 else str(i % 10) for i in range(n)]
    study = study_of(scored, {"S": scores, "PAY": pay})
    table = cx.tabulate(study, "segment", questions="s").tables[0]
    assert table.cells.hidden[0].sum() == 1
    nobody = study_of(scored, {"S": ["" if i < 3 else scores[i] for i in range(n)], "PAY": pay})
    assert not cx.tabulate(nobody, "segment", questions="s").tables[0].cells.hidden.any()


def test_a_limit_of_one_or_none_hides_nothing():
    atoms = np.array([[1, 1, 0], [1, 0, 1]], dtype=bool)
    for limit in (0, 1):
        assert not hidden_columns(atoms, np.array([1, 40]), limit).any()


def test_a_total_that_is_too_small_hides_all_of_it():
    atoms = np.array([[1, 1, 0], [1, 0, 1]], dtype=bool)
    assert hidden_columns(atoms, np.array([1, 3]), LIMIT).tolist() == [True, True, True]
    assert hidden_columns(atoms, np.array([0, 3]), LIMIT).tolist() == [True, False, True]


SMALL = {"G": ["a"] * 3 + ["b"] * 40 + ["c"] * 57, "H": ["x", "y"] * 50, "A": ["1", "2", "3", "2"] * 25}
TOML = (
    question("g", responses=["a", "b", "c"])
    + question("h", responses=["x", "y"])
    + question("a", "ordinal", responses={"1": "One", "2": "Two", "3": "Three"})
)


def test_a_book_shows_nothing_of_hidden_columns():
    book = cx.tabulate(study_of(TOML, SMALL), ["g", "h"], questions="a")
    table = book.table("a")
    assert table.flags == ("", "suppressed", "suppressed", "*", "*", "*")
    assert table.n.tolist() == [100, 3, 40, 57, 50, 50]
    hidden = [1, 2]
    cells = table.cells
    for name in (
        "n",
        "count",
        "estimate",
        "row_share",
        "index",
        "std_error",
        "conf_low",
        "conf_high",
        "base_effective",
    ):
        assert np.isnan(getattr(cells, name)[:, hidden]).all(), name
        assert not np.isnan(getattr(cells, name)[:, [0, 3, 4, 5]][:-1]).any(), name
    assert np.isnan(table.n_weighted[hidden]).all()
    assert np.isnan(table.n_effective[hidden]).all()
    frame = book.frame
    shown = frame[
        frame["column"].isin(["g=a", "g=b"]) & ~((frame["row"] == "base") & (frame["statistic"] == "n"))
    ]
    assert shown["value"].isna().all()
    assert len(shown) > 30
    pairs = book.tests
    assert not pairs["column_a"].isin(["g=a", "g=b"]).any()
    assert not pairs["column_b"].isin(["g=a", "g=b"]).any()
    for name in ("estimate_a", "estimate_b", "gap", "std_error", "n_effective_a", "p_value"):
        about = np.isin(table.tests.a, hidden) | np.isin(table.tests.b, hidden)
        assert np.isnan(getattr(table.tests, name)[:, about]).all(), name
    assert any("hidden" in note for note in book.notes)


def test_the_hidden_numbers_of_a_book_do_not_follow_from_the_shown_ones():
    """Every shown count is an equation; the smallest and largest possible count of each hidden cell differ."""
    book = cx.tabulate(study_of(TOML, SMALL), ["g", "h"], questions="a", statistics="share", top_box=0)
    table = book.table("a")
    cells, columns = table.cells, len(table.columns)
    hidden = np.flatnonzero(cells.hidden.any(axis=0))
    rows = len(table.rows)
    atoms = [(g, h, r) for g in range(3) for h in range(2) for r in range(rows)]
    member = [
        [True] * len(atoms),
        *([a[0] == g for a in atoms] for g in range(3)),
        *([a[1] == h for a in atoms] for h in range(2)),
    ]
    of_row = np.array([[a[2] == r for a in atoms] for r in range(rows)])
    equations, values = [], []
    for c in range(columns):
        equations.append(np.array(member[c], dtype=float))
        values.append(table.n[c])
        for r in range(rows):
            if not cells.hidden[r, c]:
                equations.append(np.array(member[c]) & of_row[r])
                values.append(cells.n[r, c])
    for c in hidden:
        for r in range(rows):
            wanted = (np.array(member[c]) & of_row[r]).astype(float)
            ends = [
                linprog(sign * wanted, A_eq=np.array(equations, float), b_eq=values).fun * sign
                for sign in (1, -1)
            ]
            assert ends[1] - ends[0] >= 3 - 1e-6  # nothing is learned of the three people beyond their number


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=4), st.booleans())
def test_no_hidden_count_follows_from_shown_counts(counts, net):
    """Rows by three columns that make up the total, the first two rows also as a net."""
    inside = np.array(counts).T  # three columns of a few responses
    inside = inside.T
    responses = len(inside)
    rows = np.eye(responses)
    if net and responses > 2:
        rows = np.vstack([rows, rows[0] + rows[1]])
    groups = np.hstack([np.ones((3, 1)), np.eye(3)])
    cells = rows @ inside @ groups
    sums = CellSums(cells.astype(int), rows, np.ones(responses), groups, (np.array([1, 2, 3]),))
    small = (cells > 0) & (cells < LIMIT)
    hidden = closed(sums, small, LIMIT, whole=np.zeros(4, dtype=bool))
    assert hidden[small].all()
    basis = np.array([np.outer(rows[r], groups[:, c]).ravel() for r, c in np.ndindex(cells.shape)])
    bases = np.array([np.outer(np.ones(responses), groups[:, c]).ravel() for c in range(4)])
    shown = np.vstack([basis[~hidden.ravel()], bases])
    for r, c in zip(*np.nonzero(hidden & (cells > 0)), strict=True):
        one = basis[r * 4 + c]
        assert rank(np.vstack([shown, one])) > rank(shown)


def test_small_counts_are_hidden_where_the_study_asks():
    sizes = {"a": [2, 30, 8], "b": [20, 20, 10], "c": [5, 25, 30]}
    group = [g for g, row in sizes.items() for n in row for _ in range(n)]
    answer = [str(k + 1) for row in sizes.values() for k, n in enumerate(row) for _ in range(n)]
    toml = "[settings]\nsuppress_cells_below = 5\n" + question("g", responses=["a", "b", "c"])
    toml += question("a", responses=["1", "2", "3"])
    table = cx.tabulate(study_of(toml, {"G": group, "A": answer}), "g", questions="a").table("a")
    hidden = table.cells.hidden
    assert hidden[0, 1]
    assert hidden[:, 1].sum() >= 2
    assert hidden[0].sum() >= 2
    assert not hidden.all(axis=0).any()
    assert np.isnan(table.cells.n[hidden]).all()
    assert any("counts under 5" in note for note in table.notes)
    off = cx.tabulate(study_of(toml.replace("= 5", "= 0"), {"G": group, "A": answer}), "g", questions="a")
    assert not off.table("a").cells.hidden.any()


@settings(deadline=None, max_examples=60)
@given(banners(), st.data())
def test_what_holds_a_safe_base_is_safe(banner, data):
    people, _ = banner
    atoms = np.unique(people, axis=0)
    size = {"min_size": len(atoms), "max_size": len(atoms)}
    some = np.array(data.draw(st.lists(st.integers(0, 4), **size)))
    more = some + np.array(data.draw(st.lists(st.integers(0, 3), **size)))
    if is_safe(atoms, some, 3):
        assert not hidden_columns(atoms, more, 3).any()
    assert is_safe(atoms, some, 1)
