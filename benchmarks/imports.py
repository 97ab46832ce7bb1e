"""Import every export of a folder, each in a process of its own, and print a table in Markdown.

    python benchmarks/imports.py [FOLDER] [--runs N] [--large]

FOLDER is the collection of exports beside the project unless another is named. Seconds are those of the whole
process, imports of libraries included, the best of N runs (1); memory is its peak. The written folder is read
again and checked: a file that fails, or a folder with errors, ends the script with 1. ``--large`` adds files
made for it: a SurveyMonkey export of 955 columns and 2.5 MB, one of 5,000 columns, and a CSV of 200 MB.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "exports"
BESIDE = {"INVENTORY.csv"}
PRINTED = ".published.csv"
KINDS = ("single", "multi", "ordinal", "number", "text", "id", "date")
HEAD = ["file", "platform", "respondents", *KINDS, "unmapped", "errors", "warnings", "seconds", "MB"]


def run(source, target):
    """Exit code, report, message, seconds and peak megabytes of one import."""
    arguments = ["import", str(source), "--out", str(target), "--format", "json"]
    command = [sys.executable, "-m", "cxsurvey", *arguments]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        out.seek(0)
        err.seek(0)
        text, message = out.read().decode(), err.read().decode()
    code = os.waitstatus_to_exitcode(status)
    return code, json.loads(text) if code == 0 else {}, message, seconds, usage.ru_maxrss / 1024


def best(source, folder, runs):
    """The quickest of several imports."""
    return min((run(source, folder / f"{source.name}.{i}") for i in range(runs)), key=lambda found: found[3])


def checked(folder):
    """How many errors and warnings the written study has; in a process of its own, as a large parent weighs."""
    command = [sys.executable, "-m", "cxsurvey", "check", str(folder), "--format", "csv"]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    severity = [issue["severity"] for issue in csv.DictReader(said.splitlines())]
    return severity.count("error"), severity.count("warning")


def row(source, folder, runs):
    """One row of the table, and the message of a refusal."""
    code, report, message, seconds, memory = best(source, folder, runs)
    measured = [f"{seconds:.2f}", f"{memory:.0f}"]
    if code:
        said = message.strip().splitlines()
        unexpected = code != 2 or "Traceback" in message
        return [source.name, "FAILED" if unexpected else "refused", *[""] * 11, *measured], said[0], unexpected
    errors, warnings = checked(folder / f"{source.name}.0")
    kinds = [str(report["questions"].get(kind, "")) for kind in KINDS]
    counts = [f"{len(report['unmapped'])}", str(errors or ""), str(warnings or "")]
    said = [source.name, report["origin"]["platform"], f"{report['respondents']:,}"]
    return [*said, *kinds, *counts, *measured], "", errors > 0


def surveymonkey(path, blocks, options, rows):
    """Write an export with two header rows: respondents, and blocks of option columns that hold labels."""
    draw = random.Random(len(path.name))
    names = [["Which of these apply at work?"] + [""] * (options - 1) for _ in range(blocks)]
    names = [[f"{i}. {block[0]}", *block[1:]] for i, block in enumerate(names, 1)]
    labels = [f"Option number {i} of the list" for i in range(1, options + 1)]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Respondent ID", "Start Date", "End Date", *(name for block in names for name in block)])
        out.writerow(["", "", "", *labels * blocks])
        for i in range(rows):
            cells = [label if draw.random() < 0.06 else "" for _ in range(blocks) for label in labels]
            out.writerow([11_800_000_000 + i, "07/31/2023 04:21:36 PM", "07/31/2023 04:29:10 PM", *cells])


def plain(path, megabytes):
    """Write a CSV of 60 columns as large as asked for."""
    draw = random.Random(1)
    scale = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
    lines = []
    for i in range(2_000):
        cells = [draw.choice(scale) if column % 2 else str(draw.randrange(1, 11)) for column in range(59)]
        lines.append([*cells, f"{draw.uniform(0.3, 3):.4f}", i])
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow([*(f"q{column}" for column in range(1, 60)), "weight", "id"])
        number = 0
        while file.tell() < megabytes * 1_000_000:
            out.writerows([*line[:-1], number + line[-1]] for line in lines)
            number += len(lines)


def made(folder):
    """The large files."""
    paths = [folder / "surveymonkey_955.csv", folder / "surveymonkey_5000.csv", folder / "plain_200mb.csv"]
    surveymonkey(paths[0], 68, 14, 960)
    surveymonkey(paths[1], 357, 14, 300)
    plain(paths[2], 200)
    return paths


def main():
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    options.add_argument("--runs", type=int, default=1)
    options.add_argument("--large", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        files = sorted(path for path in asked.folder.iterdir() if path.name not in BESIDE and path.is_file())
        files = [path for path in files if not path.name.endswith(PRINTED)]
        files += made(Path(scratch)) if asked.large else []
        print("|", " | ".join(HEAD), "|")
        print("|", " | ".join(["---", "---", *["---:"] * (len(HEAD) - 2)]), "|")
        refused, failed = {}, False
        for path in files:
            cells, message, bad = row(path, Path(scratch) / "studies", asked.runs)
            print("|", " | ".join(cells), "|", flush=True)
            failed |= bad
            refused |= {path.name: message} if message else {}
    for name, message in refused.items():
        print(f"\n{name}: {message}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
