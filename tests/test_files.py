"""Writing: whole or not at all, nothing of the user's lost, spreadsheets safe."""

import csv
import errno
import io
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey import files
from cxsurvey.errors import OutputError


def hidden(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith(".cxsurvey")]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def build(target, contents, **options):
    """Write a folder with a manifest of its own, as a pack does."""
    with files.staged_folder(target, **options) as stage:
        for name, text in contents.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_text(text)
        entries = [{"path": name, "sha256": files.sha256(stage / name)} for name in contents]
        (stage / "manifest.json").write_text(json.dumps({"tool": {"name": "cxsurvey"}, "files": entries}))


def interrupt(target):
    with files.staged_folder(target) as stage:
        (stage / "a").write_text("2")
        raise KeyboardInterrupt


def refusing(number):
    def refuse(*_args, **_options):
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert files.spreadsheet_safe(start + "1") == "'" + start + "1"


@pytest.mark.parametrize("text", ["", "a=1", " =1", "'=1", "€5", "Lack of skills"])
def test_other_text_is_left_alone(text):
    assert files.spreadsheet_safe(text) == text


def test_csv_keeps_numbers_whole_and_guards_names_and_labels():
    frame = pd.DataFrame(
        {
            "=label": ["-a", "b\nc", None],
            "value": [-0.1 - 0.2, 1 / 3, float("nan")],
            "n": pd.array([1, None, 3]),
        }
    )
    text = files.csv_text(frame)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [
        ["'=label", "value", "n"],
        ["'-a", "-0.30000000000000004", "1"],
        ["b\nc", "0.3333333333333333", ""],
        ["", "", "3"],
    ]
    assert "\r" not in text


def test_csv_of_an_empty_table_is_its_header():
    assert files.csv_text(pd.DataFrame({"a": [], "b": []})) == "a,b\n"


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=8))
def test_csv_floats_read_back_the_same(values):
    lines = files.csv_text(pd.DataFrame({"value": values})).splitlines()[1:]
    assert [float(line) for line in lines] == values


def test_a_written_file_is_utf8_with_plain_line_ends(tmp_path):
    assert files.write_text(tmp_path / "a.txt", "é\n").read_bytes() == b"\xc3\xa9\n"
    assert hidden(tmp_path) == []


def test_rewriting_keeps_the_mode_and_a_new_file_gets_the_usual_one(tmp_path):
    path = files.write_bytes(tmp_path / "a", b"1")
    (tmp_path / "b").write_bytes(b"1")
    assert path.stat().st_mode == (tmp_path / "b").stat().st_mode
    path.chmod(0o640)
    files.write_bytes(path, b"2")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files.write_bytes(tmp_path / "link", b"2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"2"


def test_a_device_is_written_to_and_not_replaced():
    files.write_bytes(os.devnull, b"gone")
    assert not Path(os.devnull).is_file()


def test_the_longest_name_can_be_written(tmp_path):
    assert files.write_bytes(tmp_path / ("n" * 255), b"1").exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "no-permission"),
        (errno.EROFS, "no-permission"),
        (errno.ENOSPC, "disk-full"),
        (errno.EIO, "not-written"),
    ],
)
def test_a_failed_write_says_why_and_leaves_the_old_file(tmp_path, monkeypatch, number, code):
    path = files.write_bytes(tmp_path / "a", b"old")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refusing(number))
        with pytest.raises(OutputError) as caught:
            files.write_bytes(path, b"new")
    assert caught.value.code == code
    assert str(path) in caught.value.message
    assert path.read_bytes() == b"old"
    assert hidden(tmp_path) == []


def test_targets_that_cannot_be_files(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for path, code in [
        (tmp_path, "target-is-folder"),
        (tmp_path / "no" / "a", "folder-missing"),
        (tmp_path / "file" / "a", "target-is-file"),
    ]:
        with pytest.raises(OutputError) as caught:
            files.write_bytes(path, b"")
        assert caught.value.code == code


def test_an_input_is_never_overwritten_whatever_its_name(tmp_path):
    source = files.write_bytes(tmp_path / "responses.csv", b"data")
    (tmp_path / "link.csv").symlink_to(source)
    for name in ["responses.csv", "link.csv"]:
        with pytest.raises(OutputError) as caught:
            files.write_bytes(tmp_path / name, b"table", inputs=[source])
        assert caught.value.code == "would-overwrite-input"
    assert source.read_bytes() == b"data"


def test_output_folder_makes_parents_and_refuses_a_file(tmp_path):
    assert files.output_folder(tmp_path / "a" / "b").is_dir()
    assert files.output_folder(tmp_path / "a").is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError) as caught:
        files.output_folder(tmp_path / "file" / "b")
    assert caught.value.code == "target-is-file"


def test_a_second_build_replaces_removes_the_stale_and_spares_the_rest(tmp_path):
    target = tmp_path / "new" / "pack"
    build(target, {"png/old.png": "1", "png/edited.png": "1", "gone/last.png": "1", "kept.md": "1"})
    (target / "png/mine.png").write_text("mine")
    (target / "png/edited.png").write_text("edited")
    build(target, {"png/new.png": "2", "kept.md": "2"})
    assert sorted(p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()) == [
        "kept.md",
        "manifest.json",
        "png/edited.png",
        "png/mine.png",
        "png/new.png",
    ]
    assert (target / "kept.md").read_text() == "2"
    assert not (target / "gone").exists()


def test_a_failed_build_leaves_everything_as_it_was(tmp_path):
    target = tmp_path / "pack"
    build(target, {"a": "1"})
    with pytest.raises(KeyboardInterrupt):
        interrupt(target)
    assert (target / "a").read_text() == "1"
    assert names(target) == ["a", "manifest.json"]


def test_a_failed_first_build_leaves_no_folder(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupt(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fails_at", range(6))
def test_a_failed_move_undoes_those_before_it(tmp_path, monkeypatch, fails_at):
    target = tmp_path / "pack"
    build(target, {"a": "1", "stale": "1"})
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    moves, real = iter(range(100)), Path.replace

    def replace(self, place):
        if next(moves) == fails_at:
            raise OSError(errno.ENOSPC, "full")
        return real(self, place)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(OutputError) as caught:
            build(target, {"a": "2", "b": "2"})
    assert caught.value.code == "disk-full"
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before


def test_a_manifest_of_another_program_is_not_obeyed_or_replaced(tmp_path):
    for text in ['{"name": "app"}', "[]", "{", '{"tool": {"name": "other"}, "files": []}']:
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(OutputError) as caught:
            build(tmp_path, {"a": "1"})
        assert caught.value.code == "foreign-manifest"
        assert (tmp_path / "manifest.json").read_text() == text
    assert names(tmp_path) == ["manifest.json"]


def test_a_manifest_cannot_reach_outside_its_folder(tmp_path):
    target = tmp_path / "pack"
    target.mkdir()
    outside = files.write_bytes(tmp_path / "outside", b"1")
    entries = [{"path": name, "sha256": files.sha256(outside)} for name in ["../outside", str(outside)]]
    (target / "manifest.json").write_text(json.dumps({"tool": {"name": "cxsurvey"}, "files": entries}))
    build(target, {"a": "1"})
    assert outside.exists()


def test_a_build_neither_replaces_nor_removes_an_input(tmp_path):
    build(tmp_path, {"a": "1", "b": "1"})
    build(tmp_path, {"b": "1"}, inputs=[tmp_path / "a"])
    assert (tmp_path / "a").exists()
    with pytest.raises(OutputError) as caught:
        build(tmp_path, {"b": "2", "c": "2"}, inputs=[tmp_path / "b"])
    assert caught.value.code == "would-overwrite-input"
    assert not (tmp_path / "c").exists()


def test_a_folder_in_the_place_of_a_file_stops_the_build(tmp_path):
    (tmp_path / "b").mkdir()
    with pytest.raises(OutputError) as caught:
        build(tmp_path, {"a": "1", "b": "1"})
    assert caught.value.code == "target-is-folder"
    assert names(tmp_path) == ["b"]
