"""Number formats: half up on the decimal value, nothing printed as nothing, real minus signs."""

import math
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.display import numbers
from cxsurvey.errors import RequestError


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0, "0%"),
        (1e-9, "<1%"),
        (0.4999, "<1%"),
        (0.5, "1%"),
        (1.5, "2%"),
        (2.5, "3%"),
        (100 * 57 / 200, "29%"),  # 28.499999999999996 in binary
        (28.4999, "28%"),
        (99.5, "100%"),
        (100, "100%"),
        (None, "n/a"),
        (math.nan, "n/a"),
    ],
)
def test_percent(value, printed):
    assert numbers.percent(value) == printed


def test_the_guard_keeps_100_for_all():
    printed = [numbers.percent(value, guard_100=True) for value in (99.4, 99.5, 99.99, 100, 100 - 1e-13)]
    assert printed == ["99%", ">99%", ">99%", "100%", "100%"]


def test_missing_words_are_the_callers():
    assert numbers.percent(None, missing=numbers.NOT_PUBLISHED) == "n/p"
    assert numbers.count(math.nan, missing="") == ""


@pytest.mark.parametrize(
    "function", [numbers.percent, numbers.points, numbers.mean, numbers.count, numbers.nps]
)
def test_infinity_is_refused(function):
    with pytest.raises(RequestError, match="number-not-finite"):
        function(math.inf)


@pytest.mark.parametrize(
    ("value", "printed"), [(37.4, "+37"), (-3.5, "−4"), (3.5, "+4"), (0, "0"), (-0.4, "0"), (0.4, "0")]
)
def test_points_round_both_signs_alike(value, printed):
    assert numbers.points(value) == printed


def test_intervals():
    assert numbers.interval(27.4, 45.5) == "27 to 46"
    assert numbers.interval(-3.2, 0.2) == "−3 to 0"
    assert numbers.interval(14.9, 19.3, style="dash", suffix="%") == "15–19%"
    assert numbers.interval(0, 0.4, style="dash", suffix="%") == "0–<1%"
    assert numbers.interval(61.25, 66.0, places=1) == "61.3 to 66.0"
    assert numbers.interval(math.nan, 2) == "n/a"


@pytest.mark.parametrize(
    ("value", "printed"), [(0, "<.001"), (0.00099, "<.001"), (0.001, ".001"), (0.0125, ".013"), (1, ">.999")]
)
def test_p_values(value, printed):
    assert numbers.p_value(value) == printed


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_p_values_out_of_range_are_refused(value):
    with pytest.raises(RequestError, match="not-a-probability"):
        numbers.p_value(value)


@given(st.floats(0, 100))
@settings(deadline=None, max_examples=200)
def test_percent_is_near_its_value_and_never_hides_one(value):
    printed = numbers.bare_percent(value)
    if printed == "<1":
        assert 0 < value < 0.5
    else:
        assert abs(Decimal(printed) - Decimal(value)) <= Decimal("0.5") + Decimal("1e-9")
        assert (printed == "0") == (value == 0)


@given(st.floats(-1e6, 1e6))
@settings(deadline=None, max_examples=200)
def test_gaps_of_opposite_sign_print_alike(value):
    opposite = numbers.points(-value).translate(str.maketrans("+−", "−+"))
    assert numbers.points(value) == opposite
    assert "-" not in numbers.points(value)


def test_units():
    assert numbers.unit("score").interval(61.25, 66) == "61.3 to 66.0"
    assert numbers.unit("nps").value(31.5) == "+32"
    with pytest.raises(RequestError, match="unknown-unit"):
        numbers.unit("percentage")


def test_text_output_does_not_load_the_drawing_library():
    heavy = "('matplotlib', 'pandas', 'numpy')"
    code = f"import sys, cxsurvey.display.numbers; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
