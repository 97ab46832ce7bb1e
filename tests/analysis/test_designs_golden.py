"""Study folders with stages and replicate weights give the numbers of R's survey package.

The values are those of `tests/golden/golden_a.json`, with the R call beside each.
The data stand beside the project.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers import HEAD, question

import cxsurvey as cx
from cxsurvey.analysis.design import survey_design

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "golden" / "data"
TOLERANCE = 1e-9  # the file's 1e-10 for linear statistics, on sums taken in another order
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the golden data do not stand beside the project")

LEVELS = {
    "stype": "EHM",
    "band4": ("b1", "b2", "b3", "b4"),
    "sw": "01",
    "awards": ("No", "Yes"),
    "imp": ("No", "Yes"),
}
SETTINGS = "[settings]\ntest_from = 2\nsuppress_below = 0\n"


@dataclass(frozen=True)
class Kind:
    """A design of the golden file: its data, its replicate weights and how a study file declares it."""

    name: str
    data: str
    toml: str
    replicates: str = ""


def other(name, base, **keys):
    more = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return Kind(name, base, f'[design]\nweight = "base_weight"\n[design.replicates]\n{more}', name)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "a_clus2",
            "apiclus2",
            '[design]\ncluster = ["dnum", "snum"]\nfpc = ["fpc1", "fpc2"]\nweight_from_fpc = true\n',
        ),
        other("a_rep_brr", "a_brr", columns='"rw*"', kind='"brr"', df=12),
        other("a_rep_fay", "a_brr", columns='"rw*"', kind='"fay"', rho=0.3, df=12),
        other("a_rep_boot", "apiclus1", columns='"rw*"', kind='"bootstrap"', df=14),
        other("a_rep_jk1", "apiclus1", columns='"rw*"', kind='"jk1"', scale=0.914839277851167, df=14),
        other("a_rep_jkn", "apistrat", columns='"rw*"', kind='"jkn"', df=197, rscales="RSCALES"),
    )
}


@cache
def golden():
    return json.loads((ROOT / "tests" / "golden" / "golden_a.json").read_text(encoding="utf-8"))


def value_of(design, call):
    """What R printed for a call that begins so; missing answers are left out in either wording."""
    calls = (f"{call})", f"{call}, na.rm = TRUE)")
    found = [case for case in golden()["cases"] if case["design"] == design and case["call"] in calls]
    assert len(found) == 1, call
    return found[0]["result"]


@pytest.fixture(scope="module")
def study_of_kind(tmp_path_factory):
    @cache
    def made(name):
        kind = KINDS[name]
        frame = pd.read_csv(DATA / f"{kind.data}.csv", dtype=str, keep_default_na=False)
        frame = frame.rename(columns={"comp.imp": "imp"})
        if kind.replicates:
            frame = pd.concat([frame, pd.read_csv(DATA / f"{kind.replicates}.csv", dtype=str)], axis=1)
        toml = kind.toml
        if "RSCALES" in toml:
            toml = toml.replace("RSCALES", str(golden()["designs"][name]["spec"]["rscales"]))
        folder = tmp_path_factory.mktemp(name)
        frame.to_csv(folder / "responses.csv", index=False)
        (folder / "study.toml").write_text(HEAD + toml + SETTINGS + questions(), encoding="utf-8")
        return cx.read_study(folder)

    return made


def questions():
    coded = [question(name, column=name, responses=list(codes)) for name, codes in LEVELS.items()]
    ordered = question("api00", "number", column="api00") + question("enroll", "number", column="enroll")
    inside = 'base = { label = "met its target", all = [{ question = "imp", is = ["Yes"] }] }'
    return "".join(coded) + ordered + question("met", "number", column="api00", raw=inside)


@pytest.fixture(params=list(KINDS))
def name(request):
    return request.param


BUT_FAY = pytest.mark.parametrize("name", [name for name in KINDS if name != "a_rep_fay"])  # R has no such case


@pytest.fixture
def study(name, study_of_kind):
    return study_of_kind(name)


def asserted(frame, result):
    close(frame["estimate"], list(result["est"].values()))
    close(frame["std_error"], result["se"])


def close(ours, theirs):
    expected = np.array(
        [np.nan if value in {"NaN", "NA"} else value for value in np.ravel(theirs)], dtype=float
    )
    np.testing.assert_allclose(np.asarray(ours, dtype=float), expected, rtol=TOLERANCE, atol=1e-12)


def test_the_study_is_sound(study):
    assert not len(cx.check(study).errors)


def test_mean(name, study):
    asserted(cx.estimate(study, "api00").frame, value_of(name, f"svymean(~api00, {name}"))


def test_degrees_of_freedom(name, study):
    expected = golden()["designs"][name]["degf"]
    assert survey_design(study).df == expected
    assert cx.estimate(study, "api00").frame["df"].item() == expected


def test_t_interval_of_a_mean(name, study):
    frame = cx.estimate(study, "api00").frame
    plain = value_of(name, f"svymean(~api00, {name}")
    from scipy.special import stdtrit  # noqa: PLC0415 - one use

    t = stdtrit(golden()["designs"][name]["degf"], 0.975)
    estimate, error = next(iter(plain["est"].values())), plain["se"]
    close(frame[["conf_low", "conf_high"]].iloc[0], [estimate - t * error, estimate + t * error])


@BUT_FAY
def test_a_base_is_a_domain(name, study):
    call = f"svymean(~api00, subset({name}, comp.imp == 'Yes')"
    frame = cx.estimate(study, "met").frame
    asserted(frame, value_of(name, call))
    subset = f"structure(list(degf_subset = as.vector(degf(subset({name}, comp.imp == 'Yes'))), "
    degf = next(case for case in golden()["cases"] if case["call"].startswith(subset))["result"]
    assert frame["df"].item() == np.ravel(list(degf.values()))[0]


def test_means_of_groups(name, study):
    asserted(
        cx.estimate(study, "api00", by="stype").frame, value_of(name, f"svyby(~api00, ~stype, {name}, svymean")
    )


@BUT_FAY
def test_shares_of_groups(name, study):
    frame = cx.estimate(study, "band4", by="stype").frame.sort_values(["response", "group"])
    asserted(frame, value_of(name, f"svyby(~band4, ~stype, {name}, svymean"))


@BUT_FAY
def test_shares_and_their_covariance(name, study):
    found = cx.estimate(study, "band4")
    result = value_of(name, f"svymean(~band4, {name}")
    asserted(found.frame, result)
    np.testing.assert_allclose(found.covariance, result["vcov"]["values"], rtol=1e-8, atol=1e-12)


@BUT_FAY
def test_logit_interval_of_a_share(name, study):
    result = value_of(name, f"svyciprop(~sw, {name}, method = 'logit'")
    frame = cx.estimate(study, "sw").frame.iloc[1]
    close([frame["estimate"]], [result["est"] if np.isscalar(result["est"]) else list(result["est"].values())])
    limits = next(value for key, value in result.items() if key.startswith("ci"))
    # R finds the logit by iterating a logistic regression: six digits are its own precision.
    np.testing.assert_allclose(frame[["conf_low", "conf_high"]].astype(float), np.ravel(limits), rtol=1e-6)


@BUT_FAY
def test_medians_of_groups(name, study):
    frame = cx.estimate(study, "api00", by="stype", statistic="median").frame
    result = value_of(name, f"svyby(~api00, ~stype, {name}, svyquantile, quantiles = .5, ci = TRUE")
    close(frame["estimate"], list(result["est"].values()))
    # Of the middle schools R takes the second smallest score for a limit below the first step, we the smallest
    # ("quantile-first-step" in tests/golden/README.md).
    same = frame["group"] != "M" if name == "a_clus2" else frame["group"] != ""
    close(frame["std_error"][same], np.array(result["se"])[same])


@BUT_FAY
def test_gap(name, study):
    result = value_of(name, f"gap(~api00, ~stype, {name}, 1, 2")
    row = cx.gaps(study, by="stype", question="api00").frame.iloc[0]
    assert (row["group_a"], row["group_b"]) == tuple(result["pair"])
    close([row["gap"], row["std_error"], row["statistic"]], [result["diff"], result["se"], result["t"]])
    assert row["test"] == ("t, linearized" if name == "a_clus2" else "t, replicates")


def test_replicates_that_are_made_are_those_of_the_columns(study_of_kind, tmp_path):
    """R made the columns from these designs, and we make the same."""
    for name, base, design in (
        ("a_rep_jkn", "apistrat", 'stratum = "stype"\nfpc = "fpc"\nweight = "pw"\n'),
        ("a_rep_jk1", "apiclus1", 'cluster = "dnum"\nfpc = "fpc"\nweight = "pw"\n'),
    ):
        frame = pd.read_csv(DATA / f"{base}.csv", dtype=str, keep_default_na=False).rename(
            columns={"comp.imp": "imp"}
        )
        folder = tmp_path / name
        folder.mkdir()
        frame.to_csv(folder / "responses.csv", index=False)
        toml = f'[design]\n{design}[design.replicates]\nmake = "jackknife"\n'
        (folder / "study.toml").write_text(HEAD + toml + SETTINGS + questions(), encoding="utf-8")
        study = cx.read_study(folder)
        asserted(
            cx.estimate(study, "api00", by="stype").frame,
            value_of(name, f"svyby(~api00, ~stype, {name}, svymean"),
        )
        given = cx.estimate(study_of_kind(name), "band4", by="awards").frame
        made = cx.estimate(study, "band4", by="awards").frame
        np.testing.assert_allclose(made["std_error"], given["std_error"], rtol=1e-9, atol=1e-12)
