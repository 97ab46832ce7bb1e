"""Plans of tiny studies against every possible set of respondents."""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement, product

import pytest
from count_cases import answers, claims_of, joint, multi, prints, significant, single, study
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cxsurvey.errors import DataFault
from cxsurvey.published.synthesis.planning import plan

CODES = {"place": "ab", "mood": "xyz", "why": "pqr"}
NETS = {"mood": {"xy": "xy"}, "why": {"pq": "pq"}}
NET = 'nets = [{ id = "NAME", label = "a net", responses = [RESPONSES] }]\n'
CAP = 2


def codes_of(question, response):
    return set(NETS.get(question, {}).get(response, response))


def tiny(n, *, several):
    nets = NET.replace("NAME", "xy").replace("RESPONSES", '"x", "y"')
    if several:
        nets = f"cap = {CAP}\n" + NET.replace("NAME", "pq").replace("RESPONSES", '"p", "q"')
        return study(single("place", "ab") + multi("why", "pqr", nets), n)
    return study(single("place", "ab") + single("mood", "xyz", nets), n)


@cache
def everybody(n, several):
    """Every multiset of n respondents, as pairs of the place and the set of other answers."""
    chosen = (
        [frozenset(c) for size in (1, 2) for c in combinations("pqr", size)]
        if several
        else map(frozenset, "xyz")
    )
    kinds = list(product("ab", chosen))
    return [Counter(people) for people in combinations_with_replacement(kinds, n)]


def measured(people, statistic):
    """Count and base of a statistic."""
    group = statistic.group
    inside = [
        (kind, count)
        for kind, count in people.items()
        if group.is_all or (kind[0] == group.member) != group.rest
    ]
    wanted = codes_of(statistic.question, statistic.response)
    place = 0 if statistic.question == "place" else 1
    given_ = sum(count for kind, count in inside if wanted & set(kind[place]))
    return given_, sum(count for _, count in inside)


def true_of(people, claim, *, known):
    """Whether a claim is true of these people, from its own words."""
    for statistic in claim.statistics if not claim.pairs else ():
        x, n = measured(people, statistic)
        if n == 0 or not _share_true(claim, x, n):
            return False
    return all(_pair_true(people, claim, own, other, known=known) for own, other in claim.pairs)


def _share_true(claim, x, n):
    share = Fraction(100 * x, n)
    return {
        "exact": lambda: prints(x, n, claim.value),
        "every": lambda: x == n,
        "more_than": lambda: share > claim.value,
        "at_most": lambda: share <= claim.value,
    }[claim.qualifier]()


def _pair_true(people, claim, own, other, *, known):
    (x, n), (y, m) = measured(people, own), measured(people, other)
    if n == 0 or m == 0:
        return False
    if claim.kind == "ratio":
        return y > 0 and x * m > claim.value * y * n
    if claim.kind == "no_difference":
        return not significant(x, n, y, m)
    if claim.wording == "significantly_more" and not {own, other} <= known:
        return x * m > y * n and significant(x, n, y, m)
    return x * m > y * n


def possible(n, several, claims):
    known = set(claims.shares)
    return any(all(true_of(people, claim, known=known) for claim in claims) for people in everybody(n, several))


@st.composite
def cases(draw):
    several = draw(st.booleans())
    n = draw(st.integers(2, 3 if several else 6))
    other = "why" if several else "mood"
    responses = st.sampled_from([*CODES[other], *NETS[other]])
    groups = st.sampled_from(["all", "place=a", "place=b"])
    values = st.sampled_from([0, 13, 20, 25, 33, 38, 40, 50, 60, 63, 67, 75, 80, 100])
    share = st.fixed_dictionaries(
        {"question": st.just(other), "response": responses, "group": groups, "value": values}
    )
    size = st.fixed_dictionaries(
        {"question": st.just("place"), "response": st.sampled_from("ab"), "value": values}
    )
    passes = st.fixed_dictionaries(
        {
            "kind": st.just("threshold"),
            "question": st.just(other),
            "response": responses,
            "group": groups,
            "value": values,
            "qualifier": st.sampled_from(["more_than", "at_most"]),
        }
    )
    sides = {
        "question": st.just(other),
        "response": responses,
        "group": st.sampled_from(["place=a", "place=b"]),
    }
    more = st.fixed_dictionaries(
        {
            **sides,
            "kind": st.just("comparison"),
            "versus_group": st.just("rest"),
            "wording": st.sampled_from(["more", "significantly_more"]),
        }
    )
    ratio = st.fixed_dictionaries(
        {
            **sides,
            "kind": st.just("ratio"),
            "versus_group": st.just("rest"),
            "qualifier": st.just("more_than"),
            "value": st.sampled_from(["1", "2", "3/2"]),
        }
    )
    alike = st.fixed_dictionaries(
        {
            "question": st.just(other),
            "response": responses,
            "group": st.just("place=a|b"),
            "kind": st.just("no_difference"),
        }
    )
    rows = draw(st.lists(st.one_of(share, share, size, passes, more, ratio, alike), min_size=1, max_size=4))
    return several, n, rows


@settings(deadline=None, max_examples=60)
@given(cases())
def test_a_plan_exists_when_some_respondents_satisfy_the_claims(case):
    several, n, rows = case
    file = tiny(n, several=several)
    claims = claims_of(file, *rows)
    if possible(n, several, claims):
        assert_valid(plan(file, claims), n)
    else:
        with pytest.raises(DataFault, match="claims-conflict"):
            plan(file, claims)


def assert_valid(found, n):
    for table in found.joint:
        assert int(table.counts.sum()) == n
        assert (table.counts >= 0).all()
    for item in found.answers:
        assert (item.counts >= 0).all()
        assert (item.answering <= item.sizes).all()
        assert (item.counts <= item.answering[:, None]).all()
        total = item.counts.sum(axis=1)
        if item.question == "why":
            assert (total <= CAP * item.answering).all()
            assert (total >= item.answering).all()
        else:
            assert (total == item.answering).all()


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.filter_too_much])
@given(cases())
def test_named_conflicts_are_the_smallest(case):
    several, n, rows = case
    file = tiny(n, several=several)
    claims = claims_of(file, *rows)
    worlds = worlds_of(n, several, claims)
    assume(not satisfiable(worlds, {claim.id for claim in claims}))
    with pytest.raises(DataFault, match="claims-conflict") as caught:
        plan(file, claims)
    named = {claim.id for claim in claims if f"- {claim.id} (row" in caught.value.got}
    assert not satisfiable(worlds, named)
    if "stays open" not in caught.value.what:
        assert all(satisfiable(worlds, named - {name}) for name in named)
    if "No smaller set of claims conflicts" in caught.value.what:
        assert len(named) == smallest(worlds, claims)
    else:
        assert any(claim.wording in {"significantly_more", "alike"} for claim in claims)


def worlds_of(n, several, claims):
    """The claims that are true, for every set of respondents."""
    known = set(claims.shares)
    people = everybody(n, several)
    return {frozenset(claim.id for claim in claims if true_of(some, claim, known=known)) for some in people}


def satisfiable(worlds, names):
    return any(names <= world for world in worlds)


def smallest(worlds, claims):
    ids = [claim.id for claim in claims]
    for size in range(1, len(ids) + 1):
        if any(not satisfiable(worlds, set(chosen)) for chosen in combinations(ids, size)):
            return size
    raise AssertionError("they do not conflict")


def test_the_brute_force_itself():
    file = tiny(8, several=False)
    claims = claims_of(file, {"question": "mood", "response": "x", "value": "13"})
    assert possible(8, False, claims)  # noqa: FBT003 - cached by position
    assert not possible(7, False, claims)  # noqa: FBT003


@pytest.mark.parametrize("n", [5, 12])
def test_a_plan_of_twelve(n):
    file = tiny(n, several=False)
    claims = claims_of(
        file,
        {"question": "place", "response": "a", "value": "42" if n == 12 else "40"},
        {"question": "mood", "response": "x", "group": "place=b", "qualifier": "every"},
    )
    found = plan(file, claims)
    assert joint(found, "place")["a"] == (5 if n == 12 else 2)
    assert answers(found, "mood").counts[1].tolist() == [n - joint(found, "place")["a"], 0, 0]
