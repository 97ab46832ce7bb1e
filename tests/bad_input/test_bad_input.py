"""Each broken study: its whole message, its exit code, no traceback, and no file half-written."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_input_cases import HERE, Case, Run, all_cases, snapshot

CASES = all_cases()
RUNS = [pytest.param(case, run, id=f"{case.name}-{i}") for case in CASES for i, run in enumerate(case.runs)]
EXIT_CODES = {0, 1, 2}
WIDTH = "80"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", WIDTH)
    return tmp_path


@pytest.mark.parametrize(("case", "run"), RUNS)
def test_says_what_is_wrong_and_leaves_files_alone(
    case: Case, run: Run, place: Path, cli: Callable[..., object]
):
    case.lay_out(place)
    before = snapshot(place)
    finished = cli(*run.arguments)
    _compare(run, finished.code, finished.out, finished.err)
    after = snapshot(place)
    assert set(after) - set(before) == set(run.writes)
    assert {name: after.get(name) for name in before} == before


@pytest.mark.parametrize("name", ["no-such-study", "ragged-row", "weights-all-zero", "unknown-format"])
def test_says_the_same_as_a_process(name: str, place: Path):
    case = next(case for case in CASES if case.name.partition("-")[2] == name)
    case.lay_out(place)
    before = snapshot(place)
    for run in case.runs:
        command = [sys.executable, "-m", "cxsurvey", *run.arguments]
        finished = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        usage = finished.stderr.replace("python -m cxsurvey", "cxsurvey")
        _compare(run, finished.returncode, finished.stdout, usage)
    assert snapshot(place) == before


def _compare(run: Run, code: int, out: str, err: str) -> None:
    assert err == run.err
    assert (_picked(out, run.columns) if run.columns else out) == run.out
    assert code == run.code
    assert code in EXIT_CODES
    assert "Traceback" not in out + err


def _picked(table: str, columns: tuple[str, ...]) -> str:
    """Some columns of a CSV table, numbers to six digits: the last ones differ between machines."""
    rows = csv.DictReader(io.StringIO(table))
    lines = [",".join(columns), *(",".join(_rounded(row[name]) for name in columns) for row in rows)]
    return "\n".join(lines) + "\n"


def _rounded(cell: str) -> str:
    try:
        return format(float(cell), ".6g")
    except ValueError:
        return cell


def test_index_names_every_case_once():
    lines = (HERE / "README.md").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line.startswith("| `")]
    assert listed == [f"| `{case.name}` | {case.about} |" for case in CASES]


def test_recipes_are_all_used():
    from bad_input_recipes import RECIPES  # noqa: PLC0415 - the list is needed here only

    assert sorted(RECIPES) == sorted({case.recipe for case in CASES if case.recipe})
