"""The reader of R calls: what it parses, how it evaluates, and that it refuses what it does not know."""

import numpy as np
import pytest
from golden_cases import golden_paths, load
from hypothesis import given, settings
from hypothesis import strategies as st
from r_designs import Designs
from r_interpreter import Interpreter, match
from r_language import Call, Name, NotUnderstood, deparse, parse, terms
from r_values import Factor, as_factor, text_factor

NOTHING = Designs({}, [])


def value(text):
    found = Interpreter(NOTHING).run(text)
    return np.asarray(found.values if hasattr(found, "values") else found).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", [7.0]),
        ("-2^2", [-4.0]),
        ("2 * (1 + 1) / 4", [1.0]),
        ("1:3", [1.0, 2.0, 3.0]),
        ("c(5, 6, 7)[-(1:2)]", [7.0]),
        ("c(5, 6, 7)[c(3, 1)]", [7.0, 5.0]),
        ("rep(c(0, 1), 2)", [0.0, 1.0, 0.0, 1.0]),
        ("c(1, NA, 3) > 2", [0.0, np.nan, 1.0]),
        ("c(1, NA, 3) > 2 & FALSE", [0.0, 0.0, 0.0]),
        ("c(1, NA, 3) == 3 | is.na(c(1, NA, 3))", [0.0, 1.0, 1.0]),
        ("!(1 == 2) & 'a' != 'b'", [1.0]),
        ("c('a', 'b') %in% c('b', 'c')", [0.0, 1.0]),
        ("{ f <- function(x, k) x * k; f(k = 10, 2) }", [20.0]),
        ("{ c <- rep(0, 3); c[2] <- 5; c }", [0.0, 5.0, 0.0]),
        ("{ n <- 2; f <- function(x) x + n; n <- 3; f(1) }", [4.0]),
        ("apply(combn(3, 2), 2, function(z) z[1] * 10 + z[2])", [12.0, 13.0, 23.0]),
    ],
)
def test_evaluates_as_r_does(text, expected):
    np.testing.assert_array_equal(value(text), expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "f(",
        "f(x))",
        "x + ",
        "'open",
        "1 2",
        "nothing",
        "nothing(1)",
        "mean(1, trim = 2)",
        "x[1, 2, 3]",
        "@",
    ],
)
def test_refuses_what_it_does_not_know(text):
    with pytest.raises(NotUnderstood):
        Interpreter(NOTHING).run(text)


def test_refuses_an_unknown_option():
    with pytest.raises(NotUnderstood, match=r"option survey\.ultimate\.cluster"):
        Interpreter(NOTHING, {"survey.ultimate.cluster": True}).run("1")


def test_arguments_are_matched_by_name_then_beginning_then_place():
    bound = match(("ids", "strata", "weights"), ["a", "b"], {"id": "c", "other": "d"}, None)
    assert dict(bound) == {"ids": "c", "strata": "a", "weights": "b"}
    assert bound.extra == {"other": "d"}


@pytest.mark.parametrize(
    "text",
    [
        'I(r == "dk")',
        "interaction(a, b)",
        "factor(x)",
        "I(a/b)",
        "svymean(~x + y, d, na.rm = TRUE)",
        "x[1:2]",
        "a$b",
    ],
)
def test_trees_are_written_as_r_writes_names(text):
    assert deparse(parse(text)) == text


def test_every_golden_call_can_be_read():
    for case in load(golden_paths()[0]).cases:
        assert isinstance(parse(case["call"]), Call)


def test_a_term_named_twice_counts_once():
    assert terms(parse("a + b + a")) == [Name("a"), Name("b")]


trees = st.recursive(
    st.sampled_from(["x", "y", "1", "2.5", "'s'"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "==", "&", "|"]), inner).map(
            lambda t: f"({t[0]}) {t[1]} ({t[2]})"
        ),
        st.tuples(inner, inner).map(lambda t: f"f({t[0]}, k = {t[1]})"),
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=50)
@given(trees)
def test_a_tree_written_and_read_is_the_same_tree(text):
    tree = parse(text)
    assert parse(deparse(tree)) == tree


def test_levels_are_sorted_text_and_missing_is_no_level():
    made = text_factor(["b", None, "a", float("nan")])
    assert made.levels == ("a", "b")
    assert made.codes.tolist() == [1, -1, 0, -1]
    assert as_factor(np.array([2.0, np.nan, 10.0])).levels == ("2", "10")
    assert isinstance(as_factor(made), Factor)
