"""What calls name without saying what it is: read from a script; and roots as R searches for them."""

import numpy as np
import pytest
from r_designs import Designs
from r_interpreter import Interpreter
from r_objects import split, statements
from r_search import as_searched, searched
from r_values import Factor, numeric


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
