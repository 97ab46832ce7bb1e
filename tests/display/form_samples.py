"""Tables for the tests of the chart forms: ordinary ones, hard ones, and hypothesis strategies for any."""

import math

import pandas as pd
from hypothesis import strategies as st

from cxsurvey.display.card import FigureText
from cxsurvey.display.forms import dumbbell, lanes, matrix, ranked, segments, stacked

GROUPS = (("Leaders", 185), ("Followers", 567), ("Laggards", 338))
LONG = "Accelerate the digital transformation of core processes across sales, service and support channels"
VALUES = (0.0, 0.2, 50.0, 99.6, 100.0, math.nan)
FORMS = {
    "ranked": ranked,
    "segments": segments,
    "stacked": stacked,
    "lanes": lanes,
    "dumbbell": dumbbell,
    "matrix": matrix,
}


def text(**changes):
    words = {
        "key": "fig01",
        "number": "1",
        "headline": "Silos are the greatest barrier to improving customer experience",
        "descriptor": "Share naming each as a top-five barrier",
        "question": "What do you believe will be the greatest barriers at your organization?",
        "instruction": "Select up to five",
        "notes": (("Base", "All respondents (n=1,091)."),),
        "source": "Example survey, December 2020",
    }
    return FigureText(**(words | changes))


def ranked_table(values=(53.2, 46.1, 19.4), *, n=1091, half=3.0):
    return pd.DataFrame(
        {
            "label": [f"Barrier {place}" for place in range(len(values))],
            "value": values,
            "n": n,
            "lo": [max(value - half, 0) for value in values],
            "hi": [min(value + half, 100) for value in values],
        }
    )


def lanes_table(rows=(("Ownership", (18.0, 27.0, 37.0), ("", "a", "ab")),), groups=GROUPS):
    return pd.DataFrame(
        [
            {
                "label": label,
                "group": group,
                "value": value,
                "n": n,
                "lo": max(value - 5, 0),
                "hi": min(value + 5, 100),
                "letters": run,
            }
            for label, values, letters in rows
            for (group, n), value, run in zip(groups, values, letters, strict=True)
        ]
    )


def stacked_table(rows=(("Finance", (21.3, 39.6, 35.6, 3.5), 1091), ("Sales", (65.6, 24.5, 7.9, 2.0), 400))):
    levels = ("A lot", "A little", "Not at all", "Don't know")
    return pd.DataFrame(
        [
            {"label": label, "level": level, "value": value, "n": n}
            for label, values, n in rows
            for level, value in zip(levels, values, strict=True)
        ]
    )


def segments_table(shares=(17.0, 52.0, 31.0)):
    return pd.DataFrame(
        {
            "group": [group for group, _ in GROUPS],
            "value": shares,
            "n": 1091,
            "lo": [share - 2 for share in shares],
            "hi": [share + 2 for share in shares],
            "definition": ["Excellent in one, good in the other", "", "Fair or poor in both"],
        }
    )


def dumbbell_table():
    return pd.DataFrame(
        {
            "label": ["Data help", "Goals are aligned with profit " * 3],
            "a": [34.0, 56.0],
            "b": [71.0, 52.0],
            "diff": [37.0, -4.0],
            "diff_lo": [27.0, -13.0],
            "diff_hi": [46.0, 5.0],
            "n_a": [208, 208],
            "n_b": [175, 175],
        }
    )


def matrix_table():
    levels = ("Poor", "Fair", "Good")
    segment = {0: "Laggards", 1: "Laggards", 2: "Followers", 3: "Followers", 4: "Leaders"}
    return pd.DataFrame(
        [
            {"row": row, "col": col, "value": 3.0 + 4 * i + j, "segment": segment[i + j]}
            for i, row in enumerate(levels)
            for j, col in enumerate(levels)
        ]
    )


TABLES = {
    "ranked": ranked_table,
    "segments": segments_table,
    "stacked": stacked_table,
    "lanes": lanes_table,
    "dumbbell": dumbbell_table,
    "matrix": matrix_table,
}


def card(form, **options):
    return FORMS[form].draw(TABLES[form](), text(), **options)


def value_column(form):
    return "a" if form == "dumbbell" else "value"


def of(drawn, kind, role):
    return [op for op in drawn.ops if isinstance(op, kind) and op.role == role]


# --- any table -------------------------------------------------------------------------------------------

PHRASE = f"{LONG} שלום עולם 漢字 $x^2$ <b>&amp; =1+1 business-process-outsourcing\nDon’t know "
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
    st.builds(lambda start, size: (PHRASE * 3)[start : start + size], st.integers(0, 170), st.integers(1, 160)),
)
LABELS = WORDS.filter(lambda words: bool(words.strip()))
BASES = st.one_of(st.integers(1, 10_000), st.sampled_from((29, 30, 49, 50)))
ANY_VALUE = st.one_of(st.sampled_from(VALUES), st.floats(0, 100))


def distinct(low, high):
    """Labels, as many as a number drawn first: lists of hypothesis are short by themselves."""
    return st.integers(low, high).flatmap(
        lambda size: st.lists(LABELS, min_size=size, max_size=size, unique=True)
    )


def _interval(value, half):
    return {"lo": max(value - half, 0.0), "hi": min(value + half, 100.0)}


@st.composite
def any_ranked(draw):
    return pd.DataFrame(
        [
            {"label": label, "value": value, "n": draw(BASES), **_interval(value, draw(st.floats(0, 9)))}
            for label in draw(distinct(1, 25))
            for value in [draw(ANY_VALUE)]
        ]
    )


@st.composite
def any_lanes(draw):
    groups = draw(distinct(2, 5))
    return pd.DataFrame(
        [
            {
                "label": label,
                "group": group,
                "value": value,
                "n": draw(BASES),
                **_interval(value, 4.0),
                "letters": "abcde"[: draw(st.integers(0, len(groups) - 1))],
            }
            for label in draw(distinct(1, 25))
            for group in groups
            for value in [draw(ANY_VALUE)]
        ]
    )


@st.composite
def any_stacked(draw):
    levels = draw(distinct(2, 5))
    rows = []
    for label in draw(distinct(1, 25)):
        left, n = 100.0, draw(BASES)
        for level in levels:
            value = min(draw(ANY_VALUE), left)
            left -= 0.0 if math.isnan(value) else value
            rows.append({"label": label, "level": level, "value": value, "n": n})
    return pd.DataFrame(rows)


@st.composite
def any_segments(draw):
    rows, left = [], 100.0
    for group in draw(distinct(2, 5)):
        value = min(draw(ANY_VALUE), left)
        left -= 0.0 if math.isnan(value) else value
        definition = draw(st.one_of(st.just(""), LABELS))
        rows.append(
            {
                "group": group,
                "value": value,
                "n": draw(BASES),
                "definition": definition,
                **_interval(value, 3.0),
            }
        )
    return pd.DataFrame(rows)


@st.composite
def any_dumbbell(draw):
    rows = []
    for label in draw(distinct(1, 25)):
        a, b = draw(ANY_VALUE), draw(ANY_VALUE)
        gap = {"diff": b - a, "diff_lo": b - a - 4, "diff_hi": b - a + 5}
        rows.append({"label": label, "a": a, "b": b, **gap, "n_a": draw(BASES), "n_b": draw(BASES)})
    return pd.DataFrame(rows)


@st.composite
def any_matrix(draw):
    names = draw(distinct(1, 5))
    return pd.DataFrame(
        [
            {
                "row": row,
                "col": col,
                "value": draw(ANY_VALUE),
                "n": draw(BASES),
                "segment": draw(st.sampled_from(names)),
            }
            for row in draw(distinct(2, 5))
            for col in draw(st.just(["Poor", "Fair", "Good"]))
        ]
    )


ANY = {
    "ranked": any_ranked(),
    "segments": any_segments(),
    "stacked": any_stacked(),
    "lanes": any_lanes(),
    "dumbbell": any_dumbbell(),
    "matrix": any_matrix(),
}
