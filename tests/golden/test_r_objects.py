"""What calls name without saying what it is: read from a script; and roots as R searches for them."""

import numpy as np
import pytest
from r_derivatives import Dual, differentiated
from r_descent import descended
from r_designs import Designs
from r_interpreter import Interpreter
from r_language import NotUnderstood, parse
from r_objects import split, statements
from r_search import as_searched, profile_limits, range_searched, searched, spline_through
from r_values import Factor, numeric

from cxsurvey.numerics.probability.upper_tails import range_p, range_quantile


def test_a_script_is_parted_outside_brackets_and_quotes():
    text = "a <- c(1,\n 2); b <- 'x;y'\n# c <- 3\nd <- function(x) { x; 1 }"
    assert split(text) == ["a <- c(1,\n 2)", "b <- 'x;y'", "d <- function(x) { x; 1 }"]


def test_objects_are_made_as_the_script_makes_them(tmp_path):
    (tmp_path / "g.csv").write_text("x,y\n1,a\n5,b\n9,\n")
    script = (
        'm <- data.frame(v = c("p", "q"), Freq = c(1, 3))\ng$z <- cut(g$x, c(0, 4, 10))\nf <- function(x) x\n'
    )
    (tmp_path / "golden_x.R").write_text(script)
    golden = tmp_path / "golden_x.json"
    r = Interpreter(Designs({}, [tmp_path], golden))
    assert numeric(r.run("m$Freq")).tolist() == [1.0, 3.0]
    made = r.run("g$z")
    assert isinstance(made, Factor)
    assert (made.codes.tolist(), made.levels) == ([0, 1, 1], ("(0,4]", "(4,10]"))
    assert numeric(r.run("g$x")).tolist() == [1.0, 5.0, 9.0]
    assert statements(golden, "f") == ()
    table = r.run("table(g$z, g$y)")
    assert table.counts.tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-12])
def test_the_search_stops_within_its_tolerance(tolerance):
    assert searched(np.cos, 0.0, 3.0, tolerance) == pytest.approx(np.pi / 2, abs=tolerance)


def test_a_search_does_not_stand_for_a_solution_far_away():
    rising = lambda odds: odds / (1 + odds)  # noqa: E731 - one line
    near = as_searched(3.0, rising, 0.75)
    assert near != 3.0
    assert near == pytest.approx(3.0, rel=1e-3)
    assert as_searched(3.5, rising, 0.75) == 3.5
    assert as_searched(0.0, rising, 0.75) == 0.0


def test_a_spline_goes_through_its_points_and_is_a_cubic_through_a_cubic():
    x = np.array([0.0, 0.7, 1.0, 2.5, 4.0, 4.5])
    cubic = lambda at: 2 - at + at**2 / 3 - at**3 / 7  # noqa: E731 - one line
    places = np.linspace(0, 4.5, 19)
    assert spline_through(x, np.sin(x), x) == pytest.approx(np.sin(x), abs=1e-14)
    assert spline_through(x, cubic(x), places) == pytest.approx(cubic(places), abs=1e-12)


def test_limits_off_a_parabola_are_its_own():
    low, high = profile_limits(lambda at: (at - 3) ** 2, 3.0, 1.0, 1.0, furthest=2.5, cutoff=1.96)
    assert (low, high) == pytest.approx((1.04, 4.96), abs=1e-12)


def test_a_descent_ends_where_little_changes():
    valley = lambda at: (1 - at[0]) ** 2 + 100 * (at[1] - at[0] ** 2) ** 2  # noqa: E731 - Rosenbrock (1960)
    slope = lambda at: np.array(  # noqa: E731 - its slope
        [-2 * (1 - at[0]) - 400 * at[0] * (at[1] - at[0] ** 2), 200 * (at[1] - at[0] ** 2)]
    )
    assert descended(valley, slope, [-1.2, 1.0], relative=1e-16) == pytest.approx([1, 1], abs=1e-6)
    assert valley(descended(valley, slope, [-1.2, 1.0])) < 1e-6


def test_the_quantile_of_a_range_is_near_the_solution():
    found = range_searched(0.95, 3, 51, lambda q: 1 - range_p(q, 3, 51))
    assert found == pytest.approx(range_quantile(0.95, 3, 51), abs=1e-6)
    assert found == pytest.approx(3.41388256190722, abs=1e-8)  # R 4.2.2: qtukey(.95, 3, 51)


@pytest.mark.parametrize("text", ["a / b", "log(a) - exp(b) * 2", "sqrt(a) ^ 3", "-(a ^ b)", "a ^ 2 + b"])
def test_derivatives_are_the_limits_of_differences(text):
    at, step = {"a": 1.7, "b": 0.4}, 1e-6
    tree = parse(text)

    def value(**moved):
        return differentiated(tree, {k: Dual(moved.get(k, v), np.zeros(2)) for k, v in at.items()}).value

    slopes = differentiated(tree, {k: Dual(v, row) for (k, v), row in zip(at.items(), np.eye(2), strict=True)})
    by_steps = [(value(**{k: v + step}) - value(**{k: v - step})) / (2 * step) for k, v in at.items()]
    assert slopes.slope == pytest.approx(by_steps, rel=1e-7)


def test_what_has_no_derivative_is_not_understood():
    with pytest.raises(NotUnderstood):
        differentiated(parse("gamma(a)"), {"a": Dual(1.0, np.ones(1))})
