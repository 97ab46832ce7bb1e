"""A progress bar for work over two seconds, on a terminal only."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

PATIENCE = 2.0
WIDTH = 24


@dataclass(slots=True)
class Progress:
    """Called with how much is done; draws on standard error once the work has taken two seconds."""

    started: float = field(default_factory=time.monotonic)
    shown: bool = False

    def __call__(self, done: int, total: int, label: str) -> None:
        """Report ``done`` of ``total`` steps, and what is being done."""
        if not sys.stderr.isatty() or time.monotonic() - self.started < PATIENCE:
            return
        filled = WIDTH * done // max(total, 1)
        bar = "#" * filled + "." * (WIDTH - filled)
        sys.stderr.write(f"\r[{bar}] {done}/{total} {label:.40}\x1b[K")
        sys.stderr.flush()
        self.shown = True

    def close(self) -> None:
        """Clear the bar."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
