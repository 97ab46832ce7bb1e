"""Small bases, numbers without an end, and what the reasons say of bases and overlaps."""

from __future__ import annotations

import io
import json
import math
from fractions import Fraction

import numpy as np
import pytest
from audit_claims import CODEBOOK, claims_of, compared, share, two, verdict

import cxsurvey as cx
from cxsurvey.display.audit_text import audit_text
from cxsurvey.numerics.classic.contingency import mcnemar
from cxsurvey.numerics.classic.exact_tests import binomial_test, fisher_2x2
from cxsurvey.numerics.comparisons.small_counts import binomial_p, fisher_p
from cxsurvey.published.claims.file import parse_claims
from cxsurvey.published.claims.records import Claim
from cxsurvey.published.claims.wordings import zone

OVER_HALF = {"id": "it", "kind": "threshold", "question": "q", "response": "yes", "value": "50"}


@pytest.mark.parametrize(
    ("base", "exact"),
    [(2, 1 / 3), (3, 0.1)],  # 2 / C(4, 2) and 2 / C(6, 3): both tables with everybody on one side
)
def test_two_tiny_groups_have_fishers_p(base, exact):
    found = two("100", base, "0", base)
    assert found.p_value == pytest.approx(exact)
    assert found.test == "Fisher's exact test of two groups"
    assert found.verdict == "sample_only"
    assert f"Small base (n {base})." in found.reason
    assert two("100", 40, "0", 40).test == "pooled z test of two groups"


def test_a_share_of_four_has_the_binomial_p():
    found = verdict(share("all", "100", 4), OVER_HALF | {"qualifier": "more_than"})
    assert found.p_value == pytest.approx(0.125)  # 2 / 2^4
    assert "binomial" in found.test
    assert found.verdict == "sample_only"


def test_four_who_differ_have_mcnemars_exact_p():
    rows = (
        share("all", "100", 4, question="owner", response="one"),
        share("all", "0", 4, question="owner", response="several"),
        compared("all", "all", question="owner", response="one", versus_response="several"),
    )
    found = verdict(*rows, codebook=CODEBOOK)
    assert found.p_value == pytest.approx(0.125)
    assert found.test.startswith("exact McNemar")


def test_a_part_of_one_has_fishers_p():
    found = verdict(share("g=a", "100", 1), share("all", "10", 100), compared("g=a", "all"))
    assert found.p_value == pytest.approx(0.1)
    assert found.test == "Fisher's exact test of a part against the rest of its whole"


def test_a_ratio_of_tiny_groups_is_no_firmer_than_their_difference():
    found = two("100", 2, "0", 2, kind="ratio", value="2", qualifier="more_than")
    assert found.verdict == "sample_only"
    assert "Fisher's exact test where few are expected" in found.test


def test_arrays_of_exact_tests_agree_with_the_tests_of_one_table():
    generator = np.random.default_rng(3)
    tables = generator.integers(0, 12, size=(80, 4)) + np.array([0, 1, 0, 1])
    n = tables[:, [1, 3]] + tables[:, [0, 2]]
    made = fisher_p(tables[:, 0], n[:, 0], tables[:, 2], n[:, 1])
    expected = [fisher_2x2([[a, b], [c, d]]).p_value for a, b, c, d in tables.tolist()]
    assert made == pytest.approx(expected, abs=1e-9)
    of = binomial_p(tables[:, 0], n[:, 0], 0.3)
    assert of == pytest.approx(
        [binomial_test(x, m, 0.3).p_value for x, m in zip(tables[:, 0], n[:, 0], strict=True)], abs=1e-9
    )
    even = binomial_p(tables[:, 0], n[:, 0], 0.5)
    exact = [mcnemar(a, b, exact=True).p_value for a, b in tables[:, :2].tolist()]
    assert even == pytest.approx(exact, abs=1e-9)


def test_the_correction_is_made_at_the_worst_rounding_as_well():
    rows = [
        share("g=a", "41", 240, question="s"),
        share("g=b", "31", 230, question="s"),
        share("g=a", "42", 185, question="d"),
        share("g=b", "34", 338, question="d"),
        compared("g=a", "g=b", question="d") | {"id": "other"},
    ]
    asked = compared("g=a", "g=b", question="s")
    audit = cx.audit(claims_of(*rows, asked))
    found = audit.finding("it")
    assert found.p_high < 0.05
    assert found.p_adjusted == pytest.approx(2 * found.p_value)
    assert found.p_adjusted < 0.05 < found.p_adjusted_high == pytest.approx(2 * found.p_high)
    assert found.verdict == "not_after_correction"
    assert "under some roundings" in found.reason
    assert "at most)" in audit_text(audit)
    assert cx.audit(claims_of(*rows, asked), adjust="none").finding("it").verdict == "supported"
    assert audit.frame["p_adjusted_high"].notna().sum() == 2


def rank(place, *shares, **more):
    rows = [
        share("all", value, 1000, question="tools", response=code)
        for code, value in zip("abc", shares, strict=True)
        if value
    ]
    asked = {"id": "it", "kind": "rank", "question": "tools", "response": "a", "value": str(place), **more}
    return verdict(*rows, asked, codebook=CODEBOOK)


def test_rivals_that_are_not_printed_can_be_ahead():
    assert rank(2, "50", "20", "").verdict == "untestable"  # c may lead
    assert rank(2, "50", "70", "").verdict == "untestable"
    assert (
        rank(3, "50", "20", "").verdict == "not_supported"
    )  # one that leads is not enough for the third place
    assert rank(3, "50", "70", "").verdict == "untestable"
    assert rank(1, "50", "70", "").verdict == "not_supported"
    assert rank(2, "50", "20", "10").verdict == "not_supported"


@pytest.mark.parametrize("value", ["1/3", "1/20", "2/3"])
def test_a_multiple_written_as_a_fraction_means_a_tenth_either_way(value):
    found = zone(
        Claim("a", "So often", "ratio", "multiple", value=Fraction(value), printed=value, qualifier="exact")
    )
    assert (found.low, found.high) == (Fraction(value) * 9 / 10, Fraction(value) * 11 / 10)
    assert two("1", 1000, "50", 1000, kind="ratio", value=value, qualifier="exact").verdict != "supported"


def alike(a, b, base, **options):
    rows = (share("g=a", a, base), share("g=b", b, base), compared("g=a", "g=b", kind="no_difference"))
    return verdict(*rows, **options)


def test_no_difference_fails_step_by_step():
    order = ["supported", "sample_only", "depends_on_rounding", "not_supported"]
    for base in (100, 200, 400):
        verdicts = [order.index(alike(str(53 + gap), "53", base).verdict) for gap in range(40)]
        assert verdicts[-1] == 3
        failed = [step for step, place in enumerate(verdicts) if place == 3]
        assert failed == list(range(failed[0], 40))
    inside = alike("57", "53", 60)
    assert (inside.verdict, "not shown to be alike" in inside.reason) == ("sample_only", True)
    outside = alike("68", "53", 60)
    assert (outside.verdict, "can be chance" in outside.reason) == ("not_supported", True)
    some = alike("60", "53", 330)
    assert some.verdict in {"depends_on_rounding", "sample_only"}


def test_what_is_set_aside_feeds_no_test():
    aside = share("g=a", "90", 185, calibrate="no", note="Misprinted")
    rows = (share("g=a", "25", 185), share("g=b", "10", 338), compared("g=a", "g=b"))
    assert verdict(aside, *rows).estimate_a == pytest.approx(46 / 185)
    assert verdict(aside, *rows[1:]).estimate_a > 0.85
    size = share("all", "20", 1000, question="g", response="a")
    bare = (size, share("g=a", "25"), share("g=b", "10", 338), compared("g=a", "g=b"))
    wrong = size | {"value": "60", "calibrate": "no", "note": "Misprinted"}
    assert verdict(wrong, *bare).n_a == 200


def test_the_other_way_only_where_no_rounding_goes_the_claimed_way():
    open_ = two("32.9", 1000, "33", 1000)
    assert "other way" not in open_.reason
    assert "do not tell" in open_.reason
    assert "other way" in two("32.4", 1000, "33", 1000).reason
    bare = verdict(share("g=a", "32.9"), share("g=b", "33"), compared("g=a", "g=b"))
    assert bare.verdict == "untestable"
    assert verdict(share("g=a", "33"), share("g=b", "33"), compared("g=a", "g=b")).reason.endswith("equal.")


def test_the_break_even_is_that_of_the_weakest_pair():
    rows = [
        share("all", value, question="tools", response=code)
        for code, value in (("a", "56"), ("b", "40"), ("c", "49"))
    ]
    asked = {"id": "it", "kind": "rank", "question": "tools", "response": "a", "value": "1"}
    found = verdict(*rows, asked, codebook=CODEBOOK)
    assert found.reason.startswith("Weakest of 2 comparisons: ")
    assert "49%" in found.reason
    assert "least favourable overlap" in found.reason


def test_people_asked_apart_and_shares_without_a_ratio_have_words_of_their_own():
    apart = verdict(
        share("all", "60", 500, question="tools", response="a"),
        share("all", "40", 1000, question="later", response="a"),
        compared("all", "all", question="tools", response="a", versus_question="later"),
    )
    assert "asked of different numbers of respondents" in apart.reason
    assert "both" in apart.needed
    nobody = two("0", 100, "0", 100, kind="ratio", value="2", qualifier="more_than")
    assert (nobody.verdict, "no ratio" in nobody.reason) == ("untestable", True)
    whole = verdict(share("g=a", "50", 100), share("all", "40", 100), compared("g=a", "all"))
    assert "as large as its whole" in whole.reason
    for found in (apart, nobody, whole):
        assert not math.isinf(found.estimate)


def test_the_pair_that_does_not_lead_is_reported_and_not_called_significant():
    rows = (share("g=a", "33", 30), share("g=b", "33", 900), share("g=c", "30", 900))
    found = verdict(*rows, compared("g=a", "g=b|c"))
    assert found.verdict == "not_supported"
    assert "33% v b 33%: printed as equal" in found.reason
    assert "called significant" not in found.reason


def test_numbers_without_an_end_are_missing():
    found = two("25", 185, "0", 338, kind="ratio", value="2", qualifier="more_than")
    assert found.verdict == "supported"
    assert (math.isnan(found.estimate), math.isnan(found.conf_high)) == (True, True)
    assert found.conf_low > 2
    assert "nobody in b gave it, so the ratio has no upper end; at least" in found.reason
    some = verdict(share("all", "5", 1091), OVER_HALF | {"value": "0", "qualifier": "more_than"})
    assert (some.verdict, math.isnan(some.design_effect), math.isnan(some.statistic)) == (
        "supported",
        True,
        True,
    )
    audit = cx.audit(
        claims_of(
            share("g=a", "25", 185),
            share("g=b", "0", 338),
            compared("g=a", "g=b", kind="ratio", value="2", qualifier="more_than"),
        )
    )
    assert "nfinity" not in audit.frame.to_json()
    text = io.StringIO()
    audit.frame.to_csv(text)
    assert "inf" not in text.getvalue().replace("information", "")
    assert json.loads(audit.frame.to_json())["estimate"]["2"] is None


def test_no_design_effect_where_the_verdict_is_about_the_size():
    found = two("39", 185, "20", 338, kind="ratio", value="2", qualifier="nearly")
    assert (found.verdict, math.isnan(found.design_effect)) == ("depends_on_rounding", True)
    assert "from 1.8 to just under 2" in found.reason
    assert two("57", 185, "30", 338, kind="ratio", value="2", qualifier="nearly").design_effect > 1


def test_whole_counts_decide_nearly_all():
    rough = {"id": "it", **share("all", "100", qualifier="nearly")}
    assert verdict(share("all", "100", 50), rough).verdict == "not_supported"  # 50 of 50
    assert verdict(share("all", "100", 1000), rough).verdict == "depends_on_rounding"


def test_a_threshold_that_is_printed_is_not_passed():
    found = verdict(share("all", "50", 1000), OVER_HALF | {"qualifier": "more_than"})
    assert found.verdict == "not_supported"
    assert "printed as equal" in found.reason


def test_a_base_of_another_question_is_named():
    rows = (share("all", "60", 500, question="tools", response="a"), share("all", "55") | {"id": "own"})
    found = verdict(*rows, OVER_HALF | {"qualifier": "more_than"})
    assert found.n_a == 500
    assert "Base taken from r0." in found.reason
    assert "Base taken" not in verdict(rows[0] | {"question": "q", "response": "no"}, rows[1], OVER_HALF).reason


@pytest.mark.parametrize("aside", [False, True])
def test_a_comparison_on_a_share_printed_twice_cannot_be_tested(aside):
    """Whichever row stands first; unless the claims file sets one of the two numbers aside."""
    rows = [
        "one,share,S,q,r,g=a,,45,400,yes,",
        f"two,share,S,q,r,g=a,,60,400,{'no' if aside else 'yes'},why",
        "b,share,S,q,r,g=b,,40,400,yes,",
        "c,comparison,S,q,r,g=a,g=b,,,yes,",
    ]
    head = "id,kind,statement,question,response,group,versus_group,value,base,calibrate,note"
    for order in (rows, [rows[1], rows[0], *rows[2:]]):
        found = cx.audit(parse_claims("\n".join([head, *order]))).finding("c")
        if aside:
            assert (found.verdict, round(found.estimate_a, 2)) == ("sample_only", 0.45)
        else:
            assert found.verdict == "untestable"
            assert "printed twice, with different numbers" in found.reason
            assert {"(one)", "(two)"} <= set(found.reason.replace(",", " ").replace(".", " ").split())
