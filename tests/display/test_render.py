"""The backends: same bytes twice and in another process, metadata, words shown literally."""

import hashlib
import io
import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pandas as pd
import pypdf
import pytest
from form_samples import FORMS, card, ranked_table, text
from PIL import Image

from cxsurvey.display.forms import ranked
from cxsurvey.display.ops import Marker, Rect, Text
from cxsurvey.display.render import CORNERS, Drawing, canvas, drawing_settings, paint, pdf, png, svg

NASTY = [
    "$x^2$ and $y$",
    "<b>bold</b> & co",
    "=1+1",
    "two\nlines",
    "-- > --",
    "שלום 漢字 \N{GRINNING FACE}",
    'id="a" url(#b)',
]
SVG = "{http://www.w3.org/2000/svg}"


def digests(drawn):
    return [hashlib.sha256(data).hexdigest() for data in (drawn.png(100), drawn.svg(), drawn.pdf())]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_figure_gives_the_same_bytes(form):
    assert digests(card(form)) == digests(card(form))


def test_another_process_gives_the_same_bytes():
    folder = Path(__file__).parent
    code = (
        f"import sys, json; sys.path.insert(0, {str(folder)!r});"
        "from form_samples import card; from test_render import digests;"
        "print(json.dumps([digests(card('lanes')), digests(card('matrix'))]))"
    )
    found = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
        )
        found.append(json.loads(done.stdout))
    assert found[0] == found[1] == [digests(card("lanes")), digests(card("matrix"))]


def test_settings_of_the_user_do_not_reach_a_figure():
    before = digests(card("ranked"))
    changed = {
        "font.family": "DejaVu Serif",
        "lines.linewidth": 9,
        "svg.fonttype": "none",
        "text.hinting": "default",
    }
    with mpl.rc_context({**changed, "savefig.bbox": "tight", "axes.facecolor": "red"}):
        assert digests(card("ranked")) == before
        assert mpl.rcParams["lines.linewidth"] == 9


def test_png_says_what_it_shows():
    drawn = card("ranked")
    with Image.open(io.BytesIO(drawn.png(100))) as picture:
        assert picture.size == (700, round(drawn.height * 100))
        assert picture.text["Title"] == drawn.alt_short
        assert picture.text["Description"] == drawn.alt_long
        assert picture.text["Source"] == drawn.text.source
        assert "Software" not in picture.text


def test_svg_has_role_title_and_description_first():
    drawn = card("ranked")
    root = ET.fromstring(drawn.svg())  # noqa: S314 - our own bytes
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "fig01-title fig01-desc"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == drawn.alt_short
    assert root[1].text == drawn.alt_long
    assert b"<dc:date>" not in drawn.svg()


def test_identifiers_are_unique_also_between_figures():
    one = svg(Drawing(card("ranked").ops, 7, 6, key="fig01"))
    two = svg(Drawing(card("lanes").ops, 7, 6, key="fig02"))
    found = [
        re.findall(rb'\sid="([^"]+)"', re.sub(rb"<!--.*?-->", b"", data, flags=re.DOTALL))
        for data in (one, two)
    ]
    assert all(len(set(ids)) == len(ids) > 10 for ids in found)
    assert not set(found[0]) & set(found[1])
    used = set(re.findall(rb'(?:href="#|url\(#)([^")]+)', one))
    assert used <= set(found[0])


def test_pdf_has_words_and_no_date():
    reader = pypdf.PdfReader(io.BytesIO(card("ranked").pdf()))
    words = reader.pages[0].extract_text()
    assert "Silos are the greatest barrier" in words
    assert "53%" in words
    assert reader.metadata.title == card("ranked").alt_short
    assert "/CreationDate" not in reader.metadata


@pytest.mark.parametrize("label", NASTY)
def test_labels_are_shown_literally(label):
    table = pd.DataFrame({"label": [label], "value": [50.0]})
    drawn = ranked.draw(table, text(headline=label, key="fig09"))
    root = ET.fromstring(drawn.svg())  # noqa: S314 - our own bytes
    assert root[0].text == " ".join(label.split())
    assert drawn.png(60).startswith(b"\x89PNG")
    assert pypdf.PdfReader(io.BytesIO(drawn.pdf())).pages[0].extract_text()
    shown = " ".join(op.text for op in drawn.ops if isinstance(op, Text) and op.role == "row label")
    assert shown == " ".join(label.split())
    assert drawn.table["label"].tolist() == [label]


def test_control_characters_do_not_break_svg():
    drawn = ranked.draw(ranked_table((50.0,)).assign(label="a\x00b\x1bc\x0b"), text(headline="\x01\ud800 x"))
    ET.fromstring(drawn.svg())  # noqa: S314 - our own bytes
    assert drawn.png(50)
    assert drawn.pdf()


def pixels(ops, size=1.0):
    with Image.open(io.BytesIO(png(Drawing(tuple(ops), size, size), dpi=100))) as picture:
        return picture.convert("RGB")


@pytest.mark.parametrize("shape", ["circle", *CORNERS])
def test_markers_stand_where_they_should(shape):
    picture = pixels([Marker(0.3, 0.6, shape, 0.2, "#FF0000")])
    assert picture.getpixel((30, 60)) == (255, 0, 0)
    red = [(x, y) for x in range(100) for y in range(100) if picture.getpixel((x, y)) == (255, 0, 0)]
    assert min(y for _, y in red) == pytest.approx(50, abs=5)
    assert max(y for _, y in red) == pytest.approx(70, abs=5)  # tips end in the white edge


def test_later_marks_cover_earlier_ones_and_the_origin_is_top_left():
    picture = pixels([Rect(0, 0, 0.5, 0.25, "#FF0000"), Rect(0.25, 0, 0.5, 0.25, "#0000FF")])
    assert picture.getpixel((10, 10)) == (255, 0, 0)
    assert picture.getpixel((35, 10)) == (0, 0, 255)
    assert picture.getpixel((35, 60)) == (255, 255, 255)


def test_marks_can_be_placed_on_a_page():
    ops = [Rect(0, 0, 0.1, 0.1, "#FF0000")]
    with drawing_settings(ops):
        figure, axes = canvas(1, 1)
        paint(ops, axes, left=0.5, top=0.7)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=100)
    with Image.open(buffer) as picture:
        assert picture.convert("RGB").getpixel((55, 75)) == (255, 0, 0)


def test_an_empty_drawing_is_a_white_page():
    drawing = Drawing((), 1, 1)
    assert pixels(()).getpixel((50, 50)) == (255, 255, 255)
    assert b"<title" in svg(drawing)
    assert pdf(drawing).startswith(b"%PDF")


def test_boxes_are_drawn_for_unknown_glyphs_without_a_warning(caplog):
    with caplog.at_level(logging.WARNING):
        assert pixels([Text(0.1, 0.5, "漢字", 10)]).getcolors() != [(10000, (255, 255, 255))]
    assert all(record.name == "cxsurvey.display" for record in caplog.records)
