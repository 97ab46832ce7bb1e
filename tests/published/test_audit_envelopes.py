"""What rounding allows: every whole count by plain enumeration, and the shortcuts where they are too many."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from audit_claims import CODEBOOK, claims_of, compared, share, verdict
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.published.audit import envelopes
from cxsurvey.published.audit.envelopes import PrintedShare, alone, apart, inside, points, together
from cxsurvey.published.audit.printed_tests import gap_evidence
from cxsurvey.published.audit.relations import Report
from cxsurvey.published.claims.records import PrintedBase


def printing(value, low, high):
    """Every count and base that prints as a whole percentage; halves may have gone either way."""
    return [
        (x, n)
        for n in range(low, high + 1)
        for x in range(n + 1)
        if abs(Fraction(100 * x, n) - value) <= Fraction(1, 2)
    ]


def p_of(z):
    return 2 * (1 - NormalDist().cdf(abs(z)))


def pooled(x, n, y, m):
    p = (x + y) / (n + m)
    return (x / n - y / m) / math.sqrt(p * (1 - p) * (1 / n + 1 / m)) if 0 < p < 1 else 0.0


def exact(x, n, y, m):
    """Fisher's two-sided p, table by table."""
    ways = {k: math.comb(n, k) * math.comb(m, x + y - k) for k in range(min(n, x + y) + 1) if x + y - k <= m}
    return sum(way for way in ways.values() if way <= ways[x]) / math.comb(n + m, x + y)


def groups_z(x, n, y, m):
    """The pooled z, or the z that has Fisher's p where fewer than five are expected."""
    if min(n, m) * min(x + y, n + m - x - y) / (n + m) >= 5:
        return pooled(x, n, y, m)
    return signed(exact(x, n, y, m), x / n - y / m)


def pairs_z(b, c):
    if b + c >= 10:
        return (b - c) / math.sqrt(b + c)
    tail = sum(math.comb(b + c, k) for k in range(min(b, c) + 1)) / 2 ** (b + c)
    return signed(min(2 * tail, 1.0), b - c)


def signed(p, difference):
    return math.copysign(max(-NormalDist().inv_cdf(p / 2), 0.0), difference) if difference else 0.0


def printed_share(value, n, low, high, group="g=a"):
    claims = claims_of(share(group, str(value), n, base_low=low, base_high=high))
    return Report(claims).share(claims.items[0].statistics[0])


bases = st.integers(4, 40).flatmap(
    lambda low: st.integers(0, 4).map(lambda width: (low + width // 2, low, low + width))
)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 100), bases, st.integers(0, 100), bases)
def test_two_groups_against_plain_enumeration(value_a, base_a, value_b, base_b):
    a, b = printed_share(value_a, *base_a), printed_share(value_b, *base_b, group="g=b")
    found = gap_evidence(a, b, "groups", "unknown", 0.95)
    every = [
        groups_z(x, n, y, m)
        for x, n in printing(value_a, *base_a[1:])
        for y, m in printing(value_b, *base_b[1:])
    ]
    if not every:
        assert found is None
        return
    assert found.z_low == pytest.approx(min(every), abs=1e-9)
    assert found.z_high == pytest.approx(max(every), abs=1e-9)
    assert found.p_low == pytest.approx(p_of(max(every, key=abs)), abs=1e-9)
    assert found.p_high == pytest.approx(p_of(min(every, key=abs)), abs=1e-9)
    assert found.p_low - 1e-12 <= found.p_value <= found.p_high + 1e-12


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 100), bases, st.integers(0, 100), st.integers(0, 3))
def test_a_part_of_a_whole_against_plain_enumeration(value_a, base_a, value_b, wide):
    whole = (2 * base_a[2], 2 * base_a[2], 2 * base_a[2] + wide)
    a, b = printed_share(value_a, *base_a), printed_share(value_b, *whole, group="all")
    found = gap_evidence(a, b, "part", "unknown", 0.95)
    every = [
        groups_z(x, n, y - x, m - n)
        for x, n in printing(value_a, *base_a[1:])
        for y, m in printing(value_b, *whole[1:])
        if 0 <= y - x <= m - n
    ]
    if not every:
        assert found is None
        return
    assert (found.z_low, found.z_high) == pytest.approx((min(every), max(every)), abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 100), st.integers(0, 100), bases)
def test_the_same_respondents_against_plain_enumeration(value_a, value_b, base):
    a, b = printed_share(value_a, *base, group="all"), printed_share(value_b, *base, group="all")
    found = gap_evidence(a, b, "same", "unknown", 0.95)
    every = []
    for x, n in printing(value_a, *base[1:]):
        for y, m in printing(value_b, *base[1:]):
            if n == m:
                overlaps = range(max(0, x + y - n), min(x, y) + 1)
                every += [pairs_z(x - both, y - both) for both in overlaps]
    if not every:
        assert found is None
        return
    assert (found.z_low, found.z_high) == pytest.approx((min(every), max(every)), abs=1e-9)


@pytest.mark.parametrize("relation", ["groups", "part", "same"])
def test_the_shortcuts_hold_what_they_leave_out(monkeypatch, relation):
    """Fewer points, ends of each base and then corners, give an envelope no narrower, and nearly the same."""
    a = printed_share(41, 185, 175, 195)
    b = printed_share(33, 185, 175, 195) if relation == "same" else printed_share(33, 1091, 1080, 1100)
    full = gap_evidence(a, b, relation, "unknown", 0.95)
    for most_points, most_bases in ((2_000, 2_000), (200, 2_000), (200_000, 5)):
        monkeypatch.setattr(envelopes, "MOST_POINTS", most_points)
        monkeypatch.setattr(envelopes, "MOST_BASES", most_bases)
        short = gap_evidence(a, b, relation, "unknown", 0.95)
        assert short.z_low <= full.z_low + 1e-9
        assert short.z_high >= full.z_high - 1e-9
        assert (short.z_low, short.z_high) == pytest.approx((full.z_low, full.z_high), abs=0.12)
        assert short.p_low <= full.p_low + 1e-12
        assert short.p_high >= full.p_high - 1e-12


def test_a_range_that_crosses_zero_says_so_by_shortcut(monkeypatch):
    monkeypatch.setattr(envelopes, "MOST_BASES", 1)
    found = gap_evidence(
        printed_share(33, 185, 181, 190),
        printed_share(33, 338, 333, 343, group="g=b"),
        "groups",
        "unknown",
        0.95,
    )
    assert found.z_low < 0 < found.z_high
    assert found.p_high == 1.0


def test_points_are_what_prints():
    share_ = printed_share(61, 82, 82, 82)
    assert points(share_).x.tolist() == [50.0]
    assert not len(points(printed_share(50, 3, 3, 3)).x)
    assert not len(points(replace(share_, base=None)).x)
    everyone = claims_of(share("g=a", "", 40, qualifier="every"))
    exact = Report(everyone).share(everyone.items[0].statistics[0])
    assert points(exact).x.tolist() == [40.0]
    wide = replace(share_, base=PrintedBase(10_000, 1, 20_000, "derived"))
    assert len(points(wide).x) == 9
    assert share_.possible
    assert wide.possible


def test_what_is_printed_is_the_nearest_count():
    found = alone(printed_share(25, 185, 181, 190))
    assert (found.x1[found.printed], found.n1[found.printed]) == (46, 185)
    both = apart(printed_share(25, 185, 181, 190), printed_share(10, 338, 333, 343, group="g=b"))
    assert (both.share1, both.share2) == (46 / 185, 34 / 338)


def test_impossible_combinations_are_left_out():
    part, whole = printed_share(100, 50, 50, 50), printed_share(10, 100, 100, 100, group="all")
    assert not len(inside(part, whole))  # half of all say yes, and a tenth of all do
    assert len(inside(part, printed_share(60, 100, 100, 100, group="all")))
    assert not len(together(printed_share(60, 50, 50, 50), printed_share(60, 60, 60, 60)))
    assert not len(together(printed_share(60, 50, 50, 50), printed_share(50, 50, 50, 50), "none"))
    assert not len(together(printed_share(60, 50, 50, 50), printed_share(50, 50, 50, 50), "a_in_b"))
    found = together(printed_share(50, 50, 40, 60), printed_share(60, 50, 50, 70), "a_in_b")
    assert (found.n1 == found.n2).all()
    assert (found.x1 <= found.x2).all()
    assert (found.n1.min(), found.n1.max()) == (50, 60)


def test_an_unknown_overlap_widens_the_range_as_far_as_it_can():
    rows = (
        share("all", "58", 1091, question="tools", response="a"),
        share("all", "22", 1091, question="tools", response="b"),
        compared("all", "all", question="tools", response="a", versus_response="b"),
    )
    found = verdict(*rows, codebook=CODEBOOK)
    x, y = round(0.58 * 1091), round(0.22 * 1091)
    assert found.statistic == pytest.approx((x - y) / math.sqrt(x + y))
    assert found.p_low < 1e-80  # everybody with one has the other: z is the root of the difference
    assert isinstance(PrintedShare, type)
    assert np.isfinite(found.design_effect)
