"""Write the generated pages of the reference, and the pictures of the documentation.

``python docs/generate.py`` (or ``make docs``) writes them; a test compares the pages with what the code says.
"""
# ruff: noqa: INP001 - a script beside the pages, not a package

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from generators import check_page, claims_page, command_page, error_page, python_page, study_file_page

DOCS = Path(__file__).resolve().parent
PAGES: dict[str, Callable[[], str]] = {
    "reference/study-file.md": study_file_page.page,
    "reference/claims-file.md": claims_page.page,
    "reference/commands.md": command_page.page,
    "reference/python.md": python_page.page,
    "reference/errors.md": error_page.page,
    "reference/check-codes.md": check_page.page,
}
PICTURES = {
    "images/barriers.png": ("hbr2020", "fig07"),
    "images/lanes.png": ("sfo2018", "fig07"),
    "images/segments.png": ("hbr2020", "fig02"),
    "images/dumbbell.png": ("sfo2018", "fig10"),
}
AUDITED = {"images/audit.png": "hbr2020"}
DPI = 144
COLOURS = 64  # flat colour needs no more, and the file is a quarter of the size


def write_pages() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


def write_pictures() -> None:
    """Draw the pictures that pages show, from the bundled studies."""
    import cxsurvey as cx  # noqa: PLC0415 - pages need no figures

    for name, (study, figure) in PICTURES.items():
        card = cx.draw_figures(cx.read_study(study), only=[figure])[0]
        (DOCS / name).write_bytes(_small(card.png(DPI)))
    for name, study in AUDITED.items():
        (DOCS / name).write_bytes(_small(cx.charts.audit(cx.audit(study)).png(DPI)))


def _small(png: bytes) -> bytes:
    from PIL import Image  # noqa: PLC0415 - as above

    out = BytesIO()
    with Image.open(BytesIO(png)) as picture:
        picture.convert("RGB").quantize(COLOURS).save(out, format="PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    write_pages()
    write_pictures()
