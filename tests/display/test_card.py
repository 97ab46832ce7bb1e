"""The card around a chart: header, notes in order, saving."""

import logging

import pandas as pd
import pytest
from form_samples import LONG, card, of, ranked_table, text

from cxsurvey.display.card import Body, assemble, merged_notes, moved
from cxsurvey.display.forms import ranked
from cxsurvey.display.ops import Line, Marker, Rect, Text
from cxsurvey.errors import OutputError, RequestError


def empty(**changes):
    return assemble(text(**changes), Body((), 1.0), form="ranked", table=pd.DataFrame(), alt_long="Nothing.")


def test_notes_are_merged_and_ordered():
    given = (
        ("Illustrative", "made up."),
        ("Lines", "95%."),
        ("Own", "x."),
        ("Base", "All."),
        ("Rounding", "r."),
    )
    notes = merged_notes(
        text(notes=given), [("Base", "Small."), ("Base", "Small."), ("Gap", "g."), ("Net", " ")]
    )
    assert [key for key, _ in notes] == ["Base", "Lines", "Gap", "Rounding", "Own", "Illustrative", "Source"]
    assert dict(notes)["Base"] == "All. Small."


def test_the_card_keeps_the_notes_of_the_form_without_the_source():
    drawn = ranked.draw(ranked_table(n=41), text())
    assert any("Small base" in words for _, words in drawn.text.notes)
    assert "Source" not in dict(drawn.text.notes)
    assert [op.text for op in of(drawn, Text, "note key")][-1] == "Source:"


def test_the_instruction_follows_the_question_where_it_fits():
    short, full = empty(question="Which?"), empty(question=LONG + " and other places")
    for drawn, same_line in ((short, True), (full, False)):
        question, instruction = of(drawn, Text, "question")[-1], of(drawn, Text, "instruction")[0]
        assert (question.y == instruction.y) is same_line
        assert instruction.text == "SELECT UP TO FIVE"
    assert of(empty(question=""), Text, "instruction")
    assert not of(empty(question="", instruction=""), Text, "instruction")


def test_parts_that_are_empty_take_no_room():
    bare = empty(descriptor="", question="", instruction="", notes=(), source="")
    assert bare.height < empty().height
    assert {op.role for op in bare.ops} == {"figure number", "headline", "accent rule", "hairline"}


def test_a_headline_of_three_lines_is_reported(caplog):
    with caplog.at_level(logging.WARNING, logger="cxsurvey.display"):
        ranked.draw(ranked_table(), text())
        assert not caplog.records
        ranked.draw(ranked_table(), text(headline=f"{LONG} {LONG[:40]}"))
    assert [record.getMessage() for record in caplog.records] == [
        "fig01: the headline takes 3 lines; two are enough."
    ]


@pytest.mark.parametrize(
    "op",
    [
        Text(1, 2, "x", 10),
        Rect(1, 2, 3, 4, "#000000"),
        Marker(1, 2, "circle", 0.1, "#000000"),
    ],
)
def test_moved_shifts_marks(op):
    there = moved(op, right=0.5, down=1.0)
    assert (there.x, there.y) == (1.5, 3.0)


def test_moved_shifts_both_ends_of_a_line():
    assert moved(Line(0, 0, 1, 1, "#000000", 1), 1, 2) == Line(1, 2, 2, 3, "#000000", 1)


def test_save_picks_the_format_by_suffix(tmp_path):
    drawn = card("ranked")
    starts = {".png": b"\x89PNG", ".svg": b"<?xml", ".PDF": b"%PDF"}
    for suffix, start in starts.items():
        path = drawn.save(tmp_path / f"figure{suffix}")
        assert path.read_bytes().startswith(start)
    assert len(list(tmp_path.iterdir())) == 3


def test_save_refuses_other_formats_and_missing_folders(tmp_path):
    with pytest.raises(RequestError, match="picture-format"):
        card("ranked").save(tmp_path / "figure.gif")
    with pytest.raises(OutputError):
        card("ranked").save(tmp_path / "none" / "figure.png")
    assert list(tmp_path.iterdir()) == []


def test_notebooks_get_pictures():
    drawn = card("ranked")
    assert drawn._repr_png_().startswith(b"\x89PNG")
    assert drawn._repr_svg_().startswith("<?xml")
