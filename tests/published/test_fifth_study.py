"""A study that the package has never seen goes from claims to respondents, figures and an audit."""

from __future__ import annotations

import csv
import io

import pytest

import cxsurvey as cx

STUDY = """
[study]
id = "helpdesk2024"
title = "Helpdesk customers, 2024 (made up for this test)"
publisher = "Nobody"
responses = "responses.csv"
respondent_id = "ID"
synthetic = true

[[question]]
id = "plan"
text = "Which plan are you on?"
type = "single"
column = "PLAN"
responses = { paid = "Paid", free = "Free", trial = "Trial" }

[[question]]
id = "satisfied"
text = "How satisfied are you with the help you got?"
label = "Satisfaction"
type = "ordinal"
column = "SAT"
responses = { 4 = "Very satisfied", 3 = "Rather satisfied", 2 = "Rather dissatisfied", 1 = "Very dissatisfied" }
nets = [{ id = "top2", label = "Very or rather satisfied", responses = [4, 3] }]
unpublished = "all but Very satisfied"

[[question]]
id = "reasons"
text = "What mattered most?"
instruction = "Select up to two"
type = "multi"
cap = 2
responses = [
  { code = "speed", label = "Speed", column = "R_SPEED" },
  { code = "price", label = "Price", column = "R_PRICE" },
  { code = "tone", label = "Tone", column = "R_TONE" },
  { code = "other", label = "Another reason, not named", column = "R_OTHER", invented = true },
]

[[question]]
id = "renew"
text = "Will you renew?"
type = "single"
column = "RENEW"
responses = { yes = "Yes", maybe = "Maybe", no = "No" }

[[question]]
id = "why"
text = "Why would you renew?"
type = "single"
column = "WHY"
responses = { habit = "Habit", value = "Value" }
base = { label = "Those who will renew", all = [{ question = "renew", is = ["yes"] }] }

[[group]]
id = "c"
label = "Customers"
question = "plan"
members = [
  { id = "paying", label = "Paying", responses = ["paid"] },
  { id = "free", label = "Free", responses = ["free"] },
]

[[figure]]
id = "fig01"
form = "ranked"
headline = "Speed matters most"
question = "reasons"

[[figure]]
id = "fig02"
form = "dumbbell"
headline = "Paying customers are more often very satisfied"
question = "satisfied"
response = 4
by = "c"
"""
CLAIMS = """\
id,kind,statement,wording,question,response,group,versus_group,value,qualifier,base
plan.paid,share,40% are on a paid plan,,plan,paid,,,40,,300
plan.free,share,55% are on a free plan,,plan,free,,,55,,300
sat.all,share,35% are very satisfied,,satisfied,4,,,35,,
sat.paying,share,48% of paying customers are very satisfied,,satisfied,4,c=paying,,48,,
sat.free,share,26% of free customers are very satisfied,,satisfied,4,c=free,,26,,
sat.gap,comparison,Paying ones significantly more,significantly_more,satisfied,4,c=paying,c=free,,more,
sat.twice,ratio,Paying ones nearly twice,multiple,satisfied,4,c=paying,c=free,2,nearly,
speed,share,61% name speed,,reasons,speed,,,61,,
speed.first,rank,Speed is named most,first,reasons,speed,,,1,,
renew.half,threshold,More than half will renew,passes,renew,yes,,,50,more_than,
price.alike,no_difference,Price matters to both alike,alike,reasons,price,c=paying|free,,,,
renew.happy,share,Everyone who is very satisfied will renew,,renew,yes,satisfied=4,,,every,
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("fifth") / "helpdesk2024"
    made.mkdir()
    (made / "study.toml").write_text(STUDY, encoding="utf-8")
    (made / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    respondents = cx.synthesize(made, seed=5)
    (made / "responses.csv").write_text(respondents.csv, encoding="utf-8")
    return made


def test_twelve_claims_are_met_by_300_respondents(folder):
    found = cx.synthesize(folder, seed=5).constraints
    assert len(cx.read_claims(folder)) == 12
    assert found["claim"].nunique() == 12
    assert set(found["met"]) == {"yes"}
    study = cx.read_study(folder)
    assert study.n == 300
    assert not cx.check(study).errors
    assert len(set(study.respondents())) == 300


def test_shares_come_out_through_the_public_api(folder):
    study = cx.read_study(folder)
    very = cx.Measure(question="satisfied", response="4")
    groups = cx.estimate(study, [very], by="c").frame.set_index("group")["estimate"]
    assert round(100 * groups["paying"]) == 48
    assert round(100 * groups["free"]) == 26
    answers = study.answers("reasons")
    assert answers.chosen.sum(axis=1).max() <= 2
    happy = study.answers("satisfied").code == 0
    assert (study.answers("renew").code[happy] == 0).all()
    asked = study.answers("renew").code == 0
    assert (study.answers("why").answered == asked).all()


def test_the_figures_show_what_was_printed_and_no_more(folder):
    cards = {card.key: card for card in cx.draw_figures(cx.read_study(folder))}
    words = cards["fig01"].alt_long
    assert "61" in words
    assert "not named" not in words, "an invented answer stands in no figure"
    for card in cards.values():
        assert "synthetic" in " ".join(words for _, words in card.text.notes).lower(), card.key


def test_the_audit_judges_each_claim_by_its_words(folder):
    verdicts = {finding.claim.id: finding.verdict for finding in cx.audit(folder).findings}
    assert len(verdicts) == 12
    assert verdicts["sat.gap"] == "supported"
    assert verdicts["sat.all"] == "stated"
    assert verdicts["renew.half"] == "untestable", "no share is printed"
    assert verdicts["price.alike"] == "untestable"
    assert verdicts["speed.first"] == "untestable"


def test_the_command_line_does_the_same(folder, tmp_path, cli):
    made = cli("synthesize", folder, "--seed", 5, "--out", tmp_path / "again.csv", "--format", "csv")
    assert made.code == 0
    assert (tmp_path / "again.csv").read_bytes() == (folder / "responses.csv").read_bytes()
    assert {row["met"] for row in csv.DictReader(io.StringIO(made.out))} == {"yes"}
    audited = cli("audit", folder / "claims.csv", "--format", "csv")
    assert audited.code == 0
    assert len(list(csv.DictReader(io.StringIO(audited.out)))) == 12
    drawn = cli("figures", folder, "--out", tmp_path / "figures")
    assert drawn.code == 0
    assert (tmp_path / "figures" / "figure-pack.pdf").read_bytes().startswith(b"%PDF")


def test_a_study_whose_respondents_are_still_to_be_made_says_how(tmp_path, cli):
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    done = cli("check", tmp_path)
    assert done.code == 2
    assert "[responses-not-made]" in done.err
    assert f"cxsurvey synthesize {tmp_path} --seed 1" in done.err
