"""Verdicts: each kind of claim, each rung of the ladder, and what is needed where nothing can be tested."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from audit_claims import CODEBOOK, claims_of, compared, share, two, verdict

import cxsurvey as cx
from cxsurvey.errors import ClaimsError, RequestError
from cxsurvey.numerics.tables.inference import two_proportion_z
from cxsurvey.published.audit.verdicts import AUDIT_COLUMNS, VERDICT_WORDS, VERDICTS


def test_a_supported_comparison_has_all_its_numbers():
    found = two("25", 185, "10", 338)
    assert found.verdict == "supported"
    assert (found.n_a, found.n_b) == (185, 338)
    assert (found.estimate_a, found.estimate_b) == (46 / 185, 34 / 338)
    assert found.estimate == pytest.approx(46 / 185 - 34 / 338)
    expected = two_proportion_z(46, 185, 34, 338)
    assert found.statistic == pytest.approx(float(expected.statistic))
    assert found.p_value == pytest.approx(float(expected.p_value)) == found.p_adjusted
    assert found.design_effect == pytest.approx((found.statistic / 1.959964) ** 2, rel=1e-5)
    assert found.p_low <= found.p_value <= found.p_high < 0.05
    assert found.conf_low < found.estimate < found.conf_high
    assert "25%" in found.reason
    assert "15 points" in found.reason


@pytest.mark.parametrize(
    ("value_a", "value_b", "more", "expected"),
    [
        ("25", "10", {}, "supported"),
        ("42", "33", {}, "depends_on_rounding"),
        ("41", "33", {}, "sample_only"),
        ("35", "33", {}, "sample_only"),
        ("35", "33", {"wording": "significantly_more"}, "not_supported"),
        ("33", "35", {}, "not_supported"),
        ("33", "33", {}, "not_supported"),
        ("10", "25", {}, "not_supported"),
        ("10", "25", {"qualifier": "less"}, "supported"),
        ("33", "35", {"qualifier": "less"}, "sample_only"),
    ],
)
def test_the_rungs_of_the_ladder(value_a, value_b, more, expected):
    assert two(value_a, 185, value_b, 338, **more).verdict == expected


def test_a_base_that_is_a_range_can_decide():
    assert two("40", 200, "30", 200).verdict == "depends_on_rounding"
    assert two("40", 250, "30", 250).verdict == "supported"
    assert two("40", 250, "30", 250, low_a="90", high_a="250").verdict == "depends_on_rounding"
    assert two("40", 90, "30", 90).verdict == "sample_only"


def test_correction_can_take_a_comparison_away_and_counts_each_once():
    pairs = [
        row
        for number in range(10)
        for row in (
            share("g=a", "40", 250, question=f"q{number}"),
            share("g=b", "31", 250, question=f"q{number}"),
            compared("g=a", "g=b", question=f"q{number}") | {"id": f"c{number}"},
        )
    ]
    first = compared("g=b", "g=a", question="q0", qualifier="less") | {"id": "it"}
    alone = verdict(*pairs[:2], first)
    assert alone.verdict in {"supported", "depends_on_rounding"}
    firm = [row | {"value": "42"} if row.get("group") == "g=a" and "value" in row else row for row in pairs]
    audit = cx.audit(claims_of(*firm, first))
    assert audit.family == 10
    found = audit.finding("it")
    assert found.verdict == "not_after_correction"
    assert found.p_value < 0.05 < found.p_adjusted == pytest.approx(10 * found.p_value)
    assert "Holm" in found.reason
    uncorrected = cx.audit(claims_of(*firm, first), adjust="none").finding("it")
    assert (uncorrected.verdict, uncorrected.p_adjusted) == ("supported", uncorrected.p_value)


def test_the_weakest_of_several_pairs_speaks_for_the_claim():
    rows = [
        share("g=a", "41", 185),
        share("g=b", "33", 567),
        share("g=c", "20", 338),
        compared("g=a", "g=b|c"),
    ]
    found = verdict(*rows)
    assert str(found.pair[1].group) == "g=b"
    assert "Weakest of 2" in found.reason
    assert found.p_value == pytest.approx(two("41", 185, "33", 567).p_value)
    assert (
        verdict(*rows[:3], compared("g=a", "g=b")).p_value > verdict(*rows[:3], compared("g=a", "g=c")).p_value
    )


def test_a_part_against_its_whole_takes_the_overlap_into_account():
    rows = (share("g=a", "50", 100), share("all", "40", 300))
    to_all = verdict(*rows, compared("g=a", "all"))
    to_rest = verdict(*rows, compared("g=a", "rest"))
    assert to_all.statistic == to_rest.statistic == pytest.approx(2.5)
    assert (to_all.estimate, to_all.estimate_b, to_all.n_b) == (pytest.approx(0.1), pytest.approx(0.4), 300)
    assert (to_rest.estimate, to_rest.estimate_b, to_rest.n_b) == (pytest.approx(0.15), 0.35, 200)
    assert to_all.conf_low == pytest.approx(to_rest.conf_low * 2 / 3)
    seen = verdict(*rows, compared("all", "g=a", qualifier="less"))
    assert (seen.statistic, seen.verdict) == (pytest.approx(-2.5), to_all.verdict)


def test_groups_of_different_names_are_crossed():
    found = verdict(share("g=a", "50", 100), share("h=b", "20", 100), compared("g=a", "h=b"))
    assert found.verdict == "untestable"
    assert "in both" in found.needed
    assert found.estimate == pytest.approx(0.3)


def test_a_codebook_tells_which_groups_exclude_one_another():
    multi = (
        share("tools=a", "50", 100, question="owner", response="one"),
        share("tools=b", "20", 100, question="owner", response="one"),
        compared("tools=a", "tools=b", question="owner", response="one"),
    )
    assert verdict(*multi).verdict == "supported"
    assert verdict(*multi, codebook=CODEBOOK).verdict == "untestable"
    same_question = (
        share("side=centre", "50", 100, question="tools", response="a"),
        share("owner=several", "20", 100, question="tools", response="a"),
        compared("side=centre", "owner=several", question="tools", response="a"),
    )
    assert verdict(*same_question, codebook=CODEBOOK).verdict == "supported"
    nested = (
        share("side=centre", "50", 100, question="tools", response="a"),
        share("side=any", "40", 300, question="tools", response="a"),
        compared("side=centre", "side=any", question="tools", response="a"),
    )
    assert verdict(*nested, codebook=CODEBOOK).statistic == pytest.approx(2.5)


def test_answers_of_one_question_that_exclude_one_another_do_not_overlap():
    rows = (
        share("all", "40", 200, question="owner", response="one"),
        share("all", "30", 200, question="owner", response="several"),
        compared("all", "all", question="owner", response="one", versus_response="several"),
    )
    known, unknown = verdict(*rows, codebook=CODEBOOK), verdict(*rows)
    assert known.statistic == pytest.approx((80 - 60) / math.sqrt(140))
    assert known.statistic == pytest.approx(unknown.statistic)  # no overlap is the least favourable one
    assert known.p_low > unknown.p_low
    assert unknown.verdict == "depends_on_rounding"
    assert "both answers" in unknown.needed
    assert known.verdict == "sample_only"


def test_a_net_contains_its_parts_and_everyone_is_nested():
    net = (
        share("all", "60", 200, question="owner", response="somebody"),
        share("all", "50", 200, question="owner", response="one"),
        compared("all", "all", question="owner", response="somebody", versus_response="one"),
    )
    assert verdict(*net, codebook=CODEBOOK).statistic == pytest.approx(math.sqrt(20))
    trend = (
        share("all", "45", 200, question="later", response="a"),
        share("all", "40", 200, question="tools", response="a"),
        {
            "id": "it",
            "kind": "trend",
            "question": "later",
            "response": "a",
            "versus_question": "tools",
        },
    )
    free = verdict(*trend, codebook=CODEBOOK)
    assert free.verdict == "depends_on_rounding"
    everyone = share("tools=a", "", "", question="later", response="a", qualifier="every")
    tied = verdict(*trend, everyone, codebook=CODEBOOK)
    assert tied.statistic == pytest.approx(math.sqrt(10))
    assert tied.verdict == "supported"


def test_shares_that_contradict_what_is_known_cannot_be_tested():
    trend = (
        share("all", "30", 200, question="later", response="a"),
        share("all", "40", 200, question="tools", response="a"),
        share("tools=a", "", "", question="later", response="a", qualifier="every"),
        compared("all", "", kind="trend", question="later", response="a", versus_question="tools"),
    )
    found = verdict(*trend, codebook=CODEBOOK)
    assert found.verdict == "not_supported"  # it says that it grew
    turned = verdict(*trend[:3], trend[3] | {"qualifier": "less"}, codebook=CODEBOOK)
    assert turned.verdict == "untestable"
    assert "contradict" in turned.reason


def test_missing_percentages_and_bases_are_named():
    neither = verdict(compared("g=a", "g=b"))
    assert (neither.verdict, neither.estimate_a) == ("untestable", pytest.approx(math.nan, nan_ok=True))
    assert neither.needed == "the percentage 'q: yes' among a; the percentage 'q: yes' among b"
    one = verdict(share("g=a", "50", 100), compared("g=a", "g=b"))
    assert "Only one side" in one.reason
    assert one.needed == "the percentage 'q: yes' among b"
    both = verdict(share("g=a", "91"), share("g=b", "75"), compared("g=a", "g=b"))
    assert both.needed == "the base of a; the base of b"
    assert "43" in both.reason  # 43 in each group as printed, 49 at the worst rounding
    assert "49" in both.reason
    half = verdict(share("g=a", "91"), share("g=b", "75", 135), compared("g=a", "g=b"))
    assert half.needed == "the base of a"
    assert half.estimate == pytest.approx(0.16)
    assert "significant from" in half.reason


def test_the_break_even_is_where_significance_begins():
    least = 43
    z = two_proportion_z(
        [0.91 * least, 0.91 * (least - 1)],
        [least, least - 1],
        *([0.75 * least, 0.75 * (least - 1)], [least, least - 1]),
    )
    assert z.p_value[0] < 0.05 < z.p_value[1]


def test_printed_shares_that_run_the_other_way_need_no_base():
    found = verdict(share("g=a", "40"), share("g=b", "75"), compared("g=a", "g=b"))
    assert (found.verdict, found.test) == ("not_supported", "")


def test_every_other_one():
    rows = (
        share("all", "50", 400, question="owner", response="one"),
        share("all", "30", 400, question="owner", response="several"),
        {"id": "it", "kind": "rank", "question": "owner", "response": "one", "value": "1"},
    )
    partly = verdict(*rows, codebook=CODEBOOK)
    assert partly.verdict == "untestable"
    assert "1 of 2" in partly.reason
    assert partly.needed == "the percentage 'Who owns it?: nobody' among all respondents"
    last = share("all", "10", 400, question="owner", response="nobody")
    assert verdict(*rows, last, codebook=CODEBOOK).verdict == "supported"
    assert verdict(*rows, last).verdict == "untestable"  # nothing says that there are no others
    second = rows[2] | {"response": "several", "value": "2"}
    assert verdict(*rows[:2], last, second, codebook=CODEBOOK).verdict == "supported"
    assert verdict(*rows[:2], last, second | {"value": "1"}, codebook=CODEBOOK).verdict == "not_supported"


@pytest.mark.parametrize(
    ("value_a", "value_b", "value", "qualifier", "expected"),
    [
        ("25", "10", "2", "more_than", "sample_only"),
        ("45", "10", "2", "more_than", "supported"),
        ("17", "10", "2", "more_than", "not_supported"),
        ("30", "10", "2", "more_than", "depends_on_rounding"),
        ("25", "10", "3.7", "less_than", "depends_on_rounding"),
        ("25", "10", "5", "less_than", "supported"),
        ("18", "10", "2", "nearly", "depends_on_rounding"),
        ("39", "20", "2", "nearly", "depends_on_rounding"),
        ("57", "30", "2", "nearly", "supported"),
        ("50", "10", "2", "about", "not_supported"),
        ("20", "10", "2", "exact", "sample_only"),
        ("25", "0", "2", "more_than", "supported"),
    ],
)
def test_ratios(value_a, value_b, value, qualifier, expected):
    found = two(value_a, 185, value_b, 338, kind="ratio", value=value, qualifier=qualifier)
    assert found.verdict == expected
    assert math.isnan(found.p_adjusted)
    if value_b != "0":
        assert found.conf_low <= found.estimate <= found.conf_high


def test_a_ratio_that_holds_roughly_must_also_differ():
    assert two("20", 30, "10", 30, kind="ratio", value="2", qualifier="about").verdict in {
        "sample_only",
        "depends_on_rounding",
    }


def test_a_ratio_to_the_whole_is_printed_and_tested_against_the_rest():
    rows = (share("g=a", "61", 82), share("all", "34", 1091))
    nearly = {"kind": "ratio", "value": "2", "qualifier": "nearly"}
    to_all = verdict(*rows, compared("g=a", "all", **nearly))
    assert to_all.estimate == pytest.approx((50 / 82) / (371 / 1091))
    assert "1.92 times the rest" in to_all.reason
    assert to_all.verdict == "depends_on_rounding"
    to_rest = verdict(*rows, compared("g=a", "rest", **nearly))
    assert to_rest.estimate == pytest.approx((50 / 82) / (321 / 1009))
    assert to_rest.verdict == "supported"
    assert to_all.conf_low < to_rest.conf_low
    turned = verdict(*rows, compared("all", "g=a", kind="ratio", value="1/2", qualifier="more_than"))
    assert turned.estimate == pytest.approx(1 / to_all.estimate)
    assert turned.conf_low == pytest.approx(1 / to_all.conf_high)


def test_ratios_of_the_same_respondents():
    rows = (
        share("all", "60", 400, question="owner", response="one"),
        share("all", "20", 400, question="owner", response="several"),
    )
    asked = compared("all", "", kind="ratio", question="owner", response="one", versus_response="several")
    assert (
        verdict(*rows, asked | {"value": "2", "qualifier": "more_than"}, codebook=CODEBOOK).verdict
        == "supported"
    )
    found = verdict(*rows, asked | {"value": "3", "qualifier": "more_than"}, codebook=CODEBOOK)
    assert found.verdict == "not_supported"  # printed as three times, not more


def test_a_ratio_without_bases_can_still_be_wrong():
    found = verdict(
        share("g=a", "91"),
        share("g=b", "75"),
        compared("g=a", "g=b", kind="ratio", value="2", qualifier="about"),
    )
    assert found.verdict == "not_supported"
    assert "1.21" in found.reason
    open_one = verdict(
        share("g=a", "91"),
        share("g=b", "45"),
        compared("g=a", "g=b", kind="ratio", value="2", qualifier="about"),
    )
    assert open_one.verdict == "untestable"
    nobody = verdict(
        share("g=a", "0", 5),
        share("g=b", "0", 5),
        compared("g=a", "g=b", kind="ratio", value="2", qualifier="about"),
    )
    assert nobody.verdict == "untestable"


@pytest.mark.parametrize(
    ("printed", "bound", "qualifier", "expected"),
    [
        ("58", "50", "more_than", "supported"),
        ("53", "50", "more_than", "depends_on_rounding"),
        ("51", "50", "more_than", "sample_only"),
        ("50", "50", "more_than", "not_supported"),
        ("50", "50", "at_least", "sample_only"),
        ("49", "50", "more_than", "not_supported"),
        ("31", "1/3", "less_than", "depends_on_rounding"),
        ("30", "1/3", "less_than", "supported"),
        ("33", "1/3", "less_than", "sample_only"),
        ("34", "1/3", "less_than", "not_supported"),
        ("5", "0", "more_than", "supported"),
    ],
)
def test_thresholds(printed, bound, qualifier, expected):
    asked = {
        "id": "it",
        "kind": "threshold",
        "question": "q",
        "response": "yes",
        "value": bound,
        "qualifier": qualifier,
    }
    found = verdict(share("all", printed, 1091), asked)
    assert found.verdict == expected
    assert math.isnan(found.p_adjusted)
    bare = verdict(share("all", printed), asked)
    assert bare.verdict in {"untestable", "not_supported"}
    assert verdict(asked).needed == "the percentage 'q: yes' among all respondents"


def test_printed_shares_are_stated_unless_they_cannot_be():
    assert verdict(share("all", "58", 1091) | {"id": "it"}).verdict == "stated"
    found = verdict(share("all", "50", 3) | {"id": "it"})
    assert found.verdict == "not_supported"
    assert "no whole count of 3" in found.reason
    assert verdict(share("all", "50", 3, base_low=3, base_high=4) | {"id": "it"}).verdict == "stated"
    assert verdict(share("all", "61.0", 82) | {"id": "it"}).verdict == "stated"
    assert verdict(share("all", "61.3", 82) | {"id": "it"}).verdict == "not_supported"
    twice = verdict(share("all", "58", 1091) | {"id": "it"}, share("all", "61", 1091))
    assert (twice.verdict, "61%" in twice.reason) == ("not_supported", True)
    assert verdict(share("all", "58", 1091) | {"id": "it"}, share("all", "58.2", 1091)).verdict == "stated"
    aside = share("all", "61", 1091) | {"id": "other", "calibrate": "no", "note": "Misprinted"}
    kept = verdict(share("all", "58", 1091) | {"id": "it"}, aside)
    assert (kept.verdict, "other, which prints 61%" in kept.reason) == ("stated", True)
    assert kept.conf_low < 0.58 < kept.conf_high
    assert verdict(aside | {"id": "it"}, share("all", "58", 1091)).verdict == "not_supported"
    assert verdict(aside | {"id": "it"}, aside | {"value": "58"}).verdict == "not_supported"
    both = verdict(share("all", "58", 1091) | {"id": "it"}, aside, share("all", "65", 1091))
    assert (both.verdict, "65%" in both.reason) == ("not_supported", True)
    bare = verdict(share("all", "58") | {"id": "it"})
    assert (bare.verdict, bare.needed) == ("stated", "the base of all respondents")
    assert math.isnan(bare.conf_low)
    named = verdict(share("all", "") | {"id": "it"})
    assert (named.verdict, named.needed) == ("untestable", "the percentage 'q: yes' among all respondents")


@pytest.mark.parametrize(
    ("value", "qualifier", "expected"),
    [
        ("60", "nearly", "stated"),
        ("70", "nearly", "not_supported"),
        ("63", "nearly", "stated"),
        ("64", "nearly", "depends_on_rounding"),
        ("65", "nearly", "not_supported"),  # 638 of 1,091 are 58.48%, below 58.5%
        ("58", "about", "stated"),
        ("50", "about", "not_supported"),
    ],
)
def test_rough_shares_are_held_against_the_exact_one(value, qualifier, expected):
    rough = share("all", value, qualifier=qualifier) | {"id": "it"}
    assert verdict(share("all", "58", 1091), rough).verdict == expected
    assert verdict(rough).verdict == "stated"


def alike(a, b, base, **options):
    rows = (share("g=a", a, base), share("g=b", b, base), compared("g=a", "g=b", kind="no_difference"))
    return verdict(*rows, **options)


def test_no_difference_needs_an_interval_within_the_margin():
    assert alike("53", "52", 1000).verdict == "supported"
    assert alike("53", "52", 60).verdict == "sample_only"
    assert alike("53", "30", 1000).verdict == "not_supported"
    assert alike("53", "47", 4000).verdict == "supported"  # differs, and by less than the margin
    assert alike("53", "47", 4000, margin=0.02).verdict == "not_supported"
    found = alike("53", "52", 1000)
    assert found.p_value < 0.001
    assert found.conf_high - found.conf_low < 2 * 1.96 * math.sqrt(2 * 0.25 / 1000)  # 90%, not 95%
    assert math.isnan(found.p_adjusted)


def test_no_difference_of_several_groups_is_every_pair():
    rows = [share(f"g={name}", "53", 1000) for name in "abc"]
    asked = {"id": "it", "kind": "no_difference", "question": "q", "response": "yes", "group": "g=a|b|c"}
    assert verdict(*rows, asked).verdict == "supported"
    assert verdict(*rows[:2], share("g=c", "20", 1000), asked).verdict == "not_supported"
    assert verdict(*rows[:2], asked).verdict == "untestable"
    assert verdict(*rows[:2], asked).needed == "the percentage 'q: yes' among c"
    whole = (share("all", "53", 1000), share("g=a", "53", 400), compared("g=a", "all", kind="no_difference"))
    assert verdict(*whole).verdict == "supported"
    within = compared(
        "all", "", kind="no_difference", question="owner", response="one", versus_response="several"
    )
    owners = [share("all", "45", 1000, question="owner", response=name) for name in ("one", "several")]
    assert verdict(*owners, within, codebook=CODEBOOK).verdict == "supported"
    assert verdict(*owners, within, codebook=CODEBOOK, margin=0.01).verdict == "sample_only"


@pytest.mark.parametrize("wording", ["describes", "cites", "causes"])
def test_statements_cannot_be_tested(wording):
    found = verdict({"id": "it", "kind": "statement", "wording": wording})
    assert found.verdict == "untestable"
    assert found.needed


def test_every_verdict_has_words_and_can_be_reached():
    assert set(VERDICT_WORDS) == set(VERDICTS)
    tight = [
        row
        for number in range(12)
        for row in (
            share("g=a", "42", 250, question=f"q{number}"),
            share("g=b", "31", 250, question=f"q{number}"),
            compared("g=a", "g=b", question=f"q{number}") | {"id": f"c{number}"},
        )
    ]
    more = [
        share("g=a", "90", 250, question="s"),
        share("g=b", "10", 250, question="s"),
        compared("g=a", "g=b", question="s") | {"id": "s"},
        share("g=a", "42", 185, question="d"),
        share("g=b", "33", 338, question="d"),
        compared("g=a", "g=b", question="d") | {"id": "d"},
        compared("g=b", "g=a", question="d") | {"id": "n"},
        share("g=a", "34", 185, question="o"),
        share("g=b", "33", 338, question="o"),
        compared("g=a", "g=b", question="o") | {"id": "o"},
        {"id": "u", "kind": "statement"},
    ]
    assert all(cx.audit(claims_of(*tight, *more)).counts.values())


def test_an_audit_is_a_table_in_the_order_of_the_claims():
    audit = cx.audit(claims_of(share("g=a", "25", 185), share("g=b", "10", 338), compared("g=a", "g=b")))
    frame = audit.frame
    assert tuple(frame.columns) == AUDIT_COLUMNS
    assert frame["claim"].tolist() == ["r0", "r1", "it"]
    assert frame["base_a"].tolist() == [185, 338, 185]
    assert pd.isna(frame.loc[0, "p_value"])
    assert repr(audit).startswith("Audit of claims.csv: 3 claims, 1 tested at 95%; one comparison tested")
    assert "<table" in audit._repr_html_()
    with pytest.raises(RequestError, match="unknown-claim"):
        audit.finding("nothing")
    assert len(audit) == 3


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"level": 95}, "not-a-fraction"),
        ({"level": 0.4}, "level-too-low"),
        ({"margin": 0}, "not-a-fraction"),
        ({"adjust": "sidak"}, "unknown-option"),
    ],
)
def test_options_are_checked(options, code):
    with pytest.raises(RequestError) as caught:
        cx.audit(claims_of(share("all", "58", 1091)), **options)
    assert caught.value.code == code


def test_a_claims_file_is_audited_by_its_path(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text("id,kind,statement,question,response,base,value\na,share,Most,q,yes,400,58\n")
    assert cx.audit(path).counts["stated"] == 1
    with pytest.raises(ClaimsError):
        cx.audit(tmp_path / "absent.csv")
