"""Colours can be read and told apart, the typeface is ours, and text is measured and broken without loss."""

import logging
from dataclasses import replace

import pytest
from form_samples import LONG
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.display import measure, typeface
from cxsurvey.display.colour import contrast, difference, label_on, lightness, luminance
from cxsurvey.display.style import PALETTE, GroupStyle, check_palette
from cxsurvey.errors import OutputError, RequestError


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [("#16202A", 16.48), ("#46535F", 7.89), ("#0B4A6F", 9.45), ("#8095A5", 3.11), ("#9A3412", 7.31)],
)
def test_contrast_agrees_with_the_published_table(colour, ratio):
    # two decimals: the table of colours in the design was computed with the formula of WCAG 2.1
    assert contrast(colour) == pytest.approx(ratio, abs=0.005)


def test_lightness_and_difference_of_known_colours():
    assert luminance("#FFFFFF") == pytest.approx(1, abs=1e-9)
    assert lightness("#777777") == pytest.approx(50.0, abs=0.1)  # 18.4% grey
    assert difference("#FF0000", "#00FF00") == pytest.approx(170.6, abs=0.3)  # textbook value of CIE 1976
    assert difference("#FF0000", "#00FF00", "deutan") < difference("#FF0000", "#00FF00")


def test_our_palette_is_sound():
    assert check_palette() == ()
    assert all(contrast(label_on(style.fill, PALETTE.ink), style.fill) >= 4.5 for style in PALETTE.groups)


def test_an_unreadable_palette_is_refused_or_reported(caplog):
    alike = (GroupStyle("#0B3954", "#0B3954", "circle"), GroupStyle("#0C3A55", "#D0D0D0", "square"))
    poor = replace(PALETTE, groups=alike)
    with pytest.raises(RequestError, match="palette-unreadable"):
        check_palette(poor)
    with caplog.at_level(logging.WARNING, logger="cxsurvey.display"):
        problems = check_palette(poor, strict=False)
    assert any("look alike" in problem for problem in problems)
    assert any("#D0D0D0" in record.getMessage() for record in caplog.records)


def test_segments_keep_their_style_and_others_follow_the_palette():
    assert [s.shape for s in PALETTE.for_groups(["Laggards", "Leaders"])] == ["triangle", "circle"]
    assert [s.shape for s in PALETTE.for_groups(["Distributed", "Centralized"])] == ["diamond", "circle"]
    assert PALETTE.for_groups(["Retail", "Leaders"]) == PALETTE.groups[:2]
    assert len({s.fill for s in PALETTE.for_groups(["Leaders", "Centralized"])}) == 2
    with pytest.raises(RequestError, match="figure-groups"):
        PALETTE.for_groups(list("abcdef"))


def test_weights_find_our_files():
    for weight, name in (("regular", "Regular"), ("semibold", "Semibold"), ("bold", "Bold")):
        assert typeface.faces(weight)[0].fname.endswith(f"CxSans-{name}.ttf")
    assert typeface.faces("regular", italic=True)[0].fname.endswith("CxSans-Italic.ttf")


def test_a_missing_font_file_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(typeface, "FOLDER", tmp_path)
    with pytest.raises(OutputError, match="typeface-missing"):
        typeface.register.__wrapped__()


def test_fallback_is_logged_once(caplog):
    typeface.forget()
    with caplog.at_level(logging.WARNING, logger="cxsurvey.display"):
        for words in ("שלום", "漢字", "עולם", "字漢"):
            measure.text_width(words, 10)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    assert "DejaVu Sans" in messages[0]
    assert "use_font" in messages[1]


def test_use_font_refuses_what_is_no_font(tmp_path):
    with pytest.raises(RequestError, match="font-unusable"):
        typeface.use_font(tmp_path / "none.ttf")
    (tmp_path / "text.ttf").write_text("not a font", encoding="utf-8")
    with pytest.raises(RequestError, match="font-unusable"):
        typeface.use_font(tmp_path / "text.ttf")


def test_a_font_that_was_added_comes_before_the_fallback(monkeypatch):
    monkeypatch.setattr(typeface, "_added", [])
    path = typeface.faces()[-1].fname.replace("DejaVuSans.ttf", "DejaVuSerif.ttf")
    try:
        assert typeface.use_font(path) == "DejaVu Serif"
        assert typeface.families() == ("Cx Sans", "DejaVu Serif", "DejaVu Sans")
        assert typeface.faces()[1].fname.endswith("DejaVuSerif.ttf")
        typeface.use_font(path)
        assert len(typeface.families()) == 3
    finally:
        typeface._added.clear()
        typeface.forget()


def _letters(words):
    return "".join(measure.clean(words).split())


@given(st.text(max_size=200), st.floats(0.3, 4.0))
@settings(deadline=None, max_examples=80)
def test_wrapping_loses_no_character_and_fits(words, width):
    for lines in (measure.wrap(words, width, 10), measure.balance(words, width, 10)):
        assert _letters("".join(lines)) == _letters(words)
        assert all(measure.text_width(line, 10) <= width or len(line) <= 8 for line in lines)


def test_an_indent_shortens_the_first_line_alone():
    lines = measure.wrap(LONG, 2.0, 8, indent=1.0)
    assert measure.text_width(lines[0], 8) <= 1.0
    assert max(measure.text_width(line, 8) for line in lines[1:]) > 1.0
    assert measure.wrap("unbreakable" * 3, 1.0, 10, indent=0.9)[0] == ""


def test_balanced_lines_are_as_few_and_more_even():
    plain, even = measure.wrap(LONG, 3.0, 12), measure.balance(LONG, 3.0, 12)
    assert len(even) == len(plain)

    def spread(lines):
        widths = [measure.text_width(line, 12) for line in lines]
        return max(widths) - min(widths)

    assert spread(even) < spread(plain)


@pytest.mark.parametrize("nasty", ["$x^2$", "<b>&amp;", "=1+1", "a\x00b\x1bc", "\ud800", "\n\n", "\u202eabc"])
def test_nasty_labels_can_be_measured(nasty):
    assert measure.text_width(measure.one_line(nasty), 10) >= 0


def test_shortened_text_fits():
    short = measure.shorten(LONG, 1.5, 10)
    assert short.endswith("…")
    assert measure.text_width(short, 10) <= 1.5
