"""What pip installs: the package with its fonts, schema and bundled studies, and nothing from the tests."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_data_fonts_and_schema(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "cxsurvey/py.typed",
        "cxsurvey/data/sfo2018/study.toml",
        "cxsurvey/data/sfo2018/responses.csv",
        "cxsurvey/data/sfo2018/README.md",
        "cxsurvey/display/fonts/CxSans-Regular.ttf",
        "cxsurvey/display/fonts/OFL.txt",
        "cxsurvey/study/study.schema.json",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def test_a_bundled_study_is_found_from_the_wheel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = "import cxsurvey as cx; s = cx.read_study('sfo2018'); print(s.path, s.n)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [str(site / "cxsurvey/data/sfo2018/study.toml"), "2809"]
