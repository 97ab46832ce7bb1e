"""A rating coded 1 = Excellent must not be read upside down: it is refused until the study says otherwise."""

from __future__ import annotations

import pytest
from helpers import study_of

import cxsurvey as cx

RATING = """
[[question]]
id = "{id}"
text = "How good is {id}?"
type = "ordinal"
column = "{id}"
responses = {{ 1 = "Excellent", 2 = "Good", 3 = "Fair", 4 = "Poor" }}
"""
RATINGS = RATING.format(id="insight") + RATING.format(id="engagement")
SEGMENTS = """
[segments]
insight = "insight"
engagement = "engagement"
"""
ANSWERS = {"insight": [1, 2, 3, 4, 1, 4] * 4, "engagement": [1, 2, 3, 4, 2, 4] * 4}


def test_falling_codes_are_refused_with_what_to_do():
    with pytest.raises(cx.CxSurveyError) as caught:
        cx.segment(study_of(RATINGS + SEGMENTS, ANSWERS))
    assert caught.value.code == "rating-upside-down"
    assert caught.value.got == "from the highest value down: Poor, Fair, Good, Excellent"


def test_declared_levels_settle_it():
    levels = 'levels = [["1"], ["2"], ["3"], ["4"]]\n'
    found = cx.segment(study_of(RATINGS + SEGMENTS + levels, ANSWERS))
    assert found.sizes == {"leader": 8, "follower": 4, "laggard": 12, "unclassified": 0}
