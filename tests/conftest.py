"""What several test folders share: the command line, run inside the test process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import settings

from cxsurvey.cli.main import run

# A run tries the same examples as the run before it, so that a red one can be repeated.
# CXSURVEY_EXPLORE=1 draws new ones each time.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore")
settings.load_profile("explore" if os.environ.get("CXSURVEY_EXPLORE") else "same")


@dataclass(frozen=True)
class Finished:
    """What a command left behind: its exit code and both streams."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Finished]:
    """Run ``cxsurvey`` with these arguments; any exception but a clean exit fails the test."""

    def finish(*arguments: object) -> Finished:
        monkeypatch.setattr(sys, "argv", ["cxsurvey", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            run()
        shown = capsys.readouterr()
        code = stopped.value.code
        return Finished(code if isinstance(code, int) else int(code is not None), shown.out, shown.err)

    return finish


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted: properties named "published shares" of every report, from any worker."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    counted = [
        str(value)
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == "published shares" and getattr(report, "when", "") == "call"
    ]
    if counted:
        terminalreporter.section("published shares checked")
        for line in sorted(set(counted)):
            terminalreporter.write_line(line)
