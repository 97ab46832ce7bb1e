"""The tables of a report on synthetic respondents say which of their rows a report has published."""

from __future__ import annotations

import pandas as pd
import pytest
from helpers import question
from pypdf import PdfReader

import cxsurvey as cx
from cxsurvey.display.report import tables
from cxsurvey.errors import DataFault

CLAIMS = """id,kind,statement,question,response,group,value,base
leaders,share,Half lead,segment,leader,,50,200
laggards,share,Half lag,segment,laggard,,50,200
yes.leaders,share,Most leaders say yes,yes,y,segment=leader,60,100
yes.laggards,share,Some laggards say yes,yes,y,segment=laggard,30,100
no.leaders,share,Few leaders say no,yes,n,segment=leader,40,100
"""
RATINGS = {"4": "Excellent", "3": "Good", "2": "Fair", "1": "Poor"}
FIGURE = '[[figure]]\nid = "fig01"\nform = "ranked"\nheadline = "Yes"\nquestion = "yes"\n'


def study(folder, *, synthetic=True, claims=CLAIMS, leaders=60):
    folder.mkdir(exist_ok=True)
    toml = '[study]\nid = "tiny"\ntitle = "Tiny"\npublisher = "A publisher"\nresponses = "r.csv"\n'
    toml += f"synthetic = {str(synthetic).lower()}\n" + question("yes", responses=["y", "n"])
    toml += "".join(question(name, "ordinal", responses=RATINGS) for name in ("ins", "eng"))
    toml += '[segments]\nrule = "at_best_fair"\ninsight = "ins"\nengagement = "eng"\n' + FIGURE
    frame = pd.DataFrame({"INS": [4] * 100 + [2] * 100, "ENG": [4] * 100 + [1] * 100})
    frame["YES"] = ["y"] * leaders + ["n"] * (100 - leaders) + ["y"] * 30 + ["n"] * 70
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    frame.to_csv(folder / "r.csv", index=False)
    if claims:
        (folder / "claims.csv").write_text(claims, encoding="utf-8")
    return cx.read_study(folder)


def test_the_last_column_says_what_a_claim_prints(tmp_path):
    found = tables(study(tmp_path))
    for name in ("segments", "gaps-by-segment", "robustness-gaps"):
        assert found[name].columns[-1] == "published"
    segments = found["segments"].set_index("response")["published"]
    assert segments[["leader", "laggard"]].tolist() == [True, True]
    assert not segments["follower"]
    gaps = found["gaps-by-segment"].set_index("response")["published"]
    assert gaps["y"]
    assert not gaps["n"], "one of its two shares is printed"


def test_what_another_rule_makes_of_the_segments_is_not_published(tmp_path):
    table = tables(study(tmp_path))["robustness-gaps"]
    own = table["rule"].eq("at_best_fair")
    assert table.loc[own & table["response"].eq("y"), "published"].tolist() == [True]
    assert (~own).any()
    assert not table.loc[~own, "published"].any()


@pytest.mark.parametrize(("synthetic", "claims"), [(False, CLAIMS), (True, "")])
def test_other_tables_have_no_such_column(tmp_path, synthetic, claims):
    found = tables(study(tmp_path, synthetic=synthetic, claims=claims))
    assert not any("published" in frame.columns for frame in found.values())


def test_respondents_who_do_not_give_what_is_printed_are_refused(tmp_path):
    with pytest.raises(DataFault, match="not-as-printed"):
        tables(study(tmp_path, leaders=70))


@pytest.mark.parametrize("synthetic", [True, False])
def test_the_publisher_is_the_author_of_real_findings_alone(tmp_path, synthetic):
    cx.report(study(tmp_path / "in", synthetic=synthetic), to=tmp_path / "out")
    pack = PdfReader(tmp_path / "out/figure-pack.pdf")
    assert (pack.metadata.author or "") == ("" if synthetic else "A publisher")
    cover = " ".join(pack.pages[0].extract_text().split())
    assert ("Synthetic respondents calibrated to a report by A publisher" in cover) == synthetic
    assert ("A PUBLISHER" in cover) != synthetic
    figure = PdfReader(next((tmp_path / "out/pdf").glob("*.pdf")))
    assert (figure.metadata.author or "") == ("" if synthetic else "A publisher")
