"""The pages of the documentation and the code blocks in them, and how a block is carried out."""

from __future__ import annotations

import doctest
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cxsurvey.study.codebook import StudyFile
from cxsurvey.study.study_file import parse_study_file

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))
GENERATED = ("study-file.md", "claims-file.md", "commands.md", "python.md", "errors.md", "check-codes.md")
WRITTEN = tuple(page for page in PAGES if page.name not in GENERATED)
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?( append)?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
DOCTEST_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
STUDY = {"id": "fragment", "title": "A fragment", "responses": "responses.csv"}
QUESTION = {"id": "placeholder", "text": "?", "type": "text", "column": "Q"}


class Finished(Protocol):
    code: int
    out: str
    err: str


Run = Callable[..., Finished]


@dataclass(frozen=True)
class Block:
    """A fenced block: ``console`` and ``python`` are carried out, a title is a file to write."""

    language: str
    title: str
    append: bool
    text: str
    line: int


@dataclass
class Bench:
    """What the blocks of one page share: the folder they run in, the command line, the Python names."""

    page: str
    run: Run
    names: dict[str, Any] = field(default_factory=dict)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        language, title, append, body = found.groups()
        yield Block(language, title or "", bool(append), body, text.count("\n", 0, found.start()) + 1)


def carry_out(block: Block, bench: Bench) -> None:
    if block.title:
        path = Path(block.title)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if block.append else "w", encoding="utf-8") as file:
            file.write("\n" * block.append + block.text)
    if block.language == "toml":
        declare(block)
    elif block.language == "console":
        converse(block, bench)
    elif block.language == "python":
        compute(block, bench)


def declare(block: Block) -> None:
    """A fragment of a study file must be valid in itself; a whole file also hangs together."""
    tables = tomllib.loads(block.text)
    if "study" in tables and "question" in tables:
        parse_study_file(block.text)
    else:
        StudyFile.model_validate({"study": STUDY, "question": [QUESTION], **tables})


def compute(block: Block, bench: Bench) -> None:
    if ">>> " not in block.text:
        exec(compile(block.text, f"{bench.page}, line {block.line}", "exec"), bench.names)  # noqa: S102 - the page's own
        return
    parsed = doctest.DocTestParser().get_doctest(block.text, bench.names, bench.page, bench.page, block.line)
    runner = doctest.DocTestRunner(optionflags=DOCTEST_FLAGS, verbose=False)
    report: list[str] = []
    runner.run(parsed, out=report.append, clear_globs=False)
    bench.names.update(parsed.globs)
    assert not runner.summarize(verbose=False).failed, "".join(report)


def converse(block: Block, bench: Bench) -> None:
    code = 0
    for command, expected in commands(block.text):
        if command == "echo $?":
            assert expected == [str(code)], f"{bench.page}: the command exits with {code}"
            code = 0
            continue
        assert code == 0, f"{bench.page}, near line {block.line}: exit code {code} before '{command}'"
        program, *arguments = shlex.split(command)
        assert program == "cxsurvey", f"{bench.page}: console blocks run cxsurvey only, not '{program}'"
        finished = bench.run(*arguments)
        code = finished.code
        shown = [line.rstrip() for line in (finished.out + finished.err).splitlines()]
        if expected:
            assert agrees(expected, shown), f"{bench.page}: {command}\n" + "\n".join(shown)
    assert code == 0, f"{bench.page}, near line {block.line}: exit code {code}"


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Commands with the lines printed below them; empty lines at the end do not count."""
    found: list[tuple[str, list[str]]] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            found.append((line[2:].strip(), []))
        else:
            found[-1][1].append(line.rstrip())
    for _, expected in found:
        while expected and not expected[-1]:
            expected.pop()
    return found


def agrees(expected: list[str], shown: list[str]) -> bool:
    """A line ``...`` stands for any lines; ``...`` inside a line for any characters."""
    pattern = ["(?:.*\n)*?" if line == "..." else _line(line) for line in expected]
    text = "".join(f"{line}\n" for line in shown).rstrip("\n") + "\n"
    return re.fullmatch("".join(pattern), text) is not None


def _line(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("...")) + "\n"
