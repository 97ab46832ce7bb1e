"""A report is the same bytes whoever makes it: two processes, two hash seeds."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cxsurvey as cx

FIGURES = ("fig01", "fig06", "fig07", "fig11")
ONE_OF_A_FORM = ("fig01", "fig03", "fig06", "fig07", "fig08", "fig11")


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def start(*arguments: str, seed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cxsurvey", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert errors == ""


def with_one_figure_of_a_form(folder: Path) -> Path:
    """Copy the bundled study with fewer figures: every form is drawn, and all tables are made."""
    study = cx.read_study("sfo2018")
    shutil.copytree(study.path.parent, folder)
    head, *figures = (folder / "study.toml").read_text(encoding="utf-8").split("[[figure]]")
    kept = [text for text in figures if any(f'id = "{name}"' in text for name in ONE_OF_A_FORM)]
    assert len(kept) == len({figure.form for figure in study.file.figure}) == len(ONE_OF_A_FORM)
    (folder / "study.toml").write_text("[[figure]]".join([head, *kept]), encoding="utf-8")
    return folder


def test_two_processes_write_the_same_report(tmp_path: Path) -> None:
    study = with_one_figure_of_a_form(tmp_path / "study")
    first, second = tmp_path / "one", tmp_path / "two"
    made = {"1": first, "4242": second}
    processes = [start("report", str(study), "--out", str(path), seed=seed) for seed, path in made.items()]
    for process in processes:
        finish(process)
    assert hashes(first) == hashes(second)
    assert {"figure-pack.pdf", "alt-text.md", "manifest.json", "tables/segments.csv"} <= set(hashes(first))


def test_the_manifest_holds_the_hash_of_every_file(tmp_path: Path) -> None:
    options = [part for name in FIGURES for part in ("--only", name)]
    finish(start("figures", "sfo2018", "--out", str(tmp_path / "pack"), *options, seed="0"))
    manifest = json.loads((tmp_path / "pack" / "manifest.json").read_text(encoding="utf-8"))
    found = hashes(tmp_path / "pack")
    del found["manifest.json"]
    assert {entry["path"]: entry["sha256"] for entry in manifest["files"]} == found
    study = cx.read_study("sfo2018")
    assert manifest["study"]["study_sha256"] == study.sha256
    assert [entry["key"] for entry in manifest["figures"]] == list(FIGURES)


def test_a_second_run_replaces_the_first_and_leaves_other_files_alone(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    study = cx.read_study("sfo2018")
    cx.figures(study, to=folder, only=["fig01", "fig06"])
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    cx.figures(study, to=folder, only=["fig01"])
    kept = hashes(folder)
    assert not [name for name in kept if "fig06" in name]
    assert "notes.txt" in kept
