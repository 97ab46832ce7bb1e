"""The rules of the house: which way imports run, what public names document, which examples run."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import os
import re
import subprocess
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cxsurvey

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "cxsurvey"
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 450

# A room may import from itself and from the rooms after it.
DOWNWARD = ("cli", "display", "published", "analysis", "readers", "study", "numerics", "files", "errors")
BESIDE = {("display", "published"), ("published", "display")}
# A room of the numerics may import from itself and from those before it.
NUMERICS = (
    "arrays",
    "probability",
    "weighting",
    "tables",
    "banners",
    "sampling",
    "estimation",
    "comparisons",
    "models",
    "classic",
    "scales",
)
ABOVE_ALL = {"__init__", "__main__"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """The room a module of the package is in; ``__init__`` for the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module or name that a file imports, anywhere in it."""
    return tuple(_imported(ast.parse(path.read_text(encoding="utf-8")), path))


def _imported(tree: ast.AST, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                f"{alias.name}.__init__" if alias.name == "cxsurvey" else alias.name for alias in node.names
            )
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            whole = node.module or ""
            yield from ([] if whole == "cxsurvey" else [whole])
            yield from (f"{whole}.{alias.name}" for alias in node.names)


def uses(path: Path, library: str) -> bool:
    return any(name == library or name.startswith(f"{library}.") for name in imports(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_downward(path: Path):
    room = room_of(name_of(path))
    if room in ABOVE_ALL:
        return
    assert room in DOWNWARD, f"{path} is in no room of the house"
    below = DOWNWARD[DOWNWARD.index(room) :]
    own = {room_of(name) for name in imports(path) if name.startswith("cxsurvey.")} - {"__version__"}
    public = {"__init__"} if room == "cli" else set()
    beside = {other for other in DOWNWARD if (room, other) in BESIDE}
    assert own - set(below) - public <= beside


@pytest.mark.parametrize("path", [path for path in MODULES if "numerics" in path.parts], ids=name_of)
def test_rooms_of_the_numerics_stand_on_those_before_them(path: Path):
    own = name_of(path).split(".")[2:3]
    used = {name.split(".")[2] for name in imports(path) if name.startswith("cxsurvey.numerics.")}
    assert not own or {*own, *used} <= set(NUMERICS[: NUMERICS.index(own[0]) + 1])


def test_display_and_published_do_not_import_each_other_in_a_circle():
    found = {
        (room_of(name_of(path)), room_of(name))
        for path in MODULES
        for name in imports(path)
        if name.startswith("cxsurvey.")
    }
    assert not found >= BESIDE


@pytest.mark.parametrize("path", [path for path in MODULES if "published" in path.parts], ids=name_of)
def test_audit_and_synthesis_stand_on_the_claims_and_not_on_each_other(path: Path):
    own = name_of(path).split(".")[2:3]
    used = {name.split(".")[2] for name in imports(path) if name.startswith("cxsurvey.published.")}
    assert used <= {"claims", *own}


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("matplotlib", {"display"}),
        ("pypdf", {"display"}),
        ("xlsxwriter", {"display"}),
        ("typer", {"cli"}),
        ("pyarrow", {"readers"}),
        ("pyreadstat", {"readers"}),
        ("python_calamine", {"readers"}),
        ("pandas", {"study", "readers", "analysis", "published", "display", "cli"}),
        ("scipy", {"numerics", "published"}),
        ("scipy.stats", set()),
        ("matplotlib.pyplot", set()),
        ("statsmodels", {"numerics", "analysis"}),
    ],
)
def test_libraries_stay_in_their_rooms(library: str, rooms: set[str]):
    found = {room_of(name_of(path)) for path in MODULES if uses(path, library)}
    assert found <= rooms


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_short(path: Path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES or path.name == "errors.py"


def public() -> list[str]:
    return sorted(name for name in cxsurvey.__all__ if not name.startswith("__"))


def sections(text: str) -> set[str]:
    return set(re.findall(r"^([A-Z][a-z]+)\n-{3,}$", inspect.cleandoc(text), flags=re.MULTILINE))


@pytest.mark.parametrize("name", public())
def test_public_names_are_documented(name: str):
    thing = getattr(cxsurvey, name)
    assert thing.__doc__
    assert len(thing.__doc__.split("\n")[0]) > 10
    if not inspect.isfunction(thing):
        return
    found = sections(thing.__doc__)
    needed = {"Examples"}
    needed |= {"Parameters"} if inspect.signature(thing).parameters else set()
    needed |= {"Returns"} if inspect.signature(thing).parameters else set()
    needed |= {"Raises"} if _raises(thing) else set()
    assert needed <= found


def _raises(function: types.FunctionType) -> bool:
    """A function that takes arguments can be given wrong ones; only the check never raises."""
    return bool(inspect.signature(function).parameters) and function.__name__ != "check"


@pytest.mark.parametrize("name", public())
def test_public_parameters_are_described(name: str):
    thing = getattr(cxsurvey, name)
    if not inspect.isfunction(thing):
        return
    text = inspect.cleandoc(thing.__doc__ or "")
    absent = [parameter for parameter in inspect.signature(thing).parameters if not _told(parameter, text)]
    assert absent == []


def _told(parameter: str, text: str) -> bool:
    return re.search(rf"^([*\w]+, )*\**{parameter}(, [*\w]+)* : ", text, flags=re.MULTILINE) is not None


def functions(path: Path) -> list[types.FunctionType]:
    """Public functions that a module defines itself."""
    module = importlib.import_module(name_of(path))
    return [
        thing
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    ]


@pytest.mark.parametrize("path", [path for path in MODULES if "numerics" in path.parts], ids=name_of)
def test_functions_of_the_numerics_say_what_they_take_give_and_refuse(path: Path):
    for function in functions(path):
        text = inspect.cleandoc(function.__doc__ or "")
        found, signature = sections(text), inspect.signature(function)
        assert [name for name in signature.parameters if not _told(name, text)] == [], function
        gives = signature.return_annotation not in {"None", "NoReturn"}
        assert not gives or found & {"Returns", "Yields"}, f"{function} does not say what it returns"
        raises = re.search(r"^\s+raise ", inspect.getsource(function), flags=re.MULTILINE)
        assert not raises or "Raises" in found, f"{function} does not say what it raises"


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem != "__main__"], ids=name_of)
def test_functions_that_others_may_call_say_what_they_do(path: Path):
    assert [function for function in functions(path) if not function.__doc__] == []


def test_dir_lists_the_public_names():
    assert set(dir(cxsurvey)) == set(cxsurvey.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        cxsurvey.nothing  # noqa: B018 - looking it up is the test


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem != "__main__"], ids=name_of)
def test_examples_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name_of(path))
    results = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert results.failed == 0
    assert list(tmp_path.iterdir()) == []


def own_files() -> Iterator[Path]:
    """Every file of the repository that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = [os.fsdecode(name) for name in listed.split(b"\0") if name]
    yield from (ROOT / name for name in names if (ROOT / name).is_file())


def test_no_file_speaks_of_the_machine_it_was_written_on():
    homes = "|".join(
        ["/" + "work/", "/" + "root/", "/" + "home/(?!someone)[a-z]", "/" + "tmp/dev", "/" + "Users/[a-z]"]
    )
    pattern = re.compile(rf"(?<![\w.~])({homes})".encode())
    found = [str(path.relative_to(ROOT)) for path in own_files() if pattern.search(path.read_bytes())]
    assert found == []


def test_nothing_is_left_to_do():
    words = re.compile(rb"\b(" + b"|".join([b"TO" + b"DO", b"FIX" + b"ME", b"XX" + b"X"]) + rb")\b")
    code = [path for path in own_files() if path.suffix in {".py", ".toml", ".md"}]
    found = [str(path.relative_to(ROOT)) for path in code if words.search(path.read_bytes())]
    assert found == []


def test_every_test_file_has_a_line_in_the_index():
    index = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    files = (path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in sorted(files) if f"`{name}`" not in index] == []
