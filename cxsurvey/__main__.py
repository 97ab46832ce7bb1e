"""``python -m cxsurvey``."""

from cxsurvey.cli.main import run

run()
