"""What the pages show is what happens: every code block is carried out in a folder of its own."""

from __future__ import annotations

import shutil

import pytest
from pages import DOCS, PAGES, ROOT, WRITTEN, Bench, agrees, blocks, carry_out, commands, name_of

EXECUTED = [page for page in WRITTEN if any(block.language != "text" for block in blocks(page))]


@pytest.mark.parametrize("page", EXECUTED, ids=name_of)
def test_blocks_of_a_page_run(page, cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    text = page.read_text(encoding="utf-8")
    for folder in ("docs/examples", "examples"):
        if f" {folder}/" in text:
            shutil.copytree(DOCS / "examples", tmp_path / folder)
    bench = Bench(name_of(page), cli)
    for block in blocks(page):
        carry_out(block, bench)


def test_every_fence_is_read():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fences = sum(line.lstrip().startswith("```") for line in text.splitlines())
        assert fences == 2 * len(list(blocks(page))), name_of(page)


def test_blocks_are_of_known_languages():
    known = {"console", "csv", "pycon", "python", "sh", "text", "toml"}
    assert {block.language for page in PAGES for block in blocks(page)} <= known


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {line.partition(":")[0] for line in makefile.splitlines()}
    shell = [block.text for page in PAGES for block in blocks(page) if block.language == "sh"]
    made = [line.split()[1] for text in shell for line in text.splitlines() if line.startswith("make ")]
    assert made
    assert set(made) <= targets


def test_comparison_can_fail():
    assert agrees(["a", "...", "c ... e"], ["a", "b", "b", "c d e"])
    assert not agrees(["a", "c"], ["a", "b", "c"])
    assert not agrees(["a"], ["a", "b"])
    assert commands("$ one\nout\n\n$ two") == [("one", ["out"]), ("two", [])]
