"""The report of a study with claims: its audit as a table and as the last figure of the pack."""

from __future__ import annotations

import pandas as pd
import pytest
from helpers import question
from pypdf import PdfReader

import cxsurvey as cx
from cxsurvey.errors import ClaimsError

CLAIMS = """id,kind,statement,question,response,group,versus_group,value,base
a,share,A quarter of the first group said yes,yes,Y,g=a,,25,185
b,share,A tenth of the second group said yes,yes,Y,g=b,,10,338
c,comparison,The first group says yes more often,yes,Y,g=a,g=b,,
"""
FIGURE = '[[figure]]\nid = "fig03"\nform = "ranked"\nheadline = "Yes and no"\nquestion = "yes"\n'


def study(folder, *, figure=FIGURE, claims=CLAIMS):
    toml = '[study]\nid = "tiny"\ntitle = "Tiny"\nresponses = "r.csv"\n'
    toml += question("g", responses=["a", "b"]) + question("yes", responses=["Y", "N"]) + figure
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    (folder / "r.csv").write_text("G,YES\n" + "a,Y\nb,N\na,N\n" * 40, encoding="utf-8")
    if claims:
        (folder / "claims.csv").write_text(claims, encoding="utf-8")
    return cx.read_study(folder)


def written(found, to):
    return {path.relative_to(to).as_posix() for path in cx.report(found, to=to)}


@pytest.mark.parametrize(("figure", "number"), [(FIGURE, 4), ("", 1)])
def test_the_audit_is_a_table_and_the_last_figure(figure, number, tmp_path):
    (tmp_path / "in").mkdir()
    names = written(study(tmp_path / "in", figure=figure), tmp_path / "out")
    assert {"tables/audit.csv", "data/audit.csv", "figure-pack.pdf"} <= names
    assert pd.read_csv(tmp_path / "out/tables/audit.csv")["verdict"].tolist() == [
        "stated",
        "stated",
        "supported",
    ]
    text = "\n".join(page.extract_text() for page in PdfReader(tmp_path / "out/figure-pack.pdf").pages)
    assert f"FIGURE {number}\nThe one testable claim holds" in text
    assert "The first group says yes more often" in text
    assert "25% v 10%" in text


def test_without_claims_there_is_no_audit(tmp_path):
    (tmp_path / "in").mkdir()
    names = written(study(tmp_path / "in", claims=""), tmp_path / "out")
    assert not [name for name in names if "audit" in name]


def test_claims_that_cannot_be_read_stop_the_report(tmp_path):
    (tmp_path / "in").mkdir()
    with pytest.raises(ClaimsError):
        cx.report(study(tmp_path / "in", claims="id,kind\n1,2\n"), to=tmp_path / "out")
    assert not (tmp_path / "out").exists()
