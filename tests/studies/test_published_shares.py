"""Every share that the four reports print comes out of the bundled respondents, through the public API.

The studies are read from a copy without their claims, so that no number can come from there: the printed ones
are read here, with the csv module. How many were checked is printed at the end of the test run.
"""

from __future__ import annotations

import csv
import math
import shutil
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import cxsurvey as cx

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT.parent / "shared" / "sources" / "published_claims.csv"
STUDIES = ("hbr2020", "cmswire2021", "customerthink2021", "cx_spending2021")
HALF_WAY = 1e-9  # estimates are sums of floats; a share that is exactly half-way is not a half less a hair


def printed_rows(study):
    with (ROOT / "data" / study / "claims.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """The four studies, read without their claims."""
    found = {}
    for name in STUDIES:
        folder = tmp_path_factory.mktemp("no_claims") / name
        shutil.copytree(ROOT / "data" / name, folder, ignore=shutil.ignore_patterns("claims.csv"))
        found[name] = cx.read_study(folder)
    return found


def share_of(study, question, response, group):
    """One share, estimated as a user would; in percent."""
    net = question != "segment" and study.question(question).net(response) is not None
    measure = (
        cx.Measure(question=question, net=response) if net else cx.Measure(question=question, response=response)
    )
    name, _, member = group.partition("=")
    frame = cx.estimate(study, [measure], by=name if member else None).frame
    row = frame[frame["group"] == (member or "total")]
    assert len(row) == 1, f"{question} {response} {group}"
    return 100 * float(row["estimate"].iloc[0])


def rounded(percent, printed):
    """Half up, to as many places as printed."""
    places = Decimal(printed.rstrip("%"))
    return Decimal(percent + HALF_WAY).quantize(places, rounding=ROUND_HALF_UP)


def members(group):
    name, mark, listed = (group or "all").partition("=")
    return [f"{name}={member}" for member in listed.split("|")] if mark else [""]


def prints(row):
    return row["kind"] == "share" and row["value"] and row.get("qualifier", "") in {"", "exact"}


@pytest.mark.parametrize("name", STUDIES)
def test_every_printed_share_comes_out_of_the_respondents(name, studies, record_property):
    wrong, checked, aside = [], 0, []
    for row in printed_rows(name):
        if not prints(row):
            continue
        if row["calibrate"] == "no":
            aside.append(row["id"])
            continue
        for group in members(row["group"]):
            for response in row["response"].split("|"):
                found = share_of(studies[name], row["question"], response, group)
                checked += 1
                if rounded(found, row["value"]) != Decimal(row["value"]):
                    wrong.append(f"{row['id']}: printed {row['value']}, respondents {found:.3f}")
    record_property("published shares", f"{name}: {checked} equal the printed number, {len(aside)} set aside")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", STUDIES)
def test_every_printed_bound_holds_of_the_respondents(name, studies, record_property):
    holds = {
        "more_than": lambda share, bound: share > bound,
        "less_than": lambda share, bound: share < bound,
        "at_least": lambda share, bound: share >= bound,
        "at_most": lambda share, bound: share <= bound,
        "nearly": lambda share, bound: 0.9 * bound <= share < bound,
        "about": lambda share, bound: 0.9 * bound <= share <= 1.1 * bound,
    }
    wrong, checked = [], 0
    for row in printed_rows(name):
        qualifier = row.get("qualifier", "")
        if row["kind"] not in {"share", "threshold"} or not row["value"] or row["calibrate"] == "no":
            continue
        if row["kind"] == "threshold":
            qualifier = qualifier or "more_than"
        if qualifier not in holds:
            continue
        bound = float(Fraction(row["value"]) * (100 if "/" in row["value"] else 1))
        for group in members(row["group"]):
            for response in row["response"].split("|"):
                found = share_of(studies[name], row["question"], response, group)
                checked += 1
                if not holds[qualifier](found, bound):
                    wrong.append(f"{row['id']}: {qualifier} {row['value']}, respondents {found:.3f}")
    record_property("published shares", f"{name}: {checked} within the printed bound or approximation")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "seed"),
    [("hbr2020", 2020), ("cmswire2021", 2021), ("customerthink2021", 2021), ("cx_spending2021", 2021)],
)
def test_the_bundled_respondents_are_those_that_the_command_makes(name, seed):
    bundled = (ROOT / "data" / name / "responses.csv").read_text(encoding="utf-8")
    assert f"--seed {seed}" in (ROOT / "data" / name / "README.md").read_text(encoding="utf-8")
    assert cx.synthesize(name, seed=seed).csv == bundled


@pytest.mark.parametrize("name", STUDIES)
def test_respondents_say_that_they_are_made_up(name, studies):
    assert studies[name].file.study.synthetic
    assert "synthetic" in repr(studies[name])
    assert not cx.check(studies[name]).errors


@pytest.mark.skipif(not SEED.exists(), reason="the list of published claims is not beside the project")
def test_the_claims_files_hold_every_published_claim_with_its_number(record_property):
    with SEED.open(encoding="utf-8", newline="") as file:
        seed = list(csv.DictReader(file))
    percentages, lost = 0, []
    for study, prefix in (
        ("hbr2020", "hbr2020"),
        ("cmswire2021", "cmswire2021"),
        ("customerthink2021", "customerthink"),
        ("cx_spending2021", "cx_spending"),
    ):
        ours = {row["id"]: row for row in printed_rows(study)}
        for row in (item for item in seed if item["study"] == prefix):
            claim = row["claim_id"].removeprefix(f"{prefix}.")
            if claim not in ours:
                lost.append(f"{study}: {claim} is missing")
            elif row["percent"] and not _same_number(row["percent"], ours[claim]["value"]):
                lost.append(f"{study}: {claim} prints {row['percent']}, the file has {ours[claim]['value']!r}")
            percentages += (
                bool(row["percent"]) and row["origin"] == "seed" and prefix in {"hbr2020", "cmswire2021"}
            )
    record_property(
        "published shares", f"hbr2020 and cmswire2021: {percentages} claims with a percentage on file"
    )
    assert not lost, "\n".join(lost)


def _same_number(percent, value):
    if not value:
        return False
    ours = Fraction(value) * (100 if "/" in value else 1)
    return math.isclose(float(percent), float(ours), abs_tol=0.5)
