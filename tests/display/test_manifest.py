"""The manifest: it lists what is there, and says nothing that changes from run to run."""

import json
from importlib.metadata import version

import pytest

from cxsurvey import __version__
from cxsurvey.display.manifest import FigureEntry, Origin, listed_files, manifest, write_manifest
from cxsurvey.files import sha256

ORIGIN = Origin("demo", "Study – é", synthetic=True, study_sha256="a" * 64, responses_sha256="", options={})
FIGURE = FigureEntry("fig01", "1", "A finding", "ranked", "all", "Survey", ("png/fig01.png",))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "png").mkdir()
    (tmp_path / "png" / "fig01.png").write_bytes(b"picture")
    (tmp_path / "alt-text.md").write_text("words")
    return tmp_path


def test_every_file_is_listed_with_its_hash_and_size(folder):
    write_manifest(folder, ORIGIN, [FIGURE])
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["path"] for entry in content["files"]] == ["alt-text.md", "png/fig01.png"]
    for entry in content["files"]:
        assert entry["sha256"] == sha256(folder / entry["path"])
        assert entry["bytes"] == (folder / entry["path"]).stat().st_size


def test_it_names_versions_study_options_and_figures(folder):
    content = manifest(
        folder,
        Origin(
            "demo", "Study", synthetic=False, study_sha256="s", responses_sha256="r", options={"level": 0.9}
        ),
        [FIGURE],
    )
    assert content["tool"]["name"] == "cxsurvey"
    assert content["tool"]["version"] == __version__
    assert content["tool"]["libraries"]["numpy"] == version("numpy")
    assert sorted(content["tool"]["libraries"]) == ["matplotlib", "numpy", "pandas", "pypdf", "scipy"]
    assert content["study"]["responses_sha256"] == "r"
    assert content["options"] == {"level": 0.9}
    assert content["figures"][0]["form"] == "ranked"
    assert content["figures"][0]["files"] == ("png/fig01.png",)


def test_keys_are_sorted_and_the_text_is_plain(folder):
    path = write_manifest(folder, ORIGIN, [FIGURE])
    text = path.read_text(encoding="utf-8")
    content = json.loads(text)
    assert text.endswith("}\n")
    assert "Study – é" in text
    assert list(content) == sorted(content)
    assert list(content["figures"][0]) == sorted(content["figures"][0])
    assert str(folder) not in text


def test_writing_it_again_changes_nothing(folder):
    first = write_manifest(folder, ORIGIN, [FIGURE]).read_bytes()
    assert write_manifest(folder, ORIGIN, [FIGURE]).read_bytes() == first
    assert listed_files(folder) == ["alt-text.md", "png/fig01.png"]


def test_options_that_json_cannot_hold_are_refused(folder):
    with pytest.raises(ValueError, match="JSON"):
        write_manifest(
            folder,
            Origin(
                "demo", "", synthetic=False, study_sha256="", responses_sha256="", options={"x": float("nan")}
            ),
            [],
        )
    assert not (folder / "manifest.json").exists()
