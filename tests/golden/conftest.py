"""Print the table of golden cases at the end of a run that made it."""

from __future__ import annotations

import os

from golden_cases import golden_path, outcomes, summary, table


def pytest_terminal_summary(terminalreporter, config):
    if not outcomes.cache_info().currsize:
        return
    results = outcomes(golden_path())
    terminalreporter.section("golden cases")
    if config.option.verbose > 0 or "CXSURVEY_GOLDEN" in os.environ:
        terminalreporter.write_line(table(results))
    terminalreporter.write_line(summary(results))
