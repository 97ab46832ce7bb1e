"""Pages hold together: links lead somewhere, nothing is missing, nothing points at one machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pages import DOCS, FENCE, PAGES, ROOT, WRITTEN, name_of

import cxsurvey as cx
from cxsurvey.cli.main import app
from cxsurvey.study.codebook import FigureForm
from cxsurvey.study.rules import NAMED_GRIDS

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE = re.compile(r"(?<![\w.])/(work|root|tmp|home|Users|mnt)/|[A-Z]:\\")
PICTURE_BYTES = 150_000


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    text = prose(page)
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {slug(head) for head in heads} | set(re.findall(r'<a id="([^"]+)"', text))


def slug(head: str) -> str:
    """The anchor that code hosts give a heading."""
    plain = re.sub(r"[^\w\- ]", "", head.lower())
    return plain.replace(" ", "-")


def links(page: Path) -> list[str]:
    return [target for target in LINK.findall(prose(page)) if not target.startswith("https://")]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_resolve(page):
    for target in links(page):
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.is_relative_to(ROOT), f"{target} leads out of the project"
        assert found.exists(), f"{target} leads nowhere"
        if anchor:
            assert anchor in anchors(found), f"{target} has no such heading"


def test_every_page_is_reached_from_the_index():
    reached, open_ends = set[Path](), {DOCS / "index.md"}
    while open_ends:
        page = open_ends.pop()
        reached.add(page)
        targets = {(page.parent / target.partition("#")[0]).resolve() for target in links(page)}
        open_ends |= {found for found in targets if found.suffix == ".md" and found in PAGES} - reached
    assert set(DOCS.rglob("*.md")) <= reached


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_machine_paths(page):
    assert not MACHINE.search(page.read_text(encoding="utf-8"))


def test_notebooks_and_generators_name_no_machine():
    for path in (*ROOT.glob("notebooks/*.ipynb"), *DOCS.rglob("*.py"), *DOCS.rglob("*.toml")):
        assert not MACHINE.search(path.read_text(encoding="utf-8")), name_of(path)


def test_machine_path_would_be_found():
    assert MACHINE.search(f"see {Path('/', 'home', 'someone', 'file')}")
    assert not MACHINE.search("reports/home/file and https://example.org/work/")


def test_every_command_is_shown_in_a_written_page():
    text = "\n".join(page.read_text(encoding="utf-8") for page in WRITTEN)
    for command in app.registered_commands:
        assert f"cxsurvey {command.name}" in text, command.name


@pytest.mark.parametrize("name", [name for name in cx.__all__ if name != "__version__"])
def test_every_public_name_is_documented(name):
    reference = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    heading = rf"^### {name}$" if name != "charts" else r"^## Charts$"
    assert re.search(heading, reference, re.MULTILINE)


@pytest.mark.parametrize("name", [name for name in cx.__all__ if name[0].islower()])
def test_every_public_function_is_used_in_a_written_page(name):
    text = "\n".join(page.read_text(encoding="utf-8") for page in WRITTEN)
    assert f"cx.{name}" in text


def test_every_figure_form_and_grid_has_a_section():
    figures = (DOCS / "how-to" / "figures.md").read_text(encoding="utf-8")
    segmentation = (DOCS / "methods" / "segmentation.md").read_text(encoding="utf-8")
    for form in get_args(FigureForm):
        assert f'form = "{form}"' in figures
        assert f"## {form}\n" in figures
    for name, rule in NAMED_GRIDS.items():
        assert drawn_grid(segmentation, name) == rule.cells, name


def drawn_grid(text: str, name: str) -> tuple[tuple[str, ...], ...]:
    """The cells of the table whose first cell is the name of the grid."""
    rows = text.split(f"| {name} |", 1)[1].splitlines()[2:6]
    return tuple(tuple(cell.strip() for cell in row.strip("|").split("|")[1:]) for row in rows)


def test_pictures_are_small():
    pictures = list((DOCS / "images").iterdir())
    shown = {(page.parent / target).resolve() for page in PAGES for target in links(page)}
    assert pictures
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size < PICTURE_BYTES
        assert picture in shown, f"{picture.name} is shown nowhere"


def test_changelog_and_version_agree():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in changelog
    assert cx.__version__ in changelog
