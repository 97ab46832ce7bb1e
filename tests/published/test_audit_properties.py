"""What holds of any printed numbers: a smaller gap or base is never firmer, and names do not matter."""

from __future__ import annotations

import math

import pytest
from audit_claims import claims_of, compared, share, two, verdict
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cxsurvey as cx
from cxsurvey.published.audit.verdicts import VERDICTS

values = st.integers(0, 100)
enough = st.integers(6, 94)  # of 100 and more: five are expected; exact p-values go in steps
sizes = st.integers(100, 900)
FIRM = ("supported", "not_after_correction")


@settings(deadline=None, max_examples=60)
@given(enough, enough, sizes, sizes, st.integers(1, 30))
def test_a_number_nearer_to_the_other_is_never_more_significant(a, b, n_a, n_b, step):
    nearer = a + min(step, b - a) if b >= a else a - min(step, a - b)
    before, after = two(str(a), n_a, str(b), n_b), two(str(nearer), n_a, str(b), n_b)
    assert after.p_value >= before.p_value - 1e-9 or math.isclose(after.p_value, before.p_value, rel_tol=1e-6)
    assert after.p_low >= before.p_low - 1e-9
    assert after.p_high >= before.p_high - 1e-9


@settings(deadline=None, max_examples=60)
@given(values, values, sizes, sizes, st.integers(2, 5), st.sampled_from(["comparison", "threshold", "ratio"]))
def test_larger_bases_never_make_a_supported_claim_fail(a, b, n_a, n_b, times, kind):
    if kind == "threshold":
        rows = [share("g=a", str(a), n_a)]
        asked = {"id": "it", "kind": kind, "question": "q", "response": "yes", "group": "g=a"}
        asked |= {"value": str(b), "qualifier": "more_than"}
    else:
        rows = [share("g=a", str(a), n_a), share("g=b", str(b), n_b)]
        asked = compared("g=a", "g=b", kind=kind)
        asked |= {"value": "1.5", "qualifier": "more_than"} if kind == "ratio" else {}
    grown = [row | {"base": row["base"] * times} for row in rows]
    if verdict(*rows, asked).verdict == "supported":
        assert verdict(*grown, asked).verdict == "supported"


@settings(deadline=None, max_examples=40)
@given(values, values, sizes, sizes, st.sampled_from(["more", "less"]))
def test_the_other_way_round_is_the_same_claim(a, b, n_a, n_b, qualifier):
    other = {"more": "less", "less": "more"}[qualifier]
    one = two(str(a), n_a, str(b), n_b, qualifier=qualifier)
    turned = two(str(b), n_b, str(a), n_a, qualifier=other)
    assert (one.verdict, one.p_value) == (turned.verdict, pytest.approx(turned.p_value))
    assert (one.p_low, one.p_high) == (pytest.approx(turned.p_low), pytest.approx(turned.p_high))
    assert one.estimate == pytest.approx(-turned.estimate)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(values, st.one_of(st.none(), sizes)), min_size=3, max_size=3), st.permutations("xyz"))
def test_names_do_not_matter(shares, names):
    def findings(*labels):
        rows = [share(f"g={label}", str(v), n or "") for label, (v, n) in zip(labels, shares, strict=True)]
        first, *others = labels
        return cx.audit(claims_of(*rows, compared(f"g={first}", f"g={'|'.join(others)}")))

    plain, renamed = findings(*"abc"), findings(*names)
    assert [item.verdict for item in plain] == [item.verdict for item in renamed]
    assert [item.p_value for item in plain] == pytest.approx([item.p_value for item in renamed], nan_ok=True)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(values, st.one_of(st.none(), st.integers(1, 300))), min_size=3, max_size=3),
    st.sampled_from(["comparison", "trend", "ratio", "threshold", "rank", "no_difference", "share"]),
    st.integers(1, 99),
    st.data(),
)
def test_no_numbers_are_too_odd(shares, kind, value, data):
    """Whatever is printed there is a verdict with a reason, and its numbers hold together."""
    groups = ("g=a", "g=b", "all")
    rows = [share(group, str(v), n or "") for group, (v, n) in zip(groups, shares, strict=True)]
    asked = {"id": "it", "kind": kind, "question": "q", "response": "yes", "group": "g=a"}
    if kind in {"comparison", "ratio", "no_difference", "trend"}:
        asked |= {"versus_group": data.draw(st.sampled_from(["g=b", "all", "rest", "g=*"]))}
    if kind in {"ratio", "threshold", "share"}:
        asked |= {"value": str(value)}
    if kind in {"ratio", "threshold"}:
        asked |= {"qualifier": data.draw(st.sampled_from(["more_than", "less_than", "at_least", "at_most"]))}
    if kind == "ratio":
        asked |= {"qualifier": data.draw(st.sampled_from(["nearly", "about", "exact", "more_than"]))}
    if kind == "share":
        asked |= {"qualifier": data.draw(st.sampled_from(["nearly", "about", "exact"]))}
    if kind == "rank":
        asked |= {"value": "1"}
    found = verdict(*rows, asked)
    assert found.verdict in VERDICTS
    assert found.reason.endswith(".")
    assert "nan" not in found.reason
    if not math.isnan(found.p_value):
        assert 0 <= found.p_low <= found.p_value + 1e-12 <= found.p_high + 2e-12 <= 1 + 3e-12
    if not math.isnan(found.conf_low) and not math.isnan(found.conf_high):  # a ratio can have no upper end
        assert found.conf_low <= found.conf_high
    if found.verdict in FIRM:
        assert found.test


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 99), sizes, st.integers(1, 99), sizes)
def test_a_wider_base_is_never_firmer(a, n_a, b, n_b):
    exact = two(str(a), n_a, str(b), n_b)
    wide = two(str(a), n_a, str(b), n_b, low_a=str(n_a - 9), high_a=str(n_a + 9))
    assume(not math.isnan(exact.p_value))
    assert wide.p_low <= exact.p_low + 1e-12
    assert wide.p_high >= exact.p_high - 1e-12
    if wide.verdict in FIRM:
        assert exact.verdict in FIRM
