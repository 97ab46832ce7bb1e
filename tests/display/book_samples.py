"""A small book with everything that is hard to print: odd labels, tiny, empty and nested columns, marks."""

from functools import cache

import numpy as np
from helpers import question, study_of

import cxsurvey as cx

ODD = {
    "1": '=HYPERLINK("http://localhost")',
    "2": "+Plus",
    "3": "-Minus",
    "4": "@At",
    "5": "<script>alert(1)</script> & more",
    "6": "a | b *c*",
}
LONG = "One central team that owns the whole of the experience, from the first contact to the renewal of it"
HEAD = """[study]
id = "odd"
title = "A <b>book</b> & its =title"
source = "Source of <i>this</i>"
responses = "responses.csv"
"""


@cache
def odd_study(n=900):
    """A study of ``n`` respondents, two of them in the smallest group."""
    rng = np.random.default_rng(20)
    toml = HEAD + "".join(
        [
            question("odd", responses=ODD, label="@Odd"),
            question(
                "size",
                responses={"1": "Small", "2": "Large", "3": "Nobody", "4": "Tiny", "5": "Middle"},
                label="Size",
            ),
            question("rating", "ordinal", responses={str(i): f"Point {i}" for i in range(1, 6)}, label=LONG),
            question("likely", "ordinal", responses={str(i): str(i) for i in range(11)}, nps=True),
            question("spend", "number", label="Spending", minimum=None),
        ]
    )
    size = rng.choice([1, 2, 5], n, p=[0.5, 0.4, 0.1])
    size[:2] = 4
    rating = np.clip(np.round(rng.normal(2.6 + 0.7 * (size == 2), 1, n)), 1, 5).astype(int)
    answers = {
        "ODD": rng.integers(1, 7, n).astype(str),
        "SIZE": size.astype(str),
        "RATING": np.where(rng.random(n) < 0.05, "", rating.astype(str)),
        "LIKELY": rng.integers(0, 11, n).astype(str),
        "SPEND": np.round(rng.gamma(2, 500, n), 2).astype(str),
    }
    return study_of(toml, answers)


@cache
def odd_book():
    """Its book, with nested heads."""
    return cx.tabulate(odd_study(), ["size", "odd", "size > odd"], top_box=2)


@cache
def bundled_book():
    """A book of synthetic respondents."""
    return cx.tabulate(cx.read_study("hbr2020"), questions=["top5_barriers", "insight_rating", "size"])


@cache
def wide_study():
    """Three regions of many codes each, so that letters go beyond Z."""
    rng = np.random.default_rng(4)
    toml = "".join(
        [
            question("region", responses={str(i): f"Region {i}" for i in range(1, 31)}),
            question("rating", "ordinal", responses={str(i): f"Point {i}" for i in range(1, 6)}),
        ]
    )
    region = rng.integers(1, 31, 3_000)
    rating = np.clip(np.round(rng.normal(2 + region / 15, 1)), 1, 5).astype(int)
    return study_of(toml, {"REGION": region.astype(str), "RATING": rating.astype(str)})
