"""What only a process shows: imports, signals, pipes, permissions, encodings."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CXSURVEY = [sys.executable, "-m", "cxsurvey"]
HEAVY = ("pandas", "numpy", "scipy", "matplotlib", "pydantic", "pyarrow", "statsmodels")
INTERRUPTED = 130


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [*CXSURVEY, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_help_and_version_import_nothing_heavy():
    script = f"""
import sys
from cxsurvey.cli.main import run
loaded = {{}}
for option in ("--help", "--version"):
    sys.argv = ["cxsurvey", option]
    try:
        run()
    except SystemExit as stop:
        assert stop.code == 0, stop.code
print("loaded:", sorted(set(sys.modules) & set({HEAVY!r})))
"""
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert finished.stdout.splitlines()[-1] == "loaded: []"


def test_the_package_alone_imports_nothing_heavy():
    script = f"import sys, cxsurvey; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert finished.stdout == "[]\n"


def test_debug_shows_the_traceback_and_keeps_the_exit_code(tmp_path):
    plain = run("check", "nothing-like-it", cwd=tmp_path)
    debug = run("--debug", "check", "nothing-like-it", cwd=tmp_path)
    assert (plain.returncode, debug.returncode) == (2, 2)
    assert "Traceback" not in plain.stderr
    assert debug.stderr.startswith("Traceback")
    assert debug.stderr.endswith(plain.stderr)


def test_a_reader_that_leaves_early_is_no_error():
    command = [*CXSURVEY, "gaps", "sfo2018", "--by", "boarding_area", "--format", "csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("question,response")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_nothing_but_the_table_goes_into_a_pipe(odd_study):
    finished = run("segment", odd_study, "--format", "csv")
    assert finished.stderr == f"cxsurvey: a check of the data finds 2 errors: cxsurvey check {odd_study}\n"
    assert finished.stdout.startswith("question,response")


def test_a_terminal_without_the_letters_shows_escapes(odd_study):
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    finished = run("gaps", odd_study, "--by", "owner", env=environment, encoding="cp1252")
    assert finished.returncode == 0
    assert "Traceback" not in finished.stderr
    assert "\\u0627" in finished.stdout


@pytest.mark.parametrize("command", ["figures", "report"])
def test_an_interrupt_leaves_earlier_files(command, tmp_path):
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "figure-pack.pdf").write_bytes(b"an earlier pack")
    arguments = [*CXSURVEY, command, "sfo2018", "--out", str(pack)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not list(pack.glob(".cxsurvey-*/new/*/*")) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (
        INTERRUPTED,
        "",
        "cxsurvey: interrupted; files are as they were.\n",
    )
    assert [path.name for path in pack.iterdir()] == ["figure-pack.pdf"]
    assert (pack / "figure-pack.pdf").read_bytes() == b"an earlier pack"


def without_privilege() -> list[str]:
    """Root may write anywhere; give that up for one command."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root without setpriv may write anywhere")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search", "--"]


@pytest.fixture
def closed(tmp_path: Path):
    folder = tmp_path / "closed"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o755)


@pytest.mark.parametrize(
    ("command", "name"), [("segment", "people.csv"), ("figures", "pack"), ("report", "pack")]
)
def test_a_folder_that_may_not_be_written(command, name, closed, odd_study):
    closed.chmod(0o555)
    arguments = [*without_privilege(), *CXSURVEY, command, str(odd_study), "--out", f"closed/{name}"]
    finished = subprocess.run(arguments, cwd=closed.parent, capture_output=True, text=True, check=False)
    assert finished.stderr == (
        "cxsurvey: The output cannot be written: permission denied. [no-permission]\n"
        f"Where: closed/{name}\n"
        "Next: Close the file if another program has it open, or choose a folder of your own.\n"
    )
    assert (finished.returncode, finished.stdout) == (2, "")
    assert list(closed.iterdir()) == []


@pytest.mark.parametrize(("file", "code"), [("study.toml", "study-file"), ("responses.csv", "responses")])
def test_a_file_that_may_not_be_read(file, code, odd_study):
    (odd_study / file).chmod(0)
    arguments = [*without_privilege(), *CXSURVEY, "check", "odd"]
    finished = subprocess.run(arguments, cwd=odd_study.parent, capture_output=True, text=True, check=False)
    lines = finished.stderr.splitlines()
    assert lines[0].endswith(f"[{code}-unreadable]")
    assert lines[1].startswith("Where: ")
    assert lines[1].endswith(file)
    assert lines[2] == "Got: Permission denied"
    assert lines[3].startswith("Next: Check the permissions")
    assert (finished.returncode, finished.stdout) == (2, "")
