"""Letters, marks and their records: reference values, the base policy, corrections, waves, profiles."""

import numpy as np
import pytest
from helpers import question, study_of
from scipy.special import erfc

import cxsurvey as cx
from cxsurvey.analysis.tabulation.profile_comparison import REASONS
from cxsurvey.errors import CxSurveyError


def counts(cells, *, names=None, more="", **columns):
    """A study of yes and no by groups: ``cells`` are (yes, no) of each group."""
    names = names or "abcdefghijklmnopqrstuvwxyz"[: len(cells)]
    group = [g for g, pair in zip(names, cells, strict=True) for _ in range(sum(pair))]
    answer = [a for pair in cells for a, n in zip("YN", pair, strict=True) for _ in range(n)]
    toml = more + question("g", responses=list(names)) + question("a", responses=["Y", "N"])
    return study_of(toml, {"G": group, "A": answer, **columns})


def record(book, row="Y", kind="rest", a="g=a"):
    found = book.tests
    return found[(found["row"] == row) & (found["kind"] == kind) & (found["column_a"] == a)].iloc[0]


PART_WHOLE = [(50, 50), (70, 130)]


def test_a_part_is_tested_against_the_rest_and_never_as_if_the_total_were_a_group():
    """METHODS 6: 50 of 100 in 120 of 300 is z = 2.500, not 1.752."""
    book = cx.tabulate(counts(PART_WHOLE), "g", questions="a", adjust="none")
    rest = record(book)
    assert rest["statistic"] == pytest.approx(2.5, abs=5e-4)
    assert rest["p_value"] == pytest.approx(0.0124, abs=5e-5)
    assert (rest["n_a"], rest["n_b"], rest["n_overlap"]) == (100, 200, 0)
    assert not book.tests[["column_a", "column_b"]].isin(["total"]).any().any()
    assert book.tables[0].cells.rest[0].tolist() == ["", "+", "-"]
    naive = cx.tabulate(counts(PART_WHOLE), "g", questions="a", profile="naive")
    assert record(naive)["statistic"] == pytest.approx(1.752, abs=5e-4)
    assert record(naive)["estimate_b"] == pytest.approx(0.4)


def test_letters_stand_on_the_higher_column_and_name_the_lower():
    """60% and 40% of 100 each: z = 2.83, p = .005; 47% against 60%: z = 1.84, p = .066."""
    study = counts([(60, 40), (40, 60), (47, 53)])
    book = cx.tabulate(study, "g", questions="a", adjust="none", against="pairs")
    letters = book.tables[0].cells.letters
    assert letters.tolist() == [["", "Bc", "", ""], ["", "", "A", "a"]]
    marked = book.letters
    assert marked["column_a"].tolist() == ["g=a", "g=a", "g=b", "g=c"]
    assert marked["letter"].tolist() == ["B", "c", "A", "a"]
    assert (marked["gap"] > 0).all()
    assert marked["level"].tolist() == [0.95, 0.90, 0.95, 0.90]
    one = marked.iloc[0]
    assert one["statistic"] == pytest.approx(0.2 / np.sqrt(0.25 * 2 / 100))
    strict = cx.tabulate(study, "g", questions="a", adjust="none", levels=[0.99], against="pairs")
    assert strict.tables[0].cells.letters[0].tolist() == ["", "B", "", ""]


def test_every_letter_has_a_record_and_every_record_a_letter():
    book = cx.tabulate(counts([(60, 40), (40, 60), (47, 53), (30, 70)]), "g", questions="a", adjust="none")
    cells = book.tables[0].cells
    found = book.letters
    pairs = found[found["kind"] == "pair"]
    written = sum(len(text) for text in cells.letters.ravel())
    assert len(pairs) == written > 3
    assert (found["kind"] == "rest").sum() == (cells.rest != "").sum() > 0
    assert found["p_adjusted"].notna().all()


def test_a_base_of_27_is_flagged_and_not_tested():
    book = cx.tabulate(counts([(20, 7), (30, 70), (40, 160)]), "g", questions="a", adjust="none")
    table = book.tables[0]
    assert table.n.tolist() == [327, 27, 100, 200]
    assert table.flags == ("", "**", "", "")
    assert not book.tests["column_a"].eq("g=a").any()
    assert table.cells.letters[:, 1].tolist() == ["", ""]
    assert table.cells.estimate[0, 1] == pytest.approx(20 / 27)
    assert counts([(20, 10), (30, 70)]).file.settings.test_from == 30
    kept = cx.tabulate(counts([(20, 10), (30, 70)]), "g", questions="a")
    assert kept.tests["column_a"].eq("g=a").any()


def test_shares_of_nobody_and_everybody():
    book = cx.tabulate(counts([(0, 50), (50, 0), (25, 25), (0, 60)]), "g", questions="a", adjust="none")
    cells = book.tables[0].cells
    assert cells.estimate[0].tolist() == [75 / 210, 0, 1, 0.5, 0]
    assert cells.letters[0].tolist() == ["", "", "ACD", "AD", ""]
    tests = book.tests.set_index(["row", "column_a", "column_b"])
    assert ("Y", "g=a", "g=d") not in tests.index  # nobody in either
    assert tests.loc[("Y", "g=a", "g=b"), "statistic"] == pytest.approx(-10)
    spss = cx.tabulate(
        counts([(0, 50), (50, 0), (25, 25), (0, 60)]), "g", questions="a", profile="spss", against="pairs"
    )
    assert len(spss.tests) == 0
    reasons = cx.compare_profile(book, "spss")
    assert reasons["reason"].eq("zero cell").all()
    assert len(reasons) > 4


def test_one_respondent_and_empty_columns():
    study = counts([(1, 0), (40, 60), (0, 0), (30, 70)])
    table = cx.tabulate(study, "g", questions="a").tables[0]
    assert table.n.tolist() == [201, 1, 100, 0, 100]
    assert table.flags == ("", "suppressed", "suppressed", "empty", "")
    assert np.isnan(table.cells.estimate[:, 3]).all()
    assert not table.cells.hidden[:, 3].any()
    free = counts([(1, 0), (40, 60), (0, 0), (30, 70)], more="[settings]\nsuppress_below = 0\n")
    open_table = cx.tabulate(free, "g", questions="a").tables[0]
    assert open_table.cells.estimate[:, 1].tolist() == [1, 0]
    assert open_table.flags == ("", "**", "", "empty", "")


def test_columns_that_are_the_total():
    table = cx.tabulate(counts([(40, 60)]), "g", questions="a").tables[0]
    assert table.cells.index.tolist() == [[100, 100], [100, 100]]
    assert table.tests.tested == 0
    assert "Nothing in this table could be tested." in table.notes


def multi(n=400, seed=3):
    rng = np.random.default_rng(seed)
    ticks = rng.random((n, 3)) < [0.5, 0.4, 0.3]
    yes = rng.random(n) < 0.3 + 0.3 * ticks[:, 0]
    options = ", ".join(f'{{ code = "{c}", label = "{c}", column = "M_{c}" }}' for c in "xyz")
    toml = question("m", "multi", raw=f"responses = [{options}]", blank="none_chosen")
    toml += question("a", responses=["Y", "N"])
    data = {f"M_{c}": ticks[:, i].astype(int).astype(str) for i, c in enumerate("xyz")}
    return study_of(toml, data | {"A": np.where(yes, "Y", "N")}), ticks, yes


def test_overlapping_columns_are_tested_with_what_they_share():
    study, ticks, yes = multi()
    book = cx.tabulate(study, "m", questions="a", adjust="none")
    tests = book.tests.set_index(["row", "kind", "column_a", "column_b"])
    x, y = ticks[:, 0], ticks[:, 1]
    a, b, both = x.sum(), y.sum(), (x & y).sum()
    p = yes[x | y].mean()
    z = (yes[x].mean() - yes[y].mean()) / np.sqrt(p * (1 - p) * (1 / a + 1 / b - 2 * both / (a * b)))
    found = tests.loc[("Y", "pair", "m=x", "m=y")]
    assert found["statistic"] == pytest.approx(z, rel=1e-9)
    assert found["n_overlap"] == both > 50
    rest = tests.loc[("Y", "rest", "m=x", "rest")]
    assert (rest["n_a"], rest["n_b"]) == (a, 400 - a)
    assert rest["estimate_b"] == pytest.approx(yes[~x].mean())
    unicom = cx.tabulate(study, "m", questions="a", profile="unicom").tests.set_index(
        ["row", "kind", "column_a", "column_b"]
    )
    pooled = (yes[x].sum() + yes[y].sum()) / (a + b)
    t = (yes[x].mean() - yes[y].mean()) / np.sqrt(pooled * (1 - pooled) * (1 / a + 1 / b - 2 * both / (a * b)))
    assert unicom.loc[("Y", "pair", "m=x", "m=y"), "statistic"] == pytest.approx(t, rel=1e-9)
    assert unicom.loc[("Y", "pair", "m=x", "m=y"), "df"] == pytest.approx(a + b - both - 2)
    spss = cx.tabulate(study, "m", questions="a", profile="spss").tests.set_index(
        ["row", "kind", "column_a", "column_b"]
    )
    apart = (yes[x].mean() - yes[y].mean()) / np.sqrt(pooled * (1 - pooled) * (1 / a + 1 / b))
    assert spss.loc[("Y", "pair", "m=x", "m=y"), "statistic"] == pytest.approx(apart, rel=1e-9)


def test_letters_run_through_the_banner_and_past_z():
    study = counts([(60, 40)] + [(40, 60)] * 25, T=(["u"] * 1300 + ["v"] * 1300))
    toml = question("g", responses=list("abcdefghijklmnopqrstuvwxyz")) + question("a", responses=["Y", "N"])
    study = study_of(toml + question("t", responses=["u", "v"]), study.raw.frame)
    book = cx.tabulate(study, ["g", "t"], questions="a", adjust="none", against="pairs")
    assert [column.letter for column in book.columns][25:] == ["Y", "Z", "AA", "AB"]
    letters = book.tables[0].cells.letters[0]
    assert letters[1].split(" ") == list("BCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_corrections_take_the_rows_of_a_question_by_a_variable_together():
    """Yes and no are one comparison: three pairs make a family of three."""
    study = counts([(60, 40), (40, 60), (47, 53)])
    raw = cx.tabulate(study, "g", questions="a", adjust="none", against="pairs").tests
    bonferroni = cx.tabulate(study, "g", questions="a", adjust="bonferroni", against="pairs").tests
    np.testing.assert_allclose(bonferroni["p_adjusted"], np.minimum(3 * raw["p_value"], 1))
    np.testing.assert_allclose(bonferroni["p_value"], raw["p_value"])
    bh = cx.tabulate(study, "g", questions="a", against="pairs").tests
    p = np.sort(raw["p_value"].unique().round(14))
    first = bh[bh["row"] == "Y"].sort_values("p_value")["p_adjusted"].tolist()
    assert first == pytest.approx([min(p[0] * 3, p[1] * 1.5, p[2]), min(p[1] * 1.5, p[2]), p[2]])
    assert bh["family"].unique().tolist() == ["a: pairs of g"]


def test_answers_that_make_the_columns_are_not_tested():
    study = counts([(60, 40), (40, 60)])
    table = cx.tabulate(study, "g").table("g")
    assert table.tests.tested == 0
    assert "Not tested, because these answers make the columns: Question g." in table.notes


def waves():
    rng = np.random.default_rng(8)
    wave = np.repeat(["1", "2", "3"], [100, 300, 300])
    group = np.tile(["a", "b"], 350)
    chance = np.where((wave == "3") & (group == "a"), 0.7, 0.4)
    answer = np.where(rng.random(700) < chance, "Y", "N")
    toml = question("w", responses={"1": "2021", "2": "2022", "3": "2023"}) + question(
        "g", responses=["a", "b"]
    )
    return study_of(toml + question("a", responses=["Y", "N"]), {"W": wave, "G": group, "A": answer})


def test_the_last_wave_is_compared_with_the_one_before():
    study = waves()
    book = cx.tabulate(study, "g", questions="a", wave="w", adjust="none")
    table = book.tables[0]
    assert table.n.tolist() == [300, 150, 150]
    assert table.filter == "Question w: 2023, compared with 2022"
    assert table.cells.wave[0].tolist() == ["+", "+", ""]
    tests = book.tests[book.tests["kind"] == "wave"].set_index(["row", "column_a"])
    for column, mask in (("total", None), ("g=a", "a"), ("g=b", "b")):
        frame = study.raw.frame if mask is None else study.raw.frame[study.raw.frame["G"] == mask]
        yes = [frame[frame["W"] == w]["A"].eq("Y") for w in "32"]
        p = np.concatenate(yes).mean()
        z = (yes[0].mean() - yes[1].mean()) / np.sqrt(p * (1 - p) * (1 / len(yes[0]) + 1 / len(yes[1])))
        assert tests.loc[("Y", column), "statistic"] == pytest.approx(z, rel=1e-9)
        assert tests.loc[("Y", column), "column_b"] == "wave before"
    other = cx.tabulate(study, "g", questions="a", filter="w=3", adjust="none").tables[0]
    np.testing.assert_array_equal(other.cells.estimate, table.cells.estimate)


def test_a_small_wave_before_is_neither_tested_nor_shown():
    study = waves()
    frame = study.raw.frame
    few = frame[~((frame["W"] == "2") & (frame["G"] == "a") & (np.arange(len(frame)) > 103))]
    table = cx.tabulate(study_of(study_toml(), few), "g", questions="a", wave="w").tables[0]
    of_waves = [j for j, kind in enumerate(table.tests.kind) if kind == "wave" and table.tests.a[j] == 1]
    assert table.tests.n_b[0, of_waves].tolist() == [2]
    for name in ("estimate_a", "estimate_b", "gap", "p_value"):
        assert np.isnan(getattr(table.tests, name)[:, of_waves]).all()


def study_toml():
    toml = question("w", responses={"1": "2021", "2": "2022", "3": "2023"}) + question(
        "g", responses=["a", "b"]
    )
    return toml + question("a", responses=["Y", "N"])


def test_a_wave_needs_two_waves_and_a_question_of_one_answer():
    with pytest.raises(CxSurveyError, match="wave-not-usable"):
        cx.tabulate(counts([(50, 0), (70, 0)]), "g", wave="a")
    study, *_ = multi(n=60)
    with pytest.raises(CxSurveyError, match="bad-option"):
        cx.tabulate(study, "a", wave="m")


def weighted(seed=4, n=600):
    rng = np.random.default_rng(seed)
    group, answer = rng.choice(list("ab"), n), rng.choice(["Y", "N"], n)
    weight = rng.choice([0.2, 0.5, 1, 3], n)
    toml = (
        '[design]\nweight = "weight"\n'
        + question("g", responses=["a", "b"])
        + question("a", responses=["Y", "N"])
    )
    return study_of(toml, {"G": group, "A": answer, "weight": weight}), group, answer == "Y", weight


def two_sided(z):
    return erfc(abs(z) / np.sqrt(2))


def test_profiles_by_hand_on_weighted_data():
    study, group, yes, w = weighted()
    a, b = group == "a", group == "b"
    share = [np.average(yes[g], weights=w[g]) for g in (a, b)]
    base = [w[g].sum() for g in (a, b)]
    effective = [w[g].sum() ** 2 / (w[g] ** 2).sum() for g in (a, b)]

    def z(p, n):
        pooled = (p[0] * n[0] + p[1] * n[1]) / sum(n)
        return (p[0] - p[1]) / np.sqrt(pooled * (1 - pooled) * (1 / n[0] + 1 / n[1]))

    def first(profile):
        return record(cx.tabulate(study, "g", questions="a", profile=profile), kind="pair")

    assert first("naive")["statistic"] == pytest.approx(z(share, base), rel=1e-9)
    assert first("naive")["p_value"] == pytest.approx(two_sided(z(share, base)), rel=1e-9)
    whole = [round(n) for n in base]
    counted = [round(p * n) / n for p, n in zip(share, whole, strict=True)]
    assert first("spss")["statistic"] == pytest.approx(z(counted, whole), rel=1e-9)
    assert first("q")["statistic"] == pytest.approx(z(share, effective), rel=1e-9)
    assert first("unicom")["statistic"] == pytest.approx(z(share, effective), rel=1e-9)
    assert first("unicom")["df"] == pytest.approx(sum(effective) - 2)
    assert "frequencies" in first("spss")["test"]


def test_profile_differences_say_why():
    study, *_ = weighted(seed=11)
    found = {}
    for name in ("naive", "spss", "q", "unicom"):
        for seed in range(6):
            study, *_ = weighted(seed=seed, n=300)
            differing = cx.compare_profile(cx.tabulate(study, "g", questions="a", adjust="none"), name)
            found.setdefault(name, set()).update(differing["reason"])
            assert set(differing["reason"]) <= set(REASONS)
            assert (differing["mark"] != differing["profile_mark"]).all()
    assert "weights" in found["naive"] | found["spss"]


def test_small_bases_differ_by_the_base_rule():
    book = cx.tabulate(counts([(25, 4), (20, 80)]), "g", questions="a", adjust="none")
    found = cx.compare_profile(book, "spss")
    assert found["reason"].unique().tolist() == ["base rule"]
    assert found["mark"].eq("").all()
    assert not len(cx.compare_profile(book, "unicom"))


def test_corrections_are_named_where_the_tests_agree():
    book = cx.tabulate(counts([(60, 40), (47, 53), (52, 48), (53, 47)]), "g", questions="a", against="pairs")
    found = cx.compare_profile(book, "naive")
    assert found["reason"].unique().tolist() == ["correction"]
    assert len(found) == 2


def test_overlap_is_named_where_a_tool_leaves_it_out():
    found = []
    for seed in range(12):
        study, *_ = multi(n=120, seed=seed)
        found += cx.compare_profile(
            cx.tabulate(study, "m", questions="a", adjust="none", against="pairs"), "naive"
        )["reason"].tolist()
    assert "overlap" in found
    assert set(found) <= {"overlap", "base rule"}


def test_compare_needs_own_letters():
    book = cx.tabulate(counts(PART_WHOLE), "g", questions="a", profile="q")
    with pytest.raises(CxSurveyError, match="bad-option"):
        cx.compare_profile(book, "naive")
    with pytest.raises(CxSurveyError, match="bad-option"):
        cx.compare_profile(cx.tabulate(counts(PART_WHOLE), "g", questions="a"), "wincross")
