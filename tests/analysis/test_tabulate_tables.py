"""What a table holds: rows, bases, missing answers, indices, nested heads, filters, declared books."""

import numpy as np
import pytest
from helpers import question, study_of
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import BLOCKS, made, sample

import cxsurvey as cx
from cxsurvey.errors import CxSurveyError

FIVE = {str(i): f"L{i}" for i in range(1, 6)}
DATA = {
    "G": ["a"] * 6 + ["b"] * 4,
    "S": ["1", "2", "4", "5", "5", "", "3", "4", "9", "5"],
    "weight": [1, 2, 1, 1, 1, 3, 2, 1, 1, 1],
}
TOML = (
    '[settings]\nsuppress_below = 0\n[design]\nweight = "weight"\n'
    + question("g", responses={"a": "A", "b": "B"})
    + question("s", "ordinal", responses=FIVE, raw='missing = [{ code = 9, reason = "refused" }]')
)


def small(toml=TOML, **columns):
    return study_of(toml, {**DATA, **columns})


def rows(table, name="estimate"):
    return dict(zip((row.id for row in table.rows), getattr(table.cells, name).tolist(), strict=True))


def test_counts_shares_indices_and_means_by_hand():
    """Column a: weights 1 2 1 1 1 on answers 1 2 4 5 5; column b: 2 1 1 on 3 4 5."""
    table = cx.tabulate(small(), "g", questions="s").tables[0]
    assert table.n.tolist() == [8, 5, 3]
    assert table.n_weighted.tolist() == [10, 6, 4]
    assert table.n_effective.tolist() == pytest.approx([100 / 14, 36 / 8, 16 / 6])
    assert [row.id for row in table.rows] == ["1", "2", "3", "4", "5", "top2", "bottom2", "mean"]
    assert [row.kind for row in table.rows][5:] == ["top_box", "bottom_box", "mean"]
    assert table.rows[5].label == "Top 2: L4, L5"
    assert rows(table)["5"] == pytest.approx([3 / 10, 2 / 6, 1 / 4])
    assert rows(table)["top2"] == pytest.approx([5 / 10, 3 / 6, 2 / 4])
    assert rows(table)["bottom2"] == pytest.approx([3 / 10, 3 / 6, 0])
    assert rows(table, "count")["5"] == [3, 2, 1]
    assert rows(table, "n")["top2"] == [5, 3, 2]
    assert rows(table, "row_share")["5"] == pytest.approx([1, 2 / 3, 1 / 3])
    assert rows(table, "index")["5"] == pytest.approx([100, 100 * (2 / 6) / 0.3, 100 * 0.25 / 0.3])
    assert np.isnan(rows(table, "index")["mean"]).all()
    assert rows(table)["mean"] == pytest.approx([(1 + 4 + 4 + 5 + 5 + 6 + 4 + 5) / 10, 19 / 6, 15 / 4])
    assert rows(table, "base")["mean"] == [8, 5, 3]
    assert table.flags == ("**", "**", "**")


def test_missing_answers_are_counted_by_reason_and_column():
    table = cx.tabulate(small(), "g", questions="s").tables[0]
    assert {name: counts.tolist() for name, counts in table.missing.items()} == {
        "skipped": [1, 1, 0],
        "refused": [1, 0, 1],
    }
    assert (table.n + sum(table.missing.values())).tolist() == [10, 6, 4]


def test_weight_zero_is_in_no_base():
    table = cx.tabulate(small(weight=[0, 2, 1, 1, 1, 0, 2, 1, 1, 1]), "g", questions="s").tables[0]
    assert table.n.tolist() == [7, 4, 3]
    assert table.missing["refused"].tolist() == [1, 0, 1]
    assert "skipped" not in table.missing
    assert rows(table, "n")["1"] == [0, 0, 0]


def test_a_question_that_nobody_answered():
    table = cx.tabulate(small(S=[""] * 10), "g", questions="s").tables[0]
    assert table.n.tolist() == [0, 0, 0]
    assert table.flags == ("empty",) * 3
    assert np.isnan(table.cells.estimate).all()
    assert not table.cells.hidden.any()
    assert table.missing["skipped"].tolist() == [10, 6, 4]
    assert table.tests.tested == 0


def test_nets_are_made_of_unrounded_shares():
    """11 and 16 of 75 are 14.67% and 21.33%; together they are 36%, whatever is printed of each."""
    toml = question("g", responses=["a"]) + question(
        "s", responses=["1", "2", "3"], raw='nets = [{ id = "low", label = "Low", responses = [1, 2] }]'
    )
    data = {"G": ["a"] * 75, "S": ["1"] * 11 + ["2"] * 16 + ["3"] * 48}
    table = cx.tabulate(study_of(toml, data), "g", questions="s").tables[0]
    assert [row.kind for row in table.rows] == ["response"] * 3 + ["net"]
    assert rows(table)["low"] == pytest.approx([27 / 75] * 2, rel=1e-12)


def test_declared_nets_stand_in_for_boxes_and_boxes_need_points_enough():
    three = question("s", "ordinal", responses={"1": "Low", "2": "Mid", "3": "High"})
    study = study_of(
        question("g", responses=["a", "b"]) + three, {"G": ["a", "b"] * 30, "S": ["1", "2", "3"] * 20}
    )
    assert [row.id for row in cx.tabulate(study, "g", questions="s").tables[0].rows] == ["1", "2", "3", "mean"]
    one = cx.tabulate(study, "g", questions="s", top_box=1).tables[0]
    assert [row.id for row in one.rows] == ["1", "2", "3", "top1", "bottom1", "mean"]
    with_net = made(sample(60))
    ids = [row.id for row in cx.tabulate(with_net, "g", questions="s").tables[0].rows]
    assert ids == ["1", "2", "3", "4", "5", "top2", "mean"]
    kinds = {row.id: row.kind for row in cx.tabulate(with_net, "g", questions="s").tables[0].rows}
    assert kinds["top2"] == "net"
    assert [row.id for row in cx.tabulate(small(), "g", questions="s", top_box=0).tables[0].rows][5:] == [
        "mean"
    ]
    only = cx.tabulate(small(), "g", questions="s", statistics="mean").tables[0]
    assert [row.id for row in only.rows] == ["mean"]


def test_unscored_answers_are_in_shares_and_in_no_mean():
    toml = "[settings]\nsuppress_below = 0\n" + question("g", responses={"a": "A", "b": "B"})
    toml += question(
        "s",
        "ordinal",
        raw='responses = [{ code = 1, label = "L1" }, { code = 3, label = "L3" }, { code = 5, label = "L5" }, '
        '{ code = 9, label = "Do not know", scored = false }]',
    )
    table = cx.tabulate(
        study_of(toml, {"G": ["a", "a", "b", "b"], "S": ["1", "9", "5", "3"]}), "g", questions="s"
    ).tables[0]
    assert rows(table)["9"] == [0.25, 0.5, 0]
    assert rows(table)["mean"] == [3, 1, 4]
    assert rows(table, "base")["mean"] == [3, 1, 2]
    assert rows(table, "base")["9"] == [4, 2, 2]


def test_nps_by_reference():
    """METHODS 6: P = .40, D = .30, n = 500: NPS 10, standard error 3.719 points with n - 1."""
    data = {"G": ["a"] * 500, "R": ["9"] * 200 + ["3"] * 150 + ["7"] * 150}
    study = study_of(question("g", responses=["a"]) + question("r", "number", nps=True), data)
    table = cx.tabulate(study, "g", questions="r").tables[0]
    assert rows(table)["nps"] == pytest.approx([10, 10])
    assert rows(table, "std_error")["nps"] == pytest.approx([3.719] * 2, abs=5e-4)
    assert rows(table)["promoters"] == [0.4, 0.4]
    coded = question("r", "ordinal", responses={str(i): f"P{i}" for i in range(11)}, nps=True)
    again = cx.tabulate(study_of(question("g", responses=["a"]) + coded, data), "g", questions="r").tables[0]
    assert rows(again)["nps"] == pytest.approx([10, 10])
    assert [row.id for row in again.rows][-2:] == ["nps", "mean"]


def test_medians_stand_beside_the_total_and_are_tested():
    study = made(sample(), "weights", "[settings]\nsuppress_below = 0\n")
    table = cx.tabulate(study, ["g", "m"], questions="v", statistics=["mean", "median"], adjust="none").tables[
        0
    ]
    assert [row.id for row in table.rows] == ["mean", "median"]
    assert not np.isnan(table.cells.estimate).any()
    tested = ~np.isnan(table.tests.p_value[1])
    of = np.array([table.columns[a].banner for a in table.tests.a])
    pair = np.array(table.tests.kind) == "pair"
    assert tested[pair & (of == "g")].any()
    assert not tested[of == "m"].any()
    assert not tested[~pair].any()


def test_nested_banners_have_heads_and_are_compared_under_one_parent():
    rng = np.random.default_rng(2)
    n = 600
    industry, size = rng.choice(["bank", "shop", "farm"], n), rng.choice(["S", "L"], n)
    size = np.where(industry == "farm", "S", size)
    toml = question("industry", responses={"bank": "Bank", "shop": "Shop", "farm": "Farm"}, label="Industry")
    toml += question("size", responses={"S": "Small", "L": "Large"}, label="Size")
    toml += question("a", responses=["Y", "N"])
    study = study_of(toml, {"INDUSTRY": industry, "SIZE": size, "A": rng.choice(["Y", "N"], n)})
    book = cx.tabulate(study, "industry > size", questions="a", adjust="none", against="pairs")
    assert [column.id for column in book.columns] == [
        "total",
        "industry > size=bank > size=S",
        "industry > size=bank > size=L",
        "industry > size=shop > size=S",
        "industry > size=shop > size=L",
        "industry > size=farm > size=S",
    ]
    assert book.columns[2].path == ("Industry", "Bank", "Size", "Large")
    assert [(table.a.tolist(), table.b.tolist()) for table in [book.tables[0].tests]] == [([1, 3], [2, 4])]
    table = book.tables[0]
    inside = (industry == "shop") & (size == "L")
    assert table.n[4] == inside.sum()
    assert table.cells.estimate[0, 4] == pytest.approx((study.raw.frame["A"][inside] == "Y").mean())


def test_filters_keep_the_others_in_the_design():
    study = made(sample(), "design", "[settings]\nsuppress_below = 0\n")
    book = cx.tabulate(study, "g", questions=["s", "v"], filter="s>=3 & g=a|b")
    code = study.answers("g").code
    kept = (study.answers("s").value >= 3) & ((code == 0) | (code == 1))
    assert book.n_filtered == book.table("s").n[0] == kept.sum()
    assert book.filter == "Question s: at least 3; Question g: A or B"
    assert book.table("v").filter == book.filter
    assert book.table("s").flags[3] == "empty"
    whole = made(
        sample(),
        "design",
        '[settings]\nsuppress_below = 0\n[[group]]\nid = "k"\nlabel = "K"\n'
        'members = [{ id = "in", label = "In", where = { label = "In", all = ['
        '{ question = "s", at_least = 3 }, { question = "g", is = ["a", "b"] }] } }, '
        '{ id = "no", label = "No", where = { label = "No", all = [{ question = "s", at_most = 2 }] } }]\n',
    )
    domain = cx.estimate(whole, "v", by="k").frame.iloc[0]
    total = book.table("v").cells
    assert total.estimate[0, 0] == pytest.approx(domain["estimate"], rel=1e-12)
    assert total.std_error[0, 0] == pytest.approx(domain["std_error"], rel=1e-9)


PLAN = """
[[table]]
id = "main"
title = "Main tables"
banner = ["g", "m"]
questions = ["s"]
levels = [0.99]
adjust = "none"
filter = { label = "Not group c", all = [{ question = "g", not = ["c"] }] }
[[table]]
id = "other"
banner = ["g"]
"""


def test_books_are_declared_in_the_study_file():
    study = made(sample(), "weights", PLAN)
    book = cx.tabulate(study)
    assert book.title == "Main tables"
    assert [variable.id for variable in book.variables] == ["g", "m"]
    assert [variable.overlapping for variable in book.variables] == [False, True]
    assert [table.question for table in book.tables] == ["s"]
    assert (book.settings.levels, book.settings.adjust, book.filter) == ((0.99,), "none", "Not group c")
    other = cx.tabulate(study, table="other", adjust="holm")
    assert [table.question for table in other.tables] == ["g", "s", "v", "r", "m"]
    assert (other.settings.adjust, other.settings.levels) == ("holm", (0.95, 0.90))
    assert cx.tabulate(study, "g").settings.adjust == "bh"


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ('banner = ["h"]', "no banner 'h'"),
        ('banner = ["g > m"]', "a nested banner takes"),
        ('banner = ["g"]\nquestions = ["t"]', "is a text question"),
        ('banner = ["g"]\nquestions = ["zz"]', "no question or scale 'zz'"),
        ('banner = ["g"]\nwave = "v"', "'wave' names 'v'"),
        ('banner = ["g"]\nlevels = [0.9, 0.95]', "the stricter first"),
        (
            'banner = ["g"]\nfilter = { label = "x", all = [{ question = "g", is = ["q"] }] }',
            "names the code 'q'",
        ),
        ('banner = ["g"]\n[[table]]\nbanner = ["g"]', "is declared 2 times"),
    ],
)
def test_declared_books_are_checked_with_the_study_file(plan, says):
    with pytest.raises(CxSurveyError, match=says):
        made(sample(30), "weights", f"[[table]]\n{plan}\n")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"banner": "zz"}, "unknown-banner"),
        ({"banner": ["g", "g"]}, "banner-repeated"),
        ({"banner": "g > m"}, "unknown-banner"),
        ({"banner": []}, "no-banner"),
        ({"banner": None}, "no-banner"),
        ({"banner": "g", "table": "zz"}, "unknown-book"),
        ({"banner": "g", "questions": "zz"}, "unknown-question"),
        ({"banner": "g", "questions": []}, "nothing-to-tabulate"),
        ({"banner": "g", "questions": "t"}, "statistic-not-defined"),
        ({"banner": "g", "filter": "g"}, "bad-filter"),
        ({"banner": "g", "filter": "g=q"}, "unknown-response"),
        ({"banner": "g", "filter": "zz=1"}, "unknown-question"),
        ({"banner": "g", "filter": "g>=2"}, "bad-filter"),
        ({"banner": "g", "filter": "v=x"}, "bad-filter"),
        ({"banner": "g", "levels": [0.9, 0.95]}, "bad-option"),
        ({"banner": "g", "levels": []}, "bad-option"),
        ({"banner": "g", "adjust": "fdr"}, "bad-option"),
        ({"banner": "g", "against": "total"}, "bad-option"),
        ({"banner": "g", "profile": "wincross"}, "bad-option"),
        ({"banner": "g", "statistics": "nps"}, "bad-option"),
        ({"banner": "g", "top_box": 7}, "bad-option"),
    ],
)
def test_what_cannot_be_tabulated_is_refused(options, code):
    with pytest.raises(CxSurveyError) as error:
        cx.tabulate(made(sample(40)), options.pop("banner"), **options)
    assert error.value.code == code


def test_the_long_frame_holds_every_number_once():
    book = cx.tabulate(small(), "g", questions="s")
    frame, table = book.frame, book.tables[0]
    key = ["table", "row", "column", "statistic"]
    assert not frame.duplicated(key).any()
    wide = frame[frame["statistic"] == "share"].pivot(index="row", columns="column", values="value")
    for r, row in enumerate(table.rows[:-1]):
        assert wide.loc[row.id, ["total", "g=a", "g=b"]].tolist() == table.cells.estimate[r].tolist()
    bases = frame[(frame["row"] == "base") & (frame["column"] == "g=a")].set_index("statistic")["value"]
    assert bases.to_dict() == pytest.approx({"n": 5, "n_weighted": 6, "n_effective": 4.5})
    assert frame is book.frame


def test_a_book_prints_in_80_columns_and_shows_in_a_notebook():
    book = cx.tabulate(made(sample(), "design"), ["g", "m"])
    assert max(len(line) for line in repr(book).splitlines()) <= 80
    assert book.table("s").label in repr(book)
    assert "<table" in book._repr_html_()
    with pytest.raises(CxSurveyError, match="unknown-question"):
        book.table("zz")


def test_labels_are_escaped_in_a_notebook():
    toml = question("g", responses={"a": "<b>A</b>"}) + question("a", responses={"Y": "<i>Yes</i>"})
    html = cx.tabulate(study_of(toml, {"G": ["a"] * 9, "A": ["Y"] * 9}), "g")._repr_html_()
    assert "<b>A" not in html
    assert "<i>Yes" not in html


def test_segments_and_scales_have_tables():
    study = cx.read_study("hbr2020")
    book = cx.tabulate(study, questions=["segment", *study.scales])
    assert "segment" in [variable.id for variable in book.variables]
    assert book.table("segment").tests.p_value[:, [v == "segment" for v in _banners(book)]].size
    assert book.synthetic
    assert "synthetic" in book.notes[0].lower()


def _banners(book):
    return [book.columns[a].banner for a in book.tables[0].tests.a]


JACKKNIFE = """
[design]
weight = "weight"
stratum = "stratum"
cluster = "psu"
nested = true
[design.replicates]
make = "jackknife"
[settings]
suppress_below = 0
"""


def test_replicate_weights_make_the_same_shares_with_their_own_errors():
    frame = sample(150)
    study = study_of(JACKKNIFE + BLOCKS, frame)
    book = cx.tabulate(
        study, ["g", "m"], questions=["s", "v", "m"], adjust="none", statistics=["share", "mean", "median"]
    )
    for wanted, statistic in (("s", "share"), ("v", "mean"), ("m", "share")):
        table = book.table(wanted)
        for row in cx.estimate(study, wanted, by="g", statistic=statistic).frame.itertuples():
            r = [item.id for item in table.rows].index(row.response)
            c = [item.id for item in table.columns].index(f"g={row.group}")
            assert table.cells.estimate[r, c] == pytest.approx(row.estimate, rel=1e-9)
            assert table.cells.std_error[r, c] == pytest.approx(row.std_error, rel=1e-7)
    gaps = cx.gaps(study, by="g", question="s", adjust="none").frame
    tests = book.tests.set_index(["question", "row", "column_a", "column_b"])
    for gap in gaps[gaps["p_value"].notna()].itertuples():
        found = tests.loc[("s", gap.response, f"g={gap.group_a}", f"g={gap.group_b}")]
        assert found["p_value"] == pytest.approx(gap.p_value, rel=1e-7)
    assert len(gaps) > 10


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_shuffled_rows_give_the_same_book(seed):
    frame = sample(90, seed=seed)
    first = cx.tabulate(made(frame), ["g", "m"], questions=["s", "v", "m"])
    second = cx.tabulate(made(frame.sample(frac=1, random_state=seed)), ["g", "m"], questions=["s", "v", "m"])
    for name in ("value", "letters", "rest", "flag"):
        one, two = first.frame[name], second.frame[name]
        if name == "value":
            np.testing.assert_array_equal(one.to_numpy(), two.to_numpy())
        else:
            assert one.equals(two)
