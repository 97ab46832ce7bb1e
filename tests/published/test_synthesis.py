"""Synthetic respondents end to end: claims in, respondents out who satisfy them, or a refusal that says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from synthetic_claims import claims_text, study_folder
from synthetic_studies import STUDY

import cxsurvey as cx
from cxsurvey.errors import ClaimsError, CxSurveyError, DataFault, RequestError, StudyError
from cxsurvey.published.claims.file import parse_claims
from cxsurvey.published.synthesis import synthesis
from cxsurvey.published.synthesis.synthesis import synthesize
from cxsurvey.study.study_file import parse_study_file

FIFTH = "x,share,Contradicts,barriers,silos,,,,30,,,,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return study_folder(tmp_path / "made")


def test_respondents_satisfy_the_claims_and_the_study_reads_them(folder):
    made = synthesize(folder, seed=3)
    assert made.study.n == 120
    assert set(made.constraints["met"]) == {"yes", "set aside"}
    made.save(folder / "responses.csv")
    read = cx.read_study(folder)
    assert cx.check(read).errors == ()
    segments = cx.segment(read)
    shares = cx.estimate(read, "barriers", by=segments).frame.set_index(["group", "response"])["estimate"]
    # Printed: 13% of leaders and 40% of laggards lack vision.
    assert 0.125 <= shares["leader", "vision"] < 0.135
    assert 0.395 <= shares["laggard", "vision"] < 0.405


def test_the_table_counts_each_claim(folder):
    made = synthesize(folder, seed=3)
    rows = made.constraints.set_index("claim")
    assert rows.loc["n", ["printed", "counted", "base", "share"]].tolist() == ["50", 60, 120, 0.5]
    assert rows.loc["sum", ["met", "note"]].tolist() == ["set aside", "Contradicts the first figure"]
    assert rows.loc["vision.more", "note"] == "against 13.3% for barriers=vision in segment=leader"
    assert repr(made) == "Synthetic respondents of made: 120, seed 3; 11 claims met, 1 set aside"
    assert "Synthetic respondents of made" in made._repr_html_()


def test_the_frame_is_a_copy(folder):
    made = synthesize(folder, seed=3)
    frame = made.frame
    frame["OWNER"] = "nobody"
    assert set(made.frame["OWNER"]) == {"one", "several", "nobody"}


def test_claims_can_be_handed_over(folder):
    file = parse_study_file(STUDY)
    held = parse_claims(claims_text(without="silos"), file=file)
    (folder / "claims.csv").unlink()
    made = synthesize(folder, seed=3, claims=held)
    assert "silos" not in set(made.constraints["claim"])
    strange = parse_claims("id,kind,statement,question,response,value,base\na,share,S,nothing,x,5,100\n")
    with pytest.raises(ClaimsError, match="no question 'nothing'"):
        synthesize(folder, seed=3, claims=strange)


def test_the_same_seed_gives_the_same_bytes_in_any_process(folder):
    script = "import sys, cxsurvey as cx; sys.stdout.write(cx.synthesize(sys.argv[1], seed=5).csv)"
    texts = [
        subprocess.run(
            [sys.executable, "-c", script, str(folder)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert texts[0] == texts[1] == synthesize(folder, seed=5).csv.encode()
    assert synthesize(folder, seed=6).csv.encode() != texts[0]


def test_claims_that_conflict_are_named(folder):
    study_folder(folder, FIFTH)
    with pytest.raises(DataFault) as caught:
        synthesize(folder, seed=1)
    assert caught.value.code == "claims-conflict"
    assert caught.value.exit_code == 1
    assert "silos" in caught.value.got
    assert "x (row 14" in caught.value.got


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True, None])
def test_a_seed_is_a_whole_number_from_0(folder, seed):
    with pytest.raises(RequestError, match="bad-seed"):
        synthesize(folder, seed=seed)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("synthetic = true", "synthetic = false", "study-not-synthetic"),
        ("[segments]\n", '[design]\ncluster = "PSU"\n[segments]\n', "synthesis-design"),
        ("[segments]\n", '[design]\nfpc = "N"\n[segments]\n', "synthesis-design"),
        ("nps = true", "minimum = 0.2\nmaximum = 0.8", "synthesis-number"),
        ('"responses.csv"', '"responses.sav"', ""),
    ],
)
def test_studies_that_cannot_have_synthetic_respondents(tmp_path, old, new, code):
    folder = study_folder(tmp_path / "made", study=STUDY.replace(old, new))
    if code:
        with pytest.raises(StudyError) as caught:
            synthesize(folder, seed=1)
        assert caught.value.code == code
        assert "study.toml" in caught.value.where
    else:
        assert synthesize(folder, seed=1).study.n == 120


def test_responses_that_stand_in_a_data_file_are_asked_for(tmp_path):
    text = STUDY.replace('"responses.csv"', '"responses.sav"').replace(
        'responses = { one = "One team", several = "Several teams", nobody = "Nobody" }', ""
    )
    folder = study_folder(tmp_path / "made", study=text)
    with pytest.raises(StudyError) as caught:
        synthesize(folder, seed=1)
    assert (caught.value.code, caught.value.got) == ("responses-unlisted", "owner")


def test_a_weight_and_a_stratum_are_filled_with_1(tmp_path):
    text = STUDY + '\n[design]\nweight = "W"\nstratum = "S"\n'
    frame = synthesize(study_folder(tmp_path / "made", study=text), seed=1).frame
    assert list(frame)[:3] == ["ID", "W", "S"]
    assert set(frame["W"]) == set(frame["S"]) == {"1"}


def test_a_study_without_claims_or_without_a_name_says_so(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    with pytest.raises(ClaimsError, match="claims-missing"):
        synthesize(tmp_path, seed=1)
    with pytest.raises(StudyError, match="study-not-found"):
        synthesize("no-such-study", seed=1)


def test_respondents_that_miss_a_claim_never_leave(folder, monkeypatch):
    """A wrong plan is caught by counting again: here one made for other claims."""
    file = parse_study_file(STUDY)
    other = parse_claims(claims_text("s2,share,S,barriers,silos,,,,30,,,,", without="silos"), file=file)
    plan = synthesis.plan(file, other)
    monkeypatch.setattr(synthesis, "plan", lambda *_: plan)
    with pytest.raises(DataFault) as caught:
        synthesize(folder, seed=1)
    assert caught.value.code == "synthesis-unmet"
    assert "silos (barriers=silos in all): printed 53, counted" in caught.value.got


def test_respondents_that_break_the_codebook_never_leave(folder, monkeypatch):
    """The check of the data has the last word."""
    monkeypatch.setattr(synthesis, "check", lambda _: _Found())
    with pytest.raises(DataFault) as caught:
        synthesize(folder, seed=1)
    assert (caught.value.code, caught.value.got) == ("synthesis-faulty", "cap-exceeded: Too many.")


class _Issue:
    code, message = "cap-exceeded", "Too many."


class _Found:
    errors = (_Issue(),)


@pytest.mark.parametrize(
    ("reading", "responses", "code"),
    [
        ('encoding = "cp1252"', "responses.csv", "responses-not-csv"),
        ("header_row = 2", "responses.csv", "responses-not-csv"),
        ("", "responses.xlsx", "table-format"),
        ("", "responses", "responses-not-csv"),
    ],
)
def test_responses_that_the_study_could_not_read_are_not_written(tmp_path, reading, responses, code):
    text = STUDY.replace("responses.csv", responses) + f"\n[reading]\n{reading}\n"
    folder = study_folder(tmp_path / "made", study=text)
    made = synthesize(folder, seed=1)
    with pytest.raises(CxSurveyError) as caught:
        made.save(folder / responses)
    assert caught.value.code == code
    assert not (folder / responses).exists()
    made.save(folder / "elsewhere.csv")
    assert (folder / "elsewhere.csv").is_file()


def test_the_stated_separator_is_used(tmp_path):
    text = STUDY.replace('separator = ";"', 'separator = "|"') + '\n[reading]\nseparator = ";"\n'
    folder = study_folder(tmp_path / "made", study=text)
    made = synthesize(folder, seed=1)
    made.save(folder / "responses.csv")
    assert (folder / "responses.csv").read_text(encoding="utf-8").startswith("ID;INSIGHT;")
    read = cx.read_study(folder)
    assert read.answers("tools").chosen.tolist() == made.study.answers("tools").chosen.tolist()
