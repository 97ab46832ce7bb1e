"""Print the table of golden cases at the end of a run that made it."""

from __future__ import annotations

import os

from golden_cases import golden_paths, outcomes, summary, table


def pytest_terminal_summary(terminalreporter, config):
    if not outcomes.cache_info().currsize:
        return
    terminalreporter.section("golden cases")
    for path in golden_paths():
        results = outcomes(path)
        if config.option.verbose > 0 or "CXSURVEY_GOLDEN" in os.environ:
            terminalreporter.write_line(table(results))
        terminalreporter.write_line(f"{path.name}: {summary(results)}")
