"""The one-page audit: any number of claims on one page, verdicts in words, nothing lost without a count."""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace

import pytest
from form_samples import LABELS, of
from helpers import question
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inspection import faults
from pypdf import PdfReader

import cxsurvey as cx
from cxsurvey.display.audit_page import audit_card, in_order, study_audit
from cxsurvey.display.forms.audit_notes import main_reasons
from cxsurvey.display.forms.audit_rows import statement_lines
from cxsurvey.display.forms.audit_table import audit_table
from cxsurvey.display.forms.audit_words import TILES, WEAKEST_FIRST, claim_words, verdict_style
from cxsurvey.display.measure import text_width
from cxsurvey.display.ops import Line, Marker, Rect, Text
from cxsurvey.display.style import MAX_HEIGHT, PALETTE
from cxsurvey.errors import RequestError
from cxsurvey.published.audit.verdicts import VERDICT_WORDS, VERDICTS, Audit, Finding
from cxsurvey.published.claims.file import parse_claims
from cxsurvey.published.claims.records import Claim, PrintedBase

LONG = (
    "Leaders are more than twice as likely as laggards to employ a chief experience officer reporting to them "
)
SIDES = {"estimate_a": 46 / 185, "n_a": 185.0, "estimate_b": 34 / 338, "n_b": 338.0}


def finding(name="a", verdict="supported", *, statement="Leaders lead", wording="more", **numbers):
    claim = Claim(name, statement, "comparison", wording, source="Report")
    gap = {"measure": "gap", "estimate": 0.148, "conf_low": 0.081, "conf_high": 0.221, **SIDES}
    p = {"p_value": 1e-5, "p_low": 1e-6, "p_high": 2e-4, "p_adjusted": 4e-4, "test": "pooled z"}
    if verdict in {"untestable", "stated"}:
        gap, p = {}, {}
    return Finding(claim, verdict, "Because.", **{**gap, **p, **numbers})


def ratio(name="r", verdict="sample_only", **numbers):
    own = {"measure": "ratio", "estimate": 2.5, "conf_low": 1.6, "conf_high": 3.9}
    return finding(name, verdict, **{**own, **numbers})


def audited(*findings, family=5, level=0.95):
    return Audit("tiny", level, "holm", family, 0.1, tuple(findings))


def many(count):
    """Findings of every verdict in turn; every third one is long, every fifth one a ratio."""
    found = []
    for place in range(count):
        verdict = VERDICTS[place % len(VERDICTS)]
        make = ratio if place % 5 == 0 and verdict not in {"untestable", "stated"} else finding
        statement = LONG * (1 + place % 3) if place % 3 == 0 else f"Claim {place}"
        found.append(replace(make(f"c{place}", verdict), p_value=1 / (2 + place)))
        found[-1] = replace(found[-1], claim=replace(found[-1].claim, statement=statement))
    return audited(*found)


def words_of(card, role=None):
    return [op.text for op in card.ops if isinstance(op, Text) and role in {None, op.role}]


def whole(card):
    return " ".join(words_of(card))


# ---------------------------------------------------------------- one page, whatever the claims


@pytest.mark.parametrize("count", [1, 3, 30, 120, 400])
def test_any_number_of_claims_is_one_sound_page(count):
    card = audit_card(many(count))
    assert faults(card) == ()
    assert card.height <= MAX_HEIGHT
    assert 0 < len(card.alt_long) <= 900
    assert len(PdfReader(io.BytesIO(card.pdf())).pages) == 1


NUMBER = st.one_of(st.sampled_from([math.nan, 0.0, 1.0, 0.5]), st.floats(0, 1))
RATIOS = st.sampled_from([math.nan, 0.0, 0.01, 0.9, 1.0, 3.0, 40.0, math.inf])
SIGNED = st.one_of(st.just(math.nan), st.floats(-1, 1))


@st.composite
def findings(draw):
    verdict = draw(st.sampled_from(VERDICTS))
    measure = draw(st.sampled_from(["gap", "ratio", "margin", "share", ""]))
    value = {"ratio": RATIOS, "share": NUMBER}.get(measure, SIGNED)
    low, estimate, high = sorted((draw(value) for _ in range(3)), key=lambda x: (math.isnan(x), x))
    base = st.sampled_from([math.nan, 1.0, 30.0, 1091.0, 1e6])
    p = sorted((draw(NUMBER) for _ in range(2)), key=lambda x: (math.isnan(x), x))
    return finding(
        draw(st.text("abc", min_size=1, max_size=3)),
        verdict,
        statement=draw(LABELS),
        measure=measure,
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        estimate_a=draw(NUMBER),
        estimate_b=draw(NUMBER),
        n_a=draw(base),
        n_b=draw(base),
        p_value=draw(NUMBER),
        p_low=p[0],
        p_high=p[1],
        p_adjusted=draw(NUMBER),
        test=draw(st.sampled_from(["", "pooled z", "score test"])),
    )


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.lists(findings(), min_size=1, max_size=14), LABELS)
def test_any_findings_give_a_sound_page(found, source):
    card = audit_card(audited(*found), source=source[:80])
    assert faults(card) == ()
    assert card.height <= MAX_HEIGHT
    assert 0 < len(card.alt_long) <= 900


def test_words_come_in_reading_order_with_furniture_last():
    roles = [op.role for op in audit_card(many(14)).ops]
    order = [roles.index(role) for role in ("figure number", "headline", "tile count", "verdict", "note key")]
    assert order == sorted(order)
    assert roles[-2:] == ["accent rule", "hairline"]


# ---------------------------------------------------------------- what is drawn, and what is counted


def test_claims_stand_under_their_verdict_weakest_first():
    card = audit_card(audited(*(finding(verdict, verdict) for verdict in VERDICTS)))
    heads = words_of(card, "verdict")
    expected = [VERDICT_WORDS[name] for name in WEAKEST_FIRST]
    assert [head.rsplit(":", 1)[0].lower() for head in heads] == [words.lower() for words in expected]
    assert all(head.endswith(": 1") for head in heads)
    assert words_of(card, "tile count") == ["1"] * len(VERDICTS)
    assert len(of(card, Marker, "marker")) == len(WEAKEST_FIRST)


def test_within_a_verdict_the_largest_p_comes_first_and_none_last():
    given_p = {"a": 0.001, "b": 0.04, "c": math.nan, "d": 0.04}
    found = [finding(name, p_value=p, p_high=math.nan) for name, p in given_p.items()]
    assert [item.claim.id for item in in_order(found)] == ["b", "d", "a", "c"]
    found[2] = replace(found[2], p_high=0.5)
    assert [item.claim.id for item in in_order(found)] == ["c", "b", "d", "a"]


def test_what_does_not_fit_is_counted():
    weak = [finding(f"w{place}", "not_supported") for place in range(4)]
    strong = [finding(f"s{place}", p_value=place / 1000) for place in range(60)]
    card = audit_card(audited(*strong, *weak))
    drawn = {op.key for op in of(card, Marker, "marker")}
    assert {item.claim.id for item in weak} <= drawn
    supported = sorted(int(name[1:]) for name in drawn if name.startswith("s"))
    assert supported == list(range(60 - len(supported), 60))
    rest = 60 - len(supported)
    assert f"{rest} more supported claims, with smaller p-values: see the table." in words_of(card, "more")
    assert f"Supported: {len(supported)} of 60" in words_of(card, "verdict")
    assert f"{rest} more supported claims" in card.alt_long
    assert card.height > MAX_HEIGHT - 0.4, "the page is used"


def test_weak_claims_that_do_not_fit_are_named_by_verdict():
    found = [finding(f"{verdict}{place}", verdict) for verdict in WEAKEST_FIRST for place in range(12)]
    card = audit_card(audited(*found))
    more = next(line for line in words_of(card, "more") if "more tested claims" in line)
    drawn = len(of(card, Marker, "marker"))
    assert more.startswith(f"{60 - drawn} more tested claims (")
    named = [int(number) for number in re.findall(r"[a-z] (\d+)", more)]
    assert sum(named) == 60 - drawn


def test_untestable_claims_are_one_line_with_their_reasons():
    untestable = [
        finding("a", "untestable", needed="the percentage 'Yes' of Followers"),
        finding("b", "untestable", needed="the base of Retail"),
        finding("c", "untestable", needed="the base of Retail"),
        finding("d", "untestable", needed="how many are in both 'Retail' and 'Leaders', with their answers"),
        finding("e", "untestable", wording="causes"),
        finding("f", "untestable", wording="cites"),
        finding("g", "untestable", wording="describes"),
        finding("h", "untestable"),
    ]
    assert main_reasons(untestable)[0] == "a base is not printed (2)"
    assert sorted(main_reasons(untestable)[1:]) == [
        "a fact about the survey needs documents (1)",
        "a number from outside needs its source (1)",
        "a percentage is not printed (1)",
        "one survey shows no causes (1)",
        "overlapping groups are not crossed (1)",
        "too little is printed (1)",
    ]
    card = audit_card(audited(*untestable, finding("s", "stated")))
    assert "8 claims cannot be tested: a base is not printed (2)" in whole(card)
    assert "1 printed figure, of which nothing is claimed beyond the sample." in whole(card)
    assert of(card, Marker, "marker") == []
    assert card.table.empty


def test_long_claims_are_cut_at_two_lines():
    lines = statement_lines(LONG * 3, 2.5)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(text_width(line, 8.0) <= 2.5 for line in lines)
    assert statement_lines("Short", 2.5) == ("Short",)
    card = audit_card(audited(finding(statement=LONG * 3)))
    assert len(words_of(card, "row label")) == 2
    assert card.table["label"].tolist() == [LONG * 3]


# ---------------------------------------------------------------- marks


def test_marks_are_to_scale_about_the_line_of_no_difference():
    wide = finding("wide", estimate=0.40, conf_low=0.30, conf_high=0.50)
    less = finding("less", estimate=-0.10, conf_low=-0.20, conf_high=0.0)
    twice = ratio("twice", estimate=2.0, conf_low=1.0, conf_high=4.0)
    card = audit_card(audited(wide, less, twice))
    zero = of(card, Line, "no difference")[0].x1
    at = {op.key: op.x - zero for op in of(card, Marker, "marker")}
    ends = {op.key: (op.x1 - zero, op.x2 - zero) for op in of(card, Line, "interval")}
    per_point = at["wide"] / 40
    assert at["less"] == pytest.approx(-10 * per_point)
    assert ends["wide"] == pytest.approx((30 * per_point, 50 * per_point))
    assert ends["less"] == pytest.approx((-20 * per_point, 0), abs=1e-9)
    assert ends["twice"] == pytest.approx((0, 2 * at["twice"]), abs=1e-9)
    shapes = {op.key: op.shape for op in of(card, Marker, "marker")}
    assert shapes == {"wide": "circle", "less": "circle", "twice": "diamond"}
    ticks = dict(
        zip(words_of(card, "tick label"), (op.x - zero for op in of(card, Text, "tick label")), strict=True)
    )
    assert ticks["2×"] == pytest.approx(at["twice"])
    assert ticks["0"] == ticks["1×"] == pytest.approx(0)


def test_marks_wear_the_colour_of_their_verdict():
    card = audit_card(audited(*(finding(verdict, verdict) for verdict in WEAKEST_FIRST)))
    for mark in of(card, Marker, "marker"):
        assert mark.colour == verdict_style(mark.key, PALETTE).fill
    assert len({mark.colour for mark in of(card, Marker, "marker")}) == len(WEAKEST_FIRST)


def test_an_interval_that_leaves_the_panel_ends_in_an_arrow():
    endless = ratio("endless", estimate=3.0, conf_low=1.2, conf_high=math.inf)
    card = audit_card(audited(endless))
    assert [op.shape for op in of(card, Marker, "arrow")] == ["arrow"]
    nothing = ratio("nothing", estimate=0.5, conf_low=0.0, conf_high=2.0)
    assert [op.shape for op in of(audit_card(audited(nothing)), Marker, "arrow")] == ["back arrow"]
    assert of(audit_card(audited(ratio())), Marker, "arrow") == []


def test_shares_and_ratios_without_a_place_have_words_and_no_mark():
    share = finding("s", "not_supported", measure="share", estimate=0.58, conf_low=0.55, conf_high=0.61)
    card = audit_card(audited(share, ratio(estimate=math.inf, conf_high=math.inf)))
    assert of(card, Marker, "marker") == []
    assert "58%" in words_of(card, "value")
    assert "∞×" in words_of(card, "value")


def test_cells():
    words = claim_words(finding())
    assert (words.printed, words.bases) == ("25% v 10%", "n 185 v 338")
    assert (words.value, words.interval) == ("+15", "8 to 22")
    assert (words.p_range, words.p_adjusted) == ("<.001", "adj. <.001")
    open_ended = claim_words(finding(p_adjusted=0.044, p_adjusted_high=0.084))
    assert open_ended.p_adjusted == "adj. .044–.084"
    words = claim_words(ratio(p_low=0.0123, p_high=0.2, p_adjusted=math.nan))
    assert (words.value, words.interval) == ("2.50×", "1.60 to 3.90")
    assert (words.p_range, words.p_adjusted) == (".012–.200", "")
    words = claim_words(finding(estimate_b=math.nan, n_b=math.nan, p_low=math.nan))
    assert (words.printed, words.bases, words.p_range) == ("25%", "n 185", "–")


PRINTED_CLAIMS = """id,kind,statement,wording,question,response,group,versus_group,value,qualifier,base
a,share,54.5% of leaders have one,states,officer,yes,segment=leader,,54.5,exact,200
b,share,12.25% of laggards have one,states,officer,yes,segment=laggard,,12.25,exact,400
c,share,A third of all do,states,officer,yes,all,,1/3,exact,1091
d,share,Half of all do,states,officer,yes,all,,50,exact,1091
e,comparison,Leaders do more,more,officer,yes,segment=leader,segment=laggard,,more,
f,threshold,More than 33.5% do,passes,officer,yes,segment=leader,,33.5,more_than,200
g,threshold,More than a third do,passes,officer,yes,segment=leader,,1/3,more_than,200
h,comparison,Leaders do more than the rest,more,officer,yes,segment=leader,rest,,more,
"""


def audit_of(text):
    return cx.audit(parse_claims(text))


def test_percentages_are_those_of_the_report():
    card = audit_card(audit_of(PRINTED_CLAIMS))
    printed = dict(zip(card.table["row_id"], card.table["printed"], strict=True))
    assert printed["e"] == "54.5% v 12.25%"
    assert printed["f"] == "54.5% v 33.5%"
    assert printed["g"] == "54.5% v a third (33%)"
    assert printed["c"] == "a third (33%)"
    assert printed["h"] == "54.5% v 29%", "the rest is derived, and a whole percent"
    assert set(words_of(card, "printed")) == set(printed.values())
    assert "54.5% v 12.25%" in card.alt_long
    assert faults(card) == ()


def test_a_derived_base_is_shown_with_its_range():
    found = audit_of(PRINTED_CLAIMS.replace("exact,1091", "exact,"))
    share = found.finding("c")
    ranged = replace(share.claim, base=PrintedBase(98, 95, 101, "derived"))
    assert claim_words(replace(share, claim=ranged)).bases == "n 98 (95–101)"


def test_a_contradicted_share_shows_the_other_sentence():
    card = audit_card(audit_of(PRINTED_CLAIMS))
    labels = words_of(card, "row label")
    assert labels[labels.index("A third of all do") + 1] == "v 50% in “Half of all do”"
    assert labels[labels.index("Half of all do") + 1] == "v a third (33%) in “A third of all do”"
    assert not any("in “" in label for label in words_of(audit_card(audited(finding())), "row label"))
    assert statement_lines(LONG, 2.5, second=LONG)[1].endswith("…")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["untestable", "stated"], "None of the claims can be tested from what is printed"),
        (["supported"], "The one testable claim holds"),
        (["sample_only", "stated"], "The one testable claim does not hold"),
        (["supported"] * 3, "All 3 testable claims hold"),
        (["not_supported"] * 2, "Of 2 testable claims, none holds; 2 are not supported"),
        (
            ["supported", "depends_on_rounding", "sample_only"],
            "Of 3 testable claims, 1 holds; 1 depends on rounding and 1 is true only of the sample",
        ),
        (
            ["supported", "supported", "not_after_correction"],
            "Of 3 testable claims, 2 hold; 1 is lost after correction",
        ),
        ([name for name in WEAKEST_FIRST for _ in (1, 2)], "Of 10 testable claims, 2 hold and 8 fall short"),
    ],
)
def test_headline_counts(verdicts, expected):
    found = audited(*(finding(f"c{place}", verdict) for place, verdict in enumerate(verdicts)))
    card = audit_card(found)
    assert card.text.headline == expected
    assert audit_card(found, headline="Mine").text.headline == "Mine"
    tested = [item for item in found if item.tested]
    assert card.text.headline.count("hold") == (1 if tested else 0)


def test_notes_say_how_it_was_tested():
    notes = dict(audit_card(audited(finding(), ratio(test="score test"), family=12)).text.notes)
    assert "simple random sample" in notes["Base"]
    assert "circles" in notes["Lines"].lower()
    assert "diamonds" in notes["Lines"]
    assert "95% intervals" in notes["Lines"]
    assert "all whole counts and bases that print as the report does" in notes["Rounding"]
    assert "Holm over the 12 comparisons tested" in notes["Correction"]
    assert notes["Tests"] == "score test; pooled z."
    strict = dict(audit_card(audited(finding(), level=0.99)).text.notes)
    assert "99% intervals" in strict["Lines"]
    assert "below .01" in strict["Correction"]
    assert "diamonds" not in strict["Lines"]


def test_notes_of_nothing_tested_are_short():
    card = audit_card(audited(finding(verdict="untestable")))
    assert [key for key, _ in card.text.notes] == ["Base"]


def test_many_tests_and_sources_are_counted():
    found = [finding(f"c{place}", test=f"test {place}") for place in range(8)]
    found = [replace(item, claim=replace(item.claim, source=f"Report {i}")) for i, item in enumerate(found)]
    card = audit_card(audited(*found))
    assert dict(card.text.notes)["Tests"].endswith("; 2 more.")
    assert card.text.source == "Report 0; Report 1; Report 2; 5 more"
    assert audit_card(audited(*found), source="Mine").text.source == "Mine"


def test_alternative_text_says_every_verdict():
    card = audit_card(audited(finding(), ratio("r", "sample_only", statement="Twice as likely")))
    assert "Verdicts: supported 1, true only of the sample 1." in card.alt_long
    assert "Leaders lead: 25% v 10%, +15 (8 to 22), p <.001, adjusted <.001, supported" in card.alt_long
    assert "Twice as likely: 25% v 10%, 2.50× (1.60 to 3.90)" in card.alt_long


# ---------------------------------------------------------------- data and files


def test_the_table_has_every_tested_claim_and_says_which_are_drawn():
    found = many(140)
    card = audit_card(found)
    tested = [item for item in found if item.tested]
    assert len(card.table) == len(tested)
    assert card.table["drawn"].sum() == len(of(card, Marker, "marker"))
    row = card.table.set_index("row_id").loc["c1"]
    assert row["value"] == pytest.approx(14.8)
    assert row["share_a"] == pytest.approx(100 * 46 / 185)
    assert card.table.set_index("row_id").loc["c0", "value"] == 2.5
    assert set(card.table["verdict"]) == set(WEAKEST_FIRST)
    assert row["printed"] == "25% v 10%"
    assert row["found"] == "+15 (8 to 22)"


def test_the_table_reads_as_the_page_does():
    table = audit_table(audit_card(audited(finding(), ratio(statement="Twice\nas likely"))).table)
    assert table.header == ("", "Printed", "Found", "p range", "Adjusted p", "Verdict")
    assert table.rows == (
        ("Twice as likely", "25% v 10%", "2.50× (1.60 to 3.90)", "<.001", "<.001", "true only of the sample"),
        ("Leaders lead", "25% v 10%", "+15 (8 to 22)", "<.001", "<.001", "supported"),
    )
    assert audit_table(audit_card(audited(finding(verdict="stated"))).table).rows == ()


CLAIMS = """id,kind,statement,question,response,group,versus_group,value,base
a,share,A quarter of the first group said yes,yes,Y,g=a,,25,185
b,share,A tenth of the second group said yes,yes,Y,g=b,,10,338
c,comparison,The first group says yes more often,yes,Y,g=a,g=b,,
d,ratio,The first group is more than twice as likely,yes,Y,g=a,g=b,2,
"""


def claimed(folder, *, settings=""):
    toml = '[study]\nid = "tiny"\ntitle = "Tiny"\nresponses = "r.csv"\n' + settings
    toml += question("g", responses=["a", "b"]) + question("yes", responses=["Y", "N"])
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    (folder / "r.csv").write_text("G,YES\na,Y\nb,N\n", encoding="utf-8")
    (folder / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    return cx.read_study(folder)


def test_the_claims_of_a_study_are_audited_as_it_says(tmp_path):
    study = claimed(tmp_path, settings='[settings]\nlevel = 0.9\nadjust = "bonferroni"\n')
    found = study_audit(study)
    assert (found.study, found.level, found.adjust) == ("tiny", 0.9, "bonferroni")
    card = audit_card(found)
    assert faults(card) == ()
    assert "25% v 10%" in words_of(card, "printed")
    assert "90% CI" in words_of(card, "column head")
    (tmp_path / "claims.csv").unlink()
    assert study_audit(study) is None


def test_tiles_cover_every_verdict():
    assert set(TILES) == set(VERDICTS)
    assert len(of(audit_card(many(7)), Rect, "tile")) == len(VERDICTS)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_files_are_the_same_twice(suffix, tmp_path):
    first, second = (audit_card(many(20)).save(tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
    assert first == second


def test_pdf_holds_its_words(tmp_path):
    path = cx.charts.audit(audited(finding(), ratio())).save(tmp_path / "audit.pdf")
    text = PdfReader(path).pages[0].extract_text()
    for words in ("Of 2 testable claims, 1 holds", "Supported: 1", "True only of the sample: 1", "25% v 10%"):
        assert words in text


# ---------------------------------------------------------------- what cannot be drawn


def test_an_audit_of_nothing_is_refused():
    with pytest.raises(RequestError, match="figure-empty"):
        audit_card(audited())


def test_a_headline_that_leaves_no_room_is_refused():
    with pytest.raises(RequestError, match="figure-too-tall"):
        audit_card(audited(finding()), headline=LONG * 20)


def test_the_chart_refuses_another_result():
    with pytest.raises(RequestError, match="an Audit, which"):
        cx.charts.audit("claims.csv")


def test_claims_of_several_comparisons_say_so():
    several = finding()
    several = replace(several, claim=replace(several.claim, pairs=(("a", "b"), ("a", "c"))))
    assert "several comparisons shows its weakest" in dict(audit_card(audited(several)).text.notes)["Tests"]
    assert (
        "several comparisons shows its weakest" not in dict(audit_card(audited(finding())).text.notes)["Tests"]
    )
