"""Small bases in the figures of a study: marked, withheld, explained, and in no file of the pack."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers import question, study_of
from pypdf import PdfReader

import cxsurvey as cx
from cxsurvey.display.figures import draw_figures
from cxsurvey.display.ops import Text

DAGGER_NOTE = "† Small base (n under 50): read as indicative."
HIDDEN_NOTE = "Bases under 30 are not shown."
HIDDEN = "Not shown: base under 30"
WITHHELD = ["suppressed", "not_shown"]
RATINGS = {"4": "Excellent", "3": "Good", "2": "Fair", "1": "Poor"}
FIGURES = {
    "ranked": 'question = "tool"',
    "stacked": 'question = "tool"\nby = "owner"',
    "lanes": 'questions = ["tool"]\nresponse = "y"\nby = "owner"',
    "dumbbell": 'questions = ["tool"]\nresponse = "y"\nby = "owner"',
    "segments": "",
    "matrix": "",
}

PLAIN = dict(FIGURES)  # as they stand, for tests that add options


def small_study(sizes, *forms):
    """Groups A, B, C... of these sizes, in which 7, 14, 21... respondents have the tool."""
    owners = [name for name, size in zip("ABC", sizes, strict=False) for _ in range(size)]
    tools = [
        "y" if place < 7 * number else "n" for number, size in enumerate(sizes, 1) for place in range(size)
    ]
    frame = pd.DataFrame({"OWNER": owners, "TOOL": tools})
    frame["INSIGHT"] = [str(1 + row % 4) for row in range(len(frame))]
    frame["ENGAGE"] = [str(1 + row // 3 % 4) for row in range(len(frame))]
    toml = question("owner", responses={name: f"Team {name}" for name in "ABC"[: len(sizes)]})
    toml += question("tool", responses={"y": "Has the tool", "n": "Does without"})
    toml += question("insight", "ordinal", responses=RATINGS)
    toml += question("engagement", "ordinal", column="ENGAGE", responses=RATINGS)
    toml += '[segments]\ninsight = "insight"\nengagement = "engagement"\n'
    for number, form in enumerate(forms, 1):
        toml += f'[[figure]]\nid = "fig0{number}"\nform = "{form}"\nheadline = "Small"\n{FIGURES[form]}\n'
    return study_of(toml, frame)


def drawn(sizes, form):
    (card,) = draw_figures(small_study(sizes, form))
    return card, [op.text for op in card.ops if isinstance(op, Text)], dict(card.text.notes)["Base"]


@pytest.mark.parametrize("form", FIGURES)
def test_with_large_bases_nothing_is_said(form):
    card, printed, base = drawn((60, 60), form)
    assert DAGGER_NOTE not in base
    assert HIDDEN_NOTE not in base
    assert not [words for words in printed if "†" in words or words.startswith(("Suppressed", "Not shown"))]
    assert not card.table["flag"].isin(["small", *WITHHELD]).any()


@pytest.mark.parametrize("form", FIGURES)
def test_small_bases_have_a_dagger_and_a_note(form):
    one_base = form in {"ranked", "segments", "matrix"}  # theirs is of everybody
    card, printed, base = drawn((20, 20) if one_base else (60, 40), form)
    assert DAGGER_NOTE in base
    assert HIDDEN_NOTE not in base
    assert [words for words in printed if words.endswith("†")]
    assert (card.table["flag"] == "small").any()
    assert not card.table["flag"].isin(WITHHELD).any()


@pytest.mark.parametrize("form", FIGURES)
def test_bases_under_thirty_are_withheld(form):
    one_base = form in {"ranked", "segments", "matrix"}
    card, printed, base = drawn((12, 12) if one_base else (60, 24), form)
    assert HIDDEN_NOTE in base
    hidden = card.table[card.table["flag"] == "not_shown"]
    assert len(hidden)
    values = ["a", "b", "diff", "diff_lo", "diff_hi"] if form == "dumbbell" else ["value"]
    assert hidden[values].isna().all(axis=None)
    assert "not shown" in card.alt_long
    assert "uppressed" not in f"{printed} {base} {card.alt_long}"
    if form == "matrix":
        assert not [words for words in printed if words.endswith("%") and words[0].isdigit()]
        assert "–" in printed
    else:
        assert HIDDEN in printed


@pytest.mark.parametrize("form", ["stacked", "lanes", "dumbbell"])
def test_a_base_in_which_somebody_could_be_found_is_suppressed(form):
    card, printed, base = drawn((60, 3), form)
    assert "Suppressed" in printed
    assert HIDDEN not in printed
    assert "Values are suppressed where a base is so small that somebody could be found." in base
    assert (card.table["flag"] == "suppressed").any()
    assert "suppressed" in card.alt_long


def test_the_thresholds_are_those_of_the_study():
    study = small_study((60, 24), "lanes")
    settings = study.file.settings.model_copy(update={"figure_small_below": 20, "figure_hide_below": 10})
    file = study.file.model_copy(update={"settings": settings})
    (card,) = draw_figures(cx.Study(file=file, raw=study.raw, path=study.path, sha256=study.sha256))
    assert card.table["value"].notna().all()
    assert not card.table["flag"].isin(["small", *WITHHELD]).any()


def test_a_withheld_value_is_in_no_file_of_the_pack(tmp_path: Path):
    pack = tmp_path / "pack"
    study = small_study((24, 80, 60), "stacked", "lanes")
    share = study_share(study, "A")
    assert share == pytest.approx(7 / 24)
    cx.figures(study, to=pack)
    texts = [path.read_text(encoding="utf-8") for path in pack.rglob("*") if path.suffix in {".csv", ".md"}]
    texts += [path.read_text(encoding="utf-8").partition("<path")[0] for path in pack.rglob("*.svg")]
    texts += ["".join(page.extract_text() for page in PdfReader(path).pages) for path in pack.rglob("*.pdf")]
    assert len(texts) == 2 + 1 + 2 + 3
    for text in texts:
        assert "Team A" in text
        assert f"{100 * share:.0f}%" not in text
        assert f"{100 * share:.3f}" not in text
    assert any("18%" in text or "17.5" in text for text in texts)  # of team B, which is shown


def study_share(study, group):
    frame = cx.estimate(study, "tool", by="owner").frame
    return frame.loc[(frame["group"] == group) & (frame["response"] == "y"), "estimate"].item()


def test_a_gap_of_a_small_group_is_withheld_and_said_not_to_be_tested():
    card, printed, _ = drawn((60, 24), "dumbbell")
    assert HIDDEN in printed
    assert "Not tested (base too small): " in dict(card.text.notes)["Gap"]
    assert not [words for words in printed if words.startswith(("+", "−"))]


@pytest.mark.parametrize("form", ["ranked", "segments", "lanes", "dumbbell"])
def test_intervals_that_are_not_drawn_are_not_explained(form, monkeypatch):
    said = {True: False, False: False}
    for interval in said:
        monkeypatch.setitem(FIGURES, form, f"{PLAIN[form]}\ninterval = {str(interval).lower()}")
        card, _, _ = drawn((60, 60), form)
        notes = dict(card.text.notes)
        said[interval] = bool({"Lines", "Interval"} & set(notes)) or "CI" in notes.get("Gap", "")
    assert said == {True: True, False: False}
