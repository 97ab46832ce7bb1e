"""``reference/commands.md``: the help of every command, exit codes, and the columns of the tables."""

from __future__ import annotations

from typer.testing import CliRunner

from cxsurvey.analysis.results import CONTROLLED_COLUMNS, ESTIMATE_COLUMNS, GAP_COLUMNS
from cxsurvey.analysis.rule_tables import ROBUSTNESS_COLUMNS
from cxsurvey.analysis.tabulation.frames import FRAME_COLUMNS, TEST_COLUMNS
from cxsurvey.analysis.tabulation.profile_comparison import COMPARISON_COLUMNS
from cxsurvey.analysis.weights import MARGIN_COLUMNS
from cxsurvey.cli.main import app
from cxsurvey.published.audit.verdicts import AUDIT_COLUMNS
from cxsurvey.published.synthesis import verification
from cxsurvey.study.issues import COLUMNS
from generators.words import document, markdown, meaning, table, words

OWN_OF_ROBUSTNESS = tuple(column for column in ROBUSTNESS_COLUMNS if column not in GAP_COLUMNS)
CONTRACTS = (
    ("Estimates", ESTIMATE_COLUMNS),
    ("Gaps", GAP_COLUMNS),
    ("Controlled gaps", CONTROLLED_COLUMNS),
    ("Book", FRAME_COLUMNS),
    ("Letters", TEST_COLUMNS),
    ("Other letters", COMPARISON_COLUMNS),
    ("Robustness", OWN_OF_ROBUSTNESS),
    ("Margins", MARGIN_COLUMNS),
    ("Audit", AUDIT_COLUMNS),
    ("Constraints", verification.COLUMNS),
    ("Issues", COLUMNS),
)


def page() -> str:
    """Write the page."""
    names = [str(command.name) for command in app.registered_commands]
    helps = [_section("cxsurvey"), *(_section(f"cxsurvey {name}") for name in names)]
    codes = words()["exit_codes"].items()
    exits = "## Exit codes\n\n" + table(("Code", "When"), [(f"`{code}`", why) for code, why in codes])
    contracts = [_contract(name, columns) for name, columns in CONTRACTS]
    text = words()["pages"]
    return document(
        "Commands", text["commands"], *helps, exits, text["exits"], "## Columns", text["columns"], *contracts
    )


def _section(command: str) -> str:
    return f"## {command}\n\n```text\n{help_text(command)}\n```"


def help_text(command: str) -> str:
    """What ``--help`` prints on a terminal of 80 columns."""
    arguments = [*command.split()[1:], "--help"]
    found = CliRunner().invoke(
        app, arguments, prog_name="cxsurvey", env={"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"}
    )
    return "\n".join(line.rstrip() for line in found.output.strip().splitlines())


def _contract(name: str, columns: tuple[str, ...]) -> str:
    rows = [(f"`{column}`", markdown(meaning("columns", name, column))) for column in columns]
    intro = words()["contracts"].get(name, "")
    return "\n\n".join(part for part in (f"### {name}", intro, table(("Column", "Meaning"), rows)) if part)
