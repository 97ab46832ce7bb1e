"""How long the commands take as whole processes, and the memory they reach.

Run with ``python benchmarks/commands.py``. Each command runs five times; the best time stands beside that of
starting Python with numpy and pandas, because imports decide small work. Targets are those of the design:
help 0.25 s, segment 1.0 s, a pack of 12 figures 8 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
PACK = [part for number in range(1, 13) for part in ("--only", f"fig{number:02d}")]


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one run."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def best(command: list[str], runs: int = RUNS) -> tuple[float, float]:
    """The quickest of several runs."""
    return min(timed(command) for _ in range(runs))


def main() -> None:
    python = [sys.executable, "-m", "cxsurvey"]
    floor, _ = best([sys.executable, "-c", "import numpy, pandas"])
    print(f"{'command':34}{'seconds':>9}{'MB':>7}{'x imports':>11}")
    print(f"{'import numpy, pandas':34}{floor:9.2f}{'':7}{1.0:11.1f}")
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", str(Path(folder) / "pack")]
        commands = {
            "--help": ["--help"],
            "segment sfo2018": ["segment", "sfo2018"],
            "gaps sfo2018 --by segment": ["gaps", "sfo2018", "--by", "segment"],
            "check sfo2018": ["check", "sfo2018"],
            "figures sfo2018, 12 figures": ["figures", "sfo2018", *PACK, *out],
            "report sfo2018": ["report", "sfo2018", *out],
        }
        for name, arguments in commands.items():
            seconds, memory = best(python + arguments, 2 if "--out" in arguments else RUNS)
            print(f"{name:34}{seconds:9.2f}{memory:7.0f}{seconds / floor:11.1f}")


if __name__ == "__main__":
    main()
