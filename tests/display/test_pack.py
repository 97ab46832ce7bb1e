"""The pack as a folder: what is in it, that it is whole, and that its bytes can be compared."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_cards import META, METHODOLOGY, SECRET, card, with_suppressed_row
from pypdf import PdfReader

from cxsurvey import files
from cxsurvey.display.methodology import Disclosure, Methodology
from cxsurvey.display.pack import PackMeta, alt_text, slug, write_pack
from cxsurvey.errors import OutputError, RequestError

HERE = Path(__file__).parent
SCRIPT = """
import sys
from pack_cards import META, METHODOLOGY, card, with_suppressed_row
from cxsurvey.display.methodology import Disclosure, Methodology
from cxsurvey.display.pack import write_pack
write_pack([card(1), with_suppressed_row()], sys.argv[1], study_meta=META, methodology=METHODOLOGY)
"""


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): files.sha256(path) for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "pack"
    steps = []
    written = write_pack(
        [card(1), with_suppressed_row()],
        folder,
        study_meta=META,
        methodology=METHODOLOGY,
        progress=lambda *step: steps.append(step),
    )
    return folder, written, steps


def test_what_a_pack_holds(pack):
    folder, written, _ = pack
    one, two = "fig01-silos-are-the-greatest-barrier", "fig02-a-figure-that-hides-one-value"
    assert [path.relative_to(folder).as_posix() for path in written] == [
        "alt-text.md",
        "data/fig01.csv",
        "data/fig02.csv",
        "figure-pack.pdf",
        *(f"{kind}/{name}.{kind}" for kind in ("pdf", "png", "svg") for name in (one, two)),
        "manifest.json",
    ]
    assert all(path.is_file() for path in written)
    assert set(hashes(folder)) == {path.relative_to(folder).as_posix() for path in written}


def test_progress_ends_where_it_said(pack):
    steps = pack[2]
    assert [done for done, _, _ in steps] == list(range(1, len(steps) + 1))
    assert {total for _, total, _ in steps} == {len(steps)}
    assert all(label for _, _, label in steps)


def test_bytes_are_the_same_in_another_process(pack, tmp_path):
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(HERE), "TZ": "Asia/Tokyo"}
    (tmp_path / "matplotlibrc").write_text("font.size: 30\nlines.linewidth: 9\n")
    command = [sys.executable, "-W", "error", "-c", SCRIPT, str(tmp_path / "pack")]
    subprocess.run(command, check=True, cwd=tmp_path, env=environment, timeout=60)
    assert hashes(tmp_path / "pack") == hashes(pack[0])


def test_suppressed_values_are_nowhere(pack):
    folder, written, _ = pack
    secret = re.compile(r"\b71(\.23|%|\b)")
    readable = [path for path in written if path.suffix in {".csv", ".md", ".svg"}]
    for path in readable:
        words = re.sub(r'"[^"]*"', "", path.read_text()) if path.suffix == ".svg" else path.read_text()
        assert not secret.search(words), path.name
    for path in folder.rglob("*.pdf"):
        assert not any(secret.search(page.extract_text()) for page in PdfReader(path).pages)
    data = pd.read_csv(folder / "data/fig02.csv", keep_default_na=False)
    assert data["value"].tolist() == ["53.2", ""]
    assert data["n"].tolist() == [185, 12]
    assert str(SECRET) not in (folder / "data/fig02.csv").read_text()


def test_pictures_have_the_size_of_the_card(pack):
    width, height = (int.from_bytes(read_header(pack[0])[at : at + 4]) for at in (16, 20))
    assert width == 1400
    assert height == pytest.approx(200 * card(1).height, abs=1)


def test_bases_in_the_data_are_whole_numbers(tmp_path):
    table = pd.DataFrame({"label": ["a", "b"], "value": [50.0, 40.5], "n": [1091.0, None]})
    write_pack([card(1, table=table)], tmp_path, study_meta=META)
    assert (tmp_path / "data/fig01.csv").read_text() == "label,value,n\na,50.0,1091\nb,40.5,\n"


def test_any_characters_are_packed_and_read_back(tmp_path):
    odd = "=$x_1$ <b>&amp; 'q' 😀\x00\n→ Ω" + "x" * 90
    one = card(1, odd, rows=((odd, 53.0), ("-cmd", 20.0)))
    meta = PackMeta(odd + "\ud800", odd, odd, odd, odd, options={"note": odd})
    write_pack([one], tmp_path, study_meta=meta, methodology=Methodology(Disclosure(odd), design=odd))
    reader = PdfReader(tmp_path / "figure-pack.pdf")
    assert "$x_1$ <b>&amp; 'q' 😀" in reader.metadata.title
    assert "$x_1$ <b>&amp; 'q'" in reader.pages[1].extract_text()
    data = pd.read_csv(tmp_path / "data/fig01.csv")
    assert data["label"].str.startswith("'").tolist() == [True, True]


def read_header(folder):
    return next(folder.glob("png/fig01-*.png")).read_bytes()[:24]


def test_a_new_headline_renames_the_files_and_leaves_others_alone(tmp_path):
    write_pack([card(1, "First")], tmp_path, study_meta=META)
    (tmp_path / "png" / "mine.png").write_bytes(b"mine")
    write_pack([card(1, "Second")], tmp_path, study_meta=META)
    assert sorted(path.name for path in (tmp_path / "png").iterdir()) == ["fig01-second.png", "mine.png"]


def test_a_pack_that_fails_leaves_the_earlier_one(tmp_path):
    write_pack([card(1)], tmp_path, study_meta=META)
    before = hashes(tmp_path)

    def stop(done, _total, _label):
        if done > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pack([card(1, "Another headline")], tmp_path, study_meta=META, progress=stop)
    assert hashes(tmp_path) == before


def test_a_pack_does_not_write_onto_what_it_was_made_from(tmp_path):
    source = tmp_path / "data" / "fig01.csv"
    source.parent.mkdir()
    source.write_text("responses")
    with pytest.raises(OutputError) as caught:
        write_pack([card(1)], tmp_path, study_meta=META, inputs=[source])
    assert caught.value.code == "would-overwrite-input"
    assert source.read_text() == "responses"


@pytest.mark.parametrize(
    ("cards", "options", "code"),
    [
        ([], {}, "pack-empty"),
        ([card(1), card(1, "Other")], {}, "figure-duplicate"),
        ([card(1, key="../fig01")], {}, "figure-key"),
        ([card(1, key="FIG 1")], {}, "figure-key"),
        ([card(1, height=9.5)], {}, "figure-too-tall"),
        ([card(1)], {"page_size": "legal"}, "unknown-page-size"),
    ],
)
def test_what_cannot_be_packed_is_refused_before_anything_is_written(tmp_path, cards, options, code):
    with pytest.raises(RequestError) as caught:
        write_pack(cards, tmp_path / "pack", study_meta=META, **options)
    assert caught.value.code == code
    assert not (tmp_path / "pack").exists()


def test_synthetic_respondents_are_named_on_every_page(tmp_path):
    write_pack([card(1)], tmp_path, study_meta=PackMeta("Study", synthetic=True), page_size="a4")
    reader = PdfReader(io.BytesIO((tmp_path / "figure-pack.pdf").read_bytes()))
    assert all("Synthetic respondents" in page.extract_text() for page in reader.pages)
    assert "no person was interviewed" in " ".join(reader.pages[0].extract_text().split())
    assert "synthetic" in (tmp_path / "alt-text.md").read_text()
    assert json.loads((tmp_path / "manifest.json").read_text())["study"]["synthetic"] is True
    assert float(reader.pages[0].mediabox.height) == pytest.approx(11.69 * 72, abs=0.01)


def test_alt_text_stands_in_fences_that_nothing_in_it_can_close():
    one = card(1, "Odd ````", rows=(("<b>|```", 5.0),))
    text = alt_text([one], META)
    assert f"`````text\n{one.alt_short}\n`````" in text
    assert f"````text\n{one.alt_long}\n````" in text


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=80))
def test_slugs_suit_every_file_system(text):
    result = slug(text)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", result)
    assert len(result) <= 40
    assert slug(result) == result


def test_slugs_end_at_a_word():
    assert slug("Nearly nine in ten say a full view of the customer is vital").endswith("-of")
    assert slug("x" * 60) == "x" * 40
    assert slug("a" * 40 + " b") == "a" * 40
