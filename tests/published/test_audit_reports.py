"""The audit of published reports: verdicts follow from the printed numbers, and change with them."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pytest
from audit_claims import claims_of, compared, share

import cxsurvey as cx
from cxsurvey.published.claims.file import parse_claims
from cxsurvey.study.study_file import load_study_file

DATA = Path(cx.__file__).resolve().parents[1] / "data"
HBR = DATA / "hbr2020"
CMSWIRE = DATA / "cmswire2021"
needs_hbr = pytest.mark.skipif(not (HBR / "claims.csv").is_file(), reason="the study is not bundled here")
needs_cmswire = pytest.mark.skipif(
    not (CMSWIRE / "claims.csv").is_file(), reason="the study is not bundled here"
)


def changed(folder, **values):
    """Audit a study's claims with other cells in some rows: ``cxo.leader={"value": "12"}``."""
    rows = list(csv.DictReader(io.StringIO((folder / "claims.csv").read_text(encoding="utf-8"))))
    assert set(values) <= {row["id"] for row in rows}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(row | values.get(row["id"], {}) for row in rows)
    file = load_study_file(folder / "study.toml")
    return cx.audit(parse_claims(text.getvalue(), file=file), codebook=file)


@pytest.fixture(scope="module")
def hbr():
    return cx.audit("hbr2020")


@needs_hbr
def test_a_chief_experience_officer(hbr):
    more, twice = hbr.finding("cxo.leader_more"), hbr.finding("cxo.leader_twice")
    assert more.verdict == "supported"
    assert (more.n_a, more.n_b) == (185, 338)
    assert more.p_high < 0.001
    assert twice.verdict == "sample_only"
    assert twice.conf_low < 2 < twice.estimate < twice.conf_high


@needs_hbr
def test_customer_lifetime_value_is_not_robust(hbr):
    found = hbr.finding("metric.clv.leader_more")
    assert found.verdict in {"depends_on_rounding", "not_after_correction"}
    assert found.p_low < 0.05 < found.p_high


@needs_hbr
def test_retail_is_tested_as_a_part_of_everybody(hbr):
    more, twice = hbr.finding("covid.online.retail_more"), hbr.finding("covid.online.retail_twice")
    assert more.verdict == "supported"
    assert "rest of its whole" in more.test
    assert (more.estimate_a, more.n_a) == (50 / 82, 82)
    assert twice.estimate == pytest.approx(1.79, abs=0.005)
    assert "1.92 times the rest" in twice.reason


@needs_hbr
def test_what_is_not_printed_is_said_to_be_missing(hbr):
    silos = hbr.finding("barrier.silos.no_segment_difference")
    assert (silos.verdict, math.isnan(silos.estimate_a)) == ("untestable", True)
    assert "silos" in silos.needed
    for finding in hbr:
        assert finding.reason
        assert (finding.verdict == "untestable") <= bool(finding.needed)
        if finding.claim.kind == "statement":
            assert finding.verdict == "untestable"


@needs_hbr
def test_the_report_contradicts_itself_about_its_regions(hbr):
    found = hbr.finding("sample.us_only")
    assert found.verdict == "not_supported"
    assert "50%" in found.reason
    kept = hbr.finding("demo.region.north_america")  # of a table that adds up; the other is set aside
    assert kept.verdict == "stated"
    assert "another sentence of the report contradicts it (sample.us_only" in kept.reason


@needs_hbr
def test_the_family_is_the_comparisons_that_were_tested(hbr):
    members = [item for item in hbr if not math.isnan(item.p_adjusted)]
    assert {item.claim.kind for item in members} <= {"comparison", "rank", "trend"}
    assert len(members) >= hbr.family > 10
    assert all(item.p_adjusted >= item.p_value for item in members)


@needs_hbr
@pytest.mark.parametrize(
    ("claim", "values", "before", "after"),
    [
        ("cxo.leader_more", {"cxo.leader": {"value": "12"}}, "supported", "sample_only"),
        ("cxo.leader_more", {"cxo.leader": {"value": "9"}}, "supported", "not_supported"),
        ("cxo.leader_more", {"cxo.leader": {"value": ""}}, "supported", "untestable"),
        ("cxo.leader_more", {"cxo.leader": {"base": "12"}}, "supported", "sample_only"),
        ("cxo.leader_twice", {"cxo.leader": {"value": "45"}}, "sample_only", "supported"),
        ("cxo.leader_twice", {"cxo.leader": {"value": "17"}}, "sample_only", "not_supported"),
        ("metric.clv.leader_more", {"metric.clv.leader": {"value": "60"}}, "depends_on_rounding", "supported"),
        (
            "metric.clv.leader_more",
            {"metric.clv.leader": {"value": "36"}},
            "depends_on_rounding",
            "sample_only",
        ),
        ("priority.cx.more_than_half", {"priority.cx": {"value": "51"}}, "supported", "sample_only"),
        ("priority.cx.more_than_half", {"priority.cx": {"value": "45"}}, "supported", "not_supported"),
        ("covid.online.retail_more", {"covid.online.retail": {"value": "38"}}, "supported", "sample_only"),
        # No whole count of 82 prints as 36%.
        ("covid.online.retail_more", {"covid.online.retail": {"value": "36"}}, "supported", "untestable"),
        # One of the two includes the other, so even a tie in print may hide ten respondents more.
        ("tech.ai.grows", {"tech.ai.two_years": {"value": "38"}}, "supported", "depends_on_rounding"),
        ("tech.ai.grows", {"tech.ai.two_years": {"value": "30"}}, "supported", "not_supported"),
    ],
)
def test_another_printed_number_is_another_verdict(hbr, claim, values, before, after):
    assert hbr.finding(claim).verdict == before
    assert changed(HBR, **values).finding(claim).verdict == after


@needs_cmswire
@pytest.mark.parametrize(
    ("question", "printed"), [("cco", (85, 56)), ("data", (49, 31)), ("kpis", (71, 34)), ("profit", (52, 16))]
)
def test_centralized_and_distributed(question, printed):
    """The four gaps with numbers hold under every rounding, after correction, and by a wide margin."""
    del question
    audit = cx.audit("cmswire2021")
    found = [
        item
        for item in audit.findings
        if item.claim.kind == "comparison"
        and not math.isnan(item.p_value)
        and (round(100 * item.estimate_a), round(100 * item.estimate_b)) == printed
    ]
    assert found
    assert {item.verdict for item in found} == {"supported"}
    assert all(item.p_adjusted < 0.001 < item.design_effect for item in found)


def test_the_same_verdicts_from_claims_alone():
    """The printed numbers of three findings, without any study beside them."""
    leaders, laggards = (
        {"base": 185, "base_low": 181, "base_high": 190},
        {"base": 338, "base_low": 333, "base_high": 343},
    )
    rows = [
        share("segment=leader", "25", question="cxo") | leaders,
        share("segment=laggard", "10", question="cxo") | laggards,
        compared("segment=leader", "segment=laggard", question="cxo") | {"id": "more"},
        compared(
            "segment=leader", "segment=laggard", question="cxo", kind="ratio", value="2", qualifier="more_than"
        )
        | {"id": "twice"},
        share("segment=leader", "41", question="clv") | leaders,
        share("segment=laggard", "33", question="clv") | laggards,
        compared("segment=leader", "segment=laggard", question="clv") | {"id": "clv"},
    ]
    audit = cx.audit(claims_of(*rows))
    assert [audit.finding(name).verdict for name in ("more", "twice", "clv")] == [
        "supported",
        "sample_only",
        "depends_on_rounding",
    ]
