"""The command line: one file a command; errors become a paragraph and an exit code."""

from __future__ import annotations

import io
import os
import sys
import traceback
from typing import Annotated, NoReturn

import typer

from cxsurvey import __version__
from cxsurvey.cli import (
    audit,
    check,
    demo,
    figures,
    gaps,
    import_,
    report,
    robustness,
    segment,
    synthesize,
    table,
    weight,
)
from cxsurvey.errors import CxSurveyError

INTERRUPTED = 130
HELP = """CX maturity surveys: leaders, followers and laggards, gaps that are tested, figures to publish.

STUDY is the name of a bundled study, a study folder, or a study file.
"""

app = typer.Typer(
    name="cxsurvey",
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
COMMANDS = (
    check,
    segment,
    gaps,
    table,
    robustness,
    figures,
    report,
    weight,
    audit,
    synthesize,
    import_,
    demo,
)
for command in COMMANDS:
    app.command(command.NAME)(command.command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cxsurvey {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del debug, version  # --debug is read before parsing, --version acts in its callback


def run() -> None:
    """Run the command line and exit: 0 done, 1 the data are at fault, 2 usage or input, 130 interrupted."""
    _say_everything()
    try:
        app(prog_name="cxsurvey")
    except CxSurveyError as error:
        if "--debug" in sys.argv[1:]:
            traceback.print_exception(error)
        sys.stderr.write(f"cxsurvey: {error.message}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _interrupted()
    except BrokenPipeError:
        _nobody_listens()
    except SystemExit as stop:
        # Typer itself turns Ctrl-C into a bare exit code and a closed pipe into exit code 1.
        if isinstance(stop.__context__, BrokenPipeError):
            _nobody_listens()
        if stop.code == INTERRUPTED:
            _interrupted()
        raise


def _say_everything() -> None:
    """Print what the terminal's encoding lacks as an escape, where Python would stop with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _interrupted() -> NoReturn:
    sys.stderr.write("cxsurvey: interrupted; files are as they were.\n")
    sys.exit(INTERRUPTED)


def _nobody_listens() -> NoReturn:
    """Leave quietly: the reader of our output has gone, as in ``cxsurvey gaps ... | head``."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


if __name__ == "__main__":
    run()
