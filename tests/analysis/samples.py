"""Designs for the tests of this folder, and linearization written out in plain numpy."""

from pathlib import Path

import numpy as np
import pandas as pd
from helpers import question, study_of

GOLDEN = Path(__file__).resolve().parents[1] / "golden_values"
DESIGN = '[design]\nweight = "weight"\nstratum = "stratum"\ncluster = "psu"\nnested = true\n'
ITEMS = [f"ins0{i}" for i in range(1, 8)]


def golden_study(design=DESIGN):
    """A study around the data that R computed its goldens from."""
    five = {str(i): f"L{i}" for i in range(1, 6)}
    toml = design
    for name, codes in {
        "ownership": ["centralized", "distributed"],
        "industry": ["bank", "public", "retail", "telco", "travel"],
        "size": ["L", "M", "S"],
        "segment_given": ["follower", "laggard", "leader"],
    }.items():
        toml += question(name, column="segment" if name == "segment_given" else name, responses=codes)
    toml += "".join(question(name, "ordinal", column=name, responses=five) for name in ITEMS)
    toml += question("sat", "ordinal", column="sat", responses={code: five[code] for code in "1234"})
    toml += "".join(question(name, "number", column=name) for name in ("insight", "engagement"))
    toml += question("roi", column="roi", responses={"0": "No", "1": "Yes"})
    tools = ", ".join(f'{{ code = "{c}", label = "Tool {c}", column = "tools_{c}" }}' for c in "abc")
    toml += question(
        "tools",
        "multi",
        raw=f"responses = [{tools}]\n" + 'nets = [{ id = "ab", label = "A or B", responses = ["a", "b"] }]',
    )
    names = ", ".join(f'"{item}"' for item in ITEMS)
    toml += f'[[scale]]\nid = "score"\nlabel = "Insight"\nitems = [{names}]\n'
    return study_of(toml, pd.read_csv(GOLDEN / "a_cx.csv", keep_default_na=False, na_values=["", "NA"]))


BLOCKS = (
    question("g", responses={"a": "A", "b": "B", "c": "C"})
    + question(
        "s",
        "ordinal",
        responses={str(i): f"L{i}" for i in range(1, 6)},
        raw='nets = [{ id = "top2", label = "Top 2", responses = [4, 5] }]',
    )
    + question("v", "number")
    + question("r", "number", nps=True)
    + question(
        "m",
        "multi",
        columns=["M1", "M2"],
        responses={"x": "X", "y": "Y", "z": "Z"},
        blank="none_chosen",
        raw='nets = [{ id = "xy", label = "X or Y", responses = ["x", "y"] }]',
    )
    + question("t", "text")
)


def sample(n=240, seed=1, *, strata=3, clusters=4, low=0.3, high=3.0):
    """A clustered, stratified, weighted sample with missing answers, as a frame of text and numbers."""
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, strata, n)
    cluster = stratum * clusters + rng.integers(0, clusters, n)
    tilt = rng.normal(size=strata * clusters)[cluster]

    def some(values, share=0.1):
        return np.where(rng.random(n) < share, "", values)

    level = np.clip(np.rint(3 + tilt + rng.normal(size=n)), 1, 5).astype(int).astype(str)
    return pd.DataFrame(
        {
            "G": some(rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2]), 0.05),
            "S": some(level),
            "V": some(np.round(50 + 10 * tilt + 5 * rng.normal(size=n), 2).astype(str)),
            "R": some(np.clip(np.rint(7 + tilt + 2 * rng.normal(size=n)), 0, 10).astype(int).astype(str)),
            "M1": some(rng.choice(["x", "y", "z"], n), 0.3),
            "M2": some(rng.choice(["x", "y", "z"], n), 0.5),
            "T": "words",
            "weight": rng.uniform(low, high, n),
            "stratum": np.array(["north", "south", "east", "west"])[stratum],
            "psu": cluster.astype(str),
        }
    )


KINDS = {
    "design": DESIGN,
    "strata": '[design]\nweight = "weight"\nstratum = "stratum"\n',
    "weights": '[design]\nweight = "weight"\n',
    "simple": "",
}
REPLICATES = {"replicates": DESIGN + '[design.replicates]\nmake = "jackknife"\n'}


def made(frame, kind="design", more=""):
    return study_of({**KINDS, **REPLICATES}[kind] + more + BLOCKS, frame)


def ratio(frame, kind, numerator, denominator):
    """Ratios of weighted totals with the Taylor-linearized covariance, PSU by PSU.

    ``numerator`` and ``denominator`` are (n, K) values for each respondent; 0 outside the domain.
    """
    w = frame["weight"].to_numpy() if kind != "simple" else np.ones(len(frame))
    stratum = frame["stratum"].to_numpy() if kind in {"design", "strata"} else np.zeros(len(frame))
    psu = frame["psu"].to_numpy() if kind == "design" else np.arange(len(frame))
    y, x = np.atleast_2d(numerator.T).T.astype(float), np.atleast_2d(denominator.T).T.astype(float)
    base = (w[:, None] * x).sum(axis=0)
    estimate = (w[:, None] * y).sum(axis=0) / base
    influence = w[:, None] * (y - estimate * x) / base
    covariance = np.zeros((y.shape[1], y.shape[1]))
    for h in np.unique(stratum):
        inside = stratum == h
        totals = np.array([influence[inside & (psu == i)].sum(axis=0) for i in np.unique(psu[inside])])
        deviation = totals - totals.mean(axis=0)
        covariance += len(totals) / (len(totals) - 1) * deviation.T @ deviation
    return estimate, covariance
