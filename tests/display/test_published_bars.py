"""Figures of synthetic respondents show what the report prints, as printed, and say what they lack."""

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from calibrated_study import CLAIMS, TOML, drawn, figure, responses, study_in
from form_samples import of
from inspection import faults

import cxsurvey as cx
from cxsurvey.display.figure_data import REST
from cxsurvey.display.methods import methodology
from cxsurvey.display.ops import Line, Marker, Rect, Text
from cxsurvey.display.published_tests import least_favourable_p
from cxsurvey.numerics.tables.inference import two_proportion_z
from cxsurvey.published.claims.published_cells import printed_tiers, published_cells
from cxsurvey.published.claims.records import Claim

BARRIERS = 'form = "ranked"\nquestion = "barriers"\n'
LANES = 'form = "lanes"\nby = "segment"\nquestion = "barriers"\n'
PAIRS = 'form = "dumbbell"\nby = "ownership"\nquestion = "barriers"\n'
STACK = 'form = "stacked"\nquestions = ["finance", "hr", "it"]\nnet = "any"\n'
HEAD, *ROWS = CLAIMS.splitlines()
WITHOUT_BASES = "\n".join(
    [f"{HEAD},base_origin", *(f"{line.rpartition(',')[0]},,{'unknown' * (',share,' in line)}" for line in ROWS)]
)
EVERY = (BARRIERS, LANES, PAIRS, STACK, 'form = "segments"\n', 'form = "ranked"\nquestion = "owner"\n')
ILLUSTRATIVE = "illustrative = true\n"


def words(card, role):
    return [op.text for op in of(card, Text, role)]


def notes(card):
    return dict(card.text.notes)


def row(card, label):
    return card.table[card.table["label"] == label].iloc[0]


# --- what is shown ---------------------------------------------------------------------------------------


def test_bars_are_drawn_where_a_claim_prints_them_and_nowhere_else(tmp_path):
    card = drawn(tmp_path, BARRIERS)
    assert words(card, "row label") == ["Silos", "Vision", "Ownership"]
    assert words(card, "value") == ["53%", "n/p", "n/p"]
    assert [bar.key for bar in of(card, Rect, "bar")] == ["silos"]
    assert len(of(card, Line, "interval")) == 1
    assert card.table["published"].tolist() == [True, False, False]
    assert card.table["flag"].tolist() == ["", "not_published", "not_published"]
    assert card.table.loc[1:, ["value", "lo", "hi", "n_eff"]].isna().all(axis=None)
    assert faults(card) == ()


def test_a_published_value_is_the_printed_one_without_invented_decimals(tmp_path):
    table = drawn(tmp_path, LANES).table
    shown = table[table["published"]]
    assert sorted(shown["value"]) == [15, 16, 18, 32]
    assert (shown["lo"] < shown["value"]).all()
    assert (shown["value"] < shown["hi"]).all()


def test_the_note_counts_what_is_missing(tmp_path):
    said = notes(drawn(tmp_path, BARRIERS))["Not published"]
    assert said == (
        "n/p: not published. 2 of the 3 answers shown are named without a number. "
        "2 more, which stand for answers that the report does not name, are not shown."
    )
    said = notes(drawn(tmp_path, LANES))["Not published"]
    assert "5 of the 9 values are not printed" in said
    assert "Not published" not in notes(drawn(tmp_path, 'form = "segments"'))


def test_every_figure_says_that_respondents_are_synthetic_and_calibrated(tmp_path):
    for body in EVERY:
        said = notes(drawn(tmp_path, body))["Illustrative"]
        assert said.startswith("The respondents are synthetic, calibrated to the published numbers")
    assert "One barrier of all respondents is printed." in notes(drawn(tmp_path, BARRIERS))["Illustrative"]


@pytest.mark.parametrize("body", EVERY)
def test_a_picture_does_not_depend_on_what_is_not_published(tmp_path, body):
    """Other respondents, who give the same printed numbers, make the same picture but for intervals."""
    drawn_alike = "lanes" not in body and "dumbbell" not in body  # these have intervals, letters or bases
    plain = f"{body}interval = false\n" if "ranked" in body or "segments" in body else body
    one, other = (drawn(tmp_path / str(seed), plain, frame=responses(seed)) for seed in (1, 2))
    if drawn_alike:
        assert one.svg() == other.svg()
        assert one.alt_long == other.alt_long
    columns = [name for name in ("label", "level", "value", "a", "b", "diff", "flag") if name in one.table]
    assert one.table[columns].equals(other.table[columns])


def test_letters_and_corrections_are_of_published_values_alone(tmp_path):
    card = drawn(tmp_path, LANES)
    assert row(card, "Vision")["label"] == "Vision"
    by_group = card.table[card.table["label"] == "Vision"].set_index("group")["letters"]
    assert by_group["Laggards"] == "ab"
    assert "Holm over all 3 tests of this figure" in notes(card)["Letters"]
    assert len(of(card, Marker, "value marker")) == 4
    assert len(of(card, Line, "interval")) == 4
    assert faults(card) == ()


def test_a_gap_needs_both_ends_and_is_that_of_the_printed_numbers(tmp_path):
    card = drawn(tmp_path, PAIRS)
    silos, owner, vision = (row(card, label) for label in ("Silos", "Ownership", "Vision"))
    assert (silos["a"], silos["b"], silos["diff"]) == (60, 47, 13)
    assert silos["diff_lo"] < 13 < silos["diff_hi"]
    assert owner["a"] == 30
    assert owner[["b", "diff", "diff_lo", "diff_hi"]].isna().all()
    assert (owner["published_a"], owner["published_b"]) == (True, False)
    assert vision[["a", "b", "diff"]].isna().all()
    assert sorted(words(card, "gap")) == ["+13", "n/p", "n/p"]
    assert len(of(card, Line, "connector")) == 1
    assert "of the printed percentages" in notes(card)["Gap"]
    assert "the only test of this figure" in notes(card)["Gap"]
    assert faults(card) == ()


def test_charts_of_synthetic_results_say_so_and_those_of_real_ones_do_not(tmp_path):
    for synthetic in (True, False):
        toml = TOML.replace("synthetic = true", f"synthetic = {str(synthetic).lower()}")
        cards = _charts(study_in(tmp_path / str(synthetic), "", toml=toml))
        for card in cards:
            said = notes(card).get("Illustrative", "")
            assert said.startswith("The respondents are synthetic") == synthetic, card.form
            assert faults(card) == ()


def _charts(study):
    """One chart of each form that is drawn of results."""
    found = cx.segment(study)
    by_segment = cx.estimate(study, "barriers", by=found)
    return (
        cx.charts.ranked(cx.estimate(study, "barriers")),
        cx.charts.segments(cx.segment_shares(study, found), found),
        cx.charts.stacked(cx.estimate(study, "lost", by=found), rows="group"),
        cx.charts.lanes(by_segment, cx.gaps(study, by=found, question="barriers")),
        cx.charts.dumbbell(cx.gaps(study, by="ownership", question="barriers")),
        cx.charts.matrix(cx.rating_pairs(study)),
        cx.charts.ranks(cx.estimate(study, "spending"), cx.estimate(study, "priority")),
    )


def test_results_of_synthetic_respondents_say_so_in_a_line(tmp_path):
    study = study_in(tmp_path, "")
    found = cx.segment(study)
    results = [study, found, cx.rating_pairs(study), cx.segment_shares(study, found)]
    results += [cx.estimate(study, "owner"), cx.gaps(study, by="ownership", question="barriers")]
    for result in results:
        assert "synthetic respondents" in repr(result)
        assert "synthetic respondents" in result._repr_html_()


def test_gaps_on_bases_that_the_report_does_not_give_are_not_tested(tmp_path):
    card = drawn(tmp_path, PAIRS, claims=WITHOUT_BASES)
    silos = row(card, "Silos")
    assert (silos["a"], silos["b"], silos["diff"]) == (60, 47, 13)
    assert np.isnan(silos["diff_lo"])
    assert "significant" not in notes(card)["Gap"]
    assert "CI" not in notes(card)["Gap"]
    assert notes(card)["Base"].endswith("where the report gives no base; the bases here are assumed.")
    assert "assumed" not in notes(drawn(tmp_path, PAIRS))["Base"]
    assert faults(card) == ()


def test_shares_on_bases_that_the_report_does_not_give_have_no_interval(tmp_path):
    card = drawn(tmp_path, BARRIERS, claims=WITHOUT_BASES)
    assert words(card, "value") == ["53%", "n/p", "n/p"]
    assert card.table["lo"].isna().all()
    assert "Lines" not in notes(card)
    assert "no interval is drawn" in notes(card)["Base"].casefold()


def test_dumbbells_without_a_value_have_heads_and_no_axis(tmp_path):
    claims = CLAIMS.replace("silos.central,share,Silos,barriers,silos,ownership=central,,60,,172\n", "")
    claims = claims.replace("silos.spread,share,Silos,barriers,silos,owner=many,,47,,204\n", "")
    claims = claims.replace("owner.central,share,Ownership,barriers,owner,ownership=central,,30,,172\n", "")
    card = drawn(tmp_path, PAIRS, claims=claims)
    assert words(card, "gap") == ["n/p"] * 3
    assert "None of the 6 values is printed." in notes(card)["Not published"]
    assert words(card, "group") == ["Centralized (n=172)", "Distributed (n=204)"]
    assert of(card, Line, "grid") == []
    assert words(card, "tick") == []
    assert len({op.y for op in of(card, Text, "group")}) == 1
    assert faults(card) == ()


def test_what_is_not_published_of_a_stack_is_one_grey_part_without_a_number(tmp_path):
    card = drawn(tmp_path, STACK)
    assert words(card, "legend") == ["Significantly", REST]
    assert words(card, "value") == ["19", "21"]
    assert [rest.key for rest in of(card, Rect, "rest")] == ["hr", "finance"]
    for part, rest in zip(of(card, Rect, "part"), of(card, Rect, "rest"), strict=True):
        share = part.width / (part.width + rest.width)
        assert share == pytest.approx(0.19 if part.key.startswith("hr") else 0.21)
        assert rest.x == pytest.approx(part.x + part.width)
    assert words(card, "withheld") == ["n/p"]
    assert words(card, "net value") == ["57%"]  # printed by itself; of finance it would be a sum
    assert card.table.loc[card.table["level"] == REST, "value"].isna().all()
    assert "IT: not published" in card.alt_long
    assert faults(card) == ()


def test_the_grey_part_stands_where_the_levels_that_it_holds_would(tmp_path):
    claims = CLAIMS + "laggard.central,share,x,segment,laggard,ownership=central,,{},,\n"
    frame = responses()
    share = 100 * ((frame["INSIGHT"] == "2") & (frame["OWNS"] == "one")).sum() / 172
    body = 'form = "stacked"\nquestion = "segment"\nby = "ownership"'
    card = drawn(tmp_path, body, claims=claims.format(int(share + 0.5)))
    (rest,) = of(card, Rect, "rest")
    (part,) = (part for part in of(card, Rect, "part") if part.key.startswith("central"))
    assert part.x == pytest.approx(rest.x + rest.width)
    assert faults(card) == ()


def test_segments_made_by_another_rule_are_not_published(tmp_path):
    own = drawn(tmp_path, 'form = "segments"')
    assert words(own, "value") == ["17%", "52%", "31%"]
    other = drawn(tmp_path, 'form = "segments"\nrule = "any_poor"')
    assert words(other, "value") == ["n/p"] * 3
    assert not of(other, Rect, "part")
    assert other.table[["value", "n"]].isna().all(axis=None)
    assert faults(other) == ()
    lanes = drawn(tmp_path, f'{LANES}rule = "any_poor"')
    assert lanes.table["value"].isna().all()
    assert notes(lanes)["Letters"].startswith("No difference was tested.")
    assert faults(lanes) == ()


# --- illustrative figures --------------------------------------------------------------------------------


def test_a_matrix_of_cells_that_were_never_published_is_tagged(tmp_path):
    card = drawn(tmp_path, 'form = "matrix"')
    assert words(card, "tag") == ["ILLUSTRATIVE: NUMBERS OF SYNTHETIC RESPONDENTS, NOT PUBLISHED"]
    assert "not published" in card.alt_long
    assert "no report has published" in notes(card)["Illustrative"]
    assert not card.table["published"].any()
    assert faults(card) == ()


@pytest.mark.parametrize("body", [BARRIERS, LANES, PAIRS, STACK])
def test_an_illustrative_figure_shows_the_rest_under_a_tag(tmp_path, body):
    card = drawn(tmp_path, body + ILLUSTRATIVE)
    assert len(words(card, "tag")) == 1
    assert "n/p" not in words(card, "value") + words(card, "gap")
    assert "Other barrier" not in " ".join(words(card, "row label"))
    values = card.table[["a", "b"]] if "a" in card.table else card.table[["value"]]
    rest = card.table["level"].eq(REST) if "level" in card.table else np.zeros(len(card.table), dtype=bool)
    assert values[~rest].notna().all(axis=None)
    assert faults(card) == ()


def test_an_untagged_figure_has_no_tag(tmp_path):
    for body in EVERY:
        assert not words(drawn(tmp_path, body), "tag")


def test_only_synthetic_studies_have_illustrative_figures(tmp_path):
    real = TOML.replace("synthetic = true", "synthetic = false")
    with pytest.raises(cx.CxSurveyError, match="'illustrative' is for a study with synthetic = true"):
        study_in(tmp_path, figure(BARRIERS + ILLUSTRATIVE), toml=real)


# --- what is published -----------------------------------------------------------------------------------


def test_without_claims_or_with_real_respondents_nothing_is_withheld(tmp_path):
    free = drawn(tmp_path / "free", BARRIERS, claims=None)
    assert "n/p" not in words(free, "value")
    assert len(of(free, Rect, "bar")) == 5
    assert notes(free)["Illustrative"].startswith("The respondents are synthetic. ")
    real = drawn(tmp_path / "real", BARRIERS, toml=TOML.replace("synthetic = true", "synthetic = false"))
    assert len(of(real, Rect, "bar")) == 5


def test_respondents_who_give_another_number_are_refused(tmp_path):
    frame = responses(silos=(103, 96, 20))
    with pytest.raises(cx.CxSurveyError, match="not-as-printed") as raised:
        drawn(tmp_path, BARRIERS, frame=frame)
    assert "claim 'silos'" in raised.value.where
    assert raised.value.got == "54.75%"


def test_a_number_that_respondents_need_not_give_is_shown_only_if_they_do(tmp_path):
    loose = CLAIMS.replace("qualifier,base\n", "qualifier,base,calibrate,note\n", 1)
    lines = [loose.splitlines()[0], *(f"{line},yes," for line in loose.splitlines()[1:])]
    lines[1] = lines[1].replace(",yes,", ",no,contradicted")
    claims = "\n".join(lines) + "\n"
    assert words(drawn(tmp_path / "a", BARRIERS, claims=claims), "value")[0] == "53%"
    other = drawn(tmp_path / "b", BARRIERS, claims=claims, frame=responses(silos=(103, 96, 20)))
    assert words(other, "value") == ["n/p"] * 3


def test_a_net_of_one_answer_and_a_group_of_one_answer_are_that_answer(tmp_path):
    cells = published_cells(study_in(tmp_path, ""))
    assert cells.claim("owner", "one").id == "single"
    assert cells.claim("barriers", "silos", group_by="ownership", group="spread").id == "silos.spread"
    assert cells.claim("barriers", "silos", group_by="owner", group="one").id == "silos.central"
    assert cells.claim("barriers", "silos", group_by="owner", group="total").id == "silos"
    assert cells.claim("barriers", "vision") is None  # named without a number
    assert cells.claim("barriers", "owner", group_by="segment", group="laggard") is None  # "nearly 40%"
    assert cells.claim("finance", "any") is None
    assert cells.claim("owner", "many") is None  # what is left of 100% is not printed


def test_tiers_are_what_the_report_orders(tmp_path):
    cells = published_cells(study_in(tmp_path, ""))
    items = tuple("abcdef")
    assert printed_tiers(cells, "spending", items) == (("a", "b", "c"), ("d", "e", "f"))
    assert printed_tiers(cells, "priority", items) == (items,)
    ranked = CLAIMS.replace("hr.any", "first,rank,First,priority,e,,,1,,\nhr.any")
    cells = published_cells(study_in(tmp_path, "", claims=ranked))
    assert printed_tiers(cells, "priority", items) == (("e",), ("a", "b", "c", "d", "f"))


def test_a_figure_of_answers_that_the_report_does_not_name_is_refused(tmp_path):
    with pytest.raises(cx.CxSurveyError, match="figure-unnamed"):
        drawn(tmp_path, 'form = "ranked"\nquestion = "lost"')


def test_a_pack_holds_no_number_that_is_not_published(tmp_path):
    study = study_in(tmp_path / "study", "".join(figure(body, place) for place, body in enumerate(EVERY, 1)))
    cx.figures(study, to=tmp_path / "pack")
    data = {path.name: path.read_text() for path in (tmp_path / "pack" / "data").iterdir()}
    for text in data.values():
        for line in text.splitlines()[1:]:
            assert "Other barrier" not in line
            if line.endswith("not_published,False"):
                assert re.search(r",,\d+,,,,+not_published,False$", line)  # a base, and nothing else


def test_the_methodology_says_what_calibrated_respondents_are(tmp_path):
    made = methodology(study_in(tmp_path / "a", figure(BARRIERS))).more[-1]
    assert made.heading == "Synthetic data"
    assert "calibrated to a published report" in made.paragraphs[1]
    assert len(methodology(study_in(tmp_path / "b", figure(BARRIERS), claims=None)).more[-1].paragraphs) == 1


# --- what rounding leaves open -----------------------------------------------------------------------------


def test_the_p_value_at_its_worst_is_the_largest_of_all_whole_counts():
    a, b = (Claim(name, "", "share", "states", value=Fraction(value)) for name, value in (("a", 60), ("b", 47)))
    every = [
        two_proportion_z(x, 172, y, 204).p_value
        for x in range(173)
        for y in range(205)
        if 59.5 <= 100 * x / 172 <= 60.5 and 46.5 <= 100 * y / 204 <= 47.5
    ]
    assert len(every) > 2
    assert least_favourable_p(a, b, 172, 204) == pytest.approx(float(max(every)), rel=1e-12)
    assert least_favourable_p(b, a, 204, 172) == pytest.approx(float(max(every)), rel=1e-12)


def test_the_p_value_at_its_worst_is_defined_everywhere():
    a, b, half = (Claim("a", "", "share", "states", value=Fraction(value)) for value in (17, 18, 50))
    assert least_favourable_p(a, a, 100, 300) == 1
    assert least_favourable_p(a, b, 1000, 1000) == 1, "16.5 to 17.5% and 17.5 to 18.5% can both be 17.5%"
    assert np.isnan(least_favourable_p(half, a, 3, 100)), "no whole count of 3 prints as 50%"
    every = replace(half, value=Fraction(100), qualifier="every")
    assert least_favourable_p(every, every, 10, 20) == 1
    assert least_favourable_p(every, half, 100, 100) < 1e-9


def test_a_gap_that_rounding_can_undo_is_not_significant(tmp_path):
    """60% of 172 v 50% of 204: p = .034 at 104 and 101 respondents, .069 at 103 and 103, which print alike."""
    found = {}
    for value, counts in ((50, (104, 101, 7)), (49, (103, 100, 9))):
        assert two_proportion_z(counts[0], 172, counts[1], 204).p_value < 0.05
        claims = CLAIMS.replace("owner=many,,47", f"owner=many,,{value}")
        card = drawn(tmp_path / str(value), PAIRS, claims=claims, frame=responses(silos=counts))
        found[value] = row(card, "Silos")["significant"]
        opening = "None of the gaps tested is" if value == 50 else "All gaps tested are"
        assert f"{opening} significant at 5%" in notes(card)["Gap"]
    assert found == {50: False, 49: True}


def test_words_about_all_gaps_are_of_the_worst_rounding(tmp_path):
    assert "at the least favourable rounding" in notes(drawn(tmp_path, PAIRS))["Gap"]


def test_no_base_stands_beside_printed_values_where_the_report_gives_none(tmp_path):
    for body, columns in ((PAIRS, ["n_a", "n_b"]), (LANES, ["n"])):
        with_bases = drawn(tmp_path / f"{columns[0]}1", body)
        assert any("n=" in word for word in chart_words(with_bases))
        card = drawn(tmp_path / f"{columns[0]}2", body, claims=WITHOUT_BASES)
        assert card.table[columns].isna().all(axis=None)
        assert not any("n=" in word for word in chart_words(card))
        assert faults(card) == ()


def chart_words(card):
    """All words but those of the notes."""
    return [op.text for op in card.ops if isinstance(op, Text) and not op.role.startswith("note")]
