"""Tables at the edges: equal and unequal weights, shares of nobody and everybody, columns that are the total,
labels that repeat, banners without answers."""

import numpy as np
import pytest
from helpers import question, study_of

import cxsurvey as cx
from cxsurvey.errors import DataFault, RequestError, StudyError

OPEN = "[settings]\nsuppress_below = 0\ntest_from = 2\n"


def yes_and_no(cells, *, weights=None, head=""):
    """A study of groups a, b, ... with (yes, no) each, and weights in that order."""
    names = "abcdefgh"[: len(cells)]
    data = {
        "G": [name for name, pair in zip(names, cells, strict=True) for _ in range(sum(pair))],
        "A": [answer for pair in cells for answer, n in zip("YN", pair, strict=True) for _ in range(n)],
    }
    if weights is not None:
        head, data["W"] = head + '[design]\nweight = "W"\n', [str(weight) for weight in weights]
    return study_of(head + question("g", responses=list(names)) + question("a", responses=["Y", "N"]), data)


def of_row(book):
    return book.tests[book.tests["row"] == "Y"].set_index(["kind", "column_a", "column_b"])


# ------------------------------------------------------------------ weights


def test_the_effective_base_by_reference():
    """METHODS 6: 50 of weight 1 and 50 of weight 3 count as 80; all 160 as 260 squared over 560."""
    study = yes_and_no([(50, 50), (30, 30)], weights=[1] * 50 + [3] * 50 + [1] * 60)
    table = cx.tabulate(study, "g", questions="a").tables[0]
    np.testing.assert_allclose(table.n_effective, [260**2 / 560, 80, 60])
    assert table.n.tolist() == [160, 100, 60]
    assert table.n_weighted.tolist() == [260, 200, 60]


@pytest.mark.parametrize("weight", ["1", "2", "0.1"])
def test_equal_weights_change_the_weighted_base_only(weight):
    cells = [(40, 20), (25, 45), (30, 60)]
    plain = cx.tabulate(yes_and_no(cells), "g", questions="a")
    equal = cx.tabulate(yes_and_no(cells, weights=[weight] * 220), "g", questions="a")
    for name in ("estimate", "std_error", "conf_low", "conf_high", "base_effective", "index", "row_share"):
        one, other = (getattr(book.tables[0].cells, name) for book in (plain, equal))
        np.testing.assert_allclose(other, one, rtol=1e-12, err_msg=name)
    np.testing.assert_allclose(equal.tables[0].n_weighted, float(weight) * plain.tables[0].n)
    np.testing.assert_array_equal(equal.tables[0].cells.letters, plain.tables[0].cells.letters)
    np.testing.assert_array_equal(equal.tables[0].cells.rest, plain.tables[0].cells.rest)
    np.testing.assert_allclose(of_row(equal)["p_value"], of_row(plain)["p_value"], rtol=1e-9)
    assert plain.tables[0].cells.letters[0].tolist() == ["", "BC", "", ""]


def test_no_weight_at_all_is_refused():
    with pytest.raises(DataFault) as raised:
        cx.tabulate(yes_and_no([(5, 5)], weights=[0] * 10), "g")
    assert raised.value.code == "weight-unusable"


# ------------------------------------------------------------------ nobody and everybody, weighted


def test_shares_of_nobody_and_everybody_with_weights():
    """No variance is not no error: pooled z with effective bases, whose square is their sum at 0% v 100%."""
    weights = np.tile([1, 2], 105)
    book = cx.tabulate(
        yes_and_no([(0, 50), (50, 0), (25, 25), (0, 60)], weights=weights), "g", questions="a", adjust="none"
    )
    table, tests = book.tables[0], of_row(book)
    kish = (25 * 3) ** 2 / (25 * 5)
    assert table.n_effective[1:4].tolist() == pytest.approx([kish] * 3)
    assert tests.loc[("pair", "g=a", "g=b"), "statistic"] ** 2 == pytest.approx(2 * kish)
    assert ("pair", "g=a", "g=d") not in tests.index  # nobody in either: nothing to test
    assert ((tests["p_value"] > 0) & (tests["p_value"] <= 1)).all()
    assert table.cells.estimate[0].tolist() == pytest.approx([112 / 315, 0, 1, 37 / 75, 0])
    assert table.cells.conf_high[0, 1] > 0
    assert table.cells.conf_low[0, 2] < 1


def test_one_respondent_where_everything_may_be_shown():
    """Two in a column are enough for a test of a study that sets no limits; one is not."""
    book = cx.tabulate(yes_and_no([(1, 0), (40, 60), (2, 0)], head=OPEN), "g", questions="a", adjust="none")
    table, tests = book.tables[0], of_row(book)
    assert table.cells.estimate[0, 1] == 1
    assert not any("g=a" in key for key in tests.index)
    pooled = 42 / 102
    z = (0.4 - 1) / np.sqrt(pooled * (1 - pooled) * (1 / 100 + 1 / 2))
    assert tests.loc[("pair", "g=b", "g=c"), "statistic"] == pytest.approx(z)


# ------------------------------------------------------------------ columns


def ticked(rows, *, extra="", **data):
    """A multi question m of x, y and z, ticked as in these rows, and a yes-or-no question a."""
    marks = np.array(rows)
    options = ", ".join(f'{{ code = "{c}", label = "{c}", column = "M_{c}" }}' for c in "xyz")
    toml = question("m", "multi", raw=f"responses = [{options}]") + question("a", responses=["Y", "N"]) + extra
    answers = np.resize(["Y", "N", "N"], len(marks))
    return study_of(
        toml, {f"M_{c}": marks[:, i].astype(str) for i, c in enumerate("xyz")} | {"A": answers} | data
    )


def test_an_option_of_everybody_is_the_total():
    """It has no rest; against a part of it the test is that of the part against its rest, the sign turned."""
    study = ticked([[1, 1, 0]] * 150 + [[1, 0, 1]] * 100 + [[1, 1, 1]] * 50)
    book = cx.tabulate(study, "m", questions="a", adjust="none")
    tests = of_row(book)
    assert book.tables[0].n.tolist() == [300, 300, 200, 150]
    assert book.tables[0].cells.index[:, 1].tolist() == [100, 100]
    assert ("rest", "m=x", "rest") not in tests.index
    for part in "yz":
        whole = tests.loc[("pair", "m=x", f"m={part}")]
        rest = tests.loc[("rest", f"m={part}", "rest")]
        assert whole["statistic"] == pytest.approx(-rest["statistic"])
        assert whole["n_overlap"] == whole["n_b"]


def test_options_that_nobody_or_the_same_people_ticked():
    study = ticked([[1, 1, 0]] * 60 + [[0, 0, 0]] * 5)
    book = cx.tabulate(study, "m", questions="a", adjust="none")
    assert book.tables[0].flags == ("*", "*", "*", "empty")
    assert book.tables[0].n.tolist() == [65, 60, 60, 0]
    assert "pair" not in set(book.tests["kind"])  # the same people: no difference to test


def test_labels_that_repeat_in_two_variables_stay_apart():
    toml = "".join(question(name, responses={"1": "Yes", "2": "No"}, label="Used it") for name in ("p", "q"))
    study = study_of(
        toml + question("a", responses=["Y", "N"]),
        {"P": ["1", "2"] * 50, "Q": ["1"] * 60 + ["2"] * 40, "A": ["Y"] * 30 + ["N"] * 70},
    )
    book = cx.tabulate(study, ["p", "q"], questions="a")
    assert [column.id for column in book.columns] == ["total", "p=1", "p=2", "q=1", "q=2"]
    assert len({column.path for column in book.columns}) == 3
    assert [column.letter for column in book.columns] == ["", "A", "B", "C", "D"]
    assert book.tables[0].n.tolist() == [100, 50, 50, 60, 40]
    assert book.tables[0].cells.estimate[0].tolist() == [0.3, 0.3, 0.3, 0.5, 0]
    pairs = book.tests[book.tests["kind"] == "pair"]
    assert set(zip(pairs["column_a"], pairs["column_b"], strict=True)) == {("p=1", "p=2"), ("q=1", "q=2")}


def test_labels_that_repeat_in_one_question_are_refused():
    with pytest.raises(StudyError) as raised:
        study_of(question("a", responses={"1": "Yes", "2": "Yes"}), {"A": ["1"]})
    assert raised.value.code == "study-file-invalid"


def test_a_banner_that_nobody_answered_is_empty_and_the_total_stands():
    study = ticked([[1, 0, 0]] * 90, extra=question("g", responses=["p", "q"]), G=[""] * 90)
    book = cx.tabulate(study, "g", questions="a")
    table = book.tables[0]
    assert table.flags == ("*", "empty", "empty")
    assert table.n.tolist() == [90, 0, 0]
    assert table.cells.estimate[0, 0] == pytest.approx(1 / 3)
    assert np.isnan(table.cells.estimate[:, 1:]).all()
    assert book.tested == 0


def test_a_filter_that_keeps_nobody_leaves_empty_tables():
    study = yes_and_no([(50, 50), (0, 0)])
    book = cx.tabulate(study, "g", questions="a", filter="g=b")
    assert (book.n, book.n_filtered, book.tested) == (100, 0, 0)
    assert set(book.tables[0].flags) == {"empty"}


@pytest.mark.parametrize("banner", ["m > g", "g > m"])
def test_overlapping_columns_are_not_nested(banner):
    study = ticked([[1, 0, 0]] * 90, extra=question("g", responses=["p", "q"]), G=["p"] * 90)
    with pytest.raises(RequestError) as raised:
        cx.tabulate(study, banner)
    assert raised.value.code == "unknown-banner"
    assert "by itself" in str(raised.value)
