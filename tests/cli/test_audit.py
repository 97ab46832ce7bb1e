"""``cxsurvey audit``: text, CSV, JSON and the page; claims that fail are a result, files at fault are not."""

from __future__ import annotations

import csv
import importlib.util
import io
import json

import pytest

from cxsurvey.published.audit.verdicts import AUDIT_COLUMNS

CLAIMS = """id,kind,statement,question,response,group,versus_group,value,base,qualifier
a,share,25% of leaders have one,officer,yes,segment=leader,,25,185,
b,share,10% of laggards have one,officer,yes,segment=laggard,,10,338,
more,comparison,Leaders have one more often,officer,yes,segment=leader,segment=laggard,,,
fewer,comparison,Leaders have one less often,officer,yes,segment=leader,segment=laggard,,,less
other,comparison,Leaders do more of something that is not printed,thing,yes,segment=leader,segment=laggard,,,
"""


@pytest.fixture
def claims(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text(CLAIMS, encoding="utf-8")
    return path


def test_text_fits_a_terminal_and_failing_claims_are_a_result(cli, claims):
    done = cli("audit", claims)
    assert (done.code, done.err) == (0, "")
    assert all(len(line) <= 80 for line in done.out.splitlines())
    places = [done.out.index(words) for words in ("Not supported (1)", "Supported (1)", "Cannot be tested")]
    assert places == sorted(places)
    assert "Needed: the percentage 'thing: yes' among leaders" in done.out
    assert "2 printed figures are claimed as such" in done.out


def test_csv_has_the_columns_of_the_frame(cli, claims):
    done = cli("audit", claims, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert tuple(rows[0]) == AUDIT_COLUMNS
    assert [row["verdict"] for row in rows] == ["stated", "stated", "supported", "not_supported", "untestable"]
    assert rows[4]["p_value"] == ""


def test_json_says_how_it_was_made(cli, claims):
    told = json.loads(cli("audit", claims, "--format", "json", "--level", "0.9", "--adjust", "none").out)
    assert (told["level"], told["family"], told["margin"]) == (0.9, 1, 0.1)
    assert told["counts"]["supported"] == 1
    assert told["rows"][4]["p_value"] is None


def test_out_writes_the_table(cli, claims, tmp_path):
    done = cli("audit", claims, "--out", tmp_path / "audit.csv")
    assert done.code == 0
    assert "written" in done.err
    assert (tmp_path / "audit.csv").read_text(encoding="utf-8").startswith("claim,kind,wording,")


@pytest.mark.skipif(
    importlib.util.find_spec("cxsurvey.display.audit_page") is None, reason="the page is not drawn here"
)
@pytest.mark.parametrize("suffix", ["pdf", "png", "svg"])
def test_out_writes_the_page(cli, claims, tmp_path, suffix):
    target = tmp_path / f"audit.{suffix}"
    assert cli("audit", claims, "--out", target).code == 0
    start = {"pdf": b"%PDF", "png": b"\x89PNG", "svg": b"<?xml"}[suffix]
    assert target.read_bytes().startswith(start)


def test_other_files_are_refused_before_anything_is_done(cli, claims, tmp_path):
    done = cli("audit", claims, "--out", tmp_path / "audit.xlsx")
    assert (done.code, "[audit-format]" in done.err) == (2, True)
    assert cli("audit", claims, "--out", claims).code == 2
    assert claims.read_text(encoding="utf-8") == CLAIMS


def test_faulty_claims_and_options_are_told(cli, claims, tmp_path):
    assert "[claims-absent]" in cli("audit", tmp_path / "absent.csv").err
    claims.write_text(CLAIMS.replace("comparison", "comparision"), encoding="utf-8")
    done = cli("audit", claims)
    assert done.code != 0
    assert "comparision" in done.err
    assert "[level-too-low]" in cli("audit", claims.with_name("claims.csv"), "--level", "0.3").err
    assert "[study-not-found]" in cli("audit", "nothing_like_it").err
