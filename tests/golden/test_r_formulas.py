"""Model formulas as R reads them: terms, coding of interactions, no constant; and what scripts define."""

import numpy as np
import pytest
from golden_deviations import Difference, deviation_of
from handle_weighting import AsRaked
from r_designs import Designs
from r_formulas import label_of, predictors_of, read_right
from r_interpreter import Interpreter
from r_language import NotUnderstood, parse
from r_values import Logical, numeric, text_factor

from cxsurvey.numerics.estimation.estimators import means
from cxsurvey.numerics.models.predictors import predictors
from cxsurvey.numerics.sampling.calibrated import calibrated_design, margin_indicators
from cxsurvey.numerics.sampling.fitted import fit
from cxsurvey.numerics.sampling.multistage import multistage_design
from cxsurvey.numerics.weighting.raking import margin, rake

F = text_factor(["a", "b", "c", "a", "b", "c"])
L = Logical(np.array([0.0, 1, 0, 1, 1, 0]))
X = np.array([1.0, 2, 3, 4, 5, 7])


def names_of(formula):
    right = read_right(parse(formula))
    found, parts = predictors_of(right, {name: {"f": F, "l": L, "x": X}[name] for name in right.variables}, 6)
    return list(predictors(found, constant=right.constant, domain=np.ones(6, dtype=bool)).names), parts


@pytest.mark.parametrize(
    ("text", "terms", "constant"),
    [
        ("a + b", ["a", "b"], True),
        ("a * b", ["a", "b", "a:b"], True),
        ("b:a + a - 1", ["a", "a:b"], False),
        ("0 + a", ["a"], False),
        ("(a + b)^2 - a", ["b", "a:b"], True),
        ("a * b * c - a:b:c", ["a", "b", "c", "a:b", "a:c", "b:c"], True),
        ("1", [], True),
        ("y + a", ["a"], True),
    ],
)
def test_terms_are_read_as_r_reads_them(text, terms, constant):
    right = read_right(parse(text), parse("y"))
    assert ([label_of(term) for term in right.terms], right.constant) == (terms, constant)


@pytest.mark.parametrize(
    ("formula", "names"),
    [  # R 4.2.2: colnames(model.matrix(formula)), without "="
        ("f * x", ["constant", "f=b", "f=c", "x", "fb:x", "fc:x"]),
        ("f - 1", ["fa", "fb", "fc"]),
        ("x:f", ["constant", "x:fa", "x:fb", "x:fc"]),
        ("x + x:l", ["constant", "x", "x:lTRUE"]),
        ("f:l", ["constant", "fa:lFALSE", "fb:lFALSE", "fc:lFALSE", "fa:lTRUE", "fb:lTRUE", "fc:lTRUE"]),
    ],
)
def test_interactions_are_coded_as_r_codes_them(formula, names):
    assert names_of(formula)[0] == names


def test_a_term_knows_its_predictors():
    assert names_of("f * x")[1] == {"f": ("f",), "x": ("x",), "f:x": ("fb:x", "fc:x")}


def test_what_is_nested_is_not_understood():
    with pytest.raises(NotUnderstood):
        read_right(parse("a / b"))


def test_a_function_of_the_script_is_called(tmp_path):
    (tmp_path / "golden_x.R").write_text("half <- function(x) { x[1:2] <- x[1:2] / 2; x }\n")
    r = Interpreter(Designs({}, [tmp_path], tmp_path / "golden_x.json"))
    assert numeric(r.run("half(c(4, 6, 8))")).tolist() == [2.0, 3.0, 8.0]
    with pytest.raises(NotUnderstood):
        r.run("third(c(4, 6, 8))")


def test_what_a_script_makes_unreadably_is_taken_from_its_file(tmp_path):
    (tmp_path / "g.csv").write_text("x\n1\n5\n")
    (tmp_path / "golden_x.R").write_text("g <- simulated(2)\n")
    r = Interpreter(Designs({}, [tmp_path], tmp_path / "golden_x.json"))
    assert numeric(r.run("g$x")).tolist() == [1.0, 5.0]


def test_ten_rounds_over_the_margins_come_near_the_residuals():
    rng = np.random.default_rng(5)
    codes = [rng.integers(0, 3, 60), rng.integers(0, 2, 60)]
    margins = [margin("a", codes[0], [20, 25, 15]), margin("b", codes[1], [40, 20])]
    drawn, y = multistage_design(rng.uniform(1, 3, 60)), rng.normal(size=60)
    solved = calibrated_design(
        drawn, rake(drawn.weights, margins).weights, margin_indicators(margins), regression=np.ones(60)
    )
    rounds, exact = (fit(design, means(y)).std_error for design in (AsRaked(solved, tuple(codes)), solved))
    assert rounds == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "ours", "theirs", "found", "name"),
    [
        (
            "svymean(~y, rake(D, m, p))",
            {"se": 1.0},
            {"se": "NaN"},
            [".se[0]: 1 for nan"],
            "zero-weights-fitted",
        ),
        ("svymean(~y, rake(D, m, p))", {"est": 1.0}, {"est": 2.0}, [".est[0]: 1 for 2"], ""),
        (
            "svyby(~factor(f), ~g, D, svymean)",
            {},
            {"est": {"a:1": [0.5, 0.5]}},
            [".est: names"],
            "uneven-levels",
        ),
        ("fisher.test(t)", {"estimate": float("nan")}, {}, [".estimate[0]: nan for 0"], "one-table"),
        ("fisher.test(t)", {"estimate": 0.5}, {}, [".estimate[0]: 0.5 for 0"], ""),
        ("svyglm(y ~ x, D)", {}, {"df_residual": 0}, [".coef: 4 numbers for 2"], "no-freedom"),
        ("svyglm(y ~ x, D)", {}, {"df_residual": 1}, [".coef: 4 numbers for 2"], ""),
        ("svychisq(~a + b, D)", {"whole_denominator": True}, {}, [".p_value[0]: 1 for 2"], "whole-denominator"),
        ("svychisq(~a + b, D)", {"whole_denominator": True}, {}, [".statistic[0]: 1 for 2"], ""),
    ],
)
def test_a_deviation_explains_no_more_than_it_says(call, ours, theirs, found, name):
    from golden_cases import functions_of  # noqa: PLC0415 - it registers the handlers

    case = {"call": call, "result": theirs}
    assert deviation_of(Difference(case, functions_of(case), ours, tuple(found), unweighed=True)) == name
