"""The progress bar: on a terminal, after two seconds, and gone at the end."""

from __future__ import annotations

import io
import sys

from cxsurvey.cli.progress import PATIENCE, Progress


class Screen(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def shown(monkeypatch, *, terminal: bool, waited: float, done: int = 1, total: int = 4) -> str:
    screen = Screen(terminal=terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    progress = Progress()
    progress.started -= waited
    progress(done, total, "fig01")
    progress.close()
    return screen.getvalue()


def test_silent_in_a_pipe(monkeypatch):
    assert shown(monkeypatch, terminal=False, waited=PATIENCE + 1) == ""


def test_silent_in_the_first_seconds(monkeypatch):
    assert shown(monkeypatch, terminal=True, waited=0) == ""


def test_drawn_and_cleared_on_a_terminal(monkeypatch):
    bar = shown(monkeypatch, terminal=True, waited=PATIENCE + 1)
    assert "[######..................] 1/4 fig01" in bar
    assert bar.endswith("\r\x1b[K")


def test_a_total_of_zero_is_no_error(monkeypatch):
    assert "0/0" in shown(monkeypatch, terminal=True, waited=PATIENCE + 1, done=0, total=0)
