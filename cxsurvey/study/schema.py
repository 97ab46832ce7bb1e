"""The JSON Schema of the study file, generated from its records so that editors can complete and check it.

``python -m cxsurvey.study.schema`` writes ``study.schema.json`` beside this module; a test compares the two.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cxsurvey.files import write_text
from cxsurvey.study.codebook import StudyFile

SCHEMA_FILE = Path(__file__).with_name("study.schema.json")


def study_schema() -> dict[str, Any]:
    """Generate the JSON Schema of ``study.toml``.

    Returns
    -------
    dict

    Examples
    --------
    >>> study_schema()["title"]
    'cxsurvey study file'
    """
    schema = StudyFile.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "cxsurvey study file",
    }


def schema_text() -> str:
    """The schema as it is shipped: indented JSON with a final line end."""
    return json.dumps(study_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    write_text(SCHEMA_FILE, schema_text())
